"""The terminal sequences that lead from one picture to the next.

Only changed cells are written. The cursor is placed (CUP) or moved forward (CUF). Of a cell's style, only the
differences from the previous style are written (SGR). Colours are 24-bit, or the terminal's own sixteen for
the theme that uses them. Nothing depends on the type of the terminal: every current terminal and every player
of asciicasts knows these sequences.
"""

from __future__ import annotations

from collections.abc import Iterator

from c10k_tui.recording.pictures.styled_cells import (
    DEFAULT,
    PLAIN,
    CellRow,
    CellStyle,
    TerminalPicture,
    ansi_number,
)

CLEAR = "\x1b[?25l\x1b[0m\x1b[H\x1b[2J"
"""Sequences before a whole picture: hide the cursor and clear the screen."""
MOVE_COST = 9
"""Bytes of a cursor movement in the file, where ESC is written ``\\u001b``."""


def whole(picture: TerminalPicture) -> str:
    """The sequences that draw a picture on a terminal with any contents."""
    parts = [CLEAR]
    pen = PLAIN
    for y, row in enumerate(picture.rows):
        # Write to the end of the row, so that a wide glyph of the old picture does not stay.
        parts.append(f"\x1b[{y + 1};1H")
        pen = _write(parts, row, 0, len(row), pen)
    parts.append("\x1b[0m")
    return "".join(parts)


def ending(rows: int) -> str:
    """The sequences after the last picture: plain style, and a visible cursor below the picture.

    A player's shell continues there. In a terminal without a row below the picture, the cursor is in its last
    row. Why no new line: it would move the picture up there, and the picture is the last one of the file.
    """
    return f"\x1b[0m\x1b[{rows + 1};1H\x1b[?25h"


def changes(before: TerminalPicture, after: TerminalPicture) -> str:
    """The sequences that turn one picture into another of the same size; empty if they are equal.

    Raises:
        ValueError: the sizes differ.
    """
    if (before.width, before.height) != (after.width, after.height):
        raise ValueError(f"{before.width}×{before.height} cannot become {after.width}×{after.height}")
    parts: list[str] = []
    pen = PLAIN
    for y, (old, new) in enumerate(zip(before.rows, after.rows, strict=True)):
        if old is new or old == new:
            continue
        x = -1
        for start, end in _spans(old, new):
            if x < 0:
                parts.append(f"\x1b[{y + 1};{start + 1}H")
            elif start - x == 1:
                parts.append("\x1b[C")
            else:
                parts.append(f"\x1b[{start - x}C")
            pen = _write(parts, new, start, end, pen)
            x = end
    if pen != PLAIN:
        parts.append("\x1b[0m")
    return "".join(parts)


def _spans(old: CellRow, new: CellRow) -> Iterator[tuple[int, int]]:
    """The changed spans of a row. Two spans are joined if writing the cells between them is shorter than
    moving the cursor.
    """
    changed = [x for x, (a, b) in enumerate(zip(old, new, strict=True)) if a is not b and a != b]
    start = end = -1
    for x in changed:
        if start < 0:
            start = end = x
        elif x > end and _cost(new, end, x) > MOVE_COST:
            yield start, end
            start = x
        end = max(end, x + 1)
        # A wide glyph and its right half belong together.
        while end < len(new) and not new[end].glyph:
            end += 1
        while start > 0 and not new[start].glyph:
            start -= 1
    if start >= 0:
        yield start, end


def _cost(row: CellRow, start: int, end: int) -> int:
    """Bytes for writing unchanged cells again."""
    if end - start > MOVE_COST:
        return end - start
    style = row[start - 1].style
    if any(cell.style != style for cell in row[start:end]) or row[end].style != style:
        return MOVE_COST + 1
    return sum(len(cell.glyph.encode()) for cell in row[start:end])


def _write(parts: list[str], row: CellRow, start: int, end: int, pen: CellStyle) -> CellStyle:
    """Write the cells of a span.

    Args:
        parts: The sequences so far.
        row: The row.
        start: First cell.
        end: Cell after the last.
        pen: The style with which the terminal writes now.

    Returns:
        The style with which it writes afterwards.
    """
    for glyph, style in row[start:end]:
        if style is not pen and style != pen:
            parts.append(_sgr(pen, style))
            pen = style
        parts.append(glyph)
    return pen


def _sgr(pen: CellStyle, style: CellStyle) -> str:
    """The sequence that changes the style from ``pen`` to ``style``; it has only the differences."""
    if style == PLAIN:
        return "\x1b[0m"
    codes: list[str] = []
    if (pen.bold and not style.bold) or (pen.dim and not style.dim):
        codes.append("22")
        pen = pen._replace(bold=False, dim=False)
    for name, on, off in _ATTRIBUTES:
        wanted = getattr(style, name)
        if wanted != getattr(pen, name):
            codes.append(on if wanted else off)
    if style.foreground != pen.foreground:
        codes.append(_colour(style.foreground, 30))
    if style.background != pen.background:
        codes.append(_colour(style.background, 40))
    return f"\x1b[{';'.join(codes)}m"


_ATTRIBUTES = (
    ("bold", "1", "22"),
    ("dim", "2", "22"),
    ("italic", "3", "23"),
    ("underline", "4", "24"),
    ("reverse", "7", "27"),
    ("strike", "9", "29"),
)


def _colour(colour: int, base: int) -> str:
    """SGR parameters of a colour; ``base`` is 30 for the foreground, 40 for the background."""
    if colour >= 0:
        return f"{base + 8};2;{colour >> 16};{colour >> 8 & 255};{colour & 255}"
    if colour == DEFAULT:
        return str(base + 9)
    number = ansi_number(colour)
    return str(base + number if number < 8 else base + 52 + number)
