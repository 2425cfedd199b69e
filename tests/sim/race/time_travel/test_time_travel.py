"""Going to a moment gives the same as running straight to it, after any earlier actions."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sim.machine.journal import RECALLED
from sim.machine.records import Kind
from sim.race.history import BranchMoment, BranchView, Marker
from sim.race.race import Race
from sim.race.time_travel import connection_rows
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario, Share
from tests.support.races import MS, SCENARIOS, check_accounts, scenarios, shown
from tests.support.time_travel import Log, densely_kept, everything, straight

LANE_NAMES = tuple(LANES)

ALL = ("select", "poll", "epoll")
CHANGES: list[dict[str, object]] = [
    {"fds": 16},
    {"fds": 1_200, "active": 40},
    {"rate": 0},
    {"rate": 200_000},
    {"rate": 900_000},
    {"burst": 30},
    {"active": 1},
    {"churn": 30_000},
    {"churn": 0},
    {"payload": 3_000},
    {"seed": 3},
    {"fd_setsize": True},
    {"lanes": ("epoll",)},
    {"lanes": ("poll", "select")},
    {"lanes": ("thread", "epoll-et", "pool")},
    {"lanes": ("process", "epoll-oneshot", "epoll-exclusive"), "churn": 5_000},
    {"fault": "no-drain", "lanes": ("epoll", "epoll-et")},
    {"lanes": ALL},
]
"""Changes of settings in the middle of a race; ``active`` is reduced if it is too large."""
LIMIT_BYTES = 400_000


def changed(scenario: Scenario, change: dict[str, object]) -> Scenario:
    fds = change.get("fds", scenario.fds)
    active = change.get("active", scenario.active)
    if isinstance(active, int) and isinstance(fds, int):
        active = min(active, fds)
    return replace(scenario, **{**change, "active": active})  # type: ignore[arg-type]


class TravelMachine(RuleBasedStateMachine):
    """A user who moves in time, changes settings at any moment, and goes back to earlier branches."""

    @initialize(
        scenario=scenarios(),
        spacing_ns=st.sampled_from([100_000, 1_000_000, 20_000_000]),
        kept=st.sampled_from([0, 20, 16_384]),
    )
    def begin(self, scenario, spacing_ns, kept):
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(connection_rows, "OBJECTS_KEPT", kept)
        self.patch.setattr(connection_rows, "ROWS_FOR_RESTING", kept // 2)
        self.scenario = scenario
        self.race = densely_kept(scenario, LIMIT_BYTES, spacing_ns)
        self.logs: dict[int, Log] = {0: []}
        self.ends: dict[int, int] = {0: 0}
        self.moments: list[BranchMoment] = []

    def teardown(self):
        if hasattr(self, "patch"):
            self.patch.undo()

    def reached(self):
        number = self.race.branch
        self.ends[number] = max(self.ends[number], self.race.now_ns)

    @rule(step_ns=st.sampled_from([0, 1, 900, 40_000, 700_000, 3 * MS]))
    def run_on(self, step_ns):
        self.race.advance(self.race.now_ns + step_ns)
        self.reached()

    @rule(part=st.integers(0, 1_200))
    def seek(self, part):
        self.race.seek(self.race.end_ns * part // 1_000)
        self.reached()

    @rule(change=st.sampled_from(CHANGES))
    def change(self, change):
        now_ns, number, before = self.race.now_ns, self.race.branch, self.race.scenario
        scenario = changed(before, change)
        self.race.change(scenario)
        if scenario == before:
            assert self.race.branch == number
            return
        if now_ns < self.ends[number]:
            assert self.race.branch == len(self.logs)
            shared = [entry for entry in self.logs[number] if entry[0] <= now_ns]
            number = self.race.branch
            self.logs[number], self.ends[number] = shared, now_ns
        assert self.race.branch == number
        self.logs[number].append((now_ns, scenario))

    @rule()
    def step(self):
        self.race.step_event()
        self.reached()

    @rule()
    def snapshot(self):
        self.moments.append(self.race.snapshot())

    @precondition(lambda self: self.moments)
    @rule(which=st.integers(0, 99))
    def go_to_snapshot(self, which):
        self.race.go_to(self.moments[which % len(self.moments)])

    @rule(which=st.integers(0, 99), part=st.integers(0, 1_000))
    def go_to_branch(self, which, part):
        number = which % len(self.logs)
        self.race.go_to(BranchMoment(number, self.ends[number] * part // 1_000))
        assert self.race.branch == number

    @rule()
    def forget_elsewhere(self):
        past = [entry for entry in self.logs[self.race.branch] if entry[0] <= self.race.now_ns]
        self.race.forget_elsewhere()
        self.logs, self.ends, self.moments = {0: past}, {0: self.race.now_ns}, []

    @precondition(lambda self: hasattr(self, "race"))
    @invariant()
    def it_is_as_if_run_straight_to_here(self):
        race = self.race
        log = self.logs[race.branch]
        assert race.end_ns == self.ends[race.branch]
        assert list(race.past) == [entry for entry in log if entry[0] <= race.now_ns]
        assert len(race.branches()) == len(self.logs)
        check_accounts(race.frame())
        assert everything(race) == everything(straight(self.scenario, log, race.now_ns))
        assert race._time_line.checkpoints.size_bytes <= LIMIT_BYTES


TravelMachine.TestCase.settings = settings(max_examples=14, stateful_step_count=12, deadline=None)
test_any_journey_in_any_order = TravelMachine.TestCase


def as_json(race: Race) -> str:
    return json.dumps(shown(race.frame()), default=repr)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_running_on_from_the_past_gives_the_same_bytes_as_a_straight_run(scenario):
    left, stayed = densely_kept(scenario, LIMIT_BYTES, 2_000_000), Race(scenario)
    for race in (left, stayed):
        race.advance(2 * MS)
        race.change(replace(scenario, rate=70_000))
        race.advance(4 * MS)
        race.change(replace(scenario, fds=scenario.fds + 7))
        race.advance(8 * MS)
    for at_ns in (MS, 7 * MS, 2 * MS, 0, 4 * MS + 1):
        left.seek(at_ns)
    left.advance(6 * MS)
    left.frame()
    for race in (left, stayed):
        race.seek(8 * MS)
        race.frame()
        race.advance(12 * MS)
    assert as_json(left) == as_json(stayed)
    assert left.branches() == stayed.branches()


def test_the_records_after_a_jump_are_the_newest_ones_before_it():
    race = Race(Scenario(fds=100, rate=100_000, lanes=ALL))
    race.advance(60 * MS)
    all_records = {lane.name: list(lane.records) for lane in race.frame().lanes}
    for at_ns in (50 * MS, 1 * MS, 33 * MS):
        race.seek(at_ns)
        for lane in race.frame().lanes:
            assert lane.records == [r for r in all_records[lane.name] if r[0] <= at_ns][-RECALLED:]
        assert all(not lane.records for lane in race.frame().lanes)
        race.advance(at_ns + MS)
        for lane in race.frame().lanes:
            assert lane.records == [r for r in all_records[lane.name] if at_ns < r[0] <= at_ns + MS]


def test_a_change_in_the_past_forks_and_the_old_branch_can_be_reached_again():
    scenario = Scenario(fds=200)
    race = Race(scenario)
    race.advance(30 * MS)
    end = race.frame()
    race.seek(10 * MS)
    race.change(replace(scenario, fds=500))
    race.advance(15 * MS)
    faster = replace(scenario, fds=500, rate=50_000)
    race.change(faster)
    race.advance(40 * MS)
    assert race.branches() == (
        BranchView(0, None, 0, 30 * MS, ()),
        BranchView(1, 0, 10 * MS, 40 * MS, ((10 * MS, replace(scenario, fds=500)), (15 * MS, faster))),
    )
    race.go_to(BranchMoment(0, 30 * MS))
    assert shown(race.frame(), records=False) == shown(end, records=False)
    race.change(replace(scenario, rate=1))  # at its end: no fork
    assert race.branch == 0
    race.go_to(BranchMoment(1, 12 * MS))
    assert race.scenario.fds == 500
    assert race.scenario.rate == scenario.rate


def test_the_same_settings_are_no_change_and_no_fork():
    race = Race(Scenario(fds=16))
    race.advance(MS)
    race.seek(1_000)
    race.change(race.scenario)
    assert len(race.branches()) == 1
    assert race.markers() == ()


def test_markers_say_what_happened_when_and_where_branches_part():
    scenario = Scenario(fds=1_100, rate=900_000, active=40, burst=40, payload=65_536, lanes=ALL)
    race = Race(scenario)
    race.advance(12 * MS)
    race.change(replace(scenario, fd_setsize=True))
    race.advance(15 * MS)
    race.seek(8 * MS)
    race.change(replace(scenario, rate=0))
    race.advance(9 * MS)
    ahead = [marker for marker in race.markers() if marker.kind != "dropped"]
    assert ahead == [Marker(8 * MS, "changed"), Marker(8 * MS, "fork", branch=0)]
    race.go_to(BranchMoment(0, 15 * MS))
    drops = {marker.lane: marker for marker in race.markers() if marker.kind == "dropped"}
    assert Marker(8 * MS, "fork", branch=1) in race.markers()
    assert Marker(12 * MS, "failed", "select") in race.markers()
    assert Marker(12 * MS, "changed") in race.markers()
    for name, marker in drops.items():
        race.seek(marker.at_ns)
        lane = next(lane for lane in race.frame().lanes if lane.name == name)
        assert lane.counters.dropped > 0
        race.seek(marker.at_ns - 1)
        lane = next(lane for lane in race.frame().lanes if lane.name == name)
        assert lane.counters.dropped == 0
    assert "select" in drops
    race.seek(8 * MS)
    following = race.next_marker()
    assert following is not None
    assert following.at_ns == min(m.at_ns for m in race.markers() if m.at_ns > 8 * MS)
    race.seek(0)
    assert race.previous_marker() is None


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_stepping_back_stops_where_stepping_forward_stopped(scenario):
    race = Race(scenario)
    race.advance(2 * MS)
    stops = []
    for _ in range(14):
        before_ns = race.now_ns
        race.step_event()
        if race.now_ns == before_ns:
            break
        stops.append(race.now_ns)
    end_ns = race.end_ns
    for at_ns in stops[-2::-1]:
        race.step_back_event()
        assert race.now_ns == at_ns
    assert race.end_ns == end_ns
    assert everything(race) == everything(straight(scenario, [], race.now_ns))


@pytest.mark.parametrize("scenario", [*SCENARIOS[:5], SCENARIOS[6]], ids=str)
def test_stepping_back_a_call_stops_where_stepping_forward_stopped(scenario):
    race = Race(scenario)
    race.advance(2 * MS)
    stops = [race.now_ns for _ in range(8) if race.step_syscall()]
    end_ns = race.end_ns
    for at_ns in stops[-2::-1]:
        race.step_back_syscall()
        assert race.now_ns == at_ns
    assert race.end_ns == end_ns


def test_a_call_is_found_behind_thousands_of_packets():
    race = Race(Scenario(fds=1_500, active=Share(10_000), rate=50_000, burst=1_500, lanes=("epoll",)))
    race.advance(100 * MS)
    calls = sorted({r[0] for lane in race.frame().lanes for r in lane.records if r[1] != Kind.PACKET})
    asleep_ns, awake_ns = max(pairwise(calls), key=lambda pair: pair[1] - pair[0])
    race.seek(awake_ns - 1)
    records = [record for lane in race.frame().lanes for record in lane.records]
    assert len(records) == RECALLED
    assert all(record[1] == Kind.PACKET for record in records)
    race.step_back_syscall()
    assert race.now_ns == asleep_ns


def test_going_back_at_the_start_stays_there():
    race = Race(Scenario(fds=16))
    race.step_back_event()
    race.step_back_syscall()
    assert race.now_ns == 0
    with pytest.raises(ValueError, match="began at 0"):
        race.seek(-1)
    with pytest.raises(ValueError, match="no branch 1"):
        race.go_to(BranchMoment(1, 0))


def test_a_seek_beyond_the_end_runs_on():
    race, plain = Race(Scenario(fds=16)), Race(Scenario(fds=16))
    race.seek(5 * MS)
    plain.advance(5 * MS)
    assert race.end_ns == 5 * MS
    assert everything(race) == everything(plain)


def test_a_lane_that_left_and_came_back_starts_from_zero():
    scenario = Scenario(fds=100, rate=100_000, lanes=ALL)
    race = densely_kept(scenario, LIMIT_BYTES, 1_000_000)
    log: Log = []
    for lanes in (("epoll",), ("poll", "epoll"), ("epoll",), ALL):
        race.advance(race.now_ns + 6 * MS)
        log.append((race.now_ns, replace(scenario, lanes=lanes)))
        race.change(log[-1][1])
    race.advance(40 * MS)
    for at_ns in (27 * MS, 21 * MS, 15 * MS, 9 * MS, 3 * MS, 39 * MS):
        race.seek(at_ns)
        assert everything(race) == everything(straight(scenario, log, at_ns))


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(0, 8 * MS), min_size=1, max_size=3), st.sampled_from([1_000_000, 150_000]))
def test_a_race_full_of_interrupts_can_seek_too(moments, rate):
    scenario = Scenario(fds=50, rate=rate, burst=1, lanes=ALL)
    race = densely_kept(scenario, LIMIT_BYTES, 2_000_000)
    race.advance(8 * MS)
    for at_ns in moments:
        race.seek(at_ns)
        assert everything(race) == everything(straight(scenario, [], at_ns))
    calls = [r for lane in race.frame().lanes for r in lane.records if r[1] != Kind.PACKET]
    assert rate == 1_000_000 or not calls


def test_a_seek_shows_the_lanes_of_that_moment():
    race = Race(Scenario(fds=16, lanes=("select",)))
    race.advance(MS)
    race.change(replace(race.scenario, lanes=LANE_NAMES))
    race.advance(2 * MS)
    race.seek(MS - 1)
    assert [lane.name for lane in race.frame().lanes] == ["select"]
    race.advance(MS)
    assert [lane.name for lane in race.frame().lanes] == list(LANE_NAMES)
