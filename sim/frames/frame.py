"""Frames: the state of a race at one moment, as finished values.

A screen, a recorder or a test reads a :class:`Frame`. It holds numbers, tuples and read-only arrays, never an
object of the kernel. All of it stays as it is, with one exception: ``poll_mask`` is a view of the kernel's
own array, and it changes when the race advances.

Why not a copy of the masks: a copy of a million masks for each frame would cost more than the race.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from sim.frames.mechanism import MechanismView
from sim.machine.records import Record
from sim.scenario.lane_kind import LaneKind
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SHORTEST_MEAN_NS: Final = 10_000
"""Shortest time for a mean rate: in less time, a single event would give millions per second."""


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
    """The counts of a lane since :attr:`Frame.since_ns`, which is usually the start of the race."""

    wakeups: int
    """Waiting calls that returned at least one ready descriptor."""
    syscalls: int
    scanned: int
    """Descriptors whose state the kernel checked (``->poll`` calls) for the waiting calls."""
    wasted: int
    """Checks that found the descriptor not ready."""
    ready: int
    """Checks that found the descriptor ready."""
    copied_in_bytes: int
    copied_out_bytes: int
    requests: int
    """Requests answered."""
    dropped: int
    """Requests and connections that were lost: backlog full, no connection. A request that waits at its
    client because the window is full is not lost."""
    passes: int
    """Scans over the descriptors (select, poll), or walks over the ready list (epoll)."""
    hooks: int
    """Wait-queue entries added; each is removed again later."""
    context_switches: int
    interrupts: int
    packets: int
    epoll_ctl: int
    latency_p50_ns: int | None
    """Median time from the arrival of a packet to the last byte of its answer; None before the first
    answer."""
    latency_p99_ns: int | None
    cost_ns: Mapping[str, int]
    """CPU time by account, idle time included. The sum is ``now_ns - since_ns`` of the frame.

    ``task_start`` is there only in lanes with several tasks, ``loop`` and ``callback`` only in lanes with an
    event loop.
    """
    spurious_wakes: int = 0
    """Times that a task was woken, found nothing, and went back to sleep."""
    empty_reads: int = 0
    """Reads that found nothing (EAGAIN). They tell an edge-triggered server that it has read everything."""
    changes: int = 0
    """kqueue: changes applied."""
    filter_runs: int = 0
    """kqueue: filters run because a packet arrived. Filters run in kevent count as ``scanned``."""
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
    """io_uring-sqpoll: time that the polling thread's own CPU worked. Working, spinning and sleeping time add
    up to the time of the frame."""
    sq_thread_spin_ns: int = 0
    sq_thread_sleep_ns: int = 0
    turns: int = 0
    """asyncio: turns of its loop."""
    callbacks: int = 0
    """asyncio: callbacks run."""
    unsent: int = 0
    """Requests that clients did not make: window and send buffer were full, and their write() waited."""

    @property
    def wait_ns(self) -> int:
        """CPU time spent on waiting: all accounts but reading, answering, interrupts and idle time.

        The work of an event loop counts as waiting, because it lies between the packet and the line after
        ``await``.
        """
        others = ("socket_io", "application", "interrupt", "idle")
        return sum(ns for account, ns in self.cost_ns.items() if account not in others)

    @property
    def loop_ns(self) -> int:
        """CPU time of an event loop and its callbacks; 0 in a lane without a loop."""
        return self.cost_ns.get("loop", 0) + self.cost_ns.get("callback", 0)

    @property
    def switches_per_s(self) -> int | None:
        """Mean number of context switches per second of virtual time; None while the time is too short."""
        elapsed_ns = sum(self.cost_ns.values())
        return self.context_switches * 1_000_000_000 // elapsed_ns if elapsed_ns >= SHORTEST_MEAN_NS else None

    @property
    def wakeup_ns(self) -> int | None:
        """Mean cost of one wake-up (``wait_ns`` over ``wakeups``); None before the first."""
        return self.wait_ns // self.wakeups if self.wakeups else None


@dataclass(frozen=True, slots=True)
class PassView:
    """One pass of select or poll over all its descriptors, finished or in progress.

    Position ``i`` is the i-th descriptor in the order in which the kernel walks. In a race this is the
    descriptor ``first_fd + i``; closed descriptors have no position.
    """

    call: int
    """Serial number of its system call."""
    number: int
    """1 for the first pass of a call, 2 for the pass after it slept, and so on."""
    start_ns: int
    end_ns: int | None
    """Virtual time at which the pass ended; None while it runs."""
    count: int
    """Number of descriptors to check."""
    position: int
    """Number of descriptors checked so far."""
    front_fd: int
    """The descriptor that is checked next; ``first_fd + count`` after the pass."""


@dataclass(frozen=True, slots=True)
class CallView:
    """The latest waiting call that returned something."""

    serial: int
    asked: int
    """Descriptors that the program handed over (select, poll) or has registered (epoll)."""
    scanned: int
    """Descriptors checked in this call, all passes together."""
    ready: int
    passes: int
    slept: bool
    cost_ns: int
    """CPU time of this call, without the time it slept."""
    end_ns: int


class TaskState:
    """State of a connection's task: the values of :attr:`TaskView.states`."""

    NONE: Final = 0
    """It has no task: the descriptor is closed, or any worker may take its events."""
    BLOCKED: Final = 1
    RUNNABLE: Final = 2
    RUNNING: Final = 3


