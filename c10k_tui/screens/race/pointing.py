"""The cursor on the grids, and the descriptor that is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from c10k_tui.screens.race.opening import OpeningActions
from c10k_tui.screens.race.widgets.feed import Feed
from c10k_tui.screens.race.widgets.grid import Grid
from c10k_tui.screens.race.widgets.lane_panel import LanePanel
from c10k_tui.session.session import Session
from sim.frames.frame import Frame

if TYPE_CHECKING:
    from c10k_tui.app.race_app import C10KApp


class PointingActions(OpeningActions):
    """The actions that point at descriptors.

    Args:
        session: The race and its pace.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._lanes: dict[str, LanePanel] = {}
        self._feed = Feed(id="feed")
        self._frame: Frame | None = None
        self._cursor: tuple[int, int] | None = None
        """First and last descriptor under the cursor, counted from a grid's first."""

    def draw(self) -> None:
        """Show all of the race as it is now."""
        raise NotImplementedError

    def _lane(self, name: str) -> LanePanel:
        """A lane's widget, made if it has none yet."""
        raise NotImplementedError

    def on_grid_cursor_moved(self, event: Grid.CursorMoved) -> None:
        event.stop()
        self._point_at(self._followed() if event.cell is None else event.grid.model.layout.block(event.cell))
        self.draw()

    def _point_at(self, block: tuple[int, int] | None) -> None:
        """Put the cursor on the same descriptors in every lane."""
        self._cursor = block
        for lane in self._lanes.values():
            model = lane.grid.model
            model.cursor = None if block is None else block[0] // model.layout.k

    def action_move(self, dx: int, dy: int) -> None:
        """The cursor's keys where no grid has the focus: the first lane's gets it."""
        grid = self._lane(self.session.scenario.lanes[0]).grid
        grid.focus()
        grid.action_move(dx, dy)

    def action_leave(self) -> None:
        self._point_at(self._followed())
        self.draw()

    def action_path(self) -> None:
        """Follow a packet: the feed's chosen one, the last or next of the cursor's cell, or the newest."""
        from c10k_tui.screens.path.screen import PathScreen
        from c10k_tui.screens.race.packet_choice import NoPacketToFollow, chosen
        from sim.path.packet_path import follow

        race = self.session.race
        slots = None if self._cursor is None else range(self._cursor[0], self._cursor[1] + 1)
        first_fd = self._frame.lanes[0].first_fd if self._frame is not None else 0
        try:
            packet = chosen(race, self._feed.chosen, self._feed.model.rows(), slots, first_fd)
            path = follow(race, packet)
        except (NoPacketToFollow, ValueError) as why_not:
            self.session.say(str(why_not))
            self._changed()
            return
        self._show_instead(PathScreen(path, cast("C10KApp", self.app).clock), lambda _: None)

    def action_newest(self) -> None:
        self._feed.newest()

    def action_follow(self) -> None:
        if self.session.travel.following is not None:
            self._follow(None)
        elif self._cursor is not None and self._cursor[0] == self._cursor[1] and self._frame is not None:
            self._follow(self._frame.lanes[0].first_fd + self._cursor[0])
        else:
            self._enter_followed()

    def _follow(self, fd: int | None) -> None:
        """Show what concerns one descriptor only, or everything again."""
        self.session.travel.following = self._feed.model.only_fd = fd
        if fd is not None:
            self._point_at(self._followed())
            self.session.say(f"following fd {fd}: s and b stop at it alone · f: all again")
        self._changed()

    def _followed(self) -> tuple[int, int] | None:
        """The descriptors in the cell of the one that is followed, counted from the grids' first."""
        fd = self.session.travel.following
        if self._frame is None or fd is None:
            return None
        first_lane = self._frame.lanes[0]
        index = fd - first_lane.first_fd
        if not 0 <= index < first_lane.fds:
            return None
        layout = self._lanes[first_lane.name].grid.model.layout
        return layout.block(index // layout.k)

    def _enter_followed(self) -> None:
        """Ask which descriptor: the cursor, if any, stands on several."""
        from c10k_tui.screens.shared.number_box import NumberScreen

        def entered(fd: int | None) -> None:
            if fd is not None:
                self._follow(fd)

        rows = self._feed.model.rows()
        first_fd = self._frame.lanes[0].first_fd if self._frame is not None else 0
        proposed = (
            first_fd + self._cursor[0] if self._cursor is not None else rows[-1].fd if rows else first_fd
        )
        self.app.push_screen(
            NumberScreen(
                "Follow which fd?",
                str(proposed),
                f"a descriptor, e.g. {proposed}",
                lambda fd: None,
            ),
            entered,
        )
