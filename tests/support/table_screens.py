"""Helpers for the screens that compute in the race's frames."""

from __future__ import annotations

from typing import Any

from c10k_tui.screens.capacity.screen import CapacityScreen
from c10k_tui.screens.comparison.screen import ComparisonScreen
from tests.support.paused_app import Stand

FRAMES = 3_000


def screen_of(it: Stand) -> Any:
    """The screen in the race's place, even if another screen covers it."""
    return next(
        screen for screen in it.app.screen_stack if isinstance(screen, ComparisonScreen | CapacityScreen)
    )


async def settled(it: Stand) -> Any:
    """Run the race's frames until the screen has computed everything. Returns the screen."""
    screen = screen_of(it)
    for _ in range(FRAMES):
        if not screen.model.missing():
            screen.draw()
            await it.pilot.pause(0)
            return screen
        it.race_screen.tick()
    raise AssertionError("it computes for ever")
