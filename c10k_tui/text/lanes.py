"""The lanes as the screen knows them: what each is in a line, where it comes from, how many fit.

Years and versions: the man pages epoll_ctl(2), epoll(7), select(2), poll(2) and io_uring_setup(2); Lemon,
"Kqueue: A generic and scalable event notification facility" (2001); Schmidt and Cranor,
"Half-Sync/Half-Async" (1995); POSIX.1c (1995); Russinovich, Solomon and Ionescu, "Windows Internals".
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

MOST_LANES = 4
"""Lanes the race screen has room for."""

ONE_TASK_EACH = ("process", "thread")
"""Every connection has a task of its own, asleep in read."""
WORKER_LANES = ("pool", "epoll-oneshot", "epoll-exclusive")
"""Several tasks serve whatever connection is ready."""
TASK_LANES = (*ONE_TASK_EACH, *WORKER_LANES)
"""Several tasks share the CPU: the grid shows who runs."""
READY_LIST_LANES = ("pool", "epoll", "epoll-et", "epoll-oneshot", "epoll-exclusive", "asyncio")
"""They wait in epoll_wait for what is on a ready list."""
RING_LANES = ("io_uring", "io_uring-poll", "io_uring-sqpoll")
COMPLETING_LANES = ("io_uring", "io_uring-sqpoll", "iocp")
"""They are told what was received, and not that something could be."""


@dataclass(frozen=True, slots=True)
class About:
    """A lane in one line."""

    what: str
    """What its server does."""
    since: str
    """Where that was first, and when."""


ABOUT: dict[str, About] = {
    "process": About("a process for each connection, asleep in read", "fork at accept: UNIX, inetd"),
    "thread": About("a thread for each connection, asleep in read", "POSIX threads, 1995"),
    "pool": About("one thread waits in epoll, eight serve", "half-sync/half-async, 1995"),
    "select": About("hands over a bitmap of all, has all looked at", "4.2BSD, 1983"),
    "poll": About("hands over a list of all, has all looked at", "System V Release 3, 1986"),
    "epoll": About("is told which are ready, as long as they are", "Libenzi, Linux 2.5.44, 2002"),
    "epoll-et": About("is told once when more comes, reads it all", "as the first epoll was, 2002"),
    "epoll-oneshot": About(
        "four workers, one epoll, each event armed anew", "EPOLLONESHOT, Linux 2.6.2, 2004"
    ),
    "epoll-exclusive": About(
        "four workers, one woken for each new client", "EPOLLEXCLUSIVE, Linux 4.5, 2016"
    ),
    "kqueue": About("filters run as packets come, queue the event", "Lemon, FreeBSD 4.1, 2000"),
    "io_uring": About("told in a ring what was received: no read call", "Axboe, 2019; multishot: Linux 6.0"),
    "io_uring-poll": About(
        "told in a ring which are ready, reads by calls", "Linux 5.1; multishot: 5.13, 2021"
    ),
    "io_uring-sqpoll": About("as io_uring, but a second CPU takes its orders", "SQPOLL, Linux 5.1, 2019"),
    "asyncio": About("tasks await reads, a loop on epoll wakes them", "Python 3.4, 2014; await: 3.5, 2015"),
    "iocp": About("starts reads beforehand, is told when they end", "Windows NT 3.5, 1994"),
}
"""By lane."""
_BRIEF = {
    "asyncio": "aio",
    "epoll-et": "et",
    "epoll-oneshot": "1-shot",
    "epoll-exclusive": "exclus",
    "io_uring": "uring",
    "io_uring-poll": "u-poll",
    "io_uring-sqpoll": "sqpoll",
}
"""Names of at most six letters."""


def brief_name(lane: str, width: int) -> str:
    """A lane's name where there are so many cells for it."""
    return lane if len(lane) <= width else _BRIEF.get(lane, lane)[:width]


def why_not_lanes(lanes: Collection[str]) -> str | None:
    """What is wrong with having these lanes on the screen together, or None."""
    if not lanes:
        return "one lane has to stay"
    if len(lanes) > MOST_LANES:
        return f"{MOST_LANES} lanes at most are on the screen: take one off first"
    return None
