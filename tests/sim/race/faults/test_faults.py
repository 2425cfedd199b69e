"""Each classic mistake has its effect and its warning in the lane that makes it, and in no other lane."""

from __future__ import annotations

import inspect
from collections.abc import Generator
from dataclasses import replace

import pytest

from sim.frames.frame import FaultView, Frame
from sim.kernel import poll_bits
from sim.kernel.files.tcp import ListeningSocket
from sim.machine.costs import BUILT_IN
from sim.race.faults.diagnosis import diagnose
from sim.race.lane import Lane
from sim.race.race import Race
from sim.scenario.fault_presets import ALL_PRESETS, FAULT_PRESETS
from sim.scenario.faults import FAULTS
from sim.scenario.lanes import LANES
from sim.scenario.scenario import PRESETS, Scenario, ScenarioError, Share
from sim.scenario.workload import Workload
from sim.servers.registry import SERVERS
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import ROUND_COSTS, arrive, pairs
from tests.support.races import MS

WHERE = {
    "no-drain": "epoll-et",
    "no-rearm": "epoll-oneshot",
    "herd": "epoll-exclusive",
    "fd-setsize": "select",
    "dup": "epoll",
    "accept-one": "epoll-et",
    "backlog": "select",
}
"""The lane of its preset in which each mistake occurs; a slow reader affects all lanes."""


def watched(scenario: Scenario, run_ns: int = 60 * MS) -> tuple[dict[str, FaultView], Frame]:
    """A race with a frame every millisecond: the first warning of each lane, and the last frame."""
    race = Race(scenario)
    first: dict[str, FaultView] = {}
    frame = race.frame()
    while race.now_ns < run_ns:
        race.advance(race.now_ns + MS)
        frame = race.frame()
        for lane in frame.lanes:
            if lane.warning is not None:
                first.setdefault(lane.name, lane.warning)
    return first, frame


@pytest.mark.parametrize("name", WHERE)
def test_a_fault_strikes_where_it_is_made_and_only_there(name):
    _, scenario = FAULT_PRESETS[name]
    first, frame = watched(scenario)
    assert list(first) == [WHERE[name]]
    warning = first[WHERE[name]]
    assert warning.kind == name
    assert warning.count >= 1
    assert "\n" not in warning.text
    other = next(lane for lane in frame.lanes if lane.name != WHERE[name])
    assert other.failure is None


@pytest.mark.parametrize("name", [name for name in WHERE if name in FAULTS])
def test_without_the_mistake_nothing_strikes(name):
    _, scenario = FAULT_PRESETS[name]
    first, _ = watched(replace(scenario, fault=""))
    assert first == {}


@pytest.mark.parametrize("lane", [lane for lane, kind in LANES.items() if not kind.writes_block])
def test_no_server_waits_for_a_slow_reader_if_no_write_blocks(lane):
    with pytest.raises(ScenarioError, match=f"{lane} has none"):
        replace(FAULT_PRESETS["slow-reader"][1], lanes=("epoll", lane))


@pytest.mark.parametrize(
    "lane", [lane for lane, kind in LANES.items() if kind.writes_block and not kind.event_loop]
)
def test_a_slow_reader_holds_up_one_task_or_all(lane):
    scenario = replace(FAULT_PRESETS["slow-reader"][1], fds=100, lanes=(lane,))
    first, frame = watched(scenario, 200 * MS)
    assert first[lane].kind == "slow-reader"
    slow, ready = first[lane].fd, first[lane].count
    assert slow is not None
    counters = frame.lanes[0].counters
    sent = counters.packets + counters.dropped
    if lane in {"process", "thread", "pool"}:
        # One client in twenty is slow; the others are answered.
        assert counters.requests > 0.9 * sent
        assert (first[lane].text.endswith("the others go on"), ready) == (True, 0)
    elif lane in {"select", "poll", "epoll", "epoll-et"}:
        assert counters.requests < 0.5 * sent
        assert "everybody waits with it" in first[lane].text


def test_a_slow_reader_suspends_its_own_task_only_where_writes_are_awaited():
    scenario = replace(FAULT_PRESETS["slow-reader"][1], fds=100, lanes=("asyncio",))
    first, frame = watched(scenario, 200 * MS)
    counters = frame.lanes[0].counters
    assert first == {}
    assert counters.requests > 0.9 * (counters.packets + counters.dropped)


def test_a_program_that_waits_in_a_write_ends_when_its_server_restarts():
    scenario = replace(FAULT_PRESETS["slow-reader"][1], lanes=("epoll",))
    workload = Workload(scenario)
    lane = Lane("epoll", scenario, BUILT_IN, workload, 0)
    lane.run_until(12 * MS)
    warning = lane.frame(scenario).warning
    assert warning is not None
    assert warning.present
    assert lane.task is not None
    program = getattr(lane.task.send, "__self__", None)
    assert isinstance(program, Generator)
    lane.rebuild(replace(scenario, fault=""), workload)
    assert inspect.getgeneratorstate(program) == inspect.GEN_CLOSED


