"""The picture of the screen, and its way to the terminal.

Textual writes each update to the terminal at once, with the style of each piece of a line written out. Here
an update only changes a picture of cells. If the link is free (:mod:`c10k_tui.app.wire.link`), the difference
to the picture on the terminal is sent as one frame. If not, the frame waits, and later updates join it. So a
slow link gets fewer frames, but a frame always shows the newest picture.

The cells of a line are made again only if Textual has made a new strip for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from rich.color import Color, ColorSystem, ColorType
from rich.style import Style
from textual.app import App
from textual.strip import Strip

from c10k_tui import textual_internals
from c10k_tui.app.wire import encoder
from c10k_tui.app.wire.link import Link
from c10k_tui.recording.live.capture import cells_of
from c10k_tui.recording.live.controller import StateWords
from c10k_tui.recording.pictures.styled_cells import (
    BLANK,
    DEFAULT,
    CellRow,
    CellStyle,
    TerminalPicture,
    ansi,
    cell,
)

RETRY_S = 0.01
"""Seconds between two looks at a link that is not free."""
FRAME_BEGIN, FRAME_END = "\x1b[?2026h", "\x1b[?2026l"
"""Marks of a synchronized update, for terminals that know them."""
STATE_STYLE = CellStyle(bold=True, reverse=True)
_SYSTEMS = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "windows": ColorSystem.WINDOWS,
}


class ScreenOutput:
    """Sends the screen of an app to its terminal.

    Args:
        app: The app. The caller passes each of its display updates to :meth:`displayed`.
        write: Writes text to the terminal.
        link: The link to the terminal; None if every frame may be sent.
        state_words: Returns words to show over the picture; None for none.
    """

    def __init__(
        self,
        app: App[Any],
        write: Callable[[str], None],
        link: Link | None,
        state_words: Callable[[], StateWords | None] = lambda: None,
    ) -> None:
        self._app = app
        self._write = write
        self._link = link
        self._state_words = state_words
        self._system = _SYSTEMS.get(app.console.color_system or "", ColorSystem.TRUECOLOR)
        self._rows: list[CellRow] = []
        self._strips: list[dict[int, Strip]] = []
        """Of each line, its strips by the column where they begin."""
        self._sent: list[CellRow] | None = None
        """The picture on the terminal; None if it is unknown."""
        self._cursor = ""
        self._retry: asyncio.TimerHandle | None = None

    @property
    def picture(self) -> TerminalPicture:
        """The newest picture, without the state's words."""
        return TerminalPicture(self._app.size.width, tuple(self._rows))

    def forget(self) -> None:
        """Send the next frame as a whole picture: something else has written to the terminal."""
        self._sent = None

    def displayed(self, update: object) -> None:
        """Take an update of the screen, and send a frame if the link is free."""
        width, height = self._app.size
        if len(self._rows) != height or (height and len(self._rows[0]) != width):
            self._rows = [(BLANK,) * width] * height
            self._strips = [{} for _ in range(height)]
            self._sent = None
            self._take(_all_strips(self._app, height), width)
        else:
            self._take(textual_internals.updated_strips(update), width)
        self.send()

    def _take(self, strips: Iterator[tuple[int, int, Strip]], width: int) -> None:
        """Change the picture."""
        system = self._system
        for y, x, strip in strips:
            if y >= len(self._rows) or self._strips[y].get(x) is strip:
                continue
            known, end = self._strips[y], x + strip.cell_length
            for begin in [b for b, old in known.items() if b < end and x < b + old.cell_length]:
                del known[begin]
            known[x] = strip
            cells = cells_of((strip,), lambda style: wire_style(style, system))
            row = self._rows[y]
            self._rows[y] = (*row[:x], *cells, *row[x + len(cells) :])[:width]

    def send(self) -> None:
        """Send the difference to the picture on the terminal; if the link is not free, later."""
        if self._link is not None and not self._link.is_free:
            if self._retry is None:
                self._retry = asyncio.get_running_loop().call_later(RETRY_S, self._send_late)
            return
        rows, aside = self._with_state()
        before = [None] * len(rows) if self._sent is None else self._sent
        text = encoder.changes(before, rows)
        cursor = self._cursor_movement()
        if not text and cursor == self._cursor:
            return
        self._sent, self._cursor = rows, cursor
        begin, end = (FRAME_BEGIN, FRAME_END) if textual_internals.is_synchronized(self._app) else ("", "")
        frame = f"{begin}{text}{aside}{cursor}{end}"
        self._write(frame if self._link is None else self._link.framed(frame))

    def _send_late(self) -> None:
        self._retry = None
        if not textual_internals.is_closing(self._app):
            self.send()

    def _with_state(self) -> tuple[list[CellRow], str]:
        """The picture with the state's words in it, and sequences for words beside the picture."""
        words = self._state_words()
        rows = self._rows.copy()
        if words is None:
            return rows, ""
        y, x, text = words
        if y >= len(rows) or x + len(text) > len(rows[y]):
            return rows, f"\x1b[{y + 1};{x + 1}H\x1b[0;1;7m{text}{encoder.PLAIN_PEN}"
        cells = [cell(glyph, STATE_STYLE) for glyph in text]
        rows[y] = (*rows[y][:x], *cells, *rows[y][x + len(cells) :])
        return rows, ""

    def _cursor_movement(self) -> str:
        """The place of the text cursor. It is hidden, but input methods open their windows there."""
        x, y = self._app.screen.outer_size.clamp_offset(self._app.cursor_position)
        return f"\x1b[{y + 1};{x + 1}H" if x or y else "\x1b[H"


def _all_strips(app: App[Any], height: int) -> Iterator[tuple[int, int, Strip]]:
    """All strips of the screen, as :func:`~c10k_tui.textual_internals.updated_strips` has them."""
    for y, strips in textual_internals.rendered_lines(app, 0, height, frozenset(range(height))):
        x = 0
        for strip in strips:
            yield y, x, strip
            x += strip.cell_length


@lru_cache(maxsize=4_096)
def wire_style(style: Style, system: ColorSystem) -> CellStyle:
    """A Rich style as the style of a cell, in the colours that the terminal has."""
    return CellStyle(
        _colour(style.color, system),
        _colour(style.bgcolor, system),
        bool(style.bold),
        bool(style.dim),
        bool(style.italic),
        bool(style.underline),
        bool(style.reverse),
        bool(style.strike),
    )


def _colour(colour: Color | None, system: ColorSystem) -> int:
    if colour is None or colour.type is ColorType.DEFAULT:
        return DEFAULT
    colour = colour.downgrade(system)
    if colour.number is not None:
        return ansi(colour.number)
    red, green, blue = colour.get_truecolor()
    return red << 16 | green << 8 | blue
