"""Pictures as pixels: each cell is a tile, and equal cells share one tile.

A cell is twice as high as it is wide. All sizes are whole pixels, so that blocks and lines of neighbouring
cells meet.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from c10k_tui.recording.cast.header import CastHeader
from c10k_tui.recording.pictures.cell_shapes import strike, underline
from c10k_tui.recording.pictures.glyph_masks import mask
from c10k_tui.recording.pictures.styled_cells import (
    DEFAULT,
    CellStyle,
    StyledCell,
    TerminalPicture,
    ansi_number,
    with_halves,
)

CELL_WIDTH, CELL_HEIGHT = 8, 16
"""Pixels of a cell in a GIF."""
LARGE_CELL_WIDTH = 16
"""Width of a cell in a PNG and in a video, in pixels."""
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
        for line in [underline(width, height)] * style.underline + [strike(width, height)] * style.strike:
            shape[line.top : line.bottom] = 1
    return shape


class PictureCanvas:
    """Pixels on which pictures are painted one after the other; only changed cells are painted again.

    A picture that is smaller than the canvas stands in the upper left corner, as in a terminal that grows.
    The rest has the terminal's background.

    Args:
        width: Width of the canvas in pixels.
        height: Height of the canvas in pixels.
        cell_width: Width of a cell in pixels.
        tile_of: Makes the pixels of a cell.
        blank: A pixel of the terminal's background.
    """

    def __init__(
        self,
        width: int,
        height: int,
        cell_width: int,
        tile_of: Callable[[StyledCell], NDArray[Any]],
        blank: NDArray[Any],
    ) -> None:
        self._cell = (cell_width, 2 * cell_width)
        self._tile_of = tile_of
        self._tiles: dict[StyledCell, NDArray[Any]] = {}
        self._blank = blank
        self._pixels = np.empty((height, width, *blank.shape), dtype=blank.dtype)
        self._pixels[:] = blank
        self._shown: TerminalPicture | None = None

    def paint(self, picture: TerminalPicture) -> NDArray[Any]:
        """The pixels of a picture. The next call paints on the same array."""
        before = self._shown
        width, height = self._cell
        if before is not None and (before.width, before.height) != (picture.width, picture.height):
            self._pixels[picture.height * height :] = self._blank
            self._pixels[:, picture.width * width :] = self._blank
        for y, cells in enumerate(picture.rows):
            row = with_halves(cells)
            old = with_halves(before.rows[y]) if before is not None and y < before.height else ()
            if old is row:
                continue
            for x, cell in enumerate(row):
                if x < len(old) and old[x] is cell:
                    continue
                top, left = y * height, x * width
                self._pixels[top : top + height, left : left + width] = self._tile(cell)
        self._shown = picture
        return self._pixels

    def _tile(self, cell: StyledCell) -> NDArray[Any]:
        tile = self._tiles.get(cell)
        if tile is None:
            tile = self._tiles[cell] = self._tile_of(cell)
        return tile


def rgb_canvas(width: int, height: int, cell_width: int, header: CastHeader) -> PictureCanvas:
    """A canvas whose pixels are red, green and blue; for its arguments see :class:`PictureCanvas`."""
    colours = Colours(header)
    blank = _channels(colours.background).astype(np.uint8)
    return PictureCanvas(width, height, cell_width, lambda cell: _tile(cell, colours, cell_width), blank)


def image(picture: TerminalPicture, header: CastHeader, cell_width: int = LARGE_CELL_WIDTH) -> Pixels:
    """The pixels of a picture."""
    size = (picture.width * cell_width, picture.height * 2 * cell_width)
    pixels: Pixels = rgb_canvas(*size, cell_width, header).paint(picture)
    return pixels


def _channels(colour: int) -> NDArray[np.int64]:
    """Red, green and blue of a colour."""
    return np.array([colour >> 16, colour >> 8 & 255, colour & 255])


def _tile(cell: StyledCell, colours: Colours, width: int) -> Pixels:
    shape = shape_of(cell, width, 2 * width)[..., np.newaxis]
    foreground, background = map(_channels, colours.of(cell.style))
    tile: Pixels = np.rint(background + (foreground - background) * shape).astype(np.uint8)
    return tile


def png(picture: TerminalPicture, header: CastHeader, cell_width: int = LARGE_CELL_WIDTH) -> bytes:
    """A picture as a PNG file."""
    file = BytesIO()
    Image.fromarray(image(picture, header, cell_width)).save(file, "PNG", optimize=True)
    return file.getvalue()
