"""The open file: the object that a descriptor points to (``struct file``).

Several numbers can point to one open file (``dup``). It is closed with the last of them. The file keeps its
own poll mask up to date, and marks it as changed in the descriptor table. When something changes, it wakes
its wait queue and then every scan in progress.

A :class:`Watch` watches a file for longer than one call. A :class:`ScanInProgress` is a call of select or
poll under way. Both are base classes here, so that a file knows no mechanism. A file knows only the part
:class:`FileKernel` of the kernel; files that need more declare ``kernel`` as a
:class:`~sim.kernel.core.KernelCore`.
"""

from __future__ import annotations

import errno
from abc import ABC, abstractmethod

from sim.kernel.poll_bits import oserror
from sim.kernel.wait_queue import WaitQueue
from sim.machine.costs import CostTable
from sim.machine.cpu import Cpu


class Watch(ABC):
    """A lasting watch on an open file: an item of an epoll's interest list (``struct epitem``).

    Args:
        file: The file that is watched.
        fd: The number under which it was registered.
    """

    __slots__ = ("checked_ns", "events", "exclusive", "fd", "file", "listed", "wanted")

    def __init__(self, file: OpenFile, fd: int) -> None:
        self.file = file
        self.fd = fd
        self.events = 0
        """Poll bits and flags that were registered."""
        self.wanted = 0
        """Poll bits that count now; 0 once a one-shot item has fired."""
        self.listed = False
        """True while it is on the ready list."""
        self.exclusive = False
        """True if a wake-up stops at the first of these (EPOLLEXCLUSIVE)."""
        self.checked_ns: int | None = None
        """Time at which a waiting call last asked the file; None before the first time."""

    @abstractmethod
    def wake(self, key: int) -> bool:
        """The file changed; True if the watch woke a task."""

    @abstractmethod
    def number_closed(self) -> None:
        """Its number was closed, and the file stays open under another one."""

    @abstractmethod
    def file_closed(self) -> None:
        """The file is closed: forget it."""

    @abstractmethod
    def move_to(self, file: OpenFile) -> None:
        """Another file takes the place of the watched one, under the same numbers."""


class ScanInProgress(ABC):
    """A call of select or poll under way. It is notified of every file that changes or closes."""

    __slots__ = ()

    @abstractmethod
    def changed(self, file: OpenFile, key: int) -> None:
        """A file's wait queue is woken with a key."""

    @abstractmethod
    def number_closed(self, file: OpenFile, fd: int) -> None:
        """A descriptor was closed while the call is under way."""


class FileKernel(Cpu):
    """The part of the kernel that every open file needs.

    Attributes:
        scans: Calls to select and poll under way, asleep or scanning.
        changed_files: Files whose mask has changed since the descriptor table last updated its copy.
    """

    def __init__(self, costs: CostTable, now_ns: int) -> None:
        super().__init__(costs, now_ns)
        self.scans: list[ScanInProgress] = []
        self.changed_files: list[OpenFile] = []


class OpenFile:
    """Base class of the files that a descriptor can point to.

    Args:
        kernel: The kernel in which it is open.
        mask: Its poll bits at first.
    """

    __slots__ = ("blocking", "holds", "kernel", "mask", "mask_noted", "numbers", "wait_queue", "watches")

    pollable = True
    """True if epoll accepts the file; EPERM otherwise."""
    exclusive = False
    """True if a change wakes one blocked call at a time, the one that has waited longest."""
    lazy = False
    """True if the mask is up to date only after :meth:`refresh`."""

    def __init__(self, kernel: FileKernel, mask: int = 0) -> None:
        self.kernel = kernel
        self.mask = mask
        """Poll bits as ``->poll`` would answer now."""
        self.numbers: list[int] = []
        """The descriptors that point here."""
        self.holds = 0
        """Number of calls under way on the file. It stays open until they are over."""
        self.wait_queue = WaitQueue()
        self.watches: list[Watch] = []
        """The epoll items that watch this file (``f_ep``)."""
        self.blocking = True
        """False if O_NONBLOCK is set."""
        self.mask_noted = False
        """True while the file is one of :attr:`FileKernel.changed_files`."""

    def set_mask(self, mask: int) -> None:
        """Change the poll mask. The descriptor table updates its copy when the copy is read."""
        self.mask = mask
        if not self.mask_noted:
            self.mask_noted = True
            self.kernel.changed_files.append(self)

    def refresh(self) -> None:
        """Update a mask that is not kept up to date (an epoll's own, a full send buffer's)."""

    def notify(self, key: int) -> None:
        """Wake the entries of the wait queue, then the scans in progress."""
        if self.wait_queue.entries:
            self.wait_queue.wake(key)
        if self.kernel.scans:
            for scan in tuple(self.kernel.scans):
                scan.changed(self, key)

    def read(self, size: int) -> bytes:
        """Take up to ``size`` bytes.

        Raises:
            OSError: EAGAIN, nothing is there yet; EINVAL, the file cannot be read.
        """
        raise oserror(errno.EINVAL)

    def write(self, data: bytes) -> int:
        """Put bytes in.

        Returns:
            The number of bytes taken.

        Raises:
            OSError: EAGAIN, no room; EPIPE, no reader is left; EINVAL, the file cannot be written.
        """
        raise oserror(errno.EINVAL)

    def released(self) -> None:
        """The last descriptor is closed: release all that the file holds elsewhere."""
