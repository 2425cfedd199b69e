"""The lanes: the ways in which a server can wait for its connections, each described once.

A :class:`LaneKind` holds the facts that are true of a lane in every race. The simulator, the studies and the
screens ask for a fact (``LANES[name].scans``) and never for a name, so that a new lane needs no change in
them. A lane has two more parts. Its server is a class in :mod:`sim.servers`, which names the lane it serves.
Its words are an entry in :mod:`c10k_tui.text.lanes`.

The names, years and versions are those of the man pages epoll_ctl(2), epoll(7), select(2), poll(2) and
io_uring_setup(2); Lemon, "Kqueue: A generic and scalable event notification facility" (2001); Schmidt and
Cranor, "Half-Sync/Half-Async" (1995); POSIX.1c (1995); Russinovich, Solomon and Ionescu, "Windows Internals".

Why the server's class is not named here: this module is loaded by ``--help``, and a server needs the kernel
and NumPy, which would double the time until the help is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sim.scenario.faults import ACCEPT_ONE, DUP, HERD, NO_DRAIN, NO_REARM
from sim.scenario.registry import Registry


class Waiting(Enum):
    """The report that the server gets from the kernel."""

    BLOCKING = "blocking"
    """Nothing: each call blocks until it can be done."""
    READINESS = "readiness"
    """That a read or an accept can be done now."""
    COMPLETION = "completion"
    """That a receive or an accept has been done."""


class Family(Enum):
    """The structure in which the kernel finds out who waits for what."""

    TASKS = "tasks"
    """The wait queue of each socket: a task sleeps in a read of it."""
    SCAN = "scan"
    """A set that the program hands over at every call, and that the kernel scans."""
    READY_LIST = "ready list"
    """An epoll: an interest list and a ready list."""
    FILTERS = "filters"
    """A kqueue: knotes, each with a filter that a packet runs."""
    RING = "ring"
    """An io_uring: a submission ring and a completion ring."""
    PORT = "port"
    """A completion port: operations in progress and a queue of packets."""


class Tasks(Enum):
    """The tasks of a lane's server."""

    ONE = "one"
    """A single task serves all connections."""
    EACH = "each"
    """Every connection has a task, asleep in read."""
    POOL = "pool"
    """One task waits for all connections and hands them to workers."""
    WORKERS = "workers"
    """A few tasks wait, and each serves the connections reported to it."""


class Trigger(Enum):
    """When an event is reported again."""

    LEVEL = "level"
    """As long as the descriptor is ready."""
    EDGE = "edge"
    """Only when more arrives."""
    ONE_SHOT = "one-shot"
    """Only after the program has armed the descriptor again."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Where the costs of a lane's own steps come from."""

    note: str = ""
    """A few words that stand wherever the prices are shown; empty for a measured cost table."""
    source: str = ""
    """The source, in one line; empty for a measured cost table."""
    estimated: bool = False
    """True if no system was measured."""


MEASURED = Prices()
"""All steps are priced by the cost table in use."""
KQUEUE_PRICES = Prices(
    "prices estimated",
    "estimated from the Linux steps of the same kind (FreeBSD's kern_event.c gives the steps)",
    estimated=True,
)
PORT_PRICES = Prices(
    "prices estimated",
    "estimated from the Linux steps of the same kind (Microsoft's I/O completion port text)",
    estimated=True,
)
RING_PRICES = Prices(
    "prices timed once",
    "raw calls on one 2-core x86-64 machine, Linux 6.18; the operations beneath as in the table",
)


@dataclass(frozen=True, slots=True)
class WatchMemory:
    """Memory that waiting for one connection takes, beside its socket and what the cost table counts."""

    size_bytes: int
    source: str
    """The structures that take the memory, and where the figure comes from."""


_RING_MEMORY = WatchMemory(
    320,
    "struct io_kiocb 248: object sizes in /sys/kernel/slab, Linux 6.18 x86-64; "
    "and struct async_poll, 72 by its fields in io_uring/poll.h",
)


