"""The bytes that turn one picture of a terminal into another: as few as common terminals allow.

Only changed cells are written, in one of two orders. *By rows*: from the top left to the bottom right, as
text is best written. *By styles*: all cells of one style, then all of the next. A style with two 24-bit
colours takes up to 38 bytes, a movement of the cursor 3 to 8. So a grid with many small spots of a few styles
is shorter by styles. If a frame is long, both orders are tried and the shorter one is taken.

A recording has an encoder of its own (:mod:`c10k_tui.recording.live.encoder`), because recordings keep their
bytes from version to version. Both write styles with the same function.

Why not the sequences that repeat a glyph (REP) or erase cells (ECH, EL): some terminals lack REP, and some
erase with the default background instead of the current one (terminfo: ``bce``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from c10k_tui.recording.live.encoder import sgr
from c10k_tui.recording.pictures.styled_cells import PLAIN, CellRow, CellStyle

PLAIN_PEN = "\x1b[0m"
ORDERED_BY_ROWS = 1_500
"""A frame of at most this number of bytes is not tried in the other order."""
FORWARD_COST = 4
"""Bytes of most movements of the cursor to the right."""

PictureRows = Sequence[CellRow | None]
"""The rows of a picture, all of one length; None for a row whose contents are unknown."""


class _Run(NamedTuple):
    """Glyphs of one style, side by side."""

    y: int
    x: int
    end: int
    """The cell after the last."""
    text: str
    style: CellStyle


def changes(before: PictureRows, after: Sequence[CellRow]) -> str:
    """The sequences that turn one picture into another of the same size; empty if they are equal.

    Raises:
        ValueError: the numbers of rows differ.
    """
    runs: list[_Run] = []
    for y, (old, new) in enumerate(zip(before, after, strict=True)):
        if old is not new and old != new:
            for start, end in _spans(old, new):
                runs += _runs(y, new, start, end)
    by_rows = _written(runs)
    if len(by_rows) <= ORDERED_BY_ROWS:
        return by_rows
    by_styles = _written(sorted(runs, key=_style_first))
    return min(by_rows, by_styles, key=len)


def _style_first(run: _Run) -> tuple[CellStyle, int, int]:
    return run.style, run.y, run.x


def _spans(old: CellRow | None, new: CellRow) -> Iterator[tuple[int, int]]:
    """The changed spans of a row. Two spans are joined if the cells between them have the same style and
    are not longer than a movement.
    """
    if old is None:
        yield 0, len(new)
        return
    start = end = -1
    for x, (a, b) in enumerate(zip(old, new, strict=True)):
        if a is b or a == b or (a.glyph == b.glyph == " " and _same_blank(a.style, b.style)):
            continue
        if start < 0:
            start = x
        elif x > end and not _cheap(new, end, x):
            yield start, end
            start = x
        end = max(end, x + 1)
        # A wide glyph and its right half belong together, in the new picture and in the old one.
        while end < len(new) and not (new[end].glyph and old[end].glyph):
            end += 1
        while start > 0 and not (new[start].glyph and old[start].glyph):
            start -= 1
    if start >= 0:
        yield start, end


def _same_blank(one: CellStyle, other: CellStyle) -> bool:
    """True if a blank looks the same in both styles: only its background can be seen."""
    return one.background == other.background and not (_is_lined(one) or _is_lined(other))


def _is_lined(style: CellStyle) -> bool:
    """True if more than the background can be seen of a blank."""
    return style.underline or style.reverse or style.strike


def _cheap(row: CellRow, start: int, end: int) -> bool:
    """True if unchanged cells are written again rather than passed over."""
    if end - start > FORWARD_COST:
        return False
    style = row[start - 1].style
    gap = row[start:end]
    return all(cell.style == style for cell in gap) and _size(gap) <= FORWARD_COST


def _size(cells: Iterable[tuple[str, CellStyle]]) -> int:
    return sum(len(glyph.encode()) for glyph, _ in cells)


def _runs(y: int, row: CellRow, start: int, end: int) -> Iterator[_Run]:
    """The cells of a span, divided by style. A blank joins the glyphs beside it if it looks the same."""
    begin = start
    style = row[start].style
    blank = row[start].glyph == " "
    for x in range(start + 1, end):
        glyph, its = row[x]
        if its is not style and its != style:
            if glyph == " " and _same_blank(style, its):
                continue
            if not (blank and _same_blank(style, its)):
                yield _Run(y, begin, x, _text(row, begin, x), style)
                begin = x
            style = its
        blank = blank and glyph == " "
    yield _Run(y, begin, end, _text(row, begin, end), style)


def _text(row: CellRow, start: int, end: int) -> str:
    return "".join([cell.glyph for cell in row[start:end]])


def _written(runs: Iterable[_Run]) -> str:
    """Runs in the given order. The terminal's pen is plain before and after."""
    parts: list[str] = []
    pen = PLAIN
    x, y = -1, -1
    for run in runs:
        if run.y != y or run.x < x:
            parts.append(f"\x1b[{run.y + 1};{run.x + 1}H" if run.x else f"\x1b[{run.y + 1}H")
        elif run.x > x:
            parts.append(f"\x1b[{run.x - x}C" if run.x > x + 1 else "\x1b[C")
        if run.style is not pen and run.style != pen:
            parts.append(sgr(pen, run.style))
            pen = run.style
        parts.append(run.text)
        x, y = run.end, run.y
    if pen != PLAIN:
        parts.append(PLAIN_PEN)
    return "".join(parts)
