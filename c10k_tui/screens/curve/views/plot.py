"""A chart in the cells of a terminal: curves in braille, points as letters, words at every line.

The chart can be read without colour: a measured point is its mechanism's letter reversed, a published point
is the letter in bold, poll's line is dashed, and each line has its name at its end and its cost at the rule.
"""

from __future__ import annotations

from math import log10

from rich.cells import cell_len, set_cell_size

from c10k_tui.charts.chart import DASHED, MECHANISM_LETTERS, Chart, Curve, cost_words, x_ticks, y_ticks
from c10k_tui.text.glyphs import BAR, BRAILLE_BASE, BRAILLE_DOTS
from c10k_tui.text.styled_text import Line, Span, merged, pad

AXIS_WIDTH = 8
"""Cells for the words at the y axis and for its line."""
NAME_WIDTH = 7
"""Cells on the right for the names of the curves."""
_RULE = "┊"
_LEVEL = "┈"
_DASH_DOTS = (0, 1, 2)
"""Columns of dots that are drawn, of every six columns of a dashed line."""

_PlotCell = tuple[str, str]
"""Glyph and role."""
_EMPTY: _PlotCell = (" ", "text")


class _Canvas:
    """The cells of the plot, and the scales that map values to cells."""

    def __init__(self, chart: Chart, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.cells: list[list[_PlotCell]] = [[_EMPTY] * width for _ in range(height)]
        self.taken = [[False] * width for _ in range(height)]
        """True for cells that hold a part of the chart, apart from faint lines."""
        self._left, right = (log10(value) for value in chart.x_range)
        self._low, high = (log10(value) for value in chart.y_range())
        self._across = max(1e-9, right - self._left)
        self._up = high - self._low

    def column(self, x: float, columns: int) -> int:
        """The column of a value, out of ``columns``."""
        return round((log10(x) - self._left) / self._across * (columns - 1))

    def row(self, y: float, rows: int) -> int:
        """The row of a cost, out of ``rows``."""
        place = round((1 - (log10(y) - self._low) / self._up) * (rows - 1))
        return min(rows - 1, max(0, place))

    def value(self, column: int, columns: int) -> float:
        """The x value of a column, out of ``columns``."""
        return float(10 ** (self._left + column / max(1, columns - 1) * self._across))

    def write(self, x: int, y: int, text: str, role: str) -> None:
        """Write text into cells, from ``x`` to the right."""
        for glyph in text:
            for part in (glyph, "")[: cell_len(glyph)]:  # the right half of a wide glyph is an empty cell
                self.cells[y][x] = (part, role)
                self.taken[y][x] = True
                x += 1

    def free(self, x: int, y: int, width: int) -> bool:
        """True if ``width`` cells are within the canvas and still empty."""
        inside = 0 <= y < self.height and x >= 0 and x + width <= self.width
        return inside and not any(self.taken[y][x : x + width])


def plot_lines(chart: Chart, width: int, height: int) -> list[Line]:
    """The chart in ``height`` lines of ``width`` cells: the plot, its x axis and the words of the axis."""
    canvas = _Canvas(chart, max(8, width - AXIS_WIDTH - NAME_WIDTH), max(4, height - 2))
    _draw_levels(chart, canvas)
    _draw_rule(chart, canvas)
    for curve in chart.curves:
        _draw_curve(curve, canvas)
    for mark in chart.marks:
        _draw_mark(canvas, mark.x, mark.y, mark.name, mark.kind)
    _write_readings(chart, canvas)
    ticks = {canvas.row(y, canvas.height): words for y, words in y_ticks(chart)}
    names = _names(chart, canvas)
    lines: list[Line] = []
    for y in range(canvas.height):
        words = ticks.get(y, "").rjust(AXIS_WIDTH - 2)
        edge = "┤" if y in ticks else BAR
        row: list[Span] = [(f"{words} ", "dim"), (edge, "frame"), *canvas.cells[y]]
        lines.append(pad((*merged(row), (" ", "text"), *names.get(y, ())), width))
    return [*lines, *(pad(line, width) for line in _x_axis(chart, canvas))]


def _draw_levels(chart: Chart, canvas: _Canvas) -> None:
    """A faint line at each power of ten."""
    for y, _ in y_ticks(chart):
        canvas.cells[canvas.row(y, canvas.height)] = [(_LEVEL, "frame")] * canvas.width


def _draw_rule(chart: Chart, canvas: _Canvas) -> None:
    if chart.rule is None:
        return
    x = canvas.column(chart.rule, canvas.width)
    for row in canvas.cells:
        row[x] = (_RULE, "rule")
    label = chart.rule_label
    left = min(max(0, x - cell_len(label) // 2), max(0, canvas.width - cell_len(label)))
    canvas.write(left, 0, set_cell_size(label, min(cell_len(label), canvas.width)), "strong")


def _draw_curve(curve: Curve, canvas: _Canvas) -> None:
    """Draw the line as braille dots, two columns and four rows of dots in a cell."""
    columns, rows = 2 * canvas.width, 4 * canvas.height
    bits: dict[tuple[int, int], int] = {}
    last: int | None = None
    for x in range(columns):
        y = curve.at(canvas.value(x, columns))
        if y is None:
            last = None
            continue
        dot = canvas.row(y, rows)
        if curve.name not in DASHED or x % 6 in _DASH_DOTS:
            first, end = sorted((dot, dot if last is None else last + (dot > last) - (dot < last)))
            for place in range(first, end + 1):
                cell = (place // 4, x // 2)
                bits[cell] = bits.get(cell, 0) | BRAILLE_DOTS[x % 2][place % 4]
        last = dot
    for (row, column), pattern in bits.items():
        before = canvas.cells[row][column][0]
        shared = ord(before) - BRAILLE_BASE if canvas.taken[row][column] and before >= "⠀" else 0
        canvas.cells[row][column] = (chr(BRAILLE_BASE + (pattern | max(0, min(255, shared)))), curve.name)
        canvas.taken[row][column] = True


def _draw_mark(canvas: _Canvas, x: float, y: float, name: str, kind: str) -> None:
    """Write the letter of a point into its cell, or beside it if another letter is there."""
    role = f"{kind}-{name}"
    row, column = canvas.row(y, canvas.height), canvas.column(x, canvas.width)
    for place in (column, column + 1, column - 1):
        if 0 <= place < canvas.width and not canvas.cells[row][place][1].startswith(
            ("measured", "published")
        ):
            canvas.write(place, row, MECHANISM_LETTERS[name], role)
            return


def _write_readings(chart: Chart, canvas: _Canvas) -> None:
    """Write each curve's cost beside the place where it meets the rule, if there is room."""
    if chart.rule is None:
        return
    x = canvas.column(chart.rule, canvas.width)
    for name, cost_ns in chart.readings():
        words = f" {cost_words(cost_ns)} "
        row = canvas.row(cost_ns, canvas.height)
        places = [
            (left, row + dy)
            for dy in (-1, 1, -2, 2, 0, -3, 3)
            for left in ((x - cell_len(words), x + 1) if dy < 0 else (x + 1, x - len(words)))
        ]
        for left, y in places:
            if canvas.free(left, y, cell_len(words)):
                canvas.write(left, y, words, name)
                break


def _names(chart: Chart, canvas: _Canvas) -> dict[int, Line]:
    """The names of the curves by row; curves that end in one row get neighbouring rows."""
    ends = sorted(
        (canvas.row(curve.points[-1][1], canvas.height), curve.name) for curve in chart.curves if curve.points
    )
    rows: dict[int, Line] = {}
    for wanted, name in ends:
        free = [row for row in range(canvas.height) if row not in rows]
        row = min(free, key=lambda place: (abs(place - wanted), place))
        rows[row] = ((name, name),)
    return rows


def _x_axis(chart: Chart, canvas: _Canvas) -> list[Line]:
    """The x axis with its ticks, and the words of the ticks."""
    edge = ["─"] * canvas.width
    words = [" "] * (canvas.width + NAME_WIDTH + 1)
    for value, text in x_ticks(chart):
        x = canvas.column(value, canvas.width)
        edge[x] = "┴"
        left = min(max(0, x - len(text) // 2), len(words) - len(text))
        if all(cell == " " for cell in words[max(0, left - 1) : left + len(text) + 1]):
            words[left : left + len(text)] = text
    corner = " " * (AXIS_WIDTH - 1) + "└"
    return [((corner + "".join(edge), "frame"),), ((" " * AXIS_WIDTH + "".join(words).rstrip(), "dim"),)]
