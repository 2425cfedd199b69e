"""The cursor on the grids, and the followed descriptor.

The cursor stands on a block of descriptors: those of one place of a grid, which shows one cell or two. The
cursor is on the same block in every lane. A followed descriptor keeps the cursor on its cell.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.widget import Widget

from c10k_tui.screens.race.widgets.feed import Feed
from c10k_tui.screens.race.widgets.lane_row import LaneRow
from c10k_tui.session.session import Session
from c10k_tui.text.messages import _
from sim.frames.frame import Frame

Block = tuple[int, int]
"""First and last descriptor of a cell, counted from the first descriptor of the grid."""


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """The place that the user looks at, which later keys act on."""

    block: Block | None
    """The block under the cursor."""
    row: tuple[int, int] | None
    """Time and serial of the chosen row of the feed; None for the newest."""
    focused: Widget | None


class Pointing:
    """Keeps the cursor's block and the followed descriptor.

    Args:
        session: The race and its pace.
        lanes: The panels with the grids.
        feed: The feed, which shows only the followed descriptor.
    """

    def __init__(self, session: Session, lanes: LaneRow, feed: Feed) -> None:
        self._session = session
        self._lanes = lanes
        self._feed = feed
        self.frame: Frame | None = None
        """The frame on the screen; None before the first."""
        self.block: Block | None = None
        """The block under the cursor; None while there is no cursor."""

    @property
    def first_fd(self) -> int:
        """The first descriptor of the grids; 0 before the first frame."""
        return 0 if self.frame is None else self.frame.lanes[0].first_fd

    @property
    def slots(self) -> range | None:
        """Descriptors under the cursor, counted from the first of the grids; None without a cursor."""
        return None if self.block is None else range(self.block[0], self.block[1] + 1)

    def point_at(self, block: Block | None) -> None:
        """Put the cursor on the same descriptors in every lane."""
        self.block = block
        for panel in self._lanes.panels:
            model = panel.grid.model
            model.cursor = None if block is None else block[0] // model.layout.place_fds

    def leave(self) -> None:
        """Remove the cursor; if a descriptor is followed, put the cursor back on it."""
        self.point_at(self.followed_block())

    def move(self, dx: int, dy: int) -> None:
        """Move the cursor by this many cells. The first lane's grid gets the focus, because no grid has it
        yet.
        """
        grid = self._lanes.panel(self._session.scenario.lanes[0]).grid
        grid.focus()
        grid.action_move(dx, dy)

    def restore(self) -> None:
        """Put the cursor back on the followed descriptor if a change of the grid's size has removed it."""
        assert self.frame is not None
        first = self._lanes.panel(self.frame.lanes[0].name)
        if self.block is None or first.grid.model.cursor is None:
            self.leave()

    def keep_within(self, fds: int) -> None:
        """Remove the cursor if its block does not exist with this number of descriptors."""
        if self.block is not None and self.block[1] >= fds:
            self.point_at(None)

    # -- following --------------------------------------------------------------------------

    def follow(self, fd: int | None) -> None:
        """Show only events of one descriptor; None shows all events again."""
        self._session.travel.following = self._feed.model.only_fd = fd
        if fd is not None:
            self.point_at(self.followed_block())
            self._session.say(_("following fd {fd}: s and b stop at it alone · f: all again", fd=fd))

    def followed_block(self) -> Block | None:
        """The block of the followed descriptor; None if none is followed, or it is in no grid."""
        fd = self._session.travel.following
        if self.frame is None or fd is None:
            return None
        first_lane = self.frame.lanes[0]
        index = fd - first_lane.first_fd
        if not 0 <= index < first_lane.fds:
            return None
        layout = self._lanes.panel(first_lane.name).grid.model.layout
        return layout.block(index // layout.place_fds)

    def pointed_fd(self) -> int | None:
        """The descriptor under the cursor; None if the cursor stands on several, or there is no cursor."""
        if self.block is None or self.block[0] != self.block[1] or self.frame is None:
            return None
        return self.first_fd + self.block[0]

    def proposed_fd(self) -> int:
        """A descriptor to propose for following: the one under the cursor, else the newest packet's, else the
        first.
        """
        if self.block is not None:
            return self.first_fd + self.block[0]
        rows = self._feed.model.rows()
        return rows[-1].fd if rows else self.first_fd
