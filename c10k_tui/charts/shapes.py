"""A chart as shapes on a page: lines, dots and texts with coordinates, for pictures of any format.

SVG and PNG share this layout, so both show the same picture. The page is white and has the colours of the
light theme, because pictures go into documents and onto slides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from c10k_tui.charts.chart import DASHED, Chart, apart, cost_words, x_ticks, y_ticks
from c10k_tui.text.styled_text import text_of
from c10k_tui.text.themes import light

PANEL_WIDTH, PANEL_HEIGHT = 800, 500
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 92, 64, 56
_LINE = 20
"""Distance between two lines of text."""
_LIGHT = light()
_TEXT, _DIM, _FAINT = _LIGHT["c10k-strong"], _LIGHT["c10k-dim"], "#e4e4e4"
PAGE = _LIGHT["c10k-base"]


@dataclass(frozen=True, slots=True)
class LineShape:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1.0
    dash: float = 0.0
    """Length of a dash and of a gap; 0 for an unbroken line."""


@dataclass(frozen=True, slots=True)
class DotShape:
    """A round mark: filled for a measured point, open for a published one."""

    x: float
    y: float
    radius: float
    colour: str
    filled: bool


@dataclass(frozen=True, slots=True)
class TextShape:
    """A piece of text; ``anchor`` is ``start``, ``middle`` or ``end``."""

    x: float
    y: float
    text: str
    colour: str
    size: int = 13
    anchor: str = "start"
    bold: bool = False
    halo: bool = False
    """True to draw a rim in the page's colour around the letters, so that lines behind the text do not touch
    them.
    """


Shape = LineShape | DotShape | TextShape


@dataclass(frozen=True, slots=True)
class ChartPage:
    """A page: its size and the shapes on it."""

    width: int
    height: int
    shapes: tuple[Shape, ...]


def page_of(charts: Sequence[Chart]) -> ChartPage:
    """A page with the charts, one below the other."""
    shapes: list[Shape] = []
    top = 0
    for chart in charts:
        panel = _Panel(chart, top)
        shapes += panel.shapes()
        top += panel.height
    return ChartPage(PANEL_WIDTH, max(top, 1), tuple(shapes))


class _Panel:
    """One chart at its place on the page."""

    def __init__(self, chart: Chart, top: int) -> None:
        self.chart = chart
        self.top = top
        self.height = PANEL_HEIGHT + _LINE * len(chart.notes)
        self._x0, self._x1 = _LEFT, PANEL_WIDTH - _RIGHT
        self._y0, self._y1 = top + _TOP, top + PANEL_HEIGHT - _BOTTOM
        self._left, right = (log10(value) for value in chart.x_range)
        self._across = max(1e-9, right - self._left)
        self._low, high = (log10(value) for value in chart.y_range())
        self._up = high - self._low

    def _x(self, value: float) -> float:
        return self._x0 + (log10(value) - self._left) / self._across * (self._x1 - self._x0)

    def _y(self, cost_ns: float) -> float:
        return self._y1 - (log10(cost_ns) - self._low) / self._up * (self._y1 - self._y0)

    def shapes(self) -> list[Shape]:
        """All shapes of the panel, from back to front."""
        return [
            *self._heading(),
            *self._grid(),
            *self._curves(),
            *self._marks(),
            *self._reading(),
            *self._notes(),
        ]

    def _heading(self) -> list[Shape]:
        shapes: list[Shape] = [TextShape(_LEFT, self.top + 26, self.chart.title, _TEXT, 17, bold=True)]
        x = float(_LEFT)
        y = self.top + 46.0
        shapes += [
            LineShape(((x, y - 4), (x + 26, y - 4)), _DIM, 2.2),
            TextShape(x + 32, y, "simulated", _DIM),
        ]
        x += 120
        for kind in self.chart.kinds:
            shapes += [DotShape(x, y - 4, 4.5, _DIM, kind == "measured"), TextShape(x + 10, y, kind, _DIM)]
            x += 100
        return shapes

    def _grid(self) -> list[Shape]:
        shapes: list[Shape] = []
        for value, words in x_ticks(self.chart):
            x = self._x(value)
            shapes += [
                LineShape(((x, self._y0), (x, self._y1)), _FAINT),
                TextShape(x, self._y1 + 18, words, _DIM, anchor="middle"),
            ]
        for cost_ns, words in y_ticks(self.chart):
            y = self._y(cost_ns)
            shapes += [
                LineShape(((self._x0, y), (self._x1, y)), _FAINT),
                TextShape(self._x0 - 8, y + 4, words, _DIM, anchor="end"),
            ]
        shapes.append(LineShape(((self._x0, self._y0), (self._x0, self._y1), (self._x1, self._y1)), _DIM))
        middle = (self._x0 + self._x1) / 2
        shapes.append(TextShape(middle, self._y1 + 40, self.chart.x_label, _TEXT, anchor="middle"))
        return shapes

    def _curves(self) -> list[Shape]:
        shapes: list[Shape] = []
        ended = sorted((curve for curve in self.chart.curves if curve.points), key=lambda c: -c.points[-1][1])
        places = apart([self._y(curve.points[-1][1]) for curve in ended], 16, self._y0, self._y1)
        for curve, place in zip(ended, places, strict=True):
            colour = _colour(curve.name)
            points = tuple((self._x(x), self._y(y)) for x, y in curve.points)
            shapes.append(LineShape(points, colour, 2.2, 7.0 if curve.name in DASHED else 0.0))
            shapes.append(TextShape(self._x1 + 8, place + 4, curve.name, colour, 14, bold=True))
        return shapes

    def _marks(self) -> list[Shape]:
        return [
            DotShape(self._x(mark.x), self._y(mark.y), 4.5, _colour(mark.name), mark.kind == "measured")
            for mark in self.chart.marks
        ]

    def _reading(self) -> list[Shape]:
        """The rule, and the cost of each curve there."""
        chart = self.chart
        if chart.rule is None:
            return []
        x = self._x(chart.rule)
        shapes: list[Shape] = [LineShape(((x, self._y0), (x, self._y1)), _DIM, 1.0, 3.0)]
        anchor = "end" if x > (self._x0 + self._x1) / 2 else "start"
        aside = -8 if anchor == "end" else 8
        shapes.append(TextShape(x + aside, self._y0 + 12, chart.rule_label, _TEXT, anchor=anchor, bold=True))
        # From the lowest cost up: labels that would overlap are moved up, away from other lines.
        readings = chart.readings()[::-1]
        heights = apart([10 - self._y(y) for _, y in readings], 17, 4 - self._y1, -self._y0 - 30)
        for (name, cost_ns), height in zip(readings, heights, strict=True):
            words = f"{name} {cost_words(cost_ns)}"
            shapes.append(TextShape(x + aside, -height, words, _colour(name), anchor=anchor, halo=True))
        return shapes

    def _notes(self) -> list[Shape]:
        top = self.top + PANEL_HEIGHT + 4
        return [
            TextShape(_LEFT, top + _LINE * index, text_of(note).strip(), _DIM, 12)
            for index, note in enumerate(self.chart.notes)
        ]


def _colour(name: str) -> str:
    return _LIGHT[f"c10k-{name}"]
