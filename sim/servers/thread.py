"""One thread for each connection: the usual program of 1999, and the simplest one.

One thread accepts. Every connection gets a thread of its own, which reads, works and writes for ever. Each
call blocks until it can be done. No set is handed over, nothing is scanned, and no list is kept: each
sleeping thread waits for its own connection. The costs are: a switch to the thread for every request that
finds it asleep, its working set brought back into the cache, and its memory while it sleeps. The memory is a
kernel stack, a ``task_struct``, page tables, and the touched pages of its stack, for which 8 MiB of addresses
are reserved.

Threads do well with few connections, or if all connections are busy, so that the data arrives before the
thread asks for it. With small stacks in user space, a program can have a hundred thousand threads
(:mod:`sim.machine.scheduler` cites von Behren, Condit and Brewer, 2003).

A million idle connections are a million blocked threads. Each is charged its memory. Its object is made when
something arrives for it, like the object of its connection (:class:`sim.kernel.descriptors.IdleBlock`).

Simplified: ``threads-max``, ``pid_max`` and ``max_map_count`` (two mappings for each stack, 65,530 by
default) are assumed to be raised, so that only memory is a limit. A thread that ends returns its memory at
once.
"""

from __future__ import annotations

from sim.kernel import blocking_calls
from sim.kernel.blocking_calls import Reader
from sim.kernel.descriptors import IdleBlock
from sim.kernel.files.tcp import StreamSocket
from sim.kernel.open_file import OpenFile
from sim.machine.accounts import Account
from sim.machine.scheduler import ScheduledTask
from sim.machine.task import Program
from sim.servers.task_server import TaskServer


class ThreadServer(TaskServer, lane="thread"):
    """Waits in read, with a thread for each connection."""

    _serving = 0
    """Number of connections that threads serve."""
    _ending = 0
    """Number of threads that have closed their connection and have not ended yet."""

    @property
    def registered(self) -> int:
        return self._serving + int(self.settings.accepting)

    @property
    def tasks(self) -> int:
        return self._serving + self._ending + 1

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
        """Cost of starting and ending a thread, in ns."""
        return self.kernel.costs.thread_start_ns

    def space_of(self, fd: int) -> int:
        """Number of the address space in which a connection is served."""
        return 0

    def watch(self, fd: int) -> None:
        """Do nothing: the thread that accepts waits for the listening socket."""

    def adopt(self, block: IdleBlock) -> None:
        self._serving = block.last - block.first + 1
        self.kernel.charge(((Account.TASK_START, self._serving * self.start_ns),))
        self.kernel.block_watchers.append(self)

    def materialize(self, file: OpenFile, fd: int) -> None:
        """Make the thread of a connection when something first arrives for it. Until then it has slept."""
        assert isinstance(file, StreamSocket)
        self._thread(file, fd, asleep=True)

    def _thread(self, socket: StreamSocket, fd: int, asleep: bool) -> ScheduledTask:
        """Make the thread of a connection, blocked and hooked on it."""
        reader = Reader(self.kernel, socket, asleep)
        space = self.space_of(fd)
        task = self.scheduler.make_blocked(lambda task: self._serve(reader, fd), self.name, fd, space)
        reader.hook(task)
        return task

    def _serve(self, reader: Reader, fd: int) -> Program:
        """The program of a connection's thread."""
        kernel = self.kernel
        while data := (yield from reader.read(fd, self.buffer_bytes)):
            kernel.work(self.work_ns(fd, data))
            yield
            yield from blocking_calls.write(kernel, fd, data)
        kernel.sys_close(fd)
        self._serving -= 1
        self._ending += 1
        yield
        self._ending -= 1

    def run(self) -> Program:
        kernel = self.kernel
        listener = self.listener
        while True:
            fd = yield from blocking_calls.accept(kernel, self.listener_fd, listener)
            socket = kernel.table.file(fd)
            assert isinstance(socket, StreamSocket)
            self._serving += 1
            self.check_memory(self._serving)
            self.hand_over(fd)
            kernel.wake(self._thread(socket, fd, asleep=False))
            yield

    def hand_over(self, fd: int) -> None:
        """Start the task of a new connection."""
        self.kernel.charge(((Account.TASK_START, self.start_ns),))
