"""The lanes: the ways in which a server can wait for its connections, each described once.

A :class:`~sim.scenario.lane_kind.LaneKind` holds the facts that are true of a lane in every race. The
simulator, the studies and the screens ask for a fact (``LANES[name].scans``) and never for a name, so that a
new lane needs no change in them. A lane has two more parts. Its server is a class in :mod:`sim.servers`,
which names the lane it serves. Its words are an entry in :mod:`c10k_tui.text.lanes`.

The names, years and versions are those of the man pages epoll_ctl(2), epoll(7), select(2), poll(2) and
io_uring_setup(2); Lemon, "Kqueue: A generic and scalable event notification facility" (2001); Schmidt and
Cranor, "Half-Sync/Half-Async" (1995); POSIX.1c (1995); Russinovich, Solomon and Ionescu, "Windows Internals".

Why the server's class is not named here: ``--help`` loads this module, and a server needs the kernel and
NumPy, which take longer to load than all the rest.
"""

from __future__ import annotations

from sim.scenario.faults import ACCEPT_ONE, DUP, HERD, NO_DRAIN, NO_REARM
from sim.scenario.lane_kind import Family, LaneKind, Prices, Tasks, Trigger, Waiting, WatchMemory
from sim.scenario.messages import N_
from sim.scenario.registry import Registry

_ESTIMATED = N_("prices estimated")
KQUEUE_PRICES = Prices(
    _ESTIMATED,
    N_("estimated from the Linux steps of the same kind (FreeBSD's kern_event.c gives the steps)"),
    estimated=True,
)
PORT_PRICES = Prices(
    _ESTIMATED,
    N_("estimated from the Linux steps of the same kind (Microsoft's I/O completion port text)"),
    estimated=True,
)
RING_PRICES = Prices(
    N_("prices timed once"),
    N_("raw calls on one 2-core x86-64 machine, Linux 6.18; the operations beneath as in the table"),
)
_RING_MEMORY = WatchMemory(
    320,
    N_(
        "struct io_kiocb 248: object sizes in /sys/kernel/slab, Linux 6.18 x86-64; "
        "and struct async_poll, 72 by its fields in io_uring/poll.h"
    ),
)
_IN_EPOLL = N_("the kernel, in the epoll")
_BY_PROGRAM = N_("the program, handed over at every call")

