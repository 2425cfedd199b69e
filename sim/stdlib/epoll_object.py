"""``kernel.select.epoll``: the class.

CPython's part of the calls (``Modules/selectmodule.c``) is done here: it converts and checks arguments. Each
kernel has a class of its own, because the arguments of ``epoll()`` and ``epoll.fromfd()`` do not name a
kernel.
"""

from __future__ import annotations

from types import TracebackType
from typing import SupportsIndex

from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_DEL, CTL_MOD, Epoll
from sim.stdlib.argument_checks import FileDescriptorLike, c_int, c_unsigned_mask, descriptor
from sim.stdlib.durations import Seconds, milliseconds, timeout_ns
from sim.stdlib.owned_descriptor import OwnedDescriptor
from sim.stdlib.process import SimulatedProcess
from sim.stdlib.sealed_classes import sealed_methods

EPOLL_CLOEXEC = 0x80000
_DEFAULT_EVENTS = poll_bits.IN | poll_bits.PRI | poll_bits.OUT


class EpollObject(OwnedDescriptor):
    """An epoll object: the descriptor of an interest list in the kernel."""

    _called = "epoll"

    @staticmethod
    def on(process: SimulatedProcess) -> type[EpollObject]:
        """The class for one process."""
        names = {
            "_process": process,
            "__module__": "select",
            "__slots__": (),
            **sealed_methods("select.epoll"),
        }
        return type("epoll", (EpollObject,), names)

    __slots__ = ()

    def __init__(self, sizehint: SupportsIndex = -1, flags: SupportsIndex = 0) -> None:
        size = c_int(sizehint)
        if size <= 0 and size != -1:
            raise ValueError("negative sizehint")
        if c_int(flags) not in {0, EPOLL_CLOEXEC}:
            raise OSError("invalid flags")
        self._fd = self._process.call(self._process.kernel.sys_epoll_create1)

    @classmethod
    def fromfd(cls, fd: SupportsIndex, /) -> EpollObject:
        """An object for an existing epoll descriptor."""
        number = c_int(fd)
        if number == -1:
            return cls()
        if number < 0:
            raise poll_bits.bad_descriptor()  # CPython reports the errno of the last failed call
        epoll = cls.__new__(cls)
        epoll._fd = number
        return epoll

    def __enter__(self) -> EpollObject:
        self.fileno()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        exc_tb: TracebackType | None = None,
        /,
    ) -> None:
        self.close()

    def register(self, fd: FileDescriptorLike, eventmask: SupportsIndex = _DEFAULT_EVENTS) -> None:
        """Add a descriptor to the interest list.

        Raises:
            OSError: EEXIST, EBADF, EPERM, EINVAL, ELOOP.
        """
        self._control(CTL_ADD, fd, eventmask)

    def modify(self, fd: FileDescriptorLike, eventmask: SupportsIndex) -> None:
        """Change the events of a descriptor on the interest list.

        Raises:
            OSError: ENOENT, EBADF, EINVAL.
        """
        self._control(CTL_MOD, fd, eventmask)

    def unregister(self, fd: FileDescriptorLike) -> None:
        """Remove a descriptor from the interest list.

        Raises:
            OSError: ENOENT, EBADF.
        """
        self._control(CTL_DEL, fd, 0)

    def _control(self, operation: int, fd: FileDescriptorLike, eventmask: SupportsIndex) -> None:
        number, events = descriptor(fd), c_unsigned_mask(eventmask)
        epfd = self.fileno()
        self._process.call(self._process.kernel.sys_epoll_ctl, epfd, operation, number, events)

    def poll(self, timeout: Seconds | None = None, maxevents: SupportsIndex = -1) -> list[tuple[int, int]]:
        """Wait until a descriptor on the interest list is ready.

        Args:
            timeout: seconds to wait at most; None or a negative number waits without a limit.
            maxevents: largest number of events to report; -1 for FD_SETSIZE - 1.

        Returns:
            Descriptor and events of each ready descriptor, in the order of the ready list.
        """
        most = c_int(maxevents)
        epfd = self.fileno()
        limit_ns = None if timeout is None else _milliseconds_ns(timeout)
        if most == -1:
            most = poll_bits.FD_SETSIZE - 1
        elif most < 1:
            raise ValueError(f"maxevents must be greater than 0, got {most}")
        kernel = self._process.kernel
        return self._process.wait(kernel.sys_epoll_wait(epfd, most, limit_ns), self._description)

    def _description(self) -> str:
        epoll = self._process.kernel.table.files.get(self._fd)
        watched = sorted(fd for _, fd in epoll.interest) if isinstance(epoll, Epoll) else []
        named = ", ".join(map(str, watched)) or "nothing"
        return f"epoll.poll on descriptor {self._fd}, which watches {named},"


def _milliseconds_ns(timeout: Seconds) -> int | None:
    asked_ns = timeout_ns(timeout, 1_000_000_000, "timeout must be an integer or None")
    rounded = milliseconds(asked_ns)
    return rounded * 1_000_000 if rounded >= 0 else None
