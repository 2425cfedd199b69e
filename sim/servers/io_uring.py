"""The io_uring servers: they write submissions into one ring, and read completions from another.

``io_uring`` arms one multishot recv for each connection. From then on each message comes as a completion,
with its bytes in a buffer of the server's own ring of buffers. Answers are submissions that post no
completion if they succeed. All submissions written since the last call go with the next io_uring_enter, which
also waits. So there is one call for a batch of messages, and no read, write or accept call.

``io_uring-poll`` arms one multishot poll for each connection, and reads and writes with normal calls. It
reports readiness, like epoll, through the rings.

``io_uring-sqpoll`` is ``io_uring`` with a polling kernel thread. Submissions need no call, and the server
makes a call only to sleep. The thread spins on a CPU of its own, which is counted
(:mod:`sim.kernel.waiting.io_uring.sq_thread`).

The ring has 1,024 buffers, which all connections share, of the size that the other servers read into
(:mod:`sim.servers.base`): 64 MiB. One completion then holds a request of up to 64 KiB. Servers with smaller
ones (4 KiB is common in examples) get a large request in many completions, each with a submission for its
answer; the setting ``buffer`` shows it. The ring of buffers can be empty. A receive that finds it empty ends
with -ENOBUFS and is submitted again.
"""

from __future__ import annotations

import errno

from sim.frames.mechanism import IoUringView, io_uring_view
from sim.kernel.descriptors import IdleBlock
from sim.kernel.kernel import RawKernel
from sim.kernel.poll_bits import IN, RDHUP
from sim.kernel.waiting.io_uring.calls import EnterCall
from sim.kernel.waiting.io_uring.entries import ENTER_GETEVENTS, ENTER_SQ_WAIT, ENTER_SQ_WAKEUP, Cqe, Op, Sqe
from sim.kernel.waiting.io_uring.ring import IoUring
from sim.machine.accounts import Account
from sim.machine.task import Program
from sim.servers.base import Server, ServerFailure, ServerSettings

SQ_ENTRIES = 1_024
CQ_ENTRIES = 4_096
BUFFERS = 1_024
BUFFER_GROUP = 0
SQ_THREAD_IDLE_NS = 2_000_000
"""Time that the polling thread spins without work before it sleeps: 2 ms (the kernel's default is a
second)."""
_ACCEPT, _RECEIVE, _SEND, _CLOSE = (kind << 32 for kind in range(4))
_FD = 0xFFFFFFFF


class IoUringServer(Server, lane="io_uring"):
    """Receives by multishot recv."""

    restartable = True
    storable = False

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self.ring.provide(BUFFER_GROUP, BUFFERS, self.buffer_bytes)
        self.call: EnterCall | None = None
        """The io_uring_enter in progress; None if there is none."""
        self.prepared: list[Sqe] = []
        """Submissions that are not in the ring yet, in order: the ring is full, or their work is in
        progress."""
        self.connections = 0
        """Number of descriptors that it waits for."""

    def open_spare(self) -> int:
        """Open the ring, which has the second descriptor."""
        return self.kernel.sys_io_uring_setup(SQ_ENTRIES, CQ_ENTRIES)

    @property
    def ring(self) -> IoUring:
        """The ring behind the descriptor."""
        file = self.kernel.table.file(self.spare_fd)
        assert isinstance(file, IoUring)
        return file

    @property
    def registered(self) -> int:
        return self.connections

    def receive(self, fd: int) -> Sqe:
        """The submission that waits for messages of a connection."""
        return Sqe(Op.RECV, fd, _RECEIVE + fd, multishot=True, group=BUFFER_GROUP)

    def adopt(self, block: IdleBlock) -> None:
        count = block.last - block.first + 1
        costs = self.ring.costs
        self.kernel.charge(((Account.INTEREST_LIST, count * (costs.sqe_ns + costs.arm_ns)),))
        self.ring.arm_block(block.first, block.last, self.receive(0))
        self.connections += count

    def watch(self, fd: int) -> None:
        self.connections += 1
        self.prepared.append(self.receive(fd))

    def stop_watching(self, fd: int) -> None:
        self.connections -= 1
        self.parts.pop(fd, None)

    def run(self) -> Program:
        if not self.started:
            self.started = True
            if self.settings.accepting:
                self.connections += 1
                self.prepared.append(self.accepting())
        ring = self.ring
        while True:
            if self.call is None:
                self._submit_prepared(ring)
                while (cqe := self.next_completion(ring)) is not None:
                    self.handle(ring, cqe)
                    yield
                    self._submit_prepared(ring)
                self.serving_fd = None
                self.call = self.enter(ring)
            yield from self.call.run()
            self.call = None

    def next_completion(self, ring: IoUring) -> Cqe | None:
        """The completion to handle next; None if there is none."""
        return ring.take()

    def enter(self, ring: IoUring) -> EnterCall:
        """Make the call that hands over the submissions. It waits for a completion only if the ring had room
        for all of them: the completion may depend on one that is still to be written.
        """
        return self.kernel.enter_call(self.spare_fd, len(ring.sq), 0 if self.prepared else 1)

    def accepting(self) -> Sqe:
        """The submission that waits for connections."""
        return Sqe(Op.ACCEPT, self.listener_fd, _ACCEPT + self.listener_fd, multishot=True)

    def _submit_prepared(self, ring: IoUring) -> None:
        """Write prepared submissions into the ring, as far as it has room."""
        prepared = self.prepared
        if not prepared:
            return
        written = 0
        while written < len(prepared) and ring.submit(prepared[written]):
            written += 1
        del prepared[:written]

    def handle(self, ring: IoUring, cqe: Cqe) -> None:
        """Handle a completion, and prepare the submissions that follow from it."""
        kind, fd = cqe.user_data & ~_FD, cqe.user_data & _FD
        if kind in {_SEND, _CLOSE}:  # it has failed: the receive reports the end of the connection
            return
        self.serving_fd = fd
        if kind == _ACCEPT:
            self._accepted(cqe)
        else:
            self._received(ring, fd, cqe)

    def _accepted(self, cqe: Cqe) -> None:
        if cqe.result >= 0:
            self.watch(cqe.result)
        elif cqe.result not in {-errno.EMFILE, -errno.ECANCELED}:
            raise ServerFailure(f"io_uring fails here: accept gave error {-cqe.result}")
        if not cqe.more:
            self.prepared.append(self.accepting())

    def _received(self, ring: IoUring, fd: int, cqe: Cqe) -> None:
        """Handle a message, the end of a connection, or a missing buffer."""
        if cqe.result > 0:
            self.kernel.work(self.work_ns(fd, cqe.data))
            self.prepared.append(Sqe(Op.SEND, fd, _SEND + fd, data=cqe.data, silent=True))
            if cqe.buffer is not None:
                ring.groups[BUFFER_GROUP].give_back(cqe.buffer)
            if not cqe.more:
                self.prepared.append(self.receive(fd))
        elif cqe.result == -errno.ENOBUFS:
            self.prepared.append(self.receive(fd))
        else:
            self.stop_watching(fd)
            self.prepared.append(Sqe(Op.CLOSE, fd, _CLOSE + fd, silent=True))

    def view(self) -> IoUringView:
        return io_uring_view(self.ring)


