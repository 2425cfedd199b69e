"""A lane on the machine's real kernel: the race's arrivals, sent over real sockets to a real server.

The server is a process of its own (:mod:`sim.host.host_server`); this side is its clients. They have one
TCP connection each, and send what the race's workload says: the same client, the same bytes, the
same bursts as in the simulated lanes. What is real takes real time, so a host lane does not keep the
race's clock: bursts are played one at a time, each when the one before is answered, as many as fit into
the time a frame has for it. Those that do not fit are not played, and are counted.

Nothing of this touches the race: the workload is a schedule that any number may read.

Different from a simulated lane: the requests of a burst are sent one after another, so a server that
is woken by the first may sleep again before the second; and connections that hang up and come anew
(churn) stay as they are.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import socket
import statistics
import struct
import subprocess
import sys
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sim.host.host_kernel import SPARE_FDS, raise_nofile, why_no_host
from sim.host.wakeup_report import REPORT
from sim.scenario.lanes import LANES
from sim.scenario.workload import Workload

MECHANISMS = tuple(kind.name for kind in LANES.values() if kind.on_host)
"""What the server can wait in."""
RECENT = 200
"""Wake-ups that the median is taken of."""
OPENING_AT_ONCE = 16
"""Connections opened before the clock is looked at again."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""A reset instead of a farewell: ten thousand closed connections leave no TIME_WAIT behind."""


@dataclass(frozen=True, slots=True)
class HostView:
    """What a host lane has to show: all times measured."""

    mechanism: str
    state: str
    """``starting``, ``opening``, ``running`` or ``failed``."""
    asked: int
    """Connections the scenario asks for."""
    opened: int
    why_fewer: str | None
    """Why fewer connections than asked for are open, in one line."""
    failure: str | None
    wakeups: int
    last_ns: int | None
    """CPU time of the waiting call of the last wake-up; with asyncio, of its loop's work for it too."""
    last_ready: int
    last_slept: bool
    median_ns: int | None
    """Of the last :data:`RECENT` wake-ups."""
    best_ns: int | None
    """The least of those."""
    played: int
    """Requests sent."""
    answered: int
    skipped: int
    """Arrivals of the race that were not played: no time, no connection, or a hang-up."""


