"""The Textual app around the Loop screen."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.screen import Screen

from c10k_tui.app.themed_app import ThemedApp
from c10k_tui.screens.loop.model import DEFAULT_SPEED, Watching
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
        by_itself: bool = True,
    ) -> None:
        super().__init__()
        self.watching = Watching(script, clock, speed=speed, paused=paused)
        self._clock = clock
        self._by_itself = by_itself

    def get_default_screen(self) -> Screen[None]:
        return LoopScreen(
            self.watching, self._clock, self.watching.script.path.name, by_itself=self._by_itself
        )

    def next_theme(self) -> None:
        super().next_theme()
        self.watching.say(self.theme)
