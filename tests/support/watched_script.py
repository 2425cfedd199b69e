"""A watched script on a terminal, with a clock set by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from c10k_tui.app.pictures import HandClock
from c10k_tui.app.watch_app import WatchApp
from c10k_tui.screens.loop.screen import LoopScreen
from c10k_tui.session.pacer import FRAMES_PER_S
from sim.scripts.loop_figures import LoopRecord
from sim.scripts.script import Script
from sim.scripts.script_output import ScriptOutput


class Watched:
    """The app, its pilot and its clock."""

    def __init__(self, app: WatchApp, pilot: Pilot[str], clock: HandClock) -> None:
        self.app = app
        self.pilot = pilot
        self.clock = clock

    @property
    def screen(self) -> LoopScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, LoopScreen)
        return screen

    @property
    def script(self) -> Script:
        return self.app.loop_model.script

    @property
    def record(self) -> LoopRecord:
        """The record of its loop."""
        record = self.script.record
        assert record is not None
        return record

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause(0)

    async def run(self, seconds: float) -> None:
        """Let this number of wall seconds pass."""
        self.screen.tick()
        for _ in range(round(seconds * FRAMES_PER_S)):
            self.clock.now_s += 1 / FRAMES_PER_S
            self.screen.tick()
        self.screen.draw()
        await self.pilot.pause(0)

    async def turn(self, number: int) -> None:
        """Step from the script's beginning to the beginning of a turn."""
        for _ in range(number):
            self.screen.action_step_turn()
        await self.pilot.pause(0)

    def text(self, selector: str = "Screen") -> str:
        """The text on the screen, or in one widget."""
        if selector == "Screen":
            strips = self.app.screen._compositor.render_strips()
            return "\n".join(strip.text for strip in strips)
        widget = self.screen.query_one(selector)
        return "\n".join(widget.render_line(y).text.rstrip() for y in range(widget.size.height))


@asynccontextmanager
async def watched(
    path: Path,
    size: tuple[int, int] = (120, 36),
    *,
    paused: bool = True,
    speed: float | None = 1.0,
    patience_s: float = 30.0,
) -> AsyncIterator[Watched]:
    """The app on a terminal of this size.

    Args:
        patience_s: seconds for which a script may keep control; many, because the machine may be busy.
    """
    clock = HandClock()
    output = ScriptOutput()
    app = WatchApp(Script(path, output=output), clock=clock, paused=paused, speed=speed, with_timer=False)
    app.loop_model.patience_s = patience_s
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0)
        it = Watched(app, pilot, clock)
        it.screen.draw()
        yield it
    output.close()
