"""Pictures as an animated GIF.

A GIF has 256 colours. A terminal's picture needs fewer: each pair of foreground and background, and three
steps between the two for the edges of letters. If there are more, the nearest known colour is used. Only the
changed part of each frame is written. Unchanged pixels in it are transparent, and long runs of transparent
pixels compress to almost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

from c10k_tui.recording.cast.header import CastHeader
from c10k_tui.recording.pictures.draw import CELL_HEIGHT, CELL_WIDTH, Colours, mixed, shape_of
from c10k_tui.recording.pictures.styled_cells import BLANK, StyledCell, TerminalPicture

Indices = NDArray[np.uint8]
TRANSPARENT = 255
STEPS = 4
"""Number of steps from background to foreground."""
LAST_MS = 2_000
"""Time for which the last picture is shown before the animation repeats."""


class GifPainter:
    """Paints pictures with one palette, which grows as colours are needed.

    Args:
        header: Holds the terminal's colours.
        width: Columns of the largest picture.
        height: Rows of the largest picture.
    """

    def __init__(self, header: CastHeader, width: int, height: int) -> None:
        self._colours = Colours(header)
        self._indices: dict[int, int] = {}
        self.palette: list[int] = []
        """Colours in the order of their indices."""
        self._tiles: dict[StyledCell, Indices] = {}
        background = self._index(self._colours.background)
        self._canvas = np.full((height * CELL_HEIGHT, width * CELL_WIDTH), background, dtype=np.uint8)
        self._shown: TerminalPicture | None = None

    def paint(self, picture: TerminalPicture) -> Indices:
        """The pixels of a picture. The next call paints on the same array."""
        before = self._shown
        for y, row in enumerate(picture.rows):
            old = before.rows[y] if before is not None and y < before.height else ()
            if old is row:
                continue
            for x, cell in enumerate(row):
                if x < len(old) and old[x] is cell:
                    continue
                top, left = y * CELL_HEIGHT, x * CELL_WIDTH
                self._canvas[top : top + CELL_HEIGHT, left : left + CELL_WIDTH] = self._tile(cell)
        if before is not None and (before.width, before.height) != (picture.width, picture.height):
            blank = int(self._tile(BLANK)[0, 0])
            self._canvas[picture.height * CELL_HEIGHT :] = blank
            self._canvas[:, picture.width * CELL_WIDTH :] = blank
        self._shown = picture
        return self._canvas

    def _tile(self, cell: StyledCell) -> Indices:
        tile = self._tiles.get(cell)
        if tile is None:
            foreground, background = self._colours.of(cell.style)
            steps = np.rint(shape_of(cell, CELL_WIDTH, CELL_HEIGHT) * STEPS).astype(np.intp)
            indices = [self._index(mixed(background, foreground, step / STEPS)) for step in range(STEPS + 1)]
            tile = self._tiles[cell] = np.array(indices, dtype=np.uint8)[steps]
        return tile

    def _index(self, colour: int) -> int:
        index = self._indices.get(colour)
        if index is None:
            if len(self.palette) < TRANSPARENT:
                index = len(self.palette)
                self.palette.append(colour)
            else:
                index = min(
                    range(len(self.palette)), key=lambda known: _distance(self.palette[known], colour)
                )
            self._indices[colour] = index
        return index


def _distance(one: int, other: int) -> int:
    return sum(((one >> shift & 255) - (other >> shift & 255)) ** 2 for shift in (16, 8, 0))


def gif(pictures: Iterator[TerminalPicture], header: CastHeader, frame_ms: int) -> bytes:
    """Pictures as an animated GIF that repeats forever.

    Args:
        pictures: The pictures in order.
        header: Holds the size and the terminal's colours.
        frame_ms: Time for which each picture is shown.
    """
    painter = GifPainter(header, header.width, header.height)
    frames: list[tuple[tuple[int, int], Indices]] = []
    shown_ms: list[int] = []
    before: Indices | None = None
    for picture in pictures:
        canvas = painter.paint(picture)[: header.height * CELL_HEIGHT, : header.width * CELL_WIDTH]
        if before is None:
            frames.append(((0, 0), canvas.copy()))
        elif (changed := _changed(before, canvas)) is not None:
            frames.append(changed)
        else:
            shown_ms[-1] += frame_ms
            continue
        shown_ms.append(frame_ms)
        before = canvas.copy()
    shown_ms[-1] = max(shown_ms[-1], LAST_MS)
    file = BytesIO()
    file.write(_beginning(header, painter.palette))
    for (offset, pixels), duration_ms in zip(frames, shown_ms, strict=True):
        _write_frame(file, offset, pixels, duration_ms)
    file.write(b";")
    return file.getvalue()


def _changed(before: Indices, after: Indices) -> tuple[tuple[int, int], Indices] | None:
    """Offset and pixels of the rectangle that changed; None if nothing changed."""
    differs = before != after
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return None
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return (int(columns[0]), int(rows[0])), np.where(differs[part], after[part], np.uint8(TRANSPARENT))


def _beginning(header: CastHeader, palette: list[int]) -> bytes:
    """Signature, size, palette of 256 colours, and the extension that repeats the animation forever."""
    width, height = header.width * CELL_WIDTH, header.height * CELL_HEIGHT
    colours = b"".join(colour.to_bytes(3, "big") for colour in palette).ljust(3 * 256, b"\0")
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return b"GIF89a" + size + b"\xf7\0\0" + colours + b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"


def _write_frame(file: BytesIO, offset: tuple[int, int], pixels: Indices, duration_ms: int) -> None:
    delay = (duration_ms // 10).to_bytes(2, "little")
    # Graphic control: keep the previous frame; index 255 is transparent.
    file.write(b"!\xf9\x04\x05" + delay + bytes([TRANSPARENT]) + b"\0")
    frame = Image.fromarray(np.ascontiguousarray(pixels), "L")
    frame.encoderinfo = {"optimize": False, "interlace": 0}
    for piece in GifImagePlugin.getdata(frame, offset, include_color_table=False):
        file.write(piece)
