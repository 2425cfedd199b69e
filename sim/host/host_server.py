"""The server of a host lane: a program that runs as a process of its own.

It accepts TCP connections over loopback and then does what a simulated server does: it waits for all of them
in one real call, reads what is ready, and sends it back. It reports each wake-up with the CPU time of the
waiting call (``CLOCK_THREAD_CPUTIME_ID``). This clock stands still while the thread sleeps. Both passes over
the descriptors, the wait queues and the switch away and back are part of the figure. Python's own time is
measured once, with a C function that does nothing in place of the call, and subtracted.

Why not a thread of the program? In a process with one thread the kernel looks descriptors up without atomic
operations (``fdget``), the thread never waits for the interpreter's lock, and the descriptor table belongs to
the server alone.

Protocol on the standard streams:

1. The server writes a line of JSON, ``{"port": …}``.
2. It reads a line with the number of connections.
3. It writes one :data:`~sim.host.wakeup_report.REPORT` for each wake-up.

It ends when its input ends before step 2, or when a client hangs up.

    python -m sim.host.host_server select|poll|epoll|asyncio

With ``asyncio``, the interpreter's own event loop serves the connections
(:mod:`sim.host.host_asyncio_server`).
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import socket
import struct
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sim.host.host_kernel import EPOLL_EVENT, PSELECT6, HostKernel, raise_nofile
from sim.host.wakeup_report import READ_BYTES, REPORT
from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD
from sim.kernel.waiting.scan_request import POLLFD, bit_numbers, set_bit, words_for

BACKLOG = 4096
_EMPTY_CALLS = 200
_LONG, _INT, _POINTER = ctypes.c_long, ctypes.c_int, ctypes.c_void_p
_libc = ctypes.PyDLL(None)
"""``PyDLL`` keeps the interpreter's lock during calls: no other thread needs it."""


class HostWait(ABC):
    """One way to wait for the same descriptors repeatedly.

    Args:
        fds: Descriptors in ascending order.
    """

    def __init__(self, fds: Sequence[int]) -> None:
        self.fds = fds
        self.arguments: tuple[Any, ...] = ()
        self.real: Callable[..., int] = len
        self.nothing: Callable[..., int] = len

    def _call(self, name: str, result: Any, *types: Any) -> None:
        """Choose the C function to call, and one with the same arguments that does nothing."""
        prototype = ctypes.PYFUNCTYPE(result, *types)
        self.real, self.nothing = prototype((name, _libc)), prototype(("labs", _libc))

    def prepare(self) -> None:  # noqa: B027 - only select has to: the kernel overwrites its bitmap
        """Prepare the arguments for the next call."""

    @abstractmethod
    def found(self, count: int) -> list[int]:
        """Descriptors that the last call found ready; ``count`` is what that call returned."""

    def empty_ns(self) -> int:
        """Time in ns of a call that does nothing: the lower quartile of many."""
        samples = sorted(_spent(self.nothing, self.arguments)[1] for _ in range(_EMPTY_CALLS))
        return samples[len(samples) // 4]


class SelectWait(HostWait):
    """``pselect6`` with one bitmap."""

    def __init__(self, fds: Sequence[int]) -> None:
        super().__init__(fds)
        self._nfds = fds[-1] + 1
        self._asked = words_for(self._nfds)
        for fd in fds:
            set_bit(self._asked, fd)
        self._words = self._asked.copy()
        self._call("syscall", _LONG, _LONG, _LONG, *(5 * [_POINTER]))
        self.arguments = (PSELECT6, self._nfds, self._words.ctypes.data, 0, 0, 0, 0)

    def prepare(self) -> None:
        self._words[:] = self._asked

    def found(self, count: int) -> list[int]:
        fds: list[int] = bit_numbers(self._words, self._nfds).tolist()
        return fds


class PollWait(HostWait):
    """``poll`` with one array."""

    def __init__(self, fds: Sequence[int]) -> None:
        super().__init__(fds)
        self._entries = np.zeros(len(fds), dtype=POLLFD)
        self._entries["fd"], self._entries["events"] = fds, poll_bits.IN
        self._call("poll", _INT, _POINTER, ctypes.c_ulong, _INT)
        self.arguments = (self._entries.ctypes.data, len(fds), -1)

    def found(self, count: int) -> list[int]:
        fds: list[int] = self._entries["fd"][self._entries["revents"] != 0].tolist()
        return fds


class EpollWait(HostWait):
    """``epoll_wait``, level-triggered, with room for an event of every descriptor."""

    def __init__(self, fds: Sequence[int]) -> None:
        super().__init__(fds)
        kernel = HostKernel()
        epfd = kernel.sys_epoll_create1()
        for fd in fds:
            kernel.sys_epoll_ctl(epfd, CTL_ADD, fd, poll_bits.IN)
        self._events = np.zeros(len(fds), dtype=EPOLL_EVENT)
        self._call("epoll_wait", _INT, _INT, _POINTER, _INT, _INT)
        self.arguments = (epfd, self._events.ctypes.data, len(fds), -1)

    def found(self, count: int) -> list[int]:
        fds: list[int] = self._events["data"][:count].tolist()
        return fds


WAITS: dict[str, type[HostWait]] = {"select": SelectWait, "poll": PollWait, "epoll": EpollWait}


def _spent(function: Callable[..., int], arguments: tuple[Any, ...]) -> tuple[int, int]:
    """Make a call; return its result and its CPU time in ns."""
    begin_ns = time.thread_time_ns()
    result = function(*arguments)
    return result, time.thread_time_ns() - begin_ns


def _accept_all(listener: socket.socket) -> list[int]:
    """Accept as many connections as the input announces; none if the input ends first."""
    fds: list[int] = []
    waiting = select.poll()
    waiting.register(listener, select.POLLIN)
    waiting.register(0, select.POLLIN)
    count: int | None = None
    while count is None or len(fds) < count:
        for fd, _ in waiting.poll():
            if fd == 0:
                line = os.read(0, 64)
                if not line:
                    return []
                count = int(line)
                waiting.unregister(0)
            else:
                connection, _ = listener.accept()
                connection.setblocking(False)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                fds.append(connection.detach())
    return fds


def _answer(fd: int) -> bool:
    """Read what has arrived and send it back; False if the client has hung up."""
    try:
        data = os.read(fd, READ_BYTES)
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(fd, left) :]
            except BlockingIOError:
                room = select.poll()
                room.register(fd, select.POLLOUT)
                room.poll()
    except BlockingIOError:
        return True
    except OSError:
        return False
    return bool(data)


def serve(wait: HostWait) -> None:
    """Wait, answer and report until a client hangs up."""
    empty_ns = wait.empty_ns()
    switches = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
    while True:
        wait.prepare()
        count, spent_ns = _spent(wait.real, wait.arguments)
        before, switches = switches, resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
        if count <= 0:
            continue
        if not all(_answer(fd) for fd in wait.found(count)):
            return
        os.write(1, REPORT.pack(max(1, spent_ns - empty_ns), count, switches > before))


def main(mechanism: str) -> None:
    """Accept the connections, then serve them."""
    raise_nofile()
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
        os.write(1, json.dumps({"port": listener.getsockname()[1]}).encode() + b"\n")
        fds = _accept_all(listener)
    if fds and mechanism == "asyncio":
        from sim.host import host_asyncio_server

        host_asyncio_server.serve(sorted(fds))
    elif fds:
        serve(WAITS[mechanism](sorted(fds)))


if __name__ == "__main__":
    main(sys.argv[1])
