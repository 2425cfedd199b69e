"""Styled text as plain values: spans and lines, and functions that measure, cut, pad and wrap them.

A span is ``(text, role)``; a line is a tuple of spans. A role is a name such as ``dim`` or ``ready``; a
:class:`~c10k_tui.text.palette.Palette` turns it into a terminal style of the current theme. Views return
lines, so they need no Textual, and a line equal to the one on the screen needs no repaint.

Widths are counted in cells: a wide character takes two, a combining character none. This program's own words
have neither, but a script's names and output may.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from rich.cells import cell_len, set_cell_size

Span = tuple[str, str]
"""``(text, role)``."""
Line = tuple[Span, ...]
"""Spans from left to right."""
Wordings = tuple[Line, ...]
"""Wordings of one message, the longest first."""


def width_of(line: Iterable[Span]) -> int:
    """Width of a line in cells."""
    return sum(cell_len(text) for text, _ in line)


def text_of(line: Iterable[Span]) -> str:
    """The text of a line without its roles."""
    return "".join(text for text, _ in line)


def marked(text: str, *tail: Span) -> Line:
    """``text`` as a line, with the parts between two stars strong; ``tail`` follows it."""
    pieces = text.split("*")
    return (
        *((piece, "strong" if index % 2 else "text") for index, piece in enumerate(pieces) if piece),
        *tail,
    )


def left(text: str, width: int) -> str:
    """The text with blanks behind it up to ``width`` cells; a longer text stays whole."""
    return text + " " * (width - cell_len(text))


def right(text: str, width: int) -> str:
    """The text with blanks before it up to ``width`` cells; a longer text stays whole."""
    return " " * (width - cell_len(text)) + text


def fitting(choices: Wordings, width: int, rows: int = 1) -> Line:
    """The first wording that fits into ``rows`` rows of ``width`` cells; the last one if none fits."""
    if rows == 1:
        return next((line for line in choices if width_of(line) <= width), choices[-1])
    return next((line for line in choices if _rows(line, width) <= rows), choices[-1])


def clip(line: Line, width: int) -> Line:
    """The line cut to ``width`` cells; if anything was cut, the last cell is an ellipsis."""
    if width_of(line) <= width:
        return line
    if width <= 0:
        return ()
    kept: list[Span] = []
    room = width - 1
    for text, role in line:
        cells = cell_len(text)
        if cells >= room:
            kept.append((set_cell_size(text, room).rstrip() + "…", role))
            break
        kept.append((text, role))
        room -= cells
    return tuple(kept)


def pad(line: Line, width: int, role: str = "text") -> Line:
    """The line cut or padded with blanks to exactly ``width`` cells."""
    line = clip(line, width)
    missing = width - width_of(line)
    return (*line, (" " * missing, role)) if missing > 0 else line


def spread(left: Line, right: Line, width: int) -> Line:
    """``left`` and ``right`` at the ends of ``width`` cells; ``left`` is cut if there is not enough room."""
    right = clip(right, width)
    room = width - width_of(right)
    left = clip(left, max(0, room - 1))
    return (*left, (" " * (room - width_of(left)), "text"), *right)


def wrap(line: Line, width: int, rows: int) -> list[Line]:
    """The line broken at blanks into at most ``rows`` rows; an ellipsis stands for text that does not fit."""
    words = _words(line)
    result: list[list[Span]] = [[]]
    used = 0
    for index, word in enumerate(words):
        length = width_of(word)
        gap = 1 if used else 0
        if used and used + gap + length > width:
            if len(result) == rows:
                rest: Line = tuple(span for other in words[index:] for span in ((" ", "text"), *other))
                result[-1] = list(clip((*result[-1], *rest), width))
                break
            result.append([])
            used, gap = 0, 0
        if gap:
            result[-1].append((" ", word[0][1]))
        result[-1].extend(word)
        used += gap + length
    return [merged(row) for row in result]


def _rows(line: Line, width: int) -> float:
    """Rows of the line when it is broken at blanks; infinite if a word is wider than ``width``."""
    rows, used = 1, 0
    for word in text_of(line).split():
        length = cell_len(word)
        if length > width:
            return inf
        gap = 1 if used else 0
        if used + gap + length > width:
            rows, used, gap = rows + 1, 0, 0
        used += gap + length
    return rows


def _words(line: Line) -> list[Line]:
    """The words of the line, each as a line; a word may have more than one role."""
    words: list[list[Span]] = [[]]
    for text, role in line:
        for index, piece in enumerate(text.split(" ")):
            if index:
                words.append([])
            if piece:
                words[-1].append((piece, role))
    return [tuple(word) for word in words if word]


def merged(spans: Iterable[Span]) -> Line:
    """The same spans with neighbours of one role joined."""
    joined: list[Span] = []
    for text, role in spans:
        if not text:
            continue
        if joined and joined[-1][1] == role:
            joined[-1] = (joined[-1][0] + text, role)
        else:
            joined.append((text, role))
    return tuple(joined)
