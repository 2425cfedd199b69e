"""The properties of every race hold in lanes with tasks too: accounts, packets, any steps of time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.machine.records import Kind
from sim.race.race import Race
from sim.scenario.faults import FAULTS
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from tests.support.races import (
    MS,
    arrivals,
    check_accounts,
    check_change,
    digest,
    records_of,
    scenarios,
    shown,
)

LANE_NAMES = tuple(LANES)

NEW = LANE_NAMES[:3] + tuple(lane for lane in LANE_NAMES if lane.startswith("epoll-"))
END_NS = 3 * MS


def races() -> st.SearchStrategy[Scenario]:
    """Small races of every kind with two lanes that have tasks, some with a fault."""

    def build(scenario: Scenario, lanes: list[str], fault: str) -> Scenario:
        return replace(scenario, lanes=tuple(lanes), fault=fault)

    lanes = st.lists(st.sampled_from(NEW), min_size=1, max_size=2, unique=True)
    return st.builds(build, scenarios(), lanes, st.sampled_from(["", "", *FAULTS]))


@settings(max_examples=44)
@given(races(), st.lists(st.integers(0, 200_000), max_size=40))
def test_the_sum_is_exact_for_any_race_and_any_steps(scenario, steps):
    race = Race(scenario)
    frame = race.frame()
    for step_ns in steps:
        race.advance(race.now_ns + step_ns)
        frame, before = race.frame(), frame
        check_accounts(frame, before)


@settings(max_examples=44)
@given(races(), st.lists(st.integers(0, END_NS), max_size=30))
def test_one_long_run_and_many_short_ones_show_the_same(scenario, cuts):
    whole, pieces = Race(scenario), Race(scenario)
    whole.advance(END_NS)
    for cut_ns in sorted(cuts):
        pieces.advance(cut_ns)
        pieces.frame()
        pieces.next_event_ns()
    pieces.advance(END_NS)
    ends = [race.frame() for race in (whole, pieces)]
    assert shown(ends[0], records=False) == shown(ends[1], records=False)
    for one, other in zip(ends[0].lanes, ends[1].lanes, strict=True):
        assert one.warning == other.warning
        assert one.memory == other.memory
        assert one.mechanism == other.mechanism
        assert (one.tasks is None) == (other.tasks is None)
        if one.tasks is not None and other.tasks is not None:
            assert one.tasks.states.tolist() == other.tasks.states.tolist()
            assert replace(one.tasks, states=other.tasks.states) == other.tasks


@settings(max_examples=22)
@given(races(), races(), st.integers(0, END_NS), st.lists(st.integers(0, END_NS), max_size=10))
def test_changes_at_the_same_moment_make_the_same_race(before, after, change_ns, cuts):
    check_change(before, after, change_ns, cuts, END_NS)


@settings(max_examples=22)
@given(scenarios())
def test_every_lane_gets_the_same_packets(scenario):
    records = records_of(Race(replace(scenario, lanes=("epoll", *NEW))), 3 * MS)
    packets = {name: arrivals(lane) for name, lane in records.items()}
    assert all(lane == packets["epoll"] for lane in packets.values())


@settings(max_examples=22)
@given(scenarios())
def test_the_bytes_answered_are_the_bytes_sent(scenario):
    records = records_of(Race(replace(scenario, lanes=NEW)), 3 * MS)
    for lane in records.values():
        asked: dict[int, int] = {}
        for _, kind, fd, value, _, _ in lane:
            if kind == Kind.READ:
                asked[fd] = value
            elif kind == Kind.WRITE:
                assert asked.pop(fd) == value > 0
            elif kind == Kind.CLOSE:
                assert asked.pop(fd) == 0
        assert set(asked.values()) <= {value for value in asked.values() if value >= 0}


@pytest.mark.parametrize("lane", NEW)
def test_every_request_sent_is_answered_dropped_or_still_queued(lane):
    scenario = Scenario(fds=60, active=60, rate=300_000, burst=30, seed=3, lanes=(lane,))
    race = Race(scenario)
    sent = 0
    for _ in range(40):
        race.advance(race.now_ns + 250_000)
        frame = race.frame().lanes[0]
        sent += sum(1 for record in frame.records if record[1] in (Kind.PACKET, Kind.DROP))
    race.change(replace(scenario, rate=0))
    race.advance(race.now_ns + 1_000 * MS)
    frame = race.frame().lanes[0]
    assert race.inspect(lane, frame.first_fd, frame.first_fd + 59).buffered_bytes == 0
    assert frame.counters.requests + frame.counters.dropped == sent > 2_000


def test_single_steps_lead_to_the_same_place():
    scenario = Scenario(fds=64, active=20, rate=100_000, burst=10, churn=5_000, lanes=NEW)
    stepped, run = Race(scenario), Race(scenario)
    for _ in range(300):
        due_ns, before_ns = stepped.next_event_ns(), stepped.now_ns
        stepped.step_event()
        assert due_ns is not None
        assert stepped.now_ns == due_ns if due_ns > before_ns else stepped.now_ns > before_ns
    run.advance(stepped.now_ns)
    assert shown(stepped.frame()) == shown(run.frame())


def test_the_same_seed_gives_the_same_records():
    scenario = Scenario(fds=300, active=60, churn=5_000, lanes=NEW)
    digests = [
        digest(records_of(Race(replace(scenario, seed=seed)), 10 * MS, step_ns))
        for seed, step_ns in ((7, MS), (7, 333_333), (8, MS))
    ]
    assert digests[0] == digests[1] != digests[2]
