"""Every lane at the edges of every setting: nobody waits for an idle lane, and all figures are true."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario, Share
from tests.support.lane_invariants import waiting_in_vain
from tests.support.odd_races import check_race, odd_scenarios
from tests.support.races import MS

ALL = Share(10_000)
RINGS = tuple(name for name in LANES if name.startswith("io_uring"))


@settings(max_examples=160)
@given(odd_scenarios(arrivals=400))
def test_all_figures_hold_at_every_moment(race):
    check_race(*race)


@pytest.mark.parametrize("lane", LANES)
def test_a_burst_larger_than_the_buffers_is_answered_to_the_last_request(lane):
    scenario = Scenario(fds=1_400, active=ALL, rate=1_000_000, burst=1_400, payload=1, lanes=(lane,))
    race = Race(scenario, history_bytes=0)
    race.advance(3 * MS)
    race.change(replace(scenario, rate=0))
    race.advance(120 * MS)
    counters = race.frame().lanes[0].counters
    assert counters.requests >= scenario.burst
    assert counters.requests % scenario.burst == 0
    assert not waiting_in_vain(race._time_line.lanes[lane])


@pytest.mark.parametrize("lane", RINGS)
def test_so_is_one_that_is_larger_than_the_completion_ring(lane):
    scenario = Scenario(fds=4_400, active=ALL, rate=1_000_000, burst=4_400, payload=1, lanes=(lane,))
    race = Race(scenario, history_bytes=0)
    race.advance(race.workload.window(0).times_ns[0])
    race.change(replace(scenario, rate=0))
    race.advance(200 * MS)
    assert race.frame().lanes[0].counters.requests == scenario.burst
    assert not waiting_in_vain(race._time_line.lanes[lane])


@pytest.mark.parametrize("lane", RINGS)
def test_so_are_several_that_overflow_both_rings_and_leave_no_buffer(lane):
    # A completion that finds no room ends its request, and so does a receive that finds no buffer.
    scenario = Scenario(
        fds=5_200, active=ALL, rate=1_000_000, burst=5_200, payload=2, buffer=1, lanes=(lane,)
    )
    race = Race(scenario, history_bytes=0)
    arrivals = [at_ns for number in range(20) for at_ns in race.workload.window(number).times_ns[:-1]]
    race.advance(sorted(set(arrivals))[5])
    race.change(replace(scenario, rate=0))
    race.advance(1_000 * MS)
    assert race.frame().lanes[0].counters.requests == 6 * scenario.burst


@pytest.mark.parametrize("lane", ["process", "thread"])
def test_a_task_that_ends_is_counted_until_it_has_ended(lane):
    race = Race(Scenario(fds=3, churn=60_000, lanes=(lane,)), history_bytes=0)
    while race.now_ns < 3 * MS:
        race.step_event()
        tasks = race.frame().lanes[0].tasks
        assert tasks is not None
        assert tasks.blocked >= 0
