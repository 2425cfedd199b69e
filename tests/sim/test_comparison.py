"""The comparison's figures follow the formulas of each mechanism."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.comparison import MECHANISMS, Facts, facts
from sim.costs import BUILT_IN
from sim.race import Race
from sim.scenario import LANES, Scenario
from tests.sim.races import MS

N = 500
SPARSE = Scenario(fds=N, active=50, rate=500, burst=1, lanes=LANES)
"""Requests so far apart that each is an event and a wake-up of its own."""


@pytest.fixture(scope="module")
def columns() -> dict[str, Facts]:
    race = Race(SPARSE)
    race.advance(400 * MS)
    race.change(replace(SPARSE, rate=0))
    race.advance(450 * MS)
    return {lane.lane: lane for lane in facts(race.frame())}


def test_every_lane_has_its_words():
    assert set(MECHANISMS) >= set(LANES)
    assert all(words.keeper and words.limit for words in MECHANISMS.values())


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
    # The first call of each task is made before the first event.
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
    column = facts(Race(Scenario(rate=0)).frame())[0]
    assert column.calls_per_event is None
    assert column.wakeup_ns is None
    assert column.connection_bytes is not None
