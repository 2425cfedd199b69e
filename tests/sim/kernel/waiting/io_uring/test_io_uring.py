"""io_uring's rings and their laws: counts and costs of submissions, checks, completions and copies."""

from __future__ import annotations

import errno

import pytest

from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD
from sim.kernel.waiting.io_uring.entries import CQE_F_MORE, ENTER_SQ_WAKEUP, Cqe, Op, Ring, Sqe
from sim.kernel.waiting.io_uring.ring import IoUring
from sim.machine.accounts import Account, Count
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import (
    ROUND_COSTS,
    Script,
    arrive,
    connections,
    measure,
    pairs,
    raises,
    totals,
)
from tests.support.races import MS


def ring_of(kernel: Kernel, entries: int = 64, cq_entries: int = 256) -> tuple[int, IoUring]:
    fd = kernel.sys_io_uring_setup(entries, cq_entries)
    ring = kernel.table.file(fd)
    assert isinstance(ring, IoUring)
    return fd, ring


def receiving(count: int, packets: list[tuple[int, int]], buffers: int = 64) -> tuple[Kernel, int, IoUring]:
    """A ring with a multishot recv armed on each connection."""
    kernel = Kernel(ROUND_COSTS)
    _, fds = connections(kernel, count, Script(packets))
    fd, ring = ring_of(kernel)
    ring.provide(0, buffers, 4_096)
    for first in range(0, count, 64):
        for our in fds[first : first + 64]:
            assert ring.submit(Sqe(Op.RECV, our, our, multishot=True, group=0))
        kernel.complete(kernel.sys_io_uring_enter(fd, 64))
    return kernel, fd, ring


# -- rings ---------------------------------------------------------------------------------


def test_a_ring_is_filled_at_the_tail_and_emptied_at_the_head_and_wraps():
    ring: Ring[int] = Ring(4)
    ring.head = ring.tail = 0xFFFFFFFE
    assert [ring.push(value) for value in range(5)] == [True, True, True, True, False]
    assert (ring.full, len(ring), ring.tail) == (True, 4, 2)
    assert [ring.pop() for _ in range(5)] == [0, 1, 2, 3, None]
    assert (len(ring), ring.head) == (0, 2)


@pytest.mark.parametrize("sizes", [(0, None), (3, None), (8, 12), (8, 4), (65_536, None)])
def test_odd_sizes_are_refused(sizes):
    raises(errno.EINVAL, Kernel().sys_io_uring_setup, *sizes)


def test_the_completion_ring_is_twice_the_other():  # io_uring_setup(2)
    kernel = Kernel()
    ring = kernel.table.file(kernel.sys_io_uring_setup(8))
    assert isinstance(ring, IoUring)
    assert (len(ring.sq.entries), len(ring.cq.entries)) == (8, 16)


def test_a_call_on_something_else_is_eopnotsupp():  # io_uring_enter(2)
    kernel = Kernel()
    other = kernel.sys_eventfd2(0)
    raises(errno.EOPNOTSUPP, kernel.complete, kernel.sys_io_uring_enter(other, 0))


def test_a_ring_can_be_watched_by_epoll():  # io_uring_poll
    kernel = Kernel(ROUND_COSTS)
    ours = pairs(kernel, 1)[0][0]
    fd, ring = ring_of(kernel)
    epfd = kernel.sys_epoll_create1()
    kernel.sys_epoll_ctl(epfd, CTL_ADD, fd, poll_bits.IN)
    ring.provide(0, 8, 64)
    ring.submit(Sqe(Op.RECV, ours, 1, multishot=True, group=0))
    kernel.complete(kernel.sys_io_uring_enter(fd, 1))
    arrive(kernel, ours, kernel.now_ns + MS)
    events = kernel.complete(kernel.sys_epoll_wait(epfd, 8))
    assert events == [(fd, poll_bits.IN)]
    kernel.complete(kernel.sys_io_uring_enter(fd, 0))
    assert ring.take() is not None
    assert kernel.complete(kernel.sys_epoll_wait(epfd, 8, 0)) == []


# -- laws ----------------------------------------------------------------------------------


