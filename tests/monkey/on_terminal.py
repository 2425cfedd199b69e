"""The same rounds with the command in a process of its own, on a pseudo-terminal.

One write is one read of the command. At the end SIGTERM must find an app that still ends as it should.
"""

from __future__ import annotations

import os
import signal
import tempfile
import termios
from pathlib import Path

from tests.monkey.hands import Crash
from tests.monkey.situations import ECHO
from tests.monkey.typist import Act
from tests.support.command_process import ALTERNATE_SCREEN, COMMAND
from tests.support.terminal_process import TerminalProcess

LEFT = (0, 1, 128 + signal.SIGTERM)
"""Exit codes of an app that a key or SIGTERM has ended; 1 tells of a recording that was refused."""
QUIET_S = 0.02
"""Seconds without output after which the next act follows."""


def play_on_terminal(name: str, watches: bool, race: str, acts: tuple[Act, ...]) -> None:
    """Do all acts in front of a running command.

    Args:
        name: Name of the situation, for the failure.
        watches: True for the loop screen.
        race: The race in its short form.
        acts: The acts, with those that open the situation.

    Raises:
        Crash: it failed, or did not end.
    """
    words = ["watch", str(ECHO)] if watches else [race, "--speed", "max"]
    root = str(Path(__file__).parents[2])
    with (
        tempfile.TemporaryDirectory() as folder,
        TerminalProcess([*COMMAND, *words], folder=folder, PYTHONPATH=root) as it,
    ):
        it.until(ALTERNATE_SCREEN)
        for act in acts:
            if it.process.poll() is not None:
                break
            if act[0] == "size":
                termios.tcsetwinsize(it.ours, (act[2], act[1]))
                os.kill(it.process.pid, signal.SIGWINCH)
            elif act[0] == "read":
                it.type(act[1].encode())
            it.drain(QUIET_S if act[0] != "time" else act[1])
        it.process.send_signal(signal.SIGTERM)
        code = it.end()
    if code not in LEFT or b"Traceback" in it.output:
        raise Crash(acts, AssertionError(f"{name}: exit code {code}, {bytes(it.output[-2_000:])!r}"))
