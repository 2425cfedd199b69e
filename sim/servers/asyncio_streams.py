"""A connection of the asyncio server: its transport, its reader and writer, and its task.

The task is the echo server of asyncio's own documentation, with the work that every server of a race does for
a request::

    async def handle(reader, writer):
        while data := await reader.read(65536):
            work(data)
            writer.write(data)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

It is written as steps. Each step makes at most one system call, and schedules the next step of the same
callback (``then``) or a callback of the next turn (``soon``). All its state is on the :class:`Stream`. The
names in brackets are those of asyncio's source.

Why not a coroutine: a coroutine cannot be copied, so a lane could not be restored from a checkpoint in the
middle of one.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Protocol

from sim.kernel import poll_bits
from sim.kernel.kernel import RawKernel
from sim.servers.base import ServerSettings

RECEIVE_BYTES = 262_144
"""Size of a transport's recv (``_SelectorSocketTransport.max_size``)."""
READ_LIMIT_BYTES = 65_536
"""A transport stops reading when more than twice this much is unread (``streams._DEFAULT_LIMIT``)."""
HIGH_WATER_BYTES = 65_536
"""``drain()`` waits when more than this is unsent."""
LOW_WATER_BYTES = 16_384
"""It waits until at most this much is unsent (``transports._FlowControlMixin``)."""


class SuspendedAt(IntEnum):
    """The ``await`` in which a connection's task is suspended."""

    START = 0
    """Not started."""
    READ = 1
    """``await reader.read()``"""
    DRAIN = 2
    """``await writer.drain()``"""
    CLOSED = 3
    """``await writer.wait_closed()``"""
    OVER = 4
    """The task is done."""


class Stream:
    """The state of a connection and of its task.

    Args:
        fd: its descriptor.
        suspended: READ for an idle connection, START for a new one.
    """

    __slots__ = (
        "at_eof",
        "closing",
        "fd",
        "paused",
        "queued",
        "reading",
        "suspended",
        "taken",
        "unread",
        "unsent",
        "waiting",
        "write_paused",
        "writing",
    )

    def __init__(self, fd: int, suspended: SuspendedAt) -> None:
        self.fd = fd
        self.suspended = suspended
        self.waiting = suspended is SuspendedAt.READ
        """True if the future that the task awaits is not set yet."""
        self.reading = suspended is SuspendedAt.READ
        """True if the selector watches for data to read."""
        self.writing = False
        """True if the selector watches for room to write."""
        self.unread = b""
        """The reader's buffer: received by the transport and not read by the task."""
        self.at_eof = False
        self.paused = False
        """True if the reader's buffer is full, so that the transport does not receive."""
        self.taken = b""
        """The result of ``read``, until it is answered."""
        self.unsent = b""
        """The transport's buffer: data for which the socket had no room."""
        self.write_paused = False
        """True if so much is unsent that ``drain()`` waits."""
        self.closing = False
        self.queued = 0
        """Number of its callbacks that are ready."""

    @property
    def events(self) -> int:
        """The event bits for which epoll watches it."""
        return (poll_bits.IN if self.reading else 0) | (poll_bits.OUT if self.writing else 0)

    @property
    def at_rest(self) -> bool:
        """True if it is in the state of every idle connection: nothing in progress, nothing buffered."""
        idle = self.suspended is SuspendedAt.READ and self.waiting and self.reading
        return idle and not (self.queued or self.unread or self.unsent or self.writing)


class StreamLoop(Protocol):
    """The part of :class:`sim.servers.asyncio_server.AsyncioServer` that the steps of a callback need."""

    kernel: RawKernel
    settings: ServerSettings
    streams: dict[int, Stream]
    to_accept: int

    def soon(self, step: Step, stream: Stream) -> None: ...
    def then(self, step: Step, stream: Stream) -> None: ...
    def watch_for(self, stream: Stream, reading: bool, writing: bool) -> None: ...
    def work_ns(self, fd: int, data: bytes) -> int: ...


Step = Callable[[StreamLoop, Stream], None]


# -- the transport -----------------------------------------------------------------------------


def read_ready(loop: StreamLoop, stream: Stream) -> None:
    """Receive what can be read (``_read_ready__data_received``)."""
    data = loop.kernel.sys_read(stream.fd, RECEIVE_BYTES)
    stream.unread += data
    if not data:
        stream.at_eof = True
        loop.then(stop_reading, stream)
    elif len(stream.unread) > 2 * READ_LIMIT_BYTES and not stream.paused:
        stream.paused = True
        loop.then(stop_reading, stream)
    _wake(loop, stream, SuspendedAt.READ)


def start_reading(loop: StreamLoop, stream: Stream) -> None:
    """``_add_reader``"""
    loop.watch_for(stream, reading=True, writing=stream.writing)


def stop_reading(loop: StreamLoop, stream: Stream) -> None:
    """``_remove_reader``"""
    loop.watch_for(stream, reading=False, writing=stream.writing)


def start_writing(loop: StreamLoop, stream: Stream) -> None:
    """``_add_writer``"""
    loop.watch_for(stream, reading=stream.reading, writing=True)


def stop_writing(loop: StreamLoop, stream: Stream) -> None:
    """``_remove_writer``"""
    loop.watch_for(stream, reading=stream.reading, writing=False)


