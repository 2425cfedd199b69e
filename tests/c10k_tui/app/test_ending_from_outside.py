"""A signal, a closed window, ctrl+z: the terminal is as it was, and what was recorded is whole."""

import signal
import subprocess
import sys

import pytest

from c10k_tui.app import ending_signals
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.cast.replay import replay_of
from tests.support.command_process import ALTERNATE_SCREEN, COMMAND
from tests.support.pyte_terminal import shown
from tests.support.terminal_process import TerminalProcess

FEW = ("n=16", "--speed", "max")
MAIN_SCREEN, CURSOR = b"\x1b[?1049l", b"\x1b[?25h"
RECORDING = "● rec".encode()


def until_recorded(it, cast, at=0):
    """Read until some frames are recorded."""
    while not cast.exists() or cast.read_bytes().count(b"\n") < 10:
        at = it.until(RECORDING, at)
    return at


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_restores_the_terminal_and_closes_the_recording(number, tmp_path):
    cast = tmp_path / "a.cast"
    with TerminalProcess([*COMMAND, *FEW, "--record", str(cast)]) as it:
        until_recorded(it, cast)
        it.process.send_signal(number)
        assert it.end() == 128 + number
        assert it.current_modes() == it.modes
        assert it.output.index(MAIN_SCREEN) < it.output.index(CURSOR)
        assert b"Traceback" not in it.output
        assert it.output.endswith(b"lanes=select|epoll'\r\n")
    assert f"recorded {cast}".encode() in it.output
    assert replay_of(read(cast)).script.frames > 0


@pytest.mark.parametrize("ignored", [False, True], ids=["SIGHUP", "nohup"])
def test_a_closed_window_ends_it_and_closes_the_recording(ignored, tmp_path):
    cast = tmp_path / "a.cast"
    shell = ("trap '' HUP; " if ignored else "") + 'exec "$@"'
    with TerminalProcess(["sh", "-c", shell, "sh", *COMMAND, *FEW, "--record", str(cast)]) as it:
        until_recorded(it, cast)
        it.close_window()
        assert it.process.wait(timeout=30) == 128 + signal.SIGHUP
    assert replay_of(read(cast)).script.frames > 0


def test_ctrl_z_goes_to_the_shell_and_fg_brings_everything_back(tmp_path):
    cast = tmp_path / "a.cast"
    command = " ".join([*COMMAND, "n=16", "--record", str(cast)])
    with TerminalProcess(["sh", "-i"], PS1="ready ", ENV=None) as it:
        at = it.until(b"ready ")
        shell_modes = it.current_modes()
        it.type(command.encode() + b"\n")
        at = until_recorded(it, cast, at)
        it.type(b"\x1a")
        at = it.until(b"ready ", it.until(b"Stopped", it.until(MAIN_SCREEN, at)))
        assert it.current_modes() == shell_modes
        it.type(b"fg\n")
        begin = it.until(ALTERNATE_SCREEN, at)
        end = it.until(RECORDING, it.until(b" quit ", begin))
        written = it.output[begin:end].decode(errors="replace").replace("\x1b[>", "\x1b[?")  # pyte knows no >
        rows = ["".join(cell[0] for cell in row) for row in shown(120, 36, [written])]
        assert rows[0].startswith(" c10k ")
        assert all(row.strip() for row in rows)
        it.type(b"q")
        it.until(b"ready ", end)
        it.type(b"echo code $?\n")
        it.until(b"code 0", end)
    assert replay_of(read(cast)).script.frames > 0


BLOCKED = """
import time
from c10k_tui.app import ending_signals

ending_signals.GRACE_S = 0.01
ending_signals.LastResort(lambda: print("restored", flush=True)).start(15)
time.sleep(60)
"""


def test_a_blocked_app_is_ended_by_a_thread():
    done = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (143, b"restored\n")


def test_handlers_are_put_back_and_ignored_signals_stay_ignored():
    seen: list[int] = []
    before = {number: signal.getsignal(number) for number in ending_signals.ENDING}
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ending_signals.ending_signals(seen.append):
            signal.raise_signal(signal.SIGHUP)
            signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before[signal.SIGHUP])
    assert seen == [signal.SIGTERM]
    assert {number: signal.getsignal(number) for number in ending_signals.ENDING} == before
