"""A terminal emulator that understands only the sequences that this program writes.

It accepts the four sequences that :mod:`c10k_tui.recording.live.encoder` writes, and line ends. It refuses
everything else, so a file of unknown origin can produce glyphs and colours only, and what is drawn is right:
text that scrolls, that goes beyond the right edge, or that follows a change of size without clearing the
screen is refused too.

Why not a full emulator, for recordings of other programs: a terminal has hundreds of sequences, and a picture
that is almost right is worse than none. The emulator in Python that is at hand, pyte, was compared with tmux
on 24 short texts: 12 looked different (no second screen, no scrolling by request, no repeated characters, the
text of some unknown sequences shown). asciinema has a renderer for recordings of every kind, agg, and the
refusal names it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rich.cells import cell_len

from c10k_tui.recording.pictures.styled_cells import (
    DEFAULT,
    PLAIN,
    CellStyle,
    StyledCell,
    TerminalPicture,
    ansi,
    blank,
    cell,
)


class UnknownSequence(ValueError):
    """The text holds an escape sequence or control character that this program does not write."""


_TOKEN = re.compile(
    r"\x1b\[(\??)([0-9;]{0,400})([A-Za-z])|([\x00-\x1a\x1c-\x1f\x7f-\x9f\ud800-\udfff])|([^\x00-\x1f\x7f-\x9f\ud800-\udfff]+)"
)


class TerminalEmulator:
    """The screen of a terminal, changed by the text written to it.

    Args:
        width: Columns.
        height: Rows.
    """

    def __init__(self, width: int, height: int) -> None:
        self.resize(width, height)
        self._unknown = False

    def resize(self, width: int, height: int) -> None:
        """Change the size. Terminals differ in what they keep on the screen, so the next text must clear
        it.
        """
        self._picture = blank(width, height)
        self._rows: list[list[StyledCell]] = [list(row) for row in self._picture.rows]
        self._dirty: set[int] = set()
        self._x = self._y = 0
        self._pen = PLAIN
        self._unknown = True

    @property
    def picture(self) -> TerminalPicture:
        """The picture on the screen."""
        if self._dirty:
            rows = list(self._picture.rows)
            for y in self._dirty:
                rows[y] = tuple(self._rows[y])
            self._picture = replace(self._picture, rows=tuple(rows))
            self._dirty.clear()
        return self._picture

    def write(self, text: str) -> None:
        """Apply ``text`` to the screen, as a terminal does.

        Raises:
            UnknownSequence: the text holds a sequence that this program does not write.
        """
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise _unknown(text[at:])
            private, parameters, final, control, glyphs = match.groups()
            if glyphs is not None:
                self._put(glyphs)
            elif control is not None:
                self._control(control)
            else:
                self._sequence(private, parameters, final)
            at = match.end()

    def _control(self, control: str) -> None:
        if control == "\r":
            self._x = 0
        elif control == "\n":
            if self._y + 1 == len(self._rows):
                raise UnknownSequence("text that scrolls")
            self._y += 1
        else:
            raise UnknownSequence(f"the control character {control!r}")

    def _put(self, glyphs: str) -> None:
        if self._unknown:
            raise UnknownSequence("text after a change of size, on a screen that is not cleared")
        row, width = self._rows[self._y], self._picture.width
        self._dirty.add(self._y)
        if self._x < width and not row[self._x].glyph:
            # One half of a wide glyph goes with the other.
            row[self._x - 1] = cell(" ", row[self._x - 1].style)
        for glyph in glyphs:
            cells = 1 if glyph < "\u0300" else cell_len(glyph)
            if cells == 0:
                if self._x:
                    at = self._x - 1 if row[self._x - 1].glyph else self._x - 2
                    row[at] = cell((row[at].glyph + glyph)[:8], row[at].style)
                continue
            if self._x + cells > width:
                raise UnknownSequence("text beyond the right edge")
            if cells == 2:
                row[self._x + 1] = cell("", self._pen)
            row[self._x] = cell(glyph, self._pen)
            self._x += cells
        if self._x < width and not row[self._x].glyph:
            row[self._x] = cell(" ", row[self._x].style)

    def _sequence(self, private: str, parameters: str, final: str) -> None:
        if private:
            if parameters == "25" and final in "hl":
                return  # The cursor is not part of the picture.
            raise _unknown(f"CSI ?{parameters}{final}")
        numbers = [int(number or 0) for number in parameters.split(";")] if parameters else []
        if any(number > 65_535 for number in numbers):
            raise _unknown(f"CSI {parameters}{final}")
        if final == "m":
            self._pen = _style_after(self._pen, numbers or [0])
        elif final == "H" and len(numbers) in (0, 2):
            y, x = numbers or (1, 1)
            self._y = min(max(y, 1), len(self._rows)) - 1
            self._x = min(max(x, 1), self._picture.width) - 1
        elif final == "C" and len(numbers) < 2:
            self._x = min(self._x + max(1, *numbers, 1), self._picture.width - 1)
        elif final == "J" and numbers == [2]:
            erased = cell(" ", PLAIN._replace(background=self._pen.background))
            self._rows = [[erased] * self._picture.width for _ in self._rows]
            self._dirty.update(range(len(self._rows)))
            self._unknown = False
        else:
            raise _unknown(f"CSI {parameters}{final}")


def _unknown(sequence: str) -> UnknownSequence:
    return UnknownSequence(f"the escape sequence {sequence[:12]!r}")


def _style_after(pen: CellStyle, numbers: list[int]) -> CellStyle:
    """The style after an SGR sequence."""
    at = 0
    while at < len(numbers):
        number = numbers[at]
        at += 1
        if number == 0:
            pen = PLAIN
        elif number in _SWITCHES:
            pen = pen._replace(**_SWITCHES[number])
        elif number in (38, 48):
            if numbers[at : at + 1] != [2] or len(numbers) < at + 4 or max(numbers[at : at + 4]) > 255:
                raise _unknown(f"CSI {';'.join(map(str, numbers[at - 1 :]))}m")
            red, green, blue = numbers[at + 1 : at + 4]
            pen = _coloured(pen, number - 8, red << 16 | green << 8 | blue)
            at += 4
        elif number in (39, 49):
            pen = _coloured(pen, number - 9, DEFAULT)
        elif 30 <= number <= 37 or 40 <= number <= 47:
            pen = _coloured(pen, number // 10 * 10, ansi(number % 10))
        elif 90 <= number <= 97 or 100 <= number <= 107:
            pen = _coloured(pen, number // 10 * 10 - 60, ansi(number % 10 + 8))
        else:
            raise _unknown(f"CSI {number}m")
    return pen


def _coloured(pen: CellStyle, base: int, colour: int) -> CellStyle:
    return pen._replace(foreground=colour) if base == 30 else pen._replace(background=colour)


_SWITCHES: dict[int, dict[str, bool]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"reverse": True},
    9: {"strike": True},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"reverse": False},
    29: {"strike": False},
}
