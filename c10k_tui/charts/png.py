"""Charts as PNG, drawn with Pillow and its built-in font: the same shapes as in SVG, at twice the size.

A page is drawn larger and then reduced, which smooths the lines. Pillow's font has few characters beyond
ASCII, so a microsecond is written ``us`` here. Why not a font of the operating system: pictures would differ
between machines.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from math import hypot

from PIL import Image, ImageDraw, ImageFont

from c10k_tui.charts.chart import Chart
from c10k_tui.charts.shapes import PAGE, ChartPage, DotShape, LineShape, TextShape, page_of

SCALE = 2
"""Pixels for each unit of the page."""
_SMOOTH = 2
"""Factor by which a page is drawn larger before it is reduced."""
_PLAIN = str.maketrans({"µ": "u", "×": "x", "÷": "/", "–": "-", "−": "-", "→": "to"})
"""Characters that the font lacks, with their replacements."""
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def png_of(charts: Sequence[Chart]) -> bytes:
    """The charts, one below the other, as the bytes of a PNG file."""
    return png_of_page(page_of(charts))


def png_of_page(page: ChartPage) -> bytes:
    """A page of shapes as the bytes of a PNG file."""
    brush = _Brush(page.width, page.height)
    for shape in page.shapes:
        if isinstance(shape, LineShape):
            brush.path(shape)
        elif isinstance(shape, DotShape):
            brush.dot(shape)
        else:
            brush.words(shape)
    return brush.finished()


class _Brush:
    """Draws shapes onto an image."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width * SCALE, height * SCALE)
        self._large = SCALE * _SMOOTH
        self._image = Image.new("RGB", (width * self._large, height * self._large), PAGE)
        self._draw = ImageDraw.Draw(self._image)

    def path(self, path: LineShape) -> None:
        points = [(x * self._large, y * self._large) for x, y in path.points]
        pieces = dashes(points, path.dash * self._large) if path.dash else [points]
        for piece in pieces:
            self._draw.line(piece, fill=path.colour, width=round(path.width * self._large), joint="curve")

    def dot(self, dot: DotShape) -> None:
        radius = dot.radius * self._large
        x, y = dot.x * self._large, dot.y * self._large
        self._draw.ellipse(
            (x - radius, y - radius, x + radius, y + radius),
            fill=dot.colour if dot.filled else PAGE,
            outline=dot.colour,
            width=round(1.8 * self._large),
        )

    def words(self, words: TextShape) -> None:
        rim = 2.0 if words.halo else 0.35 if words.bold else 0.0
        self._draw.text(
            (words.x * self._large, words.y * self._large),
            words.text.translate(_PLAIN),
            fill=words.colour,
            font=ImageFont.load_default(words.size * self._large),
            anchor=_ANCHORS[words.anchor],
            stroke_width=rim * self._large,
            stroke_fill=PAGE if words.halo else words.colour,
        )

    def finished(self) -> bytes:
        """The image at its final size, as the bytes of a PNG file."""
        file = BytesIO()
        self._image.resize(self._size, Image.Resampling.LANCZOS).save(file, format="PNG", optimize=True)
        return file.getvalue()


def dashes(points: Sequence[tuple[float, float]], length: float) -> list[list[tuple[float, float]]]:
    """A line cut into dashes of ``length``, with gaps of the same length."""
    pieces: list[list[tuple[float, float]]] = []
    on, left = True, length
    piece = [points[0]]
    for (x0, y0), (x1, y1) in pairwise(points):
        whole = hypot(x1 - x0, y1 - y0)
        done = 0.0
        while whole - done > left:
            done += left
            place = (x0 + (x1 - x0) * done / whole, y0 + (y1 - y0) * done / whole)
            if on:
                pieces.append([*piece, place])
            on, left, piece = not on, length, [place]
        left -= whole - done
        piece.append((x1, y1))
    return [*pieces, piece] if on and len(piece) > 1 else pieces
