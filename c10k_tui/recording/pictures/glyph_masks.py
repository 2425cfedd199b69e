"""The shapes of glyphs: the share of foreground in each pixel of a cell.

Letters come from DejaVu Sans Mono, which is in ``fonts`` with its licence. Blocks, shades, braille and lines
are drawn here, as terminals draw them. Why not take them from the font too: they must meet at the edges of
cells, whatever the font's line height is, and the font has no braille.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Mask = NDArray[np.float64]
"""A cell's pixels by row and column: 0 is background, 1 is foreground."""

FONTS = Path(__file__).parent / "fonts"
_ADVANCE = 1233 / 2048
"""Width of every glyph of DejaVu Sans Mono, in ems."""
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


@cache
def font(size_px: float, bold: bool) -> ImageFont.FreeTypeFont:
    """The font at a size, with Pillow's basic layout engine, so that glyph positions depend on no other
    library.
    """
    name = "DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf"
    return ImageFont.truetype(str(FONTS / name), size_px, layout_engine=ImageFont.Layout.BASIC)


def size_for(width: int) -> float:
    """The font size at which a glyph is ``width`` pixels wide."""
    return width / _ADVANCE


@cache
def mask(glyph: str, bold: bool, width: int, height: int) -> Mask:
    """The shape of a glyph in a cell of ``width`` by ``height`` pixels."""
    drawn = _drawn(glyph, width, height)
    return _lettered(glyph, bold, width, height) if drawn is None else drawn


def _lettered(glyph: str, bold: bool, width: int, height: int) -> Mask:
    image = Image.new("L", (width, height))
    face = font(size_for(width), bold)
    ascent, descent = face.getmetrics()
    baseline = (height - ascent - descent) // 2 + ascent
    ImageDraw.Draw(image).text((0, baseline), glyph, fill=255, font=face, anchor="ls")
    return np.asarray(image, dtype=np.float64) / 255


def _drawn(glyph: str, width: int, height: int) -> Mask | None:
    """The shape of a block, shade, braille or line glyph; None for a glyph of the font."""
    shape = np.zeros((height, width))
    if glyph in ("", " "):
        return shape
    if glyph in _SHADES:
        return shape + _SHADES[glyph]
    code = ord(glyph[0])
    if glyph in _LINES:
        return _line(shape, _LINES[glyph], rounded=glyph in "╭╮╰╯")
    if glyph in _QUADRANTS:
        for place in _QUADRANTS[glyph]:
            rows = slice(0, height // 2) if place in "ab" else slice(height // 2, height)
            columns = slice(0, width // 2) if place in "ac" else slice(width // 2, width)
            shape[rows, columns] = 1
        return shape
    if glyph == "▀":
        shape[: height // 2] = 1
    elif 0x2581 <= code <= 0x2588:  # ▁ … █: eighths from below
        shape[height - round(height * (code - 0x2580) / 8) :] = 1
    elif 0x2589 <= code <= 0x258F:  # ▉ … ▏: eighths from the left
        shape[:, : max(1, round(width * (0x2590 - code) / 8))] = 1
    elif glyph == "▐":
        shape[:, width // 2 :] = 1
    elif 0x2800 <= code <= 0x28FF:
        return _braille(shape, code - 0x2800)
    else:
        return None
    return shape


def _braille(shape: Mask, bits: int) -> Mask:
    height, width = shape.shape
    size = max(2, width // 4)
    for row, pair in enumerate(_BRAILLE_BITS):
        for column, bit in enumerate(pair):
            if bits & bit:
                y = round(height * (2 * row + 1) / 8 - size / 2)
                x = round(width * (2 * column + 1) / 4 - size / 2)
                shape[y : y + size, x : x + size] = 1
    return shape


def _line(shape: Mask, arms: str, *, rounded: bool) -> Mask:
    height, width = shape.shape
    light = max(1, width // 8)
    middle_y, middle_x = height // 2, width // 2
    for arm in arms:
        thick = light * 2 if arm.isupper() else light
        top, left = middle_y - thick // 2, middle_x - thick // 2
        rows, columns = slice(top, top + thick), slice(left, left + thick)
        # A rounded corner leaves out the corner itself; at this size that looks like a curve.
        gap = light if rounded else 0
        if arm in "lL":
            shape[rows, : left + thick - gap] = 1
        elif arm in "rR":
            shape[rows, left + gap :] = 1
        elif arm in "uU":
            shape[: top + thick - gap, columns] = 1
        else:
            shape[top + gap :, columns] = 1
    return shape
