"""The descriptor table: numbers, the open files behind them, and each file's poll mask.

Linux keeps an array of ``struct file`` pointers by number, and a scan asks each file (``->poll``). Here the
answers are kept in one NumPy array of poll masks by number, and a scan over n descriptors is one vector
operation over that array. The *cost* of a scan is charged for each descriptor that Linux would check. A file
whose mask changes is put on a list of changed files once. The array is updated when it is read, so it costs
nothing without scans.

A server with a million idle connections would need a million socket objects that are never used. A run of
untouched, identical connections is therefore one :class:`IdleBlock`. The object behind a number is made when
something happens to it for the first time (a packet, a read, a close …).

Why not otherwise: a file could write its mask into the array at each change. In an epoll lane masks change
with each packet and each read, and no scan reads the array.
"""

from __future__ import annotations

import errno
import heapq
from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from sim.kernel import poll_bits
from sim.kernel.open_file import OpenFile
from sim.kernel.poll_bits import oserror

Result = TypeVar("Result")
FIRST_FD = 3
"""The lowest number handed out. 0, 1 and 2 belong to the terminal."""
NOFILE = 1 << 20
"""RLIMIT_NOFILE: the most descriptors that a process can have."""


class BlockWatcher(Protocol):
    """Watches whole blocks of untouched connections."""

    def materialize(self, file: OpenFile, fd: int) -> None:
        """A descriptor of a block is touched for the first time: watch its file."""


class IdleBlock:
    """Connections with consecutive numbers, to which nothing has happened yet.

    Args:
        first: The first number.
        last: The last number, which belongs to the block.
        make: Makes the open file behind a number, with all its watchers hooked.
    """

    __slots__ = ("first", "last", "make")

    def __init__(self, first: int, last: int, make: Callable[[int], OpenFile]) -> None:
        self.first = first
        self.last = last
        self.make = make


class DescriptorTable:
    """Maps descriptor numbers to open files and to poll masks.

    Args:
        changed_files: Files whose mask has changed; the table empties the list when it updates its masks.
        limit: One more than the highest number that can be open.
    """

    def __init__(self, changed_files: list[OpenFile], limit: int = NOFILE) -> None:
        self.limit = limit
        self.files: dict[int, OpenFile] = {}
        """Open files that exist as objects, by number."""
        self._blocks: list[IdleBlock] = []
        self._free: list[int] = []
        self._next = FIRST_FD
        self._changed = changed_files
        self.inheritable: set[int] = set()
        """Numbers without FD_CLOEXEC."""
        self._reserve(64)

    def _reserve(self, capacity: int) -> None:
        """Make room for numbers below ``capacity``. The array is replaced, so views of the old one are
        stale.
        """
        masks = np.full(capacity, poll_bits.NVAL, dtype=np.uint16)
        if self._next > FIRST_FD:
            masks[: self._next] = self._masks[: self._next]
        self._masks: npt.NDArray[np.uint16] = masks
        self._cells = masks.data
        """The same memory for single accesses, which is twice as fast as through NumPy."""

    @property
    def poll_masks(self) -> npt.NDArray[np.uint16]:
        """Poll mask by number, up to date; ``NVAL`` where nothing is open."""
        if self._changed:
            cells = self._cells
            for file in self._changed:
                file.mask_noted = False
                for number in file.numbers:
                    cells[number] = file.mask
            self._changed.clear()
        return self._masks

    @property
    def end(self) -> int:
        """One more than the highest number handed out so far."""
        return self._next

    @property
    def room(self) -> int:
        """The number of descriptors that can still be opened."""
        return len(self._free) + self.limit - self._next

    def lowest_free(self) -> int:
        """Take the lowest free number.

        Raises:
            OSError: EMFILE, no number is free.
        """
        if self._free:
            return heapq.heappop(self._free)
        number = self._next
        if number >= self.limit:
            raise oserror(errno.EMFILE)
        if number >= len(self._masks):
            self._reserve(2 * len(self._masks))
        self._next = number + 1
        return number

    def install(self, file: OpenFile) -> int:
        """Give a file the lowest free number."""
        number = self.lowest_free()
        self.files[number] = file
        file.numbers.append(number)
        self._cells[number] = file.mask
        return number

    def install_at(self, number: int, file: OpenFile) -> None:
        """Give a file a number below the limit at which nothing is open."""
        if number >= self._next:
            if number >= len(self._masks):
                self._reserve(max(number + 1, 2 * len(self._masks)))
            for skipped in range(self._next, number):
                heapq.heappush(self._free, skipped)
            self._next = number + 1
        elif number in self._free:
            self._free.remove(number)
            heapq.heapify(self._free)
        self.files[number] = file
        file.numbers.append(number)
        self._cells[number] = file.mask

    def install_idle(self, count: int, mask: int, make: Callable[[int], OpenFile]) -> IdleBlock:
        """Give untouched files ``count`` consecutive numbers, all above those in use.

        Raises:
            OSError: EMFILE, they do not fit. Nothing has changed then.
        """
        first = self._next
        if first + count > self.limit:
            raise oserror(errno.EMFILE)
        if first + count > len(self._masks):
            self._reserve(max(first + count, 2 * len(self._masks)) if count < 4096 else first + count + 64)
        self._next = first + count
        self._masks[first : first + count] = mask
        block = IdleBlock(first, first + count - 1, make)
        self._blocks.append(block)
        return block

    def file(self, number: int) -> OpenFile:
        """The open file behind a number.

        Raises:
            OSError: EBADF, nothing is open at the number.
        """
        file = self.files.get(number)
        if file is not None:
            return file
        if not 0 <= number < self._next or self._cells[number] == poll_bits.NVAL:
            raise poll_bits.bad_descriptor()
        for block in self._blocks:
            if block.first <= number <= block.last:
                file = block.make(number)
                self.files[number] = file
                file.numbers.append(number)
                return file
        raise poll_bits.bad_descriptor()

    def call_on(self, file: OpenFile, number: int, call: Callable[[int], Result]) -> Result:
        """Go on with a call on an open file. Its number may be closed by now, or point to another file."""
        there = self.files.get(number)
        if there is file:
            return call(number)
        self.files[number] = file
        try:
            return call(number)
        finally:
            if self.files[number] is file:  # unless accept has just handed the number out
                del self.files[number]
                if there is not None:
                    self.files[number] = there

    def is_open(self, number: int) -> bool:
        """True if something is open at a number."""
        return 0 <= number < self._next and self._cells[number] != poll_bits.NVAL

    def remove(self, number: int) -> OpenFile:
        """Free a number.

        Returns:
            The file that it pointed to. The file may stay open under other numbers.

        Raises:
            OSError: EBADF, nothing is open at the number.
        """
        file = self.file(number)
        del self.files[number]
        file.numbers.remove(number)
        self._cells[number] = poll_bits.NVAL
        if self.inheritable:
            self.inheritable.discard(number)
        heapq.heappush(self._free, number)
        return file
