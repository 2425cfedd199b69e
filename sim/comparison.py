"""What tells the lanes apart, as figures and a few words: the rows of a comparison table.

All figures come from a frame's counters, so they are of the race at hand, at its number of connections
and its load. An *event* is a descriptor that a waiting call reported as ready, or, with a thread for
each connection, a blocking read that brought something. Bytes are those that the waiting itself copies:
what requests and answers say is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.frame import Frame, LaneFrame


@dataclass(frozen=True, slots=True)
class Mechanism:
    """What is true of a way of waiting at any size."""

    keeper: str
    """Who keeps the list of what is waited for."""
    limit: str
    """What limits the number of connections."""


MECHANISMS: dict[str, Mechanism] = {
    "process": Mechanism("nobody: a process each", "memory, fork, switches"),
    "thread": Mechanism("nobody: a thread each", "memory for stacks, switches"),
    "pool": Mechanism("the kernel, in the epoll", "epoll_ctl and hand-overs per event"),
    "select": Mechanism("the program, handed over at every call", "the scan; FD_SETSIZE (1,024)"),
    "poll": Mechanism("the program, handed over at every call", "the scan"),
    "epoll": Mechanism("the kernel, in the epoll", "the events themselves"),
    "epoll-et": Mechanism("the kernel, in the epoll", "the events; a read more for each"),
    "epoll-oneshot": Mechanism("the kernel, in the epoll", "the events; an epoll_ctl for each"),
    "epoll-exclusive": Mechanism("the kernel, in an epoll for each worker", "the events, dealt unevenly"),
    "asyncio": Mechanism("the kernel, in the epoll", "the events; two turns, two callbacks for each"),
    "kqueue": Mechanism("the kernel, in knotes by number", "the events; a filter run for each packet"),
    "io_uring": Mechanism("the kernel, an armed receive on each file", "the events; buffers in the ring"),
    "io_uring-poll": Mechanism("the kernel, an armed poll on each file", "the events themselves"),
    "io_uring-sqpoll": Mechanism("the kernel, an armed receive on each file", "a second CPU that polls"),
    "iocp": Mechanism("nobody: a receive under way on each", "memory locked for receives"),
}
"""By lane."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One lane's column of the table; None where there was no event yet."""

    lane: str
    calls_per_event: float | None
    """System calls of every kind: waiting, epoll_ctl, futex, read, write."""
    examined_per_event: float | None
    """Descriptors whose state the kernel looked up."""
    copied_in_per_event: float | None
    """Bytes into the kernel."""
    copied_out_per_event: float | None
    """Bytes out of it."""
    switches_per_event: float | None
    keeper: str
    connection_bytes: int | None
    """Memory that a connection takes, buffers left out."""
    limit: str
    wakeup_ns: int | None
    """CPU time spent on waiting for each wake-up, with as many connections as there are now."""


def facts(frame: Frame) -> tuple[Facts, ...]:
    """The columns of the table, in the order of the lanes.

    Raises:
        KeyError: a lane without an entry in :data:`MECHANISMS`.
    """
    return tuple(_facts(lane, frame.scenario.payload) for lane in frame.lanes)


def _facts(lane: LaneFrame, payload: int) -> Facts:
    counters, mechanism = lane.counters, MECHANISMS[lane.name]
    said_bytes = counters.requests * payload
    return Facts(
        lane=lane.name,
        calls_per_event=_per(counters.syscalls, counters.ready),
        examined_per_event=_per(counters.scanned, counters.ready),
        copied_in_per_event=_per(max(0, counters.copied_in_bytes - said_bytes), counters.ready),
        copied_out_per_event=_per(max(0, counters.copied_out_bytes - said_bytes), counters.ready),
        switches_per_event=_per(counters.context_switches, counters.ready),
        keeper=mechanism.keeper,
        connection_bytes=None if lane.memory is None else lane.memory.connection_bytes,
        limit=mechanism.limit,
        wakeup_ns=counters.wakeup_ns,
    )


def _per(count: int, events: int) -> float | None:
    return count / events if events else None
