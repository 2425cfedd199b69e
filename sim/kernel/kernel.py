"""The system-call table of the simulated kernel.

:class:`RawKernel` has one part for each group of calls, and its ``sys_*`` methods call these parts:

================  ==================================================================  =================
part              module                                                              holds
================  ==================================================================  =================
file_calls        :mod:`sim.kernel.calls.file_calls`
socket_calls      :mod:`sim.kernel.calls.socket_calls`                                loopback interface
scan_calls        :mod:`sim.kernel.waiting.select_and_poll`                           latest passes
epoll_calls       :mod:`sim.kernel.waiting.epoll.calls`                               epolls
kqueue_calls      :mod:`sim.kernel.waiting.kqueue.calls`
ring_calls        :mod:`sim.kernel.waiting.io_uring.calls`                            io_uring's rings
port_calls        :mod:`sim.kernel.waiting.completion_port.calls`                     completion ports
================  ==================================================================  =================

The state that the parts share is in :class:`sim.kernel.core.KernelCore`. The calls are named as in Linux:
``sys_read``, ``sys_epoll_wait`` … Plain names such as ``kernel.select`` and ``kernel.socket`` are modules of
the standard library on this kernel (:mod:`sim.stdlib`). :mod:`sim.host.host_kernel` has the same methods on
the real kernel.

Calls that never wait (``sys_read``, ``sys_accept4``, ``sys_epoll_ctl`` …) are plain methods. They act at
once, charge their cost, and raise ``OSError`` with the errno that Linux gives. The caller yields afterwards,
so that the time can pass. Calls that may wait (``sys_select``, ``sys_epoll_wait`` …) are generators, used
with ``yield from``; code outside the simulation makes them with :meth:`sim.machine.cpu.Cpu.complete`.
Blocking calls are made of these (:mod:`sim.kernel.blocking_calls`). A server is ordinary sequential code::

    def echo(kernel, epfd):
        while True:
            for fd, events in (yield from kernel.sys_epoll_wait(epfd, 512)):
                kernel.sys_write(fd, kernel.sys_read(fd, 65536))
"""

from __future__ import annotations

from collections.abc import Generator, Iterable

import numpy as np
import numpy.typing as npt

from sim.kernel.calls.file_calls import FileCalls
from sim.kernel.calls.socket_calls import SocketCalls
from sim.kernel.core import KernelCore
from sim.kernel.descriptors import NOFILE
from sim.kernel.files.loopback import InetAddress
from sim.kernel.files.socket import SOCK_STREAM, Address
from sim.kernel.files.timerfd import Setting
from sim.kernel.waiting.completion_port.calls import GetCall, PortCalls
from sim.kernel.waiting.completion_port.port import Packet
from sim.kernel.waiting.epoll.calls import EpollCalls
from sim.kernel.waiting.epoll.epoll_file import Event
from sim.kernel.waiting.io_uring.calls import EnterCall, RingCalls
from sim.kernel.waiting.io_uring.entries import ENTER_GETEVENTS
from sim.kernel.waiting.kqueue.calls import KeventCall, KqueueCalls
from sim.kernel.waiting.kqueue.kevent import Kevent
from sim.kernel.waiting.restarted_call import Restart
from sim.kernel.waiting.scan_request import Words
from sim.kernel.waiting.select_and_poll import ScanCalls
from sim.machine.accounts import Account, Charge, Count
from sim.machine.costs import BUILT_IN, CostTable
from sim.machine.journal import Journal
from sim.machine.records import Kind
from sim.machine.task import Task

READ, WRITE = Kind.READ, Kind.WRITE
_SYSCALL = (Count.SYSCALLS, 1)


