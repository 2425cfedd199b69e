"""The steps of a packet's path, as values: the state before and after each step, and its cost.

Times count from the packet's arrival. The cost of a step is the change of the accounts of the kernel in which
it was observed. So the steps of a path add up to the time from the arrival to its end, idle time included. A
step without a price of its own costs nothing and names the step whose price includes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sim.machine.accounts import Account
from sim.machine.records import Effect
from sim.stacks.code_place import Place

COMMON_STAGES = ("wire", "dma", "interrupt", "softirq", "tcp", "buffer", "queue")
"""Stages of every packet, regardless of how the server waits."""
EPOLL_STAGES = (*COMMON_STAGES, "callback", "list", "wake", "return")
LOOP_STAGES = ("selector", "handle", "future", "task", "await")
"""Stages that asyncio adds above epoll."""
SELECT_STAGES = (*COMMON_STAGES, "pollwake", "wake", "scan", "copy", "walk", "read")
STAGE_PAIRS: tuple[tuple[str | None, str | None], ...] = (
    *((stage, stage) for stage in COMMON_STAGES),
    ("callback", "pollwake"),
    ("list", None),
    ("wake", "wake"),
    ("return", "scan"),
    ("selector", "copy"),
    ("handle", "walk"),
    ("future", "read"),
    ("task", None),
    ("await", None),
)
"""Stages side by side: with epoll and asyncio, and with select; None where a side has no stage."""
SHOWN = 12
"""Largest number of entries of a list in a state: the first ones, or the ones up to ours."""


@dataclass(frozen=True, slots=True)
class FollowedPacket:
    """One arrival of a race's schedule."""

    at_ns: int
    serial: int
    """Number in the schedule; the same in every lane."""


@dataclass(frozen=True, slots=True)
class PathState:
    """Content of the structures on a packet's path at one moment. A structure not yet reached is empty."""

    ring_frames: int = 0
    """Frames in the NIC's receive ring that the softirq has not taken."""
    segments: int = 0
    """Segments in the socket's receive buffer."""
    buffer_bytes: int = 0
    mask: int = 0
    """Poll mask of the socket."""
    hooked: tuple[str, ...] = ()
    """Functions on the socket's wait queue, in the order in which a wake-up calls them."""
    ready: tuple[int, ...] = ()
    """Descriptors on epoll's ready list, at most :data:`SHOWN`; see :func:`shown`."""
    ready_count: int = 0
    server: str = ""
    """Activity of the waiting program: ``asleep``, ``runnable``, ``scanning``, ``serving``."""
    scanned: int = 0
    """Descriptors that the call has scanned since the packet's arrival."""
    word: int = 0
    """select: the word of the bitmap that holds the descriptor's bit."""
    events: tuple[tuple[int, int], ...] = ()
    """Events that the waiting call has reported: descriptor and mask, at most :data:`SHOWN`."""
    events_count: int = 0
    handles: tuple[str, ...] = ()
    """Callbacks that the loop will run next, in order."""
    stream_bytes: int = 0
    """Bytes in asyncio's StreamReader."""
    future: str = ""
    """State of the future that the task waits for: ``pending`` or ``finished``."""
    task: str = ""
    """``suspended``, ``ready`` or ``running``."""
    line: int = 0
    """Line of the program at which the task's coroutine stands."""
    read_bytes: int = 0
    """Bytes that the program has read."""


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step of a packet's path."""

    stage: str
    begin_ns: int
    end_ns: int
    spent_ns: Mapping[str, int]
    """Cost in ns by account label, without zeros. The sum is ``end_ns - begin_ns``."""
    before: PathState
    after: PathState
    part_of: str = ""
    """Stage whose price includes this step's; empty if the step has its own price or no CPU takes part."""
    others: int = 0
    """Packets, callbacks or descriptors of others that came first within this step."""

    @property
    def cost_ns(self) -> int:
        """Duration in ns."""
        return self.end_ns - self.begin_ns


