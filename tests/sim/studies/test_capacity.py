"""Capacity: the largest size that holds, and what fails beyond it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.machine.costs import BUILT_IN
from sim.scenario.scenario import Scenario, Share
from sim.studies import capacity as module
from sim.studies.capacity import (
    Capacity,
    CapacityProbe,
    CapacityProgress,
    find_capacity,
    find_capacity_in_pieces,
    probe,
    sizes,
)

LOAD = Scenario(active=Share(100))
LIMIT_NS = 1_000_000


@pytest.fixture(autouse=True)
def shorter(monkeypatch):
    """A fifth of the time at each size is enough here."""
    monkeypatch.setattr(module, "RACE_NS", 40_000_000)


def found(
    lane: str, load: Scenario = LOAD, limit_ns: int = LIMIT_NS, **more
) -> tuple[Capacity, list[CapacityProbe]]:
    tried = []
    probes = find_capacity(lane, load, limit_ns, **more)
    while True:
        try:
            tried.append(next(probes))
        except StopIteration as stop:
            return stop.value, tried


def test_sizes_are_two_digits_and_noughts():
    assert sizes(130) == [*range(1, 10), *range(10, 100), 100, 110, 120, 130]
    assert sizes()[-2:] == [990_000, 1_000_000]
    assert all(
        later <= 1.1 * earlier or later < 12 for earlier, later in zip(sizes(), sizes()[1:], strict=False)
    )


@pytest.mark.parametrize("lane", ["thread", "process"])
def test_memory_ends_where_it_is_used_up(lane):
    each = BUILT_IN.socket_bytes + (BUILT_IN.thread_bytes if lane == "thread" else BUILT_IN.process_bytes)
    costs = replace(BUILT_IN, memory_bytes=4_321 * each)
    result, tried = found(lane, replace(LOAD, rate=1_000), costs=costs)
    assert (result.connections, result.limit) == (4_300, "memory")
    assert result.p99_ns is not None
    assert result.p99_ns < LIMIT_NS
    assert len(tried) <= 11


def test_the_capacity_of_a_scan_is_limited_by_latency_and_the_sizes_beside_it_agree():
    result, tried = found("select")
    assert result.limit == "latency"
    held = [size for size in tried if size.gave_way == "none"]
    broken = [size for size in tried if size.gave_way != "none"]
    assert max(size.connections for size in held) == result.connections
    # No size lies between the last that held and the first that did not.
    steps = sizes()
    assert min(size.connections for size in broken) == steps[steps.index(result.connections) + 1]
    assert result.p99_ns is not None
    assert result.p99_ns <= LIMIT_NS


def test_a_looser_limit_gives_a_larger_capacity_and_a_stricter_one_a_smaller():
    strict, _ = found("poll", limit_ns=300_000)
    loose, _ = found("poll", limit_ns=10_000_000)
    assert 0 < strict.connections * 5 < loose.connections


def test_epoll_holds_the_largest_size_at_the_first_try():
    result, tried = found("epoll", most=100_000)
    assert (result.connections, result.limit, len(tried)) == (100_000, "none", 1)


def test_a_lane_that_does_not_hold_one_connection_has_capacity_0():
    result, _ = found("epoll", limit_ns=1_000)
    assert result == Capacity("epoll", 0, "latency", None)


def test_drops_and_slowness_are_two_different_limits():
    tried = probe("select", 20_000, replace(LOAD, churn=1_000_000, rate=1_000, active=1), 10**12)
    assert tried.gave_way == "drops"


def test_a_lane_that_answers_nothing_in_time_fails_by_latency():
    assert probe("select", 1_000_000, LOAD, LIMIT_NS).gave_way == "latency"
    assert probe("select", 1_000_000, replace(LOAD, rate=0), LIMIT_NS) == CapacityProbe(
        "select", 1_000_000, "none", None
    )


def test_a_search_piece_by_piece_finds_the_same_and_reports_its_progress():
    steps = find_capacity_in_pieces("select", LOAD, LIMIT_NS)
    tried: list[CapacityProbe] = []
    trying: list[CapacityProgress] = []
    while True:
        try:
            step = next(steps)
        except StopIteration as stop:
            result = stop.value
            break
        if isinstance(step, CapacityProbe):
            tried.append(step)
        else:
            trying.append(step)
    assert (result, tried) == found("select")
    sizes_tried = [probe.connections for probe in tried]
    assert {step.connections for step in trying} <= set(sizes_tried)
    for size in sizes_tried:
        of_size = [step for step in trying if step.connections == size]
        assert [step.done for step in of_size] == sorted(step.done for step in of_size)
        assert [step.work_ns for step in of_size] == sorted(step.work_ns for step in of_size)


def test_much_traffic_means_shorter_pieces_and_the_same_result(monkeypatch):
    busy = replace(LOAD, rate=200_000)
    with monkeypatch.context() as patch:
        patch.setattr(module, "_STEP_PACKETS", 10**9)
        whole = probe("epoll", 1_000, busy, LIMIT_NS)
    pieces = sum(
        isinstance(step, CapacityProgress)
        for step in find_capacity_in_pieces("epoll", busy, LIMIT_NS, most=1)
    )
    assert probe("epoll", 1_000, busy, LIMIT_NS) == whole
    monkeypatch.setattr(module, "_STEP_PACKETS", 100)
    assert (
        sum(
            isinstance(step, CapacityProgress)
            for step in find_capacity_in_pieces("epoll", busy, LIMIT_NS, most=1)
        )
        > 2 * pieces
    )
