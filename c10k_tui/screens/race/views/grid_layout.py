"""The layout of a grid: the place of each descriptor on the terminal.

If all descriptors fit, each cell stands for one. Else each cell stands for a block of ``k``
descriptors, where ``k`` is the smallest number that fits. Few descriptors get big cells. Many descriptors get
cells of half a character: a *place* of the terminal then shows two cells, one above the other. The cells of a
place follow each other, so a scan fills the place before it goes on to the next.

Why not cells in rows of half characters: each step of a scan would then change every character of a row
twice, and a slow terminal would get twice the bytes. Why not quarters or eighths of a character: a character
has only two colours, so more than two cells in it cannot show their states.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

LARGEST_PITCH = (24, 6)
"""Size of the largest cell with its gap, in terminal cells."""


@dataclass(frozen=True, slots=True)
class GridLayout:
    """Position of each descriptor, for one number of descriptors and one size of the grid."""

    fds: int
    width: int
    height: int
    k: int
    """Descriptors in a cell."""
    columns: int
    """Places in a row."""
    pitch_x: int
    """Terminal columns from one place to the next."""
    pitch_y: int
    stacked: int = 1
    """Cells in a place: 1, or 2 above each other."""

    @property
    def cells(self) -> int:
        """Number of cells that stand for descriptors."""
        return -(-self.fds // self.k)

    @property
    def place_fds(self) -> int:
        """Descriptors in a place."""
        return self.k * self.stacked

    @property
    def places(self) -> int:
        """Number of places with cells."""
        return -(-self.fds // self.place_fds)

    @property
    def fill_x(self) -> int:
        """Terminal columns that a place fills; the rest of its pitch is the gap."""
        return max(1, self.pitch_x - 1)

    @property
    def fill_y(self) -> int:
        """Terminal rows that a place fills."""
        return max(1, self.pitch_y - 1)

    @property
    def rows(self) -> int:
        """Number of rows with cells."""
        return -(-self.places // self.columns) if self.columns else 0

    def place_at(self, x: int, y: int) -> int | None:
        """The place drawn at this position of the terminal; None outside all places."""
        column, row = x // self.pitch_x, y // self.pitch_y
        if not (x >= 0 and y >= 0 and column < self.columns and row < self.rows):
            return None
        place = row * self.columns + column
        return place if place < self.places else None

    def corner_of(self, place: int) -> tuple[int, int]:
        """The top left corner ``(x, y)`` of a place."""
        return place % self.columns * self.pitch_x, place // self.columns * self.pitch_y

    def block(self, place: int) -> tuple[int, int]:
        """First and last descriptor of a place, counted from the grid's first."""
        return place * self.place_fds, min((place + 1) * self.place_fds, self.fds) - 1


@lru_cache(maxsize=64)
def arrange(fds: int, width: int, height: int, *, stacked: int = 1) -> GridLayout:
    """The best layout for ``fds`` descriptors in ``width`` x ``height`` terminal cells.

    Args:
        fds: Number of descriptors.
        width: Terminal columns.
        height: Terminal rows.
        stacked: Most cells in one character: 1 or 2.
    """
    width, height = max(1, width), max(1, height)
    if fds <= width * height:
        columns, pitch_x, pitch_y = _big_cells(fds, width, height) or (width, 1, 1)
        return GridLayout(fds, width, height, 1, columns, pitch_x, pitch_y)
    k = -(-fds // (width * height * stacked))
    return GridLayout(fds, width, height, k, width, 1, 1, stacked)


def _big_cells(fds: int, width: int, height: int) -> tuple[int, int, int] | None:
    """Columns and pitches of the largest cells that fit; None if they fit only without gaps.

    A terminal cell is about twice as high as wide, so a cell twice as wide as high is a square.
    """
    best, most = None, (0, 0)
    for columns in range(1, min(fds, (width + 1) // 2) + 1):
        rows = -(-fds // columns)
        pitch_x = min(LARGEST_PITCH[0], (width + 1) // columns)
        pitch_y = min(LARGEST_PITCH[1], (height + 1) // rows)
        if pitch_y <= 1:
            pitch_y = 1 if rows <= height else 0
        size = (min(pitch_x, 2 * pitch_y), pitch_x * pitch_y)
        if pitch_y and size > most:
            best, most = (columns, pitch_x, pitch_y), size
    return best
