"""The pictures of the mechanisms on the screen: one to four lanes at the three sizes, and their look.

After a wanted change: pytest --snapshot-update with this file.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from c10k_tui.app.pictures import HandClock
from c10k_tui.app.race_app import C10KApp
from c10k_tui.screens.race.room_plan import plan_rooms
from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from tests.support.paused_app import stand
from tests.support.rendered_lines import FILLED, drawn_lines

BUSY = Scenario(fds=10_000, active=500, rate=200_000, burst=40, churn=1_000)
AT_NS = 5_003_000
FOURS = (
    ("thread", "select", "epoll", "io_uring"),
    ("process", "pool", "poll", "epoll-et"),
    ("epoll-oneshot", "epoll-exclusive", "kqueue", "iocp"),
    ("io_uring", "io_uring-poll", "io_uring-sqpoll", "iocp"),
)
SIZES = ((80, 24), (120, 36), (200, 50))


def raced(scenario: Scenario) -> Race:
    race = Race(scenario)
    race.advance(AT_NS)
    return race


def at_rest(scenario: Scenario) -> Race:
    """A race whose new records have been read: no cell flashes, in whatever order the draws come."""
    race = raced(scenario)
    race.frame()
    return race


@pytest.mark.parametrize(
    "lanes", [*FOURS, *(four[:3] for four in FOURS), *(four[:1] for four in FOURS)], ids=",".join
)
async def test_every_lane_shows_its_picture_and_leaves_room_for_the_grid(lanes):
    async with stand(replace(BUSY, lanes=lanes), details=True) as it:
        await it.run(0.5)
        for size in SIZES:
            await it.pilot.resize_terminal(*size)
            await it.run(0.2)
            rows = it.text().split("\n")
            assert all(len(row) == size[0] for row in rows)
            plan = plan_rooms(size[1], len(lanes), details=True)
            for name in lanes:
                picture = it.text(f"#lane-{name} .inside").split("\n")
                assert len(picture) == plan.inside
                assert all(line.strip() for line in picture)
                assert it.grid(name).size.height == plan.grid
            if len(lanes) < 4 or size[0] > 80:
                assert "ratio:" in rows[-3] or len(lanes) == 1


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_estimated_prices_are_labelled_at_every_size(size):
    async with stand(replace(BUSY, lanes=FOURS[2]), size) as it:
        await it.run(0.2)
        for name in ("kqueue", "iocp"):
            lane = it.race_screen.query_one(f"#lane-{name}")
            assert "est" in f"{lane.border_title} {lane.border_subtitle}"
        assert "est" not in str(it.race_screen.query_one("#lane-epoll-oneshot").border_title)
        frames = [row for row in it.text().split("\n") if "─╯" in row or "─╮" in row]
        assert sum(row.count("est") for row in frames[:4]) >= 2  # not cut off by the frame's own width


async def test_the_picture_moves_between_two_looks_at_the_figures():
    async with stand(Scenario(lanes=("io_uring",), active=500, rate=200_000, burst=40)) as it:
        await it.run(1)
        seen = set()
        for _ in range(30):
            it.clock.now_s += 1 / 10
            it.race_screen.tick()
            seen.add(it.text("#lane-io_uring .inside"))
        assert len(seen) > 10


async def test_a_lane_that_failed_says_why_and_has_no_picture():
    async with stand(Scenario(fds=2_000, fd_setsize=True)) as it:
        await it.run(0.2)
        assert not it.text("#lane-select .inside").strip()
        assert it.text("#lane-epoll .inside").strip()


@pytest.mark.parametrize(
    ("lanes", "size"),
    [
        pytest.param(lanes, size, id=f"{','.join(lanes)}-{size[0]}x{size[1]}")
        for lanes, size in [(FOURS[0], (120, 36)), (FOURS[2], (80, 24))]
    ],
)
def test_the_look(snap_compare, lanes, size):
    app = C10KApp(replace(BUSY, lanes=lanes), paused=True, clock=HandClock(), make_race=raced)
    assert snap_compare(app, terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("lanes", [FOURS[0], FOURS[2], ("select", "epoll")], ids=",".join)
async def test_the_lines_of_the_pictures_are_the_same_in_dark_and_light(snapshot, lanes, size):
    app = C10KApp(replace(BUSY, lanes=lanes), paused=True, clock=HandClock(), make_race=at_rest)
    assert await drawn_lines(app, size, themes=FILLED) == snapshot


@pytest.mark.parametrize("theme", ["c10k-light", "c10k-ansi"])
def test_the_look_of_rings_in_other_themes(snap_compare, theme):
    app = C10KApp(replace(BUSY, lanes=FOURS[3]), paused=True, clock=HandClock(), make_race=raced)
    app.theme = theme
    assert snap_compare(app, terminal_size=(120, 36))


def test_no_lane_is_without_a_picture():
    for name in LANES:
        frame = raced(replace(BUSY, lanes=(name,))).frame().lanes[0]
        assert frame.mechanism is not None or frame.tasks is not None


@pytest.mark.parametrize("size", SIZES)
async def test_the_host_lane_takes_its_room_from_the_grids(size):
    plan = plan_rooms(size[1], 2)
    hosting = plan_rooms(size[1], 2, hosting=True)
    assert hosting.grid < plan.grid
    assert hosting.inside >= 1
    assert hosting.grid >= 5
