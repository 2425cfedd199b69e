"""Settings change at any moment, in any order: nothing fails, and nothing is lost or counted twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sim.kernel import poll_bits
from sim.machine.records import Kind
from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario, Share
from tests.support.races import MS, check_accounts, records_of, scenarios

LANE_NAMES = tuple(LANES)

ALL = ("select", "poll", "epoll")


class RaceMachine(RuleBasedStateMachine):
    """A user who presses keys while the race runs."""

    @initialize(scenario=scenarios())
    def begin(self, scenario):
        self.race = Race(scenario)
        self.frame = self.race.frame()

    @rule(step_ns=st.sampled_from([0, 1, 700, 30_000, 400_000, 3 * MS]))
    def let_time_pass(self, step_ns):
        self.race.advance(self.race.now_ns + step_ns)

    @rule()
    def step(self):
        self.race.step_event()

    @rule()
    def step_to_a_call(self):
        self.race.step_syscall()

    @rule(fds=st.sampled_from([1, 16, 1_000, 1_024, 1_500, 4_000]))
    def change_fds(self, fds):
        self.race.change(self.race.scenario.with_fds(fds))

    @rule(active=st.sampled_from([1, 3, 50, Share(1), Share(10_000)]))
    def change_active(self, active):
        if not isinstance(active, Share):
            active = min(active, self.race.scenario.fds)
        self.race.change(replace(self.race.scenario, active=active))

    @rule(
        setting=st.sampled_from(
            [
                {"rate": 0},
                {"rate": 20_000},
                {"rate": 800_000},
                {"burst": 1},
                {"burst": 100},
                {"payload": 1},
                {"payload": 40_000},
                {"churn": 0},
                {"churn": 500},
                {"churn": 100_000},
                {"fd_setsize": True},
                {"fd_setsize": False},
                {"seed": 3},
                {"seed": 4},
            ]
        )
    )
    def change_setting(self, setting):
        self.race.change(replace(self.race.scenario, **setting))

    @rule(lanes=st.lists(st.sampled_from(LANE_NAMES), unique=True, min_size=1))
    def change_lanes(self, lanes):
        self.race.change(replace(self.race.scenario, lanes=tuple(lanes)))
        self.frame = self.race.frame()  # an added lane resets all accounts

    @rule(lane=st.integers(0, 2), first=st.integers(0, 5_000), length=st.integers(0, 5_000))
    def look(self, lane, first, length):
        lane = self.race.scenario.lanes[lane % len(self.race.scenario.lanes)]
        view = self.race.inspect(lane, first, first + length)
        assert 0 <= view.ready <= view.open <= length + 1
        assert view.last_checked_ns is None or view.last_checked_ns <= self.race.now_ns
        assert view.last_packet_ns is None or view.last_packet_ns <= self.race.now_ns

    @precondition(lambda self: hasattr(self, "race"))
    @invariant()
    def what_it_shows_holds(self):
        scenario = self.race.scenario
        self.frame, before = self.race.frame(), self.frame
        check_accounts(self.frame, before)
        assert self.frame.now_ns == self.race.now_ns >= self.frame.since_ns
        assert tuple(lane.name for lane in self.frame.lanes) == scenario.lanes
        for lane in self.frame.lanes:
            assert lane.fds == scenario.fds
            assert len(lane.poll_mask) > lane.first_fd + lane.fds - 1
            assert (lane.failure is None) == (lane.activity != "failed")
            if lane.failure is None and not scenario.churn:
                assert lane.registered == scenario.fds
            times = [record[0] for record in lane.records]
            assert times == sorted(times)
            assert all(0 <= time_ns <= self.race.now_ns for time_ns in times)
            for scan in lane.passes:
                assert 0 <= scan.position <= scan.count
                assert scan.start_ns <= (scan.end_ns if scan.end_ns is not None else scan.start_ns)
            assert lane.counters.latency_p50_ns is None or lane.counters.latency_p50_ns > 0


RaceMachine.TestCase.settings = settings(max_examples=13, stateful_step_count=20)
test_any_keys_in_any_order = RaceMachine.TestCase


@settings(max_examples=22)
@given(
    st.sampled_from([1, 16, 300]),
    st.lists(
        st.tuples(
            st.integers(0, 2 * MS),
            st.sampled_from(["fds", "rate", "burst", "active"]),
            st.integers(1, 900),
        ),
        max_size=6,
    ),
)
def test_no_request_is_lost_or_counted_twice_when_the_race_grows(fds, changes):
    scenario = Scenario(fds=fds, active=Share(10_000), rate=30_000, lanes=ALL)
    race = Race(scenario)
    sent = dict.fromkeys(ALL, 0)

    def count(until_ns: int) -> None:
        for name, records in records_of(race, until_ns).items():
            sent[name] += sum(1 for record in records if record[1] == Kind.PACKET)

    for wait_ns, name, value in changes:
        count(race.now_ns + wait_ns)
        if name == "fds":
            scenario = replace(scenario, fds=scenario.fds + value)
        elif name == "active":
            scenario = replace(scenario, active=Share(value * 11))
        else:
            scenario = replace(scenario, **{name: value if name == "burst" else value * 100})
        race.change(scenario)
    count(race.now_ns + 2 * MS)
    scenario = replace(scenario, rate=0)
    race.change(scenario)
    count(race.now_ns + 500 * MS)
    for lane in race.frame().lanes:
        assert lane.activity == "sleeping"
        assert lane.counters.requests == sent[lane.name] == sent["epoll"]
        assert lane.counters.dropped == 0


def test_a_change_to_fewer_descriptors_takes_effect_in_the_middle_of_a_long_scan():
    race = Race(Scenario(fds=200_000, lanes=("select", "epoll")))
    race.advance(3 * MS)
    assert race.frame().lanes[0].activity == "scanning"
    race.change(race.scenario.with_fds(16))
    race.advance(4 * MS)
    lane = race.frame().lanes[0]
    assert (lane.fds, lane.registered) == (16, 16)
    assert lane.passes[-1].count == 16
    check_accounts(race.frame())


def test_the_clock_and_the_counters_go_on_through_a_change():
    race = Race(Scenario(fds=100, lanes=ALL))
    race.advance(20 * MS)
    before = race.frame()
    race.change(race.scenario.with_fds(1_000))
    changed = race.frame()
    assert changed.now_ns == before.now_ns
    for old, new in zip(before.lanes, changed.lanes, strict=True):
        assert new.counters == old.counters
    race.advance(40 * MS)
    after = race.frame()
    check_accounts(after, changed)
    for old, new in zip(changed.lanes, after.lanes, strict=True):
        assert new.counters.requests > old.counters.requests


def test_an_added_lane_resets_the_accounts_of_all_lanes():
    race = Race(Scenario(fds=100, lanes=("select",)))
    race.advance(20 * MS)
    race.change(replace(race.scenario, lanes=("select", "epoll")))
    frame = race.frame()
    assert frame.since_ns == 20 * MS
    assert all(sum(lane.counters.cost_ns.values()) == 0 for lane in frame.lanes)
    race.advance(60 * MS)
    select, epoll = race.frame().lanes
    assert select.counters.packets == epoll.counters.packets > 0
    race.change(replace(race.scenario, lanes=("epoll",)))
    assert race.frame().since_ns == 20 * MS  # a lane that leaves changes nothing for the others


def test_a_new_seed_or_rate_changes_what_arrives_from_now_on():
    plain, changed = (Race(Scenario(fds=100, lanes=("epoll",))) for _ in range(2))
    first = [records_of(race, 10 * MS)["epoll"] for race in (plain, changed)]
    assert first[0] == first[1]
    changed.change(replace(changed.scenario, rate=100_000))
    more = [records_of(race, 20 * MS)["epoll"] for race in (plain, changed)]
    packets = [sum(1 for record in records if record[1] == Kind.PACKET) for records in more]
    assert packets[1] > 3 * packets[0]


@pytest.mark.parametrize("payload", [1, 64, 40_000])
def test_a_new_payload_arrives_from_now_on(payload):
    race = Race(Scenario(fds=10, lanes=ALL, rate=2_000, burst=1))
    race.advance(20 * MS)
    race.change(replace(race.scenario, payload=payload))
    race.frame()
    for lane in records_of(race, 60 * MS).values():
        assert {record[3] for record in lane if record[1] == Kind.PACKET} == {payload}


def test_switching_churn_on_waits_for_the_listening_socket_too():
    race = Race(Scenario(fds=50, lanes=ALL, rate=1_000, burst=1))
    race.advance(5 * MS)
    race.change(replace(race.scenario, churn=2_000))
    race.advance(50 * MS)
    for lane in race.frame().lanes:
        assert lane.registered == 51
        assert not lane.poll_mask[lane.first_fd - 2] & poll_bits.NVAL
        assert any(record[1] == Kind.ACCEPT for record in lane.records)


def test_the_cost_of_a_server_s_start_is_taken_back_from_the_right_accounts():
    """A completion port's server posts 64 accepts before it lets time pass."""
    race = Race(Scenario(fds=16, active=1, rate=0, churn=60_000, seed=0, lanes=("epoll", "iocp")))
    race.advance(6 * MS)
    race.change(replace(race.scenario, lanes=("epoll", "iocp", "kqueue")))  # the accounts begin again
    race.change(race.scenario.with_fds(1))
    race.advance(race.now_ns)
    for lane in race.frame().lanes:
        assert sum(lane.counters.cost_ns.values()) == 0
        assert set(lane.counters.cost_ns.values()) == {0}, lane.name
