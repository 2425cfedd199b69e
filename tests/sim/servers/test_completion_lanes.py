"""kqueue, io_uring and completion ports in races: the same packets and answers, and their own counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.frames.frame import Frame, LaneFrame
from sim.frames.mechanism import IocpView, IoUringView, KqueueView
from sim.machine.costs import BUILT_IN
from sim.machine.records import Kind
from sim.race.lane import Lane
from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario, Share
from sim.scenario.workload import Workload
from sim.servers.registry import SERVERS
from tests.support.races import (
    MS,
    SCENARIOS,
    arrivals,
    check_accounts,
    check_churn,
    records_of,
    scenarios,
    shown,
)

NEW = ("kqueue", "io_uring", "io_uring-poll", "io_uring-sqpoll", "iocp")
BESIDE_EPOLL = ("epoll", *NEW)
END_NS = 3 * MS


def all_of(frame: Frame) -> list[object]:
    """Everything that a frame shows, and the views of the mechanisms."""
    return [*shown(frame), [lane.mechanism for lane in frame.lanes]]


def lanes_of(race: Race) -> dict[str, LaneFrame]:
    return {lane.name: lane for lane in race.frame().lanes}


def test_every_lane_has_a_server_and_the_memory_of_a_watch():
    assert {lane for lane, _ in SERVERS} == set(LANES)
    memories = {name: kind.watch_memory for name, kind in LANES.items() if kind.watch_memory is not None}
    assert set(memories) == {*NEW, "asyncio"}
    assert set(NEW) < set(LANES)
    assert all(memory.source and memory.size_bytes for memory in memories.values())


# -- the same race for all lanes -----------------------------------------------------------


@settings(max_examples=16)
@given(scenarios())
def test_every_lane_gets_the_same_packets(scenario):
    records = records_of(Race(replace(scenario, lanes=BESIDE_EPOLL)), 5 * MS)
    packets = [arrivals(lane) for lane in records.values()]
    assert packets[1:] == packets[:-1]


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(fds=16),
        Scenario(fds=500, active=Share(10_000), rate=30_000, burst=100),
        Scenario(fds=2_000, active=Share(10_000), rate=60_000, burst=1_500),
        Scenario(fds=200, active=20, rate=20_000, payload=4_000),
        Scenario(fds=20, active=5, rate=500, burst=5, payload=65_536),
    ],
    ids=str,
)
def test_below_saturation_every_lane_answers_every_request(scenario):
    race = Race(replace(scenario, lanes=BESIDE_EPOLL))
    race.advance(100 * MS)
    race.change(replace(race.scenario, rate=0))
    race.advance(200 * MS)
    counters = {name: lane.counters for name, lane in lanes_of(race).items()}
    assert len({(lane.requests, lane.packets, lane.dropped) for lane in counters.values()}) == 1
    assert counters["epoll"].requests == counters["epoll"].packets >= scenario.rate // 20
    assert counters["epoll"].dropped == 0


@settings(max_examples=16)
@given(scenarios(), st.lists(st.integers(0, END_NS), max_size=20))
def test_all_time_is_accounted_for_at_any_moment(scenario, moments):
    race = Race(replace(scenario, lanes=NEW))
    before = race.frame()
    for moment_ns in sorted(moments):
        race.advance(moment_ns)
        frame = race.frame()
        check_accounts(frame, before)
        own = lanes_of(race)["io_uring-sqpoll"].counters
        assert own.sq_thread_work_ns + own.sq_thread_spin_ns + own.sq_thread_sleep_ns == moment_ns
        before = frame


@settings(max_examples=16)
@given(scenarios(), st.lists(st.integers(0, END_NS), max_size=30))
def test_one_long_run_and_many_short_ones_show_the_same(scenario, cuts):
    whole, pieces = Race(replace(scenario, lanes=NEW)), Race(replace(scenario, lanes=NEW))
    whole.advance(END_NS)
    for cut_ns in sorted(cuts):
        pieces.advance(cut_ns)
    pieces.advance(END_NS)
    assert all_of(whole.frame()) == all_of(pieces.frame())


@settings(max_examples=11)
@given(scenarios(), st.lists(st.integers(0, END_NS), max_size=20))
def test_looking_changes_nothing(scenario, looks):
    looked_at, left_alone = Race(replace(scenario, lanes=NEW)), Race(replace(scenario, lanes=NEW))
    for look_ns in sorted(looks):
        looked_at.advance(look_ns)
        looked_at.frame()
        looked_at.next_event_ns()
    looked_at.advance(END_NS)
    left_alone.advance(END_NS)
    assert shown(looked_at.frame(), records=False) == shown(left_alone.frame(), records=False)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
@pytest.mark.parametrize("name", NEW)
def test_a_program_recreated_at_any_yield_continues_the_old_one(name, scenario):
    scenario = replace(scenario, lanes=(name,))
    lane, twin = (Lane(name, scenario, BUILT_IN, Workload(scenario), 0) for _ in range(2))
    lost = []
    for step in range(1, 400):
        assert lane.task is not None
        lost.append(lane.task.send)  # kept, because a generator that is freed ends its call
        lane.task.send = lane.server.run().send
        for each in (lane, twin):
            each.run_until(step * 7_919)
    assert lane.kernel.totals() == twin.kernel.totals()
    assert lane.frame(scenario).records == twin.frame(scenario).records
    assert lane.server.view() == twin.server.view()


# -- connections come and go ---------------------------------------------------------------


@pytest.mark.parametrize("name", NEW)
def test_churn_replaces_connections_and_leaves_as_many(name):
    scenario, frame, _ = check_churn(name)
    if isinstance(frame.mechanism, IoUringView):
        assert frame.mechanism.armed == scenario.fds + 1
        assert frame.mechanism.buffers_free == frame.mechanism.buffers
    if isinstance(frame.mechanism, IocpView):
        assert frame.mechanism.pending == scenario.fds + 64  # a receive for each, and 64 accepts


def test_kqueue_registers_new_connections_with_its_waiting_call():
    race = Race(Scenario(fds=200, active=50, rate=5_000, churn=10_000, lanes=("epoll", "kqueue")))
    race.advance(100 * MS)
    epoll, kqueue = (lane.counters for lane in race.frame().lanes)
    assert abs(epoll.epoll_ctl - kqueue.changes) < 5
    assert kqueue.epoll_ctl == 0
    # A change needs no call, and no accept is in vain: the event has the number of waiting connections.
    assert epoll.syscalls - kqueue.syscalls > epoll.epoll_ctl


# -- laws ----------------------------------------------------------------------------------


def test_calls_and_bytes_for_each_request():
    race = Race(Scenario(fds=4_000, active=4_000, rate=40_000, burst=20, lanes=BESIDE_EPOLL))
    records = records_of(race, 100 * MS)
    reads = {name: sum(record[1] == Kind.READ for record in lane) for name, lane in records.items()}
    lanes = {name: lane.counters for name, lane in lanes_of(race).items()}
    n = lanes["epoll"].requests
    assert {lane.requests for lane in lanes.values()} == {n}
    assert all(0.98 * n < count <= n for count in reads.values())  # a read can bring two requests
    payload = 64 * n
    epoll, kqueue, ring, iocp = (lanes[name] for name in ("epoll", "kqueue", "io_uring", "iocp"))
    assert kqueue.filter_runs == kqueue.packets
    assert kqueue.copied_out_bytes == payload + 64 * kqueue.ready
    assert epoll.copied_out_bytes == payload + 12 * epoll.ready
    assert kqueue.syscalls == 2 * reads["kqueue"] + kqueue.wakeups + 1  # one wait is under way
    assert kqueue.scanned == 2 * kqueue.ready  # level-triggered: asked once more when it is drained
    assert ring.sqes == ring.cqes == reads["io_uring"]  # a send each, which posts nothing; a completion each
    assert ring.copied_out_bytes == ring.copied_in_bytes == payload
    assert ring.syscalls < n / 10  # shared by a burst
    assert lanes["io_uring-poll"].syscalls > 2 * reads["io_uring-poll"]
    assert 0.98 * n < iocp.completions <= reads["iocp"]  # a receive that finds data queues nothing
    assert iocp.operations == 2 * reads["iocp"]  # a send, and the next receive
    assert (iocp.scanned, iocp.passes, iocp.wasted) == (0, 0, 0)
    assert iocp.copied_out_bytes == payload


def test_the_polling_thread_takes_work_off_the_lane_and_burns_a_cpu_for_it():
    race = Race(Scenario(fds=1_000, active=100, rate=40_000, burst=20, lanes=("io_uring", "io_uring-sqpoll")))
    race.advance(100 * MS)
    plain, polled = (lane.counters for lane in race.frame().lanes)
    assert polled.cost_ns["socket_io"] == 0 < plain.cost_ns["socket_io"]
    assert polled.cost_ns["idle"] > plain.cost_ns["idle"]
    burnt_ns = polled.sq_thread_work_ns + polled.sq_thread_spin_ns
    assert burnt_ns > plain.cost_ns["socket_io"] * 5
    assert plain.sq_thread_work_ns == plain.sq_thread_spin_ns == plain.sq_thread_sleep_ns == 0


def test_idle_connections_make_no_work():
    for fds in (1_000, 10_000):
        race = Race(Scenario(fds=fds, rate=500, burst=1, lanes=NEW))
        race.advance(100 * MS)
        costs = [(name, lane.counters.wakeup_ns) for name, lane in lanes_of(race).items()]
        if fds == 1_000:
            expected = costs
    assert costs == expected


# -- a million -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", NEW)
def test_a_million_idle_connections_are_no_objects(name):
    scenario = Scenario(fds=1_000_000, active=3, lanes=(name,))
    lane = Lane(name, scenario, BUILT_IN, Workload(scenario), 0)
    lane.run_until(50 * MS)
    assert len(lane.kernel.table.files) <= 5
    assert lane.server.registered == 1_000_000
    view = lane.server.view()
    if isinstance(view, IocpView):
        assert view.locked_bytes == 4_096 * view.pending > 4_000_000_000  # the memory that Windows would lock
    elif isinstance(view, IoUringView):
        assert view.armed == 1_000_000
    else:
        assert isinstance(view, KqueueView)
        assert view.knotes == 1_000_000


@pytest.mark.parametrize("name", NEW)
def test_everything_works_on_a_connection_that_was_never_touched(name):
    lane = Lane(name, Scenario(fds=1_000, rate=0), BUILT_IN, Workload(Scenario(rate=0)), 0)
    kernel, first = lane.kernel, lane.first_fd
    twin = kernel.sys_dup(first + 13)
    kernel.sys_close(first + 12)
    kernel.sys_close(twin)
    file = kernel.table.file(first + 13)
    assert len(file.wait_queue.entries) == 1
    assert kernel.sys_write(first + 13, b"x") == 1
