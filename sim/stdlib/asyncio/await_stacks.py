"""Where a suspended task stands: the chain of its awaits, from the task down to what it waits for.

A coroutine that stands at an ``await`` knows what it awaits (``cr_await``), a generator what it yields
from (``gi_yieldfrom``), and each has a frame with the line it stands at. Between them lie wrappers that
tell nothing: the iterator of an ``async for`` step, of a future, of an ``__await__``. What they hold is
asked of the garbage collector, which knows every object's references.
"""

from __future__ import annotations

import gc
import linecache
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import AsyncGeneratorType, CoroutineType, FrameType, GeneratorType
from typing import Any

STANDARD_LIBRARY = sysconfig.get_path("stdlib") + "/"
SIMULATOR = str(Path(__file__).parents[2]) + "/"
_PARTS = (CoroutineType, GeneratorType, AsyncGeneratorType)
_DEPTH = 10_000
"""Awaits followed: a coroutine can be suspended deeper than Python can call."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a program."""

    file: str
    line: int
    function: str
    """Its qualified name."""

    @property
    def in_library(self) -> bool:
        """Whether the line is the standard library's or the simulator's, and not the program's."""
        if self.file.startswith(SIMULATOR):
            return not Path(self.file).name.startswith("echo_")  # the example servers are programs
        return self.file.startswith(STANDARD_LIBRARY) and "site-packages" not in self.file

    @property
    def text(self) -> str:
        """The line itself, without its indent; empty if the file cannot be read."""
        return one_line(linecache.getline(self.file, self.line).strip())

    def __str__(self) -> str:
        return f"{Path(self.file).name}:{self.line} in {self.function}"


def one_line(text: str) -> str:
    """A script's own words, fit to be shown in a line: a control character is none of a screen's to obey."""
    return "".join(char if char.isprintable() else "·" for char in text.expandtabs(4))


def name_of(task: Any) -> str:
    """A task's name, in one line."""
    return one_line(task.get_name())


def place_of(frame: FrameType) -> Place:
    """Where a frame stands."""
    code = frame.f_code
    return Place(code.co_filename, frame.f_lineno or code.co_firstlineno, code.co_qualname)


def awaits(awaitable: Any) -> list[Place]:
    """The lines at which a suspended coroutine stands, the outermost first; none if it is over."""
    return [place_of(frame) for frame in frames(awaitable)]


def frames(awaitable: Any) -> list[FrameType]:
    """The frames of a suspended coroutine and of all it awaits, the outermost first."""
    found: list[FrameType] = []
    part = awaitable
    while part is not None and len(found) < _DEPTH:
        frame, part = _opened(part)
        if frame is not None:
            found.append(frame)
    return found


def _opened(part: Any) -> tuple[FrameType | None, Any]:
    """A link's own frame, and the next link."""
    if isinstance(part, CoroutineType):
        return part.cr_frame, part.cr_await
    if isinstance(part, GeneratorType):
        return part.gi_frame, part.gi_yieldfrom
    if isinstance(part, AsyncGeneratorType):
        return part.ag_frame, part.ag_await
    if hasattr(part, "cr_frame"):  # compiled coroutines show the same
        return part.cr_frame, getattr(part, "cr_await", None)
    held = [other for other in gc.get_referents(part) if isinstance(other, _PARTS)]
    return None, held[0] if len(held) == 1 else None


def own(places: Iterable[Place]) -> Place | None:
    """The innermost line that is the program's own; of a stack without one the innermost line."""
    stack = list(places)
    for place in reversed(stack):
        if not place.in_library:
            return place
    return stack[-1] if stack else None


def suspended_in(tasks: Iterable[Any]) -> str:
    """For an error's text: which tasks stand where; empty without tasks."""
    told = []
    for task in tasks:
        place = own(awaits(task.get_coro()))
        if place is not None:
            told.append(f"{name_of(task)} at {place}")
    if not told:
        return ""
    shown = "; ".join(told[:8]) + (f"; and {len(told) - 8} more" if len(told) > 8 else "")
    return f"; suspended: {shown}"
