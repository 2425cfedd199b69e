"""Pipes: bytes through a ring of pages.

What Linux does (``fs/pipe.c``): a pipe is a ring of 16 slots, a page each. A write first tries to add
its odd bytes (what it is longer than whole pages) to the page written last, if they fit there
entirely; the rest goes into free slots, a page at a time. That is why a write of up to PIPE_BUF (a
page) is all or nothing, and why a pipe can be full with little in it. A slot becomes free when all
of its bytes are read; room at the front of a page is never used again.

Each end is an open file of its own with a wait queue of its own. Every write wakes the readers, even
one that found the pipe full and wrote nothing, once somebody polls (``poll_usage``); a read wakes the
writers only if the pipe had been full and a slot came free. Of several calls blocked on an end one is
woken at a time, and wakes the next if it leaves something. When the last reader or writer goes and
the other side is still there, everyone is woken.

With O_DIRECT a write makes packets: no byte is added to an earlier page, and a read takes one packet
and throws away what it has no room for.

Simplified: the capacity is fixed (no F_SETPIPE_SZ), and nothing is named: there are no FIFOs.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from sim.kernel import poll_bits
from sim.kernel.open_file import OpenFile
from sim.kernel.poll_bits import oserror
from sim.kernel.sleeper import Sleeper

if TYPE_CHECKING:
    from sim.kernel.core import KernelCore

PAGE_BYTES = 4096
"""One slot's room, and PIPE_BUF."""
SLOTS = 16
_READABLE = poll_bits.IN | poll_bits.RDNORM
_WRITABLE = poll_bits.OUT | poll_bits.WRNORM


class _Slot:
    """A page in the ring: what is unread in it, and how much room it had left."""

    __slots__ = ("data", "packet", "room")

    def __init__(self, data: bytes, packet: bool) -> None:
        self.data = data
        self.room = 0 if packet else PAGE_BYTES - len(data)
        self.packet = packet


class Pipe:
    """The ring, and its two ends."""

    __slots__ = ("reader", "slots", "writer")

    def __init__(self, kernel: KernelCore) -> None:
        self.slots: list[_Slot] = []
        self.reader = ReadEnd(kernel, self)
        self.writer = WriteEnd(kernel, self)

    @property
    def full(self) -> bool:
        """All slots are taken, however little is in them."""
        return len(self.slots) == SLOTS

    def put(self, data: bytes, packets: bool) -> int:
        """Put in what fits; how many bytes that were."""
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
        """Work both ends' poll masks out (``pipe_poll``)."""
        reading = _READABLE if self.slots else 0
        writing = 0 if self.full else _WRITABLE
        self.reader.set_mask(reading | poll_bits.HUP if self.writer.gone else reading)
        self.writer.set_mask(writing | poll_bits.ERR if self.reader.gone else writing)

    def end_closed(self) -> None:
        """An end is gone: the other one is told (``pipe_release``)."""
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
        """Whether each write makes packets (O_DIRECT)."""
        self.gone = False
        """Closed."""

    def read(self, size: int) -> bytes:
        raise poll_bits.bad_descriptor()

    def write(self, data: bytes) -> int:
        raise poll_bits.bad_descriptor()

    def released(self) -> None:
        self.gone = True
        self.pipe.end_closed()

    def wake_next(self, key: int) -> None:
        """Pass on to the next blocked call what this one has left for it."""
        if any(isinstance(entry, Sleeper) for entry in self.wait_queue.entries):
            self.notify(key)


class ReadEnd(PipeEnd):
    """Where bytes come out."""

    __slots__ = ()

    def __init__(self, kernel: KernelCore, pipe: Pipe) -> None:
        super().__init__(kernel, pipe, 0)

    def read(self, size: int) -> bytes:
        """Take up to ``size`` bytes; ``b""`` once the writers are gone (``pipe_read``).

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
    """Where bytes go in."""

    __slots__ = ()

    def __init__(self, kernel: KernelCore, pipe: Pipe) -> None:
        super().__init__(kernel, pipe, _WRITABLE)

    def write(self, data: bytes) -> int:
        """Put bytes in: all of up to a page, or none (``pipe_write``).

        Raises:
            OSError: EAGAIN, no room; EPIPE, nobody will read them.
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
