"""A picture as SVG: a rectangle for each run of one background, a text for each run of one style.

Every glyph has its own position, so that a font with other widths does not shift the rest of the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape

from c10k_tui.recording.cast.header import CastHeader
from c10k_tui.recording.pictures.draw import Colours
from c10k_tui.recording.pictures.styled_cells import CellRow, CellStyle, StyledCell, TerminalPicture

CELL_WIDTH, CELL_HEIGHT = 8.4, 18
FONT_SIZE = 14
BASELINE = 13.5
"""Distance of a glyph's baseline from the top of its cell, in pixels."""
FONTS = "DejaVu Sans Mono, Menlo, Consolas, monospace"


def svg(picture: TerminalPicture, header: CastHeader) -> str:
    """A picture as an SVG document."""
    colours = Colours(header)
    width, height = picture.width * CELL_WIDTH, picture.height * CELL_HEIGHT
    title = f"<title>{escape(header.title)}</title>\n" if header.title else ""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" xml:space="preserve" '
        f'font-family="{FONTS}" font-size="{FONT_SIZE}">',
        f'{title}<rect width="100%" height="100%" fill="{_hex(colours.background)}"/>',
    ]
    for y, row in enumerate(picture.rows):
        lines += _backgrounds(row, y, colours)
        lines += _texts(row, y, colours)
    return "\n".join([*lines, "</svg>\n"])


def _backgrounds(row: CellRow, y: int, colours: Colours) -> Iterator[str]:
    x = 0
    for colour, cells in groupby(row, key=lambda cell: colours.of(cell.style)[1]):
        count = len(list(cells))
        if colour != colours.background:
            yield (
                f'<rect x="{x * CELL_WIDTH:.1f}" y="{y * CELL_HEIGHT}" width="{count * CELL_WIDTH:.1f}" '
                f'height="{CELL_HEIGHT}" fill="{_hex(colour)}" shape-rendering="crispEdges"/>'
            )
        x += count


def _texts(row: CellRow, y: int, colours: Colours) -> Iterator[str]:
    x = 0
    for style, run in groupby(row, key=lambda cell: cell.style):
        cells = list(run)
        placed = [(x + at, cell) for at, cell in enumerate(cells) if cell.glyph.strip()]
        if placed:
            yield _text(placed, style, y, colours)
        x += len(cells)


def _text(placed: list[tuple[int, StyledCell]], style: CellStyle, y: int, colours: Colours) -> str:
    places = " ".join(f"{x * CELL_WIDTH:.1f}" for x, _ in placed)
    attributes = ' font-weight="bold"' if style.bold else ""
    if style.italic:
        attributes += ' font-style="italic"'
    lines = [name for name, on in (("underline", style.underline), ("line-through", style.strike)) if on]
    if lines:
        attributes += f' text-decoration="{" ".join(lines)}"'
    glyphs = escape("".join(cell.glyph[0] for _, cell in placed))
    fill = _hex(colours.of(style)[0])
    return f'<text x="{places}" y="{y * CELL_HEIGHT + BASELINE:g}" fill="{fill}"{attributes}>{glyphs}</text>'


def _hex(colour: int) -> str:
    return f"#{colour:06x}"
