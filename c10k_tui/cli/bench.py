"""``c10k-tui bench``: what a wake-up costs, simulated beside measured, as a table, JSON or CSV.

Simulated figures come from the cost table in use, measured ones from this machine's kernel
(:mod:`sim.host.measuring.meter`); a point that cannot be measured here is simulated only, and the lines
under the table say why.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from c10k_tui.cli.bench_options import BenchOptions
from c10k_tui.cli.calibrate import Told, progress
from c10k_tui.cli.costs_file import current_costs
from c10k_tui.cli.options import UsageError
from c10k_tui.cli.run import encodable, times
from sim.host.measuring.measurement import CannotMeasure
from sim.host.measuring.meter import Meter
from sim.host.measuring.points import Point
from sim.host.measuring.survey import Survey
from sim.machine.costs import CostTable
from sim.scenario.units import format_duration
from sim.studies.benchmark import BenchmarkRow, simulated_ns, with_ratios

HEADINGS = ("wait", "fds", "active", "mechanism", "simulated", "measured", "error", "÷ epoll")


def bench(options: BenchOptions) -> int:
    """Simulate, measure, and print.

    Returns:
        The exit code, 0: what cannot be measured is no error.
    """
    costs, why_not = current_costs()
    notes = [] if why_not is None else [why_not]
    with progress("bench") as told:
        rows = with_ratios(measured(options, costs, notes, told))
    if options.svg is not None:
        _draw(options.svg, rows, costs)
    if options.form == "json":
        print(json.dumps([as_data(row) for row in rows], indent=2))
    elif options.form == "csv":
        _print_csv(rows)
    if options.form != "table":
        for note in notes:
            print(encodable(f"c10k-tui: {note}"), file=sys.stderr)
        return 0
    notes += about(rows)
    if sys.stdout.isatty() and encodable("µ×÷–") == "µ×÷–":
        _print_rich(rows, costs, notes)
    else:
        print(encodable(plain_table(rows, costs, notes)))
    return 0


def measured(options: BenchOptions, costs: CostTable, notes: list[str], told: Told) -> list[BenchmarkRow]:
    """The rows; what stands in the way of measuring goes to ``notes``."""
    chosen = options.points()
    simulated: dict[Point, int] = {}
    for number, point in enumerate(chosen):
        told(0.3 * number / len(chosen), f"simulating {point.mechanism}, {point.fds:,} descriptors")
        simulated[point] = simulated_ns(point, costs)
    if not options.host:
        return [BenchmarkRow(point, simulated[point], None) for point in chosen]
    try:
        with Meter() as meter:
            notes += meter.warnings
            survey = Survey(chosen, meter)
            survey.run(lambda done, due, what: told(0.3 + 0.7 * done / max(1, due), f"measuring {what}"))
    except CannotMeasure as why_not:
        notes.append(f"nothing is measured: {why_not}")
        return [BenchmarkRow(point, simulated[point], None, str(why_not)) for point in chosen]
    return [
        BenchmarkRow(
            point, simulated[point], survey.ns(point), survey.why_not.get(point), noisy=survey.noise(point)
        )
        for point in chosen
    ]


def _draw(path: Path, rows: Sequence[BenchmarkRow], costs: CostTable) -> None:
    from c10k_tui.charts.svg import chart_svg

    try:
        path.write_text(chart_svg(rows, costs), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--svg: {path} cannot be written ({error.strerror})") from None


# --- for programs ---------------------------------------------------------------------------------


def as_data(row: BenchmarkRow) -> dict[str, object]:
    """A row as JSON and CSV know it."""
    point = row.point
    return {
        "mechanism": point.mechanism,
        "fds": point.fds,
        "active": point.active,
        "wait": point.wait,
        "simulated_ns": row.simulated_ns,
        "measured_ns": row.measured_ns,
        "error": None if row.error is None else round(row.error, 4),
        "ratio_to_epoll": None if row.ratio_to_epoll is None else round(row.ratio_to_epoll, 3),
    }


def _print_csv(rows: Iterable[BenchmarkRow]) -> None:
    data = [as_data(row) for row in rows]
    writer = csv.DictWriter(sys.stdout, fieldnames=list(data[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(data)


# --- for people -----------------------------------------------------------------------------------


def title(costs: CostTable) -> str:
    """What the figures are of, and which table the simulated ones come from."""
    made = ", ".join(word for word in (costs.machine, costs.kernel, costs.date) if word)
    return f"CPU time of one wake-up; simulated costs: {costs.name}" + (f" ({made})" if made else "")


def about(rows: Iterable[BenchmarkRow]) -> list[str]:
    """Why rows were not measured, or are doubtful, each reason once."""
    reasons: dict[str, None] = {}
    for row in rows:
        if row.why_not is not None:
            reasons[row.why_not] = None
    doubtful = [row for row in rows if row.noisy is not None]
    lines = list(reasons)
    if doubtful:
        lines.append(f"{len(doubtful)} measured with * are doubtful; {doubtful[0].noisy}")
    return lines


def cells(row: BenchmarkRow) -> tuple[str, ...]:
    """A row as text, in the order of :data:`HEADINGS`."""
    point = row.point
    figure = "–" if row.measured_ns is None else format_duration(row.measured_ns)
    return (
        point.wait,
        f"{point.fds:,}",
        f"{point.active:,}",
        point.mechanism,
        format_duration(row.simulated_ns),
        f"{figure} *" if row.noisy else figure,
        "" if row.error is None else f"{row.error:+.1%}",
        "" if row.ratio_to_epoll is None else times(row.ratio_to_epoll),
    )


def plain_table(rows: Sequence[BenchmarkRow], costs: CostTable, notes: Iterable[str]) -> str:
    """The table as aligned text without colour."""
    lines = [HEADINGS, *(cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    text = [
        "  ".join(
            f"{cell:<{width}}" if column in _LEFT else f"{cell:>{width}}"
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    notes = list(notes)
    return "\n".join([title(costs), "", *text, *([""] if notes else []), *notes])


_LEFT = (0, 3)
"""Columns of words."""


def _print_rich(rows: Sequence[BenchmarkRow], costs: CostTable, notes: Iterable[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title=title(costs), title_justify="left", title_style="bold")
    for column, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="left" if column in _LEFT else "right", no_wrap=True)
    place = None
    for row in rows:
        here = row.point.wait, row.point.fds, row.point.active
        if place is not None and here != place:
            table.add_section()
        place = here
        table.add_row(*cells(row))
    console = Console(highlight=False)
    console.print(table)
    for note in notes:
        console.print(note, markup=False)