@dataclass(frozen=True, slots=True)
class WorkerView:
    """One thread of a fixed number."""

    state: int
    """A :class:`TaskState`."""
    fd: int
    """Descriptor that it serves; -1 for none."""
    wakes: int
    """Times it was woken since the server started."""
    vain_wakes: int
    """Times it was woken, found nothing and went back to sleep."""
    watched: int = 0
    """Descriptors in its own epoll; 0 if the workers share one."""


@dataclass(frozen=True, slots=True, eq=False)
class TaskView:
    """The threads or processes of a lane with several tasks."""

    running: int
    """1 if a task has the CPU, otherwise 0."""
    runnable: int
    """Length of the run queue: tasks that could run, without the running one."""
    blocked: int
    preemptions: int
    """Times a task lost the CPU at the end of its time slice, since the server started."""
    states: npt.NDArray[np.uint8]
    """A :class:`TaskState` for each descriptor from ``first_fd`` on; read-only."""
    running_fd: int = -1
    """Descriptor that the running task serves; -1 for none."""
    queue_fds: tuple[int, ...] = ()
    """Descriptors that the tasks in the run queue serve, in the order in which they will run; at most
    :data:`sim.frames.mechanism.SHOWN`."""
    workers: tuple[WorkerView, ...] = ()
    """Each task, if their number is fixed. The first of a pool waits for all connections."""

    __eq__ = same_values
    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class MemoryView:
    """Memory of a lane's connections, in bytes, without their buffers."""

    connection_bytes: int
    """Bytes of one connection: its socket, its watch or wait-queue entries, its thread or process."""
    used_bytes: int
    """Bytes of all connections."""
    reserved_bytes: int
    """Bytes of addresses reserved for stacks; most are never touched. 0 without threads."""
    limit_bytes: int
    """Memory of the machine."""


@dataclass(frozen=True, slots=True)
class FaultView:
    """Something that goes wrong in a lane, or has gone wrong since its server started.

    It is found in the kernel's state. A mistake may show for a microsecond only, so a view says what happened
    and how often; ``present`` says if it happens at this moment.
    """

    kind: str
    """A name of :data:`sim.scenario.faults.STRIKING`."""
    text: str
    """The event, or the latest one, in one sentence."""
    fd: int | None
    """The descriptor concerned; None if there is none."""
    count: int
    """Number of descriptors, connections or wake-ups concerned."""
    brief: str = ""
    """The same in a dozen words at most."""
    cure: str = ""
    """The cure: what a correct program does instead, in a few words."""
    strikes: int = 1
    """Times it has happened since the server started."""
    first_ns: int = 0
    last_ns: int = 0
    """Virtual time at which it happened first, and last."""
    present: bool = True
    """True if the kernel's state shows it at this moment."""


@dataclass(frozen=True, slots=True, eq=False)
class LaneFrame:
    """One lane at one moment."""

    name: str
    activity: str
    """State of the server: ``scanning``, ``sleeping``, ``collecting``, ``serving`` or ``failed``."""
    failure: str | None
    """Reason in one sentence for which the server stopped; None while it runs."""
    first_fd: int
    """Descriptor of the first connection, the first cell of the grid."""
    fds: int
    """Connections of the scenario. The grid covers ``first_fd … first_fd + fds - 1``."""
    registered: int
    """Descriptors that the server waits for: all connections, and the listening socket under churn."""
    serving_fd: int | None
    """Descriptor that is read or answered at this moment; None if there is none."""
    poll_mask: npt.NDArray[np.uint16]
    """Poll bits by descriptor number; may be longer than needed. A read-only view that changes with the
    race."""
    passes: tuple[PassView, ...]
    """select and poll: the latest passes, oldest first: at most two finished ones and the running one."""
    call: CallView | None
    records: Sequence[Record]
    """Records since the last frame, oldest first. If there were too many, only the newest."""
    records_lost: int
    """Number of records since the last frame that are not in ``records``."""
    ready_listed: int
    """epoll: length of the ready list; 0 in other lanes."""
    counters: Counters
    setup_ns: int
    """Cost of accepting and registering all connections before the race; not part of ``cost_ns``."""
    mechanism: MechanismView | None = None
    """Sets, lists, queues or rings of its way to wait; None in lanes that have only tasks."""
    tasks: TaskView | None = None
    """The tasks that share the CPU; None if the server has a single task."""
    memory: MemoryView | None = None
    warning: FaultView | None = None
    """The fault of this moment, or the latest one; None if there was none."""

    __eq__ = same_values
    __hash__ = None  # type: ignore[assignment]

    @property
    def kind(self) -> LaneKind:
        """The facts about the lane."""
        return LANES[self.name]


@dataclass(frozen=True, slots=True)
class Frame:
    """A race at one moment."""

    now_ns: int
    since_ns: int
    """Virtual time from which the counters count: 0, or the time at which the latest lane was added."""
    scenario: Scenario
    lanes: tuple[LaneFrame, ...]


@dataclass(frozen=True, slots=True)
class FdView:
    """A run of neighbouring descriptors: what the screen shows for the cell under the cursor."""

    first_fd: int
    last_fd: int
    open: int
    """Number of open descriptors."""
    ready: int
    """Number of descriptors with something to read."""
    buffered_bytes: int
    """Bytes in all their receive buffers."""
    state: str
    """``idle``, ``ready`` or ``closed``; ``mixed`` if the descriptors differ."""
    last_checked_ns: int | None
    """Latest time at which the kernel checked any of them; None if it never did."""
    last_packet_ns: int | None
    """Latest time at which a packet arrived for any of them; None if none did."""