@dataclass(frozen=True, slots=True)
class LanePath:
    """The path of one packet in one lane."""

    name: str
    """``epoll`` or ``select``."""
    fd: int
    """Descriptor of the packet in that lane; -1 if it has none."""
    steps: tuple[PathStep, ...]
    """Steps as far as the packet came."""
    effect: int = 0
    """Effect of the packet, a :class:`~sim.machine.records.Effect`, or the reason for dropping it."""
    dropped: bool = False
    """True if it did not come into the receive buffer: it was lost, or waits at its client."""
    burst: int = 1
    """Packets that the interrupt took."""
    ring_slot: int = 0
    """Slot in the receive ring; see :data:`sim.path.lane_watch.RING_SLOTS`."""
    watched: int = 0
    """Descriptors that the program waits for."""
    call_ns: int = 0
    """Whole cost in ns of the waiting call that reported the packet."""
    paid_before_ns: int = 0
    """Part of that cost that was paid before the packet arrived, to fall asleep."""
    failure: str | None = None
    """Reason for which the lane's server cannot continue; None if it can."""
    unfinished: str = ""
    """Reason for which the path was not followed to its end; empty if it was."""
    started_ns: int | None = None
    """Time in ns before the packet at which the lane was started; None if it is the race's own lane."""

    @property
    def total_ns(self) -> int:
        """Time in ns from the arrival to the end of the last step."""
        return self.steps[-1].end_ns if self.steps else 0

    def step(self, stage: str | None) -> PathStep | None:
        """Step of a stage; None if the packet did not come there."""
        return next((step for step in self.steps if step.stage == stage), None)

    @property
    def woke(self) -> bool:
        """True if this packet itself woke the program."""
        return bool(not self.dropped and self.effect & (Effect.WOKE_EPOLL | Effect.WOKE_SCAN))


@dataclass(frozen=True, slots=True)
class AsyncioProgram:
    """The asyncio program that waits for the packet, and the position of its task."""

    lines: tuple[str, ...]
    """Source code, from line :attr:`first_line` on."""
    first_line: int
    await_line: int
    """Line at which the coroutine was suspended."""
    next_line: int
    """Line at which it continued."""
    stack: tuple[Place, ...]
    """Positions of the coroutine and of what it awaits, the outermost first."""
    task: str
    """Name of the task."""
    connections: int
    """Number of asyncio's connections; all other descriptors that epoll watches are silent."""
    turn_ns: int
    """Cost in ns of the loop's turn before its wait. The selector's work is part of this price."""


Entry = TypeVar("Entry")


def shown(entries: Sequence[Entry], ours: Entry | None) -> tuple[Entry, ...]:
    """At most :data:`SHOWN` entries of a list: the first ones, or the ones up to ours if it is further
    back.
    """
    end = SHOWN
    if ours is not None and ours in entries:
        end = max(SHOWN, entries.index(ours) + 1)
    return tuple(entries[end - SHOWN : end])


Spent = dict[str, int]
"""Nanoseconds by account label."""


@dataclass(slots=True)
class StepLedger:
    """Collects steps one after the other."""

    steps: list[PathStep] = field(default_factory=list)
    now_ns: int = 0

    def add(
        self,
        stage: str,
        spent_ns: Spent,
        before: PathState,
        after: PathState,
        part_of: str = "",
        others: int = 0,
    ) -> None:
        """Append a step that begins where the last one ended."""
        kept = {label: ns for label, ns in spent_ns.items() if ns}
        end_ns = self.now_ns + sum(kept.values())
        self.steps.append(PathStep(stage, self.now_ns, end_ns, kept, before, after, part_of, others))
        self.now_ns = end_ns


def spent_between(before: list[int], after: list[int]) -> Spent:
    """Change of the accounts from one statement to another, by label."""
    return {account.label: after[account] - before[account] for account in Account}


def taken_from(spent: Spent, *labels: str) -> Spent:
    """Remove some accounts from ``spent`` and return them."""
    return {label: spent.pop(label, 0) for label in labels}
