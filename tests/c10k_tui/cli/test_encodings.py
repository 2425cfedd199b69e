"""Every text of every command can be written in every encoding, on both streams."""

import io
import os
import subprocess
import sys

import pytest

from c10k_tui.cli.main import main
from c10k_tui.cli.options import COMMANDS
from tests.support.command_process import COMMAND, environment, on_terminal

ENCODINGS = ("ascii", "latin-1", "cp1252", "euc-kr", "iso2022_kr", "utf-16")
SIGNS = "µ × – — … → ≤ │ ╭ █ ⣿ é 한 🔎 \udcff"


def written_by(monkeypatch, encoding, *words):
    """The exit code of a command, and its bytes on standard output and on standard error."""
    written = [io.BytesIO(), io.BytesIO()]
    for name, raw in zip(("stdout", "stderr"), written, strict=True):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(raw, encoding=encoding, write_through=True))
    return main(words), *(raw.getvalue() for raw in written)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_of_every_command_is_written(monkeypatch, encoding, command):
    code, out, err = written_by(monkeypatch, encoding, *([command] if command else []), "--help")
    assert (code, err) == (0, b"")
    assert len(out) > 200


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_error_with_any_sign_in_it_is_one_line(monkeypatch, encoding):
    code, out, err = written_by(monkeypatch, encoding, "--fds", SIGNS)
    assert (code, out) == (2, b"")
    assert len(err) > len(SIGNS)


@pytest.mark.parametrize("words", [["--help"], ["run", "--for", "1ms"], ["watch", "né….py"]])
def test_a_locale_without_utf_8_gives_no_traceback(words):
    env = environment(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING=None)
    done = subprocess.run([*COMMAND, *map(os.fsencode, words)], capture_output=True, env=env, check=False)
    assert done.returncode in (0, 2)
    assert b"Traceback" not in done.stderr


def test_the_screen_names_the_encoding_that_has_no_signs_for_it():
    code, text = on_terminal(PYTHONIOENCODING="ascii")
    assert code == 2
    assert text == (
        "c10k-tui: the encoding ascii has no signs for the screen; choose a locale with UTF-8, such as "
        "LC_ALL=C.UTF-8, or run the race without a screen: c10k-tui run\n"
    )
