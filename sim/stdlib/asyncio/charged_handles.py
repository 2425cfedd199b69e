"""Callbacks of asyncio's loop that are charged for when they run.

asyncio makes a ``Handle`` for each callback, and a ``TimerHandle`` for each timer. These subclasses let the
loop run the callback, so that the loop can charge for it and notify its watcher. They have the names of
asyncio's classes, because asyncio prints these names.
"""

from __future__ import annotations

from asyncio import events
from collections.abc import Callable
from typing import Any

from sim.stdlib.asyncio.charging_loop import ChargingLoop


class ChargedHandle(events.Handle):
    """A callback that is charged for when it runs."""

    __slots__ = ()

    def _run(self) -> None:
        _run_by_loop(self, super()._run)


class ChargedTimerHandle(events.TimerHandle):
    """A callback with a time that is charged for when it runs."""

    __slots__ = ()

    def _run(self) -> None:
        _run_by_loop(self, super()._run)


ChargedHandle.__name__ = ChargedHandle.__qualname__ = "Handle"
ChargedTimerHandle.__name__ = ChargedTimerHandle.__qualname__ = "TimerHandle"


def _run_by_loop(handle: events.Handle, run: Callable[[], None]) -> None:
    """Let the loop run a callback; a loop of another class does not charge."""
    loop: Any = handle._loop  # type: ignore[attr-defined]
    if isinstance(loop, ChargingLoop):
        loop.run_callback(handle, run)
    else:
        run()
