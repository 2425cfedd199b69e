"""A terminal's picture as a value: rows of cells, each a glyph and a look.

A colour is one number: 0xRRGGBB, :data:`DEFAULT` for the terminal's own, or :func:`ansi` for one of its
sixteen. Cells are shared, so that rows that did not change compare by identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

DEFAULT = -1
"""The terminal's own foreground or background."""


def ansi(number: int) -> int:
    """One of the terminal's sixteen colours (0 … 15) as a colour."""
    return -2 - number


def ansi_number(colour: int) -> int:
    """Which of the sixteen a negative colour is."""
    return -2 - colour


class CellStyle(NamedTuple):
    """How a cell is drawn."""

    foreground: int = DEFAULT
    background: int = DEFAULT
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    strike: bool = False


class StyledCell(NamedTuple):
    """One place on the screen; the right half of a wide glyph is a cell with no glyph at all."""

    glyph: str
    look: CellStyle


PLAIN = CellStyle()
BLANK = StyledCell(" ", PLAIN)

CellRow = tuple[StyledCell, ...]


@lru_cache(maxsize=65_536)
def cell(glyph: str, look: CellStyle) -> StyledCell:
    """The one cell of this glyph and look."""
    return StyledCell(glyph, look)


@dataclass(frozen=True, slots=True)
class TerminalPicture:
    """A whole screen at one moment."""

    width: int
    rows: tuple[CellRow, ...]

    @property
    def height(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def text(self) -> str:
        """What can be read on it, without blanks at the ends of lines."""
        return "".join("".join(glyph for glyph, _ in row).rstrip() + "\n" for row in self.rows)


def blank(width: int, height: int) -> TerminalPicture:
    """An empty screen."""
    return TerminalPicture(width, ((BLANK,) * width,) * height)
