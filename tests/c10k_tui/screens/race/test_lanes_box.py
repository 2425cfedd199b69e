"""The box with all lanes (key L): by keys and by mouse, with at most the lanes that fit on the screen."""

from dataclasses import replace

import pytest
from textual.widget import Widget

from c10k_tui.screens.race.lanes_box import LanesScreen
from c10k_tui.text.lanes import LANE_TEXTS, MOST_LANES
from sim.scenario.fault_presets import FAULT_PRESETS
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from tests.support.paused_app import stand

LANE_NAMES = tuple(LANES)


def box(it):
    assert isinstance(it.app.screen, LanesScreen)
    return it.app.screen


def shown(it, selector="#lanes-list"):
    widget = box(it).query_one(selector, Widget)
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


def steps(name, since="select"):
    """Keys that move the cursor from one lane to another."""
    way = LANE_NAMES.index(name) - LANE_NAMES.index(since)
    return ["down" if way > 0 else "up"] * abs(way)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_it_lists_every_lane_in_a_line(size):
    async with stand(size=size) as it:
        await it.press("L")
        rows = shown(it)
        for name, row in zip(LANE_NAMES, rows, strict=False):
            assert f" {name} " in row
            assert LANE_TEXTS[name].what in row
            assert (LANES[name].introduced in row) == (size[0] >= 120)
            assert ("[×]" in row) == (name in it.session.scenario.lanes)
        status = " ".join(shown(it, "#lanes-status"))
        assert status.startswith("2 of at most 4 are on")
        assert ("4.2BSD, 1983" in status) == (size[0] < 120)


async def test_space_and_enter_switch_and_closing_applies():
    async with stand() as it:
        await it.press("L", *steps("thread"), "space", *steps("select", "thread"), "enter")
        assert it.session.scenario.lanes == ("select", "epoll")
        await it.press("escape")
        assert it.app.screen is it.race_screen
        assert it.session.scenario.lanes == ("thread", "epoll")
        await it.run(0.3)
        await it.run(0.3)
        assert 0 < it.grid("thread").region.x < it.grid("epoll").region.x
        assert not it.race_screen.query_one("#lane-select").display


async def test_the_same_lanes_again_are_no_change():
    async with stand() as it:
        before = it.session.changes
        await it.press("L", "space", "space", "L")
        assert it.app.screen is it.race_screen
        assert it.session.changes == before


async def test_a_fifth_lane_is_refused_in_one_line():
    async with stand() as it:
        await it.press("L", "home", "space", "down", "space", "down", "space")
        assert shown(it, "#lanes-status") == ["4 lanes at most are on the screen: take one off first"]
        assert shown(it)[2].startswith(" [ ]  pool")
        await it.press("down")
        assert shown(it, "#lanes-status")[0].startswith("4 of at most 4 are on")
        await it.press("escape")
        assert it.session.scenario.lanes == ("process", "thread", "select", "epoll")


async def test_the_last_lane_stays():
    async with stand(Scenario(fds=100, lanes=("kqueue",))) as it:
        await it.press("L", "space")
        assert shown(it, "#lanes-status") == ["one lane has to stay"]


async def test_a_lane_that_the_race_cannot_have_says_why():
    scenario = replace(FAULT_PRESETS["slow-reader"][1], fds=100)
    async with stand(scenario) as it:
        await it.press("L", *steps("iocp", "thread"), "space")
        assert "slow-reader shows how a write blocks, and iocp has none" in shown(it, "#lanes-status")[0]


async def test_the_keys_of_three_lanes_keep_to_the_limit_too():
    async with stand(Scenario(fds=100, lanes=("process", "thread", "pool", "epoll"))) as it:
        await it.press("1")
        assert len(it.session.scenario.lanes) == MOST_LANES
        assert "4 lanes at most" in it.text("#legend")
        await it.press("3", "1")
        assert it.session.scenario.lanes == ("process", "thread", "pool", "select")


async def test_the_mouse_switches_a_lane_and_closes_beside_the_box():
    async with stand() as it:
        await it.press("L")
        await it.pilot.click("#lanes-list", offset=(10, LANE_NAMES.index("kqueue")))
        assert "[×]" in shown(it)[LANE_NAMES.index("kqueue")]
        await it.pilot.click("#lanes-list", offset=(10, len(LANE_NAMES)))
        assert shown(it, "#lanes-status") == ["3 of at most 4 are on"]
        await it.pilot.click(offset=(0, 0))
        await it.pilot.pause(0)
        assert it.app.screen is it.race_screen
        assert it.session.scenario.lanes == ("select", "epoll", "kqueue")


async def test_the_cursor_stays_on_the_list():
    async with stand() as it:
        await it.press("L", "home", "up", "space")
        assert "[×]" in shown(it)[0]
        await it.press("end", "down", "space")
        assert "[×]" in shown(it)[len(LANE_NAMES) - 1]
