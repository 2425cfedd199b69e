"""Simulated rings beside the host's own io_uring, step by step: the same completions in the same order.

Both programs run on UNIX stream pairs, on which data has arrived when the sending call returns. The tests are
skipped, with the reason, if the host has no io_uring or does not allow it.
"""

from __future__ import annotations

import errno
import platform
import re
import socket
from collections.abc import Callable
from typing import Protocol

import pytest

from sim.host.measuring import host_ring
from sim.host.measuring.host_ring import HostRing, why_no_ring
from sim.kernel import poll_bits
from sim.kernel.waiting.io_uring.entries import Op, Sqe
from sim.kernel.waiting.io_uring.ring import IoUring
from sim.stdlib.kernel import Kernel

WHY_NOT = why_no_ring()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=f"no ring on this host: {WHY_NOT}")

Seen = tuple[int, int, bool, bool, bool]
"""user_data, result, F_MORE, F_BUFFER, F_SOCK_NONEMPTY."""
WITHOUT_HINT = 3
"""Number of these fields to compare if the hint depends on the kernel's version."""


class Side(Protocol):
    """A ring and two ends of a pair, on one of the two kernels."""

    def poll(self, user_data: int, events: int, multishot: bool) -> None: ...
    def receive(self, user_data: int, multishot: bool) -> None: ...
    def send(self, user_data: int, data: bytes) -> None: ...
    def cancel(self, user_data: int, target: int, polls_only: bool) -> None: ...
    def nop(self, user_data: int) -> None: ...
    def closed(self, user_data: int) -> None: ...
    def arrive(self, data: bytes) -> None: ...
    def drain(self) -> None: ...
    def hang_up(self) -> None: ...
    def enter(self, to_submit: int, least: int) -> str: ...
    def take(self) -> list[Seen]: ...
    def ready(self) -> bool: ...


def seen(user_data: int, result: int, flags: int) -> Seen:
    return user_data, result, bool(flags & 2), bool(flags & 1), bool(flags & 4)


class Simulated:
    def __init__(self, buffers: int, size: int, cq_entries: int) -> None:
        self.kernel = Kernel()
        self.ours, self.theirs = self.kernel.sys_socketpair()
        for fd in (self.ours, self.theirs):
            self.kernel.sys_set_blocking(fd, False)
        self.fd = self.kernel.sys_io_uring_setup(8, cq_entries)
        ring = self.kernel.table.file(self.fd)
        assert isinstance(ring, IoUring)
        self.ring = ring
        if buffers:
            ring.provide(0, buffers, size)

    def close(self) -> None:
        self.kernel.sys_close(self.fd)

    def poll(self, user_data: int, events: int, multishot: bool) -> None:
        self.ring.submit(Sqe(Op.POLL_ADD, self.ours, user_data, multishot=multishot, events=events))

    def receive(self, user_data: int, multishot: bool) -> None:
        self.ring.submit(Sqe(Op.RECV, self.ours, user_data, multishot=multishot, group=0))

    def send(self, user_data: int, data: bytes) -> None:
        self.ring.submit(Sqe(Op.SEND, self.ours, user_data, data=data))

    def cancel(self, user_data: int, target: int, polls_only: bool) -> None:
        self.ring.submit(Sqe(Op.POLL_REMOVE if polls_only else Op.ASYNC_CANCEL, -1, user_data, target=target))

    def nop(self, user_data: int) -> None:
        self.ring.submit(Sqe(Op.NOP, -1, user_data))

    def closed(self, user_data: int) -> None:
        self.ring.submit(Sqe(Op.CLOSE, self.ours, user_data))

    def arrive(self, data: bytes) -> None:
        self.kernel.sys_write(self.theirs, data)

    def drain(self) -> None:
        self.kernel.sys_read(self.ours, 65_536)

    def hang_up(self) -> None:
        self.kernel.sys_close(self.theirs)

    def enter(self, to_submit: int, least: int) -> str:
        try:
            program = self.kernel.sys_io_uring_enter(self.fd, to_submit, least, 1_000_000)
            return str(self.kernel.complete(program))
        except OSError as error:
            return errno.errorcode[error.errno or 0]

    def take(self) -> list[Seen]:
        taken = []
        while (cqe := self.ring.take()) is not None:
            taken.append(seen(cqe.user_data, cqe.result, cqe.flags))
        return taken

    def ready(self) -> bool:
        return bool(self.ring.mask & poll_bits.IN)


