"""A client that reads slowly, so that the server's send buffer fills.

TCP stops sending when the receiver's window is full. Bytes that the client has not read stay in the server's
send buffer, and a write() finds no room once the buffer is full. The socket is writable again when at most
two thirds of the buffer are queued (``sk_stream_write_space``); waiters are woken then.

The client reads a piece at fixed intervals. Simplified: the buffer counts payload bytes and does not tune
itself; the client's own receive buffer is part of it; its ACKs cost nothing. An answer counts as given when
the server's kernel has taken it, as for every client.
"""

from __future__ import annotations

import errno

from sim.kernel import poll_bits
from sim.kernel.core import KernelCore
from sim.kernel.files.inet import SEND_BUFFER_BYTES
from sim.kernel.files.tcp import StreamSocket
from sim.kernel.poll_bits import oserror

READ_BYTES = 1_024
READ_EVERY_NS = 20_000_000
_WRITABLE = poll_bits.OUT | poll_bits.WRNORM


class SlowStreamSocket(StreamSocket):
    """The server's end of a connection to a slow client."""

    __slots__ = ("queued_bytes",)

    def __init__(self, kernel: KernelCore) -> None:
        super().__init__(kernel)
        self.queued_bytes = 0
        """Bytes in the send buffer that the client has not read yet."""

    def write(self, data: bytes) -> int:
        """Put as many bytes into the send buffer as fit.

        Raises:
            OSError: EAGAIN, no room; EPIPE, the client is gone.
        """
        room = SEND_BUFFER_BYTES - self.queued_bytes
        if self.client is not None and room <= 0:
            raise oserror(errno.EAGAIN)
        taken = super().write(data[:room])
        if not self.queued_bytes:
            self._read_later()
        self.queued_bytes += taken
        if self.queued_bytes >= SEND_BUFFER_BYTES:
            self.set_mask(self.mask & ~_WRITABLE)
            self.kernel.full_senders.add(self)
        return taken

    def released(self) -> None:
        self.kernel.full_senders.discard(self)
        super().released()

    def _read_later(self) -> None:
        self.kernel.timers.set(self.kernel.now_ns + READ_EVERY_NS, self._client_reads)

    def _client_reads(self) -> None:
        """The client reads a piece; there may be room now."""
        self.queued_bytes -= min(self.queued_bytes, READ_BYTES)
        if not self.mask & poll_bits.OUT and 3 * self.queued_bytes <= 2 * SEND_BUFFER_BYTES:
            self.set_mask(self.mask | _WRITABLE)
            self.kernel.full_senders.discard(self)
            self.notify(poll_bits.SPACE_KEY)
        if self.queued_bytes:
            self._read_later()
