"""What a frame tells of the mechanism itself: queues, rings, what is in flight; and what never changes.

A view is a value, worked out when a frame is made and good for ever; it holds at most
:data:`SHOWN` entries of a queue, and how long the queue really is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from sim.kernel.waiting.epoll.epoll_file import EVENT_BYTES
from sim.kernel.waiting.io_uring.ring import CQE_F_MORE, Cqe, Op, Ring, Sqe
from sim.kernel.waiting.io_uring.sq_thread import ASLEEP, SPINNING
from sim.kernel.waiting.kqueue.kevent import KEVENT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.kernel.waiting.completion_port.port import CompletionPort
    from sim.kernel.waiting.epoll.epoll_file import Epoll
    from sim.kernel.waiting.io_uring.ring import IoUring
    from sim.kernel.waiting.kqueue.kqueue import Kqueue

SHOWN = 64
"""Entries of one queue that a view holds."""


@dataclass(frozen=True, slots=True)
class SetView:
    """What select and poll hand over in every call, because the kernel keeps nothing."""

    form: str
    """``fd_set``, a bitmap with a bit for every number, or ``pollfd``, an array with an entry for each."""
    watched: int
    """Descriptors in it."""
    in_bytes: int
    """Copied into the kernel by each call."""
    out_bytes: int
    """Copied out again by each call that returns."""
    in_kernel: bool
    """Whether a call is under way, so that the kernel has its copy."""


@dataclass(frozen=True, slots=True)
class EpollView:
    """One epoll, or several workers' together."""

    watched: int
    """The interest list's length: what the kernel keeps; several epolls' added up."""
    ready: int
    """The ready list's length."""
    ready_fds: tuple[int, ...]
    """The first of them, in order."""
    disarmed: int
    """One-shot items that have fired and were not armed again: nothing is told of them."""
    sleeping: int
    """Calls that sleep in it."""
    jobs: int | None = None
    """Connections handed to a pool and not taken by one of its threads; None without a pool."""
    job_fds: tuple[int, ...] = ()
    """The first of them, in order."""
    event_bytes: int = EVENT_BYTES
    """Copied out for each event reported."""


@dataclass(frozen=True, slots=True)
class KqueueView:
    """A kqueue."""

    knotes: int
    """Registered pairs of ident and filter."""
    queued: int
    """Knotes whose filter held, waiting for kevent."""
    queued_fds: tuple[int, ...]
    """The first of them, in order."""
    changes: int
    """Changes the program has ready for the next kevent."""
    sleeping: bool
    """Whether a kevent call sleeps in it."""
    handed: int = 0
    """Changes that the call under way has brought along."""
    event_bytes: int = KEVENT_BYTES
    """Copied for each change on its way in and each event on its way out."""


@dataclass(frozen=True, slots=True)
class RingView:
    """One ring of an io_uring: the entries from head to tail."""

    size: int
    head: int
    """Runs through 32 bits; the entry is at ``head % size``."""
    tail: int
    entries: tuple[tuple[str, int, int], ...]
    """The first ones. A submission: (operation, descriptor, user_data); a completion: (``more`` or
    ``last``, result, user_data)."""


@dataclass(frozen=True, slots=True)
class IoUringView:
    """An io_uring."""

    submissions: RingView
    completions: RingView
    overflow: int
    """Completions for which the ring had no room."""
    armed: int
    """Requests that wait on a file: in flight."""
    task_work: int
    """Requests that were woken and not looked at since."""
    buffers: int
    """Provided buffers there are."""
    buffers_free: int
    buffer_bytes: int
    """Bytes in each."""
    sleeping: bool
    """Whether an io_uring_enter sleeps."""
    thread: str | None
    """The polling kernel thread: ``working``, ``spinning`` or ``asleep``; None without one. What its CPU
    spent is among the lane's counters."""


@dataclass(frozen=True, slots=True)
class IocpView:
    """A completion port."""

    queued: int
    """Packets that wait for a thread."""
    queued_keys: tuple[int, ...]
    """Keys of the first of them, in order: in a race the descriptors."""
    pending: int
    """Operations started and not ended: in flight."""
    locked_bytes: int
    """Their buffers, locked in memory."""
    concurrency: int
    running: int
    """Threads of the port that run."""
    waiting: int
    """Threads that wait for a packet."""
    queued_bytes: tuple[int, ...] = ()
    """Bytes that the packets of ``queued_keys`` brought."""


@dataclass(frozen=True, slots=True)
class LoopRound:
    """What an event loop did from when it last had nothing to do up to when it had nothing to do again."""

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
    """Callbacks that are ready."""
    left: int
    """Those of them that this turn runs."""
    polling: bool
    """Whether it is in epoll_wait, asleep or not, or about to be."""
    rests: bool
    """Whether :attr:`round` is over; if not, the loop has been busy for long."""
    round: LoopRound


MechanismView = SetView | EpollView | KqueueView | IoUringView | IocpView | LoopView


def epoll_view(epolls: Iterable[Epoll], jobs: Iterable[int] | None = None) -> EpollView:
    """One epoll at this moment, or several together.

    Args:
        epolls: each watches connections of its own.
        jobs: connections handed to a pool and not taken yet.
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
    """A kqueue at this moment.

    Args:
        changes: those ready for the next kevent.
        handed: those that the kevent under way brought.
    """
    queued = tuple(knote.ident for knote in islice(kqueue.queue, SHOWN))
    return KqueueView(kqueue.count, len(kqueue.queue), queued, changes, bool(kqueue.calls), handed)


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
    """An io_uring at this moment."""
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


def iocp_view(port: CompletionPort, buffer_bytes: int) -> IocpView:
    """A completion port at this moment.

    Args:
        buffer_bytes: what each receive locks.
    """
    return IocpView(
        queued=len(port.queue),
        queued_keys=tuple(packet.key for packet in islice(port.queue, SHOWN)),
        pending=port.started,
        locked_bytes=port.started * buffer_bytes,
        concurrency=port.concurrency,
        running=port.running,
        waiting=len(port.calls),
        queued_bytes=tuple(packet.moved for packet in islice(port.queue, SHOWN)),
    )