class IoUringPollServer(IoUringServer, lane="io_uring-poll"):
    """Learns by multishot poll which connections are ready, and reads and writes with normal calls.

    Packets that come before the task runs make one completion together, as with edge triggering. So the
    server reads again after a read that fills its buffer, and after the last read before an announced end.
    """

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self.again: Cqe | None = None
        """The completion whose connection has more to read; None if there is none."""
        self.closing: set[int] = set()
        """Closed descriptors whose poll has not posted its end yet."""

    def receive(self, fd: int) -> Sqe:
        """The submission that waits for a connection to be readable."""
        return Sqe(Op.POLL_ADD, fd, _RECEIVE + fd, multishot=True, events=IN | RDHUP)

    def next_completion(self, ring: IoUring) -> Cqe | None:
        again, self.again = self.again, None
        return again or ring.take()

    def _received(self, ring: IoUring, fd: int, cqe: Cqe) -> None:
        if fd in self.closing:
            if not cqe.more:
                self.closing.discard(fd)
            return
        kernel = self.kernel
        try:
            data = kernel.sys_read(fd, self.buffer_bytes)
        except BlockingIOError:  # the read for an earlier completion has taken this packet too
            self._watch_on(fd, cqe)
            return
        if data:
            kernel.work(self.work_ns(fd, data))
            kernel.sys_write(fd, data)
            if len(data) == self.buffer_bytes or cqe.result & RDHUP:
                self.again = cqe
            else:
                self._watch_on(fd, cqe)
            return
        self.stop_watching(fd)
        if cqe.more:
            self.closing.add(fd)
            self.prepared.append(Sqe(Op.POLL_REMOVE, fd, _CLOSE + fd, target=_RECEIVE + fd, silent=True))
        self.prepared.append(Sqe(Op.CLOSE, fd, _CLOSE + fd, silent=True))

    def _watch_on(self, fd: int, cqe: Cqe) -> None:
        """Poll a connection again if its poll has ended (a full completion ring ends it)."""
        if not cqe.more:
            self.prepared.append(self.receive(fd))


class IoUringSqpollServer(IoUringServer, lane="io_uring-sqpoll"):
    """Has a polling kernel thread that takes its submissions."""

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        kernel.start_sq_thread(self.spare_fd, SQ_THREAD_IDLE_NS)

    def enter(self, ring: IoUring) -> EnterCall:
        """Make the call that sleeps until there is a completion or, if the submission ring was too small for
        all submissions, until there is room. It wakes the thread if that sleeps.
        """
        assert ring.thread is not None
        flags = ENTER_SQ_WAKEUP if ring.thread.needs_wakeup and ring.sq else 0
        if self.prepared:
            return self.kernel.enter_call(self.spare_fd, len(ring.sq), flags=flags | ENTER_SQ_WAIT)
        flags |= ENTER_GETEVENTS
        return self.kernel.enter_call(self.spare_fd, len(ring.sq), 1, flags=flags)
