"""A command that is ended from outside ends quietly, with the exit code that a shell expects."""

import errno
import os
import subprocess
import sys

from c10k_tui.cli import main
from tests.support.command_process import COMMAND, environment


def test_ctrl_c_ends_it_quietly_with_130(monkeypatch, capsys):
    def interrupted(words):
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "_dispatch", interrupted)
    assert main.main([]) == 130
    assert capsys.readouterr() == ("", "")


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
