"""The base class of all servers: a listening socket, connections, and the work for a request.

The program of a server is a generator. A checkpoint of a lane would have to copy it
(:mod:`sim.race.time_travel.checkpoint`), but a generator cannot be copied. So a server can keep a rule:
*everything that its program knows when it yields is stored on the server*. That is the list of events left to
serve, :attr:`Server.serving_fd`, and the :class:`~sim.kernel.waiting.restarted_call.Restart` that it passes
to every waiting call. Then :meth:`Server.run` can be started again at any moment, and continues exactly where
the old generator was. A server that keeps the rule sets :attr:`Server.restartable`. A server that does not
keep it is correct too, but its lane gets no checkpoints, and going back in time runs the lane again from the
moment at which it was built.

*The buffer.* Every server reads into buffers of the same size, 64 KiB unless the scenario says otherwise
(:attr:`sim.scenario.scenario.Scenario.buffer`). Libuv suggests this size for every read, asyncio's streams
are mostly read with it, and Linux merges up to as much into one packet (GRO). A lane whose buffers are
smaller than its requests needs several reads and writes for each of them, whatever it waits in.

Why not state machines instead of generators: a program of twenty lines would become a table of states, and
nobody could read from it what a select server does.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from sim.frames.mechanism import MechanismView
from sim.kernel.blocking_calls import write_rest
from sim.kernel.descriptors import IdleBlock
from sim.kernel.files.tcp import ListeningSocket
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.restarted_call import Restart
from sim.machine.task import Program, Task
from sim.scenario.lane_kind import LaneKind
from sim.scenario.lanes import LANES
from sim.scenario.units import format_bytes

READ_BYTES = 65_536
"""Size of the buffer that a server reads into, if the scenario says nothing else."""
BACKLOG = 4096
"""``net.core.somaxconn``."""
WAIT_ENTRY_BYTES = 65
"""Bytes that select and poll allocate for each descriptor of a sleeping call: a page holds 63 entries."""

SERVERS: dict[tuple[str, str], type[Server]] = {}
"""The servers defined so far, by lane and fault; the fault is empty for a correct program."""


class ServerFailure(Exception):
    """A server cannot continue. The message gives the reason in one sentence."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The settings of a scenario on which a server depends."""

    request_bytes: int
    """Size of a request. It gives the number of requests in the data of one read."""
    accepting: bool
    """True if new connections come, so that the server also waits for the listening socket."""
    fd_setsize: int | None
    """Number of descriptors that an ``fd_set`` of the C library holds; None for no limit."""
    backlog: int = BACKLOG
    """Number of connections that can wait to be accepted."""
    buffer_bytes: int = READ_BYTES
    """Size of the buffer that it reads into."""


