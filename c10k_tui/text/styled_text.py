"""Styled text as plain values: spans, lines and what one does with them.

A span is ``(text, role)``; a line is a tuple of spans. A role is a name such as ``dim`` or
``ready`` that a :class:`~c10k_tui.text.palette.Palette` turns into a terminal style for the theme in
use. Views speak in lines, so they need no Textual, and equal lines need no repaint.

Our own words are made of characters that are one cell wide, but a script's names and output are not, so
widths are counted in cells: a wide character takes two, a combining one none.
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
"""The same said in fewer and fewer words."""


def width_of(line: Iterable[Span]) -> int:
    """Width of a line in cells."""
    return sum(cell_len(text) for text, _ in line)


def text_of(line: Iterable[Span]) -> str:
    """The words of a line without their roles."""
    return "".join(text for text, _ in line)


def marked(text: str, *tail: Span) -> Line:
    """A line of plain text in which what stands between two stars is strong, and spans that follow it."""
    pieces = text.split("*")
    return (
        *((piece, "strong" if index % 2 else "text") for index, piece in enumerate(pieces) if piece),
        *tail,
    )


def fitting(choices: Wordings, width: int, rows: int = 1) -> Line:
    """The first of the wordings that ``rows`` rows of ``width`` cells hold whole; else the last one."""
    if rows == 1:
        return next((line for line in choices if width_of(line) <= width), choices[-1])
    return next((line for line in choices if _rows(line, width) <= rows), choices[-1])


def clip(line: Line, width: int) -> Line:
    """The line cut to ``width`` cells, an ellipsis in the last one if anything was cut."""
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
    """The line clipped or filled with blanks to exactly ``width`` cells."""
    line = clip(line, width)
    missing = width - width_of(line)
    return (*line, (" " * missing, role)) if missing > 0 else line


def spread(left: Line, right: Line, width: int) -> Line:
    """``left`` and ``right`` at the two ends of ``width`` cells; ``left`` gives way."""
    right = clip(right, width)
    room = width - width_of(right)
    left = clip(left, max(0, room - 1))
    return (*left, (" " * (room - width_of(left)), "text"), *right)


def wrap(line: Line, width: int, rows: int) -> list[Line]:
    """The line broken at blanks into at most ``rows`` rows; what does not fit ends in an ellipsis."""
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
    """Rows that a line takes when it is broken at blanks; infinite if a word is too long for any."""
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
    """The line's words, each a line of its own (a word may change its role half-way)."""
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
