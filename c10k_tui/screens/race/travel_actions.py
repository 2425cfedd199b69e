"""What the race screen's keys and its time line do to the time of the race."""

from __future__ import annotations

from c10k_tui.screens.race.actions import RaceActions
from c10k_tui.screens.race.widgets.feed import Feed
from c10k_tui.screens.race.widgets.timeline import TimeLine
from c10k_tui.session.session import Session


class TravelActions(RaceActions):
    """The actions that go back and forth in time.

    Args:
        session: The race and its pace.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        session.travel.following = None
        self._wanted_ns: int | None = None
        """Where the mouse was dragged to since the last frame: one seek a frame, to the latest."""

    def action_step_back_event(self) -> None:
        self.session.travel.step_back_event()
        self._changed()

    def action_step_back_syscall(self) -> None:
        self.session.travel.step_back_syscall()
        self._changed()

    def action_scrub(self, direction: int) -> None:
        self.session.travel.scrub(direction)
        self._changed()

    def action_marker(self, direction: int) -> None:
        self.session.travel.go_to_marker(direction)
        self._changed()

    def action_start(self) -> None:
        self.session.travel.go_to_start()
        self._changed()

    def action_present(self) -> None:
        self.session.travel.go_to_present()
        self._changed()

    def action_next_branch(self) -> None:
        self.session.travel.go_to_next_branch()
        self._changed()

    def on_time_line_scrubbed(self, event: TimeLine.Scrubbed) -> None:
        event.stop()
        self.action_scrub(event.direction)

    def on_time_line_sought(self, event: TimeLine.Sought) -> None:
        event.stop()
        self.session.travel.stop()
        self._wanted_ns = event.at_ns
        if not event.held:
            self._seek_wanted()

    def on_feed_chosen(self, event: Feed.Chosen) -> None:
        event.stop()
        self.session.travel.stand_at(event.at_ns)
        self._changed()

    def _seek_wanted(self) -> None:
        """Go where the mouse was dragged to, if it was."""
        wanted_ns, self._wanted_ns = self._wanted_ns, None
        race = self.session.race
        if wanted_ns is not None and min(wanted_ns, race.end_ns) != race.now_ns:
            self.session.travel.stand_at(wanted_ns)
            self._changed()
