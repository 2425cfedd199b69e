"""The parts of the screen at each size, and its messages when something fails."""

import re

import pytest

from sim.scenario.scenario import PRESETS, Scenario
from tests.support.paused_app import stand


@pytest.mark.parametrize("lanes", [("epoll",), ("select", "epoll"), ("select", "poll", "epoll")])
async def test_every_size_shows_every_lane_whole(lanes):
    async with stand(Scenario(fds=2_000, lanes=lanes)) as it:
        await it.run(0.5)
        for size in ((80, 24), (100, 30), (120, 36), (200, 50), (300, 80)):
            await it.pilot.resize_terminal(*size)
            await it.run(0.2)
            screen = it.text()
            rows = screen.split("\n")
            assert len(rows) == size[1]
            assert all(len(row) == size[0] for row in rows)
            for lane in lanes:
                grid = it.grid(lane)
                assert grid.size.height >= 5
                assert grid.size.width >= 20
            assert screen.count("1 cell =") == len(lanes)
            assert "To find out who has data:" in screen
            assert "quit" in rows[-1]
            assert ("since the start" in screen) == (size[1] >= 50)


async def test_a_terminal_that_is_too_small_says_its_size_and_recovers():
    async with stand(size=(1, 1)) as it:
        for size in ((1, 1), (60, 20), (79, 24), (80, 23), (20, 5)):
            await it.pilot.resize_terminal(*size)
            await it.run(0.2)
            if size[0] >= 60:
                assert f"c10k-tui needs 80×24, this terminal is {size[0]}×{size[1]}:" in it.text()
                assert "enlarge it or use c10k-tui run" in it.text()
            await it.pilot.resize_terminal(120, 36)
            await it.run(0.2)
            assert "10,000" not in it.text()
            assert "1 cell =" in it.text()


async def test_the_limit_that_stops_select_is_seen():
    async with stand(Scenario(fds=2_000, fd_setsize=True)) as it:
        await it.run(0.2)
        assert "does not fit into an fd_set" in " ".join(it.text("#lane-select .words").split())
        assert "select's limit: 1,024" in it.text("#head")
        assert it.race_screen.query_one("#lane-select").has_class("-struck")
        assert "Press l to lift it" in it.text("#sentence")
        await it.press("l")
        assert "limit" not in it.text("#head")
        assert not it.race_screen.query_one("#lane-select").has_class("-struck")


async def test_select_burns_and_epoll_does_not():
    async with stand(Scenario(fds=10_000)) as it:
        it.app.theme = "c10k-ansi"
        await it.run(3.4)
        assert sum(it.text("#grid-select").count(glyph) for glyph in "░▒▓▌") > 100
        assert sum(it.text("#grid-epoll").count(glyph) for glyph in "░▒▓▌") == 0
        assert "checks wasted" in it.text("#lane-select .words")
        assert "got 3" in it.text("#lane-epoll .words")


async def test_all_active_says_why_the_lead_shrinks():
    async with stand(PRESETS["all-active"][1], speed=10) as it:
        await it.run(4)
        assert "lead shrinks" in it.text("#sentence")


async def test_churn_shows_epoll_ctl():
    async with stand(PRESETS["churn"][1], speed=10, details=True) as it:
        await it.run(3)
        assert "epoll_ctl" in it.text("#sentence")
        (line,) = [line for line in it.text("#counters").split("\n") if "epoll_ctl" in line]
        select_calls, epoll_calls = line.removeprefix("epoll_ctl calls").split()[:2]
        assert select_calls == "0"
        assert epoll_calls != "0"


async def test_changing_fds_while_it_runs_keeps_the_rest():
    async with stand(Scenario(fds=1_000), speed=30) as it:
        await it.run(2)
        before = it.session.race.now_ns
        await it.press("plus", "plus")
        await it.run(0.1)
        assert it.session.race.now_ns > before
        assert "2,000 connections" in it.text("#head")
        assert it.grid("select").model.layout.fds == 2_000


async def test_lanes_that_leave_are_not_seen_and_come_back():
    async with stand() as it:
        await it.press("1")
        assert not it.race_screen.query_one("#lane-select").display
        await it.press("1", "2")
        await it.run(0.3)
        assert it.race_screen.query_one("#lane-select").display
        assert it.text().count("1 cell =") == 3


async def test_the_feed_tells_both_stories_of_a_packet():
    async with stand(Scenario(fds=16), speed=2, details=True) as it:
        await it.run(6)
        feed = it.text("#feed")
        assert "irq→softirq→fd" in feed
        assert "→ ready list" in feed
        assert "woke it: scans all" in feed or "nobody waiting" in feed


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_first_view_has_few_words_and_numbers(size):
    async with stand(Scenario(), size) as it:
        most_words = most_numbers = 0
        for _ in range(12):
            await it.run(0.5)
            words = re.findall(r"[^\W\d_]{2,}", it.text())
            numbers = re.findall(r"\d[\d.,]*", it.text())
            most_words, most_numbers = max(most_words, len(words)), max(most_numbers, len(numbers))
        assert most_words <= 90
        assert most_numbers <= 30
