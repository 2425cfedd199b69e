"""Any keys, clicks and sizes on every screen and box: it never falls over. ``make monkey`` does more."""

import pytest

from c10k_tui.screens.race.screen import RaceScreen
from sim.scenario.scenario import Scenario
from tests.monkey.hands import Crash
from tests.monkey.rounds import Round, round_of, smallest
from tests.monkey.situations import SITUATIONS
from tests.monkey.typist import KEYS
from tests.support.paused_app import stand

ACTS = 30


@pytest.mark.parametrize("index", range(len(SITUATIONS)), ids=[one.name for one in SITUATIONS])
def test_random_keys_and_sizes(index):
    assert round_of(2 * index, ACTS).play() > 0


def test_every_key_is_pressed_twice_in_some_round():
    pressed = {act[1] for seed in range(1, 200, 2) for act in round_of(seed).acts if act[0] == "read"}
    assert {key * 2 for key in KEYS} <= pressed


def test_a_failure_is_found_and_told_by_the_key_that_it_needs(monkeypatch):
    def fails(self):
        raise RuntimeError("paused")

    monkeypatch.setattr(RaceScreen, "action_pause", fails)
    playing = Round(0, SITUATIONS[0], Scenario(fds=16), (("read", "+"), ("read", "t "), ("read", "x")))
    with pytest.raises(Crash) as crash:
        playing.play()
    assert smallest(crash.value, playing) == (("read", "t "),)


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
