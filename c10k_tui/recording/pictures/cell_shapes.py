"""Blocks, shades, braille and lines as rectangles of a cell.

The PNG, the SVG and every animation draw these glyphs from the same rectangles. Why not take them from a
font: they must meet at the edges of cells, whatever the font's line height is; a font may lack them, and a
reader of an SVG may lack the font.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_BRAILLE_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}
_QUADRANTS = {
    "▖": "c",
    "▗": "d",
    "▘": "a",
    "▙": "acd",
    "▚": "ad",
    "▛": "abc",
    "▜": "abd",
    "▝": "b",
    "▞": "bc",
    "▟": "bcd",
}
_LINES = {
    glyph: arms
    # The arms of a line: left, right, up, down; capitals are heavy.
    for glyphs, all_arms in (
        ("─│┌┐└┘", "lr ud rd ld ru lu"),
        ("├┤┬┴┼", "rud lud lrd lru lrud"),
        ("╭╮╰╯", "rd ld ru lu"),
        ("╴╵╶╷", "l u r d"),
        ("━┃┏┓┗┛", "LR UD RD LD RU LU"),
    )
    for glyph, arms in zip(glyphs, all_arms.split(), strict=True)
}


class CellRectangle(NamedTuple):
    """A filled part of a cell, in pixels from the cell's upper left corner."""

    left: int
    top: int
    right: int
    bottom: int
    """The first column and the first row that are no longer filled."""


class CellShape(NamedTuple):
    """A glyph drawn without a font."""

    rectangles: tuple[CellRectangle, ...]
    share: float = 1.0
    """Share of the foreground colour in the filled part, 0 … 1."""


@cache
def shape_without_font(glyph: str, width: int, height: int) -> CellShape | None:
    """The shape of a blank, block, shade, braille or line glyph; None for a glyph of the font.

    Args:
        glyph: The glyph.
        width: Width of the cell in pixels.
        height: Height of the cell in pixels.
    """
    if glyph in ("", " "):
        return CellShape(())
    if glyph in _SHADES:
        return CellShape((CellRectangle(0, 0, width, height),), _SHADES[glyph])
    code = ord(glyph[0])
    if glyph in _LINES:
        filled = _line(_LINES[glyph], width, height, rounded=glyph in "╭╮╰╯")
    elif 0x2800 <= code <= 0x28FF:
        filled = _braille(code - 0x2800, width, height)
    else:
        filled = _block(glyph, width, height)
    rectangles = tuple(filled)
    return CellShape(rectangles) if rectangles or code == 0x2800 else None


def underline(width: int, height: int) -> CellRectangle:
    """The line below a cell's text."""
    thick = max(1, width // 8)
    return CellRectangle(0, height - 2 * thick, width, height - thick)


def strike(width: int, height: int) -> CellRectangle:
    """The line through a cell's text."""
    return CellRectangle(0, height // 2, width, height // 2 + max(1, width // 8))


def _block(glyph: str, width: int, height: int) -> Iterator[CellRectangle]:
    code = ord(glyph[0])
    if glyph in _QUADRANTS:
        for place in _QUADRANTS[glyph]:
            top, bottom = (0, height // 2) if place in "ab" else (height // 2, height)
            left, right = (0, width // 2) if place in "ac" else (width // 2, width)
            yield CellRectangle(left, top, right, bottom)
    elif glyph == "▀":
        yield CellRectangle(0, 0, width, height // 2)
    elif 0x2581 <= code <= 0x2588:  # ▁ … █: eighths from below
        yield CellRectangle(0, height - round(height * (code - 0x2580) / 8), width, height)
    elif 0x2589 <= code <= 0x258F:  # ▉ … ▏: eighths from the left
        yield CellRectangle(0, 0, max(1, round(width * (0x2590 - code) / 8)), height)
    elif glyph == "▐":
        yield CellRectangle(width // 2, 0, width, height)


def _braille(bits: int, width: int, height: int) -> Iterator[CellRectangle]:
    size = max(2, width // 4)
    for row, pair in enumerate(_BRAILLE_BITS):
        for column, bit in enumerate(pair):
            if bits & bit:
                top = round(height * (2 * row + 1) / 8 - size / 2)
                left = round(width * (2 * column + 1) / 4 - size / 2)
                yield CellRectangle(left, top, left + size, top + size)


def _line(arms: str, width: int, height: int, *, rounded: bool) -> Iterator[CellRectangle]:
    light = max(1, width // 8)
    middle_y, middle_x = height // 2, width // 2
    for arm in arms:
        thick = light * 2 if arm.isupper() else light
        top, left = middle_y - thick // 2, middle_x - thick // 2
        # A rounded corner leaves out the corner itself; at this size that looks like a curve.
        gap = light if rounded else 0
        if arm in "lL":
            yield CellRectangle(0, top, left + thick - gap, top + thick)
        elif arm in "rR":
            yield CellRectangle(left + gap, top, width, top + thick)
        elif arm in "uU":
            yield CellRectangle(left, 0, left + thick, top + thick - gap)
        else:
            yield CellRectangle(left, top + gap, left + thick, height)
