"""The io_uring servers: what is to be done is written into a ring, what was done is read from another.

``io_uring`` arms one multishot recv for each connection, once: from then on each message comes as a
completion with the bytes in a buffer of the server's own ring of buffers. Answers are submissions
that post nothing if they go well;
all that were written since the last call go with the next io_uring_enter, which also waits. So there is
one call for a batch of messages, and no read, write or accept call at all.

``io_uring-poll`` arms one multishot poll for each connection instead, and reads and writes with plain
calls: readiness, as epoll tells it, by way of the rings.

``io_uring-sqpoll`` is the first one with a polling kernel thread: submissions need no call, and the
server calls only to sleep. The thread spins on a CPU of its own, which is counted
(:mod:`sim.kernel.waiting.io_uring.sq_thread`).

A ring of buffers can run empty; the receive that finds it so ends with -ENOBUFS and is submitted again.
"""

from __future__ import annotations

import errno

from sim.frames.mechanism import IoUringView, io_uring_view
from sim.kernel.descriptors import IdleBlock
from sim.kernel.kernel import RawKernel
from sim.kernel.poll_bits import IN, RDHUP
from sim.kernel.waiting.io_uring.calls import EnterCall
from sim.kernel.waiting.io_uring.ring import ENTER_GETEVENTS, ENTER_SQ_WAKEUP, Cqe, IoUring, Op, Sqe
from sim.machine.accounts import Account
from sim.machine.cpu import Program
from sim.servers.base import READ_BYTES, Server, ServerFailure, ServerSettings

SQ_ENTRIES = 1_024
CQ_ENTRIES = 4_096
BUFFERS = 1_024
BUFFER_BYTES = 4_096
BUFFER_GROUP = 0
SQ_THREAD_IDLE_NS = 2_000_000
"""How long the polling thread spins without work: 2 ms (the default is a second)."""
_ACCEPT, _RECEIVE, _SEND, _CLOSE = (kind << 32 for kind in range(4))
_FD = 0xFFFFFFFF


class IoUringServer(Server, lane="io_uring"):
    """Receives by multishot recv."""

    restartable = True
    stored = False

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self.ring.provide(BUFFER_GROUP, BUFFERS, BUFFER_BYTES)
        self.call: EnterCall | None = None
        """The io_uring_enter under way."""
        self.prepared: list[Sqe] = []
        """Submissions for which the ring had no room, or whose work is being done, the first one first."""
        self.connections = 0
        """Descriptors waited for."""
        self.parts: dict[int, int] = {}
        """By descriptor the bytes of a request of which the rest is missing."""

    def open_spare(self) -> int:
        """The ring itself takes the second number."""
        return self.kernel.sys_io_uring_setup(SQ_ENTRIES, CQ_ENTRIES)

    @property
    def ring(self) -> IoUring:
        """What the ring's descriptor points to."""
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

    def forget(self, fd: int) -> None:
        self.connections -= 1
        self.parts.pop(fd, None)

    def run(self) -> Program:
        if not self.begun:
            self.begun = True
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
        """What to handle next."""
        return ring.take()

    def enter(self, ring: IoUring) -> EnterCall:
        """The call that hands over what was written and waits for a completion."""
        return self.kernel.enter_call(self.spare_fd, len(ring.sq), 0 if self.prepared else 1)

    def accepting(self) -> Sqe:
        """The submission that waits for connections."""
        return Sqe(Op.ACCEPT, self.listener_fd, _ACCEPT + self.listener_fd, multishot=True)

    def _submit_prepared(self, ring: IoUring) -> None:
        """Write what is prepared into the ring, as far as there is room."""
        prepared = self.prepared
        if not prepared:
            return
        written = 0
        while written < len(prepared) and ring.submit(prepared[written]):
            written += 1
        del prepared[:written]

    def handle(self, ring: IoUring, cqe: Cqe) -> None:
        """Do what a completion calls for; what it wants submitted is prepared."""
        kind, fd = cqe.user_data & ~_FD, cqe.user_data & _FD
        if kind in {_SEND, _CLOSE}:  # it went wrong: the connection's end is told by its receive
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
        """A message, the end of a connection, or no buffer for it."""
        if cqe.result > 0:
            self.kernel.work(self.kernel.costs.application_ns * self._requests(fd, cqe.result))
            self.prepared.append(Sqe(Op.SEND, fd, _SEND + fd, data=cqe.data, silent=True))
            if cqe.buffer is not None:
                ring.groups[BUFFER_GROUP].give_back(cqe.buffer)
            if not cqe.more:
                self.prepared.append(self.receive(fd))
        elif cqe.result == -errno.ENOBUFS:
            self.prepared.append(self.receive(fd))
        else:
            self.forget(fd)
            self.prepared.append(Sqe(Op.CLOSE, fd, _CLOSE + fd, silent=True))

    def _requests(self, fd: int, count: int) -> int:
        """How many requests so many bytes more complete."""
        done, rest = divmod(self.parts.pop(fd, 0) + count, self.settings.request_bytes)
        if rest:
            self.parts[fd] = rest
        return done

    def view(self) -> IoUringView:
        return io_uring_view(self.ring)


class IoUringPollServer(IoUringServer, lane="io_uring-poll"):
    """Learns by multishot poll who is ready, and reads and writes with plain calls.

    Packets that come before the task looks make one completion together, as edges do: so a read that
    was filled is followed by another one, and so is the last one before an announced end.
    """

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self.again: Cqe | None = None
        """The completion whose connection has more to read."""
        self.closing: set[int] = set()
        """Descriptors closed whose poll has not told of its end yet."""

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
            data = kernel.sys_read(fd, READ_BYTES)
        except BlockingIOError:  # the read for an earlier completion took this packet along
            return
        if data:
            kernel.work(kernel.costs.application_ns * -(-len(data) // self.settings.request_bytes))
            kernel.sys_write(fd, data)
            if len(data) == READ_BYTES or cqe.result & RDHUP:
                self.again = cqe
            elif not cqe.more:
                self.prepared.append(self.receive(fd))
            return
        self.forget(fd)
        if cqe.more:
            self.closing.add(fd)
            self.prepared.append(Sqe(Op.POLL_REMOVE, fd, _CLOSE + fd, target=_RECEIVE + fd, silent=True))
        self.prepared.append(Sqe(Op.CLOSE, fd, _CLOSE + fd, silent=True))


class IoUringSqpollServer(IoUringServer, lane="io_uring-sqpoll"):
    """Has a polling kernel thread take its submissions."""

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        kernel.start_sq_thread(self.spare_fd, SQ_THREAD_IDLE_NS)

    def enter(self, ring: IoUring) -> EnterCall:
        """The call that sleeps until there is a completion, and wakes the thread if it sleeps."""
        assert ring.thread is not None
        flags = ENTER_GETEVENTS | (ENTER_SQ_WAKEUP if ring.thread.needs_wakeup and ring.sq else 0)
        return self.kernel.enter_call(self.spare_fd, len(ring.sq), 1, flags=flags)
