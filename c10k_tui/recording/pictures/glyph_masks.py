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

Mask = NDArray[np.float64]
"""A cell's pixels by row and column: 0 is background, 1 is foreground."""

FONTS = Path(__file__).parent / "fonts"
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


def _lettered(glyph: str, bold: bool, width: int, height: int) -> Mask:
    image = Image.new("L", (width, height))
    place = (0, baseline(width, height, bold))
    ImageDraw.Draw(image).text(place, glyph, fill=255, font=font(size_for(width), bold), anchor="ls")
    return np.asarray(image, dtype=np.float64) / 255
