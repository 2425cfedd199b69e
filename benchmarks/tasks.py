"""Requests in each lane and the thundering herd, on the machine's own kernel and on the simulated one.

A request in each lane that this machine has (:mod:`sim.studies.host_comparison`,
:mod:`sim.host.measuring.lane_requests`): the server's CPU time, and the number of times that a task *sleeps*
for it. The kernel counts the sleeps (``voluntary_ctxt_switches``), and the simulated kernel records them.

The herd: workers wait on one listening socket, and the figure is the number of workers that wake for one
connection.
"""

from __future__ import annotations

import os
import resource
import select
import socket
import time

from benchmarks.report import Figure
from sim.host.measuring.measurement import CannotMeasure
from sim.host.measuring.meter import Meter
from sim.kernel.descriptors import IdleBlock
from sim.kernel.files.tcp import StreamSocket
from sim.machine.accounts import Count
from sim.scenario.lanes import LANES
from sim.servers.base import ServerSettings
from sim.servers.epoll_exclusive import EpollExclusiveServer
from sim.servers.faulty import HerdServer
from sim.stdlib.kernel import Kernel
from sim.studies.host_comparison import compare_with_host

WORKERS = 4
CONNECTS = 300
PAYLOAD = 64


def lanes() -> list[Figure]:
    """A request in each lane, measured and simulated."""
    found = []
    try:
        with Meter() as meter:
            for lane in (name for name, kind in LANES.items() if kind.unmeasured is None):
                both = compare_with_host(lane, meter)
                if both.measured_ns is None or both.simulated_ns is None:
                    found.append(Figure(f"{lane}: not measured", 0, "", note=both.why_not or ""))
                    continue
                sleeps = f"sleeps: simulated {both.simulated_sleeps:.2f}, measured {both.measured_sleeps:.2f}"
                found.append(
                    Figure(
                        f"{lane}: a request of {both.connections} connections, measured",
                        both.measured_ns / 1_000,
                        "µs",
                        note=f"simulated {both.simulated_ns / 1_000:.1f} µs ({both.ratio:.1f}×); {sleeps}",
                    )
                )
    except CannotMeasure as why_not:
        found.append(Figure("lanes: not measured", 0, "", note=str(why_not)))
    return found


# --- the herd -------------------------------------------------------------------------------------


def woken_measured(exclusive: bool) -> float:
    """Number of workers that wake for one connection on loopback."""
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
    """The same number for the same workers and connections on the simulated kernel."""
    kernel = Kernel()
    server = kind(kernel, ServerSettings(PAYLOAD, True, None))
    server.adopt(IdleBlock(kernel.table.end, kernel.table.end - 1, lambda fd: StreamSocket(kernel)))
    server.start()
    for number in range(CONNECTS):
        kernel.run_until((number + 1) * 1_000_000)
        kernel.book_idle()
        server.listener.established(StreamSocket(kernel))
    kernel.run_until((CONNECTS + 1) * 1_000_000)
    _, counted = kernel.totals()
    return 1 + counted[Count.SPURIOUS_WAKES] / CONNECTS


def figures() -> list[Figure]:
    """A request in each lane, and workers woken for each connection."""
    found = lanes()
    for words, exclusive, kind in (
        ("with EPOLLEXCLUSIVE", True, EpollExclusiveServer),
        ("without it", False, HerdServer),
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