class Server(ABC):
    """A process that serves. It opens its sockets when it is made, and then runs as a task.

    A subclass names the lane that it serves. If it makes a mistake on purpose, it also names the fault::

        class SelectServer(Server, lane="select"): ...
        class NoDrainServer(EpollEtServer, lane="epoll-et", fault=NO_DRAIN): ...
    """

    name = ""
    """Name of its lane."""
    restartable = False
    """True if its program can be started again at any yield (see the module)."""
    storable = True
    """True if the rows of a checkpoint can describe all that waits for its connections
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
        self.buffer_bytes = settings.buffer_bytes
        self.parts: dict[int, int] = {}
        """By descriptor: bytes read of a request whose rest is missing."""
        self.serving_fd: int | None = None
        """The descriptor that is read or answered; None if there is none."""
        self.restart = Restart()
        """State of the waiting call in progress."""
        self.started = False
        """True after the program has started."""

    def open_spare(self) -> int:
        """Open the server's second descriptor, so that connections have the same numbers in every lane.

        Servers that need none keep a spare, as many real programs do. They close it when accept() fails
        because there are no descriptors left, accept one client, and turn it away.
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
        """The facts about its lane."""
        return LANES[self.name]

    @property
    @abstractmethod
    def registered(self) -> int:
        """Number of descriptors that it waits for."""

    @property
    def connection_bytes(self) -> int:
        """Memory of one more connection: its socket, and what this way to wait adds."""
        watch = self.kind.watch_memory
        return self.kernel.costs.socket_bytes + (0 if watch is None else watch.size_bytes)

    @property
    def reserved_bytes(self) -> int:
        """Bytes of addresses reserved for stacks of threads."""
        return 0

    @property
    def now_serving(self) -> int | None:
        """The descriptor that is read or answered at this moment; None if there is none."""
        return self.serving_fd

    def check_memory(self, connections: int) -> None:
        """Check that there is memory for a number of connections.

        Raises:
            ServerFailure: there is not enough.
        """
        each, limit = self.connection_bytes, self.kernel.costs.memory_bytes
        if connections * each > limit:
            raise ServerFailure(
                f"{self.name} fails here: {connections:,} connections at {format_bytes(each)} each take "
                f"{format_bytes(connections * each)}, and this machine has {format_bytes(limit)} of memory"
            )

    @abstractmethod
    def adopt(self, block: IdleBlock) -> None:
        """Take over the connections that were accepted before the race."""

    def start(self) -> Task:
        """Make the server's program a task, ready to run."""
        return self.kernel.start(self.run(), self.name)

    @abstractmethod
    def run(self) -> Program:
        """The program: serve for ever, from the stored state on."""

    def restart_program(self, task: Task) -> None:
        """Give a restored task a new program, which continues where the lost one was."""
        task.send = self.run().send

    def view(self) -> MechanismView | None:
        """Make the view of its mechanism; None if it has only tasks."""
        return None

    # -- the same in all servers ----------------------------------------------------------

    def begin_or_resume(self) -> Program:
        """The first part of a program: begin, or finish what the replaced program was doing."""
        if not self.started:
            self.started = True
            if self.settings.accepting:
                self.watch(self.listener_fd)
        elif self.serving_fd == self.listener_fd:
            yield from self.accept_all()
        self.serving_fd = None

    @abstractmethod
    def watch(self, fd: int) -> None:
        """Wait for a descriptor from now on."""

    def stop_watching(self, fd: int) -> None:  # noqa: B027 - epoll needs none: close() removes the item
        """Stop waiting for a connection before it is closed."""

    def serve(self, fd: int) -> Program:
        """Serve a ready descriptor: accept connections, answer a request, or close at end of file."""
        self.serving_fd = fd
        kernel = self.kernel
        if fd == self.listener_fd:
            yield from self.accept_all()
        else:
            data = kernel.sys_read(fd, self.buffer_bytes)
            if data:
                rest = self.answer(fd, data)
                if rest:  # a blocking socket: the whole server waits until there is room
                    yield
                    yield from write_rest(kernel, fd, rest)
            else:
                self.stop_watching(fd)
                kernel.sys_close(fd)
            yield
        self.serving_fd = None

    def answer(self, fd: int, data: bytes) -> bytes:
        """Compute and write the answer; return the bytes for which the send buffer had no room."""
        self.kernel.work(self.work_ns(fd, data))
        try:
            taken = self.kernel.sys_write(fd, data)
        except BlockingIOError:
            return data
        return data[taken:]

    def work_ns(self, fd: int, data: bytes) -> int:
        """Computing time of the application, in ns, for the requests that the data of one read completes."""
        count, size = len(data), self.settings.request_bytes
        if count == size and not self.parts:  # nearly always
            return self.kernel.costs.application_ns
        return self.kernel.costs.application_ns * self._completed(fd, count)

    def _completed(self, fd: int, count: int) -> int:
        """Number of requests that ``count`` more bytes complete."""
        done, rest = divmod(self.parts.pop(fd, 0) + count, self.settings.request_bytes)
        if rest:
            self.parts[fd] = rest
        return done

    def accept_all(self) -> Program:
        """Accept all waiting connections."""
        kernel = self.kernel
        while True:
            try:
                fd = kernel.sys_accept4(self.listener_fd)
            except BlockingIOError:
                return
            self.watch(fd)
            yield
