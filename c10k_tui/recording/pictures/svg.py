"""A picture as SVG: rectangles for backgrounds, blocks, lines and braille, outlines for other symbols, and
text for letters.

The coordinates are the pixels of the PNG, and the rectangles are the same, so both look alike at every size.
All rectangles of one colour are one path. Its edges are not smoothed (``crispEdges``): a renderer rounds the
common edge of two rectangles to the same pixel, so no seam is left between rows. Where the picture is shown
smaller, a line of less than a pixel could be rounded to nothing; so half of each thin line is drawn below it
once more, with smooth edges. At other sizes the line covers it, because a renderer puts a line that half
fills two pixels into the lower or the right one. Only letters need a font.
Every letter has its own position, so that a font with other widths does not shift the rest of the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.sax.saxutils import escape

from c10k_tui.recording.cast.header import CastHeader
from c10k_tui.recording.pictures.cell_shapes import CellRectangle, shape_without_font, strike, underline
from c10k_tui.recording.pictures.draw import CELL_WIDTH, LARGE_CELL_WIDTH, Colours, mixed
from c10k_tui.recording.pictures.glyph_masks import baseline, size_for
from c10k_tui.recording.pictures.glyph_outlines import outline
from c10k_tui.recording.pictures.styled_cells import CellRow, CellStyle, StyledCell, TerminalPicture

WIDTH, HEIGHT = LARGE_CELL_WIDTH, 2 * LARGE_CELL_WIDTH
"""Units of a cell."""
THIN = 2
"""Most units of the thickness of a thin line."""
FONTS = "DejaVu Sans Mono, Menlo, Consolas, monospace"


def svg(picture: TerminalPicture, header: CastHeader, cell_width: int = CELL_WIDTH) -> str:
    """A picture as an SVG document.

    Args:
        picture: The picture.
        header: Holds the terminal's colours and the title.
        cell_width: Width at which a cell is shown, in pixels.
    """
    colours = Colours(header)
    width, height = picture.width * WIDTH, picture.height * HEIGHT
    backgrounds, shapes, lines = _Rectangles(), _Rectangles(), _Rectangles()
    symbols = _Symbols()
    texts: list[str] = []
    for y, row in enumerate(picture.rows):
        _add_backgrounds(backgrounds, row, y, colours)
        _add_shapes(shapes, row, y, colours)
        _add_lines(lines, row, y, colours)
        symbols.add(row, y, colours)
        texts += _texts(row, y, colours)
    title = [f"<title>{escape(header.title)}</title>"] if header.title else []
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{picture.width * cell_width}" height="{picture.height * 2 * cell_width}" '
        f'viewBox="0 0 {width} {height}" '
        f'font-family="{FONTS}" font-size="{size_for(WIDTH):.2f}">',
        *title,
        f'<rect width="{width}" height="{height}" fill="{_hex(colours.background)}"/>',
        *backgrounds.paths(),
        *shapes.paths(),
        *lines.paths(),
        *symbols.elements(),
        *texts,
        "</svg>\n",
    ]
    return "\n".join(parts)


class _Rectangles:
    """Rectangles by colour; a rectangle that continues the last one of its rows becomes part of it."""

    def __init__(self) -> None:
        self._by_colour: dict[int, list[CellRectangle]] = {}
        self._last: dict[tuple[int, int, int], int] = {}
        """Place in its list of the last rectangle with this colour, top and bottom."""

    def add(self, colour: int, rectangle: CellRectangle) -> None:
        known = self._by_colour.setdefault(colour, [])
        key = (colour, rectangle.top, rectangle.bottom)
        place = self._last.get(key)
        if place is not None and known[place].left <= rectangle.left <= known[place].right:
            known[place] = known[place]._replace(right=max(known[place].right, rectangle.right))
            return
        self._last[key] = len(known)
        known.append(rectangle)

    def paths(self) -> Iterator[str]:
        """A path for each colour; if it has thin lines, one more before it."""
        for colour, rectangles in self._by_colour.items():
            if thin := _thin_halves(rectangles):
                yield f'<path fill="{_hex(colour)}" d="{_data(thin)}"/>'
            yield f'<path fill="{_hex(colour)}" shape-rendering="crispEdges" d="{_data(rectangles)}"/>'


def _data(rectangles: Iterable[CellRectangle]) -> str:
    return "".join(f"M{left} {top}H{right}V{bottom}H{left}z" for left, top, right, bottom in rectangles)


def _thin_halves(rectangles: Iterable[CellRectangle]) -> list[CellRectangle]:
    """The lower or right half of each thin rectangle; halves that stand one below the other are one."""
    halves: list[CellRectangle] = []
    last: dict[tuple[int, int], int] = {}
    """Place of the last vertical half with this left and right side."""
    for left, top, right, bottom in rectangles:
        if bottom - top <= THIN:
            halves.append(CellRectangle(left, bottom - (bottom - top) // 2, right, bottom))
        elif right - left <= THIN:
            place = last.get((left, right))
            if place is not None and top <= halves[place].bottom:
                halves[place] = halves[place]._replace(bottom=max(halves[place].bottom, bottom))
                continue
            last[left, right] = len(halves)
            halves.append(CellRectangle(right - (right - left) // 2, top, right, bottom))
    return halves


def _add_backgrounds(rectangles: _Rectangles, row: CellRow, y: int, colours: Colours) -> None:
    for x, cell in enumerate(row):
        colour = colours.of(cell.style)[1]
        if colour != colours.background:
            rectangles.add(colour, _placed(CellRectangle(0, 0, WIDTH, HEIGHT), x, y))


def _add_shapes(rectangles: _Rectangles, row: CellRow, y: int, colours: Colours) -> None:
    """Blocks, lines and braille."""
    for x, (glyph, style) in enumerate(row):
        shape = shape_without_font(glyph, WIDTH, HEIGHT)
        if shape is not None and shape.rectangles:
            foreground, background = colours.of(style)
            colour = mixed(background, foreground, shape.share)
            for rectangle in shape.rectangles:
                rectangles.add(colour, _placed(rectangle, x, y))


def _add_lines(rectangles: _Rectangles, row: CellRow, y: int, colours: Colours) -> None:
    """The lines below and through text."""
    for x, (_, style) in enumerate(row):
        if style.underline:
            rectangles.add(colours.of(style)[0], _placed(underline(WIDTH, HEIGHT), x, y))
        if style.strike:
            rectangles.add(colours.of(style)[0], _placed(strike(WIDTH, HEIGHT), x, y))


def _placed(rectangle: CellRectangle, x: int, y: int) -> CellRectangle:
    left, top, right, bottom = rectangle
    return CellRectangle(left + x * WIDTH, top + y * HEIGHT, right + x * WIDTH, bottom + y * HEIGHT)


class _Symbols:
    """Symbols by colour; each outline is written once and used wherever the symbol stands."""

    def __init__(self) -> None:
        self._outlines: dict[str, str] = {}
        self._uses: dict[int, list[str]] = {}

    def add(self, row: CellRow, y: int, colours: Colours) -> None:
        """Add the symbols of a row."""
        for x, (glyph, style) in enumerate(row):
            shape = outline(glyph, style.bold, WIDTH, HEIGHT)
            if shape is None or shape_without_font(glyph, WIDTH, HEIGHT) is not None:
                continue
            name = f"{'b' if style.bold else 'n'}{ord(glyph):x}"
            self._outlines[name] = shape
            use = f'<use xlink:href="#{name}" x="{x * WIDTH}" y="{y * HEIGHT}"/>'
            self._uses.setdefault(colours.of(style)[0], []).append(use)

    def elements(self) -> Iterator[str]:
        """The outlines, and a group for each colour."""
        if self._outlines:
            paths = (f'<path id="{name}" d="{shape}"/>' for name, shape in self._outlines.items())
            yield f"<defs>{''.join(paths)}</defs>"
        for colour, uses in self._uses.items():
            yield f'<g fill="{_hex(colour)}">{"".join(uses)}</g>'


def _is_text(cell: StyledCell) -> bool:
    """True for a glyph that is drawn with a font of the reader."""
    return (
        shape_without_font(cell.glyph, WIDTH, HEIGHT) is None
        and outline(cell.glyph, cell.style.bold, WIDTH, HEIGHT) is None
    )


def _texts(row: CellRow, y: int, colours: Colours) -> Iterator[str]:
    """A text for each run of one style. It has one blank between words, for readers who search or copy.

    Renderers differ in what they do with more: with every blank in the text, some would join them and give
    the places of the blanks to the letters after them.
    """
    x = 0
    for style, run in groupby(row, key=lambda cell: cell.style):
        placed: list[tuple[int, StyledCell]] = []
        blank: tuple[int, StyledCell] | None = None
        for cell in run:
            if _is_text(cell):
                placed += [blank, (x, cell)] if blank and placed else [(x, cell)]
                blank = None
            elif cell.glyph == " ":
                blank = (x, cell)
            x += 1
        if placed:
            yield _text(placed, style, y, colours)


def _text(placed: list[tuple[int, StyledCell]], style: CellStyle, y: int, colours: Colours) -> str:
    places = " ".join(str(x * WIDTH) for x, _ in placed)
    attributes = ' font-weight="bold"' if style.bold else ""
    if style.italic:
        attributes += ' font-style="italic"'
    glyphs = escape("".join(cell.glyph[0] for _, cell in placed))
    at = y * HEIGHT + baseline(WIDTH, HEIGHT, style.bold)
    fill = _hex(colours.of(style)[0])
    return f'<text x="{places}" y="{at}" fill="{fill}"{attributes}>{glyphs}</text>'


def _hex(colour: int) -> str:
    return f"#{colour:06x}"
