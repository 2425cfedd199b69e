"""The stack of a suspended coroutine: the chain of its awaits, from the task down to the awaited object.

A suspended coroutine knows what it awaits (``cr_await``). A suspended generator knows what it yields from
(``gi_yieldfrom``). Each has a frame, and the frame has the line at which it stands.

Some links of the chain are wrappers written in C: the iterator of an ``async for`` step, of a future, of an
``__await__``. They do not name the next link. The garbage collector knows every object that a wrapper
refers to, so the next link is found there.

Why not ``Task.get_stack()``: it stops at the task's own coroutine and does not follow awaited coroutines.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable
from types import AsyncGeneratorType, CoroutineType, FrameType, GeneratorType
from typing import Any

from sim.stacks.code_place import Place, one_line, place_of, program_line

_PARTS = (CoroutineType, GeneratorType, AsyncGeneratorType)
_DEPTH = 10_000
"""Largest number of awaits that are followed: a coroutine can be suspended deeper than Python can call."""
_NAMED_TASKS = 8
"""Largest number of tasks that an error message names."""


def name_of(task: Any) -> str:
    """A task's name, safe to print on one line."""
    return one_line(task.get_name())


def await_places(awaitable: Any) -> list[Place]:
    """The lines at which a suspended coroutine stands, the outermost first; empty if it is finished."""
    return [place_of(frame) for frame in await_frames(awaitable)]


def await_frames(awaitable: Any) -> list[FrameType]:
    """The frames of a suspended coroutine and of everything it awaits, the outermost first."""
    found: list[FrameType] = []
    part = awaitable
    while part is not None and len(found) < _DEPTH:
        frame, part = _frame_and_next(part)
        if frame is not None:
            found.append(frame)
    return found


def _frame_and_next(part: Any) -> tuple[FrameType | None, Any]:
    """The frame of one link of the chain (None for a wrapper), and the next link (None at the end)."""
    if isinstance(part, CoroutineType):
        return part.cr_frame, part.cr_await
    if isinstance(part, GeneratorType):
        return part.gi_frame, part.gi_yieldfrom
    if isinstance(part, AsyncGeneratorType):
        return part.ag_frame, part.ag_await
    if hasattr(part, "cr_frame"):  # coroutines of compiled modules have the same attributes
        return part.cr_frame, getattr(part, "cr_await", None)
    held = [other for other in gc.get_referents(part) if isinstance(other, _PARTS)]
    return None, held[0] if len(held) == 1 else None


def suspended_in(tasks: Iterable[Any]) -> str:
    """The end of an error message: the suspended tasks, each with its line; empty without tasks."""
    named = []
    for task in tasks:
        place = program_line(await_places(task.get_coro()))
        if place is not None:
            named.append(f"{name_of(task)} at {place}")
    if not named:
        return ""
    more = f"; and {len(named) - _NAMED_TASKS} more" if len(named) > _NAMED_TASKS else ""
    return f"; suspended: {'; '.join(named[:_NAMED_TASKS])}{more}"
