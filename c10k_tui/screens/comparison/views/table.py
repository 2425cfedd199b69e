"""The comparison as lines: a row for each lane, a column for each figure.

A block beside each figure shows its place between the lowest and the highest figure of the column, on a
logarithmic scale. So best and worst are visible without colour. The name of the chosen row is reversed, and
the title of the chosen column is in brackets. If room is short, the columns of words are left out first,
because the explanation below the table has these words in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log1p

from c10k_tui.screens.comparison.model import ComparisonModel
from c10k_tui.text.comparison_columns import COLUMNS, ComparisonColumn
from c10k_tui.text.glyphs import POSITION
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, Span, left, merged, pad, right
from sim.scenario.lanes import LANES
from sim.scenario.units import format_duration
from sim.studies.comparison import ComparisonRow
from sim.studies.host_comparison import HostComparison

LEVELS = "▁▂▃▄▅▆▇█"
NAME_WIDTH = 18
"""Cells for a lane's name and the mark before it."""
KEEPER_WIDTH, LIMIT_WIDTH = 40, 39
HERE_TITLES = ("simulated", "measured", "÷")
HERE_WIDTHS = (10, 9, 6)
"""Cells of the measured columns."""
DROPPED_FOR_MEASURED = ("connection_bytes", "copied_out_per_event", "copied_in_per_event")
"""Columns left out to make room for the measured ones, in this order."""
MARGIN = 2
"""Cells of a column in addition to its figures: a gap, and the block on the right."""
WIDER = 3
"""Most cells added to a column if there is room, so that its full title fits."""


def table_lines(model: ComparisonModel, width: int, height: int) -> list[Line]:
    """The titles and as many rows as fit into ``height`` lines; the chosen row is always shown."""
    layout = _Layout(model, width)
    rows = model.rows()
    room = max(1, height - 1)
    chosen = next((index for index, (lane, _) in enumerate(rows) if lane == model.lane), 0)
    first = min(max(0, chosen - room + 1), max(0, len(rows) - room))
    ranges = {column.key: _range_of(model.known(), column) for column in layout.columns}
    return [
        pad(layout.titles(), width),
        *(pad(layout.row(lane, facts, ranges), width) for lane, facts in rows[first : first + room]),
    ]


def rows_needed(model: ComparisonModel) -> int:
    """Height of the whole table, including the titles."""
    return len(model.rows()) + 1


