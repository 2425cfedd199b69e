"""The open file: what a descriptor points to (``struct file``).

Several numbers can point to one open file (``dup``); it closes when the last of them goes. It
keeps its own poll mask up to date, in the descriptor table too, and tells its wait queue and every
scan in progress when something changes.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from sim.kernel.poll_bits import oserror
from sim.kernel.wait_queue import WaitQueue

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel
    from sim.kernel.waiting.epoll.epoll_file import Item


class OpenFile:
    """Base of everything a descriptor can point to."""

    __slots__ = ("blocking", "holds", "items", "kernel", "mask", "mask_noted", "numbers", "wait_queue")

    pollable = True
    """Whether epoll takes it (EPERM if not)."""
    exclusive = False
    """Whether one blocked call is woken at a time, the one that has waited longest."""
    lazy = False
    """Whether the mask is known only after :meth:`refresh`."""

    def __init__(self, kernel: RawKernel, mask: int = 0) -> None:
        self.kernel = kernel
        self.mask = mask
        """Poll bits as ``->poll`` would answer now."""
        self.numbers: list[int] = []
        """The descriptors that point here."""
        self.holds = 0
        """Calls under way that hold the file: it outlives its last descriptor until they are over."""
        self.wait_queue = WaitQueue()
        self.items: list[Item] = []
        """The epoll items that watch this file (``f_ep``); gone with its last descriptor."""
        self.blocking = True
        self.mask_noted = False
        """Whether the descriptor table knows already that the mask has changed."""

    def set_mask(self, mask: int) -> None:
        """Change the poll mask; the descriptor table brings its own up to date when it is read."""
        self.mask = mask
        if not self.mask_noted:
            self.kernel.table.note(self)

    def refresh(self) -> None:
        """Bring a mask up to date that can only be known by asking (epoll's own descriptor)."""

    def notify(self, key: int) -> None:
        """Wake whoever waits for this file: the wait queue's entries, then scans in progress."""
        if self.wait_queue.entries:
            self.wait_queue.wake(key)
        if self.kernel.scans:
            for scan in tuple(self.kernel.scans):
                scan.changed(self, key)

    def read(self, size: int) -> bytes:
        """Take up to ``size`` bytes.

        Raises:
            OSError: EAGAIN, nothing is there yet; EINVAL, not a file that can be read.
        """
        raise oserror(errno.EINVAL)

    def write(self, data: bytes) -> int:
        """Put bytes in.

        Returns:
            How many were taken.

        Raises:
            OSError: EAGAIN, no room; EPIPE, no one will read; EINVAL, not a file that can be written.
        """
        raise oserror(errno.EINVAL)

    def released(self) -> None:
        """The last descriptor is gone: undo what the file holds elsewhere."""
