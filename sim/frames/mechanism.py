"""The part of a frame that shows a lane's mechanism: its queues, lists and rings.

A view is a value. It is made with its frame and never changes. It holds at most :data:`SHOWN` entries of a
queue, and the queue's real length.

Why the functions that make views are here and not in the kernel: the kernel does not know what a screen
shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from sim.kernel.waiting.epoll.epoll_file import EVENT_BYTES
from sim.kernel.waiting.io_uring.entries import CQE_F_MORE, Cqe, Op, Ring, Sqe
from sim.kernel.waiting.io_uring.sq_thread import ASLEEP, SPINNING
from sim.kernel.waiting.kqueue.kevent import KEVENT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.kernel.waiting.completion_port.port import CompletionPort
    from sim.kernel.waiting.epoll.epoll_file import Epoll
    from sim.kernel.waiting.io_uring.ring import IoUring
    from sim.kernel.waiting.kqueue.kqueue import Kqueue

SHOWN = 64
"""Largest number of entries of one queue in a view."""


@dataclass(frozen=True, slots=True)
class SetView:
    """The set that select and poll hand over in every call."""

    form: str
    """``fd_set``, a bitmap with a bit for every number, or ``pollfd``, an array with an entry for each
    descriptor."""
    watched: int
    """Number of descriptors in the set."""
    in_bytes: int
    """Bytes that each call copies into the kernel."""
    out_bytes: int
    """Bytes that each call copies out when it returns."""
    in_kernel: bool
    """True while a call is in progress, so that the kernel has a copy."""


@dataclass(frozen=True, slots=True)
class EpollView:
    """An epoll, or the epolls of several workers together."""

    watched: int
    """Length of the interest list, or of all interest lists together."""
    ready: int
    """Length of the ready list."""
    ready_fds: tuple[int, ...]
    """The first of them, in order."""
    disarmed: int
    """One-shot items that were reported and not armed again. They are not reported."""
    sleeping: int
    """Number of epoll_wait calls that sleep."""
    jobs: int | None = None
    """Connections handed to a pool that no worker has taken yet; None without a pool."""
    job_fds: tuple[int, ...] = ()
    """The first of them, in order."""
    event_bytes: int = EVENT_BYTES
    """Bytes copied out for each event reported."""


@dataclass(frozen=True, slots=True)
class KqueueView:
    """A kqueue."""

    knotes: int
    """Number of registered pairs of ident and filter."""
    queued: int
    """Knotes whose filter matched, queued for the next kevent."""
    queued_fds: tuple[int, ...]
    """The first of them, in order."""
    changes: int
    """Changes that the program has prepared for the next kevent."""
    sleeping: bool
    """True while a kevent call sleeps."""
    handed: int = 0
    """Changes that the call in progress has handed over."""
    event_bytes: int = KEVENT_BYTES
    """Bytes copied in for each change, and out for each event."""


@dataclass(frozen=True, slots=True)
class RingView:
    """One ring of an io_uring: the entries from head to tail."""

    size: int
    head: int
    """A 32-bit counter; the entry is at ``head % size``."""
    tail: int
    entries: tuple[tuple[str, int, int], ...]
    """The first entries. A submission is (operation, descriptor, user_data), a completion is (``more`` or
    ``last``, result, user_data)."""


@dataclass(frozen=True, slots=True)
class IoUringView:
    """An io_uring."""

    submissions: RingView
    completions: RingView
    overflow: int
    """Number of completions for which the ring had no room."""
    armed: int
    """Number of requests that wait on a file."""
    task_work: int
    """Number of requests that were woken and not run since."""
    buffers: int
    """Number of provided buffers."""
    buffers_free: int
    buffer_bytes: int
    """Size of each buffer."""
    sleeping: bool
    """True while an io_uring_enter call sleeps."""
    thread: str | None
    """State of the polling kernel thread: ``working``, ``spinning`` or ``asleep``; None without such a
    thread. The time of its CPU is in the lane's counters."""


@dataclass(frozen=True, slots=True)
class IocpView:
    """A completion port."""

    queued: int
    """Number of packets that wait for a thread."""
    queued_keys: tuple[int, ...]
    """Keys of the first packets, in order. In a race the key is the descriptor."""
    pending: int
    """Number of operations started and not finished."""
    locked_bytes: int
    """Bytes of their buffers, which are locked in memory."""
    concurrency: int
    running: int
    """Number of the port's threads that run."""
    waiting: int
    """Number of threads that wait for a packet."""
    queued_bytes: tuple[int, ...] = ()
    """Bytes received with each packet of ``queued_keys``."""