class _Layout:
    """The columns that fit into the width, and their cells."""

    def __init__(self, model: ComparisonModel, width: int) -> None:
        self._model = model
        self.columns: list[ComparisonColumn] = list(COLUMNS)
        self.measured = model.shows_measured
        room = width - NAME_WIDTH - self._here_width()
        for key in DROPPED_FOR_MEASURED:
            if sum(column.width + MARGIN for column in self.columns) > room:
                self.columns = [column for column in self.columns if column.key != key]
        room -= sum(column.width + MARGIN for column in self.columns)
        self.keeper = room >= KEEPER_WIDTH
        room -= KEEPER_WIDTH if self.keeper else 0
        self.limit = self.keeper and room >= LIMIT_WIDTH
        room -= LIMIT_WIDTH if self.limit else 0
        self._wider = min(WIDER, max(0, room // len(self.columns)))
        """Extra cells of each column."""

    def _here_width(self) -> int:
        return sum(HERE_WIDTHS) if self.measured else 0

    def titles(self) -> Line:
        """The titles: the chosen column in brackets, an arrow at the column that orders the rows."""
        model = self._model
        spans: list[Span] = [(left("  " + _("lane"), NAME_WIDTH), "dim")]
        for column in self.columns:
            chosen = column is COLUMNS[model.column]
            order = ("↓" if model.descending else "↑") if column is model.sorted_by else ""
            words = f"{order}{_(column.title if self._wider == WIDER else column.short)}"
            cells = column.width + MARGIN + self._wider
            text = right(f"[{words}]" if chosen else f"{words} ", cells)
            spans.append((text, "strong" if chosen else "dim"))
        if self.measured:
            spans += [
                (right(f"{_(title)} ", cells), "dim")
                for title, cells in zip(HERE_TITLES, HERE_WIDTHS, strict=True)
            ]
        if self.keeper:
            spans.append((left(_(" who keeps the list"), KEEPER_WIDTH), "dim"))
        if self.limit:
            spans.append((left(_(" what limits it"), LIMIT_WIDTH), "dim"))
        return tuple(spans)

    def row(self, lane: str, facts: ComparisonRow | None, ranges: dict[str, tuple[float, float]]) -> Line:
        """One lane; the name of the chosen lane is reversed, which is visible without colour."""
        model = self._model
        mark = POSITION if lane in model.racing else " "
        spans: list[Span] = [(f"{mark} ", "strong"), (lane.ljust(NAME_WIDTH - 2), lane)]
        if facts is None:
            spans.append((self._waiting(lane), "dim"))
        elif facts.failure is not None and not facts.events:
            # Only its memory is known; the words explain the failure.
            spans.append((f"  {facts.failure}", "alarm"))
        else:
            for column in self.columns:
                spans += self._figure(column, facts, ranges[column.key])
            spans += self._measured(model.host_comparisons.get(lane))
            spans += self._words(lane)
        if lane == model.lane:
            spans[:2] = [(f"{mark} {lane} ", "cursor"), (" " * (NAME_WIDTH - 3 - len(lane)), "text")]
        return merged(spans)

    def _waiting(self, lane: str) -> str:
        if lane != self._model.trying():
            return "  ·"
        done = round(10 * self._model.part)
        return _(
            "  racing {sign}{sign2} {part:4.0%}",
            sign="█" * done,
            sign2="░" * (10 - done),
            part=self._model.part,
        )

    def _figure(
        self, column: ComparisonColumn, facts: ComparisonRow, span: tuple[float, float]
    ) -> list[Span]:
        value = column.value_of(facts)
        text = column.cell(facts).rjust(column.width + MARGIN + self._wider - 1)
        if value is None or not _differ(span):
            return [(text, "text"), (" ", "text")]
        role = "good" if value <= span[0] else "alarm" if value >= span[1] else "text"
        if role == "good" and self._common(column, value):
            role = "text"  # a figure that most lanes share is not highlighted
        return [(text, role), (_block(value, span), role if role != "text" else "dim")]

    def _common(self, column: ComparisonColumn, value: float) -> bool:
        known = self._model.known()
        return 2 * sum(column.value_of(facts) == value for facts in known) > len(known)

    def _measured(self, comparison: HostComparison | None) -> list[Span]:
        if not self.measured:
            return []
        if comparison is None:
            return [("… ".rjust(self._here_width()), "dim")]
        if comparison.measured_ns is None or comparison.simulated_ns is None:
            return [(right(_("not here "), self._here_width()), "dim")]
        figures = (
            format_duration(comparison.simulated_ns),
            format_duration(comparison.measured_ns),
            f"{comparison.ratio:.1f}×",
        )
        return [
            (f"{text} ".rjust(cells), role)
            for text, role, cells in zip(figures, ("text", "read", "dim"), HERE_WIDTHS, strict=True)
        ]

    def _words(self, lane: str) -> list[Span]:
        kind = LANES[lane]
        spans: list[Span] = []
        if self.keeper:
            spans.append((left(f" {_(kind.keeper)}", KEEPER_WIDTH), "text"))
        if self.limit:
            spans.append((left(f" {_(kind.limit)}", LIMIT_WIDTH), "text"))
        return spans


def _range_of(known: Sequence[ComparisonRow], column: ComparisonColumn) -> tuple[float, float]:
    """The lowest and the highest figure of a column."""
    values = [value for facts in known if (value := column.value_of(facts)) is not None]
    return (min(values), max(values)) if values else (0.0, 0.0)


def _differ(span: tuple[float, float]) -> bool:
    """True if the figures of a column differ by more than 5 %."""
    return span[1] > 1.05 * span[0]


def _block(value: float, span: tuple[float, float]) -> str:
    """The block for a figure's place in its column."""
    low, high = span
    unit = low if low > 0 else high / 1_000
    part = log1p((value - low) / unit) / log1p((high - low) / unit)
    return LEVELS[min(len(LEVELS) - 1, max(0, round(part * (len(LEVELS) - 1))))]
