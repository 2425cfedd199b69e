"""The machine's own kernel: the raw calls of :class:`sim.kernel.kernel.RawKernel`, made for real.

Names and arguments are those of the simulated calls. The methods are plain ones: a call that waits blocks the
thread that makes it. Calls go to the kernel as directly as Python can make them, through ``ctypes``:

- ``sys_select`` is the system call ``pselect6`` itself (``fs/select.c: do_pselect``). Bitmaps are NumPy
  arrays of 64-bit words, of any size.
- ``sys_poll`` passes the array of ``struct pollfd`` without copying it.
- ``sys_epoll_*`` use ``struct epoll_event``. It is packed on x86-64 (12 bytes) and not packed elsewhere (16).

poll and epoll_wait take whole milliseconds. A timeout in nanoseconds is rounded up, as Python's own
``select`` module does.

Why not Python's ``select`` module? Its ``select`` uses the C library's ``fd_set``, which ends at FD_SETSIZE
(1,024), although the kernel's bitmaps have no such end. Its functions also build lists and tuples, whose cost
would be part of every measurement.

This module opens real files, as no module of the other rooms does. Measurements of these calls are in
:mod:`sim.host.measuring.meter`. On a system that is not Linux, :class:`HostKernel` raises :class:`NoHost`,
whose message gives the reason in one line.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.kernel.poll_bits import oserror
from sim.kernel.waiting.epoll.epoll_file import Event
from sim.kernel.waiting.scan_request import POLLFD, Words

_PSELECT6S = {"x86_64": 270, "aarch64": 72, "riscv64": 72, "loongarch64": 72, "ppc64le": 280, "s390x": 301}
"""Number of the system call, by machine (``arch/*/entry/syscalls``, ``asm-generic/unistd.h``)."""
PSELECT6 = _PSELECT6S.get(platform.machine(), -1)
_PACKED = platform.machine() == "x86_64"
EPOLL_EVENT = np.dtype(
    {
        "names": ["events", "data"],
        "formats": ["<u4", "<u8"],
        "offsets": [0, 4 if _PACKED else 8],
        "itemsize": 12 if _PACKED else 16,
    }
)
"""Layout of ``struct epoll_event`` on this machine."""


class NoHost(Exception):
    """This machine's kernel does not have the calls; the message gives the reason in one line."""


class _TimeSpec(ctypes.Structure):
    """``struct timespec``."""

    _fields_ = (("tv_sec", ctypes.c_long), ("tv_nsec", ctypes.c_long))


@dataclass(frozen=True, slots=True)
class Nofile:
    """Limit of open descriptors (RLIMIT_NOFILE) after :func:`raise_nofile`."""

    before: int
    """Soft limit before it was raised."""
    now: int
    """Soft limit in force."""
    hard: int
    """Limit that an unprivileged process cannot exceed."""

    def shortfall(self, fds: int) -> str | None:
        """One line if the limit does not allow ``fds`` descriptors; None if it does."""
        if fds + SPARE_FDS <= self.now:
            return None
        return (
            f"{fds:,} descriptors need {fds + SPARE_FDS:,} open files, but this shell allows {self.now:,} "
            "(raise with ulimit -n): simulated only"
        )


SPARE_FDS = 64
"""Descriptors reserved for the process itself: its streams, libraries and pipes, and the epoll."""


def raise_nofile() -> Nofile:
    """Raise the soft limit of open descriptors to the hard one.

    Returns:
        The limits before and after. A limit that cannot be raised is no error.
    """
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _fs_limit() if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            wanted = soft
    return Nofile(soft, wanted, wanted if hard == resource.RLIM_INFINITY else hard)


def _fs_limit() -> int:
    """Highest limit that any process can have (``fs.nr_open``); 2**20 if the kernel does not say."""
    try:
        with open("/proc/sys/fs/nr_open", encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        return 1 << 20


def why_no_host() -> str | None:
    """One line if the calls cannot be made on this machine; None if they can."""
    if not sys.platform.startswith("linux"):
        return f"{platform.system() or 'this system'} is not Linux: its kernel has no epoll to measure"
    if ctypes.sizeof(ctypes.c_long) != 8 or sys.byteorder != "little":
        return f"{platform.machine()} is not a 64-bit little-endian machine: its calls are not known here"
    if PSELECT6 < 0:
        return f"the number of pselect6 on {platform.machine()} is not known here"
    return None


class HostKernel:
    """The raw calls on this machine's kernel.

    Raises:
        NoHost: This is not a Linux machine whose call numbers are known.
    """

    def __init__(self) -> None:
        why_not = why_no_host()
        if why_not is not None:
            raise NoHost(why_not)
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._syscall = self._libc.syscall
        self._syscall.restype = ctypes.c_long

    # -- calls that wait ------------------------------------------------------------------

    def sys_select(
        self,
        nfds: int,
        readfds: Words | None,
        writefds: Words | None = None,
        exceptfds: Words | None = None,
        timeout_ns: int | None = None,
    ) -> int:
        """Wait for descriptors in bitmaps; see :meth:`sim.kernel.waiting.select_and_poll.ScanCalls.select`.

        Raises:
            OSError: EBADF, EINVAL, EINTR; EFAULT if a bitmap has fewer than ``nfds`` bits.
        """
        pointers = [_bitmap(words, nfds) for words in (readfds, writefds, exceptfds)]
        timeout = None
        if timeout_ns is not None:
            timeout = ctypes.byref(_TimeSpec(timeout_ns // 10**9, timeout_ns % 10**9))
        return self._checked(
            self._syscall(ctypes.c_long(PSELECT6), ctypes.c_long(nfds), *pointers, timeout, None)
        )

    def sys_poll(self, entries: npt.NDArray[np.void], timeout_ns: int | None = None) -> int:
        """Wait for the entries of an array of :data:`sim.kernel.waiting.scan_request.POLLFD`.

        See :meth:`sim.kernel.waiting.select_and_poll.ScanCalls.poll`.

        Raises:
            OSError: EINVAL, EINTR; EFAULT if the array has another type.
        """
        if entries.dtype != POLLFD or not entries.flags.c_contiguous or not entries.flags.writeable:
            raise oserror(errno.EFAULT)
        pointer = ctypes.c_void_p(entries.ctypes.data)
        timeout_ms = ctypes.c_int(_milliseconds(timeout_ns))
        return self._checked(self._libc.poll(pointer, ctypes.c_ulong(len(entries)), timeout_ms))

    def sys_epoll_wait(self, epfd: int, maxevents: int, timeout_ns: int | None = None) -> list[Event]:
        """Wait for events; see :meth:`sim.kernel.waiting.epoll.calls.EpollCalls.wait`.

        Raises:
            OSError: EBADF, EINVAL, EINTR.
        """
        events = np.empty(max(0, min(maxevents, 1 << 20)), dtype=EPOLL_EVENT)
        count = self._checked(
            self._libc.epoll_wait(
                epfd, ctypes.c_void_p(events.ctypes.data), maxevents, _milliseconds(timeout_ns)
            )
        )
        found = events[:count]
        return list(zip(found["data"].tolist(), found["events"].tolist(), strict=True))

    # -- epoll ----------------------------------------------------------------------------

    def sys_epoll_create1(self) -> int:
        """Create an epoll."""
        return self._checked(self._libc.epoll_create1(os.O_CLOEXEC))

    def sys_epoll_ctl(self, epfd: int, op: int, fd: int, events: int = 0) -> None:
        """Change the interest list.

        Raises:
            OSError: EBADF, EEXIST, ENOENT, EPERM, ELOOP, EINVAL or ENOSPC, as in epoll_ctl(2).
        """
        event = np.zeros(1, dtype=EPOLL_EVENT)
        event["events"], event["data"] = events, fd
        self._checked(self._libc.epoll_ctl(epfd, op, fd, ctypes.c_void_p(event.ctypes.data)))

    # -- files ----------------------------------------------------------------------------

    def sys_eventfd2(self, count: int, flags: int = 0) -> int:
        """Create a counter that starts at ``count``."""
        return os.eventfd(count, flags)

    def sys_socketpair(self, kind: int = socket.SOCK_STREAM) -> tuple[int, int]:
        """Create two UNIX sockets that are connected to each other."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
        return ours.detach(), theirs.detach()

    def tcp_pair(self, listener: socket.socket) -> tuple[int, int]:
        """Create two TCP sockets connected over loopback: the server's end and the client's.

        Args:
            listener: A socket from :func:`listen`.
        """
        theirs = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
        return ours.detach(), theirs.detach()

    def sys_read(self, fd: int, size: int) -> bytes:
        """Read up to ``size`` bytes."""
        return os.read(fd, size)

    def sys_write(self, fd: int, data: bytes) -> int:
        """Write bytes; return the number of bytes taken."""
        return os.write(fd, data)

    def sys_close(self, fd: int) -> None:
        """Close a descriptor."""
        os.close(fd)

    def sys_set_blocking(self, fd: int, blocking: bool) -> None:
        """Set or clear blocking mode (O_NONBLOCK cleared or set)."""
        os.set_blocking(fd, blocking)

    @staticmethod
    def _checked(result: int) -> int:
        if result < 0:
            raise oserror(ctypes.get_errno())
        return result


def listen() -> socket.socket:
    """Create a TCP socket that listens on a free port of loopback."""
    return socket.create_server(("127.0.0.1", 0), backlog=64)


def _bitmap(words: Words | None, nfds: int) -> ctypes.c_void_p | None:
    """Pointer to a bitmap. The kernel writes to it, so it must be writable and have ``nfds`` bits."""
    if words is None:
        return None
    if words.dtype != np.uint64 or not words.flags.c_contiguous or not words.flags.writeable:
        raise oserror(errno.EFAULT)
    if 64 * len(words) < nfds:
        raise oserror(errno.EFAULT)
    return ctypes.c_void_p(words.ctypes.data)


def _milliseconds(timeout_ns: int | None) -> int:
    """Timeout in ms for poll and epoll_wait, rounded up; -1 waits without end."""
    return -1 if timeout_ns is None else min(-(-timeout_ns // 10**6), 2**31 - 1)
