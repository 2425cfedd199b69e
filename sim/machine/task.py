"""A task: one thread of control, whose program is a generator.

The program is the server's own code with system calls in it. It yields where virtual time may pass. A
generator cannot be copied; :mod:`sim.kernel.waiting.restarted_call` says how a program goes on from a
checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Protocol

Program = Generator[None, None, Any]
"""Code that runs as a task: it yields where time may pass, and returns its result."""


class Task:
    """One thread of control.

    Args:
        program: The code it runs.
        name: Used in messages.
    """

    __slots__ = ("at_end", "blocked", "done", "error", "name", "result", "send", "vain_wakes", "wakes")

    def __init__(self, program: Program, name: str) -> None:
        self.send = program.send
        """Runs the program up to its next yield."""
        self.name = name
        self.blocked = False
        self.wakes = 0
        """Number of times the task was woken."""
        self.vain_wakes = 0
        """Number of vain wake-ups: it found nothing in epoll_wait or in a pool's queue, and slept again."""
        self.done = False
        self.result: Any = None
        """The program's return value; None before it returns."""
        self.error: Exception | None = None
        """The exception that ended the program; None if no exception did."""
        self.at_end: Callable[[], None] | None = None
        """Called when the program is over."""

    def close(self) -> None:
        """End the program at its current yield. It never runs again."""
        program = getattr(self.send, "__self__", None)
        if isinstance(program, Generator):
            program.close()


class TaskQueue(Protocol):
    """Runnable tasks in the order in which they get the CPU: a deque, or a scheduler's run queue."""

    def __len__(self) -> int: ...

    def append(self, task: Task, /) -> None:
        """Add a task that has become runnable."""

    def popleft(self) -> Task:
        """Take the task that runs next."""

    def clear(self) -> None:
        """Remove all tasks."""
