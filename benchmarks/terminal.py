"""The program on a pseudo-terminal, watched from outside: its output, the times of the output, and its CPU
time.

The terminal answers two queries of the program, as most terminals do today: it supports synchronized updates,
and it says where its cursor is. The marks at the beginning and the end of an update separate one frame from
the next. A silent terminal answers only the first query. A slow terminal reads so many bytes a second.
"""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pyte

COLUMNS, ROWS = 120, 36
FRAME_BEGIN, FRAME_END = b"\x1b[?2026h", b"\x1b[?2026l"
_ASKS_FOR_FRAMES, _KNOWS_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_ASKS_FOR_CURSOR, _CURSOR = b"\x1b[6n", b"\x1b[1;1R"
_PATIENCE_S = 0.02
"""Seconds of output that a slow terminal reads at a time."""
_ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07]*\x07|[()].|[=>])")
_QUERIES = re.compile(b"|".join(map(re.escape, (_ASKS_FOR_FRAMES, _ASKS_FOR_CURSOR))))
COMMAND = [sys.executable, "-m", "c10k_tui"]


@dataclass
class Terminal:
    """A running program and its output so far."""

    process: subprocess.Popen[bytes]
    fd: int
    started_s: float
    """Time of the start, on the monotonic clock."""
    bytes_per_s: float | None = None
    """Bytes that the terminal reads in a second; None for no limit."""
    silent: bool = False
    """True if the terminal does not say where its cursor is."""
    output: bytearray = field(default_factory=bytearray)
    screen: pyte.Screen | None = None
    """The picture on the terminal; None while no one reads it."""
    _stream: pyte.ByteStream | None = None
    _due_s: float = 0.0
    """Time at which a slow terminal reads again."""
    _answered: int = 0
    """Bytes of the output whose queries have been answered."""

    def look(self) -> None:
        """Keep what the terminal shows from now on. Call it before anything is read."""
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)

    def read(self, until_s: float) -> bool:
        """Read the available output; wait for it until ``until_s`` at most.

        Returns:
            True if there was any output.
        """
        if self.bytes_per_s is not None:
            time.sleep(max(0.0, min(until_s, self._due_s) - time.monotonic()))
            if self._due_s >= until_s:
                return False
        readable, _, _ = select.select([self.fd], [], [], max(0.0, until_s - time.monotonic()))
        if not readable:
            return False
        most = 65_536 if self.bytes_per_s is None else max(1, int(self.bytes_per_s * _PATIENCE_S))
        try:
            chunk = os.read(self.fd, most)
        except OSError:  # the program has closed the terminal
            return False
        if self.bytes_per_s is not None:
            begin_s = max(self._due_s, time.monotonic() - _PATIENCE_S)
            self._due_s = begin_s + len(chunk) / self.bytes_per_s
        self.output += chunk
        if self._stream is not None:
            self._stream.feed(chunk)
        self._answer()
        return bool(chunk)

    def _answer(self) -> None:
        """Answer the queries in the output so far, in their order."""
        for query in _QUERIES.finditer(self.output, self._answered):
            self._answered = query.end()
            if query[0] == _ASKS_FOR_FRAMES:
                self.type(_KNOWS_FRAMES)
            elif not self.silent:
                self.type(_CURSOR)

    def shows(self, words: str) -> bool:
        """True if a line of the screen contains these words."""
        assert self.screen is not None
        return any(words in line for line in self.screen.display)

    def wait_until_shown(self, words: str, patience_s: float) -> float:
        """Read until the screen shows these words.

        Returns:
            Seconds that this took.

        Raises:
            TimeoutError: it did not show them in time.
        """
        return self.wait_for(lambda _new: self.shows(words), patience_s)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.fd, keys)

    def watch(self, seconds: float) -> None:
        """Read for this number of seconds."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self.read(until_s)

    def wait_for(self, seen: Callable[[bytes], bool], patience_s: float) -> float:
        """Read until the output since now passes a test.

        Returns:
            Seconds that this took.

        Raises:
            TimeoutError: The test did not pass in time.
        """
        begin_s, begin = time.monotonic(), len(self.output)
        while time.monotonic() < begin_s + patience_s:
            if self.read(begin_s + patience_s) and seen(bytes(self.output[begin:])):
                return time.monotonic() - begin_s
        raise TimeoutError("the screen did not show the expected text")

    def cpu_s(self) -> float:
        """CPU time that the program has used, in seconds."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as line:
            fields = line.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End the program."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        os.close(self.fd)


def start(*words: str, bytes_per_s: float | None = None, silent: bool = False) -> Terminal:
    """Start the program on its own terminal.

    Args:
        words: The program's arguments.
        bytes_per_s: Bytes that the terminal reads in a second; None for no limit.
        silent: True if the terminal does not say where its cursor is.
    """
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (ROWS, COLUMNS))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    for name in ("COLUMNS", "LINES", "NO_COLOR"):
        environment.pop(name, None)
    started_s = time.monotonic()
    process = subprocess.Popen(
        [*COMMAND, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    return Terminal(process, ours, started_s, bytes_per_s, silent)


def text(output: bytes) -> str:
    """Output without its escape sequences."""
    return _ESCAPES.sub(b"", output).decode("utf-8", "replace")
