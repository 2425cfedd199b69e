"""eventfd: a counter that can be waited for.

What Linux does (``fs/eventfd.c``): a write adds its 64-bit number. A read takes the whole count and leaves
0; in semaphore mode it takes 1. If there is nothing to take, or no room to add, the call fails with EAGAIN
or waits. The largest count is 2**64 - 2. Every write wakes with the key IN, a write of 0 too; every read
wakes with OUT.
"""

from __future__ import annotations

import errno
import struct
import sys

from sim.kernel import poll_bits
from sim.kernel.core import KernelCore
from sim.kernel.open_file import OpenFile
from sim.kernel.poll_bits import oserror

COUNT_MAX = 2**64 - 2
COUNT_BYTES = 8
_NATIVE = f"{'<' if sys.byteorder == 'little' else '>'}Q"


def packed_count(count: int) -> bytes:
    """A count as the 8 bytes that read and write pass, in the machine's byte order."""
    return struct.pack(_NATIVE, count)


def count_of(data: bytes) -> int:
    """The count that 8 bytes stand for."""
    return int(struct.unpack(_NATIVE, data)[0])


class EventFd(OpenFile):
    """A counter.

    Args:
        kernel: The kernel.
        count: Its value at first.
        semaphore: True if a read takes 1 instead of the whole count.
    """

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
        """Take the count, or 1 of it in semaphore mode.

        Raises:
            OSError: EAGAIN, the count is 0; EINVAL, ``size`` is below 8.
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
            OSError: EAGAIN, the count would be too large; EINVAL, not 8 bytes, or 2**64 - 1.
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
