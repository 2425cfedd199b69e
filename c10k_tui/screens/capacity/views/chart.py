"""The capacity chart in the cells of a terminal: a bar for each lane, on a logarithmic axis up to a million.

A bar ends where the lane meets a limit, and a word beside the bar names the limit. A bar without a limit ends
in an arrow. During the search a bar is solid up to the largest size that held and shaded up to the smallest
that did not. A rule at 10,000 crosses all bars.
"""

from __future__ import annotations

from math import log10

from c10k_tui.screens.capacity.model import QUESTION, CapacityModel
from c10k_tui.text.glyphs import POSITION
from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line, Span, left, merged, pad, right
from sim.scenario.lanes import LANES
from sim.scenario.scenario import FDS_LIMIT
from sim.scenario.units import format_duration
from sim.studies.capacity import NONE, Capacity

NAME_WIDTH = 18
"""Cells for a lane's name and the mark before it."""
FIGURES_WIDTH = 30
"""Cells for the number of connections, the limit and the latency."""
AXIS_LINES = 2
"""Lines for the axis and its words; if room is short, only the words are drawn."""
_FULL, _HALF, _SHADE = "▄", "▖", "░"
_RULE, _ON = "┊", "→"
_TICKS = ((1, "1"), (10, "10"), (100, "100"), (1_000, "1k"), (10_000, "10k"), (100_000, "100k"))
GIVES_WAY = {"latency": N_("latency"), "drops": N_("drops"), "memory": N_("memory"), NONE: N_("nothing")}


def rows_needed() -> int:
    """Height of the whole chart: titles, lanes, axis."""
    return 1 + len(LANES) + AXIS_LINES


def chart_lines(model: CapacityModel, width: int, height: int) -> list[Line]:
    """The chart in at most ``height`` lines; the chosen row is always shown."""
    cells = max(10, width - NAME_WIDTH - FIGURES_WIDTH)
    axis = _axis(cells)[-AXIS_LINES if height >= rows_needed() else -1 :]
    room = max(1, height - 1 - len(axis))
    names = tuple(LANES)
    first = min(max(0, names.index(model.lane) - room + 1), max(0, len(names) - room))
    lines = [_titles(cells)]
    lines += [_row(model, lane, cells) for lane in names[first : first + room]]
    lines += axis
    return [pad(line, width) for line in lines]


def column_of(connections: float, cells: int) -> float:
    """The place of a number of connections on the axis, in cells from the left."""
    return log10(max(1.0, connections)) / log10(FDS_LIMIT) * cells


def _titles(cells: int) -> Line:
    return (
        (left("  " + _("lane"), NAME_WIDTH), "dim"),
        (left(_("connections held →"), cells), "dim"),
        (right(_("  at most "), 11), "dim"),
        (_("limit    "), "dim"),
        (right(_("p99 there "), 10), "dim"),
    )


def _row(model: CapacityModel, lane: str, cells: int) -> Line:
    found = model.found(lane)
    mark = POSITION if lane in model.racing else " "
    head: list[Span] = [(f"{mark} ", "strong"), (lane.ljust(NAME_WIDTH - 2), lane)]
    if found is None:
        progress = model.progress(lane)
        spans = [*head, *_bar(lane, progress.held, progress.broken, cells)]
        if progress.trying is not None:
            spans.append((f"{progress.trying:>10,} ", "text"))
            spans.append((_("trying …"), "dim"))
        else:
            spans.append(("· ".rjust(11), "dim"))
    else:
        spans = [*head, *_bar(lane, found.connections, found.connections, cells, found), *_figures(found)]
    if lane == model.lane:
        spans[:2] = [(f"{mark} {lane} ", "cursor"), (" " * (NAME_WIDTH - 3 - len(lane)), "text")]
    return merged(spans)


def _figures(found: Capacity) -> list[Span]:
    p99 = "–" if found.p99_ns is None else format_duration(found.p99_ns)
    role = "good" if found.limit == NONE else "alarm"
    return [
        (f"{found.connections:>10,} ", "strong"),
        (left(_(GIVES_WAY[found.limit]), 9), role),
        (f"{p99} ".rjust(10), "text"),
    ]


def _bar(lane: str, held: int, broken: int | None, cells: int, found: Capacity | None = None) -> list[Span]:
    """A bar and the rule through it."""
    end = column_of(held, cells) if held else 0.0
    shade = cells if broken is None else column_of(broken, cells)
    if found is None and held == 0 and broken is None:
        shade = 0.0
    rule = int(column_of(QUESTION, cells))
    spans: list[Span] = []
    for x in range(cells):
        if x == rule:
            spans.append((_RULE, "rule"))
        elif x + 0.25 < end:
            spans.append((_FULL if x + 0.75 <= end else _HALF, lane))
        else:
            spans.append((_SHADE, "dim") if x < shade else (" ", "text"))
    if found is not None and found.limit == NONE and cells:
        spans[-1] = (_ON, lane)
    return list(merged(spans))


def _axis(cells: int) -> list[Line]:
    """The axis and its words, with 10,000 highlighted."""
    edge, words = ["─"] * cells, [" "] * (cells + 6)
    rule = int(column_of(QUESTION, cells))
    for value, _text in _TICKS:
        edge[int(column_of(value, cells))] = "┴"
    for value, text in (*_TICKS, (FDS_LIMIT, "1M")):
        x = min(cells - 1, int(column_of(value, cells)))
        left = max(0, x - len(text) // 2)
        words[left : left + len(text)] = text
    left = max(0, rule - 1)
    text = "".join(words)
    blank = " " * NAME_WIDTH
    return [
        ((blank, "text"), ("".join(edge), "frame")),
        (
            (blank, "text"),
            (text[:left], "dim"),
            (text[left : left + 3], "rule"),
            (text[left + 3 :].rstrip(), "dim"),
        ),
    ]
