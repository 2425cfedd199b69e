"""The Textual app around the Loop screen."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.screen import Screen

from c10k_tui.app.themed_app import ThemedApp
from c10k_tui.screens.loop.model import DEFAULT_SPEED, LoopModel
from c10k_tui.screens.loop.screen import LoopScreen
from sim.scripts.script import Script


class WatchApp(ThemedApp):
    """A script that is watched.

    Args:
        script: Not begun, with an output of its own.
        speed: Turns a second; None for as fast as it goes.
        paused: Whether to start standing still.
        clock: Seconds on a clock that never goes back.
        by_itself: Whether time passes by itself; tests let it pass by hand.
    """

    def __init__(
        self,
        script: Script,
        *,
        speed: float | None = DEFAULT_SPEED,
        paused: bool = False,
        clock: Callable[[], float] = time.perf_counter,
        has_timer: bool = True,
    ) -> None:
        super().__init__()
        self.loop_model = LoopModel(script, clock, speed=speed, paused=paused)
        self._clock = clock
        self._by_itself = has_timer

    def get_default_screen(self) -> Screen[None]:
        return LoopScreen(
            self.loop_model, self._clock, self.loop_model.script.path.name, has_timer=self._by_itself
        )

    def next_theme(self) -> None:
        super().next_theme()
        self.loop_model.say(self.theme)
