"""The shapes of glyphs: the share of foreground in each pixel of a cell.

Letters come from DejaVu Sans Mono, which is in ``fonts`` with its licence. Blocks, shades, braille and lines
come from :mod:`~c10k_tui.recording.pictures.cell_shapes`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from c10k_tui.recording.pictures.cell_shapes import shape_without_font
from c10k_tui.recording.pictures.styled_cells import RIGHT_HALF

Mask = NDArray[np.float64]
"""A cell's pixels by row and column: 0 is background, 1 is foreground."""

FONTS = Path(__file__).parent / "fonts"
HANGUL = "NanumGothicCoding-Hangul.ttf"
"""Nanum Gothic Coding with the syllables of KS X 1001, made by ``tools/hangul_font``."""
ADVANCE_UNITS, UNITS = 1233, 2048
"""Width of every glyph of DejaVu Sans Mono and size of its em, in font units."""


@cache
def font(size_px: float, bold: bool) -> ImageFont.FreeTypeFont:
    """The font at a size, with Pillow's basic layout engine, so that glyph positions depend on no other
    library.
    """
    name = "DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf"
    return ImageFont.truetype(str(FONTS / name), size_px, layout_engine=ImageFont.Layout.BASIC)


def size_for(width: int) -> float:
    """The font size at which a glyph is ``width`` pixels wide."""
    return width / (ADVANCE_UNITS / UNITS)


@cache
def mask(glyph: str, bold: bool, width: int, height: int) -> Mask:
    """The shape of a glyph in a cell of ``width`` by ``height`` pixels."""
    if glyph[:1] == RIGHT_HALF or is_hangul(glyph):
        half = slice(width, None) if glyph[0] == RIGHT_HALF else slice(width)
        return _wide(glyph.removeprefix(RIGHT_HALF), bold, width, height)[:, half]
    shape = shape_without_font(glyph, width, height)
    if shape is None:
        return _lettered(glyph, bold, width, height)
    drawn = np.zeros((height, width))
    for left, top, right, bottom in shape.rectangles:
        drawn[top:bottom, left:right] = shape.share
    return drawn


def baseline(width: int, height: int, bold: bool) -> int:
    """Distance of the letters' baseline from the top of a cell, in pixels."""
    ascent, descent = font(size_for(width), bold).getmetrics()
    return (height - ascent - descent) // 2 + ascent


def is_hangul(glyph: str) -> bool:
    """True for a glyph of the Hangul font: a syllable, or a letter alone."""
    return "가" <= glyph[:1] <= "힣" or "ㄱ" <= glyph[:1] <= "ㅣ"


def _wide(glyph: str, bold: bool, width: int, height: int) -> Mask:
    """A wide glyph in two cells. The font has one weight: a bold glyph is drawn twice, a little apart."""
    image = Image.new("L", (2 * width, height))
    face = hangul_font(1.8 * width) if is_hangul(glyph) else font(size_for(width), bold)
    draw = ImageDraw.Draw(image)
    for shift in (0, max(1, width // 12)) if bold else (0,):
        draw.text(
            (width / 10 + shift, baseline(width, height, bold)), glyph, fill=255, font=face, anchor="ls"
        )
    return np.asarray(image, dtype=np.float64) / 255


@cache
def hangul_font(size_px: float) -> ImageFont.FreeTypeFont:
    """The font of Hangul at a size in pixels; a syllable is as wide as the size."""
    return ImageFont.truetype(str(FONTS / HANGUL), size_px, layout_engine=ImageFont.Layout.BASIC)


def _lettered(glyph: str, bold: bool, width: int, height: int) -> Mask:
    image = Image.new("L", (width, height))
    place = (0, baseline(width, height, bold))
    ImageDraw.Draw(image).text(place, glyph, fill=255, font=font(size_for(width), bold), anchor="ls")
    return np.asarray(image, dtype=np.float64) / 255