def write_ready(loop: StreamLoop, stream: Stream) -> None:
    """Send unsent data, because there is room again (``_write_ready``)."""
    stream.unsent = stream.unsent[_send(loop, stream, stream.unsent) :]
    if stream.write_paused and len(stream.unsent) <= LOW_WATER_BYTES:
        stream.write_paused = False
        _wake(loop, stream, SuspendedAt.DRAIN)
    if not stream.unsent:
        if stream.closing:
            loop.then(connection_lost, stream)
        loop.then(stop_writing, stream)


def _send(loop: StreamLoop, stream: Stream, data: bytes) -> int:
    """Send data, and return the number of bytes that were taken."""
    try:
        return loop.kernel.sys_write(stream.fd, data)
    except BlockingIOError:
        return 0


def connection_lost(loop: StreamLoop, stream: Stream) -> None:
    """Close the socket, and wake the task that waits for it (``_call_connection_lost``)."""
    _wake(loop, stream, SuspendedAt.CLOSED)
    loop.kernel.sys_close(stream.fd)
    del loop.streams[stream.fd]


# -- the task ----------------------------------------------------------------------------------


def _wake(loop: StreamLoop, stream: Stream, where: SuspendedAt) -> None:
    """Set the future that the task awaits, if it waits there. Its step is a callback of the next turn."""
    if stream.suspended is where and stream.waiting:
        stream.waiting = False
        loop.soon(go_on, stream)


def _suspend(stream: Stream, where: SuspendedAt) -> None:
    stream.suspended, stream.waiting = where, True


def go_on(loop: StreamLoop, stream: Stream) -> None:
    """The line after ``await`` (``Task.__step``)."""
    if stream.suspended is SuspendedAt.READ:
        _take(loop, stream)
    elif stream.suspended is SuspendedAt.CLOSED:
        stream.suspended = SuspendedAt.OVER
        loop.soon(task_done, stream)
    else:
        read(loop, stream)


def read(loop: StreamLoop, stream: Stream) -> None:
    """``await reader.read(65536)``, which returns buffered data at once."""
    if stream.unread or stream.at_eof:
        _take(loop, stream)
    else:
        _suspend(stream, SuspendedAt.READ)


def _take(loop: StreamLoop, stream: Stream) -> None:
    """Return from ``read`` with the buffered data; at end of file, with nothing."""
    size = loop.settings.buffer_bytes
    stream.taken, stream.unread = stream.unread[:size], stream.unread[size:]
    loop.then(work if stream.taken else close, stream)
    if stream.paused and len(stream.unread) <= READ_LIMIT_BYTES:
        stream.paused = False
        loop.then(start_reading, stream)


def work(loop: StreamLoop, stream: Stream) -> None:
    """The application computes."""
    loop.kernel.work(loop.work_ns(stream.fd, stream.taken))
    loop.then(write, stream)


def write(loop: StreamLoop, stream: Stream) -> None:
    """``writer.write(data)``, which sends at once if possible, and then ``await writer.drain()``."""
    rest, stream.taken = stream.taken, b""
    loop.then(drain, stream)
    if not stream.unsent:
        rest = rest[_send(loop, stream, rest) :]
        if rest:
            loop.then(start_writing, stream)
    stream.unsent += rest
    stream.write_paused |= len(stream.unsent) > HIGH_WATER_BYTES


def drain(loop: StreamLoop, stream: Stream) -> None:
    """``await writer.drain()``, which waits only if much is unsent, and then ``read`` again."""
    if stream.write_paused:
        _suspend(stream, SuspendedAt.DRAIN)
    else:
        read(loop, stream)


def close(loop: StreamLoop, stream: Stream) -> None:
    """``writer.close()`` and ``await writer.wait_closed()``. The socket is closed one turn later."""
    stream.closing = True
    if not stream.unsent:
        loop.soon(connection_lost, stream)
    _suspend(stream, SuspendedAt.CLOSED)


def task_done(loop: StreamLoop, stream: Stream) -> None:
    """The task's done callback, set by ``connection_made``, which would log an error."""


# -- new connections ---------------------------------------------------------------------------


def accept_ready(loop: StreamLoop, listening: Stream) -> None:
    """Accept waiting connections (``_accept_connection``), at most as many as the backlog holds."""
    loop.to_accept = loop.settings.backlog
    accept(loop, listening)


def accept(loop: StreamLoop, listening: Stream) -> None:
    """Accept a connection. A task of its own makes the transport."""
    try:
        fd = loop.kernel.sys_accept4(listening.fd)
    except BlockingIOError:
        return
    stream = loop.streams[fd] = Stream(fd, SuspendedAt.START)
    loop.soon(make_transport, stream)
    loop.to_accept -= 1
    if loop.to_accept:
        loop.then(accept, listening)


def make_transport(loop: StreamLoop, stream: Stream) -> None:
    """The first step of that task (``_accept_connection2``, ``_SelectorSocketTransport.__init__``)."""
    for step in (connection_made, start_reading, transport_made):
        loop.soon(step, stream)


def connection_made(loop: StreamLoop, stream: Stream) -> None:
    """Start the connection's own task (``StreamReaderProtocol.connection_made``)."""
    loop.soon(go_on, stream)


def transport_made(loop: StreamLoop, stream: Stream) -> None:
    """Set the future that the accepting task awaits."""
    loop.soon(accepted, stream)


def accepted(loop: StreamLoop, stream: Stream) -> None:
    """The last step of that task. Nothing waits for it."""
