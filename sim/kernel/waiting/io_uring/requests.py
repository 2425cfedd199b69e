"""io_uring's requests: how a submission is run, how it waits, and what it posts.

A request is tried at once. If its file has nothing for it, it is put on the file's wait queue
(``io_arm_poll_handler``). The file stays open for it, even if its number is closed.
:mod:`sim.kernel.waiting.io_uring.ring` describes the rest of its life. Running a request charges nothing: the
task that entered the kernel, or the polling thread, first calls :func:`price_ns` and charges that price.
"""

from __future__ import annotations

import errno

from sim.kernel import poll_bits
from sim.kernel.files.socket import Socket
from sim.kernel.files.tcp import ListeningSocket, StreamSocket
from sim.kernel.open_file import OpenFile
from sim.kernel.waiting.io_uring.entries import (
    CQE_BUFFER_SHIFT,
    CQE_F_BUFFER,
    CQE_F_MORE,
    CQE_F_SOCK_NONEMPTY,
    Cqe,
    Op,
    Sqe,
)
from sim.kernel.waiting.io_uring.ring import ArmedRequest, IoUring
from sim.machine.accounts import Account, Count
from sim.machine.records import Effect, Kind

_READ_EVENTS = poll_bits.IN | poll_bits.RDNORM | poll_bits.ERR | poll_bits.HUP
_MULTISHOT_RETRIES = 32
"""Completions of one request after which others get a turn (``MULTISHOT_MAX_RETRY``)."""


ENDED, WAITS, GOES_ON = range(3)
"""Outcome of trying a request: it is over, it waits on its file, or it must be tried again soon."""


class Request(ArmedRequest):
    """A request that waits on a file, or is being tried."""

    __slots__ = ("events", "exclusive", "file", "queued", "ready_mask", "ring")

    def __init__(self, ring: IoUring, sqe: Sqe, file: OpenFile) -> None:
        super().__init__(sqe)
        self.ring = ring
        self.file = file
        self.queued = False
        """True while its task work is queued. Further wake-ups are only counted (``poll_refs``)."""
        self.ready_mask = 0
        """Poll bits of the only wake-up since then; 0 if the file must be asked."""
        self.exclusive = sqe.opcode == Op.ACCEPT
        if sqe.opcode == Op.POLL_ADD:
            self.events = sqe.events | poll_bits.ERR | poll_bits.HUP
        else:
            self.events = _READ_EVENTS

    def arm(self) -> None:
        """Put it on its file's wait queue."""
        self.file.holds += 1
        self.file.wait_queue.add(self)
        self.ring.requests[self] = None

    def disarm(self) -> None:
        """Take it off its file, and release the file."""
        if self in self.ring.requests:
            del self.ring.requests[self]
            self.file.wait_queue.remove(self)
            if self.queued and self in self.ring.work:
                self.ring.work.remove(self)
            self.ring.kernel.release_hold(self.file)

    def wake(self, key: int) -> bool:
        """The file changed: queue task work (``io_poll_wake``)."""
        if key and not key & self.events:
            return False
        ring = self.ring
        kernel = ring.kernel
        kernel.wake_ns += ring.costs.wake_ns
        if self.queued:
            kernel.effect |= Effect.TASK_WORK_AGAIN
            self.ready_mask = 0
            return False
        self.queued = True
        self.ready_mask = key & self.events
        kernel.effect |= Effect.TASK_WORK
        ring.add_work(self)
        return True

    # -- task work ------------------------------------------------------------------------

    def check(self) -> bool:
        """Run the task work; True if the file has something (``io_poll_check_events``).

        The file is asked only if the wake-up does not say what it is ready for.
        """
        self.queued = False
        mask = self.ready_mask
        if not mask:
            self.file.refresh()
            mask = self.file.mask & self.events
            if not mask:
                return False
        if self.sqe.opcode == Op.POLL_ADD:
            self._poll_result(mask)
        else:
            self.settle(_perform(self.ring, self.sqe, self.file))
        return True

    def settle(self, outcome: int) -> None:
        """Go on after a try, by its outcome."""
        if outcome == ENDED:
            self.disarm()
        elif outcome == GOES_ON:  # it is queued again, behind the others
            self.wake(0)

    def _poll_result(self, mask: int) -> None:
        ring, user_data = self.ring, self.sqe.user_data
        if self.sqe.multishot and ring.post(Cqe(user_data, mask, CQE_F_MORE)):
            return
        self.disarm()
        ring.post_last(Cqe(user_data, mask))


