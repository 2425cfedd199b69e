"""A connection of the asyncio server: its transport, its reader and writer, and its task.

The task is the echo server of asyncio's own documentation, with the work in it that every server of a race
does for a request::

    async def handle(reader, writer):
        while data := await reader.read(65536):
            work(data)
            writer.write(data)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

Written out as steps: each makes at most one system call and says what comes next, a step of the same
callback (``then``) or a callback of the next turn (``soon``). All that it knows lies on the :class:`Stream`.
The names in brackets are those of asyncio's source.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING

from sim.kernel import poll_bits
from sim.servers.base import READ_BYTES

if TYPE_CHECKING:
    from sim.servers.asyncio_server import AsyncioServer

RECEIVE_BYTES = 262_144
"""What a transport asks recv for (``_SelectorSocketTransport.max_size``)."""
READ_LIMIT_BYTES = 65_536
"""With more than twice as much unread, a transport stops reading (``streams._DEFAULT_LIMIT``)."""
HIGH_WATER_BYTES = 65_536
"""With more than this unsent, ``drain()`` waits …"""
LOW_WATER_BYTES = 16_384
"""… until there is no more than this (``transports._FlowControlMixin``)."""


class SuspendedAt(IntEnum):
    """The ``await`` in which a connection's task is suspended."""

    START = 0
    """Not begun."""
    READ = 1
    """``await reader.read()``"""
    DRAIN = 2
    """``await writer.drain()``"""
    CLOSED = 3
    """``await writer.wait_closed()``"""
    OVER = 4
    """The task is done."""


class Stream:
    """What is known of a connection whose task is suspended, or runs.

    Args:
        suspended: READ for one that is at rest; START for a new one.
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
        """The future that the task awaits is not set yet."""
        self.reading = suspended is SuspendedAt.READ
        """The selector watches for something to read."""
        self.writing = False
        """It watches for room to write."""
        self.unread = b""
        """Received by the transport and not read by the task: the reader's buffer."""
        self.at_eof = False
        self.paused = False
        """The reader holds more than it wants, so that the transport does not receive."""
        self.taken = b""
        """What ``read`` gave, until it is answered."""
        self.unsent = b""
        """What the socket had no room for: the transport's buffer."""
        self.write_paused = False
        """So much of that that ``drain()`` waits."""
        self.closing = False
        self.queued = 0
        """Callbacks of it that are ready."""

    @property
    def events(self) -> int:
        """What epoll is to watch it for."""
        return (poll_bits.IN if self.reading else 0) | (poll_bits.OUT if self.writing else 0)

    @property
    def at_rest(self) -> bool:
        """Whether it is as every idle connection: nothing under way, nothing buffered."""
        idle = self.suspended is SuspendedAt.READ and self.waiting and self.reading
        return idle and not (self.queued or self.unread or self.unsent or self.writing)


Step = Callable[["AsyncioServer", Stream], None]


# -- the transport -----------------------------------------------------------------------------


def read_ready(loop: AsyncioServer, stream: Stream) -> None:
    """Something can be read (``_read_ready__data_received``)."""
    data = loop.kernel.sys_read(stream.fd, RECEIVE_BYTES)
    stream.unread += data
    if not data:
        stream.at_eof = True
        loop.then(stop_reading, stream)
    elif len(stream.unread) > 2 * READ_LIMIT_BYTES and not stream.paused:
        stream.paused = True
        loop.then(stop_reading, stream)
    _wake(loop, stream, SuspendedAt.READ)


def start_reading(loop: AsyncioServer, stream: Stream) -> None:
    """``_add_reader``"""
    loop.watch_for(stream, reading=True, writing=stream.writing)


def stop_reading(loop: AsyncioServer, stream: Stream) -> None:
    """``_remove_reader``"""
    loop.watch_for(stream, reading=False, writing=stream.writing)


def start_writing(loop: AsyncioServer, stream: Stream) -> None:
    """``_add_writer``"""
    loop.watch_for(stream, reading=stream.reading, writing=True)


def stop_writing(loop: AsyncioServer, stream: Stream) -> None:
    """``_remove_writer``"""
    loop.watch_for(stream, reading=stream.reading, writing=False)


def write_ready(loop: AsyncioServer, stream: Stream) -> None:
    """There is room to write again (``_write_ready``)."""
    stream.unsent = stream.unsent[_send(loop, stream, stream.unsent) :]
    if stream.write_paused and len(stream.unsent) <= LOW_WATER_BYTES:
        stream.write_paused = False
        _wake(loop, stream, SuspendedAt.DRAIN)
    if not stream.unsent:
        if stream.closing:
            loop.then(connection_lost, stream)
        loop.then(stop_writing, stream)


def _send(loop: AsyncioServer, stream: Stream, data: bytes) -> int:
    """Send; how many bytes were taken."""
    try:
        return loop.kernel.sys_write(stream.fd, data)
    except BlockingIOError:
        return 0


