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
from c10k_tui.screens.race.views.cell_colours import filled_look, glyph_look
from c10k_tui.screens.race.views.grid_cells import CellModel
from c10k_tui.text.messages import N_
from c10k_tui.widgets.lines import Painted
from sim.frames.frame import LaneFrame

LABEL_PITCH = 6
"""Cells with at least this pitch (terminal columns) show their descriptor's number."""
FEW_COLOURS = "standard"
"""The colour system of Rich that cannot fill cells with a colour for each state."""


class Grid(Painted, can_focus=True):
    """The descriptors of one lane."""

    BINDINGS: ClassVar[list[BindingType]] = [*GRID_BINDINGS]
    BINDING_GROUP_TITLE = N_("Grid")

    class CursorMoved(Message):
        """The cursor has moved to another place of this grid, or away from the grid."""

        def __init__(self, grid: Grid, place: int | None) -> None:
            super().__init__()
            self.grid = grid
            self.place = place

        @property
        def control(self) -> Grid:
            """The grid."""
            return self.grid

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.model = CellModel()
        self._first_fd = 0
        self._looks: dict[int, tuple[str, Style]] = {}

    @property
    def has_fills(self) -> bool:
        """True if there are enough colours to tell the states of cells by colour alone.

        A recording has all colours, whatever the terminal in which it is made.
        """
        app = self.app
        few = app.console.color_system == FEW_COLOURS and not app.is_headless
        return not (few or app.no_color or app.native_ansi_color)

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
        stacked = 2 if self.has_fills else 1
        moved = self.model.resize(lane.fds, width, height, stacked=stacked) or lane.first_fd != self._first_fd
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
        look = self._filled if self.has_fills else self._glyph
        row = codes[y]
        edges = [0, *(np.flatnonzero(row[1:] != row[:-1]) + 1).tolist(), width]
        segments = []
        for start, end in pairwise(edges):
            glyph, style = look(int(row[start]))
            segments.append(Segment(glyph * (end - start), style))
        strip = Strip(segments, width)
        return self._labelled(strip, y) if self.model.layout.pitch_x >= LABEL_PITCH else strip

    def _filled(self, code: int) -> tuple[str, Style]:
        """Glyph and style of a character with two cells."""
        known = self._looks.get(code)
        if known is None:
            known = self._looks[code] = filled_look(code, self.palette)
        return known

    def _glyph(self, code: int) -> tuple[str, Style]:
        """Glyph and style of a character with one cell."""
        known = self._looks.get(code)
        if known is None:
            known = self._looks[code] = glyph_look(code & 0xFF, self.palette)
        return known

    def _labelled(self, strip: Strip, y: int) -> Strip:
        """The strip with the descriptor's number at the left of each big cell."""
        layout = self.model.layout
        if y % layout.pitch_y:
            return strip
        pieces: list[Strip] = []
        done = 0
        first = y // layout.pitch_y * layout.columns
        for place in range(first, min(first + layout.columns, layout.places)):
            x, _ = layout.corner_of(place)
            label = str(self._first_fd + place)[: layout.fill_x - 1] + " "
            style = next(iter(strip.crop(x, x + 1))).style
            pieces += [strip.crop(done, x), Strip([Segment(label, style)], len(label))]
            done = x + len(label)
        return Strip.join([*pieces, strip.crop(done, layout.width)])

    def repaint(self) -> None:
        self._looks.clear()
        super().repaint()

    def place_under(self, event: events.MouseEvent) -> int | None:
        """The place under the mouse; None outside all places."""
        offset = event.get_content_offset(self)
        return self.model.layout.place_at(offset.x, offset.y) if offset is not None else None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._point_at(self.place_under(event))

    def on_leave(self) -> None:
        if not self.has_focus:
            self._point_at(None)

    def on_click(self, event: events.Click) -> None:
        self._point_at(self.place_under(event))

    def action_move(self, dx: int, dy: int) -> None:
        layout = self.model.layout
        place = self.model.cursor
        target = 0 if place is None else place + dx + dy * layout.columns
        if 0 <= target < layout.places:
            self._point_at(target)

    def action_leave(self) -> None:
        self._point_at(None)

    def _point_at(self, place: int | None) -> None:
        if place != self.model.cursor:
            self.post_message(self.CursorMoved(self, place))
