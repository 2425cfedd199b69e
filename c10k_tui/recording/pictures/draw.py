"""Pictures as pixels: each cell is a tile, and equal cells share one tile."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from c10k_tui.recording.cast.header import CastHeader
from c10k_tui.recording.pictures.glyph_masks import mask
from c10k_tui.recording.pictures.styled_cells import (
    DEFAULT,
    CellStyle,
    StyledCell,
    TerminalPicture,
    ansi_number,
)

CELL_WIDTH, CELL_HEIGHT = 8, 16
PNG_SCALE = 2
"""Enlargement of a still picture compared with an animation."""
DIMMED = 0.5
"""Share of the foreground colour in dim text."""
Pixels = NDArray[np.uint8]
"""Rows, columns, red-green-blue."""


def rgb(text: str) -> int:
    """``#rrggbb`` as a number."""
    return int(text[1:], 16)


class Colours:
    """The colours of a recording as 0xRRGGBB.

    Args:
        header: Holds the terminal's default colours and its sixteen colours.
    """

    def __init__(self, header: CastHeader) -> None:
        self._own = (rgb(header.foreground), rgb(header.background))
        self._palette = [rgb(colour) for colour in header.palette]

    def of(self, style: CellStyle) -> tuple[int, int]:
        """Foreground and background of a style, as 0xRRGGBB."""
        foreground, background = (
            colour if colour >= 0 else own if colour == DEFAULT else self._palette[ansi_number(colour)]
            for colour, own in zip((style.foreground, style.background), self._own, strict=True)
        )
        if style.reverse:
            foreground, background = background, foreground
        if style.dim:
            foreground = mixed(background, foreground, DIMMED)
        return foreground, background

    @property
    def background(self) -> int:
        """The terminal's default background."""
        return self._own[1]


def mixed(low: int, high: int, share: float) -> int:
    """The colour at ``share`` (0 … 1) of the way from ``low`` to ``high``."""
    parts = ((low >> shift & 255, high >> shift & 255) for shift in (16, 8, 0))
    red, green, blue = (round(a + (b - a) * share) for a, b in parts)
    return red << 16 | green << 8 | blue


def shape_of(cell: StyledCell, width: int, height: int) -> NDArray[np.float64]:
    """The share of foreground in each pixel of a cell, 0 … 1."""
    glyph, style = cell
    shape = mask(glyph, style.bold, width, height)
    if style.underline or style.strike:
        shape = shape.copy()
        thick = max(1, width // 8)
        for row in ([height - 2 * thick] if style.underline else []) + (
            [height // 2] if style.strike else []
        ):
            shape[row : row + thick] = 1
    return shape


def image(picture: TerminalPicture, header: CastHeader, scale: int = PNG_SCALE) -> Pixels:
    """The pixels of a picture."""
    colours = Colours(header)
    width, height = CELL_WIDTH * scale, CELL_HEIGHT * scale
    tiles: dict[StyledCell, Pixels] = {}
    pixels = np.empty((picture.height * height, picture.width * width, 3), dtype=np.uint8)
    for y, row in enumerate(picture.rows):
        for x, cell in enumerate(row):
            tile = tiles.get(cell)
            if tile is None:
                tile = tiles[cell] = _tile(cell, colours, width, height)
            pixels[y * height : (y + 1) * height, x * width : (x + 1) * width] = tile
    return pixels


def _tile(cell: StyledCell, colours: Colours, width: int, height: int) -> Pixels:
    shape = shape_of(cell, width, height)[..., np.newaxis]
    foreground, background = (
        np.array([colour >> 16, colour >> 8 & 255, colour & 255]) for colour in colours.of(cell.style)
    )
    tile: Pixels = np.rint(background + (foreground - background) * shape).astype(np.uint8)
    return tile


def png(picture: TerminalPicture, header: CastHeader) -> bytes:
    """A picture as a PNG file."""
    file = BytesIO()
    Image.fromarray(image(picture, header)).save(file, "PNG", optimize=True)
    return file.getvalue()
