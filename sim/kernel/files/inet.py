"""TCP sockets that are connected to each other over the simulated loopback interface.

What Linux does: each direction of a connection has a send buffer on one side and a receive buffer on the
other. Data moves as long as the receiver has room. Reading makes room, and a sender that found its buffer
full is woken once at most two thirds of the buffer are queued (``sk_stream_write_space``). FIN ends one
direction, behind the data. RST ends both at once: received data can still be read, unsent data is lost. Data
for a socket that cannot be read any more (closed, or both directions shut) is answered with RST, and so is a
close with unread data.

A socket has a TCP state and also the state of ``connect`` (``sock->state``). That is why a refused connection
reports its error once more to the next ``connect``. Loopback is synchronous: data, FIN, RST and refusal have
arrived when the call that sends them returns.

Simplified: buffers count payload bytes and do not tune themselves. Every segment is sent and acknowledged at
once (no Nagle, no delayed ACK, no wake-up 40 ms later for a FIN's ACK). There is no TIME_WAIT.
"""

from __future__ import annotations

import errno

from sim.kernel import poll_bits, socket_options
from sim.kernel.core import KernelCore
from sim.kernel.files.socket import SHUT_RD, SHUT_RDWR, SHUT_WR, Address, Interface
from sim.kernel.files.tcp import READABLE
from sim.kernel.files.tcp_states import (
    CLOSED,
    CONNECTED,
    CONNECTING,
    DISCONNECTING,
    ESTABLISHED,
    SYN_SENT,
    UNCONNECTED,
)
from sim.kernel.files.urgent_data import UrgentStream
from sim.kernel.poll_bits import oserror

SEND_BUFFER_BYTES = 16_384
"""Default of ``tcp_wmem``: the send buffer of an unconnected socket."""
TUNED_SEND_BUFFER_BYTES = 2_626_560
"""Size to which the send buffer of a loopback connection tunes itself."""
_WRITABLE = poll_bits.OUT | poll_bits.WRNORM


