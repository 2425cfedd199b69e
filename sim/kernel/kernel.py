"""The kernel: descriptors, open files, and the raw system calls a C program makes.

The raw calls are named as in Linux, ``sys_read``, ``sys_epoll_wait`` …: plain ``kernel.select``,
``kernel.socket``, ``kernel.os`` and ``kernel.time`` are the faces, which stand where the standard
library's modules of those names stand (:mod:`sim.stdlib`).

Calls that never wait (``sys_read``, ``sys_write``, ``sys_accept4``, ``sys_close``,
``sys_epoll_ctl`` …) are plain methods: they act at once, charge their cost and raise ``OSError``
with the errno Linux gives; the caller yields afterwards to let the time they take pass. Calls that
may wait (``sys_select``, ``sys_poll``, ``sys_epoll_wait``) are generators, used with ``yield
from``. All connections are non-blocking at this level, as a server's are; blocking reads are made
of these by the faces.

A server is thus ordinary sequential code::

    def echo(kernel, epfd):
        while True:
            for fd, events in (yield from kernel.sys_epoll_wait(epfd, 512)):
                kernel.sys_write(fd, kernel.sys_read(fd, 65536))

Yield:
Code outside the simulation makes a waiting call with :meth:`sim.machine.cpu.Cpu.complete`.
"""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.kernel.calls.file_calls import FileCalls
from sim.kernel.calls.socket_calls import SocketCalls
from sim.kernel.descriptors import NOFILE, DescriptorTable
from sim.kernel.files.loopback import Loopback
from sim.kernel.open_file import OpenFile
from sim.kernel.poll_bits import oserror
from sim.kernel.wait_queue import Sleeper
from sim.kernel.waiting import select_and_poll
from sim.kernel.waiting.completion_port.calls import PortCalls
from sim.kernel.waiting.epoll import epoll_wait
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_DEL, CTL_MOD, EVENT_BYTES, Epoll, Event
from sim.kernel.waiting.io_uring.calls import RingCalls
from sim.kernel.waiting.kqueue.calls import KqueueCalls
from sim.kernel.waiting.restart import Restart
from sim.kernel.waiting.scan import ScanCall, ScanPass
from sim.kernel.waiting.scan_request import ScanRequest, Words
from sim.machine.accounts import Account, Charge, Count
from sim.machine.costs import BUILT_IN, CostTable
from sim.machine.cpu import Cpu, Task
from sim.machine.journal import Journal
from sim.machine.records import Effect, Kind

if TYPE_CHECKING:
    from sim.kernel.descriptors import BlockWatcher
    from sim.kernel.files.inet import TcpSocket
    from sim.kernel.files.tcp import StreamSocket
    from sim.kernel.waiting.completion_port.port import CompletionPort
    from sim.kernel.waiting.io_uring.ring import IoUring
    from sim.kernel.waiting.kqueue.kqueue import Kqueue
    from sim.race.faults.fault_log import FaultLog

READ, WRITE = Kind.READ, Kind.WRITE
_SYSCALL = ((Count.SYSCALLS, 1),)

CallSummary = tuple[int, int, int, int, int, bool, int, int]
"""(serial, asked, scanned, ready, passes, slept, cost_ns, end_ns) of a waiting call that returned."""


