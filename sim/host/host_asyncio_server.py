"""asyncio's streams on the machine's real kernel: the host lane's server of that name.

The same server as the simulated lane's (:mod:`sim.servers.asyncio_streams`), by asyncio itself. What is
reported for a wake-up can be laid beside that lane's: the CPU time from one wait for something to do up to
the next, with all epoll_waits, turns and callbacks in it, but not the receives and sends: they are timed one
by one and taken off, and so is what timing them takes, measured once. Python's garbage collector is off: its
work would come with whichever wake-up it likes.
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
    """CPU time of the thread, and how much of it went into receiving and sending."""

    def __init__(self) -> None:
        self.io_ns = 0
        self.calls = 0
        self.call_ns = self._own_ns()
        """What timing a call takes besides."""
        self.io_ns = self.calls = 0

    def time(self, call: Callable[..., Any], *given: Any) -> Any:
        """Make a call and book what it took."""
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
    """A socket whose receives and sends are timed."""

    meter: Stopwatch

    def recv(self, *given: Any) -> bytes:
        data: bytes = self.meter.time(super().recv, *given)
        return data

    def send(self, *given: Any) -> int:
        count: int = self.meter.time(super().send, *given)
        return count


class ReportingSelector(selectors.EpollSelector):
    """A selector that reports a wake-up whenever the loop has nothing left to do."""

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
    """Answer and report, until a client is gone."""
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
