"""Threads, processes, pools and epoll's other modes: the laws of their counts, and their memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.frames.frame import LaneFrame, TaskState
from sim.kernel.descriptors import IdleBlock
from sim.kernel.files.tcp import StreamSocket
from sim.machine.accounts import Count
from sim.machine.costs import BUILT_IN
from sim.machine.records import Effect, Kind
from sim.race.lane import Lane
from sim.race.race import Race
from sim.scenario.scenario import PRESETS, Scenario, Share
from sim.scenario.workload import Workload
from sim.servers import epoll_exclusive, epoll_oneshot, pool
from sim.servers.base import ServerSettings
from sim.servers.faulty import HerdServer
from sim.stdlib.kernel import Kernel
from tests.support.races import MS, records_of

TASK_LANES = ("process", "thread", "pool", "epoll-oneshot", "epoll-exclusive")
ALL = (*TASK_LANES, "select", "poll", "epoll", "epoll-et")


def quiet(scenario: Scenario, run_ns: int = 50 * MS) -> dict[str, LaneFrame]:
    """Every lane after the arrivals of a race have ended and all requests are answered."""
    race = Race(scenario)
    race.advance(run_ns)
    race.change(replace(scenario, rate=0, churn=0) if scenario.churn == 0 else replace(scenario, rate=0))
    race.advance(run_ns + 50 * MS)
    return {lane.name: lane for lane in race.frame().lanes}


SPARSE = Scenario(fds=500, active=50, rate=500, burst=1, lanes=ALL)
"""Requests are so far apart that each finds all tasks asleep."""


@pytest.mark.parametrize(
    "scenario",
    [
        SPARSE,
        Scenario(fds=1_000, lanes=ALL),
        Scenario(fds=300, active=Share(10_000), rate=30_000, burst=60, lanes=ALL),
        Scenario(fds=100, active=9, rate=20_000, burst=2, payload=3_000, lanes=ALL),
    ],
    ids=str,
)
def test_below_saturation_every_lane_answers_every_request(scenario):
    counters = [lane.counters for lane in quiet(scenario).values()]
    assert len({(lane.requests, lane.packets) for lane in counters}) == 1
    assert counters[0].requests == counters[0].packets > 0
    assert all(lane.dropped == 0 for lane in counters)


def test_a_sleeping_thread_makes_two_calls_two_checks_and_two_switches_for_a_request():
    lane = quiet(replace(SPARSE, lanes=("thread",)))["thread"].counters
    n = lane.requests
    assert (lane.wakeups, lane.ready) == (n, n)
    assert lane.syscalls == 2 * n
    # Each vain check is a sleep; one of them is the accepting thread's, at the beginning.
    assert lane.scanned == 2 * n + 1
    assert lane.hooks == n + 1
    assert lane.context_switches == 2 * n + 2
    assert (lane.epoll_ctl, lane.spurious_wakes, lane.cost_ns["scan"]) == (0, 0, 0)
    assert lane.copied_in_bytes == lane.copied_out_bytes == 64 * n


def test_requests_to_different_connections_at_one_moment_share_the_switches():
    # There is one switch from thread to thread, one to the idle task, and one from the idle task.
    burst = replace(SPARSE, burst=10, rate=5_000, lanes=("thread",))
    lane = quiet(burst)["thread"].counters
    bursts = lane.requests // 10
    assert lane.context_switches == lane.requests + bursts + 2


def test_a_process_pays_for_its_address_space_and_a_larger_working_set():
    lanes = quiet(replace(SPARSE, active=1, lanes=("process", "thread")))
    thread, process = lanes["thread"].counters, lanes["process"].counters
    assert thread.context_switches == process.context_switches
    # One connection only: the other task ran once, so one switch between address spaces, one cold start.
    more_ns = process.cost_ns["context_switch"] - thread.cost_ns["context_switch"]
    sets = 2 * (BUILT_IN.process_working_set_bytes - BUILT_IN.thread_working_set_bytes)
    assert abs(more_ns - BUILT_IN.address_space_ns - sets * BUILT_IN.refill_ps // 1000) <= 2
    both = quiet(replace(SPARSE, lanes=("process", "thread")))
    assert (
        both["process"].counters.cost_ns["context_switch"]
        > 2 * both["thread"].counters.cost_ns["context_switch"]
    )


def test_edge_triggered_epoll_checks_once_and_reads_once_more():
    lanes = quiet(replace(SPARSE, lanes=("epoll", "epoll-et")))
    level, edge = lanes["epoll"].counters, lanes["epoll-et"].counters
    n = level.requests
    assert level.scanned == 2 * n
    assert edge.scanned == n
    assert level.syscalls == 3 * n + 1
    assert edge.syscalls == 4 * n + 1
    assert edge.requests == n
    assert (level.empty_reads, edge.empty_reads) == (0, n)


def test_one_shot_epoll_makes_one_epoll_ctl_for_each_event():
    lane = quiet(replace(SPARSE, lanes=("epoll-oneshot",)))["epoll-oneshot"].counters
    n = lane.requests
    assert (lane.ready, lane.epoll_ctl) == (n, n)
    assert lane.scanned == n
    assert lane.syscalls == 4 * n + epoll_oneshot.WORKERS


def test_a_pool_hands_every_event_over():
    lane = quiet(replace(SPARSE, lanes=("pool",)))["pool"].counters
    n = lane.requests
    assert (lane.ready, lane.epoll_ctl) == (n, n)
    # wait, futex wake, read, write, epoll_ctl, futex wait
    assert lane.syscalls == 6 * n + 1 + pool.WORKERS
    # idle to poller, to worker, to idle; and the switches of all tasks at the beginning
    assert lane.context_switches == 3 * n + 1 + pool.WORKERS + 1


def test_with_few_busy_connections_threads_pay_less_for_waiting_than_epoll():
    race = Race(PRESETS["threads-well"][1])
    race.advance(100 * MS)
    thread, epoll = (lane.counters for lane in race.frame().lanes)
    assert thread.requests == epoll.requests > 1_000
    assert thread.wait_ns < 0.9 * epoll.wait_ns
    assert thread.syscalls < 2.1 * thread.requests < 0.75 * epoll.syscalls


def test_the_order_of_1999_is_process_and_select_then_thread_then_epoll():
    race = Race(PRESETS["c10k-1999"][1])
    race.advance(30 * MS)
    process, thread, select, epoll = race.frame().lanes
    waits = [lane.counters.wait_ns / lane.counters.requests for lane in (select, process, thread, epoll)]
    assert waits == sorted(waits, reverse=True)
    assert process.memory is not None
    assert epoll.memory is not None
    assert process.memory.used_bytes > 25 * epoll.memory.used_bytes


def test_a_new_connection_wakes_one_exclusive_worker_or_the_whole_herd():
    churning = Scenario(fds=400, rate=0, churn=200, lanes=("epoll-exclusive",))
    spurious = {}
    for fault in ("", "herd"):
        race = Race(replace(churning, fault=fault))
        race.advance(500 * MS)
        lane = race.frame().lanes[0]
        spurious[fault] = lane.counters.spurious_wakes
        accepted = sum(1 for record in lane.records if record[1] == Kind.ACCEPT)
        assert accepted > 50
        assert lane.registered == 401
    others = epoll_exclusive.WORKERS - 1
    assert spurious["herd"] > 0.8 * others * accepted
    # FIN and handshake come together: if the FIN has just woken the first worker, the next is woken too.
    assert spurious[""] < 0.5 * accepted


@pytest.mark.parametrize(("kind", "woken"), [(epoll_exclusive.EpollExclusiveServer, 1), (HerdServer, 4)])
def test_number_of_workers_that_a_connection_wakes_if_all_sleep(kind, woken):
    kernel = Kernel()
    server = kind(kernel, ServerSettings(64, True, None))
    end = kernel.table.end
    server.adopt(IdleBlock(end, end - 1, lambda fd: StreamSocket(kernel)))
    server.start()
    for number in range(50):
        kernel.run_until((number + 1) * MS)
        kernel.book_idle()
        server.listener.established(StreamSocket(kernel))
    kernel.run_until(60 * MS)
    _, counted = kernel.totals()
    assert counted[Count.SPURIOUS_WAKES] == 50 * (woken - 1)
    assert counted[Count.WAKEUPS] == 50
    watched = [epoll.count - 1 for epoll in kernel.epoll_calls.epolls]
    # The first in the queue gets all: exclusive entries join at the tail, other entries at the head.
    assert sorted(watched) == [0, 0, 0, 50]


def test_connections_are_divided_among_exclusive_workers_and_all_are_served():
    for fds in (1, 3, 4, 5, 1_001):
        race = Race(Scenario(fds=fds, active=fds, rate=100_000, burst=10, lanes=("epoll-exclusive", "epoll")))
        race.advance(5 * MS)
        race.change(replace(race.scenario, rate=0))
        race.advance(20 * MS)
        exclusive, plain = race.frame().lanes
        assert exclusive.registered == fds
        assert exclusive.counters.requests == plain.counters.requests > 0


def test_a_new_connection_starts_a_thread_and_a_closed_one_ends_it():
    race = Race(Scenario(fds=200, rate=0, churn=2_000, lanes=("thread", "process")))
    race.advance(100 * MS)
    race.change(replace(race.scenario, churn=0, rate=0))
    for lane in race.frame().lanes:
        assert lane.tasks is not None
        assert lane.tasks.running + lane.tasks.runnable + lane.tasks.blocked == 201
    race = Race(Scenario(fds=200, rate=0, churn=2_000, lanes=("thread", "process")))
    race.advance(100 * MS)
    for lane in race.frame().lanes:
        started = sum(1 for record in lane.records if record[1] == Kind.ACCEPT)
        start_ns = BUILT_IN.thread_start_ns if lane.name == "thread" else BUILT_IN.process_start_ns
        # If the process lane lags behind, the last start may be under way.
        assert (started - 1) * start_ns <= lane.counters.cost_ns["task_start"] <= started * start_ns
        assert started > 100


def test_a_packet_says_that_it_woke_a_thread():
    records = records_of(Race(replace(SPARSE, lanes=("thread",))), 50 * MS)["thread"]
    effects = {record[4] for record in records if record[1] == Kind.PACKET}
    assert effects == {Effect.WOKE_TASK}
    slept_on = [record[2] for record in records if record[1] == Kind.SLEEP]
    read = [record[2] for record in records if record[1] == Kind.READ]
    assert slept_on[1:] == read


# --- memory ---------------------------------------------------------------------------------------


def test_a_million_blocked_threads_are_charged_and_not_made():
    costs = replace(BUILT_IN, memory_bytes=1 << 40)
    scenario = Scenario(fds=1_000_000, lanes=("thread",))
    there = Lane("thread", scenario, costs, Workload(scenario), 0)
    there.run_until(20 * MS)
    lane = there.frame(scenario)
    assert lane.memory is not None
    assert lane.memory.used_bytes == 1_000_000 * (BUILT_IN.thread_bytes + BUILT_IN.socket_bytes)
    assert lane.memory.reserved_bytes == 1_000_000 * BUILT_IN.stack_reserve_bytes
    assert lane.tasks is not None
    assert lane.tasks.blocked + lane.tasks.runnable + lane.tasks.running == 1_000_001
    assert lane.counters.requests > 300
    assert len(there.kernel.table.files) < 10


@pytest.mark.parametrize("name", ["thread", "process", "epoll"])
def test_a_lane_fails_exactly_where_memory_ends(name):
    each = Race(Scenario(fds=16, lanes=(name,))).frame().lanes[0].memory
    assert each is not None
    costs = replace(BUILT_IN, memory_bytes=1_000 * each.connection_bytes)
    holds, fails = (
        Race(Scenario(fds=fds, rate=0, lanes=(name,)), costs).frame().lanes[0] for fds in (1_000, 1_001)
    )
    assert holds.failure is None
    assert fails.failure is not None
    assert fails.failure.startswith(f"{name} fails here: 1,001 connections at ")
    assert "\n" not in fails.failure
    assert fails.warning is not None
    assert fails.warning.kind == "memory"


def test_it_fails_at_the_same_moment_however_time_is_cut():
    costs = replace(BUILT_IN, memory_bytes=100 * (BUILT_IN.thread_bytes + BUILT_IN.socket_bytes))
    scenario = Scenario(fds=100, active=90, rate=200_000, burst=20, churn=20_000, lanes=("thread",))
    ends = []
    for step_ns in (20 * MS, 37_001):
        race = Race(scenario, costs)
        while race.now_ns < 20 * MS:
            race.advance(min(20 * MS, race.now_ns + step_ns))
        ends.append(race.frame().lanes[0])
    assert ends[0].counters == ends[1].counters
    assert ends[0].failure == ends[1].failure is not None


def test_a_server_that_grows_beyond_its_memory_fails_at_that_moment():
    each = BUILT_IN.thread_bytes + BUILT_IN.socket_bytes
    costs = replace(BUILT_IN, memory_bytes=100 * each)
    race = Race(Scenario(fds=100, rate=0, churn=20_000, lanes=("thread",)), costs)
    assert race.frame().lanes[0].failure is None
    race.advance(20 * MS)
    lane = race.frame().lanes[0]
    assert lane.failure == (
        "thread fails here: 101 connections at 40.2 kB each take 4.07 MB, "
        "and this machine has 4.02 MB of memory"
    )
    assert lane.warning is not None
    assert lane.warning.kind == "memory"


# --- the grid -------------------------------------------------------------------------------------


def test_the_states_of_threads_are_those_of_the_run_queue():
    race = Race(Scenario(fds=300, active=300, rate=100_000, burst=40, churn=500, lanes=("thread", "epoll")))
    longest = 0
    for _ in range(200):
        race.advance(race.now_ns + 50_000)
        thread, epoll = race.frame().lanes
        tasks = thread.tasks
        assert epoll.tasks is None
        assert tasks is not None
        counts = np.bincount(tasks.states, minlength=4)
        assert len(tasks.states) == 300
        assert counts[TaskState.RUNNING] <= tasks.running <= 1
        # The accepting thread, and threads of descriptors beyond the grid, are in the queue only.
        assert counts[TaskState.RUNNABLE] <= tasks.runnable <= counts[TaskState.RUNNABLE] + 20
        is_open = thread.poll_mask[thread.first_fd : thread.first_fd + 300] != 0x20
        assert ((tasks.states != TaskState.NONE) >= is_open).all()
        longest = max(longest, tasks.runnable)
        if thread.serving_fd is not None and 0 <= thread.serving_fd - thread.first_fd < 300:
            assert tasks.states[thread.serving_fd - thread.first_fd] == TaskState.RUNNING
    assert longest > 20


def test_workers_show_the_states_of_connections_in_service_only():
    race = Race(Scenario(fds=100, active=100, rate=100_000, burst=20, lanes=("epoll-oneshot",)))
    seen = set()
    for _ in range(300):
        race.advance(race.now_ns + 7_000)
        tasks = race.frame().lanes[0].tasks
        assert tasks is not None
        assert tasks.running + tasks.runnable + tasks.blocked == epoll_oneshot.WORKERS
        seen |= set(np.unique(tasks.states).tolist())
    assert seen >= {TaskState.NONE, TaskState.RUNNING}
    assert TaskState.BLOCKED not in seen


def test_switches_per_second_are_shown_after_some_time():
    race = Race(Scenario(lanes=("thread",)))
    assert race.frame().lanes[0].counters.switches_per_s is None
    race.advance(10_000_000)
    counters = race.frame().lanes[0].counters
    assert counters.switches_per_s == counters.context_switches * 100