def test_multishot_recv_needs_no_submission_and_no_check_for_a_message():
    messages = 200
    packets = [(5 * MS + 20_000 * step, step % 50) for step in range(messages)]
    kernel, fd, ring = receiving(50, packets)
    before = totals(kernel)
    taken: list[Cqe] = []
    while len(taken) < messages:
        kernel.complete(kernel.sys_io_uring_enter(fd, 0, 1))
        while (cqe := ring.take()) is not None:
            taken.append(cqe)
            assert cqe.buffer is not None
            ring.groups[0].give_back(cqe.buffer)
    after = totals(kernel)
    change = {name: after[name] - before[name] for name in after}
    assert all(cqe.more and cqe.data == b"x" * 64 for cqe in taken)
    assert (change["sqes"], change["scanned"]) == (0, 0)
    assert change["cqes"] == change["task_work"] == change["packets"] == messages
    assert change["copied_out_bytes"] == 64 * messages  # the payload; a completion is read in place
    assert change["syscalls"] == messages  # each message found the server asleep


def test_packets_of_one_burst_share_a_call():
    packets = [(5 * MS, slot) for slot in range(40)]
    kernel, fd, ring = receiving(40, packets)
    work = measure(kernel, kernel.sys_io_uring_enter(fd, 0, 40))
    costs = ring.costs
    assert (work.syscalls, work.cqes, work.task_work, work.hooks) == (1, 40, 40, 1)
    assert work.context_switches == 2
    assert work.scan == 40 * costs.task_work_ns
    assert work.socket_io == 40 * (costs.read_ns + 64)
    assert work.syscall == costs.enter_ns


def test_several_packets_before_the_task_runs_make_one_completion_and_one_check():
    packets = [(5 * MS + step, 3) for step in range(4)]
    kernel, fd, ring = receiving(8, packets)
    kernel.run_until(6 * MS)
    work = measure(kernel, kernel.sys_io_uring_enter(fd, 0, 1))
    cqe = ring.take()
    assert cqe is not None
    assert len(cqe.data) == 4 * 64
    assert (work.cqes, work.task_work, work.scanned, work.ready) == (1, 1, 1, 1)


def test_a_receive_without_buffers_ends_and_a_new_submission_finds_the_data():
    packets = [(5 * MS, slot) for slot in range(3)]
    kernel, fd, ring = receiving(3, packets, buffers=2)
    kernel.complete(kernel.sys_io_uring_enter(fd, 0, 3))
    cqes = [cqe for _ in range(3) if (cqe := ring.take()) is not None]
    assert [cqe.result for cqe in cqes] == [64, 64, -errno.ENOBUFS]
    assert [cqe.more for cqe in cqes] == [True, True, False]
    assert ring.armed == 2
    ring.groups[0].give_back(0)
    ring.submit(Sqe(Op.RECV, cqes[2].user_data, 9, multishot=True, group=0))
    kernel.complete(kernel.sys_io_uring_enter(fd, 1, 1))
    again = ring.take()
    assert again is not None
    assert (again.user_data, again.result, again.more) == (9, 64, True)


def test_a_batch_of_sends_is_one_call():
    kernel = Kernel(ROUND_COSTS)
    ours, theirs = pairs(kernel, 20)
    fd, ring = ring_of(kernel)
    for our in ours:
        ring.submit(Sqe(Op.SEND, our, our, data=b"y" * 64, silent=True))
    work = measure(kernel, kernel.sys_io_uring_enter(fd, 20))
    assert work.result == 20
    assert (work.syscalls, work.sqes, work.cqes, work.copied_in_bytes) == (1, 20, 0, 20 * 64)
    assert work.syscall == ring.costs.enter_ns + 20 * ring.costs.sqe_ns
    assert work.socket_io == 20 * (ring.costs.write_ns + 64)
    assert all(kernel.sys_read(their, 99) == b"y" * 64 for their in theirs)


def test_one_shot_polls_are_submitted_again_each_time():
    kernel = Kernel(ROUND_COSTS)
    ours = pairs(kernel, 1)[0][0]
    fd, ring = ring_of(kernel)
    for turn in range(1, 6):
        ring.submit(Sqe(Op.POLL_ADD, ours, 1, events=poll_bits.IN))
        arrive(kernel, ours, max(kernel.free_ns, kernel.now_ns) + MS)
        kernel.complete(kernel.sys_io_uring_enter(fd, 1, 1))
        cqe = ring.take()
        assert cqe is not None
        assert (cqe.result, cqe.flags) == (poll_bits.IN, 0)
        kernel.sys_read(ours, 64)
        assert totals(kernel)["sqes"] == totals(kernel)["cqes"] == turn
    assert ring.armed == 0


def test_multishot_accept_gives_a_descriptor_for_each_connection():
    kernel = Kernel(ROUND_COSTS)
    connections(kernel, 1, Script([(MS, ~0), (MS, ~0), (2 * MS, ~0)]))
    fd, ring = ring_of(kernel)
    ring.submit(Sqe(Op.ACCEPT, 3, 5, multishot=True))
    kernel.complete(kernel.sys_io_uring_enter(fd, 1, 3))
    cqes = [cqe for _ in range(3) if (cqe := ring.take()) is not None]
    assert len({cqe.result for cqe in cqes}) == 3
    assert all(kernel.table.is_open(cqe.result) and cqe.flags == CQE_F_MORE for cqe in cqes)
    assert totals(kernel)["sqes"] == 1


