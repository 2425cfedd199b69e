"""The host lane on the race screen: a real server, and figures that are marked as measured."""

import select
import sys
from typing import Any

import pytest

from c10k_tui.screens.race.views.host import host_lines, host_subtitle, host_title
from c10k_tui.session import host_lane_switch
from c10k_tui.session.host_lane_switch import HostLaneSwitch
from c10k_tui.session.measured_figures import MeasuredFigures
from c10k_tui.text.styled_text import text_of, width_of
from sim.host import host_lane
from sim.host.host_view import HostView
from sim.scenario.scenario import Scenario
from tests.support.lane_frames import counters, frame, lane
from tests.support.paused_app import stand

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux' epoll")
STEPS = 5_000
PATIENCE_S = 30
"""Seconds after which a server that does not start fails a test."""


async def until(it, done):
    """Run frames of the race until something holds. A frame waits for a server that starts."""
    for _ in range(STEPS):
        await it.run(1 / 30)
        view = it.race_screen.host_lane.view()
        if view is not None and done(view):
            await it.run(0.3)
            return
        if view is not None and view.state == "starting":
            assert select.select([server_of(it).stdout], [], [], PATIENCE_S)[0], "the server does not start"
    raise AssertionError(it.text("#host"))


def server_of(it):
    """The lane's server process."""
    lane = it.race_screen.host_lane._lane
    assert lane is not None
    return lane._server.process


@linux
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_h_puts_a_measured_lane_on_the_screen_and_takes_it_off(size):
    async with stand(Scenario(fds=64), size, speed=10) as it:

        def shown():
            return it.race_screen.query_one("#host").display

        assert not shown()
        await it.press("h")
        await until(it, lambda view: view.answered >= 6)
        assert shown()
        assert "select ─ MEASURED on this machine's kernel" in it.text()
        assert "64 TCP connections over loopback" in it.text()
        assert "of CPU" in it.text("#host")
        assert "measured" in it.text("#host")
        assert it.text().count("1 cell =") == 2
        process = server_of(it)
        await it.press("h")
        assert not shown()
        assert process.poll() is not None


@linux
async def test_shift_h_changes_the_mechanism_and_another_number_of_descriptors_reopens_them():
    async with stand(Scenario(fds=64), speed=10) as it:
        seen = []
        for _ in range(5):
            await it.press("H")
            seen.append(it.race_screen.host_lane.mechanism)
        assert seen == ["select", "poll", "epoll", "asyncio", "select"]
        await until(it, lambda view: view.opened == 64)
        await it.press("plus")
        await until(it, lambda view: view.opened == 256 and view.answered >= 3)
        assert "256 TCP connections" in it.text()


@linux
async def test_leaving_the_app_ends_the_server():
    async with stand(Scenario(fds=16)) as it:
        await it.press("h")
        process = server_of(it)
    assert process.poll() is not None


async def test_where_it_cannot_run_it_says_why(monkeypatch):
    monkeypatch.setattr(host_lane, "why_no_host", lambda: "Plan 9 is not Linux: it has no epoll")
    async with stand(Scenario(fds=16)) as it:
        await it.press("h")
        await it.run(0.3)
        assert "cannot run: Plan 9 is not Linux" in it.text("#host")
        await it.press("space", "plus")
        assert it.race_screen.host_lane.on


def view(**known):
    fields: dict[str, Any] = {
        "mechanism": "select",
        "state": "running",
        "requested": 2_000,
        "opened": 2_000,
        "why_fewer": None,
    }
    fields |= {"failure": None, "wakeups": 7, "last_ns": 300_000, "last_ready": 3, "last_slept": True}
    fields |= {"median_ns": 520_000, "best_ns": 250_000, "played": 25, "answered": 21, "skipped": 0}
    return HostView(**(fields | known))


