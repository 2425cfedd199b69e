"""The journal agrees with the counters: the sums over the records are the counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from sim.frames.frame import LaneFrame
from sim.machine.journal import Journal
from sim.machine.records import Effect, Kind, Record
from sim.race.race import Race
from sim.scenario.scenario import Scenario, Share
from tests.support.races import MS, records_of

ALL = ("select", "poll", "epoll")
CALLS = {Kind.READ, Kind.WRITE, Kind.ACCEPT, Kind.CLOSE, Kind.CTL}
WAITS = {Kind.CALL, Kind.SLEEP, Kind.RETURN}
CALM = [
    Scenario(fds=16, lanes=ALL),
    Scenario(fds=1_000, lanes=ALL),
    Scenario(fds=300, active=Share(5_000), rate=60_000, burst=40, lanes=ALL),
    Scenario(fds=100, active=10, rate=10_000, churn=4_000, lanes=ALL),
]
"""Races in which all servers sleep after the clients stop sending."""


def at_rest(scenario: Scenario) -> tuple[dict[str, list[Record]], dict[str, LaneFrame]]:
    """All records of a race whose servers all sleep at its end, and its last frame."""
    race = Race(scenario)
    records = records_of(race, 30 * MS)
    # A little churn stays, so that the servers are not built again; no connection is replaced in this time.
    race.change(replace(scenario, rate=0, churn=min(scenario.churn, 1)))
    for name, more in records_of(race, 90 * MS).items():
        records[name] += more
    return records, {lane.name: lane for lane in race.frame().lanes}


@pytest.mark.parametrize("scenario", CALM, ids=str)
def test_a_fold_of_the_journal_gives_the_counters(scenario):
    records, lanes = at_rest(scenario)
    for name, lane in lanes.items():
        counters = lane.counters
        kinds = Counter(record[1] for record in records[name])
        came = [record for record in records[name] if record[1] in (Kind.PACKET, Kind.DROP)]
        assert counters.packets == len({record[5] for record in came}) > 0
        assert counters.interrupts == len({record[0] for record in came})
        assert counters.dropped == kinds[Kind.DROP] == 0
        assert counters.requests == sum(1 for record in came if record[3])
        written = sum(record[3] for record in records[name] if record[1] == Kind.WRITE)
        assert written == counters.requests * scenario.payload
        assert counters.wakeups == sum(
            1 for record in records[name] if record[1] == Kind.RETURN and record[3]
        )
        assert counters.ready == sum(record[3] for record in records[name] if record[1] == Kind.RETURN)
        assert (
            counters.epoll_ctl
            == kinds[Kind.CTL]
            == (kinds[Kind.ACCEPT] + 1 if _accepts(name, scenario) else 0)
        )
        assert counters.context_switches == 2 * kinds[Kind.SLEEP] - 1  # asleep at the end
        waits = len({record[5] for record in records[name] if record[1] in WAITS})
        refused = counters.syscalls - waits - sum(kinds[kind] for kind in CALLS)
        assert refused == _empty_accepts(records[name])


def _accepts(name: str, scenario: Scenario) -> bool:
    return name == "epoll" and bool(scenario.churn)


def _empty_accepts(records: list[Record]) -> int:
    """Vain accepts: a server accepts until none waits, so one call fails after each run of ACCEPT records."""
    last, runs = None, 0
    for record in records:
        if record[1] in CALLS | WAITS:
            runs += record[1] == Kind.ACCEPT and last != Kind.ACCEPT
            last = last if record[1] == Kind.CTL else record[1]
    return runs


@pytest.mark.parametrize("scenario", CALM[:3], ids=str)
def test_a_scan_checks_its_descriptors_once_in_each_pass(scenario):
    records, lanes = at_rest(scenario)
    for name in ("select", "poll"):
        counters = lanes[name].counters
        asked = {record[5]: record[3] for record in records[name] if record[1] == Kind.CALL}
        passes = {record[5]: record[4] for record in records[name] if record[1] == Kind.RETURN}
        asleep = set(asked) - set(passes)  # one pass made, and sleeping
        assert len(asleep) == 1
        assert counters.scanned == sum(asked[call] * passes.get(call, 1) for call in asked)
        assert counters.passes == sum(passes.values()) + 1
        slept = {record[5] for record in records[name] if record[1] == Kind.SLEEP}
        assert all(passes.get(call, 2) >= 2 for call in slept)
    # epoll's last call found that the items reported before are stale, and went to sleep.
    returned = [record for record in records["epoll"] if record[1] == Kind.RETURN]
    assert lanes["epoll"].counters.passes == sum(record[4] for record in returned) + 1


@pytest.mark.parametrize("scenario", CALM, ids=str)
def test_each_request_has_one_packet_a_part_of_one_read_and_one_later_answer(scenario):
    records, _ = at_rest(scenario)
    for lane in records.values():
        waiting: Counter[int] = Counter()
        for _, kind, fd, value, _, _ in lane:
            if kind == Kind.PACKET and fd >= 0:
                waiting[fd] += value
            elif kind == Kind.READ and not scenario.churn:
                waiting[fd] -= value
                assert waiting[fd] >= 0
        if not scenario.churn:
            assert not any(waiting.values())


def test_records_are_in_order_of_time_and_calls_in_order_of_their_serials():
    records, _ = at_rest(CALM[3])
    for lane in records.values():
        times = [record[0] for record in lane]
        assert times == sorted(times)
        serials = [record[5] for record in lane if record[1] in CALLS]
        assert serials == sorted(set(serials))
        assert all(isinstance(field, int) and len(record) == 6 for record in lane for field in record)


def test_calls_that_wait_do_not_overlap_and_end_with_their_return():
    records, _ = at_rest(CALM[1])
    for name, lane in records.items():
        open_call, done = None, 0
        for record in lane:
            if record[1] not in WAITS:
                continue
            if record[1] == Kind.CALL:
                assert open_call is None
                assert name != "epoll"
            elif name != "epoll":
                assert record[5] == open_call
            assert record[5] > done
            open_call = record[5]
            if record[1] == Kind.RETURN:
                open_call, done = None, record[5]


def test_epoll_returns_the_items_that_it_listed():
    records, _ = at_rest(replace(CALM[1], lanes=("epoll",)))
    listed = sum(
        1 for record in records["epoll"] if record[1] == Kind.PACKET and record[4] & Effect.READY_LIST
    )
    returned = sum(record[3] for record in records["epoll"] if record[1] == Kind.RETURN)
    assert listed <= returned


def test_unread_records_are_dropped_the_oldest_first_and_counted():
    journal = Journal(kept=3)
    for number in range(5):
        journal.append((number, Kind.CLOSE, 3, 0, 0, number))
    records, lost = journal.drain()
    assert ([record[0] for record in records], lost) == ([2, 3, 4], 2)
    journal.append((9, Kind.CLOSE, 3, 0, 0, 9))
    assert journal.drain() == ([(9, Kind.CLOSE, 3, 0, 0, 9)], 0)
    assert journal.drain() == ([], 0)


def test_a_race_without_frames_counts_its_lost_records():
    watched, alone = Race(Scenario(fds=16, rate=500_000)), Race(Scenario(fds=16, rate=500_000))
    seen = {name: len(records) for name, records in records_of(watched, 60 * MS).items()}
    alone.advance(60 * MS)
    for lane in alone.frame().lanes:
        assert lane.records_lost > 0
        assert len(lane.records) + lane.records_lost == seen[lane.name]
