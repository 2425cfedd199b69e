"""The screens that compute in the race's frames, frame by frame."""

from __future__ import annotations

from typing import Any

from c10k_tui.screens.capacity.screen import CapacityScreen
from c10k_tui.screens.comparison.screen import ComparisonScreen
from tests.support.paused_app import Stand

FRAMES = 3_000


def screen_of(it: Stand) -> Any:
    """The screen in the race's place, whatever lies over it."""
    return next(
        screen for screen in it.app.screen_stack if isinstance(screen, ComparisonScreen | CapacityScreen)
    )


async def settled(it: Stand) -> Any:
    """The screen when everything on it has been computed, in the race's frames."""
    screen = screen_of(it)
    for _ in range(FRAMES):
        if not screen.model.missing():
            screen.draw()
            await it.pilot.pause(0)
            return screen
        it.race_screen.tick()
    raise AssertionError("it computes for ever")
