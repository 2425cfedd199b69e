"""``c10k-tui bench``: the cost of one wake-up, simulated and measured, as a table, JSON or CSV.

The cost table in use gives the simulated figures, this machine's kernel the measured ones
(:mod:`sim.host.measuring.meter`). A point that cannot be measured here is only simulated, and a line under
the table gives the reason.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, print_about

if TYPE_CHECKING:
    from c10k_tui.cli.bench_options import BenchOptions
    from sim.machine.costs import CostTable
    from sim.studies.benchmark import BenchmarkRow

_EPILOG = """\
examples:
  c10k-tui bench
  c10k-tui bench --fds 100,1k,10k,100k,1M --active 3 --wait ready --no-host
  c10k-tui bench --mechanisms select,epoll --active 1%,all --json
"""


def bench_parser() -> argparse.ArgumentParser:
    """The parser of ``c10k-tui bench``."""
    parser = new_parser(
        usage="c10k-tui bench [--fds LIST] [--active LIST] [--mechanisms LIST] [options]",
        description="The cost of one wake-up, simulated and measured on this machine's kernel (on eventfds).",
        epilog=_EPILOG,
    )
    group = parser.add_argument_group("bench (defaults in brackets)")
    group.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    for option, default, text in (
        ("--fds", "100,1000,2000,10000,100000", "numbers of descriptors watched, up to 1M"),
        ("--active", "1,3,10%", "how many are ready: numbers, shares, all"),
        ("--mechanisms", "select,poll,epoll", "the calls to compare"),
    ):
        shown = f"{text} ({default})".replace("%", "%%")
        group.add_argument(option, metavar="LIST", default=default, help=shown)
    wait = "calls that find a descriptor ready, calls that sleep first, or both (both)"
    group.add_argument("--wait", metavar="ready|slept|both", default="both", help=wait)
    group.add_argument("--json", action="store_true", help="print a JSON list instead of a table")
    group.add_argument("--csv", action="store_true", help="print comma-separated values instead of a table")
    group.add_argument("--no-host", action="store_true", help="simulate only; measure nothing")
    group.add_argument("--svg", metavar="FILE", help="also draw the curves, as an SVG file")
    add_about(parser)
    return parser


def bench(words: list[str]) -> int:
    """Simulate, measure and print.

    Returns:
        The exit code, 0; 130 after Ctrl-C, with the rows up to then. A point that cannot be measured is not
        an error.

    Raises:
        UsageError: an option or a value is not valid, or the SVG file cannot be written.
    """
    parser = bench_parser()
    options = parse(parser, words)
    if print_about(parser, options):
        return 0

    from c10k_tui.cli.bench_options import bench_options_of

    return _compare(bench_options_of(options))


def _compare(options: BenchOptions) -> int:
    from c10k_tui.cli.bench_run import BenchRun
    from c10k_tui.cli.costs_file import current_costs
    from c10k_tui.cli.interruption import print_interrupted
    from c10k_tui.cli.progress import showing_progress
    from sim.studies.benchmark import with_ratios

    costs, why_not = current_costs()
    run = BenchRun(options.points(), costs, host=options.host)
    with showing_progress("bench") as line:
        run.run(line.report)
    rows = with_ratios(run.rows())
    notes = [*([] if why_not is None else [why_not]), *run.warnings]
    if options.svg is not None and not run.interrupted:
        _draw(options.svg, rows, costs)
    if rows or options.form == "json":
        _print(options.form, rows, costs, notes, interrupted=run.interrupted)
    if not run.interrupted:
        return 0
    return print_interrupted(run.state + ("" if options.svg is None else f"; {options.svg} is not drawn"))


def _print(
    form: str, rows: Sequence[BenchmarkRow], costs: CostTable, notes: list[str], *, interrupted: bool
) -> None:
    from c10k_tui.cli.bench_output import as_data, plain_table, print_csv, print_rich, row_notes
    from c10k_tui.cli.output import encodable, has_rich_output

    if form == "json":
        data = [as_data(row) for row in rows]
        print(json.dumps({"interrupted": True, "rows": data} if interrupted else data, indent=2))
    elif form == "csv":
        print_csv(rows)
    if form != "table":
        for note in notes:
            print(encodable(f"c10k-tui: {note}"), file=sys.stderr)
        return
    notes += row_notes(rows)
    if has_rich_output("µ×÷–"):
        print_rich(rows, costs, notes)
    else:
        print(encodable(plain_table(rows, costs, notes)))


def _draw(path: Path, rows: Sequence[BenchmarkRow], costs: CostTable) -> None:
    from c10k_tui.charts.svg import chart_svg

    try:
        path.write_text(chart_svg(rows, costs), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--svg: cannot write {path} ({error.strerror})") from None
