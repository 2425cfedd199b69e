"""io_uring: two rings in shared memory, requests that arm themselves, and task work.

Linux (``io_uring/``): program and kernel share two rings. The program writes *submissions* (SQE, 64 bytes)
at the tail of the submission ring, and the kernel takes them at its head. The kernel writes *completions*
(CQE, 16 bytes) at the tail of the completion ring, and the program takes them at its head. One
``io_uring_enter`` passes many submissions and waits for completions. Nothing is copied but the 64 bytes,
which are read once.

A submission is tried at once (``io_issue_sqe``). If it would have to wait, a poll hook is put on the file
(``io_arm_poll_handler``). When a packet arrives, the hook (``io_poll_wake``) tests its mask and queues *task
work* once; later packets are only counted. The task runs its task work when it next enters the kernel for
completions: the operation is done and its *result* is posted. (The file is asked once more only if several
packets woke the request, or if the wake-up had no key.) So readiness and reading are one operation. A
*multishot* request stays armed: one submission gives a completion (flagged F_MORE) for each packet or batch
of packets. A multishot recv takes its memory from a ring of *provided buffers*. If that ring is empty, the
request ends with -ENOBUFS and must be submitted again.

A full completion ring loses nothing: completions go to an overflow list, and from there to the ring at the
next enter. Multishot requests end then. A full submission ring takes nothing: the program keeps what it could
not write, and must not sleep for completions before it has written it.

Rings here are set up as servers set them up (SINGLE_ISSUER, DEFER_TASKRUN: task work waits for the task that
asks for completions), or with a polling kernel thread (SQPOLL,
:mod:`sim.kernel.waiting.io_uring.sq_thread`), which takes submissions and runs task work on a CPU of its
own.

Left out: linked and drained submissions, fixed files and buffers, timeouts as submissions, operations not in
:class:`~sim.kernel.waiting.io_uring.entries.Op`. Requests that are to be cancelled should have distinct
user_data; the first one that matches is cancelled.

A ring knows requests and the thread by the base classes below. :mod:`sim.kernel.waiting.io_uring.requests`
and :mod:`sim.kernel.waiting.io_uring.sq_thread` know the ring.
"""

from __future__ import annotations

import errno
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from sim.kernel import poll_bits
from sim.kernel.core import KernelCore
from sim.kernel.open_file import OpenFile
from sim.kernel.poll_bits import oserror
from sim.kernel.waiting.io_uring.entries import MAX_ENTRIES, BufferGroup, Cqe, Op, Ring, Sqe
from sim.kernel.waiting.waiting_call import WaitingCall
from sim.machine.accounts import Count
from sim.machine.completion_costs import ring_costs
from sim.machine.records import Effect


class ArmedRequest(ABC):
    """A request that waits on a file (``io_kiocb`` with its poll hook).

    Args:
        sqe: The submission that it came from.
    """

    __slots__ = ("sqe",)

    def __init__(self, sqe: Sqe) -> None:
        self.sqe = sqe

    @abstractmethod
    def disarm(self) -> None:
        """Take the request off its file."""

    @abstractmethod
    def check(self) -> bool:
        """Run its task work; True if the file had something for it."""


class PollingThread(ABC):
    """A kernel thread that takes submissions and runs task work (SQPOLL)."""

    state: Count
    """Working, spinning or asleep: the count on which its time is booked."""

    @property
    @abstractmethod
    def needs_wakeup(self) -> bool:
        """True if it sleeps and sees no new submissions (``IORING_SQ_NEED_WAKEUP``)."""

    @abstractmethod
    def look(self) -> None:
        """A submission was written, or task work was queued."""

    @abstractmethod
    def wake_up(self) -> None:
        """End its sleep."""

    @abstractmethod
    def book(self) -> None:
        """Book its CPU time up to now."""

    @abstractmethod
    def stop(self) -> None:
        """The ring is closed."""


class ArmedBlock(NamedTuple):
    """Requests armed on a block of untouched connections; their submissions differ only in fd."""

    first: int
    last: int
    sqe: Sqe
    """The submission for fd 0. The request of a descriptor has ``user_data + fd``."""


