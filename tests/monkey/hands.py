"""The monkey's hands on an app without a terminal: what a terminal would send goes through Textual's parser.

All messages of one read are posted before the app handles the first. So they stand in its queue together, as
after a read of a real terminal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import redirect_stderr
from io import StringIO

from textual import events
from textual.driver import Driver
from textual.geometry import Size

from c10k_tui import textual_internals
from c10k_tui.app.terminal_input import TerminalInput
from c10k_tui.app.themed_app import ThemedApp
from c10k_tui.screens.loop.screen import LoopScreen
from c10k_tui.screens.race.screen import RaceScreen
from sim.scenario.scenario import Scenario
from tests.monkey.situations import Situation, app_of
from tests.monkey.typist import FIRST_SIZE, Act

TURNS = 20
"""Turns of the event loop after a read."""
LAST_TURNS = 500
"""Limit of turns for the input that still waits."""


class Crash(AssertionError):
    """An app that failed.

    Args:
        acts: What was done, in order; the last one was followed by the failure.
        error: The error of the app.
    """

    def __init__(self, acts: Sequence[Act], error: BaseException) -> None:
        super().__init__(f"after {len(acts)} acts: {error!r}")
        self.acts = tuple(acts)
        self.error = error


async def play(situation: Situation, race: Scenario, acts: Sequence[Act]) -> int:
    """Open a situation and do all acts. Returns the number of acts until the app was left.

    Raises:
        Crash: the app failed.
    """
    done: list[Act] = []
    terminal = TerminalInput()
    # Textual prints an error too, with every local variable.
    with app_of(situation, race) as app, redirect_stderr(StringIO()):
        try:
            async with app.run_test(size=FIRST_SIZE) as pilot:
                await pilot.pause(0)
                for read in situation.keys:
                    await _do(app, terminal, ("read", read))
                for act in acts:
                    if textual_internals.is_leaving(app) or not app.screen_stack:
                        break
                    done.append(act)
                    await _do(app, terminal, act)
                await _settle(app, LAST_TURNS)
        except Exception as error:
            raise Crash(done, error) from error
    return len(done)


async def _do(app: ThemedApp, terminal: TerminalInput, act: Act) -> None:
    if act[0] == "size":
        textual_internals.set_headless_size(app, act[1], act[2])
        app.post_message(events.Resize(Size(act[1], act[2]), Size(act[1], act[2])))
    elif act[0] == "time":
        _pass_time(app, act[1])
    else:
        driver = textual_internals.driver_of(app)
        assert isinstance(driver, Driver)
        for message in list(terminal.feed(act[1].encode())):
            driver.process_message(message)
    await _settle(app, TURNS)


def _pass_time(app: ThemedApp, seconds: float) -> None:
    screen = app.screen_stack[0] if app.screen_stack else None
    if isinstance(screen, (RaceScreen, LoopScreen)) and screen.is_running:
        for _ in range(round(seconds * 30)):
            screen.tick()


async def _settle(app: ThemedApp, turns: int) -> None:
    """Let the app handle its messages: some turns, and then until no input waits."""
    for turn in range(LAST_TURNS):
        if turn >= turns and not app.typed_ahead.busy:
            return
        await asyncio.sleep(0 if turn < turns else 0.001)
