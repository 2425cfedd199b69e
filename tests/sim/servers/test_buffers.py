"""Every lane reads into buffers of the same size; a request is the same work however many reads it takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.frames.frame import LaneFrame
from sim.machine.costs import BUILT_IN
from sim.machine.records import Kind
from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from tests.support.races import MS, records_of

OTHER_WORK = {"select": "the walk over the bits", "poll": "the walk over the array", "asyncio": "its clock"}
"""Lanes whose programs compute something else too."""
LARGE = Scenario(fds=4, active=1, burst=1, rate=2_000, payload=65_536)


def answered(scenario: Scenario, lane: str) -> tuple[LaneFrame, list[int]]:
    """A lane that has answered all requests of 5 ms, and the sizes of its reads."""
    race = Race(replace(scenario, lanes=(lane,)), history_bytes=0)
    records = records_of(race, 5 * MS)[lane]
    race.change(replace(race.scenario, rate=0))
    records += records_of(race, 60 * MS)[lane]
    (frame,) = race.frame().lanes
    return frame, [record[3] for record in records if record[1] == Kind.READ]


@pytest.mark.parametrize("lane", [name for name in LANES if name not in OTHER_WORK])
@pytest.mark.parametrize("buffer", [65_536, 50_000, 1_460])
def test_the_work_of_a_request_is_charged_once(lane, buffer):
    frame, _ = answered(replace(LARGE, rate=8_000, payload=40_000, buffer=buffer), lane)
    assert frame.counters.requests > 10
    assert frame.counters.cost_ns["application"] == frame.counters.requests * BUILT_IN.application_ns


@pytest.mark.parametrize("lane", LANES)
def test_the_largest_request_takes_one_read_or_two(lane):
    frame, reads = answered(LARGE, lane)
    sizes = [4_096, 61_440] if lane == "iocp" else [65_536]
    assert frame.counters.requests > 3
    assert reads == frame.counters.requests * sizes


@pytest.mark.parametrize("lane", [name for name in LANES if name not in {"asyncio", "iocp"}])
def test_a_small_buffer_takes_many(lane):
    frame, reads = answered(replace(LARGE, buffer=10_000), lane)
    assert reads == frame.counters.requests * [*[10_000] * 6, 5_536]
