"""Every screen and every box, each opened by keys: what the monkey sits down in front of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from c10k_tui.app.race_app import C10KApp
from c10k_tui.app.themed_app import ThemedApp
from c10k_tui.app.watch_app import WatchApp
from sim.scenario.scenario import Scenario, Share
from sim.scripts.script import Script
from sim.scripts.script_output import ScriptOutput
from tests.support.paused_app import CostlyClock

CTRL_P, F4 = "\x10", "\x1bOS"
RACES = (
    Scenario(fds=16),
    Scenario(fds=1, active=1),
    Scenario(fds=2_000, lanes=("select", "poll", "epoll", "asyncio")),
    Scenario(fds=300, active=Share(10_000), lanes=("thread", "io_uring")),
    Scenario(fds=2_000, lanes=("select",), fd_setsize=True),
    Scenario(fds=64, rate=0),
)
ECHO = Path(__file__).parents[2] / "examples" / "echo.py"


@dataclass(frozen=True, slots=True)
class Situation:
    """A screen or a box, by the keys that open it."""

    name: str
    keys: tuple[str, ...] = ()
    """Reads, one after the other."""
    watches: bool = False
    """True for the loop screen, which shows a script."""


SITUATIONS = (
    Situation("race"),
    Situation("help", ("?",)),
    Situation("palette", (CTRL_P,)),
    Situation("themes", (CTRL_P, "theme", "\r")),
    Situation("palette, searched", (CTRL_P, "lane")),
    Situation("lanes", ("L",)),
    Situation("presets", ("P",)),
    Situation("number", ("n",)),
    Situation("follow", ("f",)),
    Situation("curve", ("v",)),
    Situation("curve, all active", (F4, "++++", "v")),
    Situation("curve, paper", ("v", "p")),
    Situation("curve, help", ("v", "?")),
    Situation("comparison", ("w",)),
    Situation("comparison, help", ("w", "?")),
    Situation("capacity", ("m",)),
    Situation("capacity, palette", ("m", CTRL_P)),
    Situation("path", (".", " ", "g")),
    Situation("path, help", ("s", "g", "?")),
    Situation("recording", ("r",)),
    Situation("recording, box", ("r", "P")),
    Situation("loop", (), watches=True),
    Situation("loop, help", ("?",), watches=True),
    Situation("loop, palette", (CTRL_P,), watches=True),
)


@contextmanager
def app_of(situation: Situation, race: Scenario) -> Iterator[ThemedApp]:
    """A new app for a situation, in an empty folder for the files that its keys write."""
    with TemporaryDirectory() as folder, _in(Path(folder)):
        if situation.watches:
            script = Script(ECHO, output=ScriptOutput())
            try:
                yield WatchApp(script, clock=CostlyClock())
            finally:
                script.close()
        else:
            yield C10KApp(race, clock=CostlyClock(), speed=1_000)


@contextmanager
def _in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