class HostLane:
    """A real server of one mechanism and its clients.

    Args:
        mechanism: one of :data:`MECHANISMS`.
        fds: Connections wanted.
        clock: Seconds on a clock that never goes back: bounds what a call of :meth:`step` takes.
    """

    def __init__(self, mechanism: str, fds: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self.mechanism = mechanism
        self.asked = fds
        self.failure = why_no_host()
        self._clock = clock
        self._clients: list[socket.socket] = []
        self._address = ("127.0.0.1", 0)
        self._state = "starting"
        self._why_fewer: str | None = None
        self._wanted = fds
        self._heard = b""
        self._seen_ns = -1
        self._outstanding: dict[int, int] = {}
        """Bytes of their answers that clients still wait for."""
        self._recent: deque[int] = deque(maxlen=RECENT)
        self._last = (0, 0, False)
        self.wakeups = self.played = self.answered = self.skipped = 0
        self._process: subprocess.Popen[bytes] | None = None
        if self.failure is None:
            self._start()

    # -- the server -----------------------------------------------------------------------

    def _start(self) -> None:
        root = str(Path(__file__).resolve().parents[2])
        path = os.environ.get("PYTHONPATH")
        one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sim.host.host_server", self.mechanism],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **one_thread, "PYTHONPATH": f"{root}{os.pathsep}{path}" if path else root},
            )
        except OSError as error:
            self._fail(f"the server process cannot be started: {error.strerror}")
            return
        os.set_blocking(self._out, False)
        limit = raise_nofile()
        room = limit.now - len(os.listdir("/proc/self/fd")) - SPARE_FDS
        if room < self.asked:
            self._wanted = max(0, room)
            self._why_fewer = f"this process may have {limit.now:,} descriptors"

    @property
    def _out(self) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def _fail(self, why: str) -> None:
        self.failure = why
        self._state = "failed"
        self._end_process()
        self._close_clients()

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _close_clients(self) -> None:
        for client in self._clients:
            client.close()
        self._clients.clear()

    def close(self) -> None:
        """End the server and close every connection."""
        self._end_process()
        self._close_clients()
        if self.failure is None:
            self._state = "starting"

    def _listen(self, timeout_s: float) -> bool:
        """Hear what the server has to say, for so long at most; tells whether it said anything."""
        if self._process is None:
            return False
        waiting = select.poll()
        waiting.register(self._out, select.POLLIN)
        if not waiting.poll(max(0.0, timeout_s) * 1000):
            return False
        said = os.read(self._out, 1 << 16)
        if not said:
            self._fail("the server process has ended")
            return False
        self._heard += said
        return True

    # -- a frame's share ------------------------------------------------------------------

    def step(self, workload: Workload, now_ns: int, budget_s: float) -> None:
        """Do what fits into ``budget_s``: open connections, or play what has arrived up to ``now_ns``."""
        if self._process is None:
            return
        deadline_s = self._clock() + budget_s
        if self._state == "starting":
            self._meet()
        if self._state == "opening":
            self._open(deadline_s)
        if self._state == "running":
            self._play(workload, now_ns, deadline_s)
        else:
            self._seen_ns = now_ns

    def _meet(self) -> None:
        """Learn where the server listens."""
        if self._listen(0) and b"\n" in self._heard:
            line, self._heard = self._heard.split(b"\n", 1)
            self._address = ("127.0.0.1", json.loads(line)["port"])
            self._state = "opening"

    def _open(self, deadline_s: float) -> None:
        """Connect as many clients as there is time for; the server accepts them meanwhile."""
        while len(self._clients) < self._wanted and self._clock() < deadline_s:
            for _ in range(min(OPENING_AT_ONCE, self._wanted - len(self._clients))):
                try:
                    self._connect()
                except OSError as error:
                    self._cannot_open(error)
                    return
        if len(self._clients) == self._wanted:
            self._all_open()

    def _connect(self) -> None:
        client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.connect(self._address)
            client.setblocking(False)
        except OSError:
            client.close()
            raise
        self._clients.append(client)

    def _cannot_open(self, error: OSError) -> None:
        """No more connections than there are: say why, and go on with these."""
        words = {
            errno.EMFILE: "this process may have no more descriptors",
            errno.ENFILE: "the machine may have no more open files",
            errno.EADDRNOTAVAIL: "loopback has no more free ports",
        }
        self._why_fewer = words.get(error.errno or 0, f"connect: {error.strerror}")
        self._wanted = len(self._clients)
        self._all_open()

    def _all_open(self) -> None:
        if not self._clients:
            self._fail(f"no connection could be opened: {self._why_fewer}")
            return
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{len(self._clients)}\n".encode())
            self._process.stdin.flush()
        except OSError:
            self._fail("the server process has ended")
            return
        self._state = "running"

    # -- requests -------------------------------------------------------------------------

    def _play(self, workload: Workload, now_ns: int, deadline_s: float) -> None:
        """Play the newest bursts since the last frame, one at a time."""
        self._seen_ns = min(self._seen_ns, now_ns)  # Earlier than before: the race has begun anew.
        due = arrivals(workload, self._seen_ns, now_ns)
        sent = 0
        for burst in due.bursts:
            self._collect(deadline_s)
            if self._outstanding or self.failure is not None or self._clock() >= deadline_s:
                break
            sent += self._send(burst, workload.payload)
        self._collect(deadline_s)
        self.played += sent
        self.skipped += due.count - sent
        self._seen_ns = now_ns

    def _send(self, burst: Sequence[int], payload: bytes) -> int:
        """The requests of one burst; how many could be sent."""
        sent = 0
        for slot in burst:
            if 0 <= slot < len(self._clients) and slot not in self._outstanding:
                try:
                    self._outstanding[slot] = self._clients[slot].send(payload)
                except OSError:
                    continue
                sent += 1
        return sent

    def _collect(self, deadline_s: float) -> None:
        """Take reports until every request is answered or the time is over; notice the server's end."""
        while self._listen(deadline_s - self._clock() if self._outstanding else 0):
            self._read_reports()
            self._read_answers()

    def _read_reports(self) -> None:
        whole = len(self._heard) - len(self._heard) % REPORT.size
        for cost_ns, ready, slept in REPORT.iter_unpack(self._heard[:whole]):
            self.wakeups += 1
            self._recent.append(cost_ns)
            self._last = (cost_ns, ready, bool(slept))
        self._heard = self._heard[whole:]

    def _read_answers(self) -> None:
        """Answers that are there: the server has sent them before it reported."""
        for slot, missing in list(self._outstanding.items()):
            try:
                left = missing - len(self._clients[slot].recv(missing))
            except BlockingIOError:
                continue
            except OSError:
                self._fail("the server process has ended")
                return
            self._outstanding[slot] = left
            if not left:
                del self._outstanding[slot]
                self.answered += 1

    # -- what it shows --------------------------------------------------------------------

    def view(self) -> HostView:
        """The lane at this moment."""
        cost_ns, ready, slept = self._last
        return HostView(
            mechanism=self.mechanism,
            state=self._state if self.failure is None else "failed",
            asked=self.asked,
            opened=len(self._clients),
            why_fewer=self._why_fewer,
            failure=self.failure,
            wakeups=self.wakeups,
            last_ns=cost_ns if self.wakeups else None,
            last_ready=ready,
            last_slept=slept,
            median_ns=round(statistics.median(self._recent)) if self._recent else None,
            best_ns=min(self._recent, default=None),
            played=self.played,
            answered=self.answered,
            skipped=self.skipped,
        )


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What arrives in a stretch of virtual time."""

    count: int
    """All of it, hang-ups included."""
    bursts: list[list[int]]
    """Clients that send, by burst, in order; of a long stretch only the last window's."""


def arrivals(workload: Workload, after_ns: int, until_ns: int) -> Arrivals:
    """Arrivals in ``(after_ns, until_ns]``."""
    after_ns = max(after_ns, workload.start_ns - 1)
    if workload.silent or until_ns <= after_ns:
        return Arrivals(0, [])
    begun = after_ns >= workload.start_ns
    first = workload.serial_at(after_ns) if begun else workload.window(0).first_serial
    count = workload.serial_at(until_ns) - first
    window = workload.window((until_ns - workload.start_ns) // workload.window_ns)
    times = window.times_ns
    low = bisect_right(times, after_ns, 0, len(window.slots))
    high = bisect_right(times, until_ns, 0, len(window.slots))
    timed = zip(times[low:high], window.slots[low:high], strict=True)
    bursts = [[slot for _, slot in group if slot >= 0] for _, group in groupby(timed, key=lambda one: one[0])]
    return Arrivals(count, [burst for burst in bursts if burst])
