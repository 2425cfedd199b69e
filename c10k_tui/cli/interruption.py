"""Ctrl-C while a command works: the command stops, says what is done, and gives what there is.

A command stops in one of two ways:

- *noted*: the handler only notes the request, and the command looks at it between two steps. This is for work
  that must not be cut in the middle: all lanes of a race must be at the same moment, and a recording ends
  with a whole frame.
- *raised*: the handler raises :class:`Interrupted` at once. This is for work that waits for another process,
  and for single long steps of which nothing is kept.

In both cases Ctrl-C for the second time raises ``KeyboardInterrupt``, which ends the command at once.

Why not always raise: Python also runs a handler while it frees objects, such as the generators of thousands
of tasks. An exception there is printed with a traceback, and the work goes on.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from c10k_tui.cli.output import encodable

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it (128 + SIGINT)."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C was pressed for the first time."""


class Interruption:
    """A request to stop."""

    def __init__(self) -> None:
        self.requested = False
        """True after Ctrl-C."""

    def check(self) -> None:
        """Stop here if it is requested.

        Raises:
            Interrupted: it is requested.
        """
        if self.requested:
            raise Interrupted


@contextmanager
def interruption_noted() -> Iterator[Interruption]:
    """Note Ctrl-C during the block."""
    interruption = Interruption()

    def note() -> None:
        interruption.requested = True

    with _first_ctrl_c(note):
        yield interruption


@contextmanager
def interruption_raised() -> Iterator[None]:
    """Raise :class:`Interrupted` in the block at Ctrl-C."""

    def stop() -> None:
        raise Interrupted

    with _first_ctrl_c(stop):
        yield


@contextmanager
def _first_ctrl_c(respond: Callable[[], None]) -> Iterator[None]:
    """Call a function at the first Ctrl-C.

    Outside of the main thread there are no handlers. A SIGINT that is ignored (``nohup``) stays ignored.
    """

    def received(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        respond()

    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before in (signal.SIG_IGN, None):
        yield
        return
    signal.signal(signal.SIGINT, received)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def print_interrupted(words: str) -> int:
    """Say on standard error what was done until Ctrl-C.

    Args:
        words: What follows after "interrupted".

    Returns:
        The exit code, :data:`INTERRUPTED`.
    """
    over = "\r" if sys.stderr.isatty() else ""  # over the ^C that the terminal shows
    encoding = sys.stderr.encoding or "ascii"
    sys.stdout.flush()
    print(encodable(f"{over}c10k-tui: interrupted {words}", encoding), file=sys.stderr)
    return INTERRUPTED
