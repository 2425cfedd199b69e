"""Stream sockets: TCP connections, their listening socket, and connected pairs.

What Linux does: each direction of a connection has a send buffer on one side and a receive buffer
on the other. Data that arrives goes into the receive buffer and wakes the readers with a key
(``sock_def_readable``); reading makes room, and a sender that had found its buffer full is woken
once no more than two thirds of it are queued (``sk_stream_write_space``). A FIN ends one direction:
the reader drains what is left and then reads end of file. A listening socket keeps connections
whose handshake is done in a queue of at most ``backlog + 1``.

What is simplified here: buffers count payload bytes, not ``truesize``, and do not tune themselves.
Between two simulated sockets data moves within the sender's call, as loopback does in Linux. The
clients of a race (:mod:`sim.network`) read at once and send their ACKs along with their next
request, so a server's send buffer never fills there.
"""

from __future__ import annotations

import errno
from collections import deque
from typing import TYPE_CHECKING, Protocol

from sim import polling
from sim.files.base import OpenFile
from sim.polling import oserror

if TYPE_CHECKING:
    from sim.kernel import Kernel

RECEIVE_BUFFER_BYTES = 131_072
"""``tcp_rmem``'s default."""
SEND_BUFFER_BYTES = 2_626_560
"""What a loopback connection's send buffer grows to by tuning itself."""

IDLE_MASK = polling.OUT | polling.WRNORM
"""Connected, nothing to read, room to send."""
_READABLE = polling.IN | polling.RDNORM
_WRITABLE = polling.OUT | polling.WRNORM
_UNREADABLE = ~_READABLE
_DATA_KEY = polling.DATA_KEY


class Client(Protocol):
    """The far end of a connection, where that is not a simulated socket."""

    def answered(self, socket: StreamSocket, count: int) -> None:
        """``count`` bytes of an answer have left for the client."""

    def hung_up(self, socket: StreamSocket) -> None:
        """The server closed its side."""


