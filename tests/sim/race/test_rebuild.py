"""A change of settings rebuilds the servers: each request is finally answered, or counted as lost."""

from dataclasses import replace

import pytest

from sim.machine.records import DropReason, Kind
from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario, Share

LANE_NAMES = tuple(LANES)

BUSY = Scenario(fds=400, active=Share(10_000), rate=200_000, burst=20, lanes=LANE_NAMES)
QUIET_NS = 2_000_000_000
"""Virtual time in ns in which every lane answers its requests, and a SYN is sent again."""


def finish(race: Race) -> tuple[list[int], dict[str, int]]:
    """Run until no request is under way. Returns the number of requests, and the number ended, by lane."""
    race.change(replace(race.scenario, rate=0, churn=0))
    race.advance(race.now_ns + QUIET_NS)
    frame = race.frame()
    sent = [sum(1 for r in lane.records if _is_request(r)) for lane in frame.lanes]
    ended = (lane.counters for lane in frame.lanes)
    lost = {lane.name: lane.counters.dropped + lane.counters.unsent for lane in frame.lanes}
    return sent, {name: counters.requests + lost[name] for name, counters in zip(lost, ended, strict=True)}


def _is_request(record: tuple[int, int, int, int, int, int]) -> bool:
    _, kind, _, size, _, serial = record
    return kind in (Kind.PACKET, Kind.HELD, Kind.DROP) and size > 0 and serial >= 0


@pytest.mark.parametrize("change", [{"fds": 30}, {"fds": 4_000}, {"payload": 9}, {"payload": 65_536}])
def test_requests_under_way_are_answered_or_dropped(change):
    race = Race(BUSY)
    race.advance(3_000_000)
    race.change(replace(race.scenario, **change))
    race.advance(5_000_000)
    sent, ended = finish(race)
    assert sent[0] > 500
    assert list(ended.values()) == sent


def test_the_losses_of_a_smaller_race_are_recorded():
    race = Race(BUSY)
    race.advance(3_000_000)
    race.frame()
    race.change(replace(race.scenario, fds=30))
    lost = {}
    for lane in race.frame().lanes:
        gone = [r for r in lane.records if r[1] == Kind.DROP and r[4] == DropReason.CONNECTION_GONE]
        lost[lane.name] = sum(r[3] for r in gone)
        assert lost[lane.name] == lane.counters.dropped * BUSY.payload
    del lost["io_uring-sqpoll"]  # with its second CPU, it has no unanswered request at that moment
    assert min(lost.values()) > 0


def test_requests_of_clients_that_hung_up_are_not_forgotten():
    race = Race(replace(BUSY, churn=200_000))
    race.advance(3_000_000)
    race.change(replace(race.scenario, payload=32))
    sent, ended = finish(race)
    assert list(ended.values()) == sent


def test_a_select_that_reaches_its_limit_drops_what_it_held():
    race = Race(replace(BUSY, fds=2_000))
    race.advance(3_000_000)
    race.change(replace(race.scenario, fd_setsize=True))
    sent, ended = finish(race)
    assert list(ended.values()) == sent
    failed = [lane.name for lane in race.frame().lanes if lane.failure is not None]
    assert failed == ["select"]