LANES: Registry[LaneKind] = Registry(
    (
        LaneKind(
            "process",
            Family.TASKS,
            Waiting.BLOCKING,
            "read",
            introduced=N_("fork at accept: UNIX, inetd"),
            keeper=N_("nobody: a process each"),
            limit=N_("memory, fork, switches"),
            tasks=Tasks.EACH,
            unmeasured=None,
        ),
        LaneKind(
            "thread",
            Family.TASKS,
            Waiting.BLOCKING,
            "read",
            introduced=N_("POSIX threads, 1995"),
            keeper=N_("nobody: a thread each"),
            limit=N_("memory for stacks, switches"),
            tasks=Tasks.EACH,
            unmeasured=None,
        ),
        LaneKind(
            "pool",
            Family.READY_LIST,
            Waiting.READINESS,
            "epoll_wait",
            introduced=N_("half-sync/half-async, 1995"),
            keeper=_IN_EPOLL,
            limit=N_("epoll_ctl and hand-overs per event"),
            tasks=Tasks.POOL,
            trigger=Trigger.ONE_SHOT,
            unmeasured=N_(
                "hands over by Python's own lock: the interpreter would be measured, not the kernel"
            ),
        ),
        LaneKind(
            "select",
            Family.SCAN,
            Waiting.READINESS,
            "select",
            introduced=N_("4.2BSD, 1983"),
            keeper=_BY_PROGRAM,
            limit=N_("the scan; FD_SETSIZE (1,024)"),
            on_host=True,
            unmeasured=None,
        ),
        LaneKind(
            "poll",
            Family.SCAN,
            Waiting.READINESS,
            "poll",
            introduced=N_("System V Release 3, 1986"),
            keeper=_BY_PROGRAM,
            limit=N_("the scan"),
            on_host=True,
            unmeasured=None,
        ),
        LaneKind(
            "epoll",
            Family.READY_LIST,
            Waiting.READINESS,
            "epoll_wait",
            introduced=N_("Libenzi, Linux 2.5.44, 2002"),
            keeper=_IN_EPOLL,
            limit=N_("the events themselves"),
            mistakes=(DUP,),
            on_host=True,
            unmeasured=None,
        ),
        LaneKind(
            "epoll-et",
            Family.READY_LIST,
            Waiting.READINESS,
            "epoll_wait",
            introduced=N_("as the first epoll was, 2002"),
            keeper=_IN_EPOLL,
            limit=N_("the events; a read more for each"),
            trigger=Trigger.EDGE,
            mistakes=(NO_DRAIN, ACCEPT_ONE),
            unmeasured=None,
        ),
        LaneKind(
            "epoll-oneshot",
            Family.READY_LIST,
            Waiting.READINESS,
            "epoll_wait",
            introduced=N_("EPOLLONESHOT, Linux 2.6.2, 2004"),
            keeper=_IN_EPOLL,
            limit=N_("the events; an epoll_ctl for each"),
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
            introduced=N_("EPOLLEXCLUSIVE, Linux 4.5, 2016"),
            keeper=N_("the kernel, in an epoll for each worker"),
            limit=N_("the events, dealt unevenly"),
            tasks=Tasks.WORKERS,
            mistakes=(HERD,),
            unmeasured=None,
        ),
        LaneKind(
            "asyncio",
            Family.READY_LIST,
            Waiting.READINESS,
            "epoll_wait",
            introduced=N_("Python 3.4, 2014; await: 3.5, 2015"),
            keeper=_IN_EPOLL,
            limit=N_("the events; two turns, two callbacks for each"),
            event_loop=True,
            watch_memory=WatchMemory(
                5_600,
                N_(
                    "allocated by asyncio's streams for a connection with its handler's task, by tracemalloc "
                    "after one request each on 400 connections: 5,050 on Python "
                    "3.11, 5,750 on 3.12, 6,100 on "
                    "3.13"
                ),
            ),
            on_host=True,
        ),
        LaneKind(
            "kqueue",
            Family.FILTERS,
            Waiting.READINESS,
            "kevent",
            introduced=N_("Lemon, FreeBSD 4.1, 2000"),
            keeper=N_("the kernel, in knotes by number"),
            limit=N_("the events; a filter run for each packet"),
            prices=KQUEUE_PRICES,
            watch_memory=WatchMemory(
                160,
                N_(
                    "estimated: struct knote 152 (64 of them its struct kevent) "
                    "and its list's head 8, from the "
                    "fields in FreeBSD's sys/event.h on a 64-bit machine"
                ),
            ),
            unmeasured=N_("BSD's and macOS's: no Linux kernel has it"),
        ),
        LaneKind(
            "io_uring",
            Family.RING,
            Waiting.COMPLETION,
            "io_uring_enter",
            introduced=N_("Axboe, 2019; multishot: Linux 6.0"),
            keeper=N_("the kernel, a receive armed on each"),
            limit=N_("the events; buffers in the ring"),
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
            introduced=N_("Linux 5.1; multishot: 5.13, 2021"),
            keeper=N_("the kernel, a poll armed on each"),
            limit=N_("the events themselves"),
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
            introduced=N_("SQPOLL, Linux 5.1, 2019"),
            keeper=N_("the kernel, a receive armed on each"),
            limit=N_("a second CPU that polls"),
            second_cpu=True,
            writes_block=False,
            prices=RING_PRICES,
            watch_memory=_RING_MEMORY,
            unmeasured=N_("its polling thread would take a CPU of this machine for itself"),
        ),
        LaneKind(
            "iocp",
            Family.PORT,
            Waiting.COMPLETION,
            "GetQueuedCompletionStatusEx",
            introduced=N_("Windows NT 3.5, 1994"),
            keeper=N_("nobody: a receive under way on each"),
            limit=N_("memory locked for receives"),
            writes_block=False,
            prices=PORT_PRICES,
            watch_memory=WatchMemory(
                4_096 + 32 + 280,
                N_(
                    "estimated: a locked page for the buffer (locking is by the page: Microsoft, "
                    "MmProbeAndLockPages), the OVERLAPPED 32, an IRP of 208 and one stack location of 72 "
                    "(wdm.h, 64-bit)"
                ),
            ),
            unmeasured=N_("Windows': no Linux kernel has it"),
        ),
    )
)
"""The lanes by name, in the order in which the screens show them."""
REFERENCE = "epoll"
"""The lane with which the others are compared."""


def maker_of(fault: str) -> str | None:
    """The lane whose program can make a mistake; None for a fault that concerns every lane."""
    return next((kind.name for kind in LANES.values() if fault in kind.mistakes), None)
