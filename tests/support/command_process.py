"""The command in its own process, on pipes or on a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
import threading

COMMAND = [sys.executable, "-m", "c10k_tui"]


def environment(**changes: str | None) -> dict[str, str]:
    """The environment with a terminal's usual settings and ``changes``; None removes a name."""
    values = {**os.environ, "TERM": "xterm-256color", "COLUMNS": None, "LINES": None, **changes}
    return {name: value for name, value in values.items() if value is not None}


def piped(*words: str) -> subprocess.CompletedProcess[str]:
    """The command with no terminal on any of its streams."""
    return subprocess.run(
        [*COMMAND, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(PYTHONUTF8="1"),
        timeout=PATIENCE_S,
        check=False,
    )


PATIENCE_S = 60
"""Seconds after which a command is killed; usually it takes about one second."""
ALTERNATE_SCREEN = b"\x1b[?1049h"
"""Sequence that switches to the alternate screen."""


def on_terminal(
    *words: str, columns: int = 120, rows: int = 36, keys: bytes = b"", **env: str | None
) -> tuple[int, str]:
    """The command on a pseudo-terminal of a given size; ``keys`` are typed as soon as it uses the alternate
    screen.

    Returns:
        The exit code, and all output and errors together.
    """
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (rows, columns))
    process = subprocess.Popen(
        [*COMMAND, *words], stdin=theirs, stdout=theirs, stderr=theirs, env=environment(**env)
    )
    os.close(theirs)
    watchdog = threading.Timer(PATIENCE_S, process.kill)  # a command that never ends must not hang the tests
    watchdog.start()
    written = bytearray()
    try:
        while chunk := os.read(ours, 65_536):
            written += chunk
            if keys and ALTERNATE_SCREEN in written:
                os.write(ours, keys)
                keys = b""
    except OSError:
        pass  # Linux: EIO when no process has the other side open
    finally:
        watchdog.cancel()
        os.close(ours)
    return process.wait(timeout=PATIENCE_S), written.decode().replace("\r\n", "\n")
