"""The output of a script, kept off the terminal on which the screen is drawn.

While the script runs, ``sys.stdout`` and ``sys.stderr`` are streams of a :class:`ScriptOutput`, and
``sys.stdin`` refuses to be read: a simulated run never waits for the keyboard. The newest lines can be shown
on the screen. All output is kept, so that it can be printed after the screen is closed: in memory up to
:data:`IN_MEMORY_BYTES`, in a temporary file beyond.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections import deque
from typing import IO, TextIO, cast

from sim.scripts.host_guard import REAL_WAIT, HostReached

KEPT_LINES = 500
"""Largest number of lines that can be shown."""
IN_MEMORY_BYTES = 1 << 20
"""Larger output is kept in a temporary file."""


class ScriptOutput:
    """The output of one script."""

    def __init__(self) -> None:
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        """The newest complete lines, the oldest first."""
        self.printed = 0
        """Number of all complete lines, dropped lines included."""
        self.muted = False
        """True if new output is dropped, because the script is being ended from outside."""
        self._begun = ""
        """The text after the last complete line."""
        self._whole: IO[bytes] = io.BytesIO()
        self._streams = (_text_stream(self), _text_stream(self), _RefusedInput())
        self._before: tuple[TextIO, TextIO, TextIO] | None = None

    def take(self, data: bytes) -> None:
        """Keep written bytes."""
        if self.muted:
            return
        self._whole.write(data)
        if isinstance(self._whole, io.BytesIO) and self._whole.tell() > IN_MEMORY_BYTES:
            kept, self._whole = self._whole, tempfile.TemporaryFile()  # noqa: SIM115 (close closes it)
            self._whole.write(kept.getvalue())
        *whole, self._begun = (self._begun + data.decode("utf-8", "replace")).split("\n")
        self.lines.extend(whole)
        self.printed += len(whole)

    def newest(self, count: int) -> list[str]:
        """The newest lines, the newest last; an incomplete line counts.

        Args:
            count: most lines to return.
        """
        lines = [*self.lines, self._begun] if self._begun else list(self.lines)
        return lines[-count:] if count > 0 else []

    def copy_to(self, stream: IO[bytes]) -> None:
        """Write all output to a stream of the host."""
        self._whole.seek(0)
        shutil.copyfileobj(self._whole, stream)
        self._whole.seek(0, io.SEEK_END)

    def close(self) -> None:
        """Drop all output."""
        self._whole.close()

    def put_in_place(self) -> None:
        """Before the script runs: make the standard streams its own."""
        if sys.stdout is not self._streams[0]:  # the screen and tests replace and restore them, too
            self._before = (sys.stdout, sys.stderr, sys.stdin)
            sys.stdout, sys.stderr, sys.stdin = self._streams

    def take_away(self) -> None:
        """After the script has stopped: restore the standard streams."""
        before, self._before = self._before, None
        if before is not None and sys.stdout is self._streams[0]:
            sys.stdout, sys.stderr, sys.stdin = before


class _KeptStream(io.RawIOBase):
    """A stream whose bytes a script's output keeps."""

    def __init__(self, output: ScriptOutput) -> None:
        self._output = output

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._output.take(bytes(data))
        return len(data)


def _text_stream(output: ScriptOutput) -> TextIO:
    return io.TextIOWrapper(
        cast(io.BufferedWriter, _KeptStream(output)), "utf-8", "replace", write_through=True
    )


class _RefusedInput(io.TextIOBase):
    """Standard input, which refuses to be read: a read would wait for real."""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> str:
        raise HostReached(f"reading sys.stdin {REAL_WAIT}")

    readline = read  # type: ignore[assignment]
