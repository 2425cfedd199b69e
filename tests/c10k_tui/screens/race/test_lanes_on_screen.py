"""The screen with lanes of every kind: each has its place, its picture and its words."""

from __future__ import annotations

import pytest
from textual.color import Color

from c10k_tui.text import glyphs
from c10k_tui.text.themes import dark
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario, Share
from tests.support.paused_app import stand

SETS = [
    ("kqueue",),
    ("thread", "process"),
    ("select", "io_uring"),
    ("pool", "epoll-et", "epoll-oneshot"),
    ("thread", "select", "epoll", "io_uring"),
    ("io_uring-poll", "io_uring-sqpoll", "iocp", "epoll-exclusive"),
]


@pytest.mark.parametrize("lanes", SETS, ids=",".join)
async def test_lanes_of_every_kind_stand_side_by_side(lanes):
    async with stand(Scenario(fds=500, churn=500, lanes=lanes), size=(80, 24)) as it:
        await it.run(0.5)
        await it.press("space")
        assert it.session.race.now_ns > 0
        for size in ((80, 24), (120, 36)):
            await it.pilot.resize_terminal(*size)
            await it.run(0.1)
            columns = [it.grid(name).region.x for name in lanes]
            assert columns == sorted(columns)
            assert all(it.grid(name).display and it.grid(name).size.width >= 18 for name in lanes)
            assert "…" not in it.text("#sentence") + it.text("#legend")


async def test_a_lane_that_comes_later_gets_its_place():
    async with stand(Scenario(fds=500)) as it:
        await it.run(0.2)
        it.session.toggle_lane("iocp")
        await it.run(0.2)
        await it.pilot.pause(0)
        await it.run(0.2)
        assert it.session.scenario.lanes == ("select", "epoll", "iocp")
        assert it.grid("iocp").size.width > 10


@pytest.mark.parametrize("lanes", [tuple(LANES)[at : at + 4] for at in range(0, len(LANES), 4)], ids=",".join)
async def test_every_lane_has_a_colour_for_its_title(lanes):
    async with stand(Scenario(fds=16, lanes=lanes)) as it:
        await it.run(0.2)
        for name in lanes:
            title = it.race_screen.query_one(f"#lane-{name}").styles.border_title_color
            assert title == Color.parse(dark()[f"c10k-{name}"])


async def test_threads_are_seen_to_run():
    async with stand(Scenario(fds=200, active=Share(10_000), burst=40, lanes=("thread",)), speed=1) as it:
        it.app.theme = "c10k-ansi"
        seen = set()
        for _ in range(60):
            await it.run(0.1)
            seen |= set(it.text("#grid-thread"))
        assert {glyphs.BLOCKED, glyphs.RUNNABLE, glyphs.RUNNING, *glyphs.RAN} <= seen
        assert "its packet woke the thread" in it.text("#lane-thread .words")


@pytest.mark.parametrize("order", [("epoll", "thread"), ("thread", "epoll")])
async def test_lanes_stand_in_the_order_asked_for(order):
    async with stand(Scenario(fds=200, lanes=order)) as it:
        await it.run(0.2)
        assert it.grid(order[0]).region.x < it.grid(order[1]).region.x
