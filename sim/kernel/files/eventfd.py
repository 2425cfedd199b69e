"""eventfd: a counter to wait for.

What Linux does (``fs/eventfd.c``): a write adds its 64-bit number, a read takes the whole count and
leaves 0, or, in semaphore mode, takes 1. Nothing to take, or no room to add, is EAGAIN or a wait. The
largest count is 2**64 - 2. Every write wakes with the key IN, one of 0 too; every read with OUT.
"""

from __future__ import annotations

import errno
import struct
import sys
from typing import TYPE_CHECKING

from sim.kernel import poll_bits
from sim.kernel.open_file import OpenFile
from sim.kernel.poll_bits import oserror

if TYPE_CHECKING:
    from sim.kernel.core import KernelCore

COUNT_MAX = 2**64 - 2
COUNT_BYTES = 8
_NATIVE = f"{'<' if sys.byteorder == 'little' else '>'}Q"


def packed_count(count: int) -> bytes:
    """A count as read and write carry it: 8 bytes, in the machine's order."""
    return struct.pack(_NATIVE, count)


def count_of(data: bytes) -> int:
    """The count in 8 bytes."""
    return int(struct.unpack(_NATIVE, data)[0])


class EventFd(OpenFile):
    """A counter."""

    __slots__ = ("count", "semaphore")

    def __init__(self, kernel: KernelCore, count: int, semaphore: bool) -> None:
        super().__init__(kernel)
        self.count = count
        self.semaphore = semaphore
        self._update_mask()

    def _update_mask(self) -> None:
        """``eventfd_poll``."""
        mask = poll_bits.IN if self.count else 0
        if self.count < COUNT_MAX:
            mask |= poll_bits.OUT
        self.set_mask(mask)

    def read(self, size: int) -> bytes:
        """Take the count, or 1 of it.

        Raises:
            OSError: EAGAIN, it is 0; EINVAL, no room for 8 bytes.
        """
        if size < COUNT_BYTES:
            raise oserror(errno.EINVAL)
        if not self.count:
            raise oserror(errno.EAGAIN)
        taken = 1 if self.semaphore else self.count
        self.count -= taken
        self._update_mask()
        self.notify(poll_bits.OUT)
        return packed_count(taken)

    def write(self, data: bytes) -> int:
        """Add to the count.

        Raises:
            OSError: EAGAIN, it would be too much; EINVAL, not 8 bytes, or 2**64 - 1.
        """
        if len(data) != COUNT_BYTES:
            raise oserror(errno.EINVAL)
        added = count_of(data)
        if added > COUNT_MAX:
            raise oserror(errno.EINVAL)
        if self.count + added > COUNT_MAX:
            raise oserror(errno.EAGAIN)
        self.count += added
        self._update_mask()
        self.notify(poll_bits.IN)
        return COUNT_BYTES