def test_a_closed_ring_lets_go_of_the_files_of_its_requests():
    kernel = Kernel()
    ours, theirs = pairs(kernel, 1)
    fd, ring = ring_of(kernel)
    ring.submit(Sqe(Op.POLL_ADD, ours[0], 1, multishot=True, events=poll_bits.IN))
    kernel.complete(kernel.sys_io_uring_enter(fd, 1))
    kernel.sys_close(ours[0])
    kernel.sys_write(theirs[0], b"still open")
    kernel.sys_close(fd)
    assert kernel.ring_calls.rings == kernel.block_watchers == []
    with pytest.raises(OSError, match=r"\[Errno"):
        kernel.sys_write(theirs[0], b"gone")


# -- the polling thread --------------------------------------------------------------------


def polled(packets: list[tuple[int, int]], idle_ns: int = 50 * MS) -> tuple[Kernel, int, IoUring, list[int]]:
    kernel = Kernel(ROUND_COSTS)
    _, fds = connections(kernel, 8, Script(packets))
    fd, ring = ring_of(kernel)
    ring.provide(0, 16, 4_096)
    kernel.start_sq_thread(fd, idle_ns)
    for our in fds:
        ring.submit(Sqe(Op.RECV, our, our, multishot=True, group=0))
    kernel.run_until(MS)
    return kernel, fd, ring, fds


def test_submissions_need_no_call_and_none_of_the_lane_s_own_cpu():
    kernel, _, ring, fds = polled([(5 * MS, 2)])
    assert (ring.armed, len(ring.sq)) == (8, 0)
    spent_before, counted_before = kernel.totals()
    kernel.run_until(6 * MS)
    cqe = ring.take()
    assert cqe is not None
    assert (cqe.user_data, cqe.result) == (fds[2], 64)
    spent, counted = kernel.totals()
    assert counted[Count.SYSCALLS] == counted_before[Count.SYSCALLS]
    worked = [account for account in Account if spent[account] > spent_before[account]]
    assert worked == [Account.INTERRUPT, Account.IDLE]


def test_all_time_of_the_polling_thread_s_cpu_is_booked():
    kernel, _, ring, _ = polled([(5 * MS + 1_000 * step, step % 8) for step in range(60)], idle_ns=2 * MS)
    start_ns = kernel.start_ns
    for moment_ns in (3 * MS, 5_010_123, 9 * MS, 60 * MS):
        kernel.run_until(moment_ns)
        counted = kernel.totals()[1]
        own = [counted[count] for count in Count if count >= Count.SQ_THREAD_WORK_NS]
        assert sum(own) == kernel.now_ns - start_ns
    costs = ring.costs
    work_ns = 8 * (costs.sqe_ns + costs.arm_ns) + kernel.costs.context_switch_ns
    assert own[0] >= work_ns + counted[Count.TASK_WORK] * costs.task_work_ns
    assert own[2] > 50 * MS  # it went to sleep 2 ms after the last packet


def test_a_sleeping_polling_thread_needs_a_call_for_a_submission_and_none_for_a_packet():
    kernel, fd, ring, fds = polled([(30 * MS, 1)], idle_ns=2 * MS)
    kernel.run_until(10 * MS)
    assert ring.thread is not None
    assert ring.thread.needs_wakeup
    ring.submit(Sqe(Op.NOP, user_data=77))
    kernel.run_until(12 * MS)
    assert ring.take() is None
    kernel.complete(kernel.sys_io_uring_enter(fd, 1, 1, flags=1 | ENTER_SQ_WAKEUP))
    cqe = ring.take()
    assert cqe is not None
    assert cqe.user_data == 77
    kernel.run_until(31 * MS)
    cqe = ring.take()
    assert cqe is not None
    assert cqe.user_data == fds[1]


def test_a_program_that_sleeps_is_woken_by_its_completion():
    kernel, fd, ring, _ = polled([(5 * MS, 1)])
    work = measure(kernel, kernel.sys_io_uring_enter(fd, 0, 1))
    assert (work.syscalls, work.context_switches, work.cqes) == (1, 2, 1)
    latest_ns = 5 * MS + 20_000
    assert 5 * MS < kernel.now_ns < latest_ns
    assert ring.take() is not None
