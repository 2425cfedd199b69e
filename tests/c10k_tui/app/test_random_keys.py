"""Random keys, sizes and speeds never crash the app."""

import random

import pytest
from textual import events

from c10k_tui.screens.race.keys import FEED_BINDINGS, GRID_BINDINGS, RACE_BINDINGS
from sim.scenario.scenario import Scenario
from tests.support.paused_app import CostlyClock, stand

KEYS = sorted(
    {
        key
        for binding in (*RACE_BINDINGS, *GRID_BINDINGS, *FEED_BINDINGS)
        for key in binding.key.split(",")
        if key not in ("q", "ctrl+q")
    }
    | {"tab", "shift+tab", "enter", "escape", "home", "9", "k", "ctrl+p"}
)
SIZES = [(120, 36), (80, 24), (200, 50), (60, 20), (10, 3), (1, 1), (81, 25), (250, 70)]


@pytest.mark.parametrize("seed", range(6))
async def test_random_keys_and_sizes(seed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # One of the keys starts a recording.
    dice = random.Random(seed)
    scenario = Scenario(fds=dice.choice([1, 16, 2_000]), active=1)
    async with stand(scenario, speed=dice.choice([0.1, 2, 1_000]), clock=CostlyClock()) as it:
        for _ in range(60):
            what = dice.random()
            if what < 0.1:
                await it.pilot.resize_terminal(*dice.choice(SIZES))
            elif what < 0.2:
                await it.run(dice.choice([0.05, 0.1, 0.2]))
            else:
                # Not pilot.press: it waits for an idle CPU, and a running race never leaves the CPU idle.
                key = dice.choice(KEYS)
                it.app.post_message(events.Key(key, key if len(key) == 1 else None))
                await it.pilot.pause(0)
        assert it.app.return_code in (None, 0)
        assert it.app._exception is None
        it.session.scenario.with_fds(16)


async def test_one_descriptor_and_silence():
    async with stand(Scenario(fds=1, active=1, rate=0), speed=None) as it:
        await it.run(1)
        assert "1 fd ·" in it.text("#head")
        assert "asleep" in it.text("#lane-epoll .words")


async def test_a_million():
    async with stand(Scenario(fds=1_000_000)) as it:
        await it.run(0.5)
        assert "1 cell = 2," in it.text()


async def test_a_notice_on_a_screen_too_small_for_it():
    async with stand(size=(120, 36)) as it:
        await it.press("full_stop")
        for size in ((10, 3), (1, 1), (60, 20), (80, 24)):
            await it.pilot.resize_terminal(*size)
            it.race_screen.draw()
        assert it.session.notice in it.text("#head")
