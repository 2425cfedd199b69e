"""The Textual app around the race screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events
from textual.screen import Screen

from c10k_tui.app.themed_app import ThemedApp, is_suspend_key
from c10k_tui.recording.live.controller import RecordingController, StateWords
from c10k_tui.recording.live.start_plan import RecordingPlan
from c10k_tui.recording.live.step_clock import StepClock
from c10k_tui.screens.race.screen import RaceScreen
from c10k_tui.session.pacer import DEFAULT_SPEED
from c10k_tui.session.race_protocol import RaceProtocol
from c10k_tui.session.session import Session
from c10k_tui.text.messages import _
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.machine.costs import CostTable


FIRST_NOTICE_S = 10.0
"""Wall seconds that the notice at the start stays."""


class C10KApp(ThemedApp):
    """A race on the screen. Running the app returns the last scenario as a string.

    Args:
        scenario: The first race; None for the default scenario.
        speed: See :mod:`c10k_tui.session.pacer`; None for as fast as possible.
        paused: True to start paused.
        clock: Seconds on a clock that never goes back.
        make_race: Makes a race of a scenario; None for the simulated race with these costs.
        costs: Cost of each simulated step; None for the built-in table.
        own_costs_problem: Why the user's own cost table is not used, for a notice at the start; None if it is
            used, or there is none.
        plan: The recording or replay to start with; None for neither.
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        *,
        speed: float | None = DEFAULT_SPEED,
        paused: bool = False,
        clock: Callable[[], float] = time.perf_counter,
        make_race: Callable[[Scenario], RaceProtocol] | None = None,
        costs: CostTable | None = None,
        own_costs_problem: str | None = None,
        plan: RecordingPlan | None = None,
    ) -> None:
        super().__init__()
        self.clock = StepClock(clock)
        self._costs = costs
        self.session = Session(
            scenario or Scenario(), make_race or self._make_race, self.clock, speed=speed, paused=paused
        )
        self.session.own_costs_problem = own_costs_problem
        if own_costs_problem is not None:
            self.session.say(
                _("the built-in costs are used: {own_costs_problem}", own_costs_problem=own_costs_problem),
                FIRST_NOTICE_S,
            )
        self.recording = RecordingController(
            self, self.session, self.clock, lambda: self._race_screen(stepped=True), self.leave, plan
        )

    def _make_race(self, scenario: Scenario) -> RaceProtocol:
        from sim.race.race import Race

        return Race(scenario) if self._costs is None else Race(scenario, self._costs)

    def get_default_screen(self) -> Screen[str]:
        return self._race_screen(stepped=self.recording.planned)

    def _race_screen(self, *, stepped: bool) -> RaceScreen:
        return RaceScreen(self.session, self.clock, self.recording, stepped=stepped)

    async def on_event(self, event: events.Event) -> None:
        await super().on_event(self.recording.fitted(event))

    def keeps(self, event: events.Event) -> bool:
        """Keep an event for later; if the app runs frame by frame, for the next frame."""
        if is_suspend_key(event):
            return False
        return self.recording.takes(event) or (not self.recording.stepping and super().keeps(event))

    def finish(self) -> None:
        if not self.recording.ends():
            self.leave()

    def terminal_entered(self) -> None:
        self.session.pacer.halt()  # the race stood still meanwhile
        super().terminal_entered()
        self.recording.terminal_entered()

    async def on_ready(self) -> None:
        """Start the planned recording or replay: the first screen is ready."""
        self.recording.app_is_ready()

    def state_words(self) -> StateWords | None:
        """The state of a recording or replay."""
        return self.recording.state_words()

    async def action_quit(self) -> None:
        if not self.recording.keeps_app():
            self.leave()

    def leave(self) -> None:
        """End the app. Its result is the current scenario."""
        self.exit(str(self.session.scenario))

    def next_theme(self) -> None:
        super().next_theme()
        self.session.say(self.theme)

    def action_command_palette(self) -> None:
        if not self.recording.stepping:
            super().action_command_palette()