def armed_request(ring: IoUring, sqe: Sqe, file: OpenFile) -> Request:
    """Make a request and arm it on a file."""
    request = Request(ring, sqe, file)
    request.arm()
    return request


# -- submissions --------------------------------------------------------------------------


def price_ns(ring: IoUring, sqe: Sqe) -> tuple[Account, int]:
    """Account and cost in ns of running a submission, without taking it from the ring."""
    costs = ring.costs
    if sqe.opcode == Op.SEND:
        return Account.SOCKET_IO, costs.write_ns + ring.kernel.copy_ns(len(sqe.data))
    if sqe.opcode == Op.CLOSE:
        return Account.SOCKET_IO, costs.close_ns
    if sqe.opcode not in {Op.POLL_ADD, Op.RECV, Op.ACCEPT}:
        return Account.SYSCALL, 0
    file = ring.kernel.table.files.get(sqe.fd)
    if file is not None and sqe.opcode != Op.POLL_ADD and file.mask & poll_bits.IN:
        return Account.SOCKET_IO, costs.arm_ns + _done_ns(ring, sqe, file)
    return Account.INTEREST_LIST, costs.arm_ns


def work_price_ns(request: Request) -> int:
    """Cost in ns of the operation of a task-work item; 0 for a poll."""
    if request.sqe.opcode == Op.POLL_ADD:
        return 0
    return _done_ns(request.ring, request.sqe, request.file)