class RawKernel(KernelCore):
    """One simulated machine: a CPU, the descriptors of one process, and the system calls.

    The arguments are those of :class:`~sim.kernel.core.KernelCore`.
    """

    def __init__(
        self,
        costs: CostTable = BUILT_IN,
        *,
        nofile: int = NOFILE,
        now_ns: int = 0,
        journal: Journal | None = None,
    ) -> None:
        super().__init__(costs, nofile, now_ns, journal)
        self.file_calls = FileCalls(self)
        self.socket_calls = SocketCalls(self, self.sys_read, self.sys_write)
        self.scan_calls = ScanCalls(self)
        self.epoll_calls = EpollCalls(self)
        self.kqueue_calls = KqueueCalls(self)
        self.ring_calls = RingCalls(self)
        self.port_calls = PortCalls(self)
        self._reads = self.ledger.page()
        self._writes = self.ledger.page()

    def totals(self) -> tuple[list[int], list[int]]:
        """As :meth:`sim.machine.cpu.Cpu.totals`; books the time of io_uring's polling threads first."""
        self.ring_calls.book_threads()
        return super().totals()

    def block(self) -> Task:
        """As :meth:`sim.machine.cpu.Cpu.block`; a completion port is notified if its own thread sleeps."""
        task = super().block()
        for port in self.port_calls.ports:
            port.thread_blocked(task)
        return task

    # -- read and write -------------------------------------------------------------------
    # Every request makes these two calls, so they are here and not in a part.

    def sys_read(self, fd: int, size: int) -> bytes:
        """Take up to ``size`` bytes; ``b""`` at end of file.

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

    def _read_charge(self, count: int) -> Charge:
        """A read of ``count`` bytes; 0 for end of file or an error, -1 for EAGAIN."""
        spent_ns = self.costs.read_ns + self.copy_ns(max(0, count))
        counts = (_SYSCALL, (Count.COPIED_OUT_BYTES, max(0, count)), (Count.EMPTY_READS, int(count < 0)))
        charge = self._reads[count] = Charge(((Account.SOCKET_IO, spent_ns),), counts)
        return charge

    def sys_write(self, fd: int, data: bytes) -> int:
        """Send bytes.

        Returns:
            The number of bytes taken.

        Raises:
            OSError: EAGAIN, no room; EPIPE; EBADF; ECONNRESET; EINVAL.
        """
        file = self.table.files.get(fd) or self.table.file(fd)
        self.pay(self._writes.get(len(data)) or self._write_charge(len(data)))
        taken = file.write(data)
        self.call_serial = serial = self.call_serial + 1
        self.journal.append((self.now_ns, WRITE, fd, taken, 0, serial))
        return taken

    def _write_charge(self, count: int) -> Charge:
        """A write that hands over ``count`` bytes."""
        spent_ns = self.costs.write_ns + self.copy_ns(count)
        counts = (_SYSCALL, (Count.COPIED_IN_BYTES, count))
        charge = self._writes[count] = Charge(((Account.SOCKET_IO, spent_ns),), counts)
        return charge

    # -- select and poll ------------------------------------------------------------------

    def sys_select(
        self,
        nfds: int,
        readfds: Words | None,
        writefds: Words | None = None,
        exceptfds: Words | None = None,
        timeout_ns: int | None = None,
        restart: Restart | None = None,
    ) -> Generator[None, None, int]:
        """Wait for descriptors in bitmaps: :meth:`ScanCalls.select`."""
        return self.scan_calls.select(nfds, (readfds, writefds, exceptfds), timeout_ns, restart)

    def sys_poll(
        self,
        entries: npt.NDArray[np.void],
        timeout_ns: int | None = None,
        restart: Restart | None = None,
    ) -> Generator[None, None, int]:
        """Wait for descriptors in an array: :meth:`ScanCalls.poll`."""
        return self.scan_calls.poll(entries, timeout_ns, restart)

    # -- epoll ----------------------------------------------------------------------------

    def sys_epoll_create1(self) -> int:
        """Make an epoll."""
        return self.epoll_calls.create()

    def sys_epoll_ctl(self, epfd: int, op: int, fd: int, events: int = 0) -> None:
        """Change an interest list: :meth:`EpollCalls.control`."""
        self.epoll_calls.control(epfd, op, fd, events)

    def sys_epoll_wait(
        self, epfd: int, maxevents: int, timeout_ns: int | None = None, restart: Restart | None = None
    ) -> Generator[None, None, list[Event]]:
        """Wait for events: :meth:`EpollCalls.wait`."""
        return self.epoll_calls.wait(epfd, maxevents, timeout_ns, restart)

    # -- kqueue ---------------------------------------------------------------------------

    def sys_kqueue(self) -> int:
        """Make a kqueue."""
        return self.kqueue_calls.create()

    def sys_kevent(
        self, kqfd: int, changes: Iterable[Kevent], most: int, timeout_ns: int | None = None
    ) -> Generator[None, None, list[Kevent]]:
        """Apply changes, then wait for events: :meth:`KqueueCalls.kevent`."""
        return self.kqueue_calls.kevent(kqfd, changes, most, timeout_ns)

    def kevent_call(
        self, kqfd: int, changes: Iterable[Kevent], most: int, timeout_ns: int | None = None
    ) -> KeventCall:
        """A kevent() call that is about to begin, for a program that keeps it."""
        return self.kqueue_calls.begin_kevent(kqfd, changes, most, timeout_ns)

    # -- io_uring -------------------------------------------------------------------------

    def sys_io_uring_setup(self, entries: int, cq_entries: int | None = None) -> int:
        """Make a ring: :meth:`RingCalls.setup`."""
        return self.ring_calls.setup(entries, cq_entries)

    def start_sq_thread(self, fd: int, idle_ns: int) -> None:
        """Give a new ring its polling kernel thread (``IORING_SETUP_SQPOLL``)."""
        self.ring_calls.start_sq_thread(fd, idle_ns)

    def sys_io_uring_enter(
        self,
        fd: int,
        to_submit: int,
        least: int = 0,
        timeout_ns: int | None = None,
        flags: int = ENTER_GETEVENTS,
    ) -> Generator[None, None, int]:
        """Submit, then wait for completions: :meth:`RingCalls.enter`."""
        return self.ring_calls.enter(fd, to_submit, least, timeout_ns, flags)

    def enter_call(
        self,
        fd: int,
        to_submit: int,
        least: int = 0,
        timeout_ns: int | None = None,
        flags: int = ENTER_GETEVENTS,
    ) -> EnterCall:
        """An io_uring_enter() call that is about to begin, for a program that keeps it."""
        return self.ring_calls.begin_enter(fd, to_submit, least, timeout_ns, flags)

    # -- completion ports -----------------------------------------------------------------

    def sys_create_port(self, concurrency: int = 0) -> int:
        """Make a completion port: :meth:`PortCalls.create`."""
        return self.port_calls.create(concurrency)

    def sys_associate(self, port_fd: int, fd: int, key: int) -> None:
        """Tie a handle to a port: :meth:`PortCalls.associate`."""
        self.port_calls.associate(port_fd, fd, key)

    def sys_skip_port_on_success(self, fd: int) -> None:
        """Queue no packet for operations that end at once: :meth:`PortCalls.skip_on_success`."""
        self.port_calls.skip_on_success(fd)

    def sys_wsa_recv(self, fd: int, size: int, tag: int) -> Packet | None:
        """Start a receive: :meth:`PortCalls.receive`."""
        return self.port_calls.receive(fd, size, tag)

    def sys_accept_ex(self, fd: int, tag: int) -> Packet | None:
        """Start an accept: :meth:`PortCalls.accept`."""
        return self.port_calls.accept(fd, tag)

    def sys_wsa_send(self, fd: int, data: bytes, tag: int) -> Packet | None:
        """Start a send: :meth:`PortCalls.send`."""
        return self.port_calls.send(fd, data, tag)

    def sys_post_queued(self, port_fd: int, moved: int, key: int, tag: int) -> None:
        """Queue a packet by hand: :meth:`PortCalls.post`."""
        self.port_calls.post(port_fd, moved, key, tag)

    def sys_cancel_io_ex(self, fd: int, tag: int | None = None) -> None:
        """Abort operations of a handle: :meth:`PortCalls.cancel`."""
        self.port_calls.cancel(fd, tag)

    def sys_get_queued(
        self, port_fd: int, most: int = 1, timeout_ns: int | None = None
    ) -> Generator[None, None, list[Packet]]:
        """Wait for packets: :meth:`PortCalls.get_queued`."""
        return self.port_calls.get_queued(port_fd, most, timeout_ns)

    def get_call(self, port_fd: int, most: int, timeout_ns: int | None = None) -> GetCall:
        """A GetQueuedCompletionStatusEx() call that is about to begin, for a program that keeps it."""
        return self.port_calls.get_call(port_fd, most, timeout_ns)

    # -- sockets --------------------------------------------------------------------------

    def sys_socket(self) -> int:
        """Make a TCP socket (``AF_INET``, ``SOCK_STREAM``)."""
        return self.socket_calls.socket()

    def sys_socketpair(self, kind: int = SOCK_STREAM) -> tuple[int, int]:
        """Make two connected UNIX sockets: :meth:`SocketCalls.socketpair`."""
        return self.socket_calls.socketpair(kind)

    def sys_bind(self, fd: int, address: InetAddress) -> None:
        """Give a socket an address: :meth:`SocketCalls.bind`."""
        self.socket_calls.bind(fd, address)

    def sys_listen(self, fd: int, backlog: int) -> None:
        """Take connections from now on: :meth:`SocketCalls.listen`."""
        self.socket_calls.listen(fd, backlog)

    def sys_connect(self, fd: int, address: InetAddress) -> None:
        """Connect, or report the result of an earlier attempt: :meth:`SocketCalls.connect`."""
        self.socket_calls.connect(fd, address)

    def sys_accept4(self, fd: int) -> int:
        """Take a connection: :meth:`SocketCalls.accept4`."""
        return self.socket_calls.accept4(fd)

    def sys_shutdown(self, fd: int, how: int) -> None:
        """End one direction of a connection, or both: :meth:`SocketCalls.shutdown`."""
        self.socket_calls.shutdown(fd, how)

    def sys_recvfrom(self, fd: int, size: int, flags: int = 0) -> bytes:
        """Receive with flags: :meth:`SocketCalls.recvfrom`."""
        return self.socket_calls.recvfrom(fd, size, flags)

    def sys_sendto(self, fd: int, data: bytes, flags: int = 0) -> int:
        """Send with flags: :meth:`SocketCalls.sendto`."""
        return self.socket_calls.sendto(fd, data, flags)

    def sys_getsockname(self, fd: int) -> Address:
        """A socket's own address."""
        return self.socket_calls.getsockname(fd)

    def sys_getpeername(self, fd: int) -> Address:
        """The far end's address: :meth:`SocketCalls.getpeername`."""
        return self.socket_calls.getpeername(fd)

    def sys_getsockopt(self, fd: int, level: int, option: int) -> bytes:
        """An option's value: :meth:`SocketCalls.getsockopt`."""
        return self.socket_calls.getsockopt(fd, level, option)

    def sys_setsockopt(self, fd: int, level: int, option: int, value: bytes | None) -> None:
        """Set an option: :meth:`SocketCalls.setsockopt`."""
        self.socket_calls.setsockopt(fd, level, option, value)

    # -- other files, and descriptor numbers ----------------------------------------------

    def sys_pipe2(self, flags: int = 0) -> tuple[int, int]:
        """Make a pipe: :meth:`FileCalls.pipe`."""
        return self.file_calls.pipe(flags)

    def sys_eventfd2(self, count: int, flags: int = 0) -> int:
        """Make a counter: :meth:`FileCalls.eventfd`."""
        return self.file_calls.eventfd(count, flags)

    def sys_timerfd_create(self, clock: int, flags: int = 0) -> int:
        """Make a timer: :meth:`FileCalls.timerfd_create`."""
        return self.file_calls.timerfd_create(clock, flags)

    def sys_timerfd_settime(self, fd: int, flags: int, first_ns: int, period_ns: int) -> Setting:
        """Set a timer: :meth:`FileCalls.timerfd_settime`."""
        return self.file_calls.timerfd_settime(fd, flags, first_ns, period_ns)

    def sys_timerfd_gettime(self, fd: int) -> Setting:
        """A timer's setting: :meth:`FileCalls.timerfd_gettime`."""
        return self.file_calls.timerfd_gettime(fd)

    def sys_close(self, fd: int) -> None:
        """Free a number: :meth:`FileCalls.close`."""
        self.file_calls.close(fd)

    def sys_dup(self, fd: int) -> int:
        """Another number for the same open file."""
        return self.file_calls.dup(fd)

    def sys_dup2(self, fd: int, number: int) -> int:
        """A certain number for the same open file: :meth:`FileCalls.dup2`."""
        return self.file_calls.dup2(fd, number)

    def sys_dup3(self, fd: int, number: int) -> int:
        """As :meth:`sys_dup2`, with O_CLOEXEC: :meth:`FileCalls.dup3`."""
        return self.file_calls.dup3(fd, number)

    def sys_get_blocking(self, fd: int) -> bool:
        """True if calls on the open file wait (``fcntl``: O_NONBLOCK is not set)."""
        return self.table.file(fd).blocking

    def sys_set_blocking(self, fd: int, blocking: bool) -> None:
        """Set or clear blocking mode (O_NONBLOCK cleared or set)."""
        self.table.file(fd).blocking = blocking

    def sys_get_inheritable(self, fd: int) -> bool:
        """True if a program started from here finds the number open (no FD_CLOEXEC)."""
        return self.file_calls.get_inheritable(fd)

    def sys_set_inheritable(self, fd: int, inheritable: bool) -> None:
        """Set whether programs started from here find the number open."""
        self.file_calls.set_inheritable(fd, inheritable)
