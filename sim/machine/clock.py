"""Virtual time in integer nanoseconds, and the timers that are due.

Timers fire in one total order: by time, then by the order in which they were set. A run depends on nothing
else. Nothing here reads the wall clock.

Why not otherwise: floats would make sums depend on their order, and two lanes would no longer agree on which
of two events comes first.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

NEVER = 1 << 62
"""A time that never comes (146 years)."""
CLOCK_READ_NS = 25
"""Cost in ns of reading the clock through the vDSO, without a system call."""


class Timers:
    """Actions that are due at given virtual times."""

    __slots__ = ("_heap", "_serial", "due_ns")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._serial = 0
        self.due_ns = NEVER
        """Time of the next timer; :data:`NEVER` if none is set."""

    def set(self, at_ns: int, action: Callable[[], None]) -> int:
        """Call ``action`` at ``at_ns``.

        Returns:
            The timer's number, for :meth:`cancel`.
        """
        self._serial += 1
        heapq.heappush(self._heap, (at_ns, self._serial, action))
        self.due_ns = self._heap[0][0]
        return self._serial

    def cancel(self, serial: int) -> None:
        """Remove a timer. Nothing happens if it has fired already."""
        self._heap = [entry for entry in self._heap if entry[1] != serial]
        heapq.heapify(self._heap)
        self.due_ns = self._heap[0][0] if self._heap else NEVER

    def fire(self) -> None:
        """Run the action of the first timer."""
        _, _, action = heapq.heappop(self._heap)
        self.due_ns = self._heap[0][0] if self._heap else NEVER
        action()
