"""The outlines of the font's symbols, as paths of an SVG.

An SVG draws arrows, triangles and dashed lines as shapes, so that a reader whose fonts lack them sees them
too. Their outlines are read from the TrueType font that the PNG is drawn with: the table ``cmap`` leads
from a character to a glyph, ``loca`` to its place in ``glyf``, which holds contours of quadratic curves.

Why not as text with the font inside the SVG: it would add 340 kB to each file. Why not letters too: as text
they can be selected, searched and read aloud, and every reader has a font for them.

Source: the OpenType specification, chapters cmap, loca and glyf.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import cache

from c10k_tui.recording.pictures.glyph_masks import ADVANCE_UNITS, FONTS, baseline

FIRST, LAST = "\u2190", "\u2bff"
"""Arrows, mathematical and technical signs, lines, geometric shapes."""
Point = tuple[float, float, bool]
"""Place in font units, upwards, and true if it is on the curve."""
_ON_CURVE, _SHORT_X, _SHORT_Y, _REPEATED, _SAME_X, _SAME_Y = 1, 2, 4, 8, 16, 32
_WORDS, _OFFSETS, _MORE, _SCALED = 0x1, 0x2, 0x20, 0x8 | 0x40 | 0x80


@cache
def outline(glyph: str, bold: bool, width: int, height: int) -> str | None:
    """The outline of a symbol as the data of an SVG path, from the upper left corner of its cell.

    Args:
        glyph: The symbol.
        bold: True for the bold font.
        width: Width of the cell.
        height: Height of the cell.

    Returns:
        None if ``glyph`` is no symbol, or the font lacks it or has no contours for it.
    """
    if len(glyph) != 1 or not FIRST <= glyph <= LAST:
        return None
    contours = _font(bold).contours(ord(glyph))
    if not contours:
        return None
    scale, bottom = width / ADVANCE_UNITS, baseline(width, height, bold)
    return "".join(
        _path([(x * scale, bottom - y * scale, on_curve) for x, y, on_curve in contour])
        for contour in contours
    )


def _path(points: Sequence[Point]) -> str:
    """A closed contour. Between two points beside the curve, the middle is on it."""
    start = next((index for index, point in enumerate(points) if point[2]), None)
    if start is None:
        points = [_middle(points[0], points[-1]), *points]
        start = 0
    ordered = [*points[start:], *points[: start + 1]]
    parts = [f"M{_place(ordered[0])}"]
    control: Point | None = None
    for point in ordered[1:]:
        if point[2]:
            parts.append(f"Q{_place(control)} {_place(point)}" if control else f"L{_place(point)}")
            control = None
            continue
        if control:
            parts.append(f"Q{_place(control)} {_place(_middle(control, point))}")
        control = point
    return "".join([*parts, "z"])


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2, True


def _place(point: Point) -> str:
    return f"{round(point[0], 2):g} {round(point[1], 2):g}"


class _Font:
    """A TrueType font in a file."""

    def __init__(self, name: str) -> None:
        self._data = (FONTS / name).read_bytes()
        (count,) = struct.unpack_from(">H", self._data, 4)
        self._tables: dict[bytes, int] = {}
        for index in range(count):
            tag, _, offset, _ = struct.unpack_from(">4sLLL", self._data, 12 + 16 * index)
            self._tables[tag] = offset
        self._long_places = bool(self._number(">h", self._tables[b"head"] + 50))

    def _number(self, form: str, offset: int) -> int:
        (number,) = struct.unpack_from(form, self._data, offset)
        return int(number)

    def _glyph_of(self, code: int) -> int:
        """Number of a character's glyph; 0 if the font lacks it."""
        cmap = self._tables[b"cmap"]
        for index in range(self._number(">H", cmap + 2)):
            offset = cmap + self._number(">L", cmap + 8 + 8 * index)
            if self._number(">H", offset) == 4:  # Segments of characters up to U+FFFF.
                break
        else:
            return 0
        size = self._number(">H", offset + 6)
        for at in range(0, size, 2):
            if code <= self._number(">H", offset + 14 + at):
                break
        start = self._number(">H", offset + 16 + size + at)
        if code < start:
            return 0
        delta = self._number(">H", offset + 16 + 2 * size + at)
        place = offset + 16 + 3 * size + at
        shift = self._number(">H", place)
        glyph = self._number(">H", place + shift + 2 * (code - start)) if shift else code
        return (glyph + delta) % 65_536 if glyph else 0

    def contours(self, code: int) -> list[list[Point]]:
        """The contours of a character; none if the font lacks it."""
        glyph = self._glyph_of(code)
        return list(self._contours(glyph)) if glyph else []

    def _contours(self, glyph: int) -> Iterator[list[Point]]:
        begin, end = (self._place(glyph + index) for index in (0, 1))
        if begin == end:
            return
        at = self._tables[b"glyf"] + begin
        count = self._number(">h", at)
        if count < 0:
            yield from self._parts(at + 10)
        else:
            yield from self._simple(at + 10, count)

    def _place(self, glyph: int) -> int:
        loca = self._tables[b"loca"]
        if self._long_places:
            return self._number(">L", loca + 4 * glyph)
        return 2 * self._number(">H", loca + 2 * glyph)

    def _parts(self, at: int) -> Iterator[list[Point]]:
        """The contours of a glyph made of other glyphs; none if a part is scaled."""
        flags = _MORE
        while flags & _MORE:
            flags, glyph = struct.unpack_from(">HH", self._data, at)
            if flags & _SCALED or not flags & _OFFSETS:
                return
            form = ">hh" if flags & _WORDS else ">bb"
            right, up = struct.unpack_from(form, self._data, at + 4)
            at += 4 + struct.calcsize(form)
            for contour in self._contours(glyph):
                yield [(x + right, y + up, on_curve) for x, y, on_curve in contour]

    def _simple(self, at: int, count: int) -> Iterator[list[Point]]:
        ends = struct.unpack_from(f">{count}H", self._data, at)
        at += 2 * count
        at += 2 + self._number(">H", at)  # The instructions are of no use here.
        flags: list[int] = []
        while len(flags) <= ends[-1]:
            flag = self._data[at]
            at += 1
            flags.append(flag)
            if flag & _REPEATED:
                flags += [flag] * self._data[at]
                at += 1
        xs, at = self._coordinates(at, flags, _SHORT_X, _SAME_X)
        ys, _ = self._coordinates(at, flags, _SHORT_Y, _SAME_Y)
        points = [(x, y, bool(flag & _ON_CURVE)) for x, y, flag in zip(xs, ys, flags, strict=True)]
        for first, last in zip((0, *(end + 1 for end in ends)), ends, strict=False):
            yield list(points[first : last + 1])

    def _coordinates(self, at: int, flags: list[int], short: int, same: int) -> tuple[list[int], int]:
        """Coordinates of all points, each written as the distance from the last; and the next place."""
        found, now = [], 0
        for flag in flags:
            if flag & short:
                now += self._data[at] if flag & same else -self._data[at]
                at += 1
            elif not flag & same:
                now += self._number(">h", at)
                at += 2
            found.append(now)
        return found, at


@cache
def _font(bold: bool) -> _Font:
    return _Font("DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf")