class RawKernel(SocketCalls, FileCalls, KqueueCalls, RingCalls, PortCalls, Cpu):
    """One simulated machine: a CPU, a process's descriptors, and the calls that use them."""

    def __init__(
        self,
        costs: CostTable = BUILT_IN,
        *,
        nofile: int = NOFILE,
        now_ns: int = 0,
        journal: Journal | None = None,
    ) -> None:
        super().__init__(now_ns)
        self.costs = costs
        self.table = DescriptorTable(nofile)
        self.journal = journal or Journal()
        self.effect: int = Effect.NOBODY
        """What the packet being delivered has caused so far."""
        self.scans: list[ScanCall] = []
        """Calls to select and poll under way, asleep or scanning."""
        self.passes: deque[ScanPass] = deque(maxlen=3)
        """The latest passes of select and poll, the running one included."""
        self.wake_ns = 0
        """What wake-up functions took for the packet being delivered, beyond plain callbacks."""
        self.epolls: list[Epoll] = []
        self.kqueues: list[Kqueue] = []
        self.rings: list[IoUring] = []
        self.ports: list[CompletionPort] = []
        self.block_watchers: list[BlockWatcher] = []
        """Those of them that may watch blocks of untouched connections whole."""
        self.unnoticed: set[TcpSocket] = set()
        """Sockets whose send buffer got full without a call that found it so."""
        self.at_touch: Callable[[StreamSocket, int], None] | None = None
        """Hooks who waits for a connection of an untouched block that now becomes an object."""
        self.full_senders: set[StreamSocket] = set()
        """Connections to clients outside whose send buffer is full."""
        self.faults: FaultLog | None = None
        """Notes what goes wrong, if someone wants to know."""
        self.call_serial = 0
        self.last_call: CallSummary | None = None
        """The latest waiting call that returned something."""
        self.loopback = Loopback(self)
        page = self.ledger.page
        self._reads, self._writes, self._closes = page(), page(), page()
        self._work, self._fixed = page(), page()
        self.epoll_returns, self.epoll_sleeps = page(), page()
        self.charges = page()
        """Of kevent, io_uring_enter and the calls of completion ports, by call, step and sizes."""
        self.blocking_charges = page()

    # -- bills ----------------------------------------------------------------------------

    def copy_ns(self, count: int) -> int:
        """What copying ``count`` bytes across the border costs, rounded up."""
        return -(-count * self.costs.copy_ps // 1000)

    def _read_charge(self, count: int) -> Charge:
        """A read that brought so many bytes (none: end of file, or an error; -1: EAGAIN)."""
        spent_ns = self.costs.read_ns + self.copy_ns(max(0, count))
        counts = (*_SYSCALL, (Count.COPIED_OUT_BYTES, max(0, count)), (Count.EMPTY_READS, int(count < 0)))
        charge = self._reads[count] = Charge(((Account.SOCKET_IO, spent_ns),), counts)
        return charge

    def _write_charge(self, count: int) -> Charge:
        """A write that handed over so many bytes."""
        spent_ns = self.costs.write_ns + self.copy_ns(count)
        counts = (*_SYSCALL, (Count.COPIED_IN_BYTES, count))
        charge = self._writes[count] = Charge(((Account.SOCKET_IO, spent_ns),), counts)
        return charge

    def pay_call(self, account: Account, ns: int) -> None:
        """One system call of a fixed price."""
        charge = self._fixed.get((account, ns))
        if charge is None:
            charge = self._fixed[account, ns] = Charge(((account, ns),), _SYSCALL)
        self.pay(charge)

    def work(self, ns: int) -> None:
        """The running program computes for so long."""
        charge = self._work.get(ns)
        if charge is None:
            charge = self._work[ns] = Charge(((Account.APPLICATION, ns),))
        self.pay(charge)

    @property
    def switches_per_sleep(self) -> int:
        """Switches that a waiting call pays for on its way to sleep, and again on its way back.

        None where a scheduler books each switch that really happens: away from one task and to the
        next is one of them.
        """
        return 0 if self.scheduler is not None else 1

    def pay_switch(self) -> int:
        """One context switch, away from a task or back to it; the nanoseconds it costs."""
        if not self.switches_per_sleep:
            return 0
        switch_ns = self.costs.context_switch_ns
        charge = self._fixed.get("switch")
        if charge is None:
            parts = ((Account.CONTEXT_SWITCH, switch_ns),)
            charge = self._fixed["switch"] = Charge(parts, ((Count.CONTEXT_SWITCHES, 1),))
        self.pay(charge)
        return switch_ns

    def totals(self) -> tuple[list[int], list[int]]:
        """As :meth:`sim.machine.cpu.Cpu.totals`; the time of polling kernel threads is booked first."""
        for ring in self.rings:
            if ring.thread is not None:
                ring.thread.book()
        return super().totals()

    def block(self) -> Task:
        """As :meth:`sim.machine.cpu.Cpu.block`; a completion port hears of a thread of its own that
        sleeps.
        """
        task = super().block()
        for port in self.ports:
            port.thread_blocked(task)
        return task

    def next_serial(self) -> int:
        """A number for the next call."""
        self.call_serial += 1
        return self.call_serial

    # -- files ----------------------------------------------------------------------------

    def sys_read(self, fd: int, size: int) -> bytes:
        """Take what is there, up to ``size`` bytes; ``b""`` at end of file.

        Raises:
            OSError: EAGAIN, nothing is there; EBADF; ECONNRESET; EINVAL.
        """
        file = self.table.files.get(fd) or self.table.file(fd)
        try:
            data = file.read(size)
        except OSError as error:
            count = -1 if isinstance(error, BlockingIOError) else 0
            self.pay(self._reads.get(count) or self._read_charge(count))
            raise
        count = len(data)
        charge = self._reads.get(count) or self._read_charge(count)
        charge.times += 1
        self.free_ns += charge.ns
        self.recent.append(charge)
        self.call_serial = serial = self.call_serial + 1
        self.journal.append((self.now_ns, READ, fd, count, 0, serial))
        return data

    def sys_write(self, fd: int, data: bytes) -> int:
        """Send bytes; how many were taken.

        Raises:
            OSError: EAGAIN, no room; EPIPE; EBADF; ECONNRESET; EINVAL.
        """
        file = self.table.files.get(fd) or self.table.file(fd)
        self.pay(self._writes.get(len(data)) or self._write_charge(len(data)))
        taken = file.write(data)
        self.call_serial = serial = self.call_serial + 1
        self.journal.append((self.now_ns, WRITE, fd, taken, 0, serial))
        return taken

    def sys_dup(self, fd: int) -> int:
        """Another number for the same open file."""
        self.pay_call(Account.SOCKET_IO, self.costs.close_ns)
        return self.table.install(self.table.file(fd))

    def sys_get_blocking(self, fd: int) -> bool:
        """Whether calls on this open file wait (``fcntl``: O_NONBLOCK is not set)."""
        return self.table.file(fd).blocking

    def sys_set_blocking(self, fd: int, blocking: bool) -> None:
        """Have calls on this open file wait, or not."""
        self.table.file(fd).blocking = blocking

    def sys_close(self, fd: int) -> None:
        """Free a number; the open file goes with its last one, and every watch on it.

        Raises:
            OSError: EBADF.
        """
        unhooked_ns = self.close_number(fd)
        charge = self._closes.get(unhooked_ns)
        if charge is None:
            charge = self._closes[unhooked_ns] = Charge(
                ((Account.SOCKET_IO, self.costs.close_ns), (Account.INTEREST_LIST, unhooked_ns)), _SYSCALL
            )
        self.pay(charge)
        self.call_serial += 1
        self.journal.append((self.now_ns, Kind.CLOSE, fd, 0, 0, self.call_serial))

    def close_number(self, fd: int) -> int:
        """What closing a number does; what undoing its watches costs, in nanoseconds."""
        file = self.table.remove(fd)
        unhooked_ns = sum(kqueue.fd_closed(file, fd) for kqueue in self.kqueues)
        for scan in self.scans:
            scan.hold(file, fd)
        if file.items and file.numbers:
            for item in file.items:
                if item.fd == fd:
                    item.epoll.ghosts.append(item)
        if not file.numbers:
            for port in self.ports:
                port.handle_closed(file)
            if not file.holds:
                unhooked_ns += self._release(file)
        return unhooked_ns

    def _release(self, file: OpenFile) -> int:
        """Nobody holds the file any more (``__fput``); what unhooking its watches costs, in nanoseconds."""
        items = tuple(file.items)
        for item in items:
            item.epoll.forget(item)
        file.released()
        if isinstance(file, Epoll):
            self.epolls.remove(file)
        return len(items) * self.costs.epoll_ctl_ns

    @contextmanager
    def holding(self, file: OpenFile) -> Generator[None, None, None]:
        """A call that may wait is under way on a file: closing its descriptor does not end it."""
        file.holds += 1
        try:
            yield
        finally:
            self.release_hold(file)

    def release_hold(self, file: OpenFile) -> None:
        """A call that held a file is over."""
        file.holds -= 1
        if not file.holds and not file.numbers:
            self._release(file)

    # -- epoll ----------------------------------------------------------------------------

    def sys_epoll_create1(self) -> int:
        """A new epoll."""
        self.pay_call(Account.INTEREST_LIST, self.costs.epoll_ctl_ns)
        epoll = Epoll(self)
        self.epolls.append(epoll)
        return self.table.install(epoll)

    def refresh_lazy_masks(self, request: ScanRequest) -> None:
        """Bring the masks up to date that are known only by asking, of what a scan is about to look at."""
        for socket in tuple(self.unnoticed):
            if any(request.wanted(fd) for fd in socket.numbers):
                socket.refresh()
        for epoll in self.epolls:
            if (epoll.mask or epoll.ready) and any(request.wanted(fd) for fd in epoll.numbers):
                epoll.refresh()

    def sys_epoll_ctl(self, epfd: int, op: int, fd: int, events: int = 0) -> None:
        """Change the interest list.

        Raises:
            OSError: EBADF, EEXIST, ENOENT, EPERM, ELOOP, EINVAL, as epoll_ctl(2) says.
        """
        epoll_file, file = self.table.file(epfd), self.table.file(fd)
        if not file.pollable:
            raise oserror(errno.EPERM)
        if not isinstance(epoll_file, Epoll) or file is epoll_file:
            raise oserror(errno.EINVAL)
        copied = 0 if op == CTL_DEL else EVENT_BYTES
        self._pay_ctl(copied)
        if op == CTL_ADD:
            epoll_file.add(file, fd, events)
        elif op == CTL_MOD:
            epoll_file.modify(file, fd, events)
        elif op == CTL_DEL:
            epoll_file.delete(file, fd)
        else:
            raise oserror(errno.EINVAL)
        self.call_serial += 1
        self.journal.append((self.now_ns, Kind.CTL, fd, op, 0, self.call_serial))

    def _pay_ctl(self, copied: int) -> None:
        charge = self._fixed.get(("ctl", copied))
        if charge is None:
            charge = self._fixed["ctl", copied] = Charge(
                ((Account.INTEREST_LIST, self.costs.epoll_ctl_ns), (Account.COPY_IN, self.copy_ns(copied))),
                (*_SYSCALL, (Count.EPOLL_CTL, 1), (Count.COPIED_IN_BYTES, copied)),
            )
        self.pay(charge)

    # -- calls that wait ------------------------------------------------------------------

    def sys_epoll_wait(
        self,
        epfd: int,
        maxevents: int,
        timeout_ns: int | None = None,
        restart: Restart | None = None,
    ) -> Generator[None, None, list[Event]]:
        """Wait for events: see :func:`sim.kernel.waiting.epoll.epoll_wait.epoll_wait`."""
        return epoll_wait.epoll_wait(self, epfd, maxevents, timeout_ns, restart)

    def sys_select(
        self,
        nfds: int,
        readfds: Words | None,
        writefds: Words | None = None,
        exceptfds: Words | None = None,
        timeout_ns: int | None = None,
        restart: Restart | None = None,
    ) -> Generator[None, None, int]:
        """Wait for descriptors in bitmaps: see :func:`sim.kernel.waiting.select_and_poll.select`."""
        return select_and_poll.select(self, nfds, (readfds, writefds, exceptfds), timeout_ns, restart)

    def sys_poll(
        self,
        entries: npt.NDArray[np.void],
        timeout_ns: int | None = None,
        restart: Restart | None = None,
    ) -> Generator[None, None, int]:
        """Wait for descriptors in an array: see :func:`sim.kernel.waiting.select_and_poll.poll`."""
        return select_and_poll.poll(self, entries, timeout_ns, restart)

    def sleep_on(self, file: OpenFile, in_write: bool = False) -> Generator[None, None, None]:
        """Sleep until a file changes: what a blocking read or write does when it finds nothing."""
        if in_write and self.faults is not None:
            self.faults.write_waits(file)
        sleeper = Sleeper(self, self.block(), file.exclusive, in_write)
        file.wait_queue.add(sleeper)
        self.pay_switch()
        try:
            yield
        finally:
            file.wait_queue.remove(sleeper)
        self.pay_switch()
