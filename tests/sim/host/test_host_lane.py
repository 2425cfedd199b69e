"""The lane on the machine's own kernel: the race's arrivals, real sockets, real calls."""

import dataclasses
import gc
import os
import select
import sys
from itertools import pairwise

import numpy as np
import pytest

from sim.host import host_lane
from sim.host.due_bursts import due_bursts
from sim.host.host_kernel import SPARE_FDS, Nofile
from sim.host.host_lane import HostLane
from sim.machine.records import Kind
from sim.race.race import Race
from sim.scenario.scenario import Scenario
from sim.scenario.workload import Workload

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux' epoll")

FRAME_NS = 100_000
PATIENCE_S = 30.0
"""Seconds after which a server that does not answer fails a test."""
MOST_FRAMES = 100_000


def until(lane, race, done):
    """Run frames until ``done`` is true. A frame waits for the server's pipe, not for a part of a second."""
    for _ in range(MOST_FRAMES):
        if done(lane.view()):
            return
        if lane.view().state == "starting":
            output = lane._server.process.stdout
            assert select.select([output], [], [], PATIENCE_S)[0], "the server does not say its port"
        lane.step(race.workload, race.now_ns, PATIENCE_S)
        if lane.view().state == "running":
            race.advance(race.now_ns + FRAME_NS)
    raise AssertionError(lane.view())


def running(mechanism, fds=50, **settings):
    lane = HostLane(mechanism, fds)
    race = Race(Scenario(fds=fds, **settings))
    until(lane, race, lambda view: view.state in ("running", "failed"))
    return lane, race


@pytest.mark.parametrize("mechanism", host_lane.MECHANISMS)
def test_a_real_server_answers_the_races_requests(mechanism):
    lane, race = running(mechanism)
    try:
        until(lane, race, lambda view: view.answered >= 30)
        view = lane.view()
    finally:
        lane.close()
    assert view.failure is None
    assert (view.opened, view.requested, view.why_fewer) == (50, 50, None)
    assert view.answered <= view.played
    assert 0 < view.wakeups <= view.answered
    assert view.last_ns > 0
    assert 0 < view.best_ns <= view.median_ns


def test_descriptors_beyond_fd_setsize():
    lane, race = running("select", fds=1_500, active=1_500)
    try:
        until(lane, race, lambda view: view.answered >= 10)
        assert lane.view().opened == 1_500
    finally:
        lane.close()


@pytest.mark.parametrize("mechanism", ["epoll", "asyncio"])
def test_large_requests_come_back_whole(mechanism):
    lane, race = running(mechanism, fds=4, payload=65_536)
    try:
        until(lane, race, lambda view: view.answered >= 6)
    finally:
        lane.close()


def test_with_too_few_descriptors_it_says_so_and_uses_the_available_ones(monkeypatch):
    here = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(host_lane, "raise_nofile", lambda: Nofile(0, here + SPARE_FDS + 20, 0))
    lane, race = running("poll", fds=50, active=50)
    try:
        until(lane, race, lambda view: view.answered >= 5)
        view = lane.view()
    finally:
        lane.close()
    assert 15 <= view.opened <= 20
    assert view.requested == 50
    assert "this process may have" in (view.why_fewer or "")
    assert view.skipped > 0


def test_no_room_at_all_is_a_failure_in_words(monkeypatch):
    monkeypatch.setattr(host_lane, "raise_nofile", lambda: Nofile(10, 10, 10))
    lane, _ = running("epoll")
    assert lane.view().state == "failed"
    assert "this process may have 10 descriptors" in lane.view().failure
    lane.close()


def test_the_death_of_the_server_gives_a_message():
    lane, race = running("epoll")
    lane._server.process.kill()
    until(lane, race, lambda view: view.state == "failed")
    assert lane.view().failure == "the server process has ended"
    assert lane.view().opened == 0
    lane.close()


