"""Prices of kqueue, io_uring and completion ports, computed from the table in use.

No BSD and no Windows was measured, so all prices of kqueue and of completion ports are *estimates*. Each step
is priced as the Linux step that does the same kind of work. A table measured on the user's machine therefore
changes them too:

- kqueue (steps: FreeBSD ``sys/kern/kern_event.c``, kqueue(2)): ``kevent`` without its lists is priced as
  epoll_wait, a change as an epoll_ctl without its system call, a filter run in the call as epoll_wait's check
  of an item, a filter run by a packet as a wait-queue callback and the check of one descriptor.
- completion ports (steps: Microsoft's "I/O Completion Ports" and "Synchronous and Asynchronous I/O"):
  starting an operation is priced as the read or write call that it replaces, GetQueuedCompletionStatus as
  epoll_wait, a packet queued or taken as a wait-queue callback.

io_uring exists on Linux. Steps that no other call has were timed once, with raw calls from C on a 2-core
x86-64 machine with Linux 6.18: a bare system call 165 ns; io_uring_enter with nothing to do 225 ns; a NOP
submitted, run and completed 150 ns; a one-shot poll of a ready descriptor 390 ns more; a task-work item of a
multishot poll 160 ns. The operation itself (the recv, the send) costs as much as read and write in the
table, without the system call, which is not made.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.machine.costs import CostTable

SYSCALL_NS = 165
"""Cost of entering and leaving the kernel: an operation without a call of its own saves it."""


@dataclass(frozen=True, slots=True)
class KqueueCosts:
    """Prices of kqueue's steps, in nanoseconds: estimates."""

    kevent_ns: int
    """A kevent() call without its two lists."""
    change_ns: int
    """One change applied; close() pays the same to drop one knote."""
    item_ps: int
    """One knote taken off the queue in the call, and its filter run, in picoseconds."""
    wake_ns: int
    """A packet's way to one knote, and the run of its filter."""


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
    """One submission taken from the ring, its request made and its completion posted."""
    arm_ns: int
    """A hook put on a file and removed later."""
    wake_ns: int
    """A packet's callback (``io_poll_wake``), which queues task work."""
    task_work_ns: int
    """One task-work item, and its completion posted."""
    ask_ns: int
    """Asking the file, if the wake-up does not say enough."""
    read_ns: int
    """A recv without its system call."""
    write_ns: int
    accept_ns: int
    close_ns: int


def ring_costs(table: CostTable) -> RingCosts:
    """Prices of io_uring's steps, from the table in use."""
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
    """An operation ended by a packet: the IRP completed and the result queued, without copying the data."""
    get_ns: int
    """A GetQueuedCompletionStatusEx() call without the packets it takes."""
    packet_ns: int
    """One packet taken from the queue."""


def port_costs(table: CostTable) -> PortCosts:
    """Prices of a completion port's steps, from the table in use."""
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
    """The price of a call without entering and leaving the kernel."""
    return max(ns - SYSCALL_NS, ns // 4)
