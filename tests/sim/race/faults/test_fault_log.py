"""Faults are logged at the time at which they occur, for any way of running the race and after any jump."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.frames.frame import FaultView
from sim.kernel import poll_bits
from sim.kernel.files.tcp import ListeningSocket
from sim.machine.records import Kind
from sim.race.faults.diagnosis import warning
from sim.race.faults.fault_log import FaultLog
from sim.race.race import Race
from sim.scenario.fault_presets import FAULT_PRESETS
from sim.scenario.faults import CURED, CURES, FAULTS, STRIKING
from sim.scenario.lanes import LANES, maker_of
from sim.scenario.scenario import PRESETS, Scenario
from sim.servers.registry import SERVERS
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import ROUND_COSTS, arrive, pairs
from tests.support.races import MS

STRIKES = [name for name in FAULT_PRESETS if name != "herd-cured"]
END_NS = 12 * MS
SEEN = ("struck", "failed")
"""Kinds of the markers of faults."""


def warnings(race: Race) -> dict[str, FaultView | None]:
    return {lane.name: lane.warning for lane in race.frame().lanes}


def run_straight(scenario: Scenario, at_ns: int) -> Race:
    race = Race(scenario, history_bytes=0)
    race.advance(at_ns)
    return race


@settings(max_examples=13, deadline=None)
@given(st.sampled_from(STRIKES), st.lists(st.integers(0, END_NS), max_size=12))
def test_the_faults_are_the_same_for_many_frames_and_for_one(name, moments):
    _, scenario = FAULT_PRESETS[name]
    race = Race(scenario)
    for at_ns in sorted(moments):
        race.advance(at_ns)
        race.frame()
    race.advance(END_NS)
    straight = run_straight(scenario, END_NS)
    assert warnings(race) == warnings(straight)
    assert race.markers() == straight.markers()


@pytest.mark.parametrize("name", STRIKES)
def test_a_jump_shows_the_faults_that_had_occurred_by_then(name):
    _, scenario = FAULT_PRESETS[name]
    race = Race(scenario)
    race.advance(END_NS)
    struck = next(marker for marker in race.markers() if marker.kind in ("struck", "failed"))
    for at_ns in (struck.at_ns - 1, struck.at_ns, 7 * MS, END_NS):
        race.seek(at_ns)
        assert warnings(race) == warnings(run_straight(scenario, at_ns))
        warning = warnings(race)[struck.lane]
        assert (warning is None) == (at_ns < struck.at_ns)
        assert warning is None or warning.first_ns == struck.at_ns


@pytest.mark.parametrize("name", STRIKES)
def test_the_marker_s_key_goes_to_the_fault_and_the_journal_has_its_record(name):
    _, scenario = FAULT_PRESETS[name]
    race = Race(scenario)
    race.advance(END_NS)
    race.seek(0)
    while not (here := [m for m in race.markers() if m.at_ns == race.now_ns and m.kind in SEEN]):
        following = race.next_marker()
        assert following is not None
        race.seek(following.at_ns)
    marker = here[0]
    lane = next(lane for lane in race.frame().lanes if lane.name == marker.lane)
    assert lane.warning is not None
    assert lane.warning.kind == name
    if marker.kind == "struck":
        assert marker.fault == name
        records = [record for record in lane.records if record[1] == Kind.STRIKE]
        (at_ns, _, fd, count, kind, _) = records[0]
        assert (at_ns, count, STRIKING[kind]) == (marker.at_ns, 1, name)
        assert fd in (lane.warning.fd, *np.flatnonzero(lane.poll_mask & poll_bits.IN))


def test_the_journal_records_the_first_the_tenth_and_the_hundredth_strike():
    race = Race(replace(FAULT_PRESETS["herd"][1], lanes=("epoll-exclusive",)))
    counts: list[int] = []
    while not counts or counts[-1] < 1_000:
        race.advance(race.now_ns + MS)
        counts += [record[3] for record in race.frame().lanes[0].records if record[1] == Kind.STRIKE]
    assert counts == [1, 10, 100, 1_000]


@pytest.mark.parametrize("name", [name for name in STRIKES if name in FAULTS])
def test_the_warning_goes_with_the_mistake_and_comes_back_with_it(name):
    _, scenario = FAULT_PRESETS[name]
    race = Race(scenario)
    race.advance(END_NS)
    assert any(warnings(race).values())
    race.change(replace(scenario, fault=""))
    assert not any(warnings(race).values())
    race.advance(END_NS + 10 * MS)
    assert not any(warnings(race).values())
    race.change(scenario)
    race.advance(race.now_ns + 20 * MS)
    again = [warning for warning in warnings(race).values() if warning is not None]
    assert again
    assert all(warning.first_ns >= END_NS + 10 * MS for warning in again)
    struck = [marker.at_ns for marker in race.markers() if marker.kind == "struck"]
    assert min(struck) <= END_NS < END_NS + 10 * MS <= max(struck)


@pytest.mark.parametrize("name", PRESETS)
def test_no_fault_is_logged_without_a_mistake(name):
    lanes = ("select", "epoll", "epoll-et", "epoll-oneshot", "epoll-exclusive", "pool")
    race = Race(replace(PRESETS[name][1], lanes=lanes))
    for _ in range(20):
        race.advance(race.now_ns + MS)
        assert not any(warnings(race).values())


@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_has_words_for_the_past(kind):
    kernel = Kernel(ROUND_COSTS)
    listener_fd = kernel.sys_socket()
    kernel.sys_listen(listener_fd, 5)
    listener = kernel.table.file(listener_fd)
    assert isinstance(listener, ListeningSocket)
    strikes = FaultLog(kernel, listener)
    assert warning(kernel, strikes) is None
    for count, often in ((1, "once"), (2, "2 times")):
        strikes.note(kind, 1_234, at_ns=count * 1_000)
        view = warning(kernel, strikes)
        assert view is not None
        assert (view.kind, view.present, view.strikes, view.cure) == (kind, False, count, CURES[kind])
        assert (view.first_ns, view.last_ns) == (1_000, count * 1_000)
        assert often in view.text
        assert len(view.brief) <= 40


def test_each_fault_has_a_cure_and_the_lane_that_makes_it():
    assert set(CURES) == set(STRIKING)
    assert set(CURED) == set(FAULTS)
    made = {(name, fault) for name, kind in LANES.items() for fault in kind.mistakes}
    assert made == {(lane, fault) for lane, fault in SERVERS if fault}
    assert {fault: maker_of(fault) for _, fault in made} == {fault: lane for lane, fault in made}


# --- counted when they occur ------------------------------------------------------------------------


def test_herd_counts_each_vain_wake_up():
    race = Race(FAULT_PRESETS["herd"][1])
    race.advance(50 * MS)
    lane = race.frame().lanes[1]
    assert lane.warning is not None
    # A vain wake-up for the end of a connection, which another event made stale, does not count as a herd.
    assert 0.95 * lane.counters.spurious_wakes <= lane.warning.strikes <= lane.counters.spurious_wakes


def test_exclusive_still_wakes_a_second_worker_if_the_first_is_busy():
    """Linux does the same; tests/conformance/case_faults.py has a case for it."""
    herd, cured = (Race(FAULT_PRESETS[name][1]) for name in ("herd", "herd-cured"))
    for race in (herd, cured):
        race.advance(100 * MS)
    many, few = (race.frame().lanes[1].counters.spurious_wakes for race in (herd, cured))
    assert 0 < few < many / 4


def test_the_backlog_counts_each_refused_connection():
    race = Race(FAULT_PRESETS["backlog"][1])
    race.advance(50 * MS)
    select, epoll = race.frame().lanes
    assert select.warning is not None
    assert select.warning.strikes == select.counters.dropped
    assert epoll.warning is None


def test_one_shot_counts_packets_for_disarmed_items():
    scenario = Scenario(fds=50, active=50, rate=50_000, burst=1, lanes=("epoll-oneshot",), fault="no-rearm")
    race = Race(scenario)
    race.advance(20 * MS)
    before = race.frame().lanes[0]
    race.advance(40 * MS)
    after = race.frame().lanes[0]
    assert before.counters.requests == after.counters.requests == before.counters.ready == 50
    assert before.warning is not None
    assert after.warning is not None
    assert after.warning.strikes - before.warning.strikes == after.counters.packets - before.counters.packets


@pytest.mark.parametrize("reads", [1, 2, 3])
def test_a_program_that_waits_again_and_has_left_data_is_reported(reads):
    kernel = Kernel(ROUND_COSTS)
    listener_fd = kernel.sys_socket()
    kernel.sys_listen(listener_fd, 5)
    listener = kernel.table.file(listener_fd)
    assert isinstance(listener, ListeningSocket)
    kernel.faults = strikes = FaultLog(kernel, listener)
    ours, _ = pairs(kernel, 1)
    epfd = kernel.sys_epoll_create1()
    kernel.sys_epoll_ctl(epfd, 1, ours[0], poll_bits.IN | poll_bits.EPOLLET)

    def program():
        while True:
            for fd, _ in (yield from kernel.sys_epoll_wait(epfd, 8)):
                for _ in range(reads):
                    kernel.sys_read(fd, 10)
                    assert not strikes.by_kind  # it may still read on
                    yield

    kernel.start(program())
    arrive(kernel, ours[0], 50_000, b"twenty-five bytes of data")
    kernel.run_until(1_000_000)
    if reads == 3:
        assert strikes.by_kind == {}
    else:
        strike = strikes.by_kind["no-drain"]
        assert (strike.count, strike.fd) == (1, ours[0])
        assert strike.first_ns == strike.last_ns > 50_000
