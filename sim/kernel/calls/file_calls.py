"""The calls that make files other than sockets, and those on descriptor numbers.

They act at once; reading and writing what they make goes through ``sys_read`` and ``sys_write`` as for
every file.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from sim.kernel.files.eventfd import EventFd
from sim.kernel.files.pipe import Pipe
from sim.kernel.files.timerfd import CLOCKS, Setting, TimerFd
from sim.kernel.poll_bits import oserror
from sim.machine.accounts import Account

if TYPE_CHECKING:
    from sim.kernel.descriptors import DescriptorTable
    from sim.kernel.open_file import OpenFile
    from sim.machine.costs import CostTable
    from sim.machine.cpu import Cpu

    class Machine(Cpu):
        """What these calls need of a kernel."""

        table: DescriptorTable
        costs: CostTable

        def pay_call(self, account: Account, ns: int) -> None:
            """Charge one system call of a fixed price."""

        def sys_close(self, fd: int) -> None:
            """Free a number."""
else:
    Machine = object

O_NONBLOCK = 0x800
O_DIRECT = 0x4000
O_CLOEXEC = 0x80000
EFD_SEMAPHORE = 1
TFD_TIMER_ABSTIME = 1
TFD_TIMER_CANCEL_ON_SET = 2
_ALARM_CLOCKS = frozenset({8, 9})


class FileCalls(Machine):
    """The part of the kernel for pipes, counters, timers, and numbers."""

    # -- pipes, counters ------------------------------------------------------------------

    def sys_pipe2(self, flags: int = 0) -> tuple[int, int]:
        """A pipe: the descriptor to read from, and the one to write to.

        Raises:
            OSError: EINVAL, unknown flags; EMFILE.
        """
        if flags & ~(O_NONBLOCK | O_DIRECT | O_CLOEXEC):
            raise oserror(errno.EINVAL)
        if self.table.room < 2:
            raise oserror(errno.EMFILE)
        self.pay_call(Account.SOCKET_IO, self.costs.accept_ns)
        pipe = Pipe(self)  # type: ignore[arg-type]
        pipe.writer.packets = bool(flags & O_DIRECT)
        return self._open(pipe.reader, flags), self._open(pipe.writer, flags)

    def sys_eventfd2(self, count: int, flags: int = 0) -> int:
        """A counter that starts at ``count``, 32 bits of it.

        Raises:
            OSError: EINVAL, unknown flags; EMFILE.
        """
        if flags & ~(O_NONBLOCK | O_CLOEXEC | EFD_SEMAPHORE):
            raise oserror(errno.EINVAL)
        self.pay_call(Account.SOCKET_IO, self.costs.accept_ns)
        return self._open(EventFd(self, count, bool(flags & EFD_SEMAPHORE)), flags)  # type: ignore[arg-type]

    def _open(self, file: OpenFile, flags: int) -> int:
        file.blocking = not flags & O_NONBLOCK
        return self.table.install(file)

    # -- timers ---------------------------------------------------------------------------

    def sys_timerfd_create(self, clock: int, flags: int = 0) -> int:
        """A timer, not set yet.

        Raises:
            OSError: EINVAL, unknown flags or clock; EPERM, a clock that wakes a machine up; EMFILE.
        """
        if flags & ~(O_NONBLOCK | O_CLOEXEC) or clock not in CLOCKS | _ALARM_CLOCKS:
            raise oserror(errno.EINVAL)
        if clock in _ALARM_CLOCKS:
            raise OSError(errno.EPERM, "Operation not permitted (alarm clocks are left out here)")
        self.pay_call(Account.SOCKET_IO, self.costs.accept_ns)
        return self._open(TimerFd(self), flags)  # type: ignore[arg-type]

    def sys_timerfd_settime(self, fd: int, flags: int, first_ns: int, period_ns: int) -> Setting:
        """Set a timer: see :meth:`sim.kernel.files.timerfd.TimerFd.set`.

        Raises:
            OSError: EINVAL, unknown flags, a negative time, not a timer; EBADF.
        """
        known = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET
        if flags & ~known or first_ns < 0 or period_ns < 0:
            raise oserror(errno.EINVAL)
        timer = self._timer_of(fd)
        self.pay_call(Account.SOCKET_IO, self.costs.close_ns)
        return timer.set(first_ns, period_ns, bool(flags & TFD_TIMER_ABSTIME))

    def sys_timerfd_gettime(self, fd: int) -> Setting:
        """What a timer is set to.

        Raises:
            OSError: EINVAL, not a timer; EBADF.
        """
        timer = self._timer_of(fd)
        self.pay_call(Account.SOCKET_IO, self.costs.close_ns)
        return timer.get()

    def _timer_of(self, fd: int) -> TimerFd:
        file = self.table.file(fd)
        if not isinstance(file, TimerFd):
            raise oserror(errno.EINVAL)
        return file

    # -- numbers --------------------------------------------------------------------------

    def sys_dup2(self, fd: int, number: int) -> int:
        """Have ``number`` stand for the open file of ``fd`` too; what it stood for is closed.

        Raises:
            OSError: EBADF, ``fd`` is not open, or there is no such number.
        """
        file = self.table.file(fd)
        if not 0 <= number < self.table.limit:
            raise oserror(errno.EBADF)
        self.pay_call(Account.SOCKET_IO, self.costs.close_ns)
        if number != fd:
            if self.table.is_open(number):
                self.sys_close(number)
            self.table.install_at(number, file)
            self.table.inheritable.add(number)
        return number

    def sys_dup3(self, fd: int, number: int) -> int:
        """As :meth:`sys_dup2`, and with O_CLOEXEC: programs started from here do not find it open.

        Raises:
            OSError: EINVAL, the two are one; EBADF.
        """
        if fd == number:
            raise oserror(errno.EINVAL)
        self.sys_dup2(fd, number)
        self.table.inheritable.discard(number)
        return number

    def sys_get_inheritable(self, fd: int) -> bool:
        """Whether a program started from here would find the number open (no FD_CLOEXEC)."""
        self.table.file(fd)
        return fd in self.table.inheritable

    def sys_set_inheritable(self, fd: int, inheritable: bool) -> None:
        """Have programs started from here find the number open, or not."""
        self.table.file(fd)
        if inheritable:
            self.table.inheritable.add(fd)
        else:
            self.table.inheritable.discard(fd)
