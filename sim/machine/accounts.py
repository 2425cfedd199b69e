"""The accounts of CPU time: accounts, counts, and the charges that fill them.

Each step of a call costs something (bytes copied, descriptors checked, nanoseconds) and is charged to an
account. A busy lane makes the same few steps millions of times. So a step with a fixed price is a
:class:`Charge`, which is made once and then only counted; the sums are computed when somebody reads them.
Work whose price differs each time (a scan that an interrupt cuts in two) is posted directly.

The sum over all accounts is the CPU's whole time. Time without work is ``idle``.

Why not otherwise: adding nanoseconds and counts to the accounts at each step takes some ten additions in
Python. Counting a charge takes one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from enum import IntEnum

MAX_CHARGES = 4096
"""Largest number of charges in a page, so that unusual sizes cannot fill the memory."""


class Account(IntEnum):
    """Purposes that CPU time is spent on."""

    SYSCALL = 0
    """Entry and exit of the waiting calls, and their fixed part."""
    COPY_IN = 1
    """Copying descriptor sets from the program into the kernel."""
    SCAN = 2
    """Looking up descriptors and asking each file if it is ready (``->poll``)."""
    WAIT_QUEUE = 3
    """Adding and removing wait-queue entries."""
    COPY_OUT = 4
    """Copying results back to the program."""
    CONTEXT_SWITCH = 5
    """Switching away from a task and back to it."""
    INTEREST_LIST = 6
    """``epoll_ctl``, and the part of close() that removes watches."""
    SOCKET_IO = 7
    """accept, read, write and close of the connections themselves."""
    INTERRUPT = 8
    """Hard interrupts, and softirq work up to the callbacks of the wait queue."""
    APPLICATION = 9
    """The server's own work, which includes walking the result of select and poll."""
    IDLE = 10
    TASK_START = 11
    """clone, fork and exit: giving a connection a thread or a process of its own."""
    LOOP = 12
    """Turns of an event loop: its own work around its waiting call and its callbacks."""
    CALLBACK = 13
    """Callbacks of an event loop in user space, steps of tasks included."""

    @property
    def label(self) -> str:
        """Name of the account in JSON and on screen."""
        return self.name.lower()


class Count(IntEnum):
    """Events that are counted and not timed."""

    WAKEUPS = 0
    SYSCALLS = 1
    SCANNED = 2
    READY = 3
    COPIED_IN_BYTES = 4
    COPIED_OUT_BYTES = 5
    PASSES = 6
    HOOKS = 7
    CONTEXT_SWITCHES = 8
    INTERRUPTS = 9
    PACKETS = 10
    EPOLL_CTL = 11
    REQUESTS = 12
    DROPPED = 13
    CHANGES = 14
    """kqueue: changes applied."""
    FILTER_RUNS = 15
    """kqueue: filters run because a packet arrived."""
    SQES = 16
    """io_uring: submissions taken from the ring."""
    CQES = 17
    """io_uring: completions posted."""
    TASK_WORK = 18
    """io_uring: task-work items run."""
    OPERATIONS = 19
    """Completion ports: overlapped operations started."""
    COMPLETIONS = 20
    """Completion ports: packets queued."""
    SQ_THREAD_WORK_NS = 21
    """io_uring with a polling kernel thread: work of that thread's CPU, in ns."""
    SQ_THREAD_SPIN_NS = 22
    """Time in ns that the thread spun, looking for work."""
    SQ_THREAD_SLEEP_NS = 23
    """Time in ns that the thread slept. The three add up to the whole time."""
    SPURIOUS_WAKES = 24
    """Tasks that were woken, found nothing and slept again."""
    EMPTY_READS = 25
    """Reads that found nothing (EAGAIN)."""
    TURNS = 26
    """Turns of an event loop."""
    CALLBACKS = 27
    """Callbacks that an event loop ran."""
    UNSENT = 28
    """Requests that clients did not make, because their send buffers were full."""


Part = tuple[Account, int]
"""Nanoseconds on one account."""
Tally = tuple[Count, int]
"""A count, and the amount that is added to it."""


class Charge:
    """The price of one kind of step: nanoseconds by account, and counts.

    Args:
        parts: Nanoseconds by account.
        counts: Amounts that one step adds to the counts.
    """

    __slots__ = ("counts", "ns", "parts", "times")

    def __init__(self, parts: Iterable[Part], counts: Iterable[Tally] = ()) -> None:
        self.parts: tuple[Part, ...] = tuple((account, ns) for account, ns in parts if ns)
        self.counts: tuple[Tally, ...] = tuple((count, value) for count, value in counts if value)
        self.ns = sum(ns for _, ns in self.parts)
        self.times = 0
        """Number of times it was paid since the last :meth:`Ledger.fold`."""


class Ledger:
    """CPU time by account and counts of one kernel."""

    __slots__ = ("_pages", "counted", "spent_ns")

    def __init__(self) -> None:
        self._pages: list[dict[Hashable, Charge]] = []
        self.spent_ns = [0] * len(Account)
        """Nanoseconds by account, without the charges that are not folded yet."""
        self.counted = [0] * len(Count)
        """Counts, without the charges that are not folded yet."""

    def page(self) -> dict[Hashable, Charge]:
        """A new dictionary for the charges of one kind of step, by size. Any fold may empty it."""
        page: dict[Hashable, Charge] = {}
        self._pages.append(page)
        return page

    def fold(self) -> None:
        """Add the charges that were paid to the sums."""
        for page in self._pages:
            for charge in page.values():
                if charge.times:
                    for account, ns in charge.parts:
                        self.spent_ns[account] += ns * charge.times
                    for count, value in charge.counts:
                        self.counted[count] += value * charge.times
                    charge.times = 0
            if len(page) > MAX_CHARGES:
                page.clear()

    def clear_pages(self) -> None:
        """Fold, and forget all charges, so that each is made again at its next use."""
        self.fold()
        for page in self._pages:
            page.clear()

    def post(self, parts: Iterable[Part], counts: Iterable[Tally] = ()) -> int:
        """Book a step whose price differs each time.

        Returns:
            The nanoseconds booked.
        """
        total = 0
        for account, ns in parts:
            self.spent_ns[account] += ns
            total += ns
        for count, value in counts:
            self.counted[count] += value
        return total
