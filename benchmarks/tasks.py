"""Threads, processes and epoll's modes on the machine's own kernel, beside the simulated ones.

A server in processes of its own holds some connections over loopback; this process sends one request
at a time, over one after the other, and waits for the answer, so that each request finds everybody asleep.
What can be compared is *how often somebody goes to sleep* for a request: the kernel counts it
(``ru_nvcsw``, voluntary context switches), and the simulated kernel writes it down. CPU time is the
server's in Python and says how the ways compare with each other, not what the calls cost.

And the thundering herd: workers on one listening socket, and how many of them wake for one connection.
"""

from __future__ import annotations

import os
import resource
import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.report import Figure
from sim.accounts import Count
from sim.descriptors import IdleBlock
from sim.files.tcp import StreamSocket
from sim.kernel import Kernel
from sim.race import Race
from sim.records import Kind
from sim.scenario import Scenario
from sim.servers.base import ServerSettings
from sim.servers.epoll_exclusive import EpollExclusiveServer
from sim.servers.faulty import Herd

CONNECTIONS = 64
REQUESTS = 3_000
WORKERS = 4
CONNECTS = 300
PAUSE_S = 0.0002
"""Between two requests, so that the server has gone back to sleep."""
PAYLOAD = b"x" * 64
_ET = select.EPOLLIN | select.EPOLLET
_ONCE = select.EPOLLIN | select.EPOLLONESHOT


@dataclass(frozen=True, slots=True)
class Measured:
    """What a server's processes used, for each request."""

    sleeps: float
    cpu_us: float


# --- servers, on the real kernel ------------------------------------------------------------------


def _echo(connection: socket.socket) -> None:
    while data := connection.recv(65_536):
        connection.send(data)


def threads(connections: list[socket.socket]) -> None:
    """One thread for each connection."""
    own = [threading.Thread(target=_echo, args=(connection,)) for connection in connections]
    for thread in own:
        thread.start()
    for thread in own:
        thread.join()


def processes(connections: list[socket.socket]) -> None:
    """One process for each connection."""
    children = []
    for connection in connections:
        child = os.fork()
        if not child:
            for other in connections:
                if other is not connection:
                    other.close()
            _echo(connection)
            os._exit(0)
        children.append(child)
    for connection in connections:
        connection.close()
    for child in children:
        os.waitpid(child, 0)


def _by_number(
    connections: list[socket.socket], events: int
) -> tuple[select.epoll, dict[int, socket.socket]]:
    epoll = select.epoll()
    for connection in connections:
        connection.setblocking(False)
        epoll.register(connection, events)
    return epoll, {connection.fileno(): connection for connection in connections}


def level_triggered(connections: list[socket.socket]) -> None:
    """epoll, one read for each event."""
    epoll, alive = _by_number(connections, select.EPOLLIN)
    while alive:
        for fd, _ in epoll.poll():
            if data := alive[fd].recv(65_536):
                alive[fd].send(data)
            else:
                alive.pop(fd).close()


def edge_triggered(connections: list[socket.socket]) -> None:
    """epoll, read until EAGAIN."""
    epoll, alive = _by_number(connections, _ET)
    while alive:
        for fd, _ in epoll.poll():
            try:
                while data := alive[fd].recv(65_536):
                    alive[fd].send(data)
                alive.pop(fd).close()
            except BlockingIOError:
                continue


def one_shot(connections: list[socket.socket]) -> None:
    """Several threads on one epoll."""
    epoll, alive = _by_number(connections, _ONCE)
    ended, told = os.pipe()
    epoll.register(ended, select.EPOLLIN)

    def work() -> None:
        while alive:
            for fd, _ in epoll.poll(maxevents=16):
                if fd == ended:
                    return
                if data := alive[fd].recv(65_536):
                    alive[fd].send(data)
                    epoll.modify(fd, _ONCE)
                else:
                    alive.pop(fd).close()
        os.write(told, b"x")

    own = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in own:
        thread.start()
    for thread in own:
        thread.join()


SERVERS: dict[str, Callable[[list[socket.socket]], None]] = {
    "process": processes,
    "thread": threads,
    "epoll": level_triggered,
    "epoll-et": edge_triggered,
    "epoll-oneshot": one_shot,
}
"""By the lane they stand beside."""


