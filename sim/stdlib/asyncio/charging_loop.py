"""The members of the simulated loop that tasks and callbacks use: a nominal base class.

Why a base class, not a check for the attributes: CPython's own tests make tasks and callbacks on mock
loops, and a mock has every attribute.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from asyncio import Handle
from collections.abc import Callable, Iterator


class ChargingLoop(ABC):
    """A loop that numbers its tasks and charges for its callbacks."""

    task_numbers: Iterator[int]
    """The numbers of future tasks."""

    @abstractmethod
    def run_callback(self, handle: Handle, run: Callable[[], None]) -> None:
        """Charge for a callback, and run it.

        Args:
            handle: the callback.
            run: runs it, without a charge.
        """
