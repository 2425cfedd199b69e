"""The steps of a packet's way, as values: what was where, before and after, and what each step cost.

Times count from the packet's arrival. A step's cost is what the accounts of the kernel it was observed in
changed by, so that the steps of a side sum to the time from the arrival to its end, idle time included.
What has no price of its own costs nothing here and says which step's price it is part of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sim.machine.accounts import Account
from sim.machine.records import Effect
from sim.stacks.place import Place

COMMON_STAGES = ("wire", "dma", "interrupt", "softirq", "tcp", "buffer", "queue")
"""What a packet goes through however the server waits."""
EPOLL_STAGES = (*COMMON_STAGES, "callback", "list", "wake", "return")
LOOP_STAGES = ("selector", "handle", "future", "task", "await")
"""What asyncio adds above epoll."""
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
"""What stands side by side: a stage with epoll and asyncio, and one with select; None: nothing (any more)."""
SHOWN = 12
"""Entries of a list that a state carries: those up to ours, or from its head."""


@dataclass(frozen=True, slots=True)
class FollowedPacket:
    """One arrival of a race's schedule."""

    at_ns: int
    serial: int
    """Its number in the schedule: the same in every lane."""


@dataclass(frozen=True, slots=True)
class PathState:
    """What the structures on a packet's way hold at one moment; those it has not come to are empty."""

    ring_frames: int = 0
    """Frames in the NIC's receive ring that the softirq has not taken."""
    segments: int = 0
    """Pieces of data in the socket's receive buffer."""
    buffer_bytes: int = 0
    mask: int = 0
    """The socket's poll mask."""
    hooked: tuple[str, ...] = ()
    """The functions on the socket's wait queue, in the order in which a wake-up calls them."""
    ready: tuple[int, ...] = ()
    """Descriptors on epoll's ready list, :data:`SHOWN` of them: see :func:`shown`."""
    ready_count: int = 0
    server: str = ""
    """``asleep``, ``runnable``, ``scanning``, ``serving``; of the program that waits."""
    scanned: int = 0
    """Descriptors that the call has looked at since the packet came."""
    word: int = 0
    """select: the word of the bitmap that has the descriptor's bit."""
    events: tuple[tuple[int, int], ...] = ()
    """What the waiting call has reported: descriptor and mask, as many."""
    events_count: int = 0
    handles: tuple[str, ...] = ()
    """The loop's callbacks that are to run next, in order."""
    stream_bytes: int = 0
    """Bytes in asyncio's StreamReader."""
    future: str = ""
    """``pending`` or ``finished``: the one that the task waits for."""
    task: str = ""
    """``suspended``, ``ready`` or ``running``."""
    line: int = 0
    """At which line of the program the task's coroutine stands."""
    read_bytes: int = 0
    """What the program has in its hands."""


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step of a packet's way."""

    stage: str
    begin_ns: int
    end_ns: int
    spent_ns: Mapping[str, int]
    """By account label, those that are not nothing: they sum to ``end_ns - begin_ns``."""
    before: PathState
    after: PathState
    part_of: str = ""
    """The stage whose price includes this one's; empty if it has its own, or the CPU has no part in it."""
    others: int = 0
    """Packets, callbacks or descriptors of others that came first within this step."""

    @property
    def cost_ns(self) -> int:
        """What it took."""
        return self.end_ns - self.begin_ns


@dataclass(frozen=True, slots=True)
class LanePath:
    """One packet's way to one program."""

    name: str
    """``epoll`` or ``select``."""
    fd: int
    """The packet's descriptor in that lane; -1 if it has none."""
    steps: tuple[PathStep, ...]
    """As far as the packet came."""
    effect: int = 0
    """What the packet caused: an :class:`~sim.machine.records.Effect`, or why it was dropped."""
    dropped: bool = False
    burst: int = 1
    """Packets that the interrupt took."""
    ring_slot: int = 0
    """The slot of the receive ring, see :data:`sim.path.lane_watch.RING_SLOTS`."""
    asked: int = 0
    """Descriptors that the program waits for."""
    call_ns: int = 0
    """What the waiting call that reported the packet cost, all of it."""
    paid_before_ns: int = 0
    """The part of it that was paid before the packet came: to fall asleep in it."""
    failure: str | None = None
    """Why the server of this lane cannot go on; None if it can."""
    unfinished: str = ""
    """Why the way was not followed to its end; empty if it was."""
    started_ns: int | None = None
    """How long before the packet the lane was started for this; None if it is as it is in the race."""

    @property
    def total_ns(self) -> int:
        """From the arrival to the end of the last step."""
        return self.steps[-1].end_ns if self.steps else 0

    def step(self, stage: str | None) -> PathStep | None:
        """The step of that stage, if the packet came there."""
        return next((step for step in self.steps if step.stage == stage), None)

    @property
    def woke(self) -> bool:
        """Whether this packet itself woke the program."""
        return bool(not self.dropped and self.effect & (Effect.WOKE_EPOLL | Effect.WOKE_SCAN))


@dataclass(frozen=True, slots=True)
class AsyncioProgram:
    """The asyncio program that waits for the packet, and where its task stood."""

    lines: tuple[str, ...]
    """Its source, from :attr:`first_line` on."""
    first_line: int
    await_line: int
    """Where the coroutine was suspended."""
    next_line: int
    """Where it went on."""
    stack: tuple[Place, ...]
    """Where it and what it awaits stood, the outermost first."""
    task: str
    """The task's name."""
    connections: int
    """Connections that are asyncio's; all others that epoll watches are silent."""
    turn_ns: int
    """What the loop's turn had cost before it went to wait: the price that selector's work is part of."""


Entry = TypeVar("Entry")


def shown(entries: Sequence[Entry], ours: Entry | None) -> tuple[Entry, ...]:
    """:data:`SHOWN` entries of a list: the first ones, or, if ours is not among these, those up to it."""
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
        """The next step, which took this."""
        kept = {label: ns for label, ns in spent_ns.items() if ns}
        end_ns = self.now_ns + sum(kept.values())
        self.steps.append(PathStep(stage, self.now_ns, end_ns, kept, before, after, part_of, others))
        self.now_ns = end_ns


def spent_between(before: list[int], after: list[int]) -> Spent:
    """What the accounts changed by from one statement to another."""
    return {account.label: after[account] - before[account] for account in Account}


def taken_from(spent: Spent, *labels: str) -> Spent:
    """Take these accounts out of what was spent; gives them."""
    return {label: spent.pop(label, 0) for label in labels}
