"""The figures of an event loop: turns, steps, the parts of virtual time, and callbacks that delay the loop.

A turn consists of a few steps; one of them is a wait. asyncio waits, moves timers that are due to the queue
of callbacks, and runs the callbacks. The loop of the lessons (:mod:`sim.lessons.event_loop`) handles its
timers first. A record divides all virtual time into three parts:

- *poll*: in the call that waits, asleep or not;
- *callbacks*: from the beginning of a callback to its end, its price included;
- *loop*: the rest, which is the loop's own work.

A callback that makes a call that waits (``time.sleep``, a blocking socket) holds up all other callbacks. It
is a :class:`Culprit`, with the line of that call. Real computing time of a callback is not virtual time and
is not counted here. :meth:`sim.scripts.script.Script.where` finds a callback that never returns.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.stacks.await_stack import await_places, name_of
from sim.stacks.code_place import Place, calling_line, program_line
from sim.stdlib.asyncio.loop_watcher import LoopWatcher, TurnStep

if TYPE_CHECKING:
    from sim.stdlib.kernel import Kernel

KEPT_CULPRITS = 16
"""Largest number of culprits that a record keeps; the oldest are dropped."""


@dataclass(frozen=True, slots=True)
class Culprit:
    """A callback that took long."""

    turn: int
    """1-based number of the turn."""
    spent_ns: int
    """Virtual time that it took."""
    name: str
    """The task's name, or the function's."""
    place: Place | None
    """The line that waited. If no line waited, the current line of the task, or the function's first line."""

    def __str__(self) -> str:
        return f"{self.name} held up the loop for {self.spent_ns / 1e6:.3f} ms at {self.place}"


@dataclass(frozen=True, slots=True)
class LoopCounters:
    """The figures of a loop up to now."""

    turns: int
    """Turns begun."""
    callbacks: int
    """Callbacks run."""
    turn_callbacks: int
    """Callbacks run in the current turn, or in the last one."""
    most_callbacks: int
    """Largest number of callbacks run in one turn."""
    poll_ns: int
    callbacks_ns: int
    loop_ns: int
    longest: Culprit | None
    """The callback that took longest; None before the first callback."""


class LoopRecord(LoopWatcher):
    """Counts what one loop does.

    Args:
        kernel: the kernel whose virtual time it is.
        at: called with each step before it begins; it may block, which stops the script there.
        at_callback: called before each callback; it may block too.
    """

    def __init__(
        self,
        kernel: Kernel,
        at: Callable[[TurnStep], object] = lambda step: None,
        at_callback: Callable[[], object] = lambda: None,
    ) -> None:
        self.kernel = kernel
        self.now: TurnStep = "over"
        """The current step; ``over`` between two turns."""
        self.culprits: deque[Culprit] = deque(maxlen=KEPT_CULPRITS)
        """The latest callbacks that made a call that waited, the oldest first."""
        self.running: Any = None
        """The handle of the callback that runs now; None if none does."""
        self.waited_ns: int | None = None
        """Duration of the latest wait; None before this turn's wait."""
        self._at = at
        self._at_callback = at_callback
        self._turns = self._callbacks = self._turn_callbacks = self._most_callbacks = 0
        self._poll_ns = self._callbacks_ns = 0
        self._start_ns = kernel.now_ns
        self._polling_since_ns: int | None = None
        self._longest: Culprit | None = None
        self._waited_ns = 0
        self._waited_at: Place | None = None
        kernel.process.watch = self._waited

    def counters(self) -> LoopCounters:
        """The figures up to now."""
        spent_ns = self.kernel.now_ns - self._start_ns
        return LoopCounters(
            turns=self._turns,
            callbacks=self._callbacks,
            turn_callbacks=self._turn_callbacks,
            most_callbacks=self._most_callbacks,
            poll_ns=self._poll_ns,
            callbacks_ns=self._callbacks_ns,
            loop_ns=spent_ns - self._poll_ns - self._callbacks_ns,
            longest=self._longest,
        )

    # -- calls from the loop ----------------------------------------------------------------

    def step(self, step: TurnStep) -> None:
        """A step begins."""
        now_ns = self.kernel.now_ns
        if self._polling_since_ns is not None:
            self.waited_ns = now_ns - self._polling_since_ns
            self._poll_ns += self.waited_ns
            self._polling_since_ns = None
        if self.now == "over" and step != "over":
            self._turns += 1
            self._turn_callbacks = 0
        self.now = step
        if step == "wait":
            self.waited_ns = None
        self._at(step)
        if step == "wait":
            self._polling_since_ns = self.kernel.now_ns

    def begins(self, handle: Any) -> None:
        """A callback begins."""
        self.running = handle
        self._waited_ns, self._waited_at = 0, None
        self._at_callback()

    def ended(self, handle: Any, spent_ns: int) -> None:
        """A callback has ended."""
        self.running = None
        self._callbacks += 1
        self._callbacks_ns += spent_ns
        self._turn_callbacks += 1
        self._most_callbacks = max(self._most_callbacks, self._turn_callbacks)
        if self._longest is None or spent_ns > self._longest.spent_ns or self._waited_ns:
            name, standing = name_and_place(handle)
            culprit = Culprit(self._turns, spent_ns, name, self._waited_at or standing)
            if self._waited_ns:
                self.culprits.append(culprit)
            if self._longest is None or spent_ns > self._longest.spent_ns:
                self._longest = culprit

    def _waited(self, spent_ns: int) -> None:
        """A call that may wait has returned, in a callback or in the loop itself."""
        threads = self.kernel.process.threads
        if self.running is None or (threads is not None and threads.current is not threads.main):
            return
        if spent_ns > self._waited_ns:
            self._waited_ns, self._waited_at = spent_ns, calling_line(sys._getframe(1))


def name_and_place(handle: Any) -> tuple[str, Place | None]:
    """A callback's name, and the line at which its task stands or its function begins.

    Args:
        handle: a handle of asyncio's loop, or of the loop of the lessons.
    """
    callback: Any = getattr(handle, "callback", None) or getattr(handle, "_callback", None)
    while hasattr(callback, "func"):
        callback = callback.func  # functools.partial
    task: Any = getattr(callback, "__self__", None)
    coroutine = getattr(task, "coroutine", None)
    if hasattr(task, "get_coro"):
        coroutine = task.get_coro()
    if coroutine is not None:
        code = getattr(coroutine, "cr_code", None) or getattr(coroutine, "gi_code", None)
        name = name_of(task) if hasattr(task, "get_name") else coroutine.__qualname__
        return name, program_line(await_places(coroutine)) or _beginning(code)
    name = getattr(callback, "__qualname__", None) or type(callback).__qualname__
    return name, _beginning(getattr(callback, "__code__", None))


def _beginning(code: Any) -> Place | None:
    """The line at which a function begins; None without code."""
    return None if code is None else Place(code.co_filename, code.co_firstlineno, code.co_qualname)
