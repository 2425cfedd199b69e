"""What a script prints, kept apart from the terminal of whoever runs it.

While the script has its turn, ``sys.stdout`` and ``sys.stderr`` are streams of an :class:`ScriptOutput`, and
``sys.stdin`` is one that refuses: a simulated run never waits for the keyboard. The newest lines can be
shown; all of it is kept, in memory up to :data:`IN_MEMORY_BYTES` and in a temporary file beyond, so that
it can be printed when the screen has gone.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections import deque
from typing import IO, TextIO, cast

from sim.scripts.guard import REAL_WAIT, HostReached

KEPT_LINES = 500
"""The newest lines, which can be shown."""
IN_MEMORY_BYTES = 1 << 20
"""Beyond this, what was printed lies in a temporary file."""


class ScriptOutput:
    """What one script has printed so far."""

    def __init__(self) -> None:
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        """The newest whole lines, the oldest first."""
        self.printed = 0
        """Lines so far, those that are no longer here included."""
        self.muted = False
        """Whether what is written now is forgotten: the script is being ended from outside."""
        self._begun = ""
        """A line that has no end yet."""
        self._whole: IO[bytes] = io.BytesIO()
        self._streams = (_text(self), _text(self), _Keyboard())
        self._before: tuple[TextIO, TextIO, TextIO] | None = None

    def take(self, data: bytes) -> None:
        """Keep what was written."""
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
        """So many lines, the newest last; one that has only begun counts."""
        lines = [*self.lines, self._begun] if self._begun else list(self.lines)
        return lines[-count:] if count > 0 else []

    def copy_to(self, stream: IO[bytes]) -> None:
        """Write all of it to a stream of the host's."""
        self._whole.seek(0)
        shutil.copyfileobj(self._whole, stream)
        self._whole.seek(0, io.SEEK_END)

    def close(self) -> None:
        """Forget all of it."""
        self._whole.close()

    def put_in_place(self) -> None:
        """The script goes on: the standard streams are its own."""
        if sys.stdout is not self._streams[0]:  # others put theirs in place, too, and take them away
            self._before = (sys.stdout, sys.stderr, sys.stdin)
            sys.stdout, sys.stderr, sys.stdin = self._streams

    def take_away(self) -> None:
        """The script stands still: the standard streams are what they were."""
        before, self._before = self._before, None
        if before is not None and sys.stdout is self._streams[0]:
            sys.stdout, sys.stderr, sys.stdin = before


class _Kept(io.RawIOBase):
    """A stream whose bytes an output keeps."""

    def __init__(self, output: ScriptOutput) -> None:
        self._output = output

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._output.take(bytes(data))
        return len(data)


def _text(output: ScriptOutput) -> TextIO:
    return io.TextIOWrapper(cast(io.BufferedWriter, _Kept(output)), "utf-8", "replace", write_through=True)


class _Keyboard(io.TextIOBase):
    """Standard input: whoever reads it would wait for real."""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> str:
        raise HostReached(f"reading sys.stdin {REAL_WAIT}")

    readline = read  # type: ignore[assignment]
