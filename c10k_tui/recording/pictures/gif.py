"""Pictures as an animated GIF.

A picture of a GIF has at most 256 colours. Each pair of foreground and background needs both of them, and
three steps between the two for the edges of letters. The first 255 colours of the animation are the GIF's own
(global) table. A picture with any other colour, for example after a change of the theme, gets a table of its
own (local), so its colours are exact too.

If the changed part of one picture alone has more than 255 colours, its plain foregrounds and backgrounds come
first, then the colours with the most pixels; every other colour becomes the nearest of them. Why not a common
quantiser such as median cut: it averages colours, and then every plain background is a little wrong.

Only the changed part of each picture is written. Unchanged pixels in it are transparent, and long runs of
transparent pixels compress to almost nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

from c10k_tui.recording.cast.header import CastHeader
from c10k_tui.recording.pictures.draw import CELL_WIDTH, Colours, PictureCanvas, mixed, shape_of
from c10k_tui.recording.pictures.styled_cells import StyledCell, TerminalPicture

ColourNumbers = NDArray[np.uint32]
"""Pixels, each the number of a colour in :attr:`GifPainter.colours`."""
Indices = NDArray[np.uint8]
TRANSPARENT = 255
STEPS = 4
"""Number of steps from background to foreground."""
LAST_MS = 2_000
"""Least time for which the last picture is shown before the animation repeats."""
SHORTEST_CS = 2
"""Shortest time of a picture, in hundredths of a second: browsers show shorter ones for a tenth."""
LONGEST_CS = 65_535
"""Longest time of a picture in the format; a longer one is written again."""


class GifPainter:
    """Paints pictures as numbers of colours; a colour gets its number when it is first needed.

    Args:
        header: Holds the terminal's colours.
        width: Columns of the largest picture.
        height: Rows of the largest picture.
        cell_width: Width of a cell in pixels.
    """

    def __init__(self, header: CastHeader, width: int, height: int, cell_width: int = CELL_WIDTH) -> None:
        self._own = Colours(header)
        self._numbers: dict[int, int] = {}
        self.colours: list[int] = []
        """0xRRGGBB of each number."""
        self.plain: set[int] = set()
        """Numbers of the colours that are a foreground or a background, not a step between the two."""
        self._cell_width = cell_width
        blank = np.array(self._number(self._own.background), dtype=np.uint32)
        self._canvas = PictureCanvas(
            width * cell_width, height * 2 * cell_width, cell_width, self._tile, blank
        )

    def paint(self, picture: TerminalPicture) -> ColourNumbers:
        """The pixels of a picture. The next call paints on the same array."""
        return self._canvas.paint(picture)

    def _tile(self, cell: StyledCell) -> ColourNumbers:
        foreground, background = self._own.of(cell.style)
        steps = np.rint(shape_of(cell, self._cell_width, 2 * self._cell_width) * STEPS).astype(np.intp)
        numbers = [self._number(mixed(background, foreground, step / STEPS)) for step in range(STEPS + 1)]
        self.plain |= {numbers[0], numbers[-1]}
        return np.array(numbers, dtype=np.uint32)[steps]

    def _number(self, colour: int) -> int:
        number = self._numbers.get(colour)
        if number is None:
            number = self._numbers[colour] = len(self.colours)
            self.colours.append(colour)
        return number


def gif(
    shown: Iterable[tuple[float, TerminalPicture]],
    header: CastHeader,
    size: tuple[int, int],
    cell_width: int = CELL_WIDTH,
) -> bytes:
    """Pictures as an animated GIF that repeats forever.

    Args:
        shown: Each picture with its time in the animation, in microseconds. The time of the last one is the
            animation's end, from which on that picture stays for :data:`LAST_MS`.
        header: Holds the terminal's colours.
        size: Columns and rows of the largest picture.
        cell_width: Width of a cell in pixels.
    """
    painter = GifPainter(header, *size, cell_width)
    body = BytesIO()
    before: ColourNumbers | None = None
    waiting: tuple[int, ColourNumbers] | None = None
    now_cs = 0
    for time_us, picture in shown:
        now_cs = round(time_us / 10_000)
        canvas = painter.paint(picture)
        if waiting is not None:
            began_cs, pixels = waiting
            if np.array_equal(pixels, canvas):
                continue
            if now_cs - began_cs >= SHORTEST_CS:
                _write_frame(body, painter, before, pixels, now_cs - began_cs)
                before = pixels
            else:
                now_cs = began_cs  # Too short to be seen: the later picture takes its place.
        waiting = (now_cs, canvas.copy())
    if waiting is not None:
        began_cs, pixels = waiting
        _write_frame(body, painter, before, pixels, max(now_cs - began_cs, LAST_MS // 10))
    table = _table(painter.colours[:TRANSPARENT])
    return _beginning(size[0] * cell_width, size[1] * 2 * cell_width, table) + body.getvalue() + b";"


def _write_frame(
    file: BytesIO,
    painter: GifPainter,
    before: ColourNumbers | None,
    after: ColourNumbers,
    shown_cs: int,
) -> None:
    """Write the rectangle that changed."""
    differs = np.ones(after.shape, dtype=bool) if before is None else before != after
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        rows = columns = np.zeros(1, dtype=np.intp)  # Only its time is needed: one transparent pixel.
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    numbers, changed = after[part], differs[part]
    table = b""
    if not (changed & (numbers >= TRANSPARENT)).any():
        indices = numbers.astype(np.uint8)
    else:
        kept, index_of = local_table(painter, numbers[changed])
        indices = index_of[numbers]
        table = _table([painter.colours[number] for number in kept])
    pixels = np.where(changed, indices, np.uint8(TRANSPARENT))
    # Graphic control: keep the previous picture; index 255 is transparent.
    delay = min(shown_cs, LONGEST_CS).to_bytes(2, "little")
    file.write(b"!\xf9\x04\x05" + delay + bytes([TRANSPARENT]) + b"\0")
    image, *data = _image((int(columns[0]), int(rows[0])), pixels)
    file.write(image[:-1] + b"\x87" + table if table else image)
    file.writelines(data)
    if shown_cs > LONGEST_CS:
        _write_frame(file, painter, after, after, shown_cs - LONGEST_CS)


def local_table(painter: GifPainter, numbers: ColourNumbers) -> tuple[list[int], Indices]:
    """The colours of a picture's own table.

    Args:
        painter: Knows the colours.
        numbers: The pixels to show.

    Returns:
        The numbers of at most 255 colours, and for each number of a colour its index in this list.
    """
    colours = painter.colours
    counts = np.bincount(numbers, minlength=len(colours))
    used = [int(number) for number in np.flatnonzero(counts)]
    kept = used
    if len(used) > TRANSPARENT:
        used.sort(key=lambda number: (number not in painter.plain, -counts[number], number))
        kept = used[:TRANSPARENT]
    index_of = np.zeros(len(colours), dtype=np.uint8)
    index_of[kept] = np.arange(len(kept), dtype=np.uint8)
    known = _channels([colours[number] for number in kept])
    for number in used[len(kept) :]:
        distances = ((known - _channels([colours[number]])) ** 2).sum(axis=1)
        index_of[number] = distances.argmin()
    return kept, index_of


def _channels(colours: list[int]) -> NDArray[np.int64]:
    """Red, green and blue of each colour."""
    return np.array([[colour >> 16, colour >> 8 & 255, colour & 255] for colour in colours], dtype=np.int64)


def _table(colours: list[int]) -> bytes:
    """A table of 256 colours."""
    return b"".join(colour.to_bytes(3, "big") for colour in colours).ljust(3 * 256, b"\0")


def _beginning(width: int, height: int, table: bytes) -> bytes:
    """Signature, size, global table, and the extension that repeats the animation forever."""
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return b"GIF89a" + size + b"\xf7\0\0" + table + b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"


def _image(offset: tuple[int, int], pixels: Indices) -> list[Any]:
    """The pieces of an image block; the first is its descriptor, whose last byte says which table it has."""
    frame = Image.fromarray(np.ascontiguousarray(pixels), "L")
    frame.encoderinfo = {"optimize": False, "interlace": 0}
    return list(GifImagePlugin.getdata(frame, offset, include_color_table=False))
