"""The end of a script from outside: an exception at its next step, then limited time to clean up.

The exception goes through ``asyncio.run``, which cancels all tasks and runs the loop until they are done. A
task that catches its cancellation can go on without end, so the loop gets a limited number of turns. Tasks
that are still alive then are kept until the process ends. If Python freed them, it would throw an exception
into each of them once more, and they would run outside of any loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

CLEANING_TURNS = 1_000
"""Turns of the loop in which a script may clean up."""
_stubborn: list[Any] = []
"""Tasks that did not end, of all scripts of this process."""


class ScriptUnwound(BaseException):
    """Raised in the script's thread to unwind it; scripts should not catch it."""


class Unwinding:
    """The state of ending one script."""

    def __init__(self) -> None:
        self.begun = False
        """True once the script is to end."""
        self._raised = False
        self._turns_left = CLEANING_TURNS

    def at(self, stop_point: str, tasks: Callable[[], Iterable[Any]]) -> None:
        """Called at each stop point of the script; raises if the script is to end now.

        At ``callbacks`` and ``callback`` nothing is raised: a callback would be taken from the queue and
        never run.

        Args:
            stop_point: the name of the stop point.
            tasks: returns the loop's tasks that are not done.

        Raises:
            ScriptUnwound: the first time, and at every stop point after the last cleaning turn.
        """
        if not self.begun or stop_point in ("callbacks", "callback"):
            return
        self._turns_left -= stop_point == "over"
        if self._turns_left <= 0:
            _stubborn.extend(tasks())
        elif self._raised:
            return
        self._raised = True
        raise ScriptUnwound


def left_stubborn_tasks() -> bool:
    """True if tasks of an ended script are still alive; the interpreter's own end would run them."""
    return bool(_stubborn)