@dataclass(frozen=True, slots=True)
class LaneKind:
    """The facts that are true of a lane in every race."""

    name: str
    family: Family
    waiting: Waiting
    waiting_call: str
    """The system call in which the server waits."""
    introduced: str
    """Where this way of waiting appeared first, and when."""
    keeper: str
    """The keeper of the list of watched descriptors."""
    limit: str
    """The limit on the number of connections."""
    tasks: Tasks = Tasks.ONE
    trigger: Trigger = Trigger.LEVEL
    event_loop: bool = False
    """True if an event loop with turns and callbacks stands between the waiting call and the handler."""
    second_cpu: bool = False
    """True if a kernel thread on a CPU of its own takes the submissions."""
    writes_block: bool = True
    """False if an answer is an operation of its own, so that no task waits for a slow reader."""
    mistakes: tuple[str, ...] = ()
    """The faults of :data:`sim.scenario.faults.FAULTS` that this lane's program can make."""
    prices: Prices = MEASURED
    watch_memory: WatchMemory | None = None
    """None if the cost table holds all of the lane's memory."""
    on_host: bool = False
    """True if the race screen can run this lane on the machine's own kernel (:mod:`sim.host.host_lane`)."""
    unmeasured: str | None = "there is no server that waits like that here"
    """Why no request is measured on the machine's own kernel; None if
    :mod:`sim.host.measuring.lane_requests` has a server for it."""

    @property
    def scans(self) -> bool:
        """True if every call looks at all descriptors."""
        return self.family is Family.SCAN

    @property
    def task_each(self) -> bool:
        """True if every connection has a task of its own."""
        return self.tasks is Tasks.EACH

    @property
    def has_tasks(self) -> bool:
        """True if several tasks share the CPU."""
        return self.tasks is not Tasks.ONE

    @property
    def has_workers(self) -> bool:
        """True if a few tasks serve whichever connection is ready."""
        return self.tasks in (Tasks.POOL, Tasks.WORKERS)

    @property
    def list_each(self) -> bool:
        """True if every worker has an epoll of its own."""
        return self.tasks is Tasks.WORKERS and self.trigger is Trigger.LEVEL

    @property
    def completes(self) -> bool:
        """True if the kernel reports what was received, not what can be read."""
        return self.waiting is Waiting.COMPLETION

    @property
    def posts_results(self) -> bool:
        """True if reports come as entries of a completion queue, whatever they report."""
        return self.family in (Family.RING, Family.PORT)


_IN_EPOLL = "the kernel, in the epoll"
_BY_PROGRAM = "the program, handed over at every call"

