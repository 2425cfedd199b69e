"""The race: the same packets in all lanes, answers of the right size, and a count of every loss."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from sim.machine.records import Effect, Kind
from sim.race.race import Race
from sim.scenario.scenario import Scenario, Share
from tests.support.races import (
    MS,
    SCENARIOS,
    arrivals,
    check_churn,
    records_of,
    scenarios,
    waiting_bytes,
)

ALL = ("select", "poll", "epoll")


@settings(max_examples=27)
@given(scenarios())
def test_every_lane_gets_the_same_packets(scenario):
    records = records_of(Race(scenario), 5 * MS)
    packets = {name: arrivals(lane) for name, lane in records.items()}
    # A refused client connects again a second later, in that lane only: not within this race.
    assert packets["select"] == packets["poll"] == packets["epoll"]


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(fds=16, lanes=ALL),
        Scenario(fds=1_000, lanes=ALL),
        Scenario(fds=500, active=Share(10_000), rate=30_000, burst=100, lanes=ALL),
        Scenario(fds=200, active=20, rate=20_000, payload=4_000, lanes=ALL),
    ],
    ids=str,
)
def test_below_saturation_every_lane_answers_every_request(scenario):
    race = Race(scenario)
    race.advance(100 * MS)
    race.change(replace(scenario, rate=0))
    race.advance(200 * MS)
    counters = {lane.name: lane.counters for lane in race.frame().lanes}
    assert len({lane.requests for lane in counters.values()}) == 1
    assert len({lane.packets for lane in counters.values()}) == 1
    for lane in counters.values():
        assert lane.requests == lane.packets > scenario.rate // 20
        assert lane.dropped == 0


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_every_request_sent_is_answered_dropped_or_still_queued(scenario):
    scenario = replace(scenario, churn=0)
    race = Race(scenario)
    sent = dict.fromkeys(scenario.lanes, 0)
    for _ in range(40):
        race.advance(race.now_ns + 250_000)
        frame = race.frame()
        for lane in frame.lanes:
            sent[lane.name] += len(arrivals(lane.records))
            there = race.inspect(lane.name, lane.first_fd, lane.first_fd + lane.fds - 1).buffered_bytes
            there += waiting_bytes(race, lane.name)
            counters = lane.counters
            lost = counters.dropped + counters.unsent
            assert there % scenario.payload == 0
            assert counters.requests + lost + there // scenario.payload == sent[lane.name]


@settings(max_examples=22)
@given(scenarios())
def test_the_bytes_answered_are_the_bytes_sent(scenario):
    records = records_of(Race(scenario), 5 * MS)
    for lane in records.values():
        asked: dict[int, int] = {}
        for _, kind, fd, value, _, _ in lane:
            if kind == Kind.READ:
                asked[fd] = value
            elif kind == Kind.WRITE:
                assert asked.pop(fd) == value > 0
            elif kind == Kind.CLOSE:
                assert asked.pop(fd) == 0
        assert not asked


def test_select_checks_descriptors_in_vain_and_epoll_does_not():
    race = Race(Scenario(fds=10_000, lanes=ALL))
    race.advance(50 * MS)
    lanes = {lane.name: lane.counters for lane in race.frame().lanes}
    for name in ("select", "poll"):
        # Nearly all checks are in vain: three of ten thousand clients send.
        assert lanes[name].wasted > 0.999 * lanes[name].scanned
        assert lanes[name].passes >= lanes[name].wakeups
    assert lanes["epoll"].scanned < 4 * lanes["epoll"].requests
    assert lanes["epoll"].wakeup_ns is not None
    assert lanes["select"].wakeup_ns is not None
    assert lanes["select"].wakeup_ns > 100 * lanes["epoll"].wakeup_ns


def test_the_cost_of_a_wake_up_follows_fds_in_select_and_not_in_epoll():
    costs: dict[str, list[int]] = {"select": [], "epoll": []}
    for fds in (1_000, 10_000):
        race = Race(Scenario(fds=fds, rate=500, burst=1, lanes=("select", "epoll")))
        race.advance(200 * MS)
        for lane in race.frame().lanes:
            assert lane.counters.wakeup_ns is not None
            costs[lane.name].append(lane.counters.wakeup_ns)
    assert costs["epoll"][0] == costs["epoll"][1]
    assert 9 < costs["select"][1] / costs["select"][0] < 10


def test_epoll_s_lead_shrinks_if_all_connections_are_active():
    leads = []
    for active in (3, Share(10_000)):
        race = Race(Scenario(fds=1_000, active=active, rate=400_000, burst=400, lanes=("select", "epoll")))
        race.advance(50 * MS)
        select, epoll = (lane.counters for lane in race.frame().lanes)
        leads.append((select.wait_ns / select.requests) / (epoll.wait_ns / epoll.requests))
    assert leads[0] > 10 * leads[1]


def test_fd_setsize_on_fails_select_in_words_and_leaves_the_others_alone():
    scenario = Scenario(fds=2_000, fd_setsize=True, lanes=ALL)
    race = Race(scenario)
    race.advance(20 * MS)
    select, poll, epoll = race.frame().lanes
    assert select.activity == "failed"
    assert select.failure is not None
    assert "1,024" in select.failure
    assert "FD_SETSIZE" in select.failure
    assert select.counters.requests == 0
    assert select.counters.dropped == select.counters.packets > 0
    for lane in (poll, epoll):
        assert lane.failure is None
        assert lane.counters.requests > 0
    race.change(replace(scenario, fd_setsize=False))
    race.advance(60 * MS)
    assert race.frame().lanes[0].failure is None
    assert race.frame().lanes[0].counters.requests > 0


def test_fd_setsize_has_no_effect_if_it_is_large_enough():
    lanes = []
    for fd_setsize in (True, False):
        race = Race(Scenario(fds=1_000, fd_setsize=fd_setsize, lanes=("select",)))
        race.advance(20 * MS)
        lanes.append(race.frame().lanes[0])
    assert lanes[0].failure is None
    assert lanes[0].counters == lanes[1].counters


def test_fd_setsize_also_fails_a_server_that_grows_into_it():
    # 1,019 connections fit. A new connection that is accepted while all the others are open does not fit.
    race = Race(Scenario(fds=1_019, churn=50_000, fd_setsize=True, lanes=("select", "epoll")))
    race.advance(20 * MS)
    select, epoll = race.frame().lanes
    assert select.failure is not None
    assert "descriptor 1,024" in select.failure
    assert epoll.failure is None


@pytest.mark.parametrize("lane", ALL)
def test_overload_fills_the_buffers_and_what_clients_cannot_send_is_counted_and_recorded(lane):
    race = Race(Scenario(fds=4, active=1, rate=100_000, burst=1, payload=60_000, lanes=(lane,)))
    records = records_of(race, 30 * MS)[lane]
    counters = race.frame().lanes[0].counters
    effects = [record[4] for record in records if record[1] == Kind.HELD]
    assert {*effects} == {Effect.HELD, Effect.UNSENT}
    assert counters.unsent == effects.count(Effect.UNSENT)
    assert counters.dropped == 0


@pytest.mark.parametrize("lane", ALL)
def test_churn_replaces_connections_and_leaves_as_many(lane):
    _, _, kinds = check_churn(lane)
    if lane == "epoll":
        assert kinds.count(Kind.CTL) == kinds.count(Kind.ACCEPT) + 1


def test_a_race_begins_with_the_cost_of_its_set_up():
    for fds in (100, 1_000):
        lanes = {lane.name: lane for lane in Race(Scenario(fds=fds, lanes=ALL)).frame().lanes}
        assert lanes["epoll"].setup_ns > lanes["select"].setup_ns >= fds * 2_500
        assert len({lane.first_fd for lane in lanes.values()}) == 1
        assert all(sum(lane.counters.cost_ns.values()) == 0 for lane in lanes.values())


def test_a_step_moves_time_even_where_several_things_happen_at_once():
    race = Race(Scenario(lanes=ALL))
    for _ in range(20):
        before_ns = race.now_ns
        race.step_event()
        assert race.now_ns > before_ns


def test_a_step_to_a_call_ends_even_if_no_call_comes():
    race = Race(Scenario(fds=2_000, rate=0, lanes=("select",), fd_setsize=True))
    race.step_syscall()
    assert race.now_ns == 0


def test_a_step_to_a_call_stops_at_the_next_record_of_a_call():
    race = Race(Scenario(lanes=ALL))
    race.frame()
    race.step_syscall()
    kinds = {record[1] for lane in race.frame().lanes for record in lane.records}
    assert kinds - {Kind.PACKET, Kind.DROP}
