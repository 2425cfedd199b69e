"""Signals that end a command without a screen.

By default SIGTERM and SIGHUP end a process at once: a hidden cursor stays hidden, and measuring processes are
not ended. Here they raise an exception in the main thread, as Ctrl-C does. So every ``with`` and ``finally``
has its effect, and the exit code is the one that shells expect. Python drops an exception that is raised
while it frees an object, so a command that still runs after a grace period is ended. While a screen is shown,
:mod:`c10k_tui.app.ending_signals` handles the signals.
"""

from __future__ import annotations

import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from c10k_tui.app.ending_signals import SIGNAL_EXIT, LastResort

_RAISING = tuple(getattr(signal, name) for name in ("SIGHUP", "SIGTERM") if hasattr(signal, name))


class EndedBySignal(KeyboardInterrupt):
    """A signal ends the command. It is a KeyboardInterrupt, so it ends whatever Ctrl-C ends.

    Args:
        number: The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def exit_code_of(interrupt: KeyboardInterrupt) -> int:
    """The exit code of a command ended by this: 128 + the signal, as shells have it."""
    return SIGNAL_EXIT + (interrupt.number if isinstance(interrupt, EndedBySignal) else signal.SIGINT)


@contextmanager
def signals_raise() -> Iterator[None]:
    """Raise :class:`EndedBySignal` for SIGTERM and SIGHUP. Signals that are ignored or handled stay so."""
    last_resort = LastResort(lambda: None)

    def received(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        last_resort.start(number)
        # The exception may cut a coroutine off before its first step; that is no news for the user.
        warnings.filterwarnings("ignore", message="coroutine .* was never awaited", category=RuntimeWarning)
        raise EndedBySignal(number)

    changed = []
    if threading.current_thread() is threading.main_thread():
        changed = [number for number in _RAISING if signal.getsignal(number) is signal.SIG_DFL]
    for number in changed:
        signal.signal(number, received)
    try:
        yield
    finally:
        last_resort.cancel()
        for number in changed:
            signal.signal(number, signal.SIG_DFL)
