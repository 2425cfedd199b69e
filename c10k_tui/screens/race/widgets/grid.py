"""The grid of one lane: one widget, which draws one line of cells at a time.

A row of cells becomes one segment for each run of equal codes, and only the changed stretch of a row is sent
to the terminal. Why not a widget for each cell: 10,000 widgets are 10,000 tasks of Textual.
"""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from c10k_tui.screens.race.keys import GRID_BINDINGS
from c10k_tui.screens.race.views.cell_colours import look_of
from c10k_tui.screens.race.views.grid_cells import CellModel
from c10k_tui.widgets.lines import Painted
from sim.frames.frame import LaneFrame

LABEL_PITCH = 6
"""Cells with at least this pitch (terminal columns) show their descriptor's number."""


class Grid(Painted, can_focus=True):
    """The descriptors of one lane."""

    BINDINGS: ClassVar[list[BindingType]] = [*GRID_BINDINGS]
    BINDING_GROUP_TITLE = "Grid"

    class CursorMoved(Message):
        """The cursor has moved to another cell of this grid, or away from the grid."""

        def __init__(self, grid: Grid, cell: int | None) -> None:
            super().__init__()
            self.grid = grid
            self.cell = cell

        @property
        def control(self) -> Grid:
            """The grid."""
            return self.grid

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.model = CellModel()
        self._first_fd = 0
        self._looks: dict[int, tuple[str, Style]] = {}

    def show(self, lane: LaneFrame, now_ns: int, rate_ns: float) -> None:
        """Show a frame of this grid's lane, and repaint what has changed.

        Args:
            lane: The lane at ``now_ns``.
            now_ns: The frame's time.
            rate_ns: Virtual nanoseconds per wall second. Trails and flashes last wall time.
        """
        width, height = self.size
        if not width or not height:
            return
        moved = self.model.resize(lane.fds, width, height) or lane.first_fd != self._first_fd
        self._first_fd = lane.first_fd
        self.model.mark(None if lane.warning is None else lane.warning.fd)
        changes = self.model.show(lane, now_ns, rate_ns)
        if moved:
            self.refresh()
        elif changes:
            self.refresh(*[Region(x0, y, x1 - x0, 1) for y, x0, x1 in changes])

    def render_line(self, y: int) -> Strip:
        codes = self.model.codes
        width = self.size.width
        if y >= codes.shape[0] or codes.shape[1] != width:
            return Strip([Segment(" " * width, self.palette["text"])], width)
        row = codes[y]
        edges = [0, *(np.flatnonzero(row[1:] != row[:-1]) + 1).tolist(), width]
        look = self._look
        segments = []
        for start, end in pairwise(edges):
            glyph, style = look(int(row[start]))
            segments.append(Segment(glyph * (end - start), style))
        strip = Strip(segments, width)
        return self._labelled(strip, y) if self.model.layout.pitch_x >= LABEL_PITCH else strip

    def _look(self, code: int) -> tuple[str, Style]:
        """Glyph and style of a code."""
        known = self._looks.get(code)
        if known is None:
            known = self._looks[code] = look_of(code, self.palette)
        return known

    def _labelled(self, strip: Strip, y: int) -> Strip:
        """The strip with each big cell's descriptor number at the left of the cell."""
        layout = self.model.layout
        if y % layout.pitch_y:
            return strip
        pieces: list[Strip] = []
        done = 0
        first = y // layout.pitch_y * layout.columns
        for cell in range(first, min(first + layout.columns, layout.cells)):
            x, _ = layout.place_of(cell)
            label = str(self._first_fd + cell)[: layout.fill_x - 1] + " "
            style = next(iter(strip.crop(x, x + 1))).style
            pieces += [strip.crop(done, x), Strip([Segment(label, style)], len(label))]
            done = x + len(label)
        return Strip.join([*pieces, strip.crop(done, layout.width)])

    def repaint(self) -> None:
        self._looks.clear()
        super().repaint()

    def cell_under(self, event: events.MouseEvent) -> int | None:
        """The cell under the mouse; None outside all cells."""
        offset = event.get_content_offset(self)
        return self.model.layout.cell_at(offset.x, offset.y) if offset is not None else None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._point_at(self.cell_under(event))

    def on_leave(self) -> None:
        if not self.has_focus:
            self._point_at(None)

    def on_click(self, event: events.Click) -> None:
        self._point_at(self.cell_under(event))

    def action_move(self, dx: int, dy: int) -> None:
        layout = self.model.layout
        cell = self.model.cursor
        if cell is None:
            target = 0
        else:
            target = cell + dx + dy * layout.columns
        if 0 <= target < layout.cells:
            self._point_at(target)

    def action_leave(self) -> None:
        self._point_at(None)

    def _point_at(self, cell: int | None) -> None:
        if cell != self.model.cursor:
            self.post_message(self.CursorMoved(self, cell))
