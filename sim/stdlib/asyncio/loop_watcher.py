"""Base class of an observer that an event loop calls as it runs."""

from __future__ import annotations

from asyncio import Handle
from typing import Literal

TurnStep = Literal["wait", "timers", "callbacks", "over"]
"""A step of a loop's turn. asyncio waits first; then timers that are due join the queue of callbacks."""


class LoopWatcher:
    """Observer of an event loop; this base class ignores everything."""

    def step(self, step: TurnStep) -> None:
        """A step of a turn begins; ``over`` is the end of the turn."""

    def begins(self, handle: Handle) -> None:
        """A callback is about to run."""

    def ended(self, handle: Handle, spent_ns: int) -> None:
        """A callback has run.

        Args:
            handle: the callback.
            spent_ns: virtual time it took, its price included.
        """
