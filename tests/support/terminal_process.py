"""A process on a pseudo-terminal that is its controlling terminal, so that signals and job control work."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Sequence
from types import TracebackType

from tests.support.command_process import PATIENCE_S, environment


class TerminalProcess:
    """A running process and its terminal; the process is killed at the end of the ``with`` block.

    Args:
        words: The command.
        columns: Width of the terminal in cells.
        rows: Height of the terminal.
        env: Changes of the environment.
    """

    def __init__(self, words: Sequence[str], columns: int = 120, rows: int = 36, **env: str | None) -> None:
        self.ours, self._theirs = pty.openpty()
        termios.tcsetwinsize(self._theirs, (rows, columns))
        self.modes = termios.tcgetattr(self._theirs)
        """Modes of the terminal before the process."""
        self.output = bytearray()
        """Everything written so far."""

        def take_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            words,
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            env=environment(**env),
            preexec_fn=take_terminal,  # noqa: PLW1509  the tests have no threads here
        )

    def __enter__(self) -> TerminalProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        self.close_window()

    def current_modes(self) -> list[object]:
        """The modes of the terminal now."""
        return termios.tcgetattr(self._theirs)

    def close_window(self) -> None:
        """Close both of our ends of the terminal, as a terminal emulator does that is closed."""
        for end in (self._theirs, self.ours):
            if end >= 0:
                os.close(end)
        self.ours = self._theirs = -1

    def type(self, keys: bytes) -> None:
        """Send bytes as the terminal does."""
        os.write(self.ours, keys)

    def until(self, expected: bytes, since: int = 0) -> int:
        """Read until something has been written. Returns the place behind it.

        Args:
            expected: The bytes to wait for.
            since: Place in the output from which to look.
        """
        end_s = time.monotonic() + PATIENCE_S
        while (at := self.output.find(expected, since)) < 0:
            if not self._read(end_s - time.monotonic()):
                raise AssertionError(f"{expected!r} was not written; the end was {self.output[-300:]!r}")
        return at + len(expected)

    def end(self) -> int:
        """Read until the process has ended. Returns its exit code."""
        end_s = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < end_s:
            self._read(0.05)
        while self._read(0):
            pass
        return self.process.wait(timeout=1)

    def _read(self, wait_s: float) -> bool:
        """Read what there is within some seconds. Returns False if there is nothing."""
        if wait_s < 0 or not select.select([self.ours], [], [], wait_s)[0]:
            return False
        try:
            data = os.read(self.ours, 65_536)
        except OSError:  # Linux: EIO when no process has the other side open
            return False
        self.output += data
        return bool(data)
