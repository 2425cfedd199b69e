"""A request in a lane, simulated beside measured: the figures compared, and the real server behind them."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from sim.host.measuring.host_ring import why_no_ring
from sim.host.measuring.measurement import CannotMeasure
from sim.host.measuring.meter import Meter
from sim.machine.costs import BUILT_IN
from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from sim.studies.host_comparison import HostComparison, compare_with_host, simulated_request, sweep

MEASURABLE = tuple(name for name, kind in LANES.items() if kind.unmeasured is None)
needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux' epoll")


def test_a_lane_that_is_not_measured_says_why():
    for lane in set(LANES) - set(MEASURABLE):
        assert LANES[lane].unmeasured
        assert compare_with_host(lane, None) == HostComparison(
            lane, 64, None, None, None, None, LANES[lane].unmeasured
        )


@pytest.mark.parametrize("lane", MEASURABLE)
def test_each_request_finds_the_simulated_server_asleep(lane):
    _, sleeps = simulated_request(lane)
    assert sleeps == pytest.approx(1, abs=0.05)


def test_the_simulated_figure_is_the_servers_time_without_its_own_work_and_the_answers_way_up():
    busy_ns, _ = simulated_request("epoll", 64)
    race = Race(Scenario(fds=64, active=64, rate=2_000, burst=1, lanes=("epoll",)))
    race.advance(250_000_000)
    counters = race.frame().lanes[0].counters
    spent_ns = counters.wait_ns + counters.cost_ns["socket_io"]
    assert busy_ns == spent_ns // counters.requests + BUILT_IN.softirq_ns


def test_more_processes_make_a_request_cost_more_because_caches_overflow():
    few, _ = simulated_request("process", 8)
    many, _ = simulated_request("process", 512)
    threads, _ = simulated_request("thread", 512)
    assert few < threads * 2 < many


@needs_linux
def test_every_lane_called_measurable_has_a_server():
    from sim.host.measuring.lane_requests import SERVERS

    assert set(MEASURABLE) == set(SERVERS)


@needs_linux
@pytest.mark.parametrize(
    "lane",
    [
        pytest.param(lane, marks=pytest.mark.skipif(bool(why_no_ring()), reason=f"{why_no_ring()}"))
        if lane.startswith("io_uring")
        else lane
        for lane in MEASURABLE
    ],
)
def test_a_real_server_answers_every_request_and_sleeps_between_them(lane):
    with Meter() as meter:
        found: Any = compare_with_host(lane, meter, connections=8)
    assert found.why_not is None
    assert found.measured_ns is not None
    assert found.measured_ns > 500
    assert found.ratio == found.measured_ns / found.simulated_ns
    # If other programs run, a request may find the server awake. A task sleeps at most about once for each
    # request.
    assert 0.5 < found.measured_sleeps < 1.2


@needs_linux
def test_too_many_connections_are_refused_in_one_line():
    with Meter() as meter, pytest.raises(CannotMeasure, match="open files, but this shell allows"):
        meter.lane("epoll", 10**8)


@needs_linux
def test_a_lane_without_a_server_here_cannot_be_measured():
    with Meter() as meter:
        with pytest.raises(CannotMeasure, match="no server that waits as kqueue does"):
            meter.lane("kqueue", 4)
        assert meter.lane("epoll", 4)[0].ns > 0  # and the process is still there


@needs_linux
# The measuring process has one thread when it forks its server; a process that runs tests can have more.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_kernel_that_forbids_io_uring_is_refused_in_one_line(monkeypatch):
    from sim.host.measuring import ring_server_loops
    from sim.host.measuring.lane_requests import measure_lane

    monkeypatch.setattr(
        ring_server_loops, "why_no_ring", lambda: "this kernel has no io_uring for us (EPERM)"
    )
    with pytest.raises(CannotMeasure, match=r"no io_uring for us \(EPERM\)"):
        measure_lane("io_uring", 2)


@needs_linux
def test_lanes_come_one_after_the_other():
    with Meter() as meter:
        assert [found.lane for found in sweep(["iocp", "epoll"], meter)] == ["iocp", "epoll"]
