"""Calls that make pipes, counters and timers, and calls on descriptor numbers.

They act at once. ``sys_read`` and ``sys_write`` read and write these files, as all others.
"""

from __future__ import annotations

import errno

from sim.kernel.core import KernelCore
from sim.kernel.files.eventfd import EventFd
from sim.kernel.files.pipe import Pipe
from sim.kernel.files.timerfd import CLOCKS, Setting, TimerFd
from sim.kernel.open_file import OpenFile
from sim.kernel.poll_bits import oserror
from sim.machine.accounts import Account, Charge, Count
from sim.machine.records import Kind

O_NONBLOCK = 0x800
O_DIRECT = 0x4000
O_CLOEXEC = 0x80000
EFD_SEMAPHORE = 1
TFD_TIMER_ABSTIME = 1
TFD_TIMER_CANCEL_ON_SET = 2
_ALARM_CLOCKS = frozenset({8, 9})


class FileCalls:
    """The part of the kernel for pipes, counters, timers, and descriptor numbers."""

    def __init__(self, kernel: KernelCore) -> None:
        self.kernel = kernel
        self._closes = kernel.ledger.page()

    # -- pipes, counters ------------------------------------------------------------------

    def pipe(self, flags: int = 0) -> tuple[int, int]:
        """Make a pipe.

        Returns:
            The descriptor to read from, and the one to write to.

        Raises:
            OSError: EINVAL, unknown flags; EMFILE.
        """
        kernel = self.kernel
        if flags & ~(O_NONBLOCK | O_DIRECT | O_CLOEXEC):
            raise oserror(errno.EINVAL)
        if kernel.table.room < 2:
            raise oserror(errno.EMFILE)
        kernel.pay_call(Account.SOCKET_IO, kernel.costs.accept_ns)
        pipe = Pipe(kernel)
        pipe.writer.packets = bool(flags & O_DIRECT)
        return self._open(pipe.reader, flags), self._open(pipe.writer, flags)

    def eventfd(self, count: int, flags: int = 0) -> int:
        """Make a counter that starts at ``count`` (32 bits).

        Raises:
            OSError: EINVAL, unknown flags; EMFILE.
        """
        kernel = self.kernel
        if flags & ~(O_NONBLOCK | O_CLOEXEC | EFD_SEMAPHORE):
            raise oserror(errno.EINVAL)
        kernel.pay_call(Account.SOCKET_IO, kernel.costs.accept_ns)
        return self._open(EventFd(kernel, count, bool(flags & EFD_SEMAPHORE)), flags)

    def _open(self, file: OpenFile, flags: int) -> int:
        file.blocking = not flags & O_NONBLOCK
        return self.kernel.table.install(file)

    # -- timers ---------------------------------------------------------------------------

    def timerfd_create(self, clock: int, flags: int = 0) -> int:
        """Make a timer that is not set yet.

        Raises:
            OSError: EINVAL, unknown flags or clock; EPERM, a clock that can wake the machine; EMFILE.
        """
        kernel = self.kernel
        if flags & ~(O_NONBLOCK | O_CLOEXEC) or clock not in CLOCKS | _ALARM_CLOCKS:
            raise oserror(errno.EINVAL)
        if clock in _ALARM_CLOCKS:
            raise OSError(errno.EPERM, "Operation not permitted (alarm clocks are left out here)")
        kernel.pay_call(Account.SOCKET_IO, kernel.costs.accept_ns)
        return self._open(TimerFd(kernel), flags)

    def timerfd_settime(self, fd: int, flags: int, first_ns: int, period_ns: int) -> Setting:
        """Set a timer: see :meth:`sim.kernel.files.timerfd.TimerFd.set`.

        Raises:
            OSError: EINVAL, unknown flags, a negative time, not a timer; EBADF.
        """
        known = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET
        if flags & ~known or first_ns < 0 or period_ns < 0:
            raise oserror(errno.EINVAL)
        timer = self._timer_of(fd)
        self.kernel.pay_call(Account.SOCKET_IO, self.kernel.costs.close_ns)
        return timer.set(first_ns, period_ns, bool(flags & TFD_TIMER_ABSTIME))

    def timerfd_gettime(self, fd: int) -> Setting:
        """Read a timer's setting.

        Raises:
            OSError: EINVAL, not a timer; EBADF.
        """
        timer = self._timer_of(fd)
        self.kernel.pay_call(Account.SOCKET_IO, self.kernel.costs.close_ns)
        return timer.get()

    def _timer_of(self, fd: int) -> TimerFd:
        file = self.kernel.table.file(fd)
        if not isinstance(file, TimerFd):
            raise oserror(errno.EINVAL)
        return file

    # -- numbers --------------------------------------------------------------------------

    def close(self, fd: int) -> None:
        """Free a number. With its last number the open file is closed, and its watches are removed.

        Raises:
            OSError: EBADF.
        """
        kernel = self.kernel
        unhooked_ns = kernel.close_number(fd)
        charge = self._closes.get(unhooked_ns)
        if charge is None:
            charge = self._closes[unhooked_ns] = Charge(
                ((Account.SOCKET_IO, kernel.costs.close_ns), (Account.INTEREST_LIST, unhooked_ns)),
                ((Count.SYSCALLS, 1),),
            )
        kernel.pay(charge)
        kernel.journal.append((kernel.now_ns, Kind.CLOSE, fd, 0, 0, kernel.next_serial()))

    def dup(self, fd: int) -> int:
        """Give the open file of ``fd`` another number, the lowest free one."""
        kernel = self.kernel
        kernel.pay_call(Account.SOCKET_IO, kernel.costs.close_ns)
        return kernel.table.install(kernel.table.file(fd))

    def dup2(self, fd: int, number: int) -> int:
        """Let ``number`` point to the open file of ``fd`` too; close what it pointed to.

        Raises:
            OSError: EBADF, ``fd`` is not open, or ``number`` is out of range.
        """
        kernel = self.kernel
        file = kernel.table.file(fd)
        if not 0 <= number < kernel.table.limit:
            raise oserror(errno.EBADF)
        kernel.pay_call(Account.SOCKET_IO, kernel.costs.close_ns)
        if number != fd:
            if kernel.table.is_open(number):
                self.close(number)
            kernel.table.install_at(number, file)
            kernel.table.inheritable.add(number)
        return number

    def dup3(self, fd: int, number: int) -> int:
        """As :meth:`dup2`, with O_CLOEXEC: programs started from here do not find the number open.

        Raises:
            OSError: EINVAL, the two numbers are equal; EBADF.
        """
        if fd == number:
            raise oserror(errno.EINVAL)
        self.dup2(fd, number)
        self.kernel.table.inheritable.discard(number)
        return number

    def get_inheritable(self, fd: int) -> bool:
        """True if a program started from here finds the number open (no FD_CLOEXEC)."""
        self.kernel.table.file(fd)
        return fd in self.kernel.table.inheritable

    def set_inheritable(self, fd: int, inheritable: bool) -> None:
        """Set whether programs started from here find the number open."""
        kernel = self.kernel
        kernel.table.file(fd)
        if inheritable:
            kernel.table.inheritable.add(fd)
        else:
            kernel.table.inheritable.discard(fd)
