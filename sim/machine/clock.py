"""Virtual time: integer nanoseconds, and what is due in them.

Timers fire in one total order, by time and then by the order in which they were set, so that a
run never depends on anything else. Nothing here knows the wall clock.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

NEVER = 1 << 62
"""A time that never comes (146 years)."""
CLOCK_READ_NS = 25
"""What a look at the clock takes by the vDSO, without a system call."""


class Timers:
    """What is due at which virtual time."""

    __slots__ = ("_heap", "_serial", "due_ns")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._serial = 0
        self.due_ns = NEVER
        """When the next timer fires."""

    def set(self, at_ns: int, action: Callable[[], None]) -> int:
        """Have ``action`` called at ``at_ns``.

        Returns:
            A number to :meth:`cancel` it by.
        """
        self._serial += 1
        heapq.heappush(self._heap, (at_ns, self._serial, action))
        self.due_ns = self._heap[0][0]
        return self._serial

    def cancel(self, serial: int) -> None:
        """Forget a timer; one that has fired already is forgotten already."""
        self._heap = [entry for entry in self._heap if entry[1] != serial]
        heapq.heapify(self._heap)
        self.due_ns = self._heap[0][0] if self._heap else NEVER

    def fire(self) -> None:
        """Run the first timer that is due."""
        _, _, action = heapq.heappop(self._heap)
        self.due_ns = self._heap[0][0] if self._heap else NEVER
        action()
