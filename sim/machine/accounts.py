"""Where the time goes: accounts, counts, and the bills that fill them.

Each step of a call costs something (bytes copied, descriptors looked at, nanoseconds) and is
charged to an account. A busy lane makes the same few steps millions of times, so a step with a
fixed price is a :class:`Charge`, made once and then only tallied; sums are worked out when someone
asks. Work whose price differs each time (a scan that an interrupt cuts in two) is posted as it is.

The sum over all accounts is the CPU's whole time: what is not work is ``idle``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from enum import IntEnum

MAX_BILLS = 4096
"""Bills a page keeps, so that odd sizes cannot fill the memory."""


class Account(IntEnum):
    """What CPU time was spent on."""

    SYSCALL = 0
    """Entering and leaving the waiting calls, and their fixed part."""
    COPY_IN = 1
    """Copying descriptor sets from the program into the kernel."""
    SCAN = 2
    """Looking descriptors up and asking each whether it is ready (``->poll``)."""
    WAIT_QUEUE = 3
    """Adding and removing wait-queue entries."""
    COPY_OUT = 4
    """Copying results back to the program."""
    CONTEXT_SWITCH = 5
    """Giving up the CPU and getting it back."""
    INTEREST_LIST = 6
    """``epoll_ctl`` and what close() has to undo of it."""
    SOCKET_IO = 7
    """accept, read, write and close of the connections themselves."""
    INTERRUPT = 8
    """Hard interrupts and the softirq work up to the wait queue's callbacks."""
    APPLICATION = 9
    """The server's own work, walking the result of select and poll included."""
    IDLE = 10
    TASK_START = 11
    """clone, fork and exit: what it takes to give a connection a thread or a process of its own."""
    LOOP = 12
    """An event loop's turns: its own work around its waiting call and its callbacks."""
    CALLBACK = 13
    """An event loop's callbacks, the steps of tasks among them: what they take in user space."""

    @property
    def label(self) -> str:
        """The account's name in JSON and on screen."""
        return self.name.lower()


class Count(IntEnum):
    """What is counted rather than timed."""

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
    """kqueue: changes applied, with or without a call of their own."""
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
    """io_uring with a polling kernel thread: what that thread's CPU spent on work."""
    SQ_THREAD_SPIN_NS = 22
    """What it spent looking for work."""
    SQ_THREAD_SLEEP_NS = 23
    """How long it slept: the three sum to the time, as the accounts of the lane's own CPU do."""
    SPURIOUS_WAKES = 24
    """Tasks woken that found nothing, and went back to sleep."""
    EMPTY_READS = 25
    """Reads that found nothing (EAGAIN)."""
    TURNS = 26
    """Turns of an event loop."""
    CALLBACKS = 27
    """Callbacks it ran."""


Part = tuple[Account, int]
"""Nanoseconds on one account."""
Tally = tuple[Count, int]
"""A number of things counted."""


class Charge:
    """The price of one kind of step: nanoseconds by account, and what it counts."""

    __slots__ = ("counts", "ns", "parts", "times")

    def __init__(self, parts: Iterable[Part], counts: Iterable[Tally] = ()) -> None:
        self.parts: tuple[Part, ...] = tuple((account, ns) for account, ns in parts if ns)
        self.counts: tuple[Tally, ...] = tuple((count, value) for count, value in counts if value)
        self.ns = sum(ns for _, ns in self.parts)
        self.times = 0
        """How often it was paid since the ledger last folded it."""


class Ledger:
    """A lane's books: what was spent on each account and how often each thing happened."""

    __slots__ = ("_pages", "counted", "spent_ns")

    def __init__(self) -> None:
        self._pages: list[dict[Hashable, Charge]] = []
        self.spent_ns = [0] * len(Account)
        """Nanoseconds by account, but for the bills not yet folded."""
        self.counted = [0] * len(Count)
        """Counts, but for the bills not yet folded."""

    def page(self) -> dict[Hashable, Charge]:
        """A place for the bills of one kind of step, by size; it may be emptied at any fold."""
        page: dict[Hashable, Charge] = {}
        self._pages.append(page)
        return page

    def fold(self) -> None:
        """Work the tallied bills into the sums."""
        for page in self._pages:
            for charge in page.values():
                if charge.times:
                    for account, ns in charge.parts:
                        self.spent_ns[account] += ns * charge.times
                    for count, value in charge.counts:
                        self.counted[count] += value * charge.times
                    charge.times = 0
            if len(page) > MAX_BILLS:
                page.clear()

    def clear_pages(self) -> None:
        """Work the tallied bills in and make new ones from now on: the price of things has changed."""
        self.fold()
        for page in self._pages:
            page.clear()

    def post(self, parts: Iterable[Part], counts: Iterable[Tally] = ()) -> int:
        """Book a step that has no fixed price.

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