class TcpSocket(UrgentStream):
    """A TCP socket: new, connecting, connected or done."""

    __slots__ = (
        "ending",
        "error",
        "fin_sent",
        "gone",
        "interface",
        "keeps_host",
        "keeps_port",
        "lazy",
        "local",
        "no_space",
        "peer",
        "progress",
        "remote",
        "send_limit_bytes",
        "state",
        "tuned",
        "unsent",
        "unsent_bytes",
        "urgent_end",
        "write_shut",
    )

    def __init__(self, kernel: KernelCore, interface: Interface) -> None:
        super().__init__(kernel, _WRITABLE | poll_bits.HUP)
        self.interface = interface
        self.state = CLOSED
        self.progress = UNCONNECTED
        self.local = self.remote = ("0.0.0.0", 0)
        self.keeps_host = False
        """True if the program chose the host. It then stays after the connection (SOCK_BINDADDR_LOCK)."""
        self.keeps_port = False
        """True if the program chose the port. It then stays after the connection (SOCK_BINDPORT_LOCK)."""
        self.peer: TcpSocket | None = None
        self.unsent: list[bytes] = []
        self.unsent_bytes = 0
        """Bytes in the send buffer, for which the far end has no room yet."""
        self.urgent_end = 0
        """Unsent bytes up to and including the urgent byte; 0 for no urgent byte."""
        self.send_limit_bytes = SEND_BUFFER_BYTES
        self.tuned = True
        """True if the program has not set the send buffer's size."""
        self.no_space = False
        """True if a send or a poll found the buffer full and waits for room (SOCK_NOSPACE)."""
        self.lazy = False
        """True if the buffer is full and no call has noticed it."""
        self.write_shut = False
        self.ending = False
        """True if FIN follows the data or was sent. A socket shut before it connects sends none."""
        self.fin_sent = False
        self.gone = False
        """True once it is closed. Queued data still goes out."""
        self.error = 0
        """The pending error (``sk_err``)."""

    @property
    def writable(self) -> bool:
        """True if at most two thirds of the send buffer are queued (``sk_stream_is_writeable``)."""
        return 3 * self.unsent_bytes <= 2 * self.send_limit_bytes

    def update_mask(self) -> None:
        """Compute the poll mask (``tcp_poll``)."""
        mask = 0
        if self.read_shut:
            mask |= READABLE | poll_bits.RDHUP
        if self.state == CLOSED or (self.read_shut and self.write_shut):
            mask |= poll_bits.HUP
        if self.state != SYN_SENT:
            mask |= self.reading_mask()
            if self.write_shut or self.writable:
                mask |= _WRITABLE
        if self.error:
            mask |= poll_bits.ERR
        unnoticed = not mask & _WRITABLE and not (self.no_space or self.gone or self.state != ESTABLISHED)
        if unnoticed != self.lazy:
            self.lazy = unnoticed
            if unnoticed:
                self.kernel.lazy_files[self] = None
            else:
                del self.kernel.lazy_files[self]
        self.set_mask(mask)

    def refresh(self) -> None:
        """A call polls the socket. If the send buffer is full, the call must be woken when it has room."""
        if self.lazy:
            self.no_space = True
            self.update_mask()

    def _changed(self) -> None:
        """Wake all waiters, for any event (``sk_state_change``)."""
        self.update_mask()
        self.notify(poll_bits.NO_KEY)

    # -- connecting -----------------------------------------------------------------------

    def connected(self, peer: TcpSocket) -> None:
        """The handshake is done."""
        self.peer = peer
        self.state = ESTABLISHED
        if self.tuned:
            self.send_limit_bytes = TUNED_SEND_BUFFER_BYTES
        self._changed()

    def disconnect(self) -> None:
        """Make it a new socket again (``tcp_disconnect``)."""
        self.interface.forget_syn(self)
        self.state, self.progress = CLOSED, UNCONNECTED
        if not self.keeps_host:
            self.local = ("0.0.0.0", self.local[1])
        self.remote = ("0.0.0.0", 0)
        self.peer = None
        self.received.clear()
        self.unsent.clear()
        self.received_bytes = self.unsent_bytes = self.urgent_end = 0
        self.urgent = None
        self.read_shut = self.write_shut = self.ending = self.fin_sent = self.fin_received = False
        self.update_mask()
        self.notify(poll_bits.ERR)

    # -- receiving ------------------------------------------------------------------------

    def read(self, size: int) -> bytes:
        """Take up to ``size`` bytes from the receive buffer; ``b""`` at end of file.

        Raises:
            OSError: EAGAIN, nothing is there; ENOTCONN; the pending error, once.
        """
        data = UrgentStream.read(self, size)
        if self.peer is not None and self.peer.unsent:
            self.peer.push()
        return data

    def read_empty(self) -> bytes:
        """In the order of ``tcp_recvmsg``: end of file by FIN, error, end by shutdown."""
        if self.fin_received:
            return b""
        if self.error:
            raise oserror(self.take_error())
        if self.read_shut:
            return b""
        raise oserror(errno.ENOTCONN if self.state == CLOSED else errno.EAGAIN)

    def read_urgent(self, size: int, peek: bool) -> bytes:
        if self.state == CLOSED and self.has_urgent and not self.fin_received:
            raise oserror(errno.ENOTCONN)
        return UrgentStream.read_urgent(self, size, peek)

    def deliver_fin(self) -> None:
        """The far end has ended its stream (``tcp_fin``)."""
        self.fin_received = True
        self.read_shut = True
        if self.fin_sent and self.peer is not None:
            peer = self.peer
            self.end()
            peer.end()
        else:
            self._changed()

    def end(self) -> None:
        """Both directions are over (``tcp_done``)."""
        self.state = CLOSED
        self.read_shut = self.write_shut = True
        self.peer = None
        if self.gone or not self.keeps_port:
            self.interface.unbind(self)
        self._changed()

    def deliver_reset(self, code: int = 0) -> None:
        """RST arrives (``tcp_reset``), or the last timeout is over.

        Args:
            code: The pending error that it leaves; 0 for the one that belongs to the state.
        """
        if self.state == CLOSED:
            return
        if not code:
            code = errno.EPIPE if self.fin_received else errno.ECONNRESET
            if self.state == SYN_SENT:
                code = errno.ECONNREFUSED
        self.error = code
        self.unsent.clear()
        self.unsent_bytes = 0
        self.end()
        self.notify(poll_bits.ERR)

    # -- sending --------------------------------------------------------------------------

    def write(self, data: bytes) -> int:
        """Send as many bytes as fit into the send buffer.

        Raises:
            OSError: EAGAIN, no room; EPIPE, the writing side is shut; the pending error, once.
        """
        taken = self._queue(data)
        if taken:
            self.push()
        return taken

    def write_urgent(self, data: bytes) -> int:
        taken = self._queue(data)
        if taken:
            self.urgent_end = self.unsent_bytes
            self.push()
        return taken

    def _queue(self, data: bytes) -> int:
        """Put as many bytes into the send buffer as fit; the number of bytes."""
        if self.error:
            raise oserror(self.take_error())
        if self.state == SYN_SENT:
            raise oserror(errno.EAGAIN)
        if self.write_shut or self.state == CLOSED:
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
        return len(taken)

    def push(self) -> None:
        """Move as many bytes as fit from this send buffer into the peer's receive buffer."""
        peer = self.peer
        if peer is None:
            return
        if self.unsent and peer.read_shut and peer.ending:
            if self.urgent_end:
                peer.announce(self.urgent_end, self.unsent[0])
            peer.deliver_reset()
            self.deliver_reset()
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
            if self.urgent_end:
                peer.announce(self.urgent_end, segment)
                self.urgent_end = max(0, self.urgent_end - len(segment))
            peer.deliver(segment)
        self.update_mask()
        if moved and self.no_space and self.writable:
            self.no_space = False
            self.notify(poll_bits.SPACE_KEY)
        self._finish_sending()

    def _finish_sending(self) -> None:
        """Send FIN if all data is out and the writing side is shut."""
        if self.ending and not self.fin_sent and not self.unsent and self.peer is not None:
            self.fin_sent = True
            self.peer.deliver_fin()

    # -- ending ---------------------------------------------------------------------------

    def end_sending_if_shut(self) -> None:
        """Send FIN if the connection was accepted with its writing side shut (``tcp_rcv_state_process``)."""
        if self.write_shut:
            self.ending = True
            self._finish_sending()

    def shutdown(self, how: int) -> None:
        """Shut a direction (``inet_shutdown``). A socket without a connection stays shut for its next one.

        Raises:
            OSError: ENOTCONN.
        """
        if self.state == SYN_SENT:
            self.disconnect()
            self.error = errno.ECONNRESET
            self._changed()
            return
        unconnected = self.state == CLOSED
        if self.progress == CONNECTING:
            self.progress = DISCONNECTING if unconnected else CONNECTED
        self.read_shut |= how in {SHUT_RD, SHUT_RDWR}
        if how in {SHUT_WR, SHUT_RDWR}:
            self.write_shut = True
            self.ending = not unconnected
            self._finish_sending()
        self._changed()
        if unconnected:
            raise oserror(errno.ENOTCONN)

    def released(self) -> None:
        """The socket is closed. FIN follows the queued data; if data is unread, RST is sent instead."""
        self.gone = True
        self.update_mask()
        self.interface.forget_syn(self)
        if self.state != ESTABLISHED:
            self.state = CLOSED
            self.interface.unbind(self)
        if self.received or self.options.resets_at_close:
            self.abort()
            return
        self.read_shut = self.write_shut = self.ending = True
        self._finish_sending()

    def abort(self) -> None:
        """Reset the far end. Nothing more is sent."""
        peer, self.peer = self.peer, None
        self.state = CLOSED
        self.interface.unbind(self)
        if peer is not None:
            peer.deliver_reset()

    # -- names and options ----------------------------------------------------------------

    def name(self) -> Address:
        return self.local

    def peer_name(self) -> Address:
        if self.state != ESTABLISHED:
            raise oserror(errno.ENOTCONN)
        return self.remote

    def take_error(self) -> int:
        code, self.error = self.error, 0
        self.update_mask()
        return code

    def get_option(self, level: int, option: int) -> bytes:
        if (level, option) == (socket_options.SOL_SOCKET, socket_options.SO_SNDBUF):
            return socket_options.packed(self.send_limit_bytes)
        return UrgentStream.get_option(self, level, option)

    def set_option(self, level: int, option: int, value: bytes) -> None:
        if (level, option) == (socket_options.SOL_SOCKET, socket_options.SO_SNDBUF):
            self.tuned = False
            self.send_limit_bytes = socket_options.doubled(
                socket_options.integer(value), socket_options.SEND_MIN_BYTES
            )
            self.push()
            self.update_mask()
            if self.writable:
                self.notify(poll_bits.SPACE_KEY)
            return
        UrgentStream.set_option(self, level, option, value)
        if option in {socket_options.SO_RCVBUF, socket_options.SO_RCVLOWAT} and self.peer is not None:
            self.peer.push()
