"""CPU time of a request in a server that waits as a lane does, on the machine's own kernel.

The server is a separate process. The measuring process forks it and runs on the same CPU. The lane
``process`` has a process for each connection, ``epoll-exclusive`` a process for each worker, and ``thread`` a
thread for each connection. The client is the measuring process. It sends a request, sleeps until the server
has been asleep for a while, and sends the next request over the next connection.

Both figures are read from outside. CPU time is that of the server's own clock (clock_getcpuclockid(3)). The
number of sleeps is ``voluntary_ctxt_switches`` (proc_pid_status(5)). The time of the server's loop without
its calls is measured in the client and subtracted.

Why not let the server time its own calls? A process per connection would time only its own part. Reading the
clock would also become part of every request.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.host.host_kernel import HostKernel, listen
from sim.host.measuring.measurement import CannotMeasure, Measurement, summary
from sim.host.measuring.ring_server_loops import polled, receiving
from sim.host.measuring.server_loops import (
    EMPTY,
    MESSAGE,
    REAL,
    LoopSetup,
    blocking,
    exclusive,
    one_shot,
    releasing_lock,
    waiting,
)
from sim.host.measuring.timed_calls import cpu_ns
from sim.kernel import poll_bits

REQUESTS, ROUNDS = 64, 12
"""Requests in a round, and number of rounds."""
PAUSE_S = 0.000_2
"""Seconds from one request to the next. The server answers in a fraction of it and goes to sleep."""
PATIENCE_S = 1.0
"""Seconds to wait for the answers of a round."""
EMPTY_ROUNDS = 12
WORKERS = 4
_STACK_BYTES = 256 * 1024
_PR_SET_PDEATHSIG = 1
_CPUCLOCK_SCHED = 2
_READY = b"ready"


@dataclass(frozen=True, slots=True)
class MeasuredServer:
    """The way in which a lane's server is made."""

    setup: LoopSetup
    split: Callable[[list[int]], list[list[int]]]
    """Divides the connections among the server's processes."""
    threads: bool = False
    """True if each connection has a thread of its own."""


def _together(fds: list[int]) -> list[list[int]]:
    return [fds]


def _one_each(fds: list[int]) -> list[list[int]]:
    return [[fd] for fd in fds]


def _dealt_to_workers(fds: list[int]) -> list[list[int]]:
    return [fds[start::WORKERS] for start in range(WORKERS)]


SERVERS: dict[str, MeasuredServer] = {
    "process": MeasuredServer(blocking, _one_each),
    "thread": MeasuredServer(blocking, _together, threads=True),
    "select": MeasuredServer(waiting("select"), _together),
    "poll": MeasuredServer(waiting("poll"), _together),
    "epoll": MeasuredServer(waiting("epoll"), _together),
    "epoll-et": MeasuredServer(waiting("epoll", poll_bits.IN | poll_bits.EPOLLET), _together),
    "epoll-oneshot": MeasuredServer(one_shot, _together),
    "epoll-exclusive": MeasuredServer(exclusive, _dealt_to_workers),
    "io_uring": MeasuredServer(receiving, _together),
    "io_uring-poll": MeasuredServer(polled, _together),
}
"""Servers by the name of the lane that they are compared with."""


def measure_lane(lane: str, connections: int) -> tuple[Measurement, float]:
    """Measure the requests of a server with ``connections`` connections.

    Returns:
        CPU time of a request, and the number of sleeps of the server's tasks for it.

    Raises:
        CannotMeasure: The server cannot be set up, or does not answer.
        OSError: The system does not grant the connections or processes.
    """
    server = SERVERS.get(lane)
    if server is None:
        raise CannotMeasure(f"there is no server that waits as {lane} does on this kernel")
    with contextlib.ExitStack() as stack:
        clients, fds = _connections(connections, stack)
        samples, sleeps = _served(server, clients, fds)
        # Last, because setting up the loop would take the server's requests.
        return summary(samples, _empty_ns(server, fds)), sleeps


def _served(
    server: MeasuredServer, clients: list[socket.socket], fds: list[int]
) -> tuple[list[float], float]:
    """CPU time in ns of a request, round by round, and sleeps for each request."""
    turns = itertools.cycle(clients)
    with contextlib.ExitStack() as stack:
        pids = [_started(server, part, stack) for part in server.split(fds) if part]
        _round(turns, pids)  # warm-up: every process touches its memory for the first time
        before = _sleeps(pids)
        samples = [_round(turns, pids) for _ in range(ROUNDS)]
        return samples, (_sleeps(pids) - before) / (ROUNDS * REQUESTS)


