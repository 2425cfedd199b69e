"""The facts about a lane as a value: :class:`LaneKind`, and the kinds of waiting, tasks and triggers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Waiting(Enum):
    """The report that the server gets from the kernel."""

    BLOCKING = "blocking"
    """No report: each call blocks until it can be done."""
    READINESS = "readiness"
    """A read or an accept can be done now."""
    COMPLETION = "completion"
    """A receive or an accept has been done."""


class Family(Enum):
    """The structure from which the kernel knows which task waits for which connection."""

    TASKS = auto()
    """The wait queue of each socket: a task sleeps in a read of it."""
    SCAN = auto()
    """A set that the program hands over at every call, and that the kernel scans."""
    READY_LIST = auto()
    """An epoll: an interest list and a ready list."""
    FILTERS = auto()
    """A kqueue: knotes, each with a filter that a packet runs."""
    RING = auto()
    """An io_uring: a submission ring and a completion ring."""
    PORT = auto()
    """A completion port: operations in progress and a queue of packets."""


class Tasks(Enum):
    """The tasks of a lane's server."""

    ONE = auto()
    """A single task serves all connections."""
    EACH = auto()
    """Every connection has a task, asleep in read."""
    POOL = auto()
    """One task waits for all connections and hands them to workers."""
    WORKERS = auto()
    """A few tasks wait, and each serves the connections reported to it."""


class Trigger(Enum):
    """The condition under which an event is reported again."""

    LEVEL = auto()
    """It is reported again as long as the descriptor is ready."""
    EDGE = auto()
    """It is reported again only when more arrives."""
    ONE_SHOT = auto()
    """It is reported again only after the program has armed the descriptor again."""


@dataclass(frozen=True, slots=True)
class Prices:
    """The origin of the prices of a lane's own steps."""

    note: str = ""
    """A few words that are shown beside the prices; empty for a measured cost table."""
    source: str = ""
    """The source, in one line; empty for a measured cost table."""
    estimated: bool = False
    """True if no system was measured."""


MEASURED = Prices()
"""All steps are priced by the cost table in use."""


@dataclass(frozen=True, slots=True)
class WatchMemory:
    """Memory for waiting for one connection, without its socket and without what the cost table counts."""

    size_bytes: int
    source: str
    """The structures that take the memory, and the source of the figure."""


@dataclass(frozen=True, slots=True)
class LaneKind:
    """The facts that are true of a lane in every race."""

    name: str
    family: Family
    waiting: Waiting
    waiting_call: str
    """The system call in which the server waits."""
    introduced: str
    """The system in which this way of waiting appeared first, and the year."""
    keeper: str
    """The keeper of the list of watched descriptors."""
    limit: str
    """The limit on the number of connections."""
    tasks: Tasks = Tasks.ONE
    trigger: Trigger = Trigger.LEVEL
    event_loop: bool = False
    """True if an event loop with turns and callbacks stands between the waiting call and the handler."""
    second_cpu: bool = False
    """True if a kernel thread on a CPU of its own takes the submissions."""
    writes_block: bool = True
    """False if an answer is an operation of its own, so that no task waits for a slow reader."""
    mistakes: tuple[str, ...] = ()
    """The faults of :data:`sim.scenario.faults.FAULTS` that this lane's program can make."""
    prices: Prices = MEASURED
    watch_memory: WatchMemory | None = None
    """None if the cost table holds all of the lane's memory."""
    on_host: bool = False
    """True if the race screen can run this lane on the machine's own kernel (:mod:`sim.host.host_lane`)."""
    unmeasured: str | None = "there is no server that waits like that here"
    """The reason for which no request is measured on the machine's own kernel; None if
    :mod:`sim.host.measuring.lane_requests` has a server for it."""

    @property
    def scans(self) -> bool:
        """True if every call checks all descriptors."""
        return self.family is Family.SCAN

    @property
    def task_each(self) -> bool:
        """True if every connection has a task of its own."""
        return self.tasks is Tasks.EACH

    @property
    def has_tasks(self) -> bool:
        """True if several tasks share the CPU."""
        return self.tasks is not Tasks.ONE

    @property
    def has_workers(self) -> bool:
        """True if a few tasks serve all connections that are ready."""
        return self.tasks in (Tasks.POOL, Tasks.WORKERS)

    @property
    def list_each(self) -> bool:
        """True if every worker has an epoll of its own."""
        return self.tasks is Tasks.WORKERS and self.trigger is Trigger.LEVEL

    @property
    def completes(self) -> bool:
        """True if the kernel reports received data, not data that can be read."""
        return self.waiting is Waiting.COMPLETION

    @property
    def posts_results(self) -> bool:
        """True if reports come as entries of a completion queue, also if they report readiness."""
        return self.family in (Family.RING, Family.PORT)
