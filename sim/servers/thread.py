"""One thread for each connection: the program of 1999, and the plainest there is.

A thread accepts; every connection gets a thread of its own, which reads, works and writes for ever, each
call blocking until it can go on. No set is handed over, nothing is scanned, no list is kept: who waits
for what is in the threads. What that costs is a switch to the thread for every request that finds it
asleep, its working set brought back into the cache, and its memory while it sleeps: a kernel stack, a
``task_struct``, page tables, and of the stack's reserve (8 MiB of addresses) the pages it touched.

Where threads do well: few connections, or all of them busy, so that the data is there before the thread
asks for it; and with small stacks in user space there can be very many of them (:mod:`sim.machine.scheduler`
cites von Behren, Condit and Brewer, 2003).

A million idle connections are a million blocked threads. Each is charged its memory; the objects are
made when something arrives for them, as the connections' are (:class:`sim.kernel.descriptors.IdleBlock`).

Simplified: ``threads-max``, ``pid_max`` and ``max_map_count`` (two mappings a stack, 65,530 by default)
are taken as raised; only memory is the limit. A thread that ends gives its memory back at once.
"""

from __future__ import annotations

from sim.kernel.descriptors import IdleBlock
from sim.kernel.files.tcp import StreamSocket
from sim.kernel.waiting import blocking_calls
from sim.kernel.waiting.blocking_calls import Reader
from sim.machine.accounts import Account
from sim.machine.cpu import Program
from sim.machine.scheduler import ScheduledTask
from sim.servers.base import READ_BYTES
from sim.servers.task_server import TaskServer


class ThreadServer(TaskServer, lane="thread"):
    """Waits in read, in as many threads as there are connections."""

    _serving = 0
    """Threads that serve a connection."""

    @property
    def registered(self) -> int:
        return self._serving + int(self.settings.accepting)

    @property
    def tasks(self) -> int:
        return self._serving + 1

    @property
    def task_bytes(self) -> int:
        """Memory of one blocked thread."""
        return self.kernel.costs.thread_bytes

    @property
    def connection_bytes(self) -> int:
        return super().connection_bytes + self.task_bytes

    @property
    def reserved_bytes(self) -> int:
        return self._serving * self.kernel.costs.stack_reserve_bytes

    @property
    def start_ns(self) -> int:
        """What it takes to give a connection its thread, and to end it."""
        return self.kernel.costs.thread_start_ns

    def space_of(self, fd: int) -> int:
        """The address space in which a connection is served."""
        return 0

    def watch(self, fd: int) -> None:
        """The listening socket is waited for by the thread that accepts."""

    def adopt(self, block: IdleBlock) -> None:
        self._serving = block.last - block.first + 1
        self.kernel.charge(((Account.TASK_START, self._serving * self.start_ns),))
        self.kernel.at_touch = self._touched

    def _touched(self, socket: StreamSocket, fd: int) -> None:
        """Something arrives for a connection for the first time: its thread, asleep till now, wakes."""
        self._thread(socket, fd, asleep=True)

    def _thread(self, socket: StreamSocket, fd: int, asleep: bool) -> ScheduledTask:
        """The thread of a connection, blocked and hooked on it."""
        reader = Reader(self.kernel, socket, asleep)
        space = self.space_of(fd)
        task = self.scheduler.make_blocked(lambda task: self._serve(reader, fd), self.name, fd, space)
        reader.hook(task)
        return task

    def _serve(self, reader: Reader, fd: int) -> Program:
        """What the thread of a connection does."""
        kernel = self.kernel
        while data := (yield from reader.read(fd, READ_BYTES)):
            kernel.work(self.work_ns(data))
            yield
            yield from blocking_calls.write(kernel, fd, data)
        kernel.sys_close(fd)
        self._serving -= 1
        yield

    def run(self) -> Program:
        kernel = self.kernel
        listener = self.listener
        while True:
            fd = yield from blocking_calls.accept(kernel, self.listener_fd, listener)
            socket = kernel.table.file(fd)
            assert isinstance(socket, StreamSocket)
            self._serving += 1
            self.afford(self._serving)
            self.hand_over(fd)
            kernel.wake(self._thread(socket, fd, asleep=False))
            yield

    def hand_over(self, fd: int) -> None:
        """Start what serves a new connection."""
        self.kernel.charge(((Account.TASK_START, self.start_ns),))
