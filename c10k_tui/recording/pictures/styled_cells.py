"""A terminal's picture as a value: rows of cells, each with a glyph and a style.

A colour is one number: 0xRRGGBB, or :data:`DEFAULT` for the terminal's default, or a value of :func:`ansi`
for one of the terminal's own colours. Equal cells are one object, so unchanged rows compare by identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

DEFAULT = -1
"""The terminal's default foreground or background."""


def ansi(number: int) -> int:
    """One of the terminal's own colours as a colour: 0 … 15; without 24-bit colours, 0 … 255."""
    return -2 - number


def ansi_number(colour: int) -> int:
    """The number of a colour made by :func:`ansi`."""
    return -2 - colour


class CellStyle(NamedTuple):
    """Colours and attributes of a cell."""

    foreground: int = DEFAULT
    background: int = DEFAULT
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    strike: bool = False


class StyledCell(NamedTuple):
    """One place on the screen. The right half of a wide glyph is a cell whose glyph is empty."""

    glyph: str
    style: CellStyle


PLAIN = CellStyle()
BLANK = StyledCell(" ", PLAIN)

CellRow = tuple[StyledCell, ...]


@lru_cache(maxsize=65_536)
def cell(glyph: str, style: CellStyle) -> StyledCell:
    """The shared cell of this glyph and style."""
    return StyledCell(glyph, style)


RIGHT_HALF = "\0"
"""Sign before a wide glyph, for its right half in :func:`with_halves`."""


def with_halves(row: CellRow) -> CellRow:
    """The row for painting: the cell behind a wide glyph names the glyph whose right half it is."""
    if all(one.glyph for one in row):
        return row
    cells = list(row)
    for x in range(1, len(row)):
        before = row[x - 1]
        if not row[x].glyph and before.glyph:
            cells[x] = cell(RIGHT_HALF + before.glyph, before.style)
    return tuple(cells)


@dataclass(frozen=True, slots=True)
class TerminalPicture:
    """The whole screen at one moment."""

    width: int
    rows: tuple[CellRow, ...]

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.rows)

    @property
    def text(self) -> str:
        """The glyphs as text, without blanks at the ends of lines."""
        return "".join("".join(glyph for glyph, _ in row).rstrip() + "\n" for row in self.rows)


def blank(width: int, height: int) -> TerminalPicture:
    """An empty screen."""
    return TerminalPicture(width, ((BLANK,) * width,) * height)