def _connections() -> list[tuple[socket.socket, socket.socket]]:
    """TCP over loopback, both ends.

    Not socket pairs: a UNIX socket's reader is also woken when the far end reads what it has sent.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=CONNECTIONS) as listener:
        pairs = []
        for _ in range(CONNECTIONS):
            client = socket.create_connection(listener.getsockname())
            pairs.append((client, listener.accept()[0]))
    return pairs


def measured(serve: Callable[[list[socket.socket]], None]) -> Measured:
    """What a server's processes use for a request: what they use in all, less what they use for none."""
    sleeps, cpu_s = (many - none for many, none in zip(_used(serve, REQUESTS), _used(serve, 0), strict=True))
    return Measured(sleeps / REQUESTS, 1e6 * cpu_s / REQUESTS)


def _used(serve: Callable[[list[socket.socket]], None], requests: int) -> tuple[float, float]:
    """Requests one at a time; how often the server's processes slept, and their CPU seconds."""
    pairs = _connections()
    child = os.fork()
    if not child:
        try:
            for ours, _ in pairs:
                ours.close()
            serve([theirs for _, theirs in pairs])
        finally:
            os._exit(0)
    for ours, theirs in pairs:
        theirs.close()
        ours.settimeout(20)
    for number in range(requests):
        ours = pairs[number % CONNECTIONS][0]
        ours.sendall(PAYLOAD)
        ours.recv(65_536)
        time.sleep(PAUSE_S)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for ours, _ in pairs:
        ours.close()
    os.waitpid(child, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return after.ru_nvcsw - before.ru_nvcsw, cpu_s


def simulated(lane: str) -> Measured:
    """The same in a race: requests so far apart that each finds everybody asleep."""
    race = Race(Scenario(fds=CONNECTIONS, active=CONNECTIONS, rate=2_000, burst=1, lanes=(lane,)))
    sleeps = 0
    for _ in range(20):
        race.advance(race.now_ns + 50_000_000)
        sleeps += sum(1 for record in race.frame().lanes[0].records if record[1] == Kind.SLEEP)
    counters = race.frame().lanes[0].counters
    busy_ns = sum(counters.cost_ns.values()) - counters.cost_ns["idle"] - counters.cost_ns["interrupt"]
    return Measured(sleeps / counters.requests, busy_ns / counters.requests / 1000)


# --- the herd -------------------------------------------------------------------------------------


def woken_measured(exclusive: bool) -> float:
    """Workers that wake for one connection, on loopback."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    listener.setblocking(False)
    children = []
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(WORKERS):
        child = os.fork()
        if not child:
            try:
                _accept_for_ever(listener, select.EPOLLIN | (select.EPOLLEXCLUSIVE if exclusive else 0))
            finally:
                os._exit(0)
        children.append(child)
    time.sleep(0.1)
    for _ in range(CONNECTS):
        with socket.create_connection(listener.getsockname()) as client:
            client.recv(1)
            time.sleep(0.001)
    time.sleep(0.05)
    for child in children:
        os.kill(child, 15)
        os.waitpid(child, 0)
    listener.close()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_nvcsw - before.ru_nvcsw) / CONNECTS


def _accept_for_ever(listener: socket.socket, events: int) -> None:
    epoll = select.epoll()
    epoll.register(listener, events)
    while True:
        epoll.poll()
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            continue
        connection.send(b"x")
        connection.close()


def woken_simulated(kind: type[EpollExclusiveServer]) -> float:
    """The same workers, and as many connections, in virtual time."""
    kernel = Kernel()
    server = kind(kernel, ServerSettings(len(PAYLOAD), True, None))
    server.adopt(IdleBlock(kernel.table.end, kernel.table.end - 1, lambda fd: StreamSocket(kernel)))
    server.start()
    for number in range(CONNECTS):
        kernel.run_until((number + 1) * 1_000_000)
        kernel.catch_up()
        server.listener.established(StreamSocket(kernel))
    kernel.run_until((CONNECTS + 1) * 1_000_000)
    _, counted = kernel.statement()
    return 1 + counted[Count.SPURIOUS_WAKES] / CONNECTS


def figures() -> list[Figure]:
    """Sleeps and CPU time for each request, and workers woken for each connection."""
    found = []
    for lane, serve in SERVERS.items():
        real, model = measured(serve), simulated(lane)
        cpu = f"CPU: simulated {model.cpu_us:.1f} µs, measured in Python {real.cpu_us:.1f} µs"
        found.append(
            Figure(
                f"{lane}: sleeps for a request, measured",
                real.sleeps,
                "",
                note=f"simulated {model.sleeps:.2f}; {cpu}",
            )
        )
    for words, exclusive, kind in (
        ("with EPOLLEXCLUSIVE", True, EpollExclusiveServer),
        ("without it", False, Herd),
    ):
        found.append(
            Figure(
                f"workers of {WORKERS} woken for a connection, {words}, measured",
                woken_measured(exclusive),
                "",
                note=f"simulated {woken_simulated(kind):.2f}",
            )
        )
    return found
