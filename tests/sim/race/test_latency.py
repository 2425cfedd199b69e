"""The latency histogram: percentiles are within the promised error for any number of samples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.machine.records import Kind
from sim.race.latency import Latencies
from sim.race.race import Race
from sim.scenario.scenario import Scenario
from tests.support.races import MS, records_of

PROMISED = 1 / 64


def nearest_rank(samples: list[int], percent: int) -> int:
    return sorted(samples)[-(-len(samples) * percent // 100) - 1]


@given(
    st.lists(st.integers(0, 2**50) | st.integers(0, 200), min_size=1, max_size=300),
    st.sampled_from([1, 50, 90, 99, 100]),
)
def test_percentiles_are_off_by_less_than_promised(samples, percent):
    latencies = Latencies()
    latencies.samples.extend(samples)
    (found,) = latencies.percentiles(percent)
    exact = nearest_rank(samples, percent)
    assert found is not None
    assert abs(found - exact) <= exact * PROMISED


def test_small_values_are_exact():
    for value in range(64):
        latencies = Latencies()
        latencies.samples.append(value)
        assert latencies.percentiles(50) == (value,)


def test_folding_early_and_often_changes_nothing():
    often, once = Latencies(), Latencies()
    for value in range(1, 100_000, 37):
        often.samples.append(value)
        once.samples.append(value)
        if value % 3 == 0:
            often.fold()
    assert often.percentiles(1, 25, 50, 75, 99) == once.percentiles(1, 25, 50, 75, 99)


def test_percentiles_are_none_without_a_sample():
    latencies = Latencies()
    assert latencies.percentiles(50, 99) == (None, None)
    latencies.samples.append(5)
    latencies.clear()
    assert latencies.percentiles(50, 99) == (None, None)


@pytest.mark.parametrize("lane", ["select", "poll", "epoll"])
def test_latency_runs_from_the_packet_to_the_end_of_the_answer(lane):
    race = Race(Scenario(fds=100, active=1, burst=1, rate=500, lanes=(lane,)))
    records = records_of(race, 400 * MS)[lane]
    came = [record[0] for record in records if record[1] == Kind.PACKET]
    answered = [(record[0], record[3]) for record in records if record[1] == Kind.WRITE]
    assert len(came) > 150
    costs = race.costs
    took = []
    for begin_ns in came:
        # One answer is written for all that was read; its record has the time at which its work begins.
        written_ns, size = next((answer for answer in answered if answer[0] >= begin_ns), (None, 0))
        if written_ns is not None:
            copies_ns = 2 * -(-size * costs.copy_ps // 1000)
            work_ns = costs.read_ns + costs.application_ns * (size // 64) + costs.write_ns + copies_ns
            took.append(written_ns + work_ns - begin_ns)
    counters = race.frame().lanes[0].counters
    for found, percent in ((counters.latency_p50_ns, 50), (counters.latency_p99_ns, 99)):
        exact = nearest_rank(took, percent)
        assert found is not None
        assert abs(found - exact) <= exact * PROMISED
