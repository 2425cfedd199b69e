"""The two figures of a waiting call: found data at once, and had to wait."""

import json
from dataclasses import replace

import pytest

from c10k_tui.cli.compare import as_data as compared_data
from c10k_tui.cli.run_output import as_data
from sim.host.measuring.points import Point
from sim.kernel import blocking_calls
from sim.kernel.core import KernelCore
from sim.machine.costs import BUILT_IN
from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from sim.studies.benchmark import simulated_ns
from sim.studies.comparison import comparison_rows

BUSY = Scenario(fds=100, active=10, rate=40_000)
QUIET = Scenario(fds=2_000, active=1, rate=1_000, lanes=("select", "poll", "epoll"))


def raced(scenario, until_ns):
    race = Race(scenario)
    race.advance(until_ns)
    return race


@pytest.mark.parametrize("name", LANES)
@pytest.mark.parametrize("churn", [0, 5_000])
def test_each_call_that_found_data_is_of_one_kind(name, churn, monkeypatch):
    calls = []
    call_found, pay_found = KernelCore.call_found, blocking_calls.pay_found

    def noted(kernel, summary):
        calls.append((bool(summary[5]), summary[6]))
        call_found(kernel, summary)

    def noted_blocking(kernel, slept, spent_ns):
        calls.append((slept, spent_ns))
        pay_found(kernel, slept, spent_ns)

    monkeypatch.setattr(KernelCore, "call_found", noted)
    monkeypatch.setattr(blocking_calls, "pay_found", noted_blocking)
    counted = raced(replace(BUSY, lanes=(name,), churn=churn), 5_000_000).frame().lanes[0].counters
    slept = [cost_ns for slept, cost_ns in calls if slept]
    at_once = [cost_ns for slept, cost_ns in calls if not slept]
    assert counted.slept_calls + counted.at_once_calls == counted.wakeups > 0
    assert (counted.slept_calls, counted.slept_ns) == (len(slept), sum(slept))
    assert (counted.at_once_calls, counted.at_once_ns) == (len(at_once), sum(at_once))
    assert min(slept + at_once) > 0


@pytest.mark.parametrize("mechanism", QUIET.lanes)
def test_a_call_that_had_to_wait_costs_what_the_curve_says(mechanism):
    lanes = {lane.name: lane for lane in raced(QUIET, 100_000_000).frame().lanes}
    on_the_curve_ns = simulated_ns(Point(mechanism, 2_000, 1, "slept"), BUILT_IN)
    assert lanes[mechanism].counters.slept_call_ns == pytest.approx(on_the_curve_ns, rel=0.01)


def test_the_race_and_the_commands_give_the_same_figures():
    frame = raced(QUIET, 20_000_000).frame()
    told = json.loads(json.dumps(as_data(frame, BUILT_IN)))["lanes"]
    rows = compared_data(comparison_rows(frame), QUIET, BUILT_IN)["lanes"]
    assert isinstance(rows, dict)
    for lane in frame.lanes:
        for figure in ("wakeup_ns", "slept_call_ns", "at_once_call_ns"):
            shown = getattr(lane.counters, figure)
            assert told[lane.name][figure] == rows[lane.name][figure] == shown, (lane.name, figure)
    select = frame.lanes[0].counters
    assert select.slept_call_ns == 296_156


def test_time_travel_brings_the_counts_back():
    race = Race(BUSY)
    race.advance(3_000_000)
    then = [lane.counters for lane in race.frame().lanes]
    race.advance(6_000_000)
    assert [lane.counters.slept_ns for lane in race.frame().lanes] > [c.slept_ns for c in then]
    race.seek(3_000_000)
    assert [lane.counters for lane in race.frame().lanes] == then