def _connections(count: int, stack: contextlib.ExitStack) -> tuple[list[socket.socket], list[int]]:
    """Connect ``count`` clients; returns the clients' sockets and the server's descriptors."""
    kernel = HostKernel()
    clients, fds = [], []
    with listen() as listener:
        for _ in range(count):
            ours, theirs = kernel.tcp_pair(listener)
            client = stack.enter_context(socket.socket(fileno=theirs))
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.setblocking(False)
            clients.append(client)
            fds.append(ours)
            stack.callback(os.close, ours)
    return clients, sorted(fds)


def _round(turns: itertools.cycle[socket.socket], pids: Sequence[int]) -> float:
    """CPU time in ns of one of :data:`REQUESTS` requests."""
    asked = [next(turns) for _ in range(REQUESTS)]
    begin_ns = _cpu_ns(pids)
    for client in asked:
        client.send(MESSAGE)
        time.sleep(PAUSE_S)
    answered, end_s = 0, time.monotonic() + PATIENCE_S
    waiting_for = set(asked)
    while answered < REQUESTS * len(MESSAGE) and time.monotonic() < end_s:
        for client in waiting_for:
            with contextlib.suppress(BlockingIOError):
                answered += len(client.recv(65_536))
        time.sleep(PAUSE_S)
    if answered != REQUESTS * len(MESSAGE):
        raise CannotMeasure("the measured server did not answer every request in time")
    return (_cpu_ns(pids) - begin_ns) / REQUESTS


def _empty_ns(server: MeasuredServer, fds: list[int]) -> int:
    """Time in ns of a turn of the server's loop without its calls."""
    calls = (
        replace(EMPTY, receive=releasing_lock("labs"), send=releasing_lock("labs"))
        if server.threads
        else EMPTY
    )
    samples = []
    turns = 4 * fds
    with server.setup(server.split(fds)[0], calls) as loop:
        for _ in range(EMPTY_ROUNDS):
            begin_ns = cpu_ns()
            loop(turns)
            samples.append((cpu_ns() - begin_ns) / len(turns))
    return summary(samples).ns


# --- the server's processes -----------------------------------------------------------------------


def _started(server: MeasuredServer, fds: list[int], stack: contextlib.ExitStack) -> int:
    """Start one of the server's processes and wait until it is ready to sleep; returns its process id."""
    report_end, write_end = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            # The kernel kills the server if the measuring process ends.
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            _serve(server, fds, lambda: os.write(write_end, _READY))
        except Exception as error:
            os.write(write_end, str(error).encode())
        finally:
            os._exit(1)
    os.close(write_end)
    stack.callback(_end, pid)
    report = os.read(report_end, 1_000)
    os.close(report_end)
    if report != _READY:
        raise CannotMeasure(report.decode() or "the measured server did not start")
    return pid


def _serve(server: MeasuredServer, fds: list[int], ready: Callable[[], object]) -> None:
    """Serve in the server's process; never returns."""
    if not server.threads:
        with server.setup(fds, REAL) as loop:
            ready()
            loop(itertools.cycle(fds))
        return
    threading.stack_size(_STACK_BYTES)
    calls = replace(REAL, receive=releasing_lock("recv"), send=releasing_lock("send"))
    with contextlib.ExitStack() as stack:
        loops = [stack.enter_context(server.setup([fd], calls)) for fd in fds]
        own = [
            threading.Thread(target=loop, args=(itertools.repeat(fd),))
            for loop, fd in zip(loops, fds, strict=True)
        ]
        for thread in own:
            thread.start()
        ready()
        for thread in own:
            thread.join()


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _cpu_ns(pids: Sequence[int]) -> int:
    """CPU time in ns of all threads of some processes."""
    return sum(time.clock_gettime_ns((~pid << 3) | _CPUCLOCK_SCHED) for pid in pids)


def _sleeps(pids: Sequence[int]) -> int:
    """Number of voluntary sleeps of all threads of some processes."""
    count = 0
    for pid in pids:
        for status in Path(f"/proc/{pid}/task").glob("*/status"):
            line = next(line for line in status.read_text().splitlines() if line.startswith("voluntary"))
            count += int(line.split()[1])
    return count
