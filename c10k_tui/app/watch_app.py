"""The Textual app around the loop screen."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.screen import Screen

from c10k_tui.app.themed_app import ThemedApp
from c10k_tui.screens.loop.model import DEFAULT_SPEED, LoopModel
from c10k_tui.screens.loop.screen import LoopScreen
from sim.scripts.script import Script


class WatchApp(ThemedApp):
    """A script and its event loop on the screen.

    Args:
        script: The script, not started, with its own output.
        speed: Turns a second; None for as fast as possible.
        paused: True to start paused.
        clock: Seconds on a clock that never goes back.
        with_timer: False to leave out the timer, for tests that call ``tick`` themselves.
    """

    def __init__(
        self,
        script: Script,
        *,
        speed: float | None = DEFAULT_SPEED,
        paused: bool = False,
        clock: Callable[[], float] = time.perf_counter,
        with_timer: bool = True,
    ) -> None:
        super().__init__()
        self.loop_model = LoopModel(script, clock, speed=speed, paused=paused)
        self._clock = clock
        self._with_timer = with_timer

    def get_default_screen(self) -> Screen[None]:
        return LoopScreen(
            self.loop_model, self._clock, self.loop_model.script.path.name, with_timer=self._with_timer
        )

    def next_theme(self) -> None:
        super().next_theme()
        self.loop_model.say(self.theme)