class Host:
    def __init__(self, buffers: int, size: int, cq_entries: int) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.ours.setblocking(False)
        self.theirs.setblocking(False)
        self.ring = HostRing(8, cq_entries)
        if buffers:
            self.ring.provide(buffers, size)

    def close(self) -> None:
        self.ring.close()
        self.ours.close()
        self.theirs.close()

    def poll(self, user_data: int, events: int, multishot: bool) -> None:
        length = host_ring.POLL_MULTI if multishot else 0
        self.ring.submit(6, self.ours.fileno(), user_data, length=length, events=events)

    def receive(self, user_data: int, multishot: bool) -> None:
        ioprio = host_ring.RECV_MULTISHOT if multishot else 0
        self.ring.submit(27, self.ours.fileno(), user_data, flags=host_ring.BUFFER_SELECT, ioprio=ioprio)

    def send(self, user_data: int, data: bytes) -> None:
        self.ring.send(self.ours.fileno(), data, user_data)

    def cancel(self, user_data: int, target: int, polls_only: bool) -> None:
        self.ring.submit(7 if polls_only else 14, -1, user_data, address=target)

    def nop(self, user_data: int) -> None:
        self.ring.submit(0, -1, user_data)

    def closed(self, user_data: int) -> None:
        self.ring.submit(19, self.ours.detach(), user_data)

    def arrive(self, data: bytes) -> None:
        self.theirs.send(data)

    def drain(self) -> None:
        self.ours.recv(65_536)

    def hang_up(self) -> None:
        self.theirs.close()

    def enter(self, to_submit: int, least: int) -> str:
        try:
            return str(self.ring.enter(to_submit, least, 50_000_000))
        except OSError as error:
            return errno.errorcode[error.errno or 0]

    def take(self) -> list[Seen]:
        return [seen(*cqe) for cqe in self.ring.take()]

    def ready(self) -> bool:
        import select

        poll = select.poll()
        poll.register(self.ring.fd, select.POLLIN)
        return bool(poll.poll(0))


Report = list[object]


def one_shot_poll(side: Side, told: Report) -> None:
    side.poll(1, poll_bits.IN, False)
    told += [side.enter(1, 0), side.take(), side.ready()]
    side.arrive(b"x")
    told += [side.ready(), side.enter(0, 1), side.take()]
    side.arrive(b"y")
    told += [side.enter(0, 0), side.take(), side.ready()]


def one_shot_poll_of_what_is_ready(side: Side, told: Report) -> None:
    side.arrive(b"x")
    side.poll(1, poll_bits.IN | poll_bits.OUT, False)
    told += [side.enter(1, 1), side.take()]


def multishot_poll_counts_packets_together(side: Side, told: Report) -> None:
    side.poll(1, poll_bits.IN, True)
    told += [side.enter(1, 0), side.take()]
    side.arrive(b"x")
    side.arrive(b"y")
    told += [side.enter(0, 1), side.take()]
    side.arrive(b"z")  # nothing has been read, and this is still an edge
    told += [side.enter(0, 1), side.take()]
    side.arrive(b"w")
    side.drain()  # taken before the task runs
    told += [side.enter(0, 0), side.take()]


def multishot_receive(side: Side, told: Report) -> None:
    side.receive(1, True)
    told += [side.enter(1, 0), side.take()]
    for message in (b"one", b"three"):
        side.arrive(message)
        told += [side.enter(0, 1), side.take()]
    side.hang_up()
    told += [side.enter(0, 1), side.take()]


def multishot_receive_of_more_than_a_buffer(side: Side, told: Report) -> None:
    side.receive(1, True)
    side.enter(1, 0)
    side.arrive(b"x" * 20)
    told += [side.enter(0, 3), [event[:WITHOUT_HINT] for event in side.take()]]


def buffers_run_out(side: Side, told: Report) -> None:
    side.receive(1, True)
    side.enter(1, 0)
    for _ in range(5):
        side.arrive(b"x")
        told += [side.enter(0, 1), side.take()]
    side.receive(2, True)
    told += [side.enter(1, 1), side.take()]


def plain_receive(side: Side, told: Report) -> None:
    side.receive(1, False)
    told += [side.enter(1, 0), side.take()]
    side.arrive(b"abc")
    told += [side.enter(0, 1), side.take()]
    side.arrive(b"def")
    side.receive(2, False)
    told += [side.enter(1, 1), side.take()]


def sends_and_nops_in_a_batch(side: Side, told: Report) -> None:
    side.send(1, b"hello")
    side.nop(2)
    side.send(3, b"world!")
    told += [side.enter(3, 3), side.take()]


def more_submitted_than_there_is(side: Side, told: Report) -> None:
    side.nop(1)
    told += [side.enter(5, 1), side.take(), side.enter(1, 0)]


