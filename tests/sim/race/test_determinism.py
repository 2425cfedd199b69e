"""A scenario, a seed and the user's actions give the same race for any steps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.race.race import Race
from sim.scenario.scenario import Scenario, Share
from tests.support.races import MS, SCENARIOS, check_change, digest, records_of, scenarios, shown

END_NS = 3 * MS


@settings(max_examples=33)
@given(scenarios(), st.lists(st.integers(0, END_NS), max_size=30))
def test_one_long_run_and_many_short_ones_show_the_same(scenario, cuts):
    whole, pieces = Race(scenario), Race(scenario)
    whole.advance(END_NS)
    for cut_ns in sorted(cuts):
        pieces.advance(cut_ns)
    pieces.advance(END_NS)
    assert shown(whole.frame()) == shown(pieces.frame())


@settings(max_examples=22)
@given(scenarios(), st.lists(st.integers(0, END_NS), max_size=20))
def test_looking_at_a_race_changes_nothing(scenario, looks):
    looked_at, left_alone = Race(scenario), Race(scenario)
    first_fd = looked_at.frame().lanes[0].first_fd
    for look_ns in sorted(looks):
        looked_at.advance(look_ns)
        looked_at.frame()
        for lane in scenario.lanes:
            looked_at.inspect(lane, first_fd, first_fd + scenario.fds - 1)
        looked_at.next_event_ns()
    looked_at.advance(END_NS)
    left_alone.advance(END_NS)
    assert shown(looked_at.frame(), records=False) == shown(left_alone.frame(), records=False)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_single_steps_lead_to_the_same_place(scenario):
    stepped, run = Race(scenario), Race(scenario)
    for _ in range(200):
        due_ns, before_ns = stepped.next_event_ns(), stepped.now_ns
        stepped.step_event()
        if due_ns is None:
            assert stepped.now_ns == before_ns
        elif due_ns > before_ns:
            assert stepped.now_ns == due_ns
        else:  # events of this moment (at the start, the servers' first calls) are no step
            assert stepped.now_ns > before_ns or stepped.next_event_ns() is None
    run.advance(stepped.now_ns)
    assert shown(stepped.frame()) == shown(run.frame())


@settings(max_examples=16)
@given(scenarios(), scenarios(), st.integers(0, END_NS), st.lists(st.integers(0, END_NS), max_size=10))
def test_changes_at_the_same_moment_make_the_same_race(before, after, change_ns, cuts):
    check_change(before, after, change_ns, cuts, END_NS)


def test_the_same_seed_gives_the_same_records_and_another_one_does_not():
    scenario = Scenario(fds=300, active=Share(2_000), churn=5_000, lanes=("select", "poll", "epoll"))
    digests = [
        digest(records_of(Race(replace(scenario, seed=seed)), 20 * MS, step_ns))
        for seed, step_ns in ((7, MS), (7, 333_333), (8, MS))
    ]
    assert digests[0] == digests[1] != digests[2]


def test_time_does_not_go_back():
    race = Race(Scenario(fds=16))
    race.advance(1_000)
    race.advance(1_000)
    with pytest.raises(ValueError, match="cannot go back"):
        race.advance(999)


def test_a_system_call_step_ends_at_a_record_of_a_system_call():
    race = Race(Scenario(fds=100, lanes=("select", "poll", "epoll")))
    for _ in range(50):
        race.step_syscall()
        last = [lane.records[-1] for lane in race.frame().lanes if lane.records]
        assert any(record[0] == race.now_ns for record in last)


def test_a_silent_race_has_no_next_event_and_steps_stand_still():
    race = Race(Scenario(fds=16, rate=0))
    race.advance(MS)
    assert race.next_event_ns() is None
    race.step_event()
    race.step_syscall()
    assert race.now_ns == MS
    race.advance(2 * MS)
    assert [lane.activity for lane in race.frame().lanes] == ["sleeping", "sleeping"]
