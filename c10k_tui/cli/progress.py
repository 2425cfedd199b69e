"""The progress of a command: one line on standard error, if that is a terminal.

The line appears after a second of work, is drawn again at most four times a second, and is erased at the end.
It shows the finished part, the seconds so far and the step at hand::

    capacity  ━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌  31 %  12 s  epoll, 120,000 connections

The command reports when a step begins or a part of it is done, and a thread draws. A single step can take
seconds, such as a measurement in another process. The thread then still draws the passing seconds.

Why not draw when the command reports: nothing would be drawn during a long step, and a report would need a
look at the clock.

The line needs only a carriage return and blanks, no escape sequences and no colours. Therefore it is right in
every terminal. It leaves room for the ``^C`` that a terminal shows when Ctrl-C is pressed.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from c10k_tui.cli.output import encodable

FIRST_S = 1.0
"""Seconds of work before the line appears."""
BETWEEN_S = 0.25
"""Seconds between two drawings."""
BAR_COLUMNS = 20
UNKNOWN_COLUMNS = 80
_KEPT_FREE = 3
"""Columns at the end of the row: two for ``^C``, one so that the terminal does not wrap."""
_UNICODE, _ASCII = ("━", "╌", "…"), ("#", "-", "~")
"""The bar's finished and unfinished part, and the end of words that are cut off."""


class ProgressLine:
    """The line of one command.

    Args:
        title: Name of the command.
        stream: The terminal; None shows nothing.
        clock: Returns the time in seconds.
        columns: Returns the present width of the terminal; None asks the terminal.
    """

    def __init__(
        self,
        title: str,
        stream: TextIO | None,
        clock: Callable[[], float] = time.monotonic,
        columns: Callable[[TextIO], int] | None = None,
    ) -> None:
        self.title = title
        self._stream = stream
        self._clock, self._columns = clock, columns or terminal_columns
        self._began_s = clock()
        self._state: tuple[float | None, str] = (None, "")
        self._shown = ""
        self._lock = threading.Lock()
        encoding = "ascii" if stream is None else stream.encoding or "ascii"
        self._encoding = encoding
        self._signs = _UNICODE if encodable("".join(_UNICODE), encoding) == "".join(_UNICODE) else _ASCII

    @property
    def visible(self) -> bool:
        """True if there is a terminal to show the line on."""
        return self._stream is not None

    def report(self, done: float | None, step: str) -> None:
        """Note how far the work is. Nothing is drawn here.

        Args:
            done: The finished part, 0 to 1; None if it is not known.
            step: Words for the step at hand.
        """
        self._state = (done, step)

    def draw(self) -> None:
        """Draw the line if the work has taken a second, and if the line has changed."""
        if self._stream is None or self._clock() - self._began_s < FIRST_S:
            return
        with self._lock:
            self._replace(self.text(self._columns(self._stream)))

    def erase(self) -> None:
        """Erase the line. The next drawing shows it again."""
        with self._lock:
            self._replace("")

    @contextmanager
    def erased(self) -> Iterator[None]:
        """Keep the line off the terminal during the block, which writes to it."""
        with self._lock:
            self._replace("")
            yield
            sys.stdout.flush()

    def _replace(self, text: str) -> None:
        if self._stream is None or text == self._shown:
            return
        # Blanks cover the old line and a ^C behind it, but do not reach the next row.
        covered = max(1, min(len(self._shown) + 2, self._columns(self._stream) - 1))
        self._shown = text
        try:
            self._stream.write(f"\r{text:{covered}}\r{text}")
            self._stream.flush()
        except OSError:
            self._stream = None  # the terminal is gone; the work goes on

    def text(self, columns: int) -> str:
        """The line for a terminal of so many columns. In a narrow one, the bar, the name and then the step
        give way.
        """
        done, step = self._state
        full, empty, cut = self._signs
        words = [f"{int(self._clock() - self._began_s)} s", encodable(step, self._encoding)]
        bar = []
        if done is not None:
            part = min(1.0, max(0.0, done))
            filled = int(part * BAR_COLUMNS)
            bar.append(full * filled + empty * (BAR_COLUMNS - filled))
            words.insert(0, f"{int(100 * part)} %")
        room = max(1, columns - _KEPT_FREE)
        for shown in ([self.title, *bar, *words], [self.title, *words], words):
            text = "  ".join(shown)
            if len(text) <= room:
                return text
        return text[: room - 1] + cut


def terminal_columns(stream: TextIO) -> int:
    """Present width of a terminal; :data:`UNKNOWN_COLUMNS` if it is unknown."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or UNKNOWN_COLUMNS
    except (OSError, ValueError):
        return UNKNOWN_COLUMNS


@contextmanager
def showing_progress(title: str) -> Iterator[ProgressLine]:
    """Show the progress of the block, which reports it."""
    stream = sys.stderr
    line = ProgressLine(title, stream if stream is not None and stream.isatty() else None)
    with drawn(line):
        yield line


@contextmanager
def drawn(line: ProgressLine) -> Iterator[None]:
    """Draw a line during the block, in a thread, and erase it at the end."""
    ended = threading.Event()

    def draw_until_ended() -> None:
        while not ended.wait(BETWEEN_S):
            line.draw()

    if not line.visible:
        yield
        return
    thread = threading.Thread(target=draw_until_ended, name=f"progress of {line.title}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        line.erase()
