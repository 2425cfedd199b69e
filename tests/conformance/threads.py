"""Threads in a case: started one by one, each blocked before the next, and identified by name.

On the host a thread needs time to fall asleep in its call. ``/proc`` shows when it has: it names the kernel
function in which a thread sleeps (``wchan``). A simulated thread runs until it blocks when the case waits.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conformance.world import World, attempt

_PATIENCE = 200
"""Number of pauses of 10 ms after which an expected event will not happen any more."""


class Threads:
    """The threads of one case, and the results of their calls."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.returned: list[tuple[str, Any]] = []
        """Name and result of each call that has returned, in this order."""
        self._started: list[Any] = []

    def start(self, name: str, call: Callable[..., Any], *arguments: Any) -> None:
        """Start a thread that makes a call, and wait until it is blocked in the call."""

        def make() -> None:
            self.returned.append((name, attempt(call, *arguments)))

        thread = self.world.threading.Thread(target=make, name=name, daemon=True)
        self._started.append(thread)
        thread.start()
        for _ in range(50):
            self.world.time.sleep(0.01)
            if not hasattr(thread, "native_id") or not thread.is_alive() or _asleep(thread.native_id):
                return

    def back(self, expected: int) -> list[tuple[str, Any]]:
        """Names and results of the calls that have returned. Waits for ``expected`` of them, and a moment for
        more.
        """
        for _ in range(_PATIENCE):
            if len(self.returned) >= expected:
                break
            self.world.time.sleep(0.01)
        self.world.time.sleep(0.03)
        return sorted(self.returned)

    def finish(self, wake: Callable[[], Any]) -> int:
        """Repeat an action that wakes a thread until all calls have returned; returns their number."""
        for _ in range(_PATIENCE):
            if len(self.returned) == len(self._started):
                break
            attempt(wake)
            self.world.time.sleep(0.01)
        for thread in self._started:
            thread.join(2)
        return len(self.returned)


def _asleep(native_id: int) -> bool:
    """True if a thread of the host sleeps in a system call other than that of the interpreter's lock."""
    try:
        sleeps_in = Path(f"/proc/self/task/{native_id}/wchan").read_text()
    except OSError:
        return False
    return sleeps_in != "0" and "futex" not in sleeps_in
