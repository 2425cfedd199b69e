"""What every server has: a listening socket, connections, and the work it does for a request.

A server's program is a generator, and a generator cannot be copied, which a checkpoint of a lane would
have to do (:mod:`sim.race.time_travel.checkpoint`). So a server can keep a rule instead: *whatever its
program knows when it yields lies on the server*: what is left to serve, :attr:`Server.serving_fd`, and the
:class:`~sim.kernel.waiting.restart.Restart` it brings to every call that waits. Then :meth:`Server.run`,
begun anew at any moment, goes on exactly where the generator that it replaces would have. A server that
keeps the rule says so (:attr:`Server.restartable`). One that does not is correct all the same: a lane that
has it gets no checkpoints, and going back in time runs it again from where it was last built.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from sim.frames.mechanism import MechanismView
from sim.kernel.descriptors import IdleBlock
from sim.kernel.files.tcp import ListeningSocket
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.blocking_calls import write_rest
from sim.kernel.waiting.restart import Restart
from sim.machine.cpu import Program, Task
from sim.scenario.lanes import LANES, LaneKind
from sim.scenario.units import format_bytes

READ_BYTES = 65_536
BACKLOG = 4096
"""``net.core.somaxconn``."""
WAIT_ENTRY_BYTES = 65
"""What select and poll allocate for each descriptor of a call that sleeps: a page holds 63 entries."""

SERVERS: dict[tuple[str, str], type[Server]] = {}
"""The servers defined so far, by lane and fault; the fault is empty for a correct program."""


class ServerFailure(Exception):
    """A server cannot go on; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What a scenario asks of a server."""

    request_bytes: int
    """Size of a request: how many there are in what one read brings."""
    accepting: bool
    """Whether new connections come, so that the listening socket is waited for too."""
    fd_setsize: int | None
    """How many descriptors the C library's ``fd_set`` holds; None for as many as needed."""
    backlog: int = BACKLOG
    """How many connections may wait to be accepted."""


class Server(ABC):
    """A process that serves: opens its sockets at once, then runs as a task.

    A subclass names the lane that it serves, and with it the fault if it makes a mistake on purpose::

        class SelectServer(Server, lane="select"): ...
        class NoDrain(EpollEtServer, lane="epoll-et", fault=NO_DRAIN): ...
    """

    name = ""
    """The lane it serves."""
    restartable = False
    """Whether its program can be begun anew at any yield: see the module."""
    stored = True
    """Whether a checkpoint can say all that hangs on its connections
    (:mod:`sim.race.time_travel.connection_rows`)."""

    def __init_subclass__(cls, lane: str = "", fault: str = "") -> None:
        super().__init_subclass__()
        if lane:
            cls.name = lane
            SERVERS[lane, fault] = cls

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        self.kernel = kernel
        self.settings = settings
        self.listener_fd = kernel.sys_socket()
        kernel.sys_bind(self.listener_fd, ("0.0.0.0", 80))
        kernel.sys_listen(self.listener_fd, settings.backlog)
        self.spare_fd = self.open_spare()
        self.serving_fd: int | None = None
        """The descriptor being read or answered."""
        self.restart = Restart()
        """The waiting call under way."""
        self.begun = False
        """Whether the program has run at all."""

    def open_spare(self) -> int:
        """The server's second descriptor, so that connections have the same numbers in every lane.

        Servers that need none keep a spare, an old habit: it is closed when accept() fails for
        want of descriptors, which makes room to accept one client and turn it away.
        """
        return self.kernel.sys_dup(self.listener_fd)

    @property
    def listener(self) -> ListeningSocket:
        """The listening socket."""
        file = self.kernel.table.file(self.listener_fd)
        assert isinstance(file, ListeningSocket)
        return file

    @property
    def kind(self) -> LaneKind:
        """What is true of its lane in every race."""
        return LANES[self.name]

    @property
    @abstractmethod
    def registered(self) -> int:
        """Descriptors waited for."""

    @property
    def connection_bytes(self) -> int:
        """Memory that one more connection takes: its socket, and what this way of waiting adds."""
        watch = self.kind.watch_memory
        return self.kernel.costs.socket_bytes + (0 if watch is None else watch.size_bytes)

    @property
    def reserved_bytes(self) -> int:
        """Addresses set aside for the stacks of threads."""
        return 0

    @property
    def now_serving(self) -> int | None:
        """The descriptor being read or answered at this moment."""
        return self.serving_fd

    def afford(self, connections: int) -> None:
        """Check that there is memory for so many connections.

        Raises:
            ServerFailure: there is not.
        """
        each, limit = self.connection_bytes, self.kernel.costs.memory_bytes
        if connections * each > limit:
            raise ServerFailure(
                f"{self.name} fails here: {connections:,} connections at {format_bytes(each)} each take "
                f"{format_bytes(connections * each)}, and this machine has {format_bytes(limit)} of memory"
            )

    @abstractmethod
    def adopt(self, block: IdleBlock) -> None:
        """Take over connections accepted before the race begins."""

    def start(self) -> Task:
        """Make the server's program a task, ready to run."""
        return self.kernel.start(self.run(), self.name)

    @abstractmethod
    def run(self) -> Program:
        """Serve for ever, from where it stands."""

    def restart_program(self, task: Task) -> None:
        """Give the task a new program, which goes on where the one that is lost was."""
        task.send = self.run().send

    def view(self) -> MechanismView | None:
        """What its mechanism looks like at this moment; None where the frame tells it already."""
        return None

    # -- what all do alike ----------------------------------------------------------------

    def begin_or_resume(self) -> Program:
        """What a program does first: begin, or finish what the one before it was at."""
        if not self.begun:
            self.begun = True
            if self.settings.accepting:
                self.watch(self.listener_fd)
        elif self.serving_fd == self.listener_fd:
            yield from self.accept_all()
        self.serving_fd = None

    @abstractmethod
    def watch(self, fd: int) -> None:
        """Wait for a new connection from now on."""

    def forget(self, fd: int) -> None:  # noqa: B027 - epoll does without: close() takes the item away
        """Stop waiting for a connection that is about to be closed."""

    def serve(self, fd: int) -> Program:
        """A descriptor is ready: take the connection, or the request, or the hint that it ended."""
        self.serving_fd = fd
        kernel = self.kernel
        if fd == self.listener_fd:
            yield from self.accept_all()
        else:
            data = kernel.sys_read(fd, READ_BYTES)
            if data:
                rest = self.answer(fd, data)
                if rest:  # a blocking socket: everybody waits until there is room
                    yield
                    yield from write_rest(kernel, fd, rest)
            else:
                self.forget(fd)
                kernel.sys_close(fd)
            yield
        self.serving_fd = None

    def answer(self, fd: int, data: bytes) -> bytes:
        """Compute, and write the answer; what the send buffer had no room for."""
        self.kernel.work(self.work_ns(data))
        try:
            taken = self.kernel.sys_write(fd, data)
        except BlockingIOError:
            return data
        return data[taken:]

    def work_ns(self, data: bytes) -> int:
        """How long the application computes for what one read brought."""
        return self.kernel.costs.application_ns * -(-len(data) // self.settings.request_bytes)

    def accept_all(self) -> Program:
        """Take every connection that waits."""
        kernel = self.kernel
        while True:
            try:
                fd = kernel.sys_accept4(self.listener_fd)
            except BlockingIOError:
                return
            self.watch(fd)
            yield
