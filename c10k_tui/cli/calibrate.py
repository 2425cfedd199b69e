"""``c10k-tui calibrate``: measure this machine's kernel, fit the cost table to it, and save the table."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, print_about

if TYPE_CHECKING:
    from sim.machine.costs import CostTable


def calibrate_parser() -> argparse.ArgumentParser:
    """The parser of ``c10k-tui calibrate``, which has no options of its own."""
    parser = new_parser(
        usage="c10k-tui calibrate",
        description=(
            "Measures this machine's kernel for up to a minute, fits the cost table to the measurements,\n"
            "and saves it. The race, run and bench use the saved table."
        ),
        epilog="",
    )
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    add_about(parser)
    return parser


def calibrate(words: list[str]) -> int:
    """Measure, fit, save, and print the main prices.

    Returns:
        The exit code, 0; 130 after Ctrl-C.

    Raises:
        UsageError: a word was given, nothing can be measured here, or the table cannot be saved.
    """
    parser = calibrate_parser()
    options = parse(parser, words)
    if print_about(parser, options):
        return 0
    if options.words:
        raise UsageError(f"calibrate takes no arguments, but got {options.words[0]!r}")
    return _calibrate()


def _calibrate() -> int:
    from c10k_tui.cli.costs_file import ANOTHER_FILE, costs_path
    from c10k_tui.cli.interruption import Interrupted, interruption_raised, print_interrupted
    from c10k_tui.cli.output import encodable
    from c10k_tui.cli.progress import showing_progress
    from sim.studies import calibration

    path = costs_path()
    try:
        with showing_progress("calibrate") as line, interruption_raised():
            table, warnings = calibration.calibrate(line.report)
    except Interrupted:
        return print_interrupted(
            "while measuring; nothing is saved, and the cost table in use stays as it is"
        )
    except calibration.CalibrationError as error:
        raise UsageError(f"{error}; the cost table in use stays as it is") from None
    try:
        calibration.save(table, path)
    except OSError as error:
        raise UsageError(
            f"cannot save the costs as {path} ({error.strerror}); name another file with {ANOTHER_FILE}"
        ) from None
    for warning in warnings:
        print(encodable(f"c10k-tui: {warning}"), file=sys.stderr)
    print(encodable(summary(table)))
    print(encodable(f"Saved as {path}. The race, run and bench use it from now on."))
    return 0


def summary(table: CostTable) -> str:
    """The main prices, and where and when they were measured, as lines."""
    prices = (
        ("one descriptor checked by select", table.scan_ps),
        ("one descriptor checked by poll", table.poll_scan_ps),
        ("one wait-queue entry, on and off", table.hook_ps),
        ("one item of epoll's ready list", table.epoll_item_ps),
        ("one epoll_ctl", 1_000 * table.epoll_ctl_ns),
        ("one context switch", 1_000 * table.context_switch_ns),
        ("one interrupt", 1_000 * table.interrupt_ns),
        ("one packet through the stack", 1_000 * table.softirq_ns),
    )
    lines = [f"Measured on {table.machine}, {table.kernel}, {table.date}:"]
    lines += [f"  {name:<34}{price_ps / 1_000:>9,.1f} ns" for name, price_ps in prices]
    return "\n".join(lines)
