"""The tasks of an event loop: what each is doing, what it waits for, and at which line.

A task's coroutine is left at an ``await``; the task holds the future that it waits for. The future alone
does not say why. The loop does: a future that a timer will settle is an argument of that timer's
callback, one that a descriptor will settle is an argument of its reader's or writer's, or belongs to the
protocol of the transport on it. What is neither waits for another task, and the function that made it
says for what (``Queue.get``, ``Event.wait``).
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any, Literal

from sim.stacks.await_stack import await_frames, name_of
from sim.stacks.place import Place, place_of, program_line
from sim.stdlib.asyncio.numbered_task import ordered_tasks

State = Literal["running", "ready", "suspended"]


@dataclass(frozen=True, slots=True)
class WaitReason:
    """What a suspended task waits for."""

    text: str
    """In words: ``fd 7 readable``, ``timer``, ``Queue.get``, ``Task-3``."""
    fd: int | None = None
    due_ns: int | None = None
    """The virtual time at which its timer is due."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task, as it stands."""

    name: str
    state: State
    """running, now; ready to run in this turn or the next; suspended."""
    waiting: WaitReason | None
    """None unless it is suspended."""
    place: Place | None
    """The innermost line of the stack that is the program's own; None while it runs, or has not begun."""
    stack: tuple[Place, ...]
    """Where its coroutine stands and where those stand that it awaits, the outermost first."""
    number: int = 0
    """Tells tasks of one loop apart, whatever their names; 0 in our own loop."""


def task_rows(loop: Any, first: int = 0, count: int | None = None) -> list[TaskRow]:
    """The tasks of an asyncio loop on a simulated kernel, the oldest first.

    Args:
        loop: of :func:`sim.stdlib.kernel.asyncio_loop`.
        first: how many to leave out.
        count: how many to give at most.
    """
    return rows_of(loop, ordered_tasks(loop)[first : None if count is None else first + count])


def rows_of(loop: Any, tasks: Sequence[Any]) -> list[TaskRow]:
    """The rows of some of a loop's tasks."""
    running = running_task(loop)
    settled_by = WaitReasonFinder(loop, [task._fut_waiter for task in tasks])
    return [
        replace(_row(task, task is running, settled_by), number=getattr(task, "number", 0)) for task in tasks
    ]


def running_task(loop: Any) -> Any:
    """The task whose step runs, or is about to; None if none does."""
    return asyncio.current_task(loop) or _running_on(loop)


def _running_on(loop: Any) -> Any:
    """As the callback under way has it, which may be another thread's."""
    record = getattr(loop, "watcher", None)
    callback = getattr(getattr(record, "running", None), "_callback", None)
    task = getattr(callback, "__self__", None)
    return task if isinstance(task, asyncio.Task) else None


def _row(task: Any, running: bool, settled_by: WaitReasonFinder) -> TaskRow:
    standing = inspect.getcoroutinestate(task.get_coro()) == inspect.CORO_SUSPENDED
    if running and not standing:
        return TaskRow(name_of(task), "running", None, None, ())
    stack = await_frames(task.get_coro())
    places = tuple(place_of(frame) for frame in stack)
    if running:  # its step begins: from these lines it goes on
        return TaskRow(name_of(task), "running", None, program_line(places), places)
    future = task._fut_waiter
    if future is None or future.done():
        begun = inspect.getcoroutinestate(task.get_coro()) != inspect.CORO_CREATED
        return TaskRow(
            name_of(task), "ready", None, program_line(places) if begun else None, places if begun else ()
        )
    return TaskRow(name_of(task), "suspended", settled_by.of(future, stack), program_line(places), places)


class WaitReasonFinder:
    """Who will settle which future, as a loop's timers and descriptors stand now.

    Args:
        loop: an asyncio loop on a simulated kernel.
        futures: those that are asked about; others are passed over, of which there can be thousands.
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
        """What settles a future that the innermost of these frames waits for."""
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
        innermost = place_of(stack[-1]) if stack else None
        if innermost is not None and innermost.in_library:
            return WaitReason(innermost.function)
        return WaitReason("a future")


def watched_keys(loop: Any) -> list[Any]:
    """What the loop's selector watches; none once the loop is closed."""
    return list((getattr(loop._selector, "_fd_to_key", None) or {}).values())


def _of_transport(transport: Any) -> Iterator[tuple[Any, str]]:
    """The futures that asyncio's own protocols have waiting for a transport."""
    protocol = transport.get_protocol()
    yield getattr(getattr(protocol, "_stream_reader", None), "_waiter", None), "readable"
    for waiter in getattr(protocol, "_drain_waiters", ()):
        yield waiter, "writable"
    yield getattr(protocol, "_closed", None), "closed"


def _descriptor_near(stack: list[FrameType]) -> int | None:
    """The descriptor of the transport that an object of one of the innermost frames holds."""
    for frame in reversed(stack[-4:]):
        owner = frame.f_locals.get("self")
        for holder in (owner, getattr(owner, "_protocol", None)):
            transport = getattr(holder, "transport", None) or getattr(holder, "_transport", None)
            fd = getattr(transport, "_sock_fd", None)
            if isinstance(fd, int):
                return fd
    return None
