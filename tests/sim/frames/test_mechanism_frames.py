"""The sets, lists, queues and workers in a frame agree with the kernel's state and counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim import Kernel
from sim.frames.frame import TaskState
from sim.frames.mechanism import SHOWN, EpollView, IocpView, KqueueView, SetView, epoll_view
from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_MOD
from sim.machine.records import Kind
from sim.machine.scheduler import RunQueue, ScheduledTask
from sim.race.race import Race
from sim.scenario.faults import HERD, NO_REARM
from sim.scenario.scenario import Scenario
from sim.servers.epoll_exclusive import EpollExclusiveServer
from tests.support.races import MS, records_of

BUSY = Scenario(fds=300, active=300, rate=200_000, burst=40, churn=5_000)


def lane_at(at_ns: int, scenario: Scenario):
    race = Race(scenario)
    race.advance(at_ns)
    return race.frame().lanes[0]


# -- sets ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "in_bytes", "out_bytes"), [("select", 40, 40), ("poll", 2_400, 600)])
def test_every_call_copies_the_set_that_the_view_shows(name, in_bytes, out_bytes):
    race = Race(replace(BUSY, churn=0, lanes=(name,)))
    records = records_of(race, 20 * MS)[name]
    lane = race.frame().lanes[0]
    view = lane.mechanism
    assert isinstance(view, SetView)
    assert (view.watched, view.in_bytes, view.out_bytes) == (300, in_bytes, out_bytes)
    calls = sum(record[1] == Kind.CALL for record in records)
    returns = sum(record[1] == Kind.RETURN for record in records)
    written = sum(record[3] for record in records if record[1] == Kind.WRITE)
    read = sum(record[3] for record in records if record[1] == Kind.READ)
    assert calls > 20
    assert lane.counters.copied_in_bytes == calls * in_bytes + written
    assert lane.counters.copied_out_bytes == returns * out_bytes + read


@pytest.mark.parametrize("name", ["select", "poll"])
def test_the_kernel_has_its_copy_while_a_call_is_under_way(name):
    race = Race(replace(BUSY, lanes=(name,)))
    seen = set()
    for _ in range(400):
        race.step_event()
        lane = race.frame().lanes[0]
        assert isinstance(lane.mechanism, SetView)
        seen.add(lane.mechanism.in_kernel)
        if lane.activity in ("scanning", "sleeping"):
            assert lane.mechanism.in_kernel
        if lane.activity == "serving":
            assert not lane.mechanism.in_kernel
    assert seen == {True, False}


# -- epolls --------------------------------------------------------------------------------


def test_one_shot_items_that_fired_count_as_disarmed_until_they_are_armed_again():
    kernel = Kernel()
    epfd = kernel.sys_epoll_create1()
    epoll = kernel.epoll_calls.epolls[0]
    pairs = [kernel.socket.socketpair() for _ in range(3)]
    for one, _ in pairs:
        kernel.sys_epoll_ctl(epfd, CTL_ADD, one.fileno(), poll_bits.IN | poll_bits.EPOLLONESHOT)
    for _, other in pairs:
        other.send(b"x")
    assert epoll_view((epoll,)).ready == 3
    assert len(epoll.collect(2)[0]) == 2
    assert epoll_view((epoll,)).disarmed == 2
    epoll.collect(9)
    assert epoll_view((epoll,)).disarmed == 3
    kernel.sys_epoll_ctl(epfd, CTL_MOD, pairs[0][0].fileno(), poll_bits.IN | poll_bits.EPOLLONESHOT)
    assert epoll_view((epoll,)).disarmed == 2
    kernel.sys_epoll_ctl(epfd, CTL_MOD, pairs[0][0].fileno(), poll_bits.IN)  # armed: nothing to undo
    assert epoll_view((epoll,)).disarmed == 2
    pairs[1][0].close()
    view = epoll_view((epoll,))
    assert (view.watched, view.disarmed) == (2, 1)


@pytest.mark.parametrize(
    ("name", "fault"),
    [("epoll-oneshot", ""), ("epoll-oneshot", NO_REARM), ("pool", ""), ("epoll", ""), ("epoll-et", "")],
)
def test_the_number_of_disarmed_items_is_right_at_any_moment(name, fault):
    race = Race(replace(BUSY, lanes=(name,), fault=fault))
    most = 0
    for _ in range(60):
        race.advance(race.now_ns + 77_777)
        lane = race._time_line.lanes[name]
        view = race.frame().lanes[0].mechanism
        assert isinstance(view, EpollView)
        expected = sum(
            not item.wanted for epoll in lane.kernel.epoll_calls.epolls for item in epoll.interest.values()
        )
        assert view.disarmed == expected
        assert view.ready == sum(len(epoll.ready) for epoll in lane.kernel.epoll_calls.epolls)
        assert view.ready_fds == tuple(item.fd for item in lane.kernel.epoll_calls.epolls[0].ready[:SHOWN])
        assert (view.jobs is None) == (name != "pool")
        most = max(most, view.disarmed)
    assert (most > 0) == (name in ("epoll-oneshot", "pool"))


@pytest.mark.parametrize("name", ["select", "poll", "epoll", "epoll-et", "kqueue", "io_uring", "iocp"])
def test_going_back_shows_the_same_mechanism(name):
    race = Race(replace(BUSY, lanes=(name,)))
    seen = {}
    for at_ns in (1_000_003, 4_200_007, 9_000_011):
        race.advance(at_ns)
        seen[at_ns] = race.frame().lanes[0].mechanism
    for at_ns in (4_200_007, 1_000_003, 9_000_011):
        race.seek(at_ns)
        assert race.frame().lanes[0].mechanism == seen[at_ns] is not None


def spurious(race: Race) -> int:
    """Number of wake-ups that found nothing, from the accounts."""
    return race.frame().lanes[0].counters.spurious_wakes


# -- workers -------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "count"), [("pool", 9), ("epoll-oneshot", 4), ("epoll-exclusive", 4)])
def test_the_frame_has_every_worker(name, count):
    race = Race(replace(BUSY, lanes=(name,)))
    states = set()
    for _ in range(80):
        race.advance(race.now_ns + 55_555)
        tasks = race.frame().lanes[0].tasks
        assert tasks is not None
        assert len(tasks.workers) == count
        of = [worker.state for worker in tasks.workers]
        assert of.count(TaskState.RUNNING) == tasks.running
        assert of.count(TaskState.RUNNABLE) == tasks.runnable
        assert of.count(TaskState.BLOCKED) == tasks.blocked
        assert sum(worker.vain_wakes for worker in tasks.workers) == spurious(race)
        assert all(worker.vain_wakes <= worker.wakes for worker in tasks.workers)
        states.update(of)
        assert len(tasks.queue_fds) == tasks.runnable
    assert states == {TaskState.RUNNING, TaskState.RUNNABLE, TaskState.BLOCKED}
    assert spurious(race) > 0


def test_the_herd_wakes_all_workers_and_its_cure_wakes_one():
    calm = Scenario(fds=100, active=1, rate=0, churn=1_000)
    woken = {}
    for fault in ("", HERD):
        lane = lane_at(100 * MS, replace(calm, lanes=("epoll-exclusive",), fault=fault))
        assert lane.tasks is not None
        woken[fault] = [worker.wakes for worker in lane.tasks.workers]
        assert sum(worker.watched for worker in lane.tasks.workers) >= 100
    assert min(woken[HERD]) > 50
    assert max(woken[HERD]) - min(woken[HERD]) <= 2
    assert max(woken[""]) > 4 * min(woken[""])
    assert max(woken[""]) <= max(woken[HERD])


def test_each_worker_of_epoll_exclusive_watches_its_own():
    race = Race(Scenario(fds=103, rate=0, lanes=("epoll-exclusive",)))
    race.advance(MS)
    server = race._time_line.lanes["epoll-exclusive"].server
    assert isinstance(server, EpollExclusiveServer)
    tasks = race.frame().lanes[0].tasks
    assert tasks is not None
    assert [worker.watched for worker in tasks.workers] == [25, 26, 26, 26]


# -- the run queue -------------------------------------------------------------------------


def test_the_first_tasks_of_the_run_queue_run_next():
    race = Race(Scenario(fds=200, active=200, rate=400_000, burst=100, lanes=("thread",)))
    race.advance(3 * MS)
    queue = race._time_line.lanes["thread"].kernel.runnable
    assert isinstance(queue, RunQueue)
    length = len(queue)
    assert length > 30
    for count in (0, 1, 7, length, length + 5):
        assert len(queue.first(count)) == min(count, length)
    told = race.frame().lanes[0].tasks
    assert told is not None
    assert told.queue_fds == tuple(task.fd for task in queue.first(SHOWN))
    foreseen: list[ScheduledTask] = queue.first(length)
    assert [queue.popleft() for _ in range(length)] == foreseen


def test_running_and_waiting_tasks_agree_with_the_states():
    race = Race(Scenario(fds=200, active=200, rate=400_000, burst=100, lanes=("thread",)))
    for _ in range(50):
        race.advance(race.now_ns + 66_667)
        lane = race.frame().lanes[0]
        tasks = lane.tasks
        assert tasks is not None
        states = tasks.states
        if tasks.running_fd >= lane.first_fd:
            assert states[tasks.running_fd - lane.first_fd] == TaskState.RUNNING
        for fd in tasks.queue_fds:
            if fd >= lane.first_fd:
                assert states[fd - lane.first_fd] == TaskState.RUNNABLE
        assert int((states == TaskState.RUNNABLE).sum()) <= tasks.runnable


# -- kqueue, ports -------------------------------------------------------------------------


def test_kqueue_shows_the_number_of_changes_of_a_call():
    race = Race(replace(BUSY, lanes=("kqueue",)))
    seen = set()
    for _ in range(2_000):
        race.step_event()
        view = race.frame().lanes[0].mechanism
        assert isinstance(view, KqueueView)
        seen.add(view.handed)
    assert seen >= {0, 1}


def test_a_packet_shows_the_bytes_that_were_received():
    race = Race(replace(BUSY, payload=100, lanes=("iocp",)))
    race.advance(5 * MS)
    view = race.frame().lanes[0].mechanism
    assert isinstance(view, IocpView)
    assert view.queued > 5
    assert len(view.queued_bytes) == len(view.queued_keys) == min(view.queued, SHOWN)
    assert set(view.queued_bytes) >= {100}
