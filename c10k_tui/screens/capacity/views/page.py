"""The capacity chart as shapes on a page, for SVG and PNG: a bar for each lane, a rule at 10,000."""

from __future__ import annotations

from math import log10

from c10k_tui.charts.shapes import PANEL_WIDTH, ChartPage, LineShape, Shape, TextShape
from c10k_tui.screens.capacity.model import QUESTION, CapacityModel
from c10k_tui.screens.capacity.views.chart import GIVES_WAY
from c10k_tui.screens.capacity.words import reading
from c10k_tui.text.cost_table_names import table_words
from c10k_tui.text.messages import _
from c10k_tui.text.palette import colour_of
from c10k_tui.text.styled_text import text_of, wrap
from c10k_tui.text.themes import light
from sim.scenario.lanes import LANES
from sim.scenario.scenario import FDS_LIMIT
from sim.scenario.units import format_duration
from sim.studies.capacity import NONE

_LEFT, _RIGHT, _TOP, _ROW = 140, 230, 76, 26
_THICK = 14.0
_LIGHT = light()
_TEXT, _DIM, _FAINT, _RULE = _LIGHT["c10k-strong"], _LIGHT["c10k-dim"], "#e4e4e4", _LIGHT["c10k-cursor"]
_TICKS = ((1, "1"), (10, "10"), (100, "100"), (1_000, "1,000"), (10_000, "10,000"), (100_000, "100,000"))
_NOTE_CELLS = 104


def capacity_page(model: CapacityModel) -> tuple[ChartPage, str]:
    """The known part of the chart, and its title."""
    load = model.load
    title = _(
        "Connections held: p99 within {limit_words}, {active} active",
        limit_words=model.limit_words(),
        active=load.active,
    )
    bottom = _TOP + _ROW * len(LANES)
    shapes: list[Shape] = [
        TextShape(_LEFT, 30, title, _TEXT, 17, bold=True),
        TextShape(
            _LEFT,
            52,
            _("simulated: {rate:,} requests per second, the same at every size", rate=load.rate),
            _DIM,
        ),
        *_grid(bottom),
    ]
    for index, lane in enumerate(LANES):
        shapes += _bar(model, lane, _TOP + _ROW * index + _ROW / 2)
    shapes.append(LineShape(((_x(QUESTION), _TOP), (_x(QUESTION), bottom)), _RULE, 1.4, 3.0))
    notes = [text_of(line) for line in wrap(reading(model), _NOTE_CELLS, 4)]
    notes.append(
        _(
            "simulated by the cost table {table_words}; kqueue and iocp estimated",
            table_words=table_words(model.costs),
        )
    )
    shapes += [TextShape(24, bottom + 56 + 18 * place, note, _DIM, 12) for place, note in enumerate(notes)]
    return ChartPage(PANEL_WIDTH, bottom + 60 + 18 * len(notes), tuple(shapes)), title


def _x(connections: float) -> float:
    return _LEFT + log10(max(1.0, connections)) / log10(FDS_LIMIT) * (PANEL_WIDTH - _LEFT - _RIGHT)


def _grid(bottom: float) -> list[Shape]:
    shapes: list[Shape] = []
    for value, words in (*_TICKS, (FDS_LIMIT, "1,000,000")):
        x, asked = _x(value), value == QUESTION
        shapes.append(LineShape(((x, _TOP), (x, bottom)), _FAINT))
        shapes.append(
            TextShape(x, bottom + 18, words, _RULE if asked else _DIM, 12, anchor="middle", bold=asked)
        )
    return shapes


def _bar(model: CapacityModel, lane: str, y: float) -> list[Shape]:
    """One lane: its name, its bar, and the limit at the bar's end."""
    colour = colour_of(lane, light())
    shapes: list[Shape] = [TextShape(_LEFT - 8, y + 4, lane, colour, 13, anchor="end", bold=True)]
    found = model.found(lane)
    if found is None:
        return [*shapes, TextShape(_x(1) + 4, y + 4, _("not known yet"), _DIM, 12)]
    if found.connections:
        shapes.append(LineShape(((_LEFT, y), (max(_LEFT + 1.0, _x(found.connections)), y)), colour, _THICK))
    p99 = "" if found.p99_ns is None else f", p99 {format_duration(found.p99_ns)}"
    limit = _("no limit found") if found.limit == NONE else _(GIVES_WAY[found.limit])
    words = f"{found.connections:,}  {limit}{p99}"
    return [*shapes, TextShape(max(_LEFT, _x(found.connections)) + 8, y + 4, words, _TEXT, 12, halo=True)]
