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


@settings(max_examples=250)
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


@pytest.mark.parametrize("lane", ["process", "thread"])
def test_a_task_that_ends_is_counted_until_it_has_ended(lane):
    race = Race(Scenario(fds=3, churn=60_000, lanes=(lane,)), history_bytes=0)
    while race.now_ns < 3 * MS:
        race.step_event()
        tasks = race.frame().lanes[0].tasks
        assert tasks is not None
        assert tasks.blocked >= 0