class StreamSocket(OpenFile):
    """One end of a connection: bytes in order, bounded buffers."""

    __slots__ = (
        "answered_bytes",
        "arrived_ns",
        "asked",
        "client",
        "no_space",
        "peer",
        "read_shut",
        "receive_limit_bytes",
        "received",
        "received_bytes",
        "reset",
        "send_limit_bytes",
        "slot",
        "unsent",
        "unsent_bytes",
        "write_shut",
    )

    def __init__(self, kernel: Kernel, mask: int = IDLE_MASK) -> None:
        super().__init__(kernel, mask)
        self.peer: StreamSocket | None = None
        self.client: Client | None = None
        self.arrived_ns = -1
        """When the client's latest packet arrived; -1 before the first."""
        self.slot = -1
        """Which of the race's clients is at the far end."""
        self.received: list[bytes] = []
        self.received_bytes = 0
        """Bytes in the receive buffer."""
        self.receive_limit_bytes = RECEIVE_BUFFER_BYTES
        self.unsent: list[bytes] = []
        self.unsent_bytes = 0
        """Bytes in the send buffer: the far end has no room for them yet."""
        self.send_limit_bytes = SEND_BUFFER_BYTES
        self.no_space = False
        """A send found the buffer full, so someone wants to hear of space (SOCK_NOSPACE)."""
        self.read_shut = False
        """No more will come: FIN arrived, or the reading side was shut."""
        self.write_shut = False
        self.reset = False
        """The far end is gone: RST."""
        self.asked: list[int] = []
        """Requests not yet answered: when each arrived."""
        self.answered_bytes = 0
        """Bytes sent towards the answer of the first of them."""

    # -- the receiving side ---------------------------------------------------------------

    def deliver(self, data: bytes) -> bool:
        """Queue a segment and wake the readers (``tcp_data_queue``, ``sock_def_readable``).

        Returns:
            False if the receive buffer has no room for it: the segment is not taken.
        """
        total = self.received_bytes + len(data)
        if total > self.receive_limit_bytes:
            return False
        self.received.append(data)
        self.received_bytes = total
        if not self.mask & 1:  # polling.IN, spelt out on the hottest path there is
            self.mask |= _READABLE
            if not self.noted:
                self.kernel.table.note(self)
        entries = self.wait_queue.entries
        if len(entries) == 1 and not self.kernel.scans:
            entries[0].wake(_DATA_KEY)
        else:
            self.notify(_DATA_KEY)
        return True

    def read(self, size: int) -> bytes:
        """Take up to ``size`` bytes from the receive buffer; ``b""`` at end of file.

        Raises:
            OSError: EAGAIN when nothing is there; ECONNRESET once after a reset.
        """
        received = self.received
        if not received:
            return self._read_empty()
        if self.received_bytes <= size:
            data = received.pop(0)
            if received:
                data += b"".join(received)
                received.clear()
            self.received_bytes = 0
            if not self.read_shut:
                self.mask &= _UNREADABLE
                if not self.noted:
                    self.kernel.table.note(self)
        else:
            data = self._read_part(size)
        if self.peer is not None and self.peer.unsent:
            self.peer.push()
        return data

    def _read_part(self, size: int) -> bytes:
        """Take exactly ``size`` bytes, of more than that."""
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

    def _read_empty(self) -> bytes:
        if self.reset:
            self.reset = False
            self.set_mask(self.mask & ~polling.ERR)
            raise oserror(errno.ECONNRESET)
        if self.read_shut:
            return b""
        raise oserror(errno.EAGAIN)

    def deliver_fin(self) -> None:
        """The far end will send no more (``tcp_fin``): end of file behind what is queued."""
        self.read_shut = True
        mask = self.mask | _READABLE | polling.RDHUP
        if self.write_shut:
            mask |= polling.HUP
        self.set_mask(mask)
        self.notify(polling.NO_KEY)

    def deliver_reset(self) -> None:
        """The far end is gone and what it had not read with it (``tcp_reset``)."""
        self.reset = True
        self.read_shut = True
        self.write_shut = True
        self.peer = None
        self.unsent.clear()
        self.unsent_bytes = 0
        everything = polling.RDHUP | polling.HUP | polling.ERR
        self.set_mask(self.mask | _READABLE | _WRITABLE | everything)
        self.notify(polling.NO_KEY)

    # -- the sending side -----------------------------------------------------------------

    def write(self, data: bytes) -> int:
        """Send bytes, as many as the send buffer takes.

        Raises:
            OSError: EAGAIN when the send buffer is full, EPIPE when no more can be sent.
        """
        if self.client is not None:
            self.client.answered(self, len(data))
            return len(data)
        if self.write_shut or self.peer is None:
            if self.reset:
                self.reset = False
                self.set_mask(self.mask & ~polling.ERR)
                raise oserror(errno.ECONNRESET)
            raise oserror(errno.EPIPE)
        if not data:
            return 0
        room = self.send_limit_bytes - self.unsent_bytes
        if room <= 0:
            self.no_space = True
            raise oserror(errno.EAGAIN)
        taken = data[:room]
        self.unsent.append(taken)
        self.unsent_bytes += len(taken)
        if len(taken) < len(data):
            self.no_space = True
        self.push()
        return len(taken)

    def push(self) -> None:
        """Move what fits from this send buffer into the peer's receive buffer."""
        peer = self.peer
        if peer is None:
            return
        moved = False
        while self.unsent:
            room = peer.receive_limit_bytes - peer.received_bytes
            if room <= 0:
                break
            segment = self.unsent.pop(0)
            if len(segment) > room:
                self.unsent.insert(0, segment[room:])
                segment = segment[:room]
            self.unsent_bytes -= len(segment)
            moved = True
            peer.deliver(segment)
        self._update_writable(moved)
        if not self.unsent and self.write_shut and not peer.read_shut:
            peer.deliver_fin()

    def _update_writable(self, moved: bool) -> None:
        """Writable while at most two thirds are queued (``sk_stream_is_writeable``)."""
        writable = 3 * self.unsent_bytes <= 2 * self.send_limit_bytes
        if writable and not self.mask & polling.OUT:
            self.set_mask(self.mask | _WRITABLE)
        elif not writable and self.mask & polling.OUT:
            self.set_mask(self.mask & ~_WRITABLE)
        if writable and moved and self.no_space:
            self.no_space = False
            self.notify(polling.SPACE_KEY)

    # -- ending ---------------------------------------------------------------------------

    def shutdown_write(self) -> None:
        """Send FIN behind what is queued (``shutdown(SHUT_WR)``)."""
        if self.write_shut:
            return
        self.write_shut = True
        if self.read_shut:
            self.set_mask(self.mask | polling.HUP)
        self.notify(polling.NO_KEY)
        if self.peer is not None and not self.unsent:
            self.peer.deliver_fin()

    def shutdown_read(self) -> None:
        """Read end of file from now on (``shutdown(SHUT_RD)``); the peer is not told."""
        self.read_shut = True
        mask = self.mask | _READABLE | polling.RDHUP
        if self.write_shut:
            mask |= polling.HUP
        self.set_mask(mask)
        self.notify(polling.NO_KEY)

    def released(self) -> None:
        """Closed: FIN to the peer, or RST if it had sent what nobody will read now."""
        if self.client is not None:
            self.client.hung_up(self)
            self.client = None
        peer, self.peer = self.peer, None
        if peer is None:
            return
        if self.received:
            peer.deliver_reset()
            return
        peer.peer = None
        if not self.write_shut:
            peer.deliver_fin()


class ListeningSocket(OpenFile):
    """A socket that takes connections: handshakes done, waiting for accept."""

    __slots__ = ("backlog", "queue")

    def __init__(self, kernel: Kernel, backlog: int) -> None:
        super().__init__(kernel)
        self.backlog = backlog
        self.queue: deque[StreamSocket] = deque()

    def established(self, socket: StreamSocket) -> bool:
        """A handshake is complete (``inet_csk_complete_hashdance``).

        Returns:
            False if ``backlog + 1`` connections are waiting already: the client's last ACK is
            dropped.
        """
        if len(self.queue) > self.backlog:
            return False
        self.queue.append(socket)
        if not self.mask & polling.IN:
            self.set_mask(self.mask | _READABLE)
        self.notify(polling.IN)
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
            self.set_mask(self.mask & ~_READABLE)
        return socket

    def released(self) -> None:
        """Closed: those still waiting are reset."""
        for socket in self.queue:
            if socket.peer is not None:
                socket.peer.deliver_reset()
            if socket.client is not None:
                socket.client.hung_up(socket)
        self.queue.clear()
