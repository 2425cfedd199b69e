"""Signals that end the app: it restores the terminal and closes a recording; the exit code is 128 + signal.

By default SIGTERM and SIGHUP end a process at once. The terminal would stay in raw mode on the alternate
screen, and child processes would not be waited for. So a handler asks the app to leave. A Python handler runs
in the main thread, between two instructions of whatever code is running. Therefore it does nothing but post a
request to the event loop.

The event loop may never get to the request: a write may wait for a terminal that takes no more output. After
:data:`GRACE_S` a thread restores the terminal and ends the process. A recording loses nothing then, because
its file has only whole frames at every moment.

Why not ``loop.add_signal_handler``: its callback runs in the loop only, so a loop that is blocked would not
even start the grace period.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = tuple(
    getattr(signal, name) for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM") if hasattr(signal, name)
)
"""The signals that end the app. Windows does not have all of them."""
_OF_THE_DRIVER = tuple(
    getattr(signal, name) for name in ("SIGCONT", "SIGTSTP", "SIGWINCH") if hasattr(signal, name)
)
GRACE_S = 3.0
"""Wall seconds after which an app that does not end is ended."""
SIGNAL_EXIT = 128
"""Exit code of a process that a signal ended, less the signal's number, as shells have it."""


class LastResort:
    """Ends the process if the app does not end in time.

    Args:
        restore: Restores the terminal. It is called in a thread of its own.
    """

    def __init__(self, restore: Callable[[], None]) -> None:
        self._restore = restore
        self._timer: threading.Timer | None = None

    def start(self, number: int) -> None:
        """Start the grace period, unless it has started already.

        Args:
            number: The signal; it decides the exit code.
        """
        if self._timer is None:
            self._timer = threading.Timer(GRACE_S, self._end, [number])
            self._timer.daemon = True
            self._timer.start()

    def _end(self, number: int) -> None:
        try:
            self._restore()
        finally:
            os._exit(SIGNAL_EXIT + number)

    def cancel(self) -> None:
        """End the grace period: the app has ended."""
        if self._timer is not None:
            self._timer.cancel()


@contextmanager
def ending_signals(end: Callable[[int], None]) -> Iterator[None]:
    """Call ``end`` with the number of each ending signal. Ignored signals (``nohup``) stay ignored.

    All handlers are put back at the end, also those that the driver has set.

    Args:
        end: Called in the main thread, at any moment.
    """

    def received(number: int, _frame: FrameType | None) -> None:
        end(number)

    before = {number: signal.getsignal(number) for number in (*ENDING, *_OF_THE_DRIVER)}
    for number in ENDING:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, received)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
