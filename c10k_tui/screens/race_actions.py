"""What the race screen's keys do to the race: each is one change of the session, shown at once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from c10k_tui.hosting import Hosting
from c10k_tui.screens.keyed import KeyedScreen
from c10k_tui.session import Session
from sim.scenario import Scenario

if TYPE_CHECKING:
    from c10k_tui.curve_model import CurveModel


class RaceActions(KeyedScreen[str]):
    """The actions of the race screen that need nothing of what is drawn on it.

    Args:
        session: The race and its pace.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.hosting = Hosting(time.perf_counter)
        """The lane on the real kernel: it lives by the real clock, whatever the session's is."""
        self._curve_known: CurveModel | None = None
        """What the Curve screen has computed and measured so far."""
        self._away = False
        """Whether another screen has the terminal to itself; the race stands still meanwhile."""

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
        self.session.step_event()
        self._changed()

    def action_step_syscall(self) -> None:
        self.session.step_syscall()
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

    def action_fd_setsize(self) -> None:
        self.session.toggle_fd_setsize()
        self._changed()

    def action_help(self) -> None:
        from c10k_tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen())

    def action_enter_fds(self) -> None:
        from c10k_tui.screens.number import NumberScreen

        def entered(fds: int | None) -> None:
            if fds is not None:
                self.session.set_fds(fds)
                self._changed()

        self.app.push_screen(
            NumberScreen(
                "How many descriptors?",
                str(self.session.scenario.fds),
                "a number: 10000, 10k, 1M",
                self.session.why_not_fds,
            ),
            entered,
        )

    def action_host(self) -> None:
        self.session.say(self.hosting.toggle(self.session.scenario))
        self._changed()

    def action_host_mechanism(self) -> None:
        self.session.say(self.hosting.turn(self.session.scenario))
        self._changed()

    def action_curve(self) -> None:
        from c10k_tui.curve_model import CurveModel
        from c10k_tui.screens.curve import CurveScreen

        def left(scenario: Scenario | None) -> None:
            self._away = False
            self.session.pacer.halt()
            if scenario is not None:
                self.session.race_anew(scenario, "the paper's situation")
            self._changed()

        self._away = True
        if self._curve_known is None:
            self._curve_known = CurveModel(
                self.session.scenario, self.session.race.costs, self.session.why_not_own
            )
        self._curve_known.start_at(self.session.scenario)
        self.app.push_screen(CurveScreen(self._curve_known), left)
