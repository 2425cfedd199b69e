"""The screen with lanes that it knows little of yet: it shows what it knows, and does not fall over."""

from __future__ import annotations

import pytest

from c10k_tui.views.verdict import verdict
from sim.race import Race
from sim.scenario import LANES, Scenario
from tests.app.helpers import stand

SETS = [
    ("kqueue",),
    ("epoll", "kqueue"),
    ("select", "io_uring"),
    ("select", "epoll", "kqueue", "io_uring"),
    ("io_uring", "io_uring-poll", "io_uring-sqpoll", "iocp"),
    LANES,
]


@pytest.mark.parametrize("lanes", SETS, ids=",".join)
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_it_runs(lanes, size):
    async with stand(Scenario(fds=500, churn=500, lanes=lanes), size=size) as it:
        await it.run(0.5)
        await it.press("space")
        assert it.session.race.now_ns > 0
        for name in lanes:
            assert it.grid(name).display


async def test_a_lane_that_comes_later_gets_its_place():
    async with stand(Scenario(fds=500)) as it:
        await it.run(0.2)
        it.session.toggle_lane("iocp")
        await it.run(0.2)
        await it.pilot.pause(0)
        await it.run(0.2)
        assert it.session.scenario.lanes == ("select", "epoll", "iocp")
        assert it.grid("iocp").size.width > 10


@pytest.mark.parametrize("lanes", SETS, ids=",".join)
def test_the_verdict_says_of_nobody_that_it_scans_who_does_not(lanes):
    race = Race(Scenario(fds=500, lanes=lanes))
    race.advance(20_000_000)
    words = "".join(text for text, _ in verdict(race.frame(), 200))
    if not {"select", "poll"} & set(lanes) and len(lanes) > 1:
        assert "None of them asks every descriptor" in words
    assert "kqueue has to ask" not in words
