"""``c10k-tui calibrate``: measure this machine's kernel, fit the cost table, and keep it for the user."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from c10k_tui.cli.costs_file import ANOTHER_FILE, costs_path
from c10k_tui.cli.options import UsageError
from c10k_tui.cli.run import encodable
from sim.machine.costs import CostTable
from sim.studies import calibration

Told = Callable[[float, str], None]


def calibrate() -> int:
    """Measure, fit, save, and say what came of it.

    Returns:
        The exit code, 0.

    Raises:
        UsageError: nothing can be measured here, or the table cannot be saved.
    """
    path = costs_path()
    try:
        with progress("calibrating") as told:
            table, warnings = calibration.calibrate(told)
    except calibration.CalibrationError as error:
        raise UsageError(f"{error}; the costs in use stay as they are") from None
    try:
        calibration.save(table, path)
    except OSError as error:
        raise UsageError(
            f"the costs cannot be saved as {path} ({error.strerror}); {ANOTHER_FILE} names another file"
        ) from None
    for warning in warnings:
        print(encodable(f"c10k-tui: {warning}"), file=sys.stderr)
    print(encodable(summary(table)))
    print(encodable(f"Saved as {path}; from now on the race, run and bench use it."))
    return 0


def summary(table: CostTable) -> str:
    """The main prices, and where they come from, as lines."""
    prices = (
        ("one descriptor asked by select", table.scan_ps),
        ("one descriptor asked by poll", table.poll_scan_ps),
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


@contextmanager
def progress(title: str) -> Generator[Told, None, None]:
    """A bar on the error output, if that is a terminal; it is told how far things are, and what is next."""
    if not sys.stderr.isatty():
        yield lambda done, what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(title), BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def told(done: float, what: str) -> None:
            bar.update(task, completed=done, description=what)

        yield told
