"""Time travel on the real screen, by keys and by mouse."""

from __future__ import annotations

import pytest
from textual import events

from c10k_tui.screens.race.views.time_line import layout_of
from c10k_tui.screens.race.widgets.time_line import TimeLine
from c10k_tui.session.time_travel import TimeTravel
from sim.scenario.scenario import Scenario
from tests.support.paused_app import stand

SHOWN = (
    "#grid-select",
    "#grid-epoll",
    "#lane-select .words",
    "#lane-epoll .words",
    "#sentence",
    "#bars",
    "#legend",
)
SIZES = [(80, 24), (120, 36), (200, 50)]


async def lived(it, *, change="plus"):
    """Some milliseconds with a change of a setting half-way, paused."""
    await it.run(2)
    await it.press(change)
    await it.run(2)
    await it.press("space")


def position(it):
    return it.text("#time").index("●")


def place_of(it, at_ns):
    race = it.session.race
    return layout_of(it.race_screen.size.width).x_of(at_ns, race.end_ns)


def seek_count(it, monkeypatch):
    """A list to which each seek of the session is added."""
    sought = []

    def seek(at_ns):
        sought.append(at_ns)
        TimeTravel.seek(it.session.travel, at_ns)

    monkeypatch.setattr(it.session.travel, "seek", seek)
    return sought


@pytest.mark.parametrize("size", SIZES)
async def test_it_stands_above_the_keys_and_shows_where_the_race_is(size):
    async with stand(size=size) as it:
        await lived(it)
        rows = it.text().split("\n")
        assert rows[-2].startswith(" < ├━")
        assert rows[-2].index("●") == place_of(it, it.session.race.now_ns) == rows[-2].index("┤") - 1
        assert "▲ fds 2,000→5,000" in rows[-2]
        assert " of " not in it.text("#time")
        await it.press("less_than_sign", "less_than_sign")
        assert it.session.travel.in_past
        assert position(it) == place_of(it, it.session.race.now_ns) < rows[-2].index("┤") - 1
        assert " of " in it.text("#time")
        assert "paused" in it.text("#head")


async def test_b_and_shift_b_undo_s_and_shift_s():
    async with stand() as it:
        await it.run(1)
        for forth, back in (("s", "b"), ("S", "B")):
            moments = []
            for _ in range(3):
                await it.press(forth)
                moments.append(it.session.race.now_ns)
            await it.press(back, back)
            assert it.session.race.now_ns == moments[0]
            await it.press("e")
            assert it.session.race.now_ns == moments[2]


async def test_markers_start_and_present_are_a_key_away():
    async with stand() as it:
        await lived(it)
        end_ns, (changed,) = it.session.race.now_ns, it.session.race.markers()
        await it.press("left_curly_bracket")
        assert it.session.race.now_ns == changed.at_ns
        assert it.session.notice == "fds 2,000→5,000"
        await it.press("a")
        assert (it.session.race.now_ns, it.session.scenario.fds) == (0, 2_000)
        assert "2,000 connections" in it.text("#head")
        await it.press("right_curly_bracket")
        assert it.session.race.now_ns == changed.at_ns
        await it.press("e")
        assert it.session.race.now_ns == end_ns
        await it.press("greater_than_sign")
        assert it.session.notice == "this is the present: space goes on"
        await it.press("a", "less_than_sign")
        assert it.session.notice == "this is the start"


async def test_a_scrub_stops_the_race_and_goes_from_end_to_end():
    async with stand() as it:
        await it.run(2)
        for _ in range(51):
            await it.press("less_than_sign")
        assert it.session.paused
        assert it.session.race.now_ns == 0
        for _ in range(51):
            await it.press("greater_than_sign")
        assert not it.session.travel.in_past


