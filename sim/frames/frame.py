"""What the race shows of itself at one moment: frames, made of finished values.

A :class:`Frame` is what a screen, a recorder or a test may read. It holds numbers, tuples and
read-only arrays, never an object of the kernel. ``poll_mask`` is a view of the kernel's own
array (a copy of a million masks per frame would cost more than the race): it is true until the
race is advanced again; everything else stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from sim.frames.mechanism import MechanismView
from sim.machine.records import Record
from sim.scenario.lanes import LANES, LaneKind
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SHORTEST_MEAN_NS: Final = 10_000
"""In less time than this one event alone would make a rate of millions a second."""


def same_values(one: DataclassInstance, other: object) -> bool:
    """True if both are views of one class with equal fields; arrays are compared element by element.

    A dataclass compares its fields with ``==``, which gives an array where the fields are arrays.
    """
    if type(other) is not type(one):
        return False
    for field in fields(one):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        equal = np.array_equal(mine, theirs) if isinstance(mine, np.ndarray) else mine == theirs
        if not equal:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Counters:
    """A lane's account since ``since_ns`` of the frame: the start of the race, as a rule."""

    wakeups: int
    """Waiting calls that returned with at least one ready descriptor."""
    syscalls: int
    scanned: int
    """Descriptors whose state the kernel looked up (``->poll`` calls) for the waiting calls."""
    wasted: int
    """Of those, the ones that were not ready."""
    ready: int
    """Of those, the ones that were ready."""
    copied_in_bytes: int
    copied_out_bytes: int
    requests: int
    """Requests answered."""
    dropped: int
    """Requests and connections that were lost: buffer full, backlog full, no connection."""
    passes: int
    """Scans over the descriptors (select, poll) or over the ready list (epoll)."""
    hooks: int
    """Wait-queue entries added (and, sooner or later, removed again)."""
    context_switches: int
    interrupts: int
    packets: int
    epoll_ctl: int
    latency_p50_ns: int | None
    """From the packet's arrival to the answer's last byte; None before the first answer."""
    latency_p99_ns: int | None
    cost_ns: Mapping[str, int]
    """CPU time by account, idle included: the values sum to ``now_ns - since_ns`` of the frame.

    ``task_start`` is among them only where connections get tasks of their own, ``loop`` and
    ``callback`` only where there is an event loop.
    """
    spurious_wakes: int = 0
    """Tasks that were woken, found nothing, and went back to sleep."""
    empty_reads: int = 0
    """Reads that found nothing (EAGAIN): how an edge-triggered server learns that it has read all."""
    changes: int = 0
    """kqueue: changes applied."""
    filter_runs: int = 0
    """kqueue: filters run because a packet arrived (those run in kevent are in ``scanned``)."""
    sqes: int = 0
    """io_uring: submissions taken."""
    cqes: int = 0
    """io_uring: completions posted."""
    task_work: int = 0
    """io_uring: task-work items run."""
    operations: int = 0
    """iocp: overlapped operations started."""
    completions: int = 0
    """iocp: packets queued."""
    sq_thread_work_ns: int = 0
    """io_uring-sqpoll: its polling thread's own CPU, at work, spinning and asleep: they sum to the time."""
    sq_thread_spin_ns: int = 0
    sq_thread_sleep_ns: int = 0
    turns: int = 0
    """asyncio: turns of its loop."""
    callbacks: int = 0
    """asyncio: callbacks run."""

    @property
    def wait_ns(self) -> int:
        """CPU time spent on *waiting*: everything but reading, answering, interrupts and idling.

        An event loop's work is among it: what it takes to get from the packet to the line after ``await``.
        """
        others = ("socket_io", "application", "interrupt", "idle")
        return sum(ns for account, ns in self.cost_ns.items() if account not in others)

    @property
    def loop_ns(self) -> int:
        """CPU time of an event loop and its callbacks; 0 where there is none."""
        return self.cost_ns.get("loop", 0) + self.cost_ns.get("callback", 0)

    @property
    def switches_per_s(self) -> int | None:
        """Context switches per second of virtual time, on average; None while that is too short to tell."""
        elapsed_ns = sum(self.cost_ns.values())
        return self.context_switches * 1_000_000_000 // elapsed_ns if elapsed_ns >= SHORTEST_MEAN_NS else None

    @property
    def wakeup_ns(self) -> int | None:
        """Mean cost of one wake-up (``wait_ns`` over ``wakeups``); None before the first."""
        return self.wait_ns // self.wakeups if self.wakeups else None


@dataclass(frozen=True, slots=True)
class PassView:
    """One pass of select or poll over all its descriptors, finished or under way.

    Position ``i`` is the i-th descriptor in the order in which the kernel walks; in a race
    that is the descriptor ``first_fd + i``, but for closed ones, which have no position.
    """

    call: int
    """Serial number of the system call it belongs to."""
    number: int
    """1 for the first pass of a call, 2 for the one after it slept …"""
    start_ns: int
    end_ns: int | None
    """When the pass ended; None while it runs."""
    count: int
    """Descriptors to look at."""
    position: int
    """Descriptors looked at so far."""
    front_fd: int
    """The descriptor about to be looked at (``first_fd + count`` when the pass is over)."""


@dataclass(frozen=True, slots=True)
class CallView:
    """The most recent waiting call that returned with something: the lane's sentence."""

    serial: int
    asked: int
    """Descriptors the program asked about (select, poll) or has registered (epoll)."""
    scanned: int
    """Descriptors looked at in this call, all passes together."""
    ready: int
    passes: int
    slept: bool
    cost_ns: int
    """CPU time of this one call, sleeping excluded."""
    end_ns: int


