"""The descriptor table: numbers, the open files behind them, and what each would say to poll().

Linux keeps an array of ``struct file`` pointers by number and asks each file's ``->poll`` when a
scan comes by. Here the answers are kept instead, in one NumPy array of poll masks by number, and a
scan over n descriptors is a vector operation over that array. What a scan *costs* is charged by
what it would have looked at. A file whose mask changes notes so, once; the array is brought up to
date when somebody reads it, so where nobody scans nobody pays for it.

A server with a million idle connections would need a million socket objects that nobody ever
touches. A run of untouched, identical connections is therefore one :class:`IdleBlock`; the object
behind a number is made when something first happens to it (a packet, a read, a close …).
"""

from __future__ import annotations

import errno
import heapq
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from sim.kernel import poll_bits
from sim.kernel.poll_bits import oserror

if TYPE_CHECKING:
    from sim.kernel.open_file import OpenFile

Result = TypeVar("Result")
FIRST_FD = 3
"""The lowest number handed out: 0, 1 and 2 are the terminal's."""
NOFILE = 1 << 20
"""RLIMIT_NOFILE: most descriptors a process can have."""


class BlockWatcher(Protocol):
    """Something that watches blocks of untouched connections whole."""

    def materialize(self, file: OpenFile, fd: int) -> None:
        """A descriptor of a block is touched for the first time: hook what watches it."""


class IdleBlock:
    """Connections with consecutive numbers that nothing has happened to yet."""

    __slots__ = ("first", "last", "make")

    def __init__(self, first: int, last: int, make: Callable[[int], OpenFile]) -> None:
        self.first = first
        self.last = last
        """The last number, included."""
        self.make = make
        """Makes the open file behind a number, with all its watchers hooked."""


class DescriptorTable:
    """Descriptor number to open file, and to poll mask."""

    def __init__(self, limit: int = NOFILE) -> None:
        self.limit = limit
        self.files: dict[int, OpenFile] = {}
        """The open files that exist as objects, by number."""
        self._blocks: list[IdleBlock] = []
        self._free: list[int] = []
        self._next = FIRST_FD
        self._changed: list[OpenFile] = []
        self.inheritable: set[int] = set()
        """Numbers without FD_CLOEXEC."""
        self._reserve(64)

    def _reserve(self, capacity: int) -> None:
        """Room for numbers below ``capacity``; the arrays are replaced, views of them go stale."""
        masks = np.full(capacity, poll_bits.NVAL, dtype=np.uint16)
        if self._next > FIRST_FD:
            masks[: self._next] = self._masks[: self._next]
        self._masks: npt.NDArray[np.uint16] = masks
        self._cells = masks.data
        """The same memory, for single stores: twice as fast as through NumPy."""

    def note(self, file: OpenFile) -> None:
        """A file's mask has changed."""
        file.mask_noted = True
        self._changed.append(file)

    @property
    def poll_masks(self) -> npt.NDArray[np.uint16]:
        """Poll mask by number, as of now; ``NVAL`` where nothing is open."""
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
        """One more than the highest number ever handed out."""
        return self._next

    @property
    def room(self) -> int:
        """How many more descriptors fit."""
        return len(self._free) + self.limit - self._next

    def lowest_free(self) -> int:
        """Take the lowest number that is free.

        Raises:
            OSError: EMFILE, the table is full.
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
        """Give ``file`` the lowest free number."""
        number = self.lowest_free()
        self.files[number] = file
        file.numbers.append(number)
        self._cells[number] = file.mask
        return number

    def install_at(self, number: int, file: OpenFile) -> None:
        """Give ``file`` a certain number below the limit, one that is not open."""
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
        """Hand out ``count`` consecutive numbers, all above those in use, to untouched files.

        Raises:
            OSError: EMFILE, they do not fit; nothing is changed.
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
            OSError: EBADF, nothing is open there.
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
        """Go on with a call on an open file, whose number may be closed, or another file's, by now."""
        there = self.files.get(number)
        if there is file:
            return call(number)
        self.files[number] = file
        try:
            return call(number)
        finally:
            if self.files[number] is file:  # accept has not just handed the number out
                del self.files[number]
                if there is not None:
                    self.files[number] = there

    def is_open(self, number: int) -> bool:
        """Whether something is open behind a number."""
        return 0 <= number < self._next and self._cells[number] != poll_bits.NVAL

    def remove(self, number: int) -> OpenFile:
        """Free a number.

        Returns:
            The file it pointed to, which may live on under other numbers.

        Raises:
            OSError: EBADF, nothing is open there.
        """
        file = self.file(number)
        del self.files[number]
        file.numbers.remove(number)
        self._cells[number] = poll_bits.NVAL
        if self.inheritable:
            self.inheritable.discard(number)
        heapq.heappush(self._free, number)
        return file
