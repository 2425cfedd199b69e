"""A script as it stands at one moment, as plain values: what a screen shows of it.

Taken between two moments of the script (:class:`sim.scripts.script.Script`), while it stands still. Only so
many rows are worked out as are asked for; what counts all tasks costs a few tenths of a microsecond for
each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.scripts.descriptors import Descriptor, descriptors, ready_list
from sim.scripts.loop_figures import Culprit, LoopCounters, who
from sim.scripts.task_rows import State, TaskRow, rows_of, running_task, watched_keys
from sim.stdlib.asyncio.charged_handles import ChargedTimerHandle
from sim.stdlib.asyncio.numbered_task import ordered_tasks

if TYPE_CHECKING:
    from sim.scripts.script import Moment, Script

HELD_UP_NS = 1_000_000
"""A callback that waited for longer than this has held up the loop: it was meant to return at once."""
QUEUED = 40
"""Callbacks of the queue that are named."""


@dataclass(frozen=True, slots=True)
class LoopFrame:
    """One moment of a script."""

    now_ns: int
    moment: Moment
    """What comes next: ``wait``, ``timers``, ``callback`` …; ``over`` between two turns."""
    over: bool
    """The script has come to its end."""
    error: str | None
    """Why it failed."""
    counters: LoopCounters | None
    """None before there is a loop."""
    running: str
    """The callback that comes next, or is under way; empty if none is."""
    turn_size: int
    """Callbacks of this turn, at the moments ``callbacks`` and ``callback``."""
    queue: tuple[str, ...]
    """Callbacks that are ready to run after it, the first ones by name."""
    queued: int
    """How many they are."""
    timers: int
    """Timers that are set."""
    due: int
    """How many of them are due."""
    next_timer_ns: int | None
    """When the first of them is due."""
    waited_ns: int | None
    """How long the latest wait took; None if it is to come."""
    states: dict[State, int]
    """Tasks by state."""
    first: int
    """Tasks before the first row."""
    rows: tuple[TaskRow, ...]
    active: int
    """Position of the task that runs, or else of the one that will next; -1 if none is about to."""
    chosen: int
    """Position of the task that was asked for; -1 if it is done, or none was."""
    descriptors: tuple[Descriptor, ...]
    ready: tuple[tuple[int, bool], ...]
    """epoll's ready list: descriptor, and whether it is ready still."""
    culprits: tuple[Culprit, ...]
    """Callbacks that held up the loop, the newest last."""

    @property
    def held_up(self) -> Culprit | None:
        """Who has just held up the loop: at a turn's end, a callback of that turn."""
        if self.moment != "over" or self.counters is None:
            return None
        return held_up(self.culprits, self.counters.turns)

    @property
    def tasks(self) -> int:
        """Tasks that are not done."""
        return sum(self.states.values())


def held_up(culprits: Sequence[Culprit], turn: int) -> Culprit | None:
    """The last callback of a turn that held up the loop; None if none did."""
    newest = culprits[-1] if culprits else None
    return newest if newest is not None and newest.turn == turn and newest.spent_ns >= HELD_UP_NS else None


def frame_of(script: Script, first: int = 0, count: int = 0, chosen: int | None = None) -> LoopFrame:
    """The script as it stands.

    Args:
        first: tasks before the first row.
        count: rows at most.
        chosen: number of a task whose position is asked for.
    """
    loop, record, kernel = script.loop, script.record, script.kernel
    alive = loop is not None and not loop.is_closed()
    handles = [handle for handle in loop._ready if not handle._cancelled] if alive else []
    timers = [handle for handle in loop._scheduled if not handle._cancelled] if alive else []
    tasks = ordered_tasks(loop) if alive else []
    running = running_task(loop) if alive else None
    handle = record.running if record is not None else None
    name_of = _Names(loop, [*handles, handle] if handle is not None else handles) if alive else None
    return LoopFrame(
        now_ns=kernel.now_ns,
        moment=script.moment,
        over=script.over,
        error=None if script.error is None else str(script.error),
        counters=None if record is None else record.counters(),
        running=name_of(handle) if name_of is not None and handle is not None else "",
        turn_size=script.turn_size,
        queue=tuple(map(name_of, handles[:QUEUED])) if name_of is not None else (),
        queued=len(handles),
        timers=len(timers),
        due=sum(round(timer._when * 1e9) <= kernel.now_ns for timer in timers),
        next_timer_ns=round(min(timer._when for timer in timers) * 1e9) if timers else None,
        waited_ns=None if record is None else record.waited_ns,
        states=_states(tasks, running),
        first=first,
        rows=tuple(rows_of(loop, tasks[first : first + count])) if alive else (),
        active=_active(tasks, running, handles),
        chosen=next((position for position, task in enumerate(tasks) if _number(task) == chosen), -1),
        descriptors=tuple(descriptors(kernel, loop if alive else None)),
        ready=tuple(ready_list(kernel)),
        culprits=() if record is None else tuple(record.culprits),
    )


def _number(task: Any) -> int | None:
    number: int | None = getattr(task, "number", None)
    return number


def _states(tasks: list[Any], running: Any) -> dict[State, int]:
    waiting = [task._fut_waiter for task in tasks if task is not running]
    suspended = sum(future is not None and not future.done() for future in waiting)
    counted: dict[State, int] = {
        "running": len(tasks) - len(waiting),
        "ready": len(waiting) - suspended,
        "suspended": suspended,
    }
    return counted


def _active(tasks: list[Any], running: Any, handles: list[Any]) -> int:
    """Where the task stands that runs, or the first whose step is queued."""
    wanted = running
    if wanted is None:
        owners = (getattr(handle._callback, "__self__", None) for handle in handles)
        wanted = next((owner for owner in owners if hasattr(owner, "get_coro")), None)
    return next((position for position, task in enumerate(tasks) if task is wanted), -1)


class _Names:
    """What callbacks are called: by the task they let go on, by their descriptor, or by their function."""

    def __init__(self, loop: Any, handles: list[Any]) -> None:
        self._by_handle = dict(_watching(loop)) if handles else {}

    def __call__(self, handle: Any) -> str:
        known = self._by_handle.get(id(handle))
        if known is not None:
            return known
        name, _ = who(handle)
        fd = getattr(getattr(handle._callback, "__self__", None), "_sock_fd", None)
        if isinstance(fd, int):
            return f"fd {fd} {name.rpartition('.')[2].strip('_')}"
        if isinstance(handle, ChargedTimerHandle):
            return "timer" if name == "_set_result_unless_cancelled" else f"timer {_short(name)}"
        return _short(name)


def _watching(loop: Any) -> Iterator[tuple[int, str]]:
    """Handles that are called when a descriptor is ready."""
    for key in watched_keys(loop):
        for handle, event in zip(key.data, ("readable", "writable"), strict=True):
            if handle is not None:
                yield id(handle), f"fd {key.fd} {event}"


def _short(name: str) -> str:
    """A qualified name without the functions around it."""
    return name.rpartition("<locals>.")[2]
