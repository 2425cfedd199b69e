"""A script at one moment, as plain values: the input of the screen that watches it.

A frame is taken while the script is stopped (:class:`sim.scripts.script.Script`). Rows are made only for the
tasks that are asked for. Figures that count all tasks cost a few tenths of a microsecond for each task.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.scripts.descriptors import Descriptor, descriptors, ready_list
from sim.scripts.loop_figures import Culprit, LoopCounters, name_and_place
from sim.scripts.task_rows import LoopTaskState, TaskRow, rows_of, running_task, watched_keys
from sim.stdlib.asyncio.charged_handles import ChargedTimerHandle
from sim.stdlib.asyncio.numbered_task import ordered_tasks

if TYPE_CHECKING:
    from sim.scripts.script import Script, StopPoint

HELD_UP_NS = 1_000_000
"""Shortest wait of a callback, in ns, that counts as holding up the loop: callbacks should return at once."""
QUEUED = 40
"""Largest number of callbacks of the queue that a frame names."""


@dataclass(frozen=True, slots=True)
class LoopFrame:
    """One moment of a script."""

    now_ns: int
    """Virtual time."""
    moment: StopPoint
    """The next step: ``wait``, ``timers``, ``callback`` …; ``over`` between two turns."""
    over: bool
    """True if the script has ended."""
    error: str | None
    """The error that ended the script; None if it did not fail."""
    counters: LoopCounters | None
    """None before there is a loop."""
    running: str
    """Name of the callback that comes next or runs now; empty if there is none."""
    turn_size: int
    """Callbacks of this turn, at the moments ``callbacks`` and ``callback``."""
    queue: tuple[str, ...]
    """Names of the first :data:`QUEUED` callbacks that are ready to run after it."""
    queued: int
    """Number of all callbacks that are ready to run after it."""
    timers: int
    """Timers that are set."""
    due: int
    """Timers that are due."""
    next_timer_ns: int | None
    """Virtual time at which the first timer is due; None without timers."""
    waited_ns: int | None
    """Duration of the latest wait; None before this turn's wait."""
    states: dict[LoopTaskState, int]
    """Number of tasks in each state."""
    first: int
    """Number of tasks before the first row."""
    rows: tuple[TaskRow, ...]
    """The tasks that were asked for."""
    active: int
    """0-based position of the task that runs, else of the task that runs next; -1 if there is none."""
    chosen: int
    """0-based position of the task that was asked for by number; -1 if it is done, or none was asked for."""
    descriptors: tuple[Descriptor, ...]
    """All open descriptors."""
    ready: tuple[tuple[int, bool], ...]
    """epoll's ready list: descriptor, and True if it is still ready."""
    culprits: tuple[Culprit, ...]
    """Callbacks that made a call that waited, the oldest first."""

    @property
    def held_up(self) -> Culprit | None:
        """At a turn's end: the last callback of that turn that held up the loop; else None."""
        if self.moment != "over" or self.counters is None:
            return None
        return held_up(self.culprits, self.counters.turns)

    @property
    def tasks(self) -> int:
        """Number of tasks that are not done."""
        return sum(self.states.values())


def held_up(culprits: Sequence[Culprit], turn: int) -> Culprit | None:
    """The last callback of a turn that held up the loop; None if none did.

    Args:
        culprits: the oldest first.
        turn: 1-based number of the latest turn.
    """
    newest = culprits[-1] if culprits else None
    return newest if newest is not None and newest.turn == turn and newest.spent_ns >= HELD_UP_NS else None


def frame_of(script: Script, first: int = 0, count: int = 0, chosen: int | None = None) -> LoopFrame:
    """The script at this moment.

    Args:
        script: a stopped script.
        first: number of tasks before the first row.
        count: most rows to make.
        chosen: number of a task whose position is asked for; None for no task.
    """
    loop, record, kernel = script.loop, script.record, script.kernel
    alive = loop is not None and not loop.is_closed()
    handles = [handle for handle in loop._ready if not handle._cancelled] if alive else []
    timers = [handle for handle in loop._scheduled if not handle._cancelled] if alive else []
    tasks = ordered_tasks(loop) if alive else []
    running = running_task(loop) if alive else None
    handle = record.running if record is not None else None
    name_of = _CallbackNames(loop, [*handles, handle] if handle is not None else handles) if alive else None
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


def _states(tasks: list[Any], running: Any) -> dict[LoopTaskState, int]:
    waiting = [task._fut_waiter for task in tasks if task is not running]
    suspended = sum(future is not None and not future.done() for future in waiting)
    counted: dict[LoopTaskState, int] = {
        "running": len(tasks) - len(waiting),
        "ready": len(waiting) - suspended,
        "suspended": suspended,
    }
    return counted


def _active(tasks: list[Any], running: Any, handles: list[Any]) -> int:
    """Position of the running task, or of the first task with a queued step; -1 if there is none."""
    wanted = running
    if wanted is None:
        owners = (getattr(handle._callback, "__self__", None) for handle in handles)
        wanted = next((owner for owner in owners if hasattr(owner, "get_coro")), None)
    return next((position for position, task in enumerate(tasks) if task is wanted), -1)


class _CallbackNames:
    """Names of callbacks: the task that they resume, their descriptor, or their function.

    Args:
        loop: an asyncio loop on a simulated kernel.
        handles: the callbacks that are asked for.
    """

    def __init__(self, loop: Any, handles: list[Any]) -> None:
        self._by_handle = dict(_watching(loop)) if handles else {}

    def __call__(self, handle: Any) -> str:
        known = self._by_handle.get(id(handle))
        if known is not None:
            return known
        name, _ = name_and_place(handle)
        fd = getattr(getattr(handle._callback, "__self__", None), "_sock_fd", None)
        if isinstance(fd, int):
            return f"fd {fd} {name.rpartition('.')[2].strip('_')}"
        if isinstance(handle, ChargedTimerHandle):
            return "timer" if name == "_set_result_unless_cancelled" else f"timer {_short(name)}"
        return _short(name)


def _watching(loop: Any) -> Iterator[tuple[int, str]]:
    """Id and name of each callback that runs when a descriptor is ready."""
    for key in watched_keys(loop):
        for handle, event in zip(key.data, ("readable", "writable"), strict=True):
            if handle is not None:
                yield id(handle), f"fd {key.fd} {event}"


def _short(name: str) -> str:
    """A qualified name without the enclosing functions."""
    return name.rpartition("<locals>.")[2]
