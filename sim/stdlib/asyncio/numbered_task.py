"""Tasks with a number, so that a set of tasks has an order.

``gather``, ``TaskGroup`` and ``asyncio.run`` walk sets of tasks. A set is ordered by hash, and the hash of a
task is its address in memory, which differs from run to run. Here it is the task's number, counted for each
loop, and so is the task's default name.
"""

from __future__ import annotations

import asyncio
from typing import Any

from sim.stdlib.asyncio.charging_loop import ChargingLoop


class NumberedTask(asyncio.Task[Any]):
    """A task whose hash is its number; the class has asyncio's name, because asyncio prints it.

    On a loop of another class the hash is the address, as in asyncio.
    """

    def __init__(self, coroutine: Any, *, loop: Any, name: str | None = None, **options: Any) -> None:
        numbered = isinstance(loop, ChargingLoop)
        self.number: int = next(loop.task_numbers) if numbered else id(self) >> 4
        """1-based number of the task in its loop."""
        if not name and numbered:
            name = f"Task-{self.number}"
        super().__init__(coroutine, loop=loop, name=name, **options)

    def __hash__(self) -> int:
        return self.number


NumberedTask.__name__ = NumberedTask.__qualname__ = "Task"


def ordered_tasks(loop: Any = None) -> list[asyncio.Task[Any]]:
    """``asyncio.all_tasks``, the oldest first."""
    return sorted(asyncio.all_tasks(loop), key=lambda task: getattr(task, "number", 0))
