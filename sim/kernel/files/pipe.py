"""Pipes: bytes through a ring of pages.

What Linux does (``fs/pipe.c``): a pipe is a ring of 16 slots with a page each. A write first tries to add
its odd bytes (the bytes beyond whole pages) to the page written last, if all of them fit there. The rest
goes into free slots, a page at a time. That is why a write of up to PIPE_BUF (a page) is all or nothing, and
why a pipe can be full with few bytes in it. A slot becomes free when all of its bytes are read. Room at the
front of a page is never used again.

Each end is an open file of its own with a wait queue of its own. Every write wakes the readers. After the
first poll of an end (``poll_usage``), even a write that found the pipe full and wrote nothing wakes them. A
read wakes the writers only if the pipe was full and a slot became free. If several calls are blocked on an
end, one is woken at a time, and it wakes the next one if it leaves bytes or room. When the last reader or
writer closes and the other side is still open, all are woken.

With O_DIRECT a write makes packets: no byte is added to an earlier page, and a read takes one packet and
discards the bytes that do not fit.

Simplified: the capacity is fixed (no F_SETPIPE_SZ), and there are no named pipes (FIFOs).
"""

from __future__ import annotations

import errno

from sim.kernel import poll_bits
from sim.kernel.core import KernelCore
from sim.kernel.open_file import OpenFile
from sim.kernel.poll_bits import oserror
from sim.kernel.sleeper import Sleeper

PAGE_BYTES = 4096
"""One slot's room, and PIPE_BUF."""
SLOTS = 16
_READABLE = poll_bits.IN | poll_bits.RDNORM
_WRITABLE = poll_bits.OUT | poll_bits.WRNORM


class _Slot:
    """A page in the ring: its unread bytes, and the room after them."""

    __slots__ = ("data", "packet", "room")

    def __init__(self, data: bytes, packet: bool) -> None:
        self.data = data
        self.room = 0 if packet else PAGE_BYTES - len(data)
        self.packet = packet


class Pipe:
    """The ring and its two ends."""

    __slots__ = ("reader", "slots", "writer")

    def __init__(self, kernel: KernelCore) -> None:
        self.slots: list[_Slot] = []
        self.reader = ReadEnd(kernel, self)
        self.writer = WriteEnd(kernel, self)

    @property
    def full(self) -> bool:
        """True if all slots are taken, even if they hold few bytes."""
        return len(self.slots) == SLOTS

    def put(self, data: bytes, packets: bool) -> int:
        """Put in as many bytes as fit; the number of bytes."""
        taken = 0
        odd = len(data) % PAGE_BYTES
        if odd and self.slots and not packets and odd <= self.slots[-1].room:
            last = self.slots[-1]
            last.data += data[:odd]
            last.room -= odd
            taken = odd
        while taken < len(data) and not self.full:
            page = data[taken : taken + PAGE_BYTES]
            self.slots.append(_Slot(page, packets))
            taken += len(page)
        return taken

    def take(self, size: int) -> bytes:
        """Take out up to ``size`` bytes, or one packet."""
        parts = []
        while size and self.slots:
            first = self.slots[0]
            parts.append(first.data[:size])
            first.data = b"" if first.packet else first.data[size:]
            if first.data:
                break
            del self.slots[0]
            size = 0 if first.packet else size - len(parts[-1])
        return b"".join(parts)

    def update_masks(self) -> None:
        """Compute the poll masks of both ends (``pipe_poll``)."""
        reading = _READABLE if self.slots else 0
        writing = 0 if self.full else _WRITABLE
        self.reader.set_mask(reading | poll_bits.HUP if self.writer.gone else reading)
        self.writer.set_mask(writing | poll_bits.ERR if self.reader.gone else writing)

    def end_closed(self) -> None:
        """An end was closed: wake the waiters of the other one (``pipe_release``)."""
        self.update_masks()
        for end in (self.reader, self.writer):
            if not end.gone:
                end.notify(poll_bits.NO_KEY)


class PipeEnd(OpenFile):
    """Base of the two ends."""

    __slots__ = ("gone", "packets", "pipe")

    exclusive = True

    def __init__(self, kernel: KernelCore, pipe: Pipe, mask: int) -> None:
        super().__init__(kernel, mask)
        self.pipe = pipe
        self.packets = False
        """True if each write makes packets (O_DIRECT)."""
        self.gone = False
        """True once the end is closed."""

    def read(self, size: int) -> bytes:
        raise poll_bits.bad_descriptor()

    def write(self, data: bytes) -> int:
        raise poll_bits.bad_descriptor()

    def released(self) -> None:
        self.gone = True
        self.pipe.end_closed()

    def wake_next(self, key: int) -> None:
        """Wake the next blocked call, because this call has left bytes or room for it."""
        if any(isinstance(entry, Sleeper) for entry in self.wait_queue.entries):
            self.notify(key)


class ReadEnd(PipeEnd):
    """The end that bytes are read from."""

    __slots__ = ()

    def __init__(self, kernel: KernelCore, pipe: Pipe) -> None:
        super().__init__(kernel, pipe, 0)

    def read(self, size: int) -> bytes:
        """Take up to ``size`` bytes; ``b""`` once the writers have closed (``pipe_read``).

        Raises:
            OSError: EAGAIN, nothing is there.
        """
        pipe = self.pipe
        if not size:
            return b""
        if not pipe.slots:
            if pipe.writer.gone:
                return b""
            raise oserror(errno.EAGAIN)
        was_full = pipe.full
        data = pipe.take(size)
        pipe.update_masks()
        if was_full and not pipe.full:
            pipe.writer.notify(_WRITABLE)
        if pipe.slots:
            self.wake_next(_READABLE)
        return data


class WriteEnd(PipeEnd):
    """The end that bytes are written to."""

    __slots__ = ()

    def __init__(self, kernel: KernelCore, pipe: Pipe) -> None:
        super().__init__(kernel, pipe, _WRITABLE)

    def write(self, data: bytes) -> int:
        """Put bytes in; up to a page all of them or none (``pipe_write``).

        Raises:
            OSError: EAGAIN, no room; EPIPE, no reader is left.
        """
        pipe = self.pipe
        if not data:
            return 0
        if pipe.reader.gone:
            raise oserror(errno.EPIPE)
        taken = pipe.put(data, self.packets)
        pipe.update_masks()
        pipe.reader.notify(_READABLE)
        if not taken:
            raise oserror(errno.EAGAIN)
        if not pipe.full:
            self.wake_next(_WRITABLE)
        return taken