def cancelling(side: Side, told: Report) -> None:
    side.receive(1, True)
    side.poll(2, poll_bits.IN, True)
    side.enter(2, 0)
    side.cancel(3, 1, True)  # not a poll
    told += [side.enter(1, 1), side.take()]
    side.cancel(4, 2, True)
    told += [side.enter(1, 2), sorted(side.take())]
    side.cancel(5, 1, False)
    told += [side.enter(1, 2), sorted(side.take())]
    side.cancel(6, 9, False)
    told += [side.enter(1, 1), side.take()]


def completions_overflow_and_nothing_is_lost(side: Side, told: Report) -> None:
    for number in range(8):
        side.nop(number)
    told.append(side.enter(8, 0))
    for number in range(8, 12):
        side.nop(number)
    told += [side.enter(4, 0), side.ready()]
    first = side.take()
    told += [first, side.enter(0, 0), side.take()]


def overflow_ends_multishot(side: Side, told: Report) -> None:
    side.receive(1, True)
    side.enter(1, 0)
    for number in range(2, 10):
        side.nop(number)
    side.enter(8, 0)
    side.arrive(b"x")
    told.append(side.enter(0, 0))
    told += [side.take(), side.enter(0, 0), side.take()]
    side.arrive(b"y")
    told += [side.enter(0, 0), side.take()]


def waiting_ends_with_the_time(side: Side, told: Report) -> None:
    side.receive(1, True)
    side.enter(1, 0)
    told += [side.enter(0, 1), side.take()]


def sleeping_until_there_are_several(side: Side, told: Report) -> None:
    side.poll(1, poll_bits.IN, True)
    side.receive(2, True)
    side.enter(2, 0)
    side.arrive(b"x")
    told += [side.enter(0, 2), sorted(side.take())]


def closing_a_number_does_not_end_its_request(side: Side, told: Report) -> None:
    side.receive(1, True)
    side.enter(1, 0)
    side.closed(2)
    told += [side.enter(1, 1), side.take()]
    side.arrive(b"x")
    told += [side.enter(0, 1), side.take()]


ENOBUFS_COMES_LATER = (6, 17)
"""The Linux version from which a multishot receive on a UNIX pair ends at the next arrival after its buffers
ran out. The simulation does that. Up to 6.16 the receive ends with the last buffer."""
ENOBUFS_WITH_THE_LAST_BUFFER = [
    *("0", [(1, 1, True, True, False)]),
    *("0", [(1, 1, True, True, False), (1, -errno.ENOBUFS, False, False, False)]),
    *("ETIME", [], "ETIME", [], "ETIME", []),
    *("1", [(2, -errno.ENOBUFS, False, False, False)]),
]
"""The report of ``buffers_run_out`` on Linux 6.1.176 and 6.12.117."""

Step = Callable[[Side, Report], None]
PROGRAMS: list[tuple[Step, int, int, int]] = [
    (one_shot_poll, 0, 0, 8),
    (one_shot_poll_of_what_is_ready, 0, 0, 8),
    (multishot_poll_counts_packets_together, 0, 0, 8),
    (multishot_receive, 4, 64, 8),
    (multishot_receive_of_more_than_a_buffer, 8, 8, 8),
    (buffers_run_out, 2, 64, 8),
    (plain_receive, 4, 64, 8),
    (sends_and_nops_in_a_batch, 0, 0, 8),
    (more_submitted_than_there_is, 0, 0, 8),
    (cancelling, 4, 64, 8),
    (completions_overflow_and_nothing_is_lost, 0, 0, 8),
    (overflow_ends_multishot, 4, 64, 8),
    (waiting_ends_with_the_time, 4, 64, 8),
    (sleeping_until_there_are_several, 4, 64, 8),
    (closing_a_number_does_not_end_its_request, 4, 64, 8),
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program[0].__name__)
def test_both_rings_give_the_same_completions(program: tuple[Step, int, int, int]) -> None:
    steps, *sizes = program
    reports = []
    for kind in (Host, Simulated):
        side, told = kind(*sizes), Report()
        try:
            steps(side, told)
        finally:
            side.close()
        reports.append(told)
    host, simulated = reports
    if release() < ENOBUFS_COMES_LATER and steps is buffers_run_out:
        assert host == ENOBUFS_WITH_THE_LAST_BUFFER
    else:
        assert simulated == host


def release() -> tuple[int, ...]:
    """The host kernel's version: (6, 18)."""
    return tuple(int(part) for part in re.findall(r"\d+", platform.release())[:2])
