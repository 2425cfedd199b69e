"""The screens as SVG pictures, the same for one version of the program on every machine.

The clock is set by hand, and everything shown is deterministic. One exception: line numbers in the standard
library's own files (asyncio in a stack of awaits) depend on the version of Python.
"""

from __future__ import annotations

from pathlib import Path

from textual.app import App
from textual.pilot import Pilot

from c10k_tui.app.race_app import C10KApp
from c10k_tui.app.watch_app import WatchApp
from c10k_tui.recording.cast.header import header_line, parse_header
from c10k_tui.recording.cast.settings import RecordingSettings
from c10k_tui.recording.live.capture import ScreenCapture
from c10k_tui.recording.pictures.svg import svg
from c10k_tui.screens.curve.screen import CurveScreen
from c10k_tui.screens.race.screen import RaceScreen
from c10k_tui.screens.shared.working_screen import WorkingScreen
from c10k_tui.session.pacer import FRAMES_PER_S
from sim.scenario.scenario import Scenario
from sim.scripts.script import Script
from sim.scripts.script_output import ScriptOutput

SHOWN_AFTER_S = 9.45
"""Wall seconds of the race before the picture: a scan is half-way, and the curve has a past."""
TITLE = "c10k-tui"


class HandClock:
    """A clock that stands still until its owner sets it."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


async def _race(pilot: Pilot[str], clock: HandClock, seconds: float) -> RaceScreen:
    """The race screen after some seconds."""
    await pilot.pause(0)
    screen = pilot.app.screen
    assert isinstance(screen, RaceScreen)
    screen.tick()  # Time counts from here, even if the app's own timer came first.
    for _ in range(round(seconds * FRAMES_PER_S)):
        clock.now_s += 1 / FRAMES_PER_S
        screen.tick()
    screen.draw()
    await pilot.pause(0)
    return screen


async def race_picture(
    width: int, height: int, theme: str, seconds: float = SHOWN_AFTER_S, scenario: Scenario | None = None
) -> str:
    """The race screen after some seconds of racing, as SVG."""
    clock = HandClock()
    app = C10KApp(scenario or Scenario(), clock=clock)
    app.theme = theme
    async with app.run_test(size=(width, height)) as pilot:
        await _race(pilot, clock, seconds)
        return _svg_of(app)


async def opened_picture(width: int, height: int, theme: str, *keys: str, seconds: float = 3.0) -> str:
    """A screen opened by keys of the race screen, as SVG, when all its results are computed."""
    clock = HandClock()
    app = C10KApp(Scenario(), clock=clock)
    app.theme = theme
    async with app.run_test(size=(width, height)) as pilot:
        screen = await _race(pilot, clock, seconds)
        await pilot.press("space", keys[0])
        shown = app.screen
        if isinstance(shown, WorkingScreen):
            while shown.content.compute():
                pass
            shown.draw()
        await pilot.press(*keys[1:])
        screen.tick()
        await pilot.pause(0)
        return _svg_of(app)


async def loop_picture(width: int, height: int, theme: str, script: Path, turns: int, *keys: str) -> str:
    """The loop screen with a script, some turns after its start, as SVG."""
    app = WatchApp(Script(script, output=ScriptOutput()), clock=HandClock(), paused=True, with_timer=False)
    app.theme = theme
    async with app.run_test(size=(width, height)) as pilot:
        await pilot.press(*["S"] * turns, *keys)
        await pilot.pause(0)
        return _svg_of(app)


async def curve_picture(width: int, height: int, theme: str, *keys: str) -> str:
    """The curve screen after some keys, with all its lines, as SVG."""
    app = C10KApp(Scenario(), clock=HandClock(), paused=True)
    app.theme = theme
    async with app.run_test(size=(width, height)) as pilot:
        await pilot.press("v", *keys)
        screen = app.screen
        assert isinstance(screen, CurveScreen)
        while screen.model.missing() or screen.model.break_even_missing():
            await pilot.pause(0.05)
        screen.draw()
        await pilot.pause(0)
        return _svg_of(app)


def _svg_of(app: App[str]) -> str:
    """The screen of an app as SVG, drawn like the picture of a recording.

    Textual's own picture has no width and height, leaves seams between rows of blocks, and needs a font for
    them.
    """
    settings = RecordingSettings(width=app.size.width, height=app.size.height, theme=app.theme, title=TITLE)
    return svg(ScreenCapture(app).picture(), parse_header(header_line(settings)))