@dataclass(frozen=True, slots=True)
class LoopRound:
    """The work of an event loop between two times at which it has nothing to do."""

    events: int
    callbacks: int
    turns: int
    loop_ns: int
    """CPU time of the turns and callbacks in user space."""
    epoll_ns: int
    """CPU time of the epoll_waits."""


@dataclass(frozen=True, slots=True)
class LoopView:
    """asyncio's event loop."""

    queued: int
    """Number of callbacks that are ready."""
    left: int
    """Number of them that this turn still runs."""
    polling: bool
    """True while the loop is in epoll_wait, or about to enter it."""
    finished: bool
    """True if :attr:`round` is finished; False if the loop has been busy for long and the round goes on."""
    round: LoopRound


MechanismView = SetView | EpollView | KqueueView | IoUringView | IocpView | LoopView


def epoll_view(epolls: Iterable[Epoll], jobs: Iterable[int] | None = None) -> EpollView:
    """Make the view of an epoll, or of several together.

    Args:
        epolls: epolls that watch different connections.
        jobs: connections handed to a pool and not taken yet; None without a pool.
    """
    epolls = tuple(epolls)
    ready = [item for epoll in epolls for item in epoll.ready[:SHOWN]]
    queue = None if jobs is None else tuple(jobs)
    return EpollView(
        watched=sum(epoll.count for epoll in epolls),
        ready=sum(len(epoll.ready) for epoll in epolls),
        ready_fds=tuple(item.fd for item in ready[:SHOWN]),
        disarmed=sum(epoll.disarmed for epoll in epolls),
        sleeping=sum(len(epoll.waiters) for epoll in epolls),
        jobs=None if queue is None else len(queue),
        job_fds=() if queue is None else queue[:SHOWN],
    )


def kqueue_view(kqueue: Kqueue, changes: int, handed: int) -> KqueueView:
    """Make the view of a kqueue.

    Args:
        kqueue: the kqueue.
        changes: number of changes prepared for the next kevent.
        handed: number of changes that the kevent in progress handed over.
    """
    queued = tuple(knote.ident for knote in islice(kqueue.queue, SHOWN))
    return KqueueView(kqueue.count, len(kqueue.queue), queued, changes, bool(kqueue.queue.calls), handed)


_OPERATIONS = {value: name.lower() for name, value in vars(Op).items() if isinstance(value, int)}


def _ring_view(ring: Ring[Sqe] | Ring[Cqe]) -> RingView:
    entries: list[tuple[str, int, int]] = []
    for offset in range(min(len(ring), SHOWN)):
        entry = ring.entries[(ring.head + offset) & ring.mask]
        if isinstance(entry, Sqe):
            entries.append((_OPERATIONS.get(entry.opcode, "?"), entry.fd, entry.user_data))
        elif isinstance(entry, Cqe):
            entries.append(("more" if entry.flags & CQE_F_MORE else "last", entry.result, entry.user_data))
    return RingView(len(ring.entries), ring.head, ring.tail, tuple(entries))


def io_uring_view(ring: IoUring) -> IoUringView:
    """Make the view of an io_uring."""
    thread = None
    if ring.thread is not None:
        thread = {SPINNING: "spinning", ASLEEP: "asleep"}.get(ring.thread.state, "working")
    groups = ring.groups.values()
    return IoUringView(
        submissions=_ring_view(ring.sq),
        completions=_ring_view(ring.cq),
        overflow=len(ring.overflow),
        armed=ring.armed,
        task_work=len(ring.work),
        buffers=sum(len(group.free.entries) for group in groups),
        buffers_free=sum(len(group.free) for group in groups),
        buffer_bytes=max((group.size for group in groups), default=0),
        sleeping=ring.call is not None,
        thread=thread,
    )


def iocp_view(port: CompletionPort, locked_bytes: int) -> IocpView:
    """Make the view of a completion port.

    Args:
        port: the port.
        locked_bytes: bytes of the buffers of all receives under way.
    """
    return IocpView(
        queued=len(port.queue),
        queued_keys=tuple(packet.key for packet in islice(port.queue, SHOWN)),
        pending=port.started,
        locked_bytes=locked_bytes,
        concurrency=port.concurrency,
        running=port.running,
        waiting=len(port.calls),
        queued_bytes=tuple(packet.moved for packet in islice(port.queue, SHOWN)),
    )
