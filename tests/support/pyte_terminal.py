"""A picture as an independent terminal emulator (pyte) shows it, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable

import pyte

from c10k_tui.recording.pictures.styled_cells import DEFAULT, TerminalPicture, ansi_number

NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
"""pyte's names of the sixteen colours; bright colours have a prefix."""
Seen = tuple[str, str, str, bool, bool, bool, bool, bool]


class Emulated:
    """A terminal of a given size, to which text can be written."""

    def __init__(self, width: int, height: int) -> None:
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.Stream(self._screen)

    def write(self, text: str) -> None:
        self._stream.feed(text)

    def resize(self, width: int, height: int) -> None:
        self._screen.resize(lines=height, columns=width)

    @property
    def rows(self) -> list[list[Seen]]:
        """Glyph, foreground, background, bold, italic, underline, reverse and strike of each cell."""
        buffer = self._screen.buffer
        return [
            [
                (c.data, c.fg, c.bg, c.bold, c.italics, c.underscore, c.reverse, c.strikethrough)
                for c in (buffer[y][x] for x in range(self._screen.columns))
            ]
            for y in range(self._screen.lines)
        ]


def as_seen(picture: TerminalPicture) -> list[list[Seen]]:
    """Our own cells in the emulator's terms (it does not know dim)."""
    return [
        [
            (
                glyph,
                colour_name(style.foreground),
                colour_name(style.background),
                style.bold,
                style.italic,
                style.underline,
                style.reverse,
                style.strike,
            )
            for glyph, style in row
        ]
        for row in picture.rows
    ]


def colour_name(colour: int) -> str:
    if colour == DEFAULT:
        return "default"
    if colour >= 0:
        return f"{colour:06x}"
    number = ansi_number(colour)
    return NAMES[number] if number < 8 else f"bright{NAMES[number - 8]}"


def shown(width: int, height: int, written: Iterable[str]) -> list[list[Seen]]:
    """The cells of a terminal after all the text is written."""
    terminal = Emulated(width, height)
    for text in written:
        terminal.write(text)
    return terminal.rows
