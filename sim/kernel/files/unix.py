"""UNIX stream sockets, as ``socketpair`` makes them.

Differences from TCP (``net/unix/af_unix.c``): a send puts its data directly into the peer's receive queue,
in chunks. Every chunk is charged to the *sender* until the reader has taken all of it. The sender may go on
while the charge is below its send buffer, but counts as writable only up to a quarter of it
(``unix_writable``). So poll reports "full" long before a send fails. A close or shutdown of one direction
marks the peer's end of the pair at once. A close with unread data leaves ECONNRESET with the peer. The peer
can still read the data that was sent before.

The charge is the memory of the chunk (``truesize``): header and data in the allocator's size classes, and
whole pages for what does not fit into the linear part.
"""

from __future__ import annotations

import errno

from sim.kernel import poll_bits, socket_options
from sim.kernel.core import KernelCore
from sim.kernel.files.socket import SHUT_RD, SHUT_RDWR, SHUT_WR, Address, Socket
from sim.kernel.poll_bits import oserror

SEND_BUFFER_BYTES = 212_992
"""``net.core.wmem_default``."""
RECEIVE_BUFFER_BYTES = 212_992
"""``net.core.rmem_default``. Neither this value nor a value that a program sets limits anything."""
IDLE_MASK = poll_bits.OUT | poll_bits.WRNORM | poll_bits.WRBAND
_READABLE = poll_bits.IN | poll_bits.RDNORM
_PAGE_BYTES = 4096
_LINEAR_BYTES = 3_776
"""Bytes of data that fit beside the header's trailer in one page (``SKB_MAX_HEAD(0)``)."""
_PAGED_BYTES = 32_768
"""Largest number of bytes of a chunk that are in separate pages."""
_SIZE_CLASSES = ((192, 768), (704, 1_280), (1_728, 2_304), (_LINEAR_BYTES, 4_352))
"""(bytes, charge): a linear part of up to ``bytes`` bytes is charged with ``charge`` bytes."""


