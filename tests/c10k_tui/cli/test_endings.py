"""A command that is ended from outside ends quietly, with the exit code that a shell expects."""

import errno
import os
import signal
import subprocess
import sys

import pytest

from c10k_tui.cli import main
from tests.support.command_process import COMMAND, environment


def test_ctrl_c_ends_it_in_one_line_with_130(monkeypatch, capsys):
    def interrupted(words):
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "_dispatch", interrupted)
    assert main.main([]) == 130
    assert capsys.readouterr() == ("", "c10k-tui: interrupted\n")


def test_a_reader_that_has_gone_ends_it_quietly_with_141():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, "--help"], stdout=writing, stderr=subprocess.PIPE, env=environment(), check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_full_output_gives_one_line(tmp_path, monkeypatch, capsys):
    def disk_full(text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with open(tmp_path / "output", "w") as output:
        monkeypatch.setattr(output, "write", disk_full)
        monkeypatch.setattr(sys, "stdout", output)
        assert main.main(["--help"]) == 1
    assert capsys.readouterr().err == f"c10k-tui: {os.strerror(errno.ENOSPC)}\n"


def test_the_module_runs_as_the_command():
    done = subprocess.run([sys.executable, "-m", "c10k_tui", "--version"], capture_output=True, check=True)
    assert done.stdout.startswith(b"c10k-tui ")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_command_as_ctrl_c_does(number, monkeypatch, capsys):
    cleaned = []

    def signalled(words):
        try:
            signal.raise_signal(number)
        finally:
            cleaned.append(words)

    monkeypatch.setattr(main, "_dispatch", signalled)
    assert main.main(["run"]) == 128 + number
    assert cleaned == [["run"]]
    assert capsys.readouterr() == ("", "")
    assert signal.getsignal(number) is signal.SIG_DFL


SWALLOWED = """
import time
from c10k_tui.app import ending_signals
from c10k_tui.cli.signals import signals_raise
import os
import signal

class Freed:
    def __del__(self):
        os.kill(os.getpid(), 15)
        time.sleep(0.01)

ending_signals.GRACE_S = 0.01
with signals_raise():
    Freed()
    time.sleep(60)
"""


def test_a_signal_that_comes_while_an_object_is_freed_ends_the_command_too():
    done = subprocess.run([sys.executable, "-c", SWALLOWED], capture_output=True, check=False, timeout=30)
    assert done.returncode == 143
