"""TCP as a server in a race sees it: accepted connections, and the socket that they come from.

What Linux does: data that arrives goes into the receive buffer and wakes the readers with a key
(``tcp_data_queue``, ``sock_def_readable``). A FIN ends the direction: the reader takes the remaining data and
then reads end of file. A listening socket keeps connections whose handshake is done in a queue of at most
``backlog + 1``.

Simplified: buffers count payload bytes, not ``truesize``, and do not tune themselves. The far end of a
:class:`StreamSocket` is a client outside (:mod:`sim.race.network`). The client sends no more than the receive
buffer has room for, and holds the rest back (:mod:`sim.race.held_requests`). It reads at once and sends its
ACKs with its next request, so the send buffer here never fills. A connection between two simulated sockets is
a :class:`sim.kernel.files.inet.TcpSocket`, which has both halves.

Why not otherwise: one class for both would carry the sending half of TCP in each of a race's connections, and
a race has up to a million.
"""

from __future__ import annotations

import errno
from array import array
from collections import deque
from typing import Protocol

from sim.kernel import poll_bits
from sim.kernel.core import KernelCore
from sim.kernel.files.socket import SHUT_RD, SHUT_RDWR, Address, Interface, Socket
from sim.kernel.poll_bits import oserror
from sim.kernel.socket_options import SO_ACCEPTCONN, SOL_SOCKET, Options, packed

RECEIVE_BUFFER_BYTES = 131_072
"""``tcp_rmem``'s default."""

IDLE_MASK = poll_bits.OUT | poll_bits.WRNORM
"""Poll mask of a connection with nothing to read and room to send."""
READABLE = poll_bits.IN | poll_bits.RDNORM
_UNREADABLE = ~READABLE
_DATA_KEY = poll_bits.DATA_KEY


class Client(Protocol):
    """The far end of a connection that is not a simulated socket."""

    def answered(self, socket: StreamSocket, count: int) -> None:
        """``count`` bytes of an answer were sent to the client."""

    def hung_up(self, socket: StreamSocket) -> None:
        """The server closed its end."""

    def has_room(self, socket: StreamSocket) -> None:
        """The server has read from a connection for which the client holds something back."""


class StreamSocket(Socket):
    """The server's end of a connection, with a bounded receive buffer."""

    __slots__ = (
        "answered_bytes",
        "arrived_ns",
        "client",
        "held",
        "read_shut",
        "receive_limit_bytes",
        "received",
        "received_bytes",
        "slot",
        "unanswered_ns",
    )

    def __init__(self, kernel: KernelCore, mask: int = IDLE_MASK) -> None:
        super().__init__(kernel, mask)
        self.client: Client | None = None
        self.arrived_ns = -1
        """Arrival time of the client's latest packet; -1 before the first."""
        self.slot = -1
        """Number of the race's client at the far end; -1 for none."""
        self.received: list[bytes] = []
        self.received_bytes = 0
        """Bytes in the receive buffer."""
        self.receive_limit_bytes = RECEIVE_BUFFER_BYTES
        self.read_shut = False
        """True if no further data comes: FIN arrived, or the reading side was shut."""
        self.unanswered_ns: array[int] = array("q")
        """Arrival times of the requests that are not answered yet."""
        self.answered_bytes = 0
        """Bytes of the answer to the first of them that were sent."""
        self.held: object | None = None
        """Requests that the client holds back, because the receive buffer had no room; None for none. Only
        the client knows what it is."""

    # -- the receiving side ---------------------------------------------------------------

    def deliver(self, data: bytes) -> bool:
        """Queue a segment and wake the readers (``tcp_data_queue``, ``sock_def_readable``).

        Returns:
            False if the receive buffer has not enough room. The segment is not taken then.
        """
        total = self.received_bytes + len(data)
        if total > self.receive_limit_bytes:
            return False
        self.received.append(data)
        self.received_bytes = total
        if not self.mask & 1:  # poll_bits.IN; this is the hottest path of all
            self.mask |= READABLE
            if not self.mask_noted:
                self.mask_noted = True
                self.kernel.changed_files.append(self)
        entries = self.wait_queue.entries
        if len(entries) == 1 and not self.kernel.scans:
            entries[0].wake(_DATA_KEY)
        else:
            self.notify(_DATA_KEY)
        return True

    def deliver_rest(self, parts: list[bytes], joined: bool) -> None:
        """Queue what a client has held back, which its window has room for now, and wake the readers once.

        Args:
            parts: the bytes.
            joined: True if the first part continues the last request in the buffer (``tcp_try_coalesce``).
        """
        self.received_bytes += sum(map(len, parts))
        if joined and self.received:
            self.received[-1] += parts.pop(0)
        self.received += parts
        self.set_mask(self.mask | READABLE)
        self.notify(_DATA_KEY)

    def read(self, size: int) -> bytes:
        """Take up to ``size`` bytes from the receive buffer; ``b""`` at end of file.

        Raises:
            OSError: EAGAIN, nothing is there.
        """
        received = self.received
        if not received:
            return self.read_empty()
        if self.received_bytes <= size:
            data = received.pop(0)
            if received:
                data += b"".join(received)
                received.clear()
            self.received_bytes = 0
            if not self.read_shut:
                self.mask &= _UNREADABLE
                if not self.mask_noted:
                    self.mask_noted = True
                    self.kernel.changed_files.append(self)
        else:
            data = self._read_part(size)
        if self.held is not None and self.client is not None:
            self.client.has_room(self)
        return data

    def _read_part(self, size: int) -> bytes:
        """Take exactly ``size`` bytes; at least as many are there."""
        received = self.received
        parts: list[bytes] = []
        wanted = size
        while wanted:
            segment = received.pop(0)
            if len(segment) > wanted:
                received.insert(0, segment[wanted:])
                segment = segment[:wanted]
            parts.append(segment)
            wanted -= len(segment)
        self.received_bytes -= size
        return b"".join(parts)

    def read_empty(self) -> bytes:
        """The result of a read when the receive buffer is empty."""
        if self.read_shut:
            return b""
        raise oserror(errno.EAGAIN)

    def deliver_fin(self) -> None:
        """The far end has ended its stream (``tcp_fin``). End of file follows the queued data."""
        self.read_shut = True
        self.set_mask(self.mask | READABLE | poll_bits.RDHUP)
        self.notify(poll_bits.NO_KEY)

    # -- the sending side -----------------------------------------------------------------

    def write(self, data: bytes) -> int:
        """Send bytes. The client takes all of them.

        Raises:
            OSError: EPIPE, the client is gone.
        """
        if self.client is None:
            raise oserror(errno.EPIPE)
        self.client.answered(self, len(data))
        return len(data)

    def released(self) -> None:
        """The socket is closed: notify the client."""
        self.abort()

    def abort(self) -> None:
        """End the connection at once."""
        if self.client is not None:
            self.client.hung_up(self)
            self.client = self.held = None


