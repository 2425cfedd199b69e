"""An app whose clock stands still until the test sets it."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from textual import events
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot

from c10k_tui.app.pictures import HandClock
from c10k_tui.app.race_app import C10KApp
from c10k_tui.screens.race.screen import RaceScreen
from c10k_tui.screens.race.widgets.feed import Feed
from c10k_tui.screens.race.widgets.grid import Grid
from c10k_tui.session.pacer import FRAMES_PER_S
from c10k_tui.session.session import Session
from sim.scenario.scenario import Scenario


class CostlyClock(HandClock):
    """A clock set by hand that advances by 2 ms at each reading, so work that is paced by its cost does
    little.
    """

    def __call__(self) -> float:
        self.now_s += 0.002
        return self.now_s


def key_event(key: str) -> events.Key:
    """A key as a terminal sends it, by Textual's name for it or by its character."""
    name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
    sign = key if len(key) == 1 else None
    with suppress(KeyError):
        sign = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(name, name)))
    return events.Key(name, sign)


class Stand:
    """A running app, its pilot and its clock."""

    def __init__(self, app: C10KApp, pilot: Pilot[str], clock: HandClock) -> None:
        self.app = app
        self.pilot = pilot
        self.clock = clock

    @property
    def race_screen(self) -> RaceScreen:
        """The race screen, even if another screen covers it."""
        screen = self.app.screen_stack[0]
        assert isinstance(screen, RaceScreen)
        return screen

    @property
    def session(self) -> Session:
        return self.app.session

    @property
    def feed(self) -> Feed:
        return self.race_screen.query_one("#feed", Feed)

    def grid(self, name: str) -> Grid:
        return self.race_screen.query_one(f"#grid-{name}", Grid)

    @property
    def first_fd(self) -> int:
        """Descriptor of the grids' first cell."""
        return self.session.race.frame().lanes[0].first_fd

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until each is handled. (The pilot waits until the CPU is idle, which takes
        longer.)
        """
        for key in keys:
            before = self.app.screen
            self.app.post_message(key_event(key))
            await self.settle()
            if self.app.screen is not before:
                await self.pilot.pause()  # a new screen needs several rounds of messages

    async def settle(self) -> None:
        """Wait until all messages and their follow-up messages are handled, and new widgets have their
        layout.
        """
        for _ in range(3):
            await self.pilot.pause(0)
        while self.app.typed_ahead.busy:
            await self.pilot.pause(0)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let frames pass until something holds: a new lane is drawn once the layout has set its size."""
        for _ in range(30):
            if holds():
                return
            await self.run(1 / FRAMES_PER_S)
        assert holds()

    async def run(self, seconds: float) -> None:
        """Run the race for this number of wall seconds."""
        self.race_screen.tick()
        for _ in range(round(seconds * FRAMES_PER_S)):
            self.clock.now_s += 1 / FRAMES_PER_S
            self.race_screen.tick()
        self.race_screen.draw()
        await self.settle()

    def text(self, selector: str = "Screen") -> str:
        """The text on the screen, or in one widget."""
        if selector == "Screen":
            strips = self.app.screen._compositor.render_strips()
            return "\n".join(strip.text for strip in strips)
        widget = self.race_screen.query_one(selector)
        return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


@asynccontextmanager
async def stand(
    scenario: Scenario | None = None,
    size: tuple[int, int] = (120, 36),
    *,
    paused: bool = False,
    speed: float | None = 2.0,
    clock: HandClock | None = None,
) -> AsyncIterator[Stand]:
    """The app on a terminal of this size, with a clock set by hand."""
    clock = clock or HandClock()
    app = C10KApp(scenario or Scenario(fds=2_000), clock=clock, paused=paused, speed=speed)
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0)
        yield Stand(app, pilot, clock)


async def leads_back(it: Stand, back: str) -> None:
    """Check that the race stands still behind the open screen, and continues after a key has closed the
    screen.
    """
    stopped_ns = it.session.race.now_ns
    await it.run(0.5)
    assert it.session.race.now_ns == stopped_ns
    await it.press(back)
    assert it.app.screen is it.race_screen
    await it.run(0.5)
    assert it.session.race.now_ns > stopped_ns