@pytest.mark.parametrize("size", SIZES)
async def test_a_click_goes_there_and_on_a_marker_exactly(size):
    async with stand(size=size) as it:
        await lived(it)
        race = it.session.race
        (changed,) = race.markers()
        await it.pilot.click("#time", offset=(place_of(it, changed.at_ns), 0))
        await it.pilot.pause(0)
        assert race.now_ns == changed.at_ns
        x = place_of(it, race.end_ns // 4)
        await it.pilot.click("#time", offset=(x, 0))
        await it.pilot.pause(0)
        assert position(it) == x
        assert race.now_ns == pytest.approx(race.end_ns / 4, rel=0.2)
        row = it.text("#time")
        await it.pilot.click("#time", offset=(row.index(">"), 0))
        await it.pilot.pause(0)
        forth_ns = race.now_ns
        await it.pilot.click("#time", offset=(1, 0))
        await it.pilot.pause(0)
        assert race.now_ns == forth_ns - race.end_ns // 50
        await it.pilot.click("#time", offset=(row.index("┤") + 8, 0))
        await it.pilot.pause(0)
        assert race.now_ns == forth_ns - race.end_ns // 50


async def test_a_drag_is_one_seek_a_frame_and_ends_where_it_is_let_go(monkeypatch):
    async with stand() as it:
        await lived(it)
        line = it.race_screen.query_one(TimeLine)
        sought = seek_count(it, monkeypatch)
        line.post_message(mouse(events.MouseDown, line, place_of(it, 0)))
        for x in range(place_of(it, 0), place_of(it, it.session.race.end_ns // 2)):
            line.post_message(mouse(events.MouseMove, line, x))
        await it.pilot.pause(0)
        it.race_screen.tick()
        # The screen's own timer may have fired in between, but not for every cell.
        assert 1 <= len(sought) <= 3
        assert it.session.paused
        assert position(it) == x
        line.post_message(mouse(events.MouseMove, line, 500))
        line.post_message(mouse(events.MouseUp, line, x - 3))
        await it.pilot.pause(0)
        assert position(it) == x - 3
        line.post_message(mouse(events.MouseMove, line, x))
        await it.pilot.pause(0)
        it.race_screen.tick()
        assert position(it) == x - 3


def mouse(kind, widget, x):
    return kind(widget, x, 0, 0, 0, 1, False, False, False, x, widget.region.y)


async def test_a_change_in_the_past_is_a_fork_and_the_branch_left_is_there():
    async with stand() as it:
        await lived(it)
        end_ns = it.session.race.end_ns
        await it.press(*["less_than_sign"] * 10)
        fork_ns = it.session.race.now_ns
        await it.press("apostrophe")
        row = it.text("#time")
        assert "branch 2/2" in row
        assert "●╌╌╌" in row
        assert it.session.notice == "50k req/s · branch 2 begins"
        await it.run(0.1)
        await it.press("space")
        await it.run(1)
        assert "┴" in it.text("#time")
        assert "50k requests/s" in it.text("#head")
        on_ns = it.session.race.now_ns
        await it.press("o")
        assert (it.session.race.branch, it.session.race.now_ns, it.session.race.end_ns) == (
            0,
            fork_ns,
            end_ns,
        )
        assert "20k requests/s" in it.text("#head")
        assert "branch 1/2" in it.text("#time")
        await it.press("e")
        assert "┬" in it.text("#time")
        await it.press("o")
        assert (it.session.race.branch, it.session.race.now_ns) == (1, on_ns)


async def test_without_a_branch_o_says_how_one_begins():
    async with stand() as it:
        await it.press("o")
        assert it.session.notice == "no other branch: a change in the past begins one"


@pytest.mark.parametrize("part", [0.2, 0.5, 0.7, 1.0])
async def test_all_of_the_past_is_what_a_straight_run_shows(part):
    async with stand(details=True) as it:
        await lived(it)
        it.session.say("")
        race = it.session.race
        it.session.travel.seek(round(race.end_ns * part))
        it.race_screen.changed()
        await it.pilot.pause(0)
        it.race_screen.draw()
        past, now_ns = race.past, race.now_ns
        shown = {where: it.text(where) for where in SHOWN}
        feed = it.text("#feed")
    async with stand(paused=True, details=True) as straight:
        straight.session.say("")
        straight.session.repeat_changes(past, now_ns)
        straight.session.race.advance(now_ns)  # Events due at the time of the change have happened too.
        straight.race_screen.changed()
        await straight.pilot.pause(0)
        straight.race_screen.draw()
        assert {where: straight.text(where) for where in SHOWN} == shown
        assert straight.text("#feed") == feed


async def test_the_small_curve_never_shows_the_future():
    async with stand(speed=30, details=True) as it:
        await it.run(4)
        await it.press("space")
        whole = it.text("#curve")
        await it.press("a")
        assert not any("\u2800" < sign <= "\u28ff" for sign in it.text("#curve"))
        await it.press("e")
        assert it.text("#curve") == whole
        await it.press(*["less_than_sign"] * 25)
        half = it.text("#curve")
        assert half != whole
        await it.press("apostrophe", "e")
        assert it.text("#curve") == half


async def test_lanes_of_the_past_are_seen_in_the_past():
    async with stand() as it:
        await lived(it, change="2")
        await it.until(lambda: it.text().count("1 cell =") == 3)
        await it.press("a")
        await it.until(lambda: it.text().count("1 cell =") == 2)
        await it.press("space")
        await it.run(2.5)
        await it.until(lambda: it.text().count("1 cell =") == 3)


async def test_running_in_the_past_replays_it_and_then_continues():
    async with stand() as it:
        await lived(it)
        end_ns = it.session.race.end_ns
        await it.press(*["less_than_sign"] * 30, "space")
        assert it.session.scenario.fds == 2_000
        await it.run(6)
        assert it.session.scenario.fds == 5_000
        assert it.session.race.now_ns > end_ns
        assert len(it.session.race.branches()) == 1
        assert " of " not in it.text("#time")


async def test_another_race_has_a_time_line_of_its_own():
    async with stand() as it:
        await lived(it)
        await it.press(*["less_than_sign"] * 10, "apostrophe")
        x = it.text("#time").index("┤") - 2
        await it.pilot.click("#time", offset=(x, 0))  # The remaining future belongs to another branch.
        await it.pilot.pause(0)
        assert not it.session.travel.in_past
        await it.press("left_curly_bracket", "f6")
        assert "▲" not in it.text("#time")
        assert " of " not in it.text("#time")


async def test_enter_on_a_row_of_the_feed_goes_to_its_moment():
    async with stand(Scenario(fds=64), speed=10, details=True) as it:
        await it.run(3)
        it.feed.focus()
        await it.press("up", "up", "up")
        row = it.feed.model.rows()[-4]
        assert it.feed._held == row.moment
        await it.press("enter")
        assert it.session.paused
        assert it.session.race.now_ns == row.time_ns
        assert it.feed.model.rows()[-1].time_ns == row.time_ns
        assert f"{row.time_ns / 1e6:.4f}" in it.text("#feed").rstrip().split("\n")[-1]


async def test_a_double_click_on_a_row_does_too_and_one_click_points():
    async with stand(Scenario(fds=64), speed=10, details=True) as it:
        await it.run(3)
        row = it.feed._rows[1]
        await it.pilot.click("#feed", offset=(12, 3))
        await it.pilot.pause(0)
        assert it.feed._held == row.moment
        assert not it.session.travel.in_past
        await it.pilot.click("#feed", offset=(12, 3), times=2)
        await it.pilot.pause(0)
        assert it.session.race.now_ns == it.feed.model.rows()[-1].time_ns
        assert it.session.travel.in_past


async def test_rows_of_the_past_show_the_events_of_every_lane():
    """After a jump each lane shows its newest records; they begin at a different time in each lane."""
    async with stand(Scenario(fds=64, rate=200_000, lanes=("select", "poll", "epoll")), speed=100) as it:
        await it.run(3)
        await it.press(*["less_than_sign"] * 10)
        rows = it.feed.model.rows()
        assert len(rows) > 50
        assert all(len(row.effects) == 3 for row in rows[:-5])


async def test_following_shows_what_concerns_one_descriptor_only():
    async with stand(Scenario(fds=64), speed=10, details=True) as it:
        await it.run(3)
        fd = it.feed.model.rows()[-1].fd
        it.race_screen.pointing.point_at((fd - it.first_fd, fd - it.first_fd))
        await it.press("f")
        assert [it.session.travel.following] == [fd]
        assert {row.fd for row in it.feed.model.rows()} == {fd}
        assert f" fd {fd}  packet at " in it.text("#legend")
        assert it.grid("epoll").model.cursor == fd - it.first_fd
        stops = []
        for _ in range(6):
            await it.press("s")
            stops.append(it.session.race.now_ns)
            records = [*it.feed.model.records_of("select"), *it.feed.model.records_of("epoll")]
            assert any(record[0] == stops[-1] and record[2] == fd for record in records)
        await it.press("b", "b")
        assert it.session.race.now_ns == stops[-3]
        await it.press("f")
        assert it.session.travel.following is None
        assert len({row.fd for row in it.feed.model.rows()}) > 1


async def test_the_followed_cell_stays_marked():
    async with stand(Scenario(fds=64), speed=10) as it:
        await it.run(1)
        await it.press("f", *"20", "enter")
        cell = 20 - it.first_fd
        await it.press("up", "escape")
        assert it.grid("select").model.cursor == cell
        await it.pilot.resize_terminal(80, 24)
        await it.run(0.5)
        assert it.grid("select").model.cursor == cell
        assert " fd 20 " in it.text("#legend")


async def test_a_descriptor_that_says_nothing_is_followed_without_end():
    async with stand(Scenario(fds=64, active=1), speed=30) as it:
        await it.run(2)
        busy = it.feed.model.rows()[-1].fd
        quiet = busy + 1 if busy < it.first_fd + 63 else busy - 1
        await it.press("f", *str(quiet), "enter")
        assert "no packet for it of late" in it.text("#legend")
        before_ns = it.session.race.now_ns
        await it.press("b")
        assert it.session.race.now_ns == before_ns
        assert it.session.notice == f"nothing of fd {quiet} shortly before"
