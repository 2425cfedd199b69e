"""Properties that hold in every lane at every moment: no idle lane while requests wait, and counters that add up.

:func:`check_lane` reads the state of a lane between two steps. ``tests/conftest.py`` calls it after every run
of every lane in every test, so a test of any lane is a test of these properties.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.kernel.files.tcp import StreamSocket
from sim.machine.accounts import Account, Count
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
    if _must_serve(lane):
        waiting = [*_waiting_in_vain(lane.network)]
        assert not waiting, f"{lane.name} is idle at {lane.kernel.now_ns} ns, and nobody serves {waiting[:5]}"


def check_totals(lane: Lane) -> None:
    """Check that the time is accounted for exactly, and that no figure is negative."""
    kernel = lane.kernel
    spent_ns, counted = kernel.totals()
    assert sum(spent_ns) == kernel.now_ns - kernel.start_ns, lane.name
    assert min(spent_ns) >= 0, (lane.name, dict(zip(Account, spent_ns, strict=True)))
    assert min(counted) >= 0, (lane.name, dict(zip(Count, counted, strict=True)))
    assert counted[Count.READY] <= counted[Count.SCANNED], lane.name


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


def _waiting_in_vain(network: Network) -> Iterator[str]:
    """Requests and connections that wait although the server sleeps."""
    if network.listener.queue and network.kernel.table.room:
        yield f"{len(network.listener.queue)} connections in the accept queue"
    for file in [*network.kernel.table.files.values(), *network.objects.values()]:
        if isinstance(file, StreamSocket) and (file.unanswered_ns or file.held is not None):
            held = file.held
            if isinstance(held, HeldRequests) and held.opening and not file.received_bytes:
                continue  # the server has read all; more is on its way
            yield f"client {file.slot} at descriptors {file.numbers}: {len(file.unanswered_ns)} requests"
