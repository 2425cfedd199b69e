"""The descriptors of a measurement: many of one kind, with consecutive numbers.

Only the waker keeps the far ends of sockets, so the numbers of the sockets here have no gaps. A process that
may have 20,000 descriptors can wait on 10,000 sockets. Why not keep both ends here? select also walks empty
bits, so a bitmap with gaps would be another measurement.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable

from sim.host.host_kernel import HostKernel, listen
from sim.host.measuring.waker import Waker

_BYTE = b"x"


class DescriptorSet:
    """``count`` idle descriptors of a kind, and the waker that makes them ready.

    Args:
        kind: One of :data:`sim.host.measuring.meter.KINDS`.
        count: Number of descriptors.
        realtime: True if this process and the waker may have real-time priority.

    Raises:
        OSError: EMFILE, ENFILE, ENOBUFS …: the system does not grant ``count`` descriptors.
    """

    def __init__(self, kind: str, count: int, realtime: bool) -> None:
        self.kind = kind
        self.fds: list[int] = []
        theirs: list[int] = []
        make = _maker(kind)
        self.drain: Callable[[int], object] = os.eventfd_read if kind == "eventfd" else _read
        try:
            for _ in range(count):
                ours, far = make()
                self.fds.append(ours)
                theirs.append(far)
            write = _count if kind == "eventfd" else _send
            self.waker = Waker(theirs, write, realtime)
        except OSError:
            _close(self.fds if kind == "eventfd" else [*self.fds, *theirs])
            raise
        if kind != "eventfd":
            _close(theirs)
            self.fds = [_lowered(fd) for fd in self.fds]

    def close(self) -> None:
        """Close all descriptors and end the waker."""
        self.waker.close()
        _close(self.fds)


def _maker(kind: str) -> Callable[[], tuple[int, int]]:
    """Function that makes a descriptor, and a second one: writing to it makes the first ready."""
    kernel = HostKernel()
    if kind == "eventfd":
        # The pair is one descriptor twice: writing to an eventfd makes the same eventfd ready.
        def eventfd() -> tuple[int, int]:
            fd = kernel.sys_eventfd2(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
            return fd, fd

        return eventfd
    if kind == "socketpair":
        return _not_waiting(kernel.sys_socketpair)
    listener = listen()
    return _not_waiting(lambda: kernel.tcp_pair(listener))


def _not_waiting(make: Callable[[], tuple[int, int]]) -> Callable[[], tuple[int, int]]:
    def pair() -> tuple[int, int]:
        ours, theirs = make()
        os.set_blocking(ours, False)
        return ours, theirs

    return pair


def _count(fd: int) -> None:
    os.eventfd_write(fd, 1)


def _send(fd: int) -> None:
    os.write(fd, _BYTE)


def _read(fd: int) -> None:
    os.read(fd, 64)


def _lowered(fd: int) -> int:
    """Move an open file to a lower number if one is free."""
    lower = os.dup(fd)
    unneeded = max(fd, lower)
    os.close(unneeded)
    return min(fd, lower)


def _close(fds: list[int]) -> None:
    for fd in fds:
        with contextlib.suppress(OSError):
            os.close(fd)


def tcp_sockets() -> tuple[socket.socket, socket.socket]:
    """Two connected TCP sockets on loopback, as Python objects."""
    listener = listen()
    theirs = socket.create_connection(listener.getsockname())
    ours, _ = listener.accept()
    listener.close()
    return ours, theirs