class IoUring(OpenFile):
    """The file behind a ring descriptor (``struct io_ring_ctx``).

    Args:
        kernel: The kernel.
        rings: All rings of the kernel. This one is one of them until it closes.
        arm: Makes and arms a request on a file.
        entries: Size of the submission ring, a power of two.
        cq_entries: Size of the completion ring; twice the other by default.

    Raises:
        OSError: EINVAL, a size that is too large or not a power of two.
    """

    kernel: KernelCore

    __slots__ = (
        "arm",
        "call",
        "costs",
        "cq",
        "groups",
        "idle_armed",
        "idle_blocks",
        "overflow",
        "requests",
        "rings",
        "room_call",
        "sq",
        "thread",
        "wanted",
        "work",
    )

    def __init__(
        self,
        kernel: KernelCore,
        rings: list[IoUring],
        arm: Callable[[IoUring, Sqe, OpenFile], object],
        entries: int,
        cq_entries: int | None = None,
    ) -> None:
        sizes = entries, 2 * entries if cq_entries is None else cq_entries
        if not 0 < entries <= MAX_ENTRIES or sizes[1] < entries or any(size & (size - 1) for size in sizes):
            raise oserror(errno.EINVAL)
        super().__init__(kernel, poll_bits.OUT | poll_bits.WRNORM)
        self.rings = rings
        rings.append(self)
        kernel.block_watchers.append(self)
        self.arm = arm
        self.costs = ring_costs(kernel.costs)
        self.sq: Ring[Sqe] = Ring(sizes[0])
        self.cq: Ring[Cqe] = Ring(sizes[1])
        self.overflow: deque[Cqe] = deque()
        """Completions for which the ring had no room."""
        self.requests: dict[ArmedRequest, None] = {}
        """Armed requests in the order in which they were made."""
        self.idle_blocks: list[ArmedBlock] = []
        self.idle_armed = 0
        """Number of requests on untouched connections, which have no object of their own yet."""
        self.work: deque[ArmedRequest] = deque()
        """Task work: requests that were woken, in order."""
        self.groups: dict[int, BufferGroup] = {}
        self.call: WaitingCall | None = None
        """The io_uring_enter that sleeps; None if none does."""
        self.wanted = 0
        """Number of completions or task-work items that it still waits for."""
        self.room_call: WaitingCall | None = None
        """The io_uring_enter that waits for room in the submission ring; None if none does."""
        self.thread: PollingThread | None = None

    # -- the program's side: memory, no calls ---------------------------------------------

    def submit(self, sqe: Sqe) -> bool:
        """Write a submission at the tail; False if the ring is full."""
        done = self.sq.push(sqe)
        if done and self.thread is not None:
            self.thread.look()
        if self.sq.full:
            self.update_mask()
        return done

    def take(self) -> Cqe | None:
        """Take the next completion from the ring; None if it is empty."""
        cqe = self.cq.pop()
        if cqe is not None and not self.cq:
            self.update_mask()
        return cqe

    def provide(self, group: int, count: int, size: int) -> None:
        """Register a ring of buffers (``IORING_REGISTER_PBUF_RING``)."""
        self.groups[group] = BufferGroup(count, size)

    # -- the kernel's side ----------------------------------------------------------------

    def update_mask(self) -> None:
        """Update the poll mask (``io_uring_poll``): IN if completions wait, or task work that makes some."""
        mask = 0
        if self.cq or self.overflow or self.work:
            mask |= poll_bits.IN | poll_bits.RDNORM
        if not self.sq.full:
            mask |= poll_bits.OUT | poll_bits.WRNORM
        if mask != self.mask:
            self.set_mask(mask)

    def post(self, cqe: Cqe) -> bool:
        """Write a completion at the tail (``io_fill_cqe_aux``); False if there is no room."""
        if self.overflow or not self.cq.push(cqe):
            return False
        self._posted()
        return True

    def post_last(self, cqe: Cqe) -> None:
        """Write the last completion of a request, or put it on the overflow list."""
        if self.overflow or not self.cq.push(cqe):
            self.overflow.append(cqe)
        self._posted()

    def _posted(self) -> None:
        self.kernel.ledger.counted[Count.CQES] += 1
        self.update_mask()
        self._stir(poll_bits.IN)
        if self.call is not None and self.thread is not None:
            self._wake_if_enough(len(self.cq))

    def flush(self) -> None:
        """Move overflowed completions into the ring, as many as fit."""
        while self.overflow and self.cq.push(self.overflow[0]):
            self.overflow.popleft()

    def add_work(self, request: ArmedRequest) -> None:
        """Queue the task work of a woken request (``io_req_task_work_add``).

        A poll wakes the sleeping task only when there is as much work as it waits for (``LAZY_WAKE``). Other
        requests may post more than one completion each, and wake it at once.
        """
        self.work.append(request)
        self.update_mask()
        self._stir(poll_bits.IN)
        if self.thread is not None:
            self.thread.look()
        elif self.call is not None:
            self._wake_if_enough(len(self.work) if request.sqe.opcode == Op.POLL_ADD else self.wanted)

    def _wake_if_enough(self, there: int) -> None:
        call = self.call
        if call is not None and there >= self.wanted:
            self.call = None
            if call.wake():
                self.kernel.effect |= Effect.WOKE_WAITER

    def taken(self) -> None:
        """The polling thread has taken all submissions: wake the call that waits for room for more."""
        call, self.room_call = self.room_call, None
        if call is not None:
            call.wake()

    def _stir(self, key: int) -> None:
        if self.wait_queue.entries or self.kernel.scans:
            self.notify(key)

    # -- idle connections -----------------------------------------------------------------

    def arm_block(self, first: int, last: int, sqe: Sqe) -> None:
        """Arm a request on every descriptor of a block of untouched connections."""
        self.idle_blocks.append(ArmedBlock(first, last, sqe))
        self.idle_armed += last - first + 1

    def materialize(self, file: OpenFile, fd: int) -> None:
        """A descriptor of an armed block is touched for the first time: give it its request."""
        for first, last, sqe in self.idle_blocks:
            if first <= fd <= last:
                self.idle_armed -= 1
                self.arm(self, sqe._replace(fd=fd, user_data=sqe.user_data + fd), file)
                return

    @property
    def armed(self) -> int:
        """Number of requests that wait on a file."""
        return self.idle_armed + len(self.requests)

    def released(self) -> None:
        """The ring is closed: every request ends."""
        for request in tuple(self.requests):
            request.disarm()
        self.work.clear()
        if self.thread is not None:
            self.thread.stop()
        self.rings.remove(self)
        self.kernel.block_watchers.remove(self)
