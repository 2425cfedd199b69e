"""The asyncio lane in a race: the cost of its loop, stops at any moment, and going back in time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.frames.frame import LaneFrame
from sim.frames.mechanism import LoopView
from sim.machine.costs import BUILT_IN
from sim.machine.records import Kind
from sim.race.race import Race
from sim.scenario.scenario import Scenario, Share
from sim.studies.comparison import comparison_rows
from tests.support.races import MS, check_accounts, scenarios, shown

LANES = ("epoll", "asyncio")
BELOW_SATURATION = [
    Scenario(fds=1_000, lanes=LANES),
    Scenario(fds=300, active=Share(10_000), rate=40_000, burst=20, seed=2, lanes=LANES),
    Scenario(fds=64, active=16, rate=10_000, churn=5_000, seed=4, lanes=LANES),
    Scenario(fds=50, active=5, rate=10_000, payload=9_000, seed=5, lanes=LANES),
]


def after(scenario: Scenario, run_ns: int = 50 * MS) -> tuple[Race, dict[str, LaneFrame]]:
    race = Race(scenario)
    race.advance(run_ns)
    return race, {lane.name: lane for lane in race.frame().lanes}


@pytest.mark.parametrize("scenario", BELOW_SATURATION, ids=str)
def test_below_saturation_it_serves_as_many_requests_as_epoll(scenario):
    race, _ = after(scenario)
    race.change(replace(race.scenario, rate=0))
    race.advance(race.now_ns + 5 * MS)  # long enough to answer all requests
    epoll, loop = (lane.counters for lane in race.frame().lanes)
    assert loop.requests == epoll.requests > 300
    assert (loop.packets, loop.dropped) == (epoll.packets, epoll.dropped) == (epoll.packets, 0)


@pytest.mark.parametrize("scenario", BELOW_SATURATION, ids=str)
def test_its_loop_is_charged_by_the_turn_and_by_the_callback(scenario):
    race, lanes = after(scenario)
    counters = lanes["asyncio"].counters
    slack_ns = BUILT_IN.loop_callback_ns  # the step under way
    turns_ns, callbacks_ns = counters.cost_ns["loop"], counters.cost_ns["callback"]
    assert 0 <= counters.turns * BUILT_IN.loop_turn_ns - turns_ns <= slack_ns
    assert 0 <= counters.callbacks * BUILT_IN.loop_callback_ns - callbacks_ns <= slack_ns
    assert counters.loop_ns == turns_ns + callbacks_ns
    assert counters.wait_ns > counters.loop_ns
    assert counters.wakeup_ns == counters.wait_ns // counters.wakeups
    check_accounts(race.frame())


def test_other_lanes_have_no_loop():
    _, lanes = after(Scenario(fds=100, lanes=("select", "epoll")))
    for lane in lanes.values():
        assert not {"loop", "callback"} & set(lane.counters.cost_ns)
        assert (lane.counters.turns, lane.counters.callbacks, lane.counters.loop_ns) == (0, 0, 0)


def test_its_additional_cost_over_epoll_is_the_loop_and_its_additional_calls():
    """Requests come one by one, each after the answer to the one before."""
    _, lanes = after(Scenario(fds=100, active=20, rate=500, burst=1, seed=3, lanes=LANES), 400 * MS)
    epoll, loop = lanes["epoll"].counters, lanes["asyncio"].counters
    assert loop.requests == epoll.requests
    assert epoll.wakeups == epoll.requests
    more_ns = {account: loop.cost_ns[account] - epoll.cost_ns.get(account, 0) for account in loop.cost_ns}
    clock_ns = 25 * (loop.turns - 1)
    assert loop.turns == 1 + 2 * epoll.requests
    assert more_ns.pop("loop") == loop.turns * BUILT_IN.loop_turn_ns
    assert more_ns.pop("callback") == 2 * loop.requests * BUILT_IN.loop_callback_ns
    assert more_ns.pop("application") == clock_ns
    assert more_ns.pop("idle") < 0
    # epoll finds its drained item in the call that goes to sleep; asyncio finds it in an additional call.
    assert more_ns.pop("syscall") == loop.requests * BUILT_IN.epoll_wait_ns
    assert not any(more_ns.values())


def test_each_request_pays_less_if_a_turn_has_more_requests():
    shares = []
    for burst in (1, 10, 100):
        _, lanes = after(Scenario(fds=200, active=200, rate=5_000, burst=burst, lanes=LANES), 200 * MS)
        counters = lanes["asyncio"].counters
        shares.append(counters.cost_ns["loop"] / counters.requests)
        assert counters.callbacks == 2 * counters.requests
    assert shares[0] > 5 * shares[1] > 25 * shares[2]


def test_its_view_shows_the_last_round():
    scenario = Scenario(fds=10, active=3, burst=3, rate=3_000, lanes=("asyncio",))
    _, lanes = after(scenario)
    view = lanes["asyncio"].mechanism
    assert isinstance(view, LoopView)
    told = view.round
    assert (told.events, told.callbacks, told.turns, view.finished) == (3, 6, 2, True)
    assert told.loop_ns == 2 * BUILT_IN.loop_turn_ns + 6 * BUILT_IN.loop_callback_ns
    assert told.epoll_ns > 2 * BUILT_IN.epoll_wait_ns


def test_the_view_of_a_loop_that_never_rests_shows_the_current_round():
    _, lanes = after(Scenario(fds=100, active=100, rate=200_000, burst=5, lanes=("asyncio",)))
    view = lanes["asyncio"].mechanism
    assert isinstance(view, LoopView)
    assert not view.finished
    assert view.round.turns > 50
    assert view.round.callbacks > view.round.turns


def test_its_column_and_its_memory():
    race, lanes = after(Scenario(fds=100, lanes=LANES))
    by_lane = {column.lane: column for column in comparison_rows(race.frame())}
    asyncio, epoll = by_lane["asyncio"], by_lane["epoll"]
    assert "epoll" in asyncio.keeper
    assert asyncio.connection_bytes is not None
    assert epoll.connection_bytes is not None
    assert asyncio.connection_bytes - epoll.connection_bytes == 5_600
    assert lanes["asyncio"].memory is not None


@settings(max_examples=25, deadline=None)
@given(scenarios(), st.lists(st.integers(0, 4 * MS), max_size=12))
def test_stopping_anywhere_changes_nothing(scenario, moments):
    scenario = replace(scenario, lanes=LANES)
    whole, chopped = Race(scenario), Race(scenario)
    whole.advance(4 * MS)
    for at_ns in sorted(moments):
        chopped.advance(at_ns)
        check_accounts(chopped.frame())
    chopped.advance(4 * MS)
    assert shown(chopped.frame(), records=False) == shown(whole.frame(), records=False)


@settings(max_examples=15, deadline=None)
@given(scenarios(), st.lists(st.integers(0, 12 * MS), min_size=1, max_size=5))
def test_going_back_in_time_restores_its_state(scenario, moments):
    scenario = replace(scenario, lanes=LANES)
    race = Race(scenario)
    race.advance(12 * MS)
    for at_ns in moments:
        race.seek(at_ns)
        there = Race(scenario)
        there.advance(at_ns)
        assert shown(race.frame(), records=False) == shown(there.frame(), records=False)


def test_steps_stop_at_its_calls():
    race = Race(Scenario(fds=4, active=1, burst=1, rate=1_000, lanes=("asyncio",)))
    race.frame()
    kinds = []
    for _ in range(8):
        assert race.step_syscall()
        kinds += [record[1] for record in race.frame().lanes[0].records if record[1] != Kind.PACKET]
    assert kinds[:6] == [Kind.SLEEP, Kind.RETURN, Kind.READ, Kind.RETURN, Kind.WRITE, Kind.SLEEP]