class ListeningSocket(Socket):
    """A socket that takes connections and keeps them until accept.

    Args:
        kernel: The kernel.
        interface: The interface that it is bound to.
        backlog: Number of connections that may wait, minus 1.
        local: Its address.
        chosen: Its socket options.
    """

    __slots__ = (
        "backlog",
        "error",
        "interface",
        "keeps_port",
        "local",
        "options",
        "overflows",
        "queue",
        "shut",
    )

    exclusive = True
    """``inet_csk_wait_for_connect``."""

    def __init__(
        self,
        kernel: KernelCore,
        interface: Interface,
        backlog: int,
        local: tuple[str, int],
        chosen: Options,
    ) -> None:
        super().__init__(kernel)
        self.interface = interface
        self.backlog = backlog
        self.local = local
        self.keeps_port = False
        """True if the program chose the port. The socket keeps it when it stops listening."""
        self.options = chosen
        self.error = 0
        """The error that an attempt to connect left before the socket listened."""
        self.shut = (False, False)
        """Directions (reading, writing) shut before it listened. Its connections start with them shut."""
        self.queue: deque[StreamSocket] = deque()
        self.overflows = 0
        """Connections that were refused because the queue was full (``ListenOverflows``)."""

    @property
    def full(self) -> bool:
        """True if ``backlog + 1`` connections wait. A SYN is dropped then (``sk_acceptq_is_full``)."""
        return len(self.queue) > self.backlog

    def established(self, socket: StreamSocket) -> bool:
        """A handshake is complete (``inet_csk_complete_hashdance``).

        Returns:
            False if the queue is full. There is no connection then.
        """
        if len(self.queue) > self.backlog:
            self.overflows += 1
            if self.kernel.faults is not None:
                self.kernel.faults.overflowed(self)
            return False
        self.queue.append(socket)
        if not self.mask & poll_bits.IN:
            self.set_mask(self.mask | READABLE)
        self.notify(_DATA_KEY)
        return True

    def accept(self) -> StreamSocket:
        """Take the connection that has waited longest.

        Raises:
            OSError: EAGAIN, none is waiting.
        """
        if not self.queue:
            raise oserror(errno.EAGAIN)
        socket = self.queue.popleft()
        if not self.queue:
            self.set_mask(self.mask & ~READABLE)
        return socket

    def read(self, size: int) -> bytes:
        raise oserror(errno.ENOTCONN)

    def peek(self, size: int) -> bytes:
        raise oserror(errno.ENOTCONN)

    def read_urgent(self, size: int, peek: bool) -> bytes:
        raise oserror(errno.ENOTCONN)

    def write(self, data: bytes) -> int:
        raise oserror(self.take_error() or errno.EPIPE)

    def write_urgent(self, data: bytes) -> int:
        return self.write(data)

    def take_error(self) -> int:
        code, self.error = self.error, 0
        return code

    def shutdown(self, how: int) -> None:
        """Stop listening if the reading side is shut (``inet_shutdown``)."""
        if how in {SHUT_RD, SHUT_RDWR}:
            self.interface.stop_listening(self)
        else:
            self.notify(poll_bits.NO_KEY)

    def name(self) -> Address:
        return self.local

    def get_option(self, level: int, option: int) -> bytes:
        if (level, option) == (SOL_SOCKET, SO_ACCEPTCONN):
            return packed(1)
        return self.options.get(level, option)

    def set_option(self, level: int, option: int, value: bytes) -> None:
        self.options.set(level, option, value)

    def refuse_all(self) -> None:
        """Reset the connections that still wait."""
        for socket in self.queue:
            socket.abort()
        self.queue.clear()

    def released(self) -> None:
        """The socket is closed: reset the connections that still wait."""
        self.refuse_all()
        self.interface.unbind(self)
