"""The program on a pseudo-terminal, watched from outside: its output, the times of the output, and its CPU
time.

The terminal answers one query of the program: it supports synchronized updates, as most terminals do today.
The marks at the beginning and the end of an update separate one frame from the next.
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

COLUMNS, ROWS = 120, 36
FRAME_BEGIN, FRAME_END = b"\x1b[?2026h", b"\x1b[?2026l"
_ASKS_FOR_FRAMES, _KNOWS_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07]*\x07|[()].|[=>])")
COMMAND = [sys.executable, "-m", "c10k_tui"]


@dataclass
class Terminal:
    """A running program and its output so far."""

    process: subprocess.Popen[bytes]
    fd: int
    started_s: float
    """Time of the start, on the monotonic clock."""
    output: bytearray = field(default_factory=bytearray)

    def read(self, until_s: float) -> bool:
        """Read the available output; wait for it until ``until_s`` at most.

        Returns:
            True if there was any output.
        """
        readable, _, _ = select.select([self.fd], [], [], max(0.0, until_s - time.monotonic()))
        if not readable:
            return False
        try:
            chunk = os.read(self.fd, 65_536)
        except OSError:  # the program has closed the terminal
            return False
        self.output += chunk
        if _ASKS_FOR_FRAMES in chunk:
            self.type(_KNOWS_FRAMES)
        return bool(chunk)

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


def start(*words: str) -> Terminal:
    """Start the program on its own terminal."""
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
    return Terminal(process, ours, started_s)


def text(output: bytes) -> str:
    """Output without its escape sequences."""
    return _ESCAPES.sub(b"", output).decode("utf-8", "replace")