LANES: Registry[LaneKind] = Registry(
    (
        LaneKind(
            "process",
            Family.TASKS,
            Waiting.BLOCKING,
            "read",
            introduced="fork at accept: UNIX, inetd",
            keeper="nobody: a process each",
            limit="memory, fork, switches",
            tasks=Tasks.EACH,
            unmeasured=None,
        ),
        LaneKind(
            "thread",
            Family.TASKS,
            Waiting.BLOCKING,
            "read",
            introduced="POSIX threads, 1995",
            keeper="nobody: a thread each",
            limit="memory for stacks, switches",
            tasks=Tasks.EACH,
            unmeasured=None,
        ),
        LaneKind(
            "pool",
            Family.READY_LIST,
            Waiting.READINESS,
            "epoll_wait",
            introduced="half-sync/half-async, 1995",
            keeper=_IN_EPOLL,
            limit="epoll_ctl and hand-overs per event",
            tasks=Tasks.POOL,
            trigger=Trigger.ONE_SHOT,
            unmeasured="hands over by Python's own lock: the interpreter would be measured, not the kernel",
        ),
        LaneKind(
            "select",
            Family.SCAN,
            Waiting.READINESS,
            "select",
            introduced="4.2BSD, 1983",
            keeper=_BY_PROGRAM,
            limit="the scan; FD_SETSIZE (1,024)",
            on_host=True,
            unmeasured=None,
        ),
        LaneKind(
            "poll",
            Family.SCAN,
            Waiting.READINESS,
            "poll",
            introduced="System V Release 3, 1986",
            keeper=_BY_PROGRAM,
            limit="the scan",
            on_host=True,
            unmeasured=None,
        ),
        LaneKind(
            "epoll",
            Family.READY_LIST,
            Waiting.READINESS,
            "epoll_wait",
            introduced="Libenzi, Linux 2.5.44, 2002",
            keeper=_IN_EPOLL,
            limit="the events themselves",
            mistakes=(DUP,),
            on_host=True,
            unmeasured=None,
        ),
        LaneKind(
            "epoll-et",
            Family.READY_LIST,
            Waiting.READINESS,
            "epoll_wait",
            introduced="as the first epoll was, 2002",
            keeper=_IN_EPOLL,
            limit="the events; a read more for each",
            trigger=Trigger.EDGE,
            mistakes=(NO_DRAIN, ACCEPT_ONE),
            unmeasured=None,
        ),
        LaneKind(
            "epoll-oneshot",
            Family.READY_LIST,
            Waiting.READINESS,
            "epoll_wait",
            introduced="EPOLLONESHOT, Linux 2.6.2, 2004",
            keeper=_IN_EPOLL,
            limit="the events; an epoll_ctl for each",
            tasks=Tasks.WORKERS,
            trigger=Trigger.ONE_SHOT,
            mistakes=(NO_REARM,),
            unmeasured=None,
        ),
        LaneKind(
            "epoll-exclusive",
            Family.READY_LIST,
            Waiting.READINESS,
            "epoll_wait",
            introduced="EPOLLEXCLUSIVE, Linux 4.5, 2016",
            keeper="the kernel, in an epoll for each worker",
            limit="the events, dealt unevenly",
            tasks=Tasks.WORKERS,
            mistakes=(HERD,),
            unmeasured=None,
        ),
        LaneKind(
            "asyncio",
            Family.READY_LIST,
            Waiting.READINESS,
            "epoll_wait",
            introduced="Python 3.4, 2014; await: 3.5, 2015",
            keeper=_IN_EPOLL,
            limit="the events; two turns, two callbacks for each",
            event_loop=True,
            watch_memory=WatchMemory(
                5_600,
                "allocated by asyncio's streams for a connection with its handler's task, by tracemalloc "
                "after one request each on 400 connections: 5,050 on Python 3.11, 5,750 on 3.12, 6,100 on "
                "3.13",
            ),
            on_host=True,
        ),
        LaneKind(
            "kqueue",
            Family.FILTERS,
            Waiting.READINESS,
            "kevent",
            introduced="Lemon, FreeBSD 4.1, 2000",
            keeper="the kernel, in knotes by number",
            limit="the events; a filter run for each packet",
            prices=KQUEUE_PRICES,
            watch_memory=WatchMemory(
                160,
                "estimated: struct knote 152 (64 of them its struct kevent) and its list's head 8, from the "
                "fields in FreeBSD's sys/event.h on a 64-bit machine",
            ),
            unmeasured="BSD's and macOS's: no Linux kernel has it",
        ),
        LaneKind(
            "io_uring",
            Family.RING,
            Waiting.COMPLETION,
            "io_uring_enter",
            introduced="Axboe, 2019; multishot: Linux 6.0",
            keeper="the kernel, a receive armed on each",
            limit="the events; buffers in the ring",
            writes_block=False,
            prices=RING_PRICES,
            watch_memory=_RING_MEMORY,
            unmeasured=None,
        ),
        LaneKind(
            "io_uring-poll",
            Family.RING,
            Waiting.READINESS,
            "io_uring_enter",
            introduced="Linux 5.1; multishot: 5.13, 2021",
            keeper="the kernel, a poll armed on each",
            limit="the events themselves",
            writes_block=False,
            prices=RING_PRICES,
            watch_memory=_RING_MEMORY,
            unmeasured=None,
        ),
        LaneKind(
            "io_uring-sqpoll",
            Family.RING,
            Waiting.COMPLETION,
            "io_uring_enter",
            introduced="SQPOLL, Linux 5.1, 2019",
            keeper="the kernel, a receive armed on each",
            limit="a second CPU that polls",
            second_cpu=True,
            writes_block=False,
            prices=RING_PRICES,
            watch_memory=_RING_MEMORY,
            unmeasured="its polling thread would take a CPU of this machine for itself",
        ),
        LaneKind(
            "iocp",
            Family.PORT,
            Waiting.COMPLETION,
            "GetQueuedCompletionStatusEx",
            introduced="Windows NT 3.5, 1994",
            keeper="nobody: a receive under way on each",
            limit="memory locked for receives",
            writes_block=False,
            prices=PORT_PRICES,
            watch_memory=WatchMemory(
                4_096 + 32 + 280,
                "estimated: a locked page for the buffer (locking is by the page: Microsoft, "
                "MmProbeAndLockPages), the OVERLAPPED 32, an IRP of 208 and one stack location of 72 "
                "(wdm.h, 64-bit)",
            ),
            unmeasured="Windows': no Linux kernel has it",
        ),
    )
)
"""The lanes by name, in the order in which the screens show them."""
REFERENCE = "epoll"
"""The lane with which the others are compared."""


def maker_of(fault: str) -> str | None:
    """The lane whose program can make a mistake; None for a fault that concerns every lane."""
    return next((kind.name for kind in LANES.values() if fault in kind.mistakes), None)
