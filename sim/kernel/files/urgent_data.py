"""The receiving half of TCP: a stream with an urgent byte and a low-water mark.

What Linux does (``tcp_check_urg``, ``tcp_urg``, ``tcp_recvmsg_locked``): the last byte of data sent with
MSG_OOB is urgent. The receiver keeps its position and, once the byte has arrived, a copy of it. The byte
stays in the stream too, but a read stops before it, and the next read skips it. With SO_OOBINLINE a read
takes it as any other byte. Only one byte is urgent at a time. A later urgent byte makes the earlier one
ordinary, or loses it if the reader is right before it.

poll reports PRI as long as there is an urgent byte. It reports IN only from SO_RCVLOWAT bytes on, not
counting an urgent byte that would be skipped. Fewer bytes also wake no task.
"""

from __future__ import annotations

import errno

from sim.kernel import poll_bits, socket_options
from sim.kernel.core import KernelCore
from sim.kernel.files.tcp import READABLE, StreamSocket
from sim.kernel.poll_bits import oserror

LOW_WATER_MAX_BYTES = 16_777_216
"""Half of the largest receive buffer (``tcp_rmem``)."""


class UrgentByte:
    """Position and value of the urgent byte."""

    __slots__ = ("ahead", "byte", "taken")

    def __init__(self, ahead: int) -> None:
        self.ahead = ahead
        """Bytes in the stream before it."""
        self.byte = b""
        """A copy; empty until the byte has arrived (TCP_URG_NOTYET)."""
        self.taken = False
        """True if it was read with MSG_OOB (TCP_URG_READ)."""


