"""A lane on the machine's real kernel: the race's arrivals, sent over real sockets to a real server.

The server is a process of its own (:mod:`sim.host.host_server`). This module is the clients' side. Each
client has one TCP connection and sends the requests of the race's workload: the clients, the bytes and the
bursts are those of the simulated lanes.

Real calls take real time, so a host lane does not follow the race's clock. It plays one burst at a time, and
waits for all its answers before the next one. It plays as many bursts as fit into the time that a frame
grants. The other bursts are counted and not played.

The race is not affected: the workload is a fixed schedule, and any number of readers may use it.

Differences from a simulated lane:

- The requests of a burst are sent one after another. A server that the first one wakes may sleep again before
  the second arrives.
- Connections that hang up and reconnect (churn) stay open.

Why not slow the race down to the host's pace? The simulated lanes would then depend on the speed of this
machine, and the same seed would no longer give the same bytes.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import statistics
import struct
import time
from collections import deque
from collections.abc import Callable, Sequence

from sim.host.due_bursts import due_bursts
from sim.host.host_kernel import SPARE_FDS, raise_nofile, why_no_host
from sim.host.host_view import RECENT, HostView
from sim.host.server_process import ServerProcess
from sim.host.wakeup_report import REPORT
from sim.scenario.lanes import LANES
from sim.scenario.workload import Workload

MECHANISMS = tuple(kind.name for kind in LANES.values() if kind.on_host)
"""Mechanisms with which the server can wait."""
OPENING_AT_ONCE = 16
"""Connections opened before the clock is read again."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER's value that closes with a reset, not with a FIN: a reset leaves no TIME_WAIT behind."""


class HostLane:
    """A real server of one mechanism, and its clients.

    Args:
        mechanism: One of :data:`MECHANISMS`.
        fds: Number of connections wanted.
        clock: Seconds on a clock that never goes back. It limits the duration of :meth:`step`.
    """

    def __init__(self, mechanism: str, fds: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self.mechanism = mechanism
        self.requested = fds
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
        """Bytes of the answer that a client still waits for, by client."""
        self._recent: deque[int] = deque(maxlen=RECENT)
        self._last = (0, 0, False)
        self.wakeups = self.played = self.answered = self.skipped = 0
        self._server: ServerProcess | None = None
        if self.failure is None:
            self._start()

    # -- the server -----------------------------------------------------------------------

    def _start(self) -> None:
        try:
            self._server = ServerProcess(self.mechanism)
        except OSError as error:
            self._fail(f"the server process cannot be started: {error.strerror}")
            return
        limit = raise_nofile()
        room = limit.now - len(os.listdir("/proc/self/fd")) - SPARE_FDS
        if room < self.requested:
            self._wanted = max(0, room)
            self._why_fewer = f"this process may have {limit.now:,} descriptors"

    def _fail(self, why: str) -> None:
        self.failure = why
        self._state = "failed"
        self._end_server()
        self._close_clients()

    def _end_server(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _close_clients(self) -> None:
        for client in self._clients:
            client.close()
        self._clients.clear()

    def close(self) -> None:
        """End the server and close every connection."""
        self._end_server()
        self._close_clients()
        if self.failure is None:
            self._state = "starting"

    def _listen(self, timeout_s: float) -> bool:
        """Read what the server writes within ``timeout_s`` seconds; True if it wrote anything."""
        if self._server is None:
            return False
        heard = self._server.read(timeout_s)
        if heard is None:
            self._fail("the server process has ended")
            return False
        self._heard += heard
        return bool(heard)

    # -- the work of one frame --------------------------------------------------------------

    def step(self, workload: Workload, now_ns: int, budget_s: float) -> None:
        """Open connections or play bursts for at most ``budget_s`` seconds.

        Args:
            workload: The race's schedule.
            now_ns: The race's virtual time: arrivals up to here are due.
            budget_s: Time that the frame grants.
        """
        if self._server is None:
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
        """Read the port at which the server listens."""
        if self._listen(0) and b"\n" in self._heard:
            line, self._heard = self._heard.split(b"\n", 1)
            self._address = ("127.0.0.1", json.loads(line)["port"])
            self._state = "opening"

    def _open(self, deadline_s: float) -> None:
        """Connect clients until the deadline; the server accepts them at the same time."""
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
        """Continue with the connections that are open, and store the reason for which others are missing."""
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
        assert self._server is not None
        try:
            self._server.send_connection_count(len(self._clients))
        except OSError:
            self._fail("the server process has ended")
            return
        self._state = "running"

    # -- requests -------------------------------------------------------------------------

    def _play(self, workload: Workload, now_ns: int, deadline_s: float) -> None:
        """Play the newest bursts since the last frame, one at a time."""
        self._seen_ns = min(self._seen_ns, now_ns)  # Time runs backwards only if the race was restarted.
        due = due_bursts(workload, self._seen_ns, now_ns)
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
        """Send the requests of one burst; return the number of requests sent."""
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
        """Read reports until every request is answered or the deadline passes. Detect the end of the
        server.
        """
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
        """Read answers that have arrived. The server sends an answer before it reports the wake-up."""
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

    # -- figures --------------------------------------------------------------------------

    def view(self) -> HostView:
        """State of the lane at this moment."""
        cost_ns, ready, slept = self._last
        return HostView(
            mechanism=self.mechanism,
            state=self._state if self.failure is None else "failed",
            requested=self.requested,
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