def connection_lost(loop: AsyncioServer, stream: Stream) -> None:
    """Close the socket, and tell who waits for that (``_call_connection_lost``)."""
    _wake(loop, stream, SuspendedAt.CLOSED)
    loop.kernel.sys_close(stream.fd)
    del loop.streams[stream.fd]


# -- the task ----------------------------------------------------------------------------------


def _wake(loop: AsyncioServer, stream: Stream, where: SuspendedAt) -> None:
    """Set the future that the task awaits, if it is that one: its step is a callback of the next turn."""
    if stream.suspended is where and stream.waiting:
        stream.waiting = False
        loop.soon(go_on, stream)


def _suspend(stream: Stream, where: SuspendedAt) -> None:
    stream.suspended, stream.waiting = where, True


def go_on(loop: AsyncioServer, stream: Stream) -> None:
    """The line after ``await`` (``Task.__step``)."""
    if stream.suspended is SuspendedAt.READ:
        _take(loop, stream)
    elif stream.suspended is SuspendedAt.CLOSED:
        stream.suspended = SuspendedAt.OVER
        loop.soon(task_done, stream)
    else:
        read(loop, stream)


def read(loop: AsyncioServer, stream: Stream) -> None:
    """``await reader.read(65536)``: what is there is given at once."""
    if stream.unread or stream.at_eof:
        _take(loop, stream)
    else:
        _suspend(stream, SuspendedAt.READ)


def _take(loop: AsyncioServer, stream: Stream) -> None:
    """``read`` gives what the reader has; at its end there is nothing to give."""
    stream.taken, stream.unread = stream.unread[:READ_BYTES], stream.unread[READ_BYTES:]
    loop.then(work if stream.taken else close, stream)
    if stream.paused and len(stream.unread) <= READ_LIMIT_BYTES:
        stream.paused = False
        loop.then(start_reading, stream)


def work(loop: AsyncioServer, stream: Stream) -> None:
    """The application computes."""
    loop.kernel.work(loop.work_ns(stream.taken))
    loop.then(write, stream)


def write(loop: AsyncioServer, stream: Stream) -> None:
    """``writer.write(data)``, which sends at once if it can, and ``await writer.drain()``."""
    rest, stream.taken = stream.taken, b""
    loop.then(drain, stream)
    if not stream.unsent:
        rest = rest[_send(loop, stream, rest) :]
        if rest:
            loop.then(start_writing, stream)
    stream.unsent += rest
    stream.write_paused |= len(stream.unsent) > HIGH_WATER_BYTES


def drain(loop: AsyncioServer, stream: Stream) -> None:
    """``await writer.drain()``, which waits only where much is unsent; then ``read`` again."""
    if stream.write_paused:
        _suspend(stream, SuspendedAt.DRAIN)
    else:
        read(loop, stream)


def close(loop: AsyncioServer, stream: Stream) -> None:
    """``writer.close()``, then ``await writer.wait_closed()``: the socket is closed a turn later."""
    stream.closing = True
    if not stream.unsent:
        loop.soon(connection_lost, stream)
    _suspend(stream, SuspendedAt.CLOSED)


def task_done(loop: AsyncioServer, stream: Stream) -> None:
    """The task's end is told: to ``connection_made``, which would log its error."""


# -- new connections ---------------------------------------------------------------------------


def accept_ready(loop: AsyncioServer, listening: Stream) -> None:
    """Connections wait (``_accept_connection``): take them until there is none, or a backlog's worth."""
    loop.to_accept = loop.settings.backlog
    accept(loop, listening)


def accept(loop: AsyncioServer, listening: Stream) -> None:
    """Take a connection; a task of its own makes its transport."""
    try:
        fd = loop.kernel.sys_accept4(listening.fd)
    except BlockingIOError:
        return
    stream = loop.streams[fd] = Stream(fd, SuspendedAt.START)
    loop.soon(make_transport, stream)
    loop.to_accept -= 1
    if loop.to_accept:
        loop.then(accept, listening)


def make_transport(loop: AsyncioServer, stream: Stream) -> None:
    """That task's first step (``_accept_connection2``, ``_SelectorSocketTransport.__init__``)."""
    for step in (connection_made, start_reading, transport_made):
        loop.soon(step, stream)


def connection_made(loop: AsyncioServer, stream: Stream) -> None:
    """The connection's own task begins (``StreamReaderProtocol.connection_made``)."""
    loop.soon(go_on, stream)


def transport_made(loop: AsyncioServer, stream: Stream) -> None:
    """The future that the accepting task awaits is set."""
    loop.soon(accepted, stream)


def accepted(loop: AsyncioServer, stream: Stream) -> None:
    """That task's last step: it is over, and nobody waits for it."""
