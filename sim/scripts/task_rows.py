"""The tasks of an event loop: each task's state, the reason for which it waits, and its current line.

The coroutine of a suspended task is at an ``await``, and the task holds the future that it awaits. The future
does not say which event will complete it. The loop knows the event: a timer has its future among the
arguments of its callback, and so does the reader or writer of a descriptor; a transport's protocol holds the
futures that wait for the transport. Any other future waits for another task, and the library function that
made it is its reason (``Queue.get``, ``Event.wait``).
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any, Literal

from sim.stacks.await_stack import await_frames, name_of
from sim.stacks.code_place import Place, place_of, program_line
from sim.stdlib.asyncio.numbered_task import ordered_tasks

LoopTaskState = Literal["running", "ready", "suspended"]


@dataclass(frozen=True, slots=True)
class WaitReason:
    """The reason for which a suspended task waits."""

    text: str
    """In words: ``fd 7 readable``, ``timer``, ``Queue.get``, ``Task-3``."""
    fd: int | None = None
    """The descriptor that it waits for; None if it waits for something else."""
    due_ns: int | None = None
    """The virtual time at which its timer is due; None if it waits for no timer."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task at one moment."""

    name: str
    state: LoopTaskState
    """``ready`` tasks run in this turn or the next."""
    waiting: WaitReason | None
    """None unless the task is suspended."""
    place: Place | None
    """The innermost line of the stack that is the program's own; None while it runs or before it begins."""
    stack: tuple[Place, ...]
    """The lines of its coroutine and of all coroutines that it awaits, the outermost first."""
    number: int = 0
    """1-based number of the task in its loop; 0 for tasks of the loop of the lessons."""


def task_rows(loop: Any, first: int = 0, count: int | None = None) -> list[TaskRow]:
    """The tasks of an asyncio loop on a simulated kernel, the oldest first.

    Args:
        loop: from :func:`sim.stdlib.kernel.asyncio_loop`.
        first: number of tasks to leave out at the beginning.
        count: most rows; None for all.
    """
    return rows_of(loop, ordered_tasks(loop)[first : None if count is None else first + count])


def rows_of(loop: Any, tasks: Sequence[Any]) -> list[TaskRow]:
    """Rows of some tasks of a loop."""
    running = running_task(loop)
    reasons = WaitReasonFinder(loop, [task._fut_waiter for task in tasks])
    return [
        replace(_row(task, task is running, reasons), number=getattr(task, "number", 0)) for task in tasks
    ]


def running_task(loop: Any) -> Any:
    """The task whose step runs or is about to run; None if there is none."""
    return asyncio.current_task(loop) or _task_of_callback(loop)


def _task_of_callback(loop: Any) -> Any:
    """The task of the callback that the loop runs now, which may run in another thread; None without one."""
    record = getattr(loop, "watcher", None)
    callback = getattr(getattr(record, "running", None), "_callback", None)
    task = getattr(callback, "__self__", None)
    return task if isinstance(task, asyncio.Task) else None


def _row(task: Any, running: bool, reasons: WaitReasonFinder) -> TaskRow:
    coroutine_state = inspect.getcoroutinestate(task.get_coro())
    if running and coroutine_state != inspect.CORO_SUSPENDED:
        return TaskRow(name_of(task), "running", None, None, ())
    stack = await_frames(task.get_coro())
    places = tuple(place_of(frame) for frame in stack)
    if running:  # its step is about to begin, and continues from these lines
        return TaskRow(name_of(task), "running", None, program_line(places), places)
    future = task._fut_waiter
    if future is None or future.done():
        if coroutine_state == inspect.CORO_CREATED:
            return TaskRow(name_of(task), "ready", None, None, ())
        return TaskRow(name_of(task), "ready", None, program_line(places), places)
    return TaskRow(name_of(task), "suspended", reasons.of(future, stack), program_line(places), places)


class WaitReasonFinder:
    """Finds the event that completes a future, from a loop's timers and descriptors at this moment.

    Args:
        loop: an asyncio loop on a simulated kernel.
        futures: the futures that are asked about. The loop can have thousands of others.
    """

    def __init__(self, loop: Any, futures: Iterable[Any]) -> None:
        self._known: dict[int, WaitReason] = {}
        wanted = {id(future) for future in futures if future is not None}
        for handle in loop._scheduled:
            for future in handle._args or ():
                if id(future) in wanted and not handle._cancelled:
                    self._known.setdefault(id(future), WaitReason("timer", due_ns=round(handle._when * 1e9)))
        for key in watched_keys(loop):
            for handle, event in zip(key.data, ("readable", "writable"), strict=True):
                for future in (handle._args or ()) if handle is not None else ():
                    if id(future) in wanted and not handle._cancelled:
                        self._known.setdefault(id(future), WaitReason(f"fd {key.fd} {event}", fd=key.fd))
        for fd, transport in list(loop._transports.items()):
            for future, event in _of_transport(transport):
                if id(future) in wanted:
                    self._known.setdefault(id(future), WaitReason(f"fd {fd} {event}", fd=fd))

    def of(self, future: Any, stack: list[FrameType]) -> WaitReason:
        """The reason for which a task waits for a future.

        Args:
            future: one of the futures that were asked about.
            stack: the frames of the task that awaits it, the outermost first.
        """
        known = self._known.get(id(future))
        if known is not None:
            return known
        if isinstance(future, asyncio.Task):
            return WaitReason(name_of(future))
        fd = _descriptor_near(stack)
        if fd is not None:
            return WaitReason(f"fd {fd}", fd=fd)
        children = getattr(future, "_children", None)
        if children is not None:
            return WaitReason(f"gather of {len(children)}")
        return WaitReason(_library_call(stack) or "a future")


def _library_call(stack: list[FrameType]) -> str | None:
    """The innermost library function with a public name; None if the program's own code awaits the future.

    A private helper says nothing to the reader, and has another name in each Python: 3.14's
    ``TaskGroup.__aexit__`` awaits in ``TaskGroup._aexit``.
    """
    innermost = None
    for frame in reversed(stack):
        place = place_of(frame)
        if not place.in_library:
            break
        innermost = innermost or place.function
        name = place.function.rpartition(".")[2]
        if not name.startswith("_") or name.startswith("__"):
            return place.function
    return innermost


def watched_keys(loop: Any) -> list[Any]:
    """The keys of the loop's selector: what it watches; empty once the loop is closed."""
    return list((getattr(loop._selector, "_fd_to_key", None) or {}).values())


def _of_transport(transport: Any) -> Iterator[tuple[Any, str]]:
    """The futures in asyncio's own protocols that wait for a transport, and the event they wait for."""
    protocol = transport.get_protocol()
    yield getattr(getattr(protocol, "_stream_reader", None), "_waiter", None), "readable"
    for waiter in getattr(protocol, "_drain_waiters", ()):
        yield waiter, "writable"
    yield getattr(protocol, "_closed", None), "closed"


def _descriptor_near(stack: list[FrameType]) -> int | None:
    """The descriptor of a transport that ``self`` of one of the innermost frames holds; None without one."""
    for frame in reversed(stack[-4:]):
        owner = frame.f_locals.get("self")
        for holder in (owner, getattr(owner, "_protocol", None)):
            transport = getattr(holder, "transport", None) or getattr(holder, "_transport", None)
            fd = getattr(transport, "_sock_fd", None)
            if isinstance(fd, int):
                return fd
    return None
