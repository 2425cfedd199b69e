"""What the race screen's keys do to the race: each is one change of the session, shown at once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from c10k_tui.screens.shared.keyed_screen import KeyedScreen
from c10k_tui.session.host_lane_switch import HostLaneSwitch
from c10k_tui.session.session import Session

if TYPE_CHECKING:
    from c10k_tui.app.race_app import C10KApp
    from c10k_tui.recording.live.controller import RecordingController


class RaceActions(KeyedScreen[str]):
    """The actions of the race screen that need nothing of what is drawn on it.

    Args:
        session: The race and its pace.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.host_lane_switch = HostLaneSwitch(time.perf_counter)
        """The lane on the real kernel: it lives by the real clock, whatever the session's is."""

    def _changed(self) -> None:
        """The user has changed something: show it at once."""
        raise NotImplementedError

    def action_fds(self, direction: int) -> None:
        self.session.climb_fds(direction)
        self._changed()

    def action_active(self, direction: int) -> None:
        self.session.climb_active(direction)
        self._changed()

    def action_rate(self, direction: int) -> None:
        self.session.climb_rate(direction)
        self._changed()

    def action_speed(self, direction: int) -> None:
        self.session.climb_speed(direction)
        self._changed()

    def action_pause(self) -> None:
        self.session.pause()
        self._changed()

    def action_step_event(self) -> None:
        self.session.travel.step_event()
        self._changed()

    def action_step_syscall(self) -> None:
        self.session.travel.step_syscall()
        self._changed()

    def action_reset(self) -> None:
        self.session.reset()
        self._changed()

    def action_new_seed(self) -> None:
        self.session.new_seed()
        self._changed()

    def action_lane(self, name: str) -> None:
        self.session.toggle_lane(name)
        self._changed()

    def action_preset(self, name: str) -> None:
        self.session.preset(name)
        self._changed()

    def action_next_preset(self) -> None:
        self.session.next_preset()
        self._changed()

    def action_cure(self) -> None:
        self.session.cure()
        self._changed()

    def action_fd_setsize(self) -> None:
        self.session.toggle_fd_setsize()
        self._changed()

    def action_record(self) -> None:
        self.host_lane_switch.close()  # what is measured would not come out the same again
        self._studio.record_key()

    def action_pause_recording(self) -> None:
        self._studio.pause_key()

    def action_mark(self) -> None:
        self._studio.mark_key()

    @property
    def _studio(self) -> RecordingController:
        return cast("C10KApp", self.app).studio

    def _is_stepped(self, what: str) -> bool:
        """Whether the app is run frame by frame; says so, for ``what`` lives by the wall's clock."""
        if self._studio.stepping:
            self.session.say(f"{what} is not recorded: it would not come out the same again")
            self._changed()
        return self._studio.stepping

    def action_host(self) -> None:
        if self._is_stepped("the host lane"):
            return
        self.session.say(self.host_lane_switch.toggle(self.session.scenario))
        self._changed()

    def action_host_mechanism(self) -> None:
        if self._is_stepped("the host lane"):
            return
        self.session.say(self.host_lane_switch.turn(self.session.scenario))
        self._changed()
