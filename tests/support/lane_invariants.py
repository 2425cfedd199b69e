"""Properties of every lane at every moment: it is not idle while requests wait, and its counters add up.

:func:`check_lane` reads the state of a lane between two steps. ``tests/conftest.py`` calls it after every run
of every lane in every test, so a test of any lane is a test of these properties.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.kernel.files.tcp import StreamSocket
from sim.race.held_requests import HeldRequests
from sim.race.lane import Lane
from sim.race.network import Network
from sim.race.task_views import task_view
from sim.servers.base import SERVERS
from sim.servers.io_uring import IoUringServer

_MOST_FILES = 3_000
"""A lane with more connections is not searched, because each of its thousands of runs would take too long."""


def check_lane(lane: Lane) -> None:
    """Check one lane at this moment.

    Raises:
        AssertionError: a property does not hold.
    """
    if len(lane.kernel.table.files) > _MOST_FILES:
        return
    assert min(lane.kernel.ledger.counted) >= 0, (lane.name, lane.kernel.ledger.counted)
    _check_tasks(lane)
    waiting = waiting_in_vain(lane)
    assert not waiting, f"{lane.name} is idle at {lane.kernel.now_ns} ns, and nobody serves {waiting[:5]}"


def waiting_in_vain(lane: Lane) -> list[str]:
    """Requests and connections that wait at a lane although its CPU is idle, in words."""
    return [*_waiting_for(lane.network)] if _must_serve(lane) else []


def _check_tasks(lane: Lane) -> None:
    """The numbers of tasks are not negative."""
    server = lane.server
    tasks = task_view(server, lane.first_fd, lane.fds)
    if tasks is not None:
        counts = tasks.running, tasks.runnable, tasks.blocked
        assert min(counts) >= 0, f"{lane.name}: running, runnable and blocked tasks are {counts}"


def _must_serve(lane: Lane) -> bool:
    """True if the lane's CPU is idle and its server, which makes no mistake on purpose, still runs."""
    server = lane.server
    if lane.failure is not None or lane.kernel.running is not None or lane.network.slow:
        return False
    if SERVERS[lane.name, ""] is not type(server) or lane.name == "null":
        return False
    thread = server.ring.thread if isinstance(server, IoUringServer) else None
    return thread is None or getattr(thread, "item", None) is None


def _waiting_for(network: Network) -> Iterator[str]:
    """Requests and connections that wait although the server sleeps."""
    if network.listener.queue and network.kernel.table.room:
        yield f"{len(network.listener.queue)} connections in the accept queue"
    for file in [*network.kernel.table.files.values(), *network.objects.values()]:
        if isinstance(file, StreamSocket) and (file.unanswered_ns or file.held is not None):
            held = file.held
            if isinstance(held, HeldRequests) and held.opening and not file.received_bytes:
                continue  # the server has read all; more is on its way
            yield f"client {file.slot} at descriptors {file.numbers}: {len(file.unanswered_ns)} requests"
