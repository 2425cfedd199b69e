"""What kqueue, io_uring and completion ports cost, worked out from the table in use.

No BSD and no Windows runs here, so nothing of kqueue and of completion ports is measured: all their
figures are *estimates*. Each step is priced as the Linux step that does the same kind of work, so that
a table measured on the user's machine carries them along:

- kqueue (steps: FreeBSD ``sys/kern/kern_event.c``, kqueue(2)): ``kevent`` without its lists is priced as
  epoll_wait, a change as an epoll_ctl that needs no system call of its own, a filter run in the call as
  the question epoll_wait puts to an item, a filter run by a packet as a wait-queue callback and a look at
  one descriptor.
- completion ports (steps: Microsoft's "I/O Completion Ports" and "Synchronous and Asynchronous I/O"): to
  start an operation is priced as the read or write call it stands for, GetQueuedCompletionStatus as
  epoll_wait, a packet queued or taken as a wait-queue callback.

io_uring is Linux's. What has no twin among the other calls was timed once, raw calls from C, on a
2-core x86-64 machine with Linux 6.18: a bare system call 165 ns; io_uring_enter with nothing to do
225 ns; a NOP submitted, run and completed 150 ns; a one-shot poll of a ready descriptor 390 ns more; a
task-work item of a multishot poll 160 ns. What an operation does beneath (the recv, the send) costs
what the table says of read and write, less the system call that is not made.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.machine.costs import CostTable

SYSCALL_NS = 165
"""Into the kernel and out again: what an operation saves that needs no call of its own."""


@dataclass(frozen=True, slots=True)
class KqueueCosts:
    """Prices of kqueue's steps, in nanoseconds: estimates."""

    kevent_ns: int
    """A kevent() call without its lists."""
    change_ns: int
    """One change applied; also what close() pays to drop one knote."""
    item_ps: int
    """One knote taken off the queue and its filter run, in the call (picoseconds)."""
    wake_ns: int
    """A packet's walk to one knote, and its filter run."""


def kqueue_costs(table: CostTable) -> KqueueCosts:
    """Prices of kqueue's steps, from the table in use."""
    return KqueueCosts(
        kevent_ns=table.epoll_wait_ns,
        change_ns=_without_call(table.epoll_ctl_ns),
        item_ps=table.epoll_item_ps,
        wake_ns=table.callback_ns - (-table.scan_ps // 1000),
    )


@dataclass(frozen=True, slots=True)
class RingCosts:
    """Prices of io_uring's steps, in nanoseconds."""

    enter_ns: int
    """An io_uring_enter() call with nothing to do."""
    sqe_ns: int
    """One submission taken from the ring, its request made, and its completion posted."""
    arm_ns: int
    """A request hooked on a file, and its hook removed later."""
    wake_ns: int
    """A packet's callback (``io_poll_wake``), task work queued."""
    task_work_ns: int
    """One task-work item, its completion posted."""
    ask_ns: int
    """The file asked, where the wake-up does not say enough."""
    read_ns: int
    """A recv, an accept … that needs no system call."""
    write_ns: int
    accept_ns: int
    close_ns: int


def ring_costs(table: CostTable) -> RingCosts:
    """io_uring's prices."""
    return RingCosts(
        enter_ns=225,
        sqe_ns=150,
        arm_ns=390,
        wake_ns=table.callback_ns,
        task_work_ns=160,
        ask_ns=-(-table.scan_ps // 1000),
        read_ns=_without_call(table.read_ns),
        write_ns=_without_call(table.write_ns),
        accept_ns=_without_call(table.accept_ns),
        close_ns=_without_call(table.close_ns),
    )


@dataclass(frozen=True, slots=True)
class PortCosts:
    """Prices of a completion port's steps, in nanoseconds: estimates."""

    associate_ns: int
    """A handle tied to a port."""
    start_read_ns: int
    """A receive started: the call, its request packet (IRP), its buffer locked."""
    start_write_ns: int
    start_accept_ns: int
    complete_ns: int
    """An operation ended by a packet: the IRP completed, the result queued; copying the data not included."""
    get_ns: int
    """A GetQueuedCompletionStatusEx() call without the packets it takes."""
    packet_ns: int
    """One packet taken from the queue."""


def port_costs(table: CostTable) -> PortCosts:
    """Completion ports' prices, from the table in use."""
    return PortCosts(
        associate_ns=table.epoll_ctl_ns,
        start_read_ns=table.read_ns,
        start_write_ns=table.write_ns,
        start_accept_ns=table.accept_ns,
        complete_ns=table.callback_ns - (-table.scan_ps // 1000),
        get_ns=table.epoll_wait_ns,
        packet_ns=table.callback_ns,
    )


def _without_call(ns: int) -> int:
    """A call's price without going into the kernel and out again."""
    return max(ns - SYSCALL_NS, ns // 4)