def _done_ns(ring: IoUring, sqe: Sqe, file: OpenFile) -> int:
    """Cost in ns of taking the data or the connection that a file has."""
    if sqe.opcode == Op.ACCEPT:
        waiting = len(file.queue) if isinstance(file, ListeningSocket) else 1
        return ring.costs.accept_ns * (waiting if sqe.multishot else 1)
    waiting = file.received_bytes if isinstance(file, StreamSocket) else 0
    group = ring.groups.get(sqe.group) if sqe.group is not None else None
    size = group.size if group is not None else sqe.length
    reads = -(-waiting // size) if sqe.multishot and size and waiting else 1
    return ring.costs.read_ns * reads + ring.kernel.copy_ns(waiting if sqe.multishot else min(waiting, size))


def run(ring: IoUring, sqe: Sqe) -> None:
    """Run a submission: try it, and arm it if it must wait (``io_issue_sqe``)."""
    ring.kernel.ledger.counted[Count.SQES] += 1
    handler = _HANDLERS.get(sqe.opcode)
    try:
        if handler is None:
            raise OSError(errno.EINVAL, "no such operation here")
        handler(ring, sqe)
    except OSError as error:
        ring.post_last(Cqe(sqe.user_data, -(error.errno or errno.EIO)))


def _nop(ring: IoUring, sqe: Sqe) -> None:
    if not sqe.silent:
        ring.post_last(Cqe(sqe.user_data, 0))


def _poll_add(ring: IoUring, sqe: Sqe) -> None:
    file = ring.kernel.table.file(sqe.fd)
    file.refresh()
    request = Request(ring, sqe, file)
    mask = file.mask & request.events
    if not mask:
        request.arm()
    elif not sqe.multishot:
        ring.post_last(Cqe(sqe.user_data, mask))
    elif ring.post(Cqe(sqe.user_data, mask, CQE_F_MORE)):
        request.arm()
    else:
        ring.post_last(Cqe(sqe.user_data, mask))


def _socket_op(ring: IoUring, sqe: Sqe) -> None:
    """Run RECV or ACCEPT at once if the file has something for it; otherwise arm it."""
    file = ring.kernel.table.file(sqe.fd)
    if not isinstance(file, Socket):
        raise OSError(errno.ENOTSOCK, "not a socket")
    outcome = _perform(ring, sqe, file)
    if outcome != ENDED:
        armed_request(ring, sqe, file).settle(outcome)


def _send(ring: IoUring, sqe: Sqe) -> None:
    kernel = ring.kernel
    taken = kernel.table.file(sqe.fd).write(sqe.data)
    kernel.ledger.counted[Count.COPIED_IN_BYTES] += taken
    kernel.journal.append((kernel.now_ns, Kind.WRITE, sqe.fd, taken, 0, kernel.next_serial()))
    if not sqe.silent:
        ring.post_last(Cqe(sqe.user_data, taken))


def _close(ring: IoUring, sqe: Sqe) -> None:
    kernel = ring.kernel
    kernel.close_number(sqe.fd)
    kernel.journal.append((kernel.now_ns, Kind.CLOSE, sqe.fd, 0, 0, kernel.next_serial()))
    if not sqe.silent:
        ring.post_last(Cqe(sqe.user_data, 0))


def _cancel(ring: IoUring, sqe: Sqe) -> None:
    """End an armed request, which posts -ECANCELED. The cancelling one posts 0, or -ENOENT for no match."""
    only_polls = sqe.opcode == Op.POLL_REMOVE
    for request in ring.requests:
        if request.sqe.user_data == sqe.target and (not only_polls or request.sqe.opcode == Op.POLL_ADD):
            request.disarm()
            if not sqe.silent:
                ring.post_last(Cqe(sqe.user_data, 0))
            ring.post_last(Cqe(sqe.target, -errno.ECANCELED))
            return
    ring.post_last(Cqe(sqe.user_data, -errno.ENOENT))


_HANDLERS = {
    Op.NOP: _nop,
    Op.POLL_ADD: _poll_add,
    Op.POLL_REMOVE: _cancel,
    Op.ACCEPT: _socket_op,
    Op.ASYNC_CANCEL: _cancel,
    Op.CLOSE: _close,
    Op.SEND: _send,
    Op.RECV: _socket_op,
}


# -- operations that wait for data --------------------------------------------------------


def _perform(ring: IoUring, sqe: Sqe, file: OpenFile) -> int:
    """Run a RECV or ACCEPT as long as the file has something for it; the outcome."""
    once = _receive if sqe.opcode == Op.RECV else _accept
    for _ in range(_MULTISHOT_RETRIES):
        cqe = once(ring, sqe, file)
        if cqe is None:
            return WAITS
        if cqe.result < 0 or not sqe.multishot or (sqe.opcode == Op.RECV and not cqe.result):
            ring.post_last(cqe)
            return ENDED
        if not ring.post(cqe._replace(flags=cqe.flags | CQE_F_MORE)):
            ring.post_last(cqe)
            return ENDED
        if not file.mask & poll_bits.IN:
            return WAITS
    return GOES_ON


def _receive(ring: IoUring, sqe: Sqe, file: OpenFile) -> Cqe | None:
    """One recv; None if nothing is there."""
    kernel, group, size = ring.kernel, None, sqe.length
    if sqe.group is not None:
        group = ring.groups.get(sqe.group)
        if group is None or not group.free:
            return Cqe(sqe.user_data, -errno.ENOBUFS)
        size = group.size
    try:
        data = file.read(size)
    except BlockingIOError:
        return None
    except OSError as error:
        return Cqe(sqe.user_data, -(error.errno or errno.EIO))
    kernel.ledger.counted[Count.COPIED_OUT_BYTES] += len(data)
    fd = file.numbers[0] if file.numbers else -1
    kernel.journal.append((kernel.now_ns, Kind.READ, fd, len(data), 0, kernel.next_serial()))
    flags = CQE_F_SOCK_NONEMPTY if file.mask & poll_bits.IN and data else 0
    if group is not None and data:
        buffer = group.free.pop()
        assert buffer is not None
        flags |= CQE_F_BUFFER | buffer << CQE_BUFFER_SHIFT
    return Cqe(sqe.user_data, len(data), flags, data)


def _accept(ring: IoUring, sqe: Sqe, file: OpenFile) -> Cqe | None:
    """One accept; None if no connection waits."""
    kernel = ring.kernel
    assert isinstance(file, Socket)
    if not kernel.table.room:
        return Cqe(sqe.user_data, -errno.EMFILE)
    try:
        fd = kernel.table.install(file.accept())
    except BlockingIOError:
        return None
    except OSError as error:
        return Cqe(sqe.user_data, -(error.errno or errno.EIO))
    kernel.journal.append((kernel.now_ns, Kind.ACCEPT, fd, 0, 0, kernel.next_serial()))
    return Cqe(sqe.user_data, fd)
