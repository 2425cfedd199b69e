"""The screen as a picture: Textual's strips to cells.

Most of a screen stays the same from frame to frame. So only lines that the app has displayed since the last
picture are rendered, and only lines whose strips have changed are converted to cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.color import Color, ColorType
from rich.style import Style
from textual.strip import Strip

from c10k_tui import textual_internals
from c10k_tui.recording.live.caption import CaptionStyles
from c10k_tui.recording.pictures.styled_cells import (
    BLANK,
    DEFAULT,
    PLAIN,
    CellRow,
    CellStyle,
    StyledCell,
    TerminalPicture,
    ansi,
    cell,
)
from c10k_tui.text.palette import Palette

if TYPE_CHECKING:
    from textual.app import App

_ANSI_COLOURS = 16


class ScreenCapture:
    """Takes pictures of an app.

    Args:
        app: The running app. The caller passes each of its display updates to :meth:`displayed`.
    """

    def __init__(self, app: App[str]) -> None:
        self._app = app
        self._dirty: set[int] | None = None
        """Lines displayed since the last picture; None for all."""
        self._lines: dict[int, list[Strip]] = {}
        self._rows: list[CellRow] = []
        self._palette: tuple[str, CaptionStyles] | None = None

    def displayed(self, update: object) -> None:
        """Note an update that the app displays: its lines may differ in the next picture."""
        if update is None or self._dirty is None:
            return
        lines = textual_internals.changed_lines(update)
        if lines is None:
            self._dirty = None
        else:
            self._dirty.update(lines)

    def picture(self) -> TerminalPicture:
        """The current picture of the screen."""
        width, height = self._app.size
        if len(self._rows) != height or len(self._rows[0]) != width:
            self._dirty = None
        dirty = range(height) if self._dirty is None else sorted(y for y in self._dirty if y < height)
        if self._dirty is None:
            self._lines.clear()
            self._rows = [(BLANK,) * width] * height
        if dirty:
            for y, pieces in textual_internals.rendered_lines(
                self._app, dirty[0], dirty[-1] + 1, frozenset(dirty)
            ):
                known = self._lines.get(y)
                if known is None or not _same(known, pieces):
                    self._rows[y] = row_of(pieces, width)
                    self._lines[y] = pieces
        self._dirty = set()
        return TerminalPicture(width, tuple(self._rows))

    def caption_styles(self) -> CaptionStyles:
        """The styles of a caption in the current theme."""
        theme = self._app.theme
        if self._palette is None or self._palette[0] != theme:
            palette = Palette(self._app.theme_variables)
            self._palette = (
                theme,
                CaptionStyles(cell_style_of(palette["bar"]), cell_style_of(palette["title"])),
            )
        return self._palette[1]


def _same(old: list[Strip], new: list[Strip]) -> bool:
    """True if two lines consist of the same strips."""
    return len(old) == len(new) and all(a is b or a == b for a, b in zip(old, new, strict=True))


def row_of(strips: list[Strip], width: int) -> CellRow:
    """A line of strips as exactly ``width`` cells."""
    cells = cells_of(strips, cell_style_of)
    return (*cells[:width], *[BLANK] * (width - len(cells)))


def cells_of(strips: Iterable[Strip], style_of: Callable[[Style], CellStyle]) -> list[StyledCell]:
    """Strips side by side as cells.

    Args:
        strips: The strips.
        style_of: Returns the style of a cell for a Rich style.
    """
    cells: list[StyledCell] = []
    for strip in strips:
        for text, rich_style, control in strip:
            if control:
                continue
            style = PLAIN if rich_style is None else style_of(rich_style)
            if text.isascii():
                cells += [cell(glyph, style) for glyph in text]
            else:
                _put(cells, text, style)
    return cells


def _put(cells: list[StyledCell], text: str, style: CellStyle) -> None:
    """Append glyphs of any width. A wide glyph takes two cells; a glyph of width 0 joins the previous
    cell.
    """
    for glyph in text:
        # Every glyph below the combining marks is one cell wide. So is every glyph in the higher ranges that
        # the race uses.
        size = 1 if glyph < "\u0300" or "\u2190" <= glyph <= "\u28ff" else cell_len(glyph)
        if size:
            cells.append(cell(glyph, style))
            cells += [cell("", style)] * (size - 1)
        elif cells:
            cells[-1] = cell(cells[-1].glyph + glyph, cells[-1].style)


@lru_cache(maxsize=4_096)
def cell_style_of(style: Style) -> CellStyle:
    """A Rich style as the style of a cell."""
    return CellStyle(
        _colour(style.color),
        _colour(style.bgcolor),
        bool(style.bold),
        bool(style.dim),
        bool(style.italic),
        bool(style.underline),
        bool(style.reverse),
        bool(style.strike),
    )


def _colour(colour: Color | None) -> int:
    if colour is None or colour.type is ColorType.DEFAULT:
        return DEFAULT
    if colour.number is not None and colour.number < _ANSI_COLOURS:
        return ansi(colour.number)
    red, green, blue = colour.get_truecolor()
    return red << 16 | green << 8 | blue