def said(known, width=118, height=3, race=None):
    lines = host_lines(known, race or frame(lane("epoll")), width, height)
    assert all(width_of(line) <= width for line in lines)
    return [text_of(line).strip() for line in lines]


def test_what_it_says():
    assert said(view()) == [
        "last call 300 µs of CPU time: slept, then 3 of 2,000 descriptors were ready · wake-ups 7",
        "measured 520 µs a call (median; best 250 µs)",
        "21 requests answered, a burst at a time",
    ]
    assert host_title(view(mechanism="poll")) == "poll ─ MEASURED on this machine's kernel"


def test_the_simulated_lane_of_the_same_mechanism_stands_beside_it():
    race = frame(lane("select", counters=counters(wakeups=10, cost_ns={"scan": 2_600_000})))
    assert said(view(), race=race)[1] == (
        "measured 520 µs a call (median; best 250 µs) · simulated 260 µs a wake-up · 2.0×: "
        "real sockets, cold caches"
    )
    assert said(view(median_ns=260_000), race=race)[1].endswith("simulated 260 µs a wake-up · 1.0×")


def test_narrow_lanes_say_the_same_in_fewer_words():
    race = frame(lane("select", counters=counters(wakeups=10, cost_ns={"scan": 2_600_000})))
    assert said(view(skipped=56_789), 78, 2, race) == [
        "last call 300 µs of CPU: slept, then 3 of 2,000 ready · 56.8k not played",
        "measured 520 µs a call (median; best 250 µs) · simulated 260 µs · 2.0×",
    ]
    assert said(view(skipped=56_789), 50, 2, race) == [
        "last call 300 µs · 56.8k not played",
        "measured 520 µs (best 250 µs) · simulated 260 µs…",
    ]


def test_the_screen_names_what_the_host_lane_does_not_play():
    assert said(view(skipped=1_234), 80)[2] == ("21 requests answered, a burst at a time · 1,234 not played")
    assert "a frame has 8 ms for them" in said(view(skipped=1_234))[2]


def test_fewer_connections_than_asked_for_are_shown_with_the_reason():
    few = view(opened=990, why_fewer="this process may have 1,024 descriptors")
    assert host_subtitle(few, 118) == "990 of 2,000 TCP connections: this process may have 1,024 descriptors"
    assert host_subtitle(few, 70) == "990 of 2,000: this process may have 1,024 descriptors"
    assert host_subtitle(view(), 80) == "2,000 TCP connections over loopback"


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"state": "starting"}, "opening real connections: server starting"),
        ({"state": "opening", "opened": 10}, "opening real connections: 10 of 2,000"),
        ({"median_ns": None}, "waiting in a real select call for the next burst"),
        ({"failure": "no"}, "cannot run: no"),
    ],
)
def test_what_it_says_before_there_is_anything_to_say(known, words):
    assert said(view(**known), 80)[0] == words


def test_off_is_off():
    host_lane_switch = HostLaneSwitch(lambda: 0.0, MeasuredFigures())
    assert host_lane_switch.view() is None
    host_lane_switch.close()
    assert not host_lane_switch.on


def test_asyncio_shows_the_time_of_a_whole_wake_up():
    loop = view(mechanism="asyncio")
    simulated = lane("asyncio", counters=counters(wakeups=1, cost_ns={"loop": 4_000, "callback": 5_000}))
    lines = [text_of(line) for line in host_lines(loop, frame(simulated), 118, 3)]
    assert lines[0].startswith(" last wake-up ")
    assert "a wake-up, its loop included (median" in lines[1]
    assert "simulated 9.00 µs a wake-up" in lines[1]
    waiting = host_lines(view(mechanism="asyncio", median_ns=None), frame(simulated), 118, 3)
    assert text_of(waiting[0]) == " waiting in a real epoll_wait call for the next burst"


def test_the_screen_knows_every_mechanism_of_the_host_lane():
    assert host_lane_switch.MECHANISMS == host_lane.MECHANISMS
