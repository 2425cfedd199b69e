"""Base class of ``select.epoll`` and ``select.kqueue`` objects: an object that owns a descriptor."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import ClassVar

from sim.stdlib.argument_checks import SINCE_3_15
from sim.stdlib.process import SimulatedProcess


class OwnedDescriptor:
    """An object of the select module around a descriptor, which it closes once."""

    _process: ClassVar[SimulatedProcess]
    _called: ClassVar[str]
    """The object's name in error messages."""
    _fd: int

    __slots__ = ("_fd",)

    def fileno(self) -> int:
        """The descriptor.

        Raises:
            ValueError: the object is closed.
        """
        if self._fd < 0:
            raise ValueError(f"I/O operation on closed {self._called} object")
        return self._fd

    @property
    def closed(self) -> bool:
        """True if the object is closed."""
        return self._fd < 0

    def close(self) -> None:
        """Close the descriptor; later calls fail.

        Raises:
            OSError: EBADF, from Python 3.15 on. Earlier versions of CPython ignore an error of the close.
        """
        fd, self._fd = self._fd, -1
        if fd >= 0:
            with nullcontext() if SINCE_3_15 else suppress(OSError):
                self._process.call(self._process.kernel.sys_close, fd)