def test_starving_connections_have_bytes_that_no_task_will_read():
    race = Race(FAULT_PRESETS["no-drain"][1])
    race.advance(20 * MS)
    race.change(replace(race.scenario, rate=0))
    race.advance(race.now_ns + 50 * MS)
    level, edge = race.frame().lanes
    assert level.warning is None
    assert edge.warning is not None
    starving = [fd for fd, mask in enumerate(edge.poll_mask) if fd >= edge.first_fd and mask & 0x21 == 1]
    assert edge.warning.count == len(starving) > 0
    assert edge.warning.fd in starving
    left = race.inspect("epoll-et", edge.first_fd, edge.first_fd + edge.fds - 1).buffered_bytes
    assert edge.counters.requests + left // 64 == level.counters.requests
    # This is final: no packet comes, so nothing is reported.
    race.advance(race.now_ns + 500 * MS)
    assert race.frame().lanes[1].warning == edge.warning


def test_without_rearming_every_connection_is_answered_once():
    race = Race(
        Scenario(fds=100, active=Share(10_000), rate=50_000, lanes=("epoll-oneshot",), fault="no-rearm")
    )
    race.advance(100 * MS)
    lane = race.frame().lanes[0]
    assert lane.counters.ready == 100
    assert lane.warning is not None
    assert lane.warning.count == 100


def test_events_for_a_closed_number_keep_the_server_busy_in_vain():
    _, scenario = FAULT_PRESETS["dup"]
    race = Race(replace(scenario, lanes=("epoll",)))
    race.advance(20 * MS)
    before = race.frame().lanes[0]
    assert before.warning is not None
    race.advance(40 * MS)
    after = race.frame().lanes[0]
    assert after.counters.cost_ns["idle"] == before.counters.cost_ns["idle"]
    assert after.counters.wakeups - before.counters.wakeups > 2_000
    assert race.scenario.fault == "dup"


def test_the_wall_of_select_is_at_descriptor_1024():
    for fds, fails in ((1_019, False), (1_020, True)):  # the first connection is descriptor 5
        lane = Race(Scenario(fds=fds, rate=0, lanes=("select",), fd_setsize=True)).frame().lanes[0]
        assert lane.first_fd + fds - 1 == (1_024 if fails else 1_023)
        assert (lane.warning is not None and lane.warning.kind == "fd-setsize") == fails


def test_an_overflow_counts_what_the_network_counts_as_dropped():
    _, frame = watched(FAULT_PRESETS["backlog"][1])
    select, epoll = frame.lanes
    assert select.warning is not None
    assert select.warning.count == select.counters.dropped > 100
    assert epoll.counters.dropped == 0


# --- found in the state, not in the switch --------------------------------------------------------


def listening(kernel: Kernel) -> ListeningSocket:
    listener_fd = kernel.sys_socket()
    kernel.sys_listen(listener_fd, 5)
    listener = kernel.table.file(listener_fd)
    assert isinstance(listener, ListeningSocket)
    return listener


@pytest.mark.parametrize("drains", [False, True])
def test_any_program_that_does_not_drain_gets_the_warning(drains):
    kernel = Kernel(ROUND_COSTS)
    listener = listening(kernel)
    ours, _ = pairs(kernel, 1)
    epfd = kernel.sys_epoll_create1()
    kernel.sys_epoll_ctl(epfd, 1, ours[0], poll_bits.IN | poll_bits.EPOLLET)

    def program():
        while True:
            for fd, _ in (yield from kernel.sys_epoll_wait(epfd, 8)):
                while True:
                    try:
                        kernel.sys_read(fd, 10)
                    except BlockingIOError:
                        break
                    yield
                    if not drains:
                        break

    kernel.start(program())
    arrive(kernel, ours[0], 50_000, b"twenty-five bytes of data")
    kernel.run_until(1_000_000)
    warning = diagnose(kernel, listener, 0)
    if drains:
        assert warning is None
    else:
        assert warning is not None
        assert (warning.kind, warning.fd) == ("no-drain", ours[0])
        assert "15 bytes unread" in warning.text


@pytest.mark.parametrize("reused", [False, True])
def test_any_closed_number_is_named_with_the_dup_that_keeps_its_file(reused):
    kernel = Kernel(ROUND_COSTS)
    listener = listening(kernel)
    ours, _ = pairs(kernel, 1)
    epfd = kernel.sys_epoll_create1()
    kernel.sys_epoll_ctl(epfd, 1, ours[0], poll_bits.IN)
    copy = kernel.sys_dup(ours[0])
    kernel.sys_close(ours[0])
    assert diagnose(kernel, listener, 0) is None
    arrive(kernel, copy, 10_000)
    kernel.run_until(20_000)
    if reused:
        assert kernel.sys_dup(listener.numbers[0]) == ours[0]
    warning = diagnose(kernel, listener, 0)
    assert warning is not None
    assert (warning.kind, warning.fd) == ("dup", ours[0])
    assert ("is another file's by now" if reused else "is closed") in warning.text
    assert f"a dup ({copy})" in warning.text


def test_presets_are_valid_races_and_every_fault_has_one():
    assert not set(PRESETS) & set(FAULT_PRESETS)
    assert set(FAULTS) <= set(FAULT_PRESETS)
    for words, scenario in ALL_PRESETS.values():
        assert words
        assert scenario.lanes
    assert {fault for _, fault in SERVERS} <= {*FAULTS, ""}
    assert {lane for lane, _ in SERVERS} <= set(LANES)
