"""asyncio's streams on the machine's real kernel: the host lane's server of that name.

It is the same server as the simulated lane's (:mod:`sim.servers.asyncio_streams`), run by asyncio itself. Its
report of a wake-up can be compared with that lane. The report contains the CPU time from one wait that may
sleep to the next: every epoll_wait, turn and callback in between. Receives and sends are not part of it: each
is timed and subtracted. The time that timing itself takes is measured once and subtracted too.

Python's garbage collector is off. Otherwise it would run during an arbitrary wake-up, and would be charged to
that wake-up.

Why not count only epoll_wait, as for the other mechanisms? A program that waits with asyncio runs the loop's
code at every wake-up. Without it, the lane would show the cost of epoll and not that of asyncio.
"""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from sim.host.wakeup_report import READ_BYTES, REPORT

_EMPTY_CALLS = 500
_clock_ns = time.thread_time_ns


class Stopwatch:
    """CPU time that a thread spends in receives and sends."""

    def __init__(self) -> None:
        self.io_ns = 0
        self.calls = 0
        self.call_ns = self._own_ns()
        """CPU time in ns that timing adds to each call."""
        self.io_ns = self.calls = 0

    def time(self, call: Callable[..., Any], *given: Any) -> Any:
        """Make a call and add its CPU time to ``io_ns``."""
        self.calls += 1
        begin_ns = _clock_ns()
        try:
            return call(*given)
        finally:
            self.io_ns += _clock_ns() - begin_ns

    def _own_ns(self) -> int:
        samples = []
        for _ in range(_EMPTY_CALLS):
            before_ns, begin_ns = self.io_ns, _clock_ns()
            self.time(len, b"")
            samples.append(_clock_ns() - begin_ns - (self.io_ns - before_ns))
        clock_ns = sorted(-_clock_ns() + _clock_ns() for _ in range(_EMPTY_CALLS))[_EMPTY_CALLS // 4]
        return max(0, sorted(samples)[_EMPTY_CALLS // 4] - clock_ns)


class TimedSocket(socket.socket):
    """A socket that times its receives and sends."""

    meter: Stopwatch

    def recv(self, *given: Any) -> bytes:
        data: bytes = self.meter.time(super().recv, *given)
        return data

    def send(self, *given: Any) -> int:
        count: int = self.meter.time(super().send, *given)
        return count


class ReportingSelector(selectors.EpollSelector):
    """A selector that reports a wake-up each time the loop has nothing left to do."""

    def __init__(self, meter: Stopwatch) -> None:
        super().__init__()
        self._meter = meter
        self._events = 0
        self._begin_ns = _clock_ns()
        self._switches = _voluntary_switches()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout > 0:
            self._report()
        ready = super().select(timeout)
        self._events += len(ready)
        return ready

    def _report(self) -> None:
        meter = self._meter
        if self._events:
            spent_ns = _clock_ns() - self._begin_ns - meter.io_ns - meter.calls * meter.call_ns
            slept = _voluntary_switches() > self._switches
            os.write(1, REPORT.pack(max(1, spent_ns), self._events, slept))
        self._events = meter.io_ns = meter.calls = 0
        self._switches = _voluntary_switches()
        self._begin_ns = _clock_ns()


def _voluntary_switches() -> int:
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw


def serve(fds: Sequence[int]) -> None:
    """Answer requests and report wake-ups until a client hangs up."""
    gc.disable()
    meter = TimedSocket.meter = Stopwatch()
    loop = asyncio.SelectorEventLoop(ReportingSelector(meter))

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(READ_BYTES):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        loop.stop()

    def protocol() -> asyncio.StreamReaderProtocol:
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(loop=loop), handle, loop=loop)

    async def adopt() -> None:
        for fd in fds:
            await loop.connect_accepted_socket(protocol, TimedSocket(fileno=fd))

    loop.run_until_complete(adopt())
    loop.run_forever()
