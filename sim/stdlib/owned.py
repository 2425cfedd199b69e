"""What ``select.epoll`` and ``select.kqueue`` have in common: an object that owns a descriptor."""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar

from sim.stdlib.process import Process


class OwnedDescriptor:
    """A descriptor that closes once, and the object of a select module around it."""

    _process: ClassVar[Process]
    _called: ClassVar[str]
    """What messages call it."""
    _fd: int

    __slots__ = ("_fd",)

    def fileno(self) -> int:
        """The descriptor."""
        if self._fd < 0:
            raise ValueError(f"I/O operation on closed {self._called} object")
        return self._fd

    @property
    def closed(self) -> bool:
        """Whether the object is closed."""
        return self._fd < 0

    def close(self) -> None:
        """Close the descriptor; further calls fail. An error of the close itself is lost, in CPython too."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            with suppress(OSError):
                self._process.call(self._process.kernel.sys_close, fd)