def charge_of(size: int) -> int:
    """Memory in bytes that a chunk of ``size`` bytes is charged with (``skb->truesize``)."""
    beyond = max(0, size - _LINEAR_BYTES)
    pages = min(size, -(-beyond // _PAGE_BYTES) * _PAGE_BYTES)
    linear = size - pages
    head = next(charged for most, charged in _SIZE_CLASSES if linear <= most)
    return head + -(-pages // _PAGE_BYTES) * _PAGE_BYTES


class UnixSocket(Socket):
    """One end of a UNIX stream pair."""

    internet = False

    __slots__ = (
        "chunks",
        "error",
        "gone",
        "options",
        "peer",
        "read_shut",
        "receive_limit_bytes",
        "send_limit_bytes",
        "sent_charge_bytes",
        "write_shut",
    )

    def __init__(self, kernel: KernelCore) -> None:
        super().__init__(kernel, IDLE_MASK)
        self.peer: UnixSocket = self
        self.chunks: list[tuple[bytes, int]] = []
        """Received chunks: the unread rest of each, and its charge."""
        self.sent_charge_bytes = 0
        """Charge of the data that this end has sent and the peer has not taken (``sk_wmem_alloc``)."""
        self.send_limit_bytes = SEND_BUFFER_BYTES
        self.receive_limit_bytes = RECEIVE_BUFFER_BYTES
        self.read_shut = False
        self.write_shut = False
        self.gone = False
        """True once it is closed."""
        self.error = 0
        self.options = socket_options.Options()

    @classmethod
    def pair(cls, kernel: KernelCore) -> tuple[UnixSocket, UnixSocket]:
        """Make two sockets that are connected to each other."""
        here, there = cls(kernel), cls(kernel)
        here.peer, there.peer = there, here
        return here, there

    @property
    def writable(self) -> bool:
        """True if at most a quarter of the send buffer is taken (``unix_writable``)."""
        return 4 * (self.sent_charge_bytes + 1) <= self.send_limit_bytes

    def update_mask(self) -> None:
        """Compute the poll mask (``unix_poll``)."""
        mask = 0
        if self.error:
            mask |= poll_bits.ERR
        if self.read_shut:
            mask |= _READABLE | poll_bits.RDHUP
            if self.write_shut:
                mask |= poll_bits.HUP
        if self.chunks:
            mask |= _READABLE
        if self.writable:
            mask |= IDLE_MASK
        self.set_mask(mask)

    # -- sending --------------------------------------------------------------------------

    def write(self, data: bytes) -> int:
        """Send bytes, chunk by chunk, as long as the charge allows (``unix_stream_sendmsg``).

        Raises:
            OSError: EAGAIN, the send buffer is full; EPIPE, the writing side is shut.
        """
        if self.write_shut:
            raise oserror(errno.EPIPE)
        most = min(self.send_limit_bytes // 2 - 64, _LINEAR_BYTES + _PAGED_BYTES)
        sent = 0
        while sent < len(data):
            if self.error and not sent:
                raise oserror(self.take_error())
            if self.error or self.sent_charge_bytes >= self.send_limit_bytes:
                break
            chunk = data[sent : sent + most]
            charge = charge_of(len(chunk))
            self.sent_charge_bytes += charge
            self.update_mask()
            self.peer.receive(chunk, charge)
            sent += len(chunk)
        if data and not sent:
            raise oserror(errno.EAGAIN)
        return sent

    def receive(self, chunk: bytes, charge: int) -> None:
        """A chunk arrives and wakes the readers."""
        self.chunks.append((chunk, charge))
        self.set_mask(self.mask | _READABLE)
        self.notify(poll_bits.DATA_KEY)

    def taken(self, charge: int) -> None:
        """The peer has read a whole chunk (``unix_write_space``)."""
        self.sent_charge_bytes -= charge
        if self.gone or not self.writable:
            return
        self.update_mask()
        self.notify(poll_bits.SPACE_KEY)

    # -- receiving ------------------------------------------------------------------------

    def read(self, size: int) -> bytes:
        """Take up to ``size`` bytes; ``b""`` at end of file.

        Raises:
            OSError: EAGAIN, nothing is there; ECONNRESET, once.
        """
        if not self.chunks:
            return self._read_empty()
        if self.options.low_water_bytes > 1 and self._waits_for_more(size):
            raise oserror(errno.EAGAIN)
        parts = []
        while size and self.chunks:
            chunk, charge = self.chunks[0]
            parts.append(chunk[:size])
            if len(chunk) > size:
                self.chunks[0] = (chunk[size:], charge)
                break
            size -= len(chunk)
            del self.chunks[0]
            if not self.chunks:
                self.update_mask()
            self.peer.taken(charge)
        return b"".join(parts)

    def _waits_for_more(self, size: int) -> bool:
        """True if a blocking read goes on sleeping for SO_RCVLOWAT bytes, which poll ignores."""
        if not self.blocking or self.read_shut or self.error:
            return False
        return sum(len(chunk) for chunk, _ in self.chunks) < min(size, self.options.low_water_bytes)

    def _read_empty(self) -> bytes:
        if self.error:
            raise oserror(self.take_error())
        if self.read_shut:
            return b""
        raise oserror(errno.EAGAIN)

    def peek(self, size: int) -> bytes:
        if not self.chunks:
            return self._read_empty()
        return b"".join(chunk for chunk, _ in self.chunks)[:size]

    def read_urgent(self, size: int, peek: bool) -> bytes:
        raise socket_options.no_urgent_data()

    def write_urgent(self, data: bytes) -> int:
        raise socket_options.no_urgent_data()

    # -- ending ---------------------------------------------------------------------------

    def shutdown(self, how: int) -> None:
        """Shut a direction on both sides of the pair (``unix_shutdown``)."""
        self.shut(reading=how in {SHUT_RD, SHUT_RDWR}, writing=how in {SHUT_WR, SHUT_RDWR})
        if not self.peer.gone:
            self.peer.shut(reading=how in {SHUT_WR, SHUT_RDWR}, writing=how in {SHUT_RD, SHUT_RDWR})

    def shut(self, *, reading: bool, writing: bool) -> None:
        self.read_shut |= reading
        self.write_shut |= writing
        self.update_mask()
        self.notify(poll_bits.NO_KEY)

    def released(self) -> None:
        """The socket is closed: the peer's end is shut, with an error if data was unread here."""
        self.gone = True
        peer = self.peer
        if peer.gone:
            return
        if self.chunks and (self.chunks[0][0] or len(self.chunks) > 1):  # one empty message does not count
            peer.error = errno.ECONNRESET
        peer.shut(reading=True, writing=True)
        unread, self.chunks = self.chunks, []
        for _, charge in unread:
            peer.taken(charge)

    # -- names and options ----------------------------------------------------------------

    def name(self) -> Address:
        return ""

    def peer_name(self) -> Address:
        return ""

    def take_error(self) -> int:
        code, self.error = self.error, 0
        self.update_mask()
        return code

    def get_option(self, level: int, option: int) -> bytes:
        if level == socket_options.SOL_SOCKET:
            if option == socket_options.SO_SNDBUF:
                return socket_options.packed(self.send_limit_bytes)
            if option == socket_options.SO_RCVBUF:
                return socket_options.packed(self.receive_limit_bytes)
            if option == socket_options.SO_ACCEPTCONN:
                return socket_options.packed(0)
        return self.options.get(level, option)

    def set_option(self, level: int, option: int, value: bytes) -> None:
        if (level, option) == (socket_options.SOL_SOCKET, socket_options.SO_SNDBUF):
            self.send_limit_bytes = socket_options.doubled(
                socket_options.integer(value), socket_options.SEND_MIN_BYTES
            )
            self.update_mask()
            if self.writable:
                self.notify(poll_bits.SPACE_KEY)
        elif (level, option) == (socket_options.SOL_SOCKET, socket_options.SO_RCVBUF):
            self.receive_limit_bytes = socket_options.doubled(
                socket_options.integer(value), socket_options.RECEIVE_MIN_BYTES
            )
        else:
            self.options.set(level, option, value)