class UrgentStream(StreamSocket):
    """The receiving half of a TCP socket."""

    __slots__ = ("fin_received", "options", "receive_tuned", "urgent")

    def __init__(self, kernel: KernelCore, mask: int) -> None:
        super().__init__(kernel, mask)
        self.fin_received = False
        self.options = socket_options.Options()
        self.receive_tuned = True
        """True if the program has not set the receive buffer's size."""
        self.urgent: UrgentByte | None = None

    def update_mask(self) -> None:
        """Compute the reading part of the poll mask."""
        self.set_mask(self.mask & ~(READABLE | poll_bits.PRI) | self.reading_mask())

    @property
    def has_urgent(self) -> bool:
        """True if there is an unread urgent byte outside the stream."""
        return self.urgent is not None and not self.urgent.taken and not self.options.urgent_inline

    def reading_mask(self) -> int:
        """The poll bits that the receive buffer gives (``tcp_poll``)."""
        urgent, target, mask = self.urgent, self.options.low_water_bytes, 0
        if urgent is not None:
            if urgent.byte and not urgent.taken:
                mask = poll_bits.PRI
            if urgent.ahead == 0 and not self.options.urgent_inline:
                target += 1
        return mask | READABLE if self._reaches(target) else mask

    def _reaches(self, target: int) -> bool:
        """True if ``target`` bytes are there, or as many as fit (``tcp_epollin_ready``)."""
        return self.received_bytes >= min(target, self.receive_limit_bytes)

    # -- arriving -------------------------------------------------------------------------

    def announce(self, end: int, segment: bytes) -> None:
        """A segment that points to an urgent byte is about to arrive.

        Args:
            end: Position of the byte in the segment, counted from 1.
            segment: The segment.
        """
        ahead = self.received_bytes + end - 1
        urgent = self.urgent
        if urgent is None or ahead > urgent.ahead:
            if urgent is not None and urgent.ahead == 0 and not self.options.urgent_inline and self.received:
                self._drop_first()
                ahead -= 1
            self.urgent = urgent = UrgentByte(ahead)
        if not urgent.byte and end <= len(segment):
            urgent.byte = segment[end - 1 : end]
            self.update_mask()
            self.notify(poll_bits.DATA_KEY)

    def deliver(self, data: bytes) -> bool:
        """Queue a segment and wake the readers if enough data is there (``tcp_data_ready``)."""
        if self.urgent is None and self.options.low_water_bytes == 1:
            return StreamSocket.deliver(self, data)
        if self.received_bytes + len(data) > self.receive_limit_bytes:
            return False
        self.received.append(data)
        self.received_bytes += len(data)
        self.update_mask()
        if self._reaches(self.options.low_water_bytes):
            self.notify(poll_bits.DATA_KEY)
        return True

    # -- reading --------------------------------------------------------------------------

    def read(self, size: int) -> bytes:
        """Take up to ``size`` bytes, but none beyond the urgent byte."""
        if self.urgent is None and self.options.low_water_bytes == 1:
            return StreamSocket.read(self, size)
        if self._waits_for_more(size):
            raise oserror(errno.EAGAIN)
        parts: list[bytes] = []
        while size and self.received:
            urgent = self.urgent
            if urgent is not None and urgent.ahead == 0:
                if parts:
                    break
                if not self.options.urgent_inline:
                    self._drop_first()
                    self.urgent = None
                    continue
            count = min(size, self.received_bytes)
            if urgent is not None and urgent.ahead:
                count = min(count, urgent.ahead)
            parts.append(self._take(count))
            size -= count
        self.update_mask()
        return b"".join(parts) if parts or self.received else self.read_empty()

    def _waits_for_more(self, size: int) -> bool:
        """True if a blocking read goes on sleeping, because there are fewer bytes than SO_RCVLOWAT."""
        low_water = min(self.options.low_water_bytes, size)
        return self.blocking and not self.read_shut and 0 < self.received_bytes < low_water

    def _take(self, count: int) -> bytes:
        """Take exactly ``count`` bytes; at least as many are there."""
        if self.urgent is not None:
            self.urgent.ahead -= count
            if self.urgent.ahead < 0:
                self.urgent = None
        return self._read_part(count)

    def _drop_first(self) -> None:
        """Skip the urgent byte."""
        self._read_part(1)

    def peek(self, size: int) -> bytes:
        data, urgent = b"".join(self.received), self.urgent
        if urgent is not None and urgent.ahead < len(data):
            if urgent.ahead:
                data = data[: urgent.ahead]
            elif not self.options.urgent_inline:
                data = data[1:]
        return data[:size] if data else self.read_empty()

    def read_urgent(self, size: int, peek: bool) -> bytes:
        """Return the urgent byte (``tcp_recv_urg``). The call never waits.

        Raises:
            OSError: EINVAL, no urgent byte, or it stays in the stream; EAGAIN, it has not arrived.
        """
        urgent = self.urgent
        if urgent is None or not self.has_urgent:
            raise oserror(errno.EINVAL)
        if urgent.byte:
            if not peek:
                urgent.taken = True
                self.update_mask()
            return urgent.byte[:size]
        if self.read_shut:
            return b""
        raise oserror(errno.EAGAIN)

    # -- options --------------------------------------------------------------------------

    def get_option(self, level: int, option: int) -> bytes:
        if level == socket_options.SOL_SOCKET:
            if option == socket_options.SO_ACCEPTCONN:
                return socket_options.packed(0)
            if option == socket_options.SO_RCVBUF:
                return socket_options.packed(self.receive_limit_bytes)
        return self.options.get(level, option)

    def set_option(self, level: int, option: int, value: bytes) -> None:
        """Set an option. Reading options may change the poll mask; a low-water mark may also wake."""
        if (level, option) == (socket_options.SOL_SOCKET, socket_options.SO_RCVBUF):
            self.receive_tuned = False
            self.receive_limit_bytes = socket_options.doubled(
                socket_options.integer(value), socket_options.RECEIVE_MIN_BYTES
            )
            return
        self.options.set(level, option, value)
        if (level, option) == (socket_options.SOL_SOCKET, socket_options.SO_RCVLOWAT):
            most = LOW_WATER_MAX_BYTES if self.receive_tuned else self.receive_limit_bytes // 2
            low_water = self.options.low_water_bytes = min(self.options.low_water_bytes, most)
            self.receive_limit_bytes = max(self.receive_limit_bytes, 2 * low_water)
            self.update_mask()
            if self.fin_received or (self.received and self._reaches(low_water)):
                self.notify(poll_bits.DATA_KEY)
        elif (level, option) == (socket_options.SOL_SOCKET, socket_options.SO_OOBINLINE):
            self.update_mask()