class TaskState:
    """What a connection's task is doing: the values of :attr:`TaskView.states`."""

    NONE: Final = 0
    """No task is at it: the descriptor is closed, or its events go to whichever worker takes them."""
    BLOCKED: Final = 1
    RUNNABLE: Final = 2
    RUNNING: Final = 3


@dataclass(frozen=True, slots=True)
class WorkerView:
    """One of a fixed number of threads."""

    state: int
    """A :class:`TaskState`."""
    fd: int
    """What it serves; -1 for nothing."""
    wakes: int
    """How often it was woken, since the server was started."""
    vain_wakes: int
    """How often, of these, it found nothing and went back to sleep."""
    watched: int = 0
    """Descriptors in an epoll of its own (``epoll-exclusive``)."""


@dataclass(frozen=True, slots=True, eq=False)
class TaskView:
    """The threads or processes of a lane that has several."""

    running: int
    """1 if one has the CPU, else 0."""
    runnable: int
    """The run queue's length: those that could run, but for the running one."""
    blocked: int
    preemptions: int
    """How often one had to give way at the end of its slice, since the server was started."""
    states: npt.NDArray[np.uint8]
    """By descriptor number, from ``first_fd`` on: a :class:`TaskState`; read-only."""
    running_fd: int = -1
    """What the running one serves; -1 for nothing."""
    queue_fds: tuple[int, ...] = ()
    """What those in the run queue serve, in the order in which they will run: the first
    :data:`sim.frames.mechanism.SHOWN`."""
    workers: tuple[WorkerView, ...] = ()
    """Where there are few of them: each; of a pool the first is the one that waits for all."""

    __eq__ = same_values
    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class MemoryView:
    """The memory a lane's connections take, in bytes; buffers left out."""

    connection_bytes: int
    """For one connection: socket, watch or wait-queue entries, thread or process."""
    used_bytes: int
    """For all of them."""
    reserved_bytes: int
    """Addresses set aside for stacks, most of which are never touched; 0 without threads."""
    limit_bytes: int
    """What the machine has."""


@dataclass(frozen=True, slots=True)
class FaultView:
    """Something that goes wrong in a lane, or has gone wrong since its server was started.

    It is seen in the kernel's state. A mistake may strike for a microsecond, so what there is to read
    is what has struck and how often; whether it does at this very moment is said beside it.
    """

    kind: str
    """Which: a name of :data:`sim.scenario.faults.FAULTS`, ``fd-setsize``, ``memory`` or ``failed``."""
    text: str
    """What happens, or what happened when it struck last, in one plain sentence."""
    fd: int | None
    """The descriptor concerned."""
    count: int
    """How many (descriptors, connections, wake-ups) are concerned, by kind."""
    brief: str = ""
    """The same in a dozen words at most."""
    cure: str = ""
    """What a program does instead, in a few words."""
    strikes: int = 1
    """How often it has struck since the server was started."""
    first_ns: int = 0
    last_ns: int = 0
    """When it struck first, and when last."""
    present: bool = True
    """Whether the kernel's state shows it at this moment."""


@dataclass(frozen=True, slots=True, eq=False)
class LaneFrame:
    """One lane at one moment."""

    name: str
    activity: str
    """What the server is doing: ``scanning``, ``sleeping``, ``collecting``, ``serving``, ``failed``."""
    failure: str | None
    """Why the lane gave up, in one plain sentence, or None."""
    first_fd: int
    """Descriptor of the first connection; the grid's first cell."""
    fds: int
    """Connections the scenario asks for: the grid covers ``first_fd … first_fd + fds - 1``."""
    registered: int
    """Descriptors being waited for: all connections, and the listening socket under churn."""
    serving_fd: int | None
    """Descriptor being read or answered right now."""
    poll_mask: npt.NDArray[np.uint16]
    """Poll bits by descriptor number (index = fd, longer than needed), read-only, live."""
    passes: tuple[PassView, ...]
    """select and poll: the last passes, oldest first, at most two finished and the running one."""
    call: CallView | None
    records: Sequence[Record]
    """What happened since the last frame, oldest first; the newest ones if there were too many."""
    records_lost: int
    """How many records since the last frame are not in ``records``."""
    ready_listed: int
    """epoll: items on the ready list now; 0 elsewhere."""
    counters: Counters
    setup_ns: int
    """What building the set-up cost (accept, epoll_ctl ADD): before the race, not in ``cost_ns``."""
    mechanism: MechanismView | None = None
    """Sets, lists, queues and rings of the way it waits; None where there are only tasks."""
    tasks: TaskView | None = None
    """Where several tasks share the CPU; None where one does everything."""
    memory: MemoryView | None = None
    warning: FaultView | None = None
    """What goes wrong, at this moment or the last time it did."""

    __eq__ = same_values
    __hash__ = None  # type: ignore[assignment]

    @property
    def kind(self) -> LaneKind:
        """What is true of the lane in every race."""
        return LANES[self.name]


@dataclass(frozen=True, slots=True)
class Frame:
    """The whole race at one moment."""

    now_ns: int
    since_ns: int
    """Since when the lanes' accounts run: 0, or when a lane was last added to the race."""
    scenario: Scenario
    lanes: tuple[LaneFrame, ...]


@dataclass(frozen=True, slots=True)
class FdView:
    """What can be said about a run of descriptors: what the cursor tells."""

    first_fd: int
    last_fd: int
    open: int
    """How many of them are open."""
    ready: int
    """How many of them have something to read."""
    buffered_bytes: int
    """Bytes in their receive buffers together."""
    state: str
    """``idle``, ``ready``, ``listening``, ``closed``, or ``mixed`` for a block that is not of one kind."""
    last_checked_ns: int | None
    """When the kernel last looked at the last-checked of them; None if it never did."""
    last_packet_ns: int | None