def test_another_operating_system_gives_a_message(monkeypatch):
    monkeypatch.setattr(host_lane, "why_no_host", lambda: "Plan 9 is not Linux")
    lane = HostLane("select", 10)
    lane.step(Workload(Scenario()), 0, 0.01)
    assert lane.view().failure == "Plan 9 is not Linux"
    lane.close()


def test_closing_leaves_nothing_open():
    gc.collect()
    before = sorted(os.listdir("/proc/self/fd"))
    lane, race = running("select")
    until(lane, race, lambda view: view.answered >= 3)
    process = lane._server.process
    lane.close()
    assert process.poll() is not None
    assert sorted(os.listdir("/proc/self/fd")) == before


def test_the_simulated_lanes_are_the_same_with_it_and_without():
    scenario = Scenario(fds=40, active=10, rate=50_000, lanes=("select", "poll", "epoll"))
    alone, beside = Race(scenario), Race(scenario)
    lane = HostLane("epoll", 40)
    try:
        for frame in range(1, 200):
            for race in (alone, beside):
                race.advance(frame * FRAME_NS)
            lane.step(beside.workload, beside.now_ns, 0.005)
            if frame == 100:
                for race in (alone, beside):
                    race.change(dataclasses.replace(scenario, rate=80_000))
            if frame % 20 == 0:
                assert told(alone) == told(beside)
        assert told(alone) == told(beside)
    finally:
        lane.close()


def told(race):
    """Everything that a race shows, as one value."""
    return [
        (
            dataclasses.astuple(lane.counters),
            list(lane.records),
            lane.call,
            np.asarray(lane.poll_mask).tobytes(),
        )
        for lane in race.frame().lanes
    ]


# --- which requests ------------------------------------------------------------------------------


def test_arrivals_are_the_same_as_in_the_simulated_lanes():
    race = Race(Scenario(fds=1_000, active=100, rate=100_000, lanes=("epoll",)))
    race.advance(2_000_000)
    got = due_bursts(race.workload, -1, 2_000_000)
    lane = race.frame().lanes[0]
    packets = [record[2] - lane.first_fd for record in lane.records if record[1] == Kind.PACKET]
    assert lane.records_lost == 0
    assert len(packets) > 100
    assert [slot for burst in got.bursts for slot in burst] == packets
    assert got.count == len(packets)


def test_stretches_add_up_to_the_whole():
    workload = Workload(Scenario(fds=100, active=30, rate=200_000, burst=4))
    steps = [-1, 0, 40_000, 41_000, 333_333, 1_000_000]
    parts = [due_bursts(workload, low, high) for low, high in pairwise(steps)]
    whole = due_bursts(workload, -1, 1_000_000)
    assert sum(part.count for part in parts) == whole.count
    assert [burst for part in parts for burst in part.bursts] == whole.bursts
    assert all(len(burst) % 4 == 0 for burst in whole.bursts)


def test_hang_ups_are_counted_and_not_played():
    workload = Workload(Scenario(fds=100, active=30, rate=0, churn=100_000))
    got = due_bursts(workload, -1, 1_000_000)
    assert got.count > 10
    assert got.bursts == []


def test_no_arrivals_and_no_time_give_no_bursts():
    assert due_bursts(Workload(Scenario(rate=0)), -1, 10**9).count == 0
    assert due_bursts(Workload(Scenario()), 500, 500).count == 0


def test_the_newest_arrivals_of_a_long_stretch_are_played_and_all_are_counted():
    workload = Workload(Scenario(fds=100, active=30, rate=1_000_000, burst=1))
    got = due_bursts(workload, -1, 100_000_000)
    assert got.count > 50_000
    assert sum(map(len, got.bursts)) < 5_000
    window_begin_ns = 100_000_000 // workload.window_ns * workload.window_ns
    assert got.bursts == due_bursts(workload, window_begin_ns - 1, 100_000_000).bursts
