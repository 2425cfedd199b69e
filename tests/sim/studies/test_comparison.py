"""The comparison's figures follow the formulas of each mechanism."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.machine.costs import BUILT_IN
from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from sim.studies.comparison import (
    MOST_PIECES,
    REQUESTS,
    WORK_LIMIT_NS,
    ComparisonRow,
    TrialProgress,
    comparison_rows,
    trial,
    trial_result,
)
from tests.support.races import MS

LANE_NAMES = tuple(LANES)

N = 500
SPARSE = Scenario(fds=N, active=50, rate=500, burst=1, lanes=LANE_NAMES)
"""Requests are so far apart that each is an event and a wake-up of its own."""


@pytest.fixture(scope="module")
def columns() -> dict[str, ComparisonRow]:
    race = Race(SPARSE)
    race.advance(400 * MS)
    race.change(replace(SPARSE, rate=0))
    race.advance(450 * MS)
    return {lane.lane: lane for lane in comparison_rows(race.frame())}


def test_every_lane_has_its_words():
    assert all(kind.keeper and kind.limit for kind in LANES.values())


@pytest.mark.parametrize(
    ("lane", "calls", "examined", "copied_in", "copied_out", "switches"),
    [
        # a call's bitmap covers the descriptors 0 to N + 4, in and out; two passes for each event
        ("select", 3, 2 * N, 8 * 8, 8 * 8, 2),
        ("poll", 3, 2 * N, 8 * N, 2 * N, 2),
        ("epoll", 3, 2, 0, 12, 2),
        ("epoll-et", 4, 1, 0, 12, 2),
        ("epoll-oneshot", 4, 1, 12, 12, 2),
        ("epoll-exclusive", 3, 2, 0, 12, 2),
        ("pool", 6, 1, 12, 12, 3),
        ("thread", 2, 2, 0, 0, 2),
        ("process", 2, 2, 0, 0, 2),
    ],
)
def test_figures_per_event(columns, lane, calls, examined, copied_in, copied_out, switches):
    column = columns[lane]
    # The first call of each task comes before the first event.
    assert column.calls_per_event == pytest.approx(calls, rel=0.05)
    assert column.examined_per_event == pytest.approx(examined, rel=0.02)
    assert column.copied_in_per_event == pytest.approx(copied_in, rel=0.02)
    assert column.copied_out_per_event == pytest.approx(copied_out, rel=0.02)
    assert column.switches_per_event == pytest.approx(switches, rel=0.08)
    assert column.wakeup_ns is not None


def test_memory_of_a_connection(columns):
    socket = BUILT_IN.socket_bytes
    each = {lane: column.connection_bytes for lane, column in columns.items()}
    assert each["epoll"] == each["pool"] == socket + 192
    assert each["select"] == socket + 65 + 1
    assert each["poll"] == socket + 65 + 16
    assert each["thread"] == socket + BUILT_IN.thread_bytes
    assert each["process"] == socket + BUILT_IN.process_bytes


def test_before_the_first_event_there_are_no_figures():
    column = comparison_rows(Race(Scenario(rate=0)).frame())[0]
    assert column.calls_per_event is None
    assert column.wakeup_ns is None
    assert column.connection_bytes is not None


# --- trials ---------------------------------------------------------------------------------------


def pieces(lane: str, scenario: Scenario) -> tuple[list[TrialProgress], ComparisonRow]:
    parts, steps = [], trial(lane, scenario)
    while True:
        try:
            parts.append(next(steps))
        except StopIteration as stop:
            return parts, stop.value


LOADED = Scenario(fds=300, active=300, rate=20_000, burst=4, lanes=("select", "epoll"))


@pytest.mark.parametrize("lane", LANE_NAMES)
def test_a_trial_ends_with_whole_calls_and_its_figures_come_from_the_counters(lane):
    parts, row = pieces(lane, LOADED)
    assert row.failure is None
    # The same race, run without the study: until enough answers, and then until the server sleeps.
    race = Race(replace(LOADED, lanes=(lane,)))
    piece_ns = 40 * 1_000_000_000 // LOADED.rate
    while race.frame().lanes[0].counters.requests < REQUESTS:
        race.advance(race.now_ns + piece_ns)
    race.change(replace(LOADED, lanes=(lane,), rate=0))
    while (frame := race.frame()).lanes[0].activity != "sleeping":
        race.advance(race.now_ns + piece_ns)
    counters = frame.lanes[0].counters
    assert counters.requests >= REQUESTS
    events = counters.requests if LANES[lane].posts_results else counters.ready
    said_bytes = counters.requests * LOADED.payload
    assert row.events == events
    assert row.calls_per_event == counters.syscalls / events
    assert row.examined_per_event == counters.scanned / events
    assert row.copied_in_per_event == max(0, counters.copied_in_bytes - said_bytes) / events
    assert row.copied_out_per_event == max(0, counters.copied_out_bytes - said_bytes) / events
    assert row.switches_per_event == counters.context_switches / events
    assert row.wakeup_ns == counters.wait_ns // counters.wakeups
    assert [part.done for part in parts] == sorted(part.done for part in parts)
    assert all(0 <= part.done <= 1 for part in parts)
    assert [part.work_ns for part in parts] == sorted(part.work_ns for part in parts)


def test_equal_scenarios_give_equal_rows_with_any_other_lanes():
    assert trial_result("poll", LOADED) == trial_result(
        "poll", replace(LOADED, lanes=("thread", "poll"), fault="herd")
    )
    assert trial_result("poll", LOADED) != trial_result("poll", replace(LOADED, seed=8))


def test_a_ring_reports_many_requests_at_a_time_and_each_counts():
    rows: dict[str, Any] = {
        lane: trial_result(lane, LOADED) for lane in ("io_uring", "io_uring-poll", "iocp", "epoll")
    }
    assert rows["io_uring"].calls_per_event < 1
    assert rows["io_uring-poll"].calls_per_event > 2
    assert rows["io_uring"].events == rows["iocp"].events >= REQUESTS


def test_a_trial_without_requests_ends_without_an_event():
    parts, row = pieces("epoll", replace(LOADED, rate=0))
    assert (row.events, row.calls_per_event, row.wakeup_ns) == (0, None, None)
    assert parts[-1].done <= 1


def test_a_lane_that_the_machine_has_no_memory_for_says_so():
    row: Any = trial_result("thread", Scenario(fds=1_000_000))
    assert row.events == 0
    assert "thread fails here" in row.failure
    assert row.connection_bytes == BUILT_IN.socket_bytes + BUILT_IN.thread_bytes


def test_a_livelock_ends_by_the_price_list():
    parts, row = pieces("thread", Scenario(rate=1_000_000))
    assert row.events < REQUESTS
    assert len(parts) <= 1 + MOST_PIECES
    assert parts[-1].work_ns < WORK_LIMIT_NS + 20_000_000


@settings(max_examples=25)
@given(
    lane=st.sampled_from(LANE_NAMES),
    fds=st.integers(1, 400),
    active=st.integers(1, 400),
    rate=st.sampled_from([0, 500, 20_000, 300_000]),
    burst=st.integers(1, 40),
    churn=st.sampled_from([0, 0, 2_000]),
)
def test_any_trial_ends_with_possible_figures(lane, fds, active, rate, burst, churn):
    scenario = Scenario(fds=fds, active=min(fds, active), rate=rate, burst=burst, churn=churn)
    parts, ended = pieces(lane, scenario)
    row: Any = ended
    assert all(0 <= part.done <= 1 for part in parts)
    assert len(parts) <= 1 + MOST_PIECES
    figures = (
        row.calls_per_event,
        row.examined_per_event,
        row.copied_in_per_event,
        row.copied_out_per_event,
        row.switches_per_event,
    )
    assert all(value is None for value in figures) if not row.events else all(v >= 0 for v in figures)
    assert row.connection_bytes > 0


def test_estimated_costs_name_their_source():
    estimated = {name: kind.prices for name, kind in LANES.items() if kind.prices.estimated}
    assert set(estimated) == {"kqueue", "iocp"}
    assert all("estimated" in prices.source for prices in estimated.values())
