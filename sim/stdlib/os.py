"""``kernel.os``: the part of the os module that works on descriptors.

It has calls on any descriptor, pipes, eventfd, and timerfd (with the names of Python 3.13). Files, processes
and everything else of the os module are left out.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import SupportsIndex, TypeVar

from sim.kernel.calls import file_calls
from sim.kernel.files.eventfd import COUNT_BYTES, count_of, packed_count
from sim.kernel.files.socket import Socket
from sim.kernel.poll_bits import oserror
from sim.stdlib.argument_checks import (
    INT_MAX,
    Buffer,
    FileDescriptorLike,
    c_int,
    c_long_long,
    c_size,
    c_unsigned,
    content,
    descriptor,
    room_for,
    truth,
)
from sim.stdlib.durations import nanoseconds
from sim.stdlib.stdlib_module import StdlibModule

Time = TypeVar("Time")
"""A time in seconds or nanoseconds."""


class OsModule(StdlibModule):
    """The os module."""

    module = "os"
    name = "posix"
    error = OSError
    O_NONBLOCK, O_CLOEXEC, O_DIRECT = file_calls.O_NONBLOCK, file_calls.O_CLOEXEC, file_calls.O_DIRECT
    EFD_NONBLOCK, EFD_CLOEXEC = file_calls.O_NONBLOCK, file_calls.O_CLOEXEC
    EFD_SEMAPHORE = file_calls.EFD_SEMAPHORE
    TFD_NONBLOCK, TFD_CLOEXEC = file_calls.O_NONBLOCK, file_calls.O_CLOEXEC
    TFD_TIMER_ABSTIME = file_calls.TFD_TIMER_ABSTIME
    TFD_TIMER_CANCEL_ON_SET = file_calls.TFD_TIMER_CANCEL_ON_SET

    def read(self, fd: SupportsIndex, length: SupportsIndex, /) -> bytes:
        """Read up to ``length`` bytes; ``b""`` at end of file."""
        number, size = c_int(fd), c_size(length)
        if not 0 <= size <= INT_MAX:
            if size < 0:
                raise oserror(errno.EINVAL)
            room_for(size)
        kernel = self._process.kernel
        if size == 0 and isinstance(kernel.table.file(number), Socket):
            return b""
        return self._process.attempt(
            number, lambda fd: kernel.sys_read(fd, size), lambda: f"os.read on descriptor {number}"
        )

    def write(self, fd: SupportsIndex, data: Buffer, /) -> int:
        """Write bytes; returns the number of bytes written."""
        number = c_int(fd)
        return self._process.write(
            number, content(data), self._process.kernel.sys_write, lambda: f"os.write on descriptor {number}"
        )

    def close(self, fd: SupportsIndex) -> None:
        """Close a descriptor."""
        self._process.call(self._process.kernel.sys_close, c_int(fd))

    def dup(self, fd: SupportsIndex, /) -> int:
        """A second descriptor of the same open file."""
        return self._process.call(self._process.kernel.sys_dup, c_int(fd))

    def get_blocking(self, fd: SupportsIndex, /) -> bool:
        """True if the open file is in blocking mode (O_NONBLOCK is not set)."""
        return self._process.call(self._process.kernel.sys_get_blocking, c_int(fd))

    def set_blocking(self, fd: SupportsIndex, blocking: object, /) -> None:
        """Set or clear the open file's blocking mode."""
        self._process.call(self._process.kernel.sys_set_blocking, c_int(fd), truth(blocking))

    def dup2(self, fd: SupportsIndex, fd2: SupportsIndex, inheritable: object = True) -> int:
        """Make ``fd2`` a descriptor of the open file of ``fd``; if ``fd2`` is open, it is closed first."""
        kernel = self._process.kernel
        call = kernel.sys_dup2 if inheritable else kernel.sys_dup3
        return self._process.call(call, c_int(fd), c_int(fd2))

    def get_inheritable(self, fd: SupportsIndex, /) -> bool:
        """True if the descriptor stays open in a program that this one starts."""
        return self._process.call(self._process.kernel.sys_get_inheritable, c_int(fd))

    def set_inheritable(self, fd: SupportsIndex, inheritable: SupportsIndex, /) -> None:
        """Set whether the descriptor stays open in a program that this one starts."""
        self._process.call(self._process.kernel.sys_set_inheritable, c_int(fd), bool(c_int(inheritable)))

    # -- pipes and counters ---------------------------------------------------------------

    def pipe(self) -> tuple[int, int]:
        """A pipe: the descriptor of its reading end, and of its writing end."""
        return self._process.call(self._process.kernel.sys_pipe2, file_calls.O_CLOEXEC)

    def pipe2(self, flags: SupportsIndex, /) -> tuple[int, int]:
        """A pipe with ``O_NONBLOCK``, ``O_DIRECT`` (packets) or ``O_CLOEXEC``."""
        kernel, chosen = self._process.kernel, c_int(flags)
        pair = self._process.call(kernel.sys_pipe2, chosen)
        if not chosen & file_calls.O_CLOEXEC:
            kernel.table.inheritable.update(pair)
        return pair

    def eventfd(self, initval: SupportsIndex, flags: SupportsIndex = file_calls.O_CLOEXEC) -> int:
        """A new eventfd: a counter that starts at ``initval``, and that can be waited for."""
        count, chosen = c_unsigned(initval), c_int(flags)
        return self._with_flags(self._process.call(self._process.kernel.sys_eventfd2, count, chosen), chosen)

    def eventfd_read(self, fd: FileDescriptorLike) -> int:
        """Read the count and reset it to 0; with ``EFD_SEMAPHORE`` return 1 and subtract 1."""
        number, kernel = descriptor(fd), self._process.kernel
        data = self._process.attempt(
            number,
            lambda fd: kernel.sys_read(fd, COUNT_BYTES),
            lambda: f"os.eventfd_read on descriptor {number}",
        )
        if len(data) != COUNT_BYTES:
            raise oserror(errno.EINVAL)
        return count_of(data)

    def eventfd_write(self, fd: FileDescriptorLike, value: SupportsIndex) -> None:
        """Add a value to the count."""
        number, data = descriptor(fd), packed_count(c_unsigned(value, bits=64))
        self._process.write(
            number,
            data,
            self._process.kernel.sys_write,
            lambda: f"os.eventfd_write on descriptor {number}",
        )

    def _with_flags(self, fd: int, flags: int) -> int:
        """A new descriptor, inheritable unless flags have ``O_CLOEXEC``."""
        if not flags & file_calls.O_CLOEXEC:
            self._process.kernel.table.inheritable.add(fd)
        return fd

    # -- timers ---------------------------------------------------------------------------

    def timerfd_create(
        self, clockid: SupportsIndex, /, *, flags: SupportsIndex = file_calls.O_CLOEXEC
    ) -> int:
        """A new timerfd: a timer that can be read and waited for; it is not set yet."""
        clock, chosen = c_int(clockid), c_int(flags)
        return self._process.call(self._process.kernel.sys_timerfd_create, clock, chosen)

    def timerfd_settime_ns(
        self,
        fd: FileDescriptorLike,
        /,
        *,
        flags: SupportsIndex = 0,
        initial: SupportsIndex = 0,
        interval: SupportsIndex = 0,
    ) -> tuple[int, int]:
        """Set a timer in nanoseconds; returns its setting before: time to the next expiry, and period."""
        return self._settime(fd, flags, initial, interval, c_long_long)

    def timerfd_settime(
        self,
        fd: FileDescriptorLike,
        /,
        *,
        flags: SupportsIndex = 0,
        initial: float = 0.0,
        interval: float = 0.0,
    ) -> tuple[float, float]:
        """Set a timer in seconds; returns its setting before: time to the next expiry, and period."""
        return _seconds(self._settime(fd, flags, initial, interval, nanoseconds))

    def _settime(
        self,
        fd: FileDescriptorLike,
        flags: SupportsIndex,
        initial: Time,
        interval: Time,
        in_ns: Callable[[Time], int],
    ) -> tuple[int, int]:
        """Set a timer.

        Args:
            fd: the timer.
            flags: ``TFD_TIMER_ABSTIME`` for a time on the timer's clock.
            initial: the next expiry; 0 stops the timer.
            interval: the period; 0 for a single expiry.
            in_ns: converts both times to nanoseconds.
        """
        number, chosen = descriptor(fd), c_int(flags)
        first_ns, period_ns = in_ns(initial), in_ns(interval)
        call = self._process.kernel.sys_timerfd_settime
        return self._process.call(call, number, chosen, first_ns, period_ns)

    def timerfd_gettime_ns(self, fd: FileDescriptorLike, /) -> tuple[int, int]:
        """Time until a timer expires, and its period, in nanoseconds."""
        return self._process.call(self._process.kernel.sys_timerfd_gettime, descriptor(fd))

    def timerfd_gettime(self, fd: FileDescriptorLike, /) -> tuple[float, float]:
        """Time until a timer expires, and its period, in seconds."""
        return _seconds(self.timerfd_gettime_ns(fd))


def _seconds(setting: tuple[int, int]) -> tuple[float, float]:
    return setting[0] / 1e9, setting[1] / 1e9
