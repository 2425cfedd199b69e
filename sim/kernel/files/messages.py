"""UNIX datagram and sequenced-packet pairs, as ``socketpair`` makes them.

Differences from a stream pair (``net/unix/af_unix.c: unix_dgram_sendmsg`` and others): a send is a message,
taken whole or not at all, and a message may be empty. A read takes one message and discards the bytes that do
not fit. A message is charged to its sender as a stream's chunk is. The limit of the queue's length
(``max_dgram_qlen``) does not apply between two sockets that are connected to each other.

A sequenced-packet socket ends as a stream does. A datagram socket is not notified of its peer's shutdown or
close. The next send fails with ECONNREFUSED, and then the socket is no longer connected. Linux allocates a
message before it checks the peer. Freeing the message wakes the tasks that wait for room, so a send that
failed makes an edge.
"""

from __future__ import annotations

import errno

from sim.kernel import poll_bits
from sim.kernel.core import KernelCore
from sim.kernel.files.socket import SHUT_RD, SHUT_RDWR, SHUT_WR, SOCK_DGRAM, SOCK_SEQPACKET, Address, Socket
from sim.kernel.files.unix import UnixSocket
from sim.kernel.poll_bits import oserror

_HEADER_BYTES = 320
"""``sizeof(struct skb_shared_info)``, rounded to cache lines."""
_LINEAR_BYTES = 16_384 - _HEADER_BYTES
"""Bytes of data that are allocated in one piece (``SKB_MAX_ALLOC``)."""
_PAGED_BYTES = 17 * 4096
_PAGE_BYTES = 4096


def charge_of_message(size: int) -> int:
    """Memory in bytes that a message of ``size`` bytes is charged with (``skb->truesize``)."""
    beyond = min(max(0, size - _LINEAR_BYTES), _PAGED_BYTES)
    pages = -(-beyond // _PAGE_BYTES) * _PAGE_BYTES
    linear = size - pages + _HEADER_BYTES
    return 256 + max(512, 1 << (linear - 1).bit_length()) + pages


class MessageSocket(UnixSocket):
    """One end of a pair that carries messages; base of its two kinds."""

    __slots__ = ()

    exclusive = True
    """``__skb_wait_for_more_packets``."""

    def write(self, data: bytes) -> int:
        """Send a message (``unix_dgram_sendmsg``).

        Raises:
            OSError: EMSGSIZE, it never fits; EAGAIN, no room now; EPIPE; ECONNREFUSED, the peer is closed;
                ENOTCONN; the pending error, once.
        """
        if len(data) > self.send_limit_bytes - 32:
            raise oserror(errno.EMSGSIZE)
        if self.error:
            raise oserror(self.take_error())
        if self.write_shut:
            raise oserror(errno.EPIPE)
        if self.sent_charge_bytes >= self.send_limit_bytes:
            raise oserror(errno.EAGAIN)
        code = self.refusal()
        if code:
            if self.writable:
                self.notify(poll_bits.SPACE_KEY)
            raise oserror(code)
        charge = charge_of_message(len(data))
        self.sent_charge_bytes += charge
        self.update_mask()
        self.peer.receive(data, charge)
        return len(data)

    def refusal(self) -> int:
        """Errno if the peer takes no message; 0 if it does."""
        return errno.EPIPE if self.peer.read_shut else 0

    def read(self, size: int) -> bytes:
        """Take a message and return up to ``size`` bytes of it (``unix_dgram_recvmsg``).

        Raises:
            OSError: EAGAIN, nothing is there; the pending error, once.
        """
        message = self.peek(size)
        if self.chunks:
            _, charge = self.chunks.pop(0)
            self.update_mask()
            self.peer.taken(charge)
        return message

    def peek(self, size: int) -> bytes:
        if self.error:
            raise oserror(self.take_error())
        if self.chunks:
            return self.chunks[0][0][:size]
        if self.read_shut and self.reads_end_of_file:
            return b""
        raise oserror(errno.EAGAIN)

    def read_urgent(self, size: int, peek: bool) -> bytes:
        raise oserror(errno.EOPNOTSUPP)

    def write_urgent(self, data: bytes) -> int:
        raise oserror(errno.EOPNOTSUPP)

    @property
    def reads_end_of_file(self) -> bool:
        """True if a read returns end of file once the reading side is shut."""
        return True


class PacketSocket(MessageSocket):
    """A SOCK_SEQPACKET socket, which ends as a stream does."""

    __slots__ = ()

    kind = SOCK_SEQPACKET

    def write(self, data: bytes) -> int:
        if self.error:
            raise oserror(self.take_error())
        return MessageSocket.write(self, data)


class DatagramSocket(MessageSocket):
    """A SOCK_DGRAM socket, which is not notified when its peer ends."""

    __slots__ = ("connected",)

    kind = SOCK_DGRAM

    def __init__(self, kernel: KernelCore) -> None:
        super().__init__(kernel)
        self.connected = True

    @property
    def reads_end_of_file(self) -> bool:
        """True for a blocking socket: only a waiting call returns then (``__skb_wait_for_more_packets``)."""
        return self.blocking

    def refusal(self) -> int:
        if not self.connected:
            return errno.ENOTCONN
        if not self.peer.gone:
            return MessageSocket.refusal(self)
        self.connected = False
        self.chunks.clear()  # unix_dgram_disconnected
        self.update_mask()
        return errno.ECONNREFUSED

    def shutdown(self, how: int) -> None:
        """Shut a direction of this end only."""
        self.shut(reading=how in {SHUT_RD, SHUT_RDWR}, writing=how in {SHUT_WR, SHUT_RDWR})

    def released(self) -> None:
        """The socket is closed. The peer is no longer charged for unread messages, and is not notified."""
        self.gone = True
        unread, self.chunks = self.chunks, []
        for _, charge in unread:
            self.peer.taken(charge)

    def accept(self) -> Socket:
        raise oserror(errno.EOPNOTSUPP)

    def peer_name(self) -> Address:
        if not self.connected:
            raise oserror(errno.ENOTCONN)
        return ""
