"""The result of ``c10k-tui bench``: JSON and CSV for programs, a table for people."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence

from c10k_tui.cli.output import times
from sim.machine.costs import CostTable
from sim.scenario.units import format_duration
from sim.studies.benchmark import BenchmarkRow

HEADINGS = ("wait", "fds", "active", "mechanism", "simulated", "measured", "error", "÷ epoll")
_WORD_COLUMNS = (0, 3)
"""Columns that hold words and are aligned on the left."""


# --- for programs ---------------------------------------------------------------------------------


def as_data(row: BenchmarkRow) -> dict[str, object]:
    """A row as data for JSON and CSV."""
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


def print_csv(rows: Iterable[BenchmarkRow]) -> None:
    """Print the rows as comma-separated values, after a line of names."""
    data = [as_data(row) for row in rows]
    writer = csv.DictWriter(sys.stdout, fieldnames=list(data[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(data)


# --- for people -----------------------------------------------------------------------------------


def title(costs: CostTable) -> str:
    """The title: the subject of the table, and the cost table of the simulated figures."""
    made = ", ".join(word for word in (costs.machine, costs.kernel, costs.date) if word)
    return f"CPU time of one wake-up; simulated costs: {costs.name}" + (f" ({made})" if made else "")


def row_notes(rows: Iterable[BenchmarkRow]) -> list[str]:
    """Reasons why rows were not measured or are unreliable, each once."""
    reasons: dict[str, None] = {}
    for row in rows:
        if row.why_not is not None:
            reasons[row.why_not] = None
    unreliable = [row for row in rows if row.noisy is not None]
    lines = list(reasons)
    if unreliable:
        lines.append(f"{len(unreliable)} measured with * are unreliable; {unreliable[0].noisy}")
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
            f"{cell:<{width}}" if column in _WORD_COLUMNS else f"{cell:>{width}}"
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    notes = list(notes)
    return "\n".join([title(costs), "", *text, *([""] if notes else []), *notes])


def print_rich(rows: Sequence[BenchmarkRow], costs: CostTable, notes: Iterable[str]) -> None:
    """Print the table and the notes through Rich."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title=title(costs), title_justify="left", title_style="bold")
    for column, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="left" if column in _WORD_COLUMNS else "right", no_wrap=True)
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
