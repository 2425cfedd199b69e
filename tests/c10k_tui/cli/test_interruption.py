"""Ctrl-C while a command works: it stops, says what is done, and gives what there is."""

import json
import re
import signal
import sys

import pytest

from c10k_tui.cli import run
from c10k_tui.cli.bench_run import BenchRun
from c10k_tui.cli.interruption import Interrupted, interruption_noted, interruption_raised
from c10k_tui.cli.main import main
from c10k_tui.cli.progress import ProgressLine
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.pictures.export import picture_at
from sim.host.host_kernel import why_no_host
from sim.host.measuring.points import Point
from sim.machine.costs import BUILT_IN
from tests.support.terminal_process import TerminalProcess


@pytest.fixture
def press_at(monkeypatch):
    """Presses Ctrl-C at the first report of progress whose step matches a pattern."""

    def at(pattern: str, times: int = 1) -> None:
        left = times
        report = ProgressLine.report

        def pressing(line: ProgressLine, done: float | None, step: str) -> None:
            nonlocal left
            report(line, done, step)
            if left and re.search(pattern, step):
                left -= 1
                signal.raise_signal(signal.SIGINT)

        monkeypatch.setattr(ProgressLine, "report", pressing)

    return at


def interrupted(capsys, *words: str) -> tuple[str, str]:
    """The output of a command that Ctrl-C ends, and its one line of error."""
    assert main(list(words)) == 130
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    out, err = capsys.readouterr()
    assert err.startswith("c10k-tui: interrupted ")
    assert err.count("\n") == 1
    return out, err


def test_run_gives_the_figures_of_the_moment_that_it_reached(capsys, press_at):
    press_at("ms of")
    words = ("run", "--fds", "500", "--json")
    out, err = interrupted(capsys, *words, "--for", "1s")
    data = json.loads(out)
    assert data.pop("interrupted") is True
    reached_ns = data["virtual_ns"]
    assert 1_000_000 <= reached_ns < 1_000_000_000
    assert "of 1.00 s; the figures go up to there" in err
    assert main([*words, "--for", f"{reached_ns}ns"]) == 0
    assert json.loads(capsys.readouterr().out) == data


def test_run_gives_a_table_too(capsys, press_at):
    press_at("ms of")
    out, _ = interrupted(capsys, "run", "--fds", "500", "--for", "1s")
    assert "requests answered" in out


@pytest.mark.parametrize("speed", [0.0, 0.004, 0.7])
def test_the_slices_of_a_race_do_not_change_it(speed, capsys, monkeypatch):
    words = ["run", "--fds", "300", "--churn", "1k", "--for", "9ms", "--lanes", "thread,epoll,iocp", "--json"]
    assert main(words) == 0
    once = capsys.readouterr().out
    ticks = iter(range(10**9))
    slices = run.slices
    monkeypatch.setattr(run, "slices", lambda race, until: slices(race, until, lambda: speed * next(ticks)))
    assert main(words) == 0
    assert capsys.readouterr().out == once


def test_compare_gives_the_lanes_that_were_finished(capsys, press_at):
    press_at("racing poll")
    words = ("compare", "--fds", "200", "--lanes", "select,poll,epoll")
    out, err = interrupted(capsys, *words, "--json")
    assert (json.loads(out)["interrupted"], list(json.loads(out)["lanes"])) == (True, ["select"])
    assert err == "c10k-tui: interrupted after 1 of 3 lanes\n"


@pytest.mark.parametrize(("command", "step"), [("compare", "racing select"), ("capacity", "select")])
def test_without_a_finished_lane_there_is_no_table(command, step, capsys, press_at):
    press_at(step)
    out, err = interrupted(capsys, command, "--lanes", "select,epoll")
    assert (out, err) == ("", "c10k-tui: interrupted after 0 of 2 lanes\n")


def test_capacity_gives_the_lanes_that_were_finished(capsys, press_at, monkeypatch):
    monkeypatch.setattr("sim.studies.capacity.RACE_NS", 2_000_000)
    press_at("epoll, .* connections")
    out, _ = interrupted(capsys, "capacity", "--lanes", "process,epoll", "--rate", "5k", "--json")
    assert list(json.loads(out)) == ["interrupted", "process"]


def test_bench_gives_the_points_that_were_simulated(capsys, press_at, tmp_path):
    press_at("simulating poll, 20")
    svg = tmp_path / "a.svg"
    words = ("bench", "--no-host", "--fds", "10,20", "--active", "1", "--wait", "ready", "--svg", str(svg))
    out, err = interrupted(capsys, *words, "--json")
    data = json.loads(out)
    assert (data["interrupted"], [row["fds"] for row in data["rows"]]) == (True, [10, 10, 10, 20])
    assert f"after simulating 4 of 6 points; {svg} is not drawn" in err
    assert not svg.exists()


@pytest.mark.skipif(why_no_host() is not None, reason="not a machine whose calls are known")
def test_bench_says_which_figures_are_not_confirmed():
    reports = 0

    def report(done: float, step: str) -> None:
        nonlocal reports
        reports += step.startswith("measuring")
        if reports == 2:
            signal.raise_signal(signal.SIGINT)

    run = BenchRun([Point(name, 5, 1, "ready") for name in ("poll", "epoll")], BUILT_IN, host=True)
    run.run(report)
    once, never = run.rows()
    assert run.interrupted
    assert once.measured_ns
    assert "before a second round" in (once.noisy or "")
    assert (never.measured_ns, never.why_not) == (None, "not all points were measured before Ctrl-C")


@pytest.mark.skipif(why_no_host() is not None, reason="not a machine whose calls are known")
def test_calibrate_saves_nothing(capsys, press_at, monkeypatch, tmp_path):
    monkeypatch.setenv("C10K_TUI_COSTS", str(tmp_path / "costs.json"))
    press_at("")
    _, err = interrupted(capsys, "calibrate")
    assert "nothing is saved" in err
    assert list(tmp_path.iterdir()) == []


def test_record_leaves_a_whole_recording(capsys, press_at, tmp_path):
    press_at(r"0\.3 s of")
    path = tmp_path / "a.cast"
    out, err = interrupted(capsys, "record", str(path), "--for", "9s", "--fds", "50", "--size", "80x24")
    assert out.startswith(f"recorded {path}: 0.2 s, ")
    assert "at 0.2 s of 9.0 s; the recording is whole up to there" in err
    assert "checks" in picture_at(read(path), None).text


def test_export_leaves_no_file(capsys, press_at, tmp_path):
    cast, out = tmp_path / "a.cast", tmp_path / "a.gif"
    assert main(["record", str(cast), "--for", "500ms", "--fds", "50", "--size", "80x24"]) == 0
    capsys.readouterr()
    press_at("^2 of")
    _, err = interrupted(capsys, "export", str(cast), str(out))
    assert f"{out} is not written" in err
    out.write_text("old")
    press_at("^2 of")
    _, err = interrupted(capsys, "export", str(cast), str(out), "--force")
    assert f"{out} stays as it was" in err
    assert out.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.cast", "a.gif"]


FOREVER = "import asyncio\nasync def main():\n    while True: {}\nasyncio.run(main())\n"
"""A script whose task repeats a statement."""


def test_watch_gives_the_figures_of_the_moment_that_it_reached(capsys, press_at, tmp_path):
    script = tmp_path / "sleeps.py"
    script.write_text(FOREVER.format("await asyncio.sleep(0.001)"))
    press_at("of 1000 s")
    out, _ = interrupted(capsys, "watch", str(script), "--for", "1000s", "--json")
    data = json.loads(out)
    assert data["interrupted"] is True
    assert data["counters"]["turns"] > 1_000
    assert data["virtual_ns"] < 1_000_000_000_000


def test_ctrl_c_stops_a_script_that_never_comes_back(tmp_path):
    script = tmp_path / "stuck.py"
    script.write_text(FOREVER.format("pass"))
    words = [sys.executable, "-m", "c10k_tui", "watch", str(script), "--for", "1s", "--json"]
    with TerminalProcess(words) as process:
        process.until(b" s  ")
        process.type(b"\x03")
        assert process.end() == 130
    assert b'"interrupted": true' in process.output
    assert b"stuck.py:3 in main" in process.output


def test_on_a_terminal_the_line_goes_and_the_result_comes():
    words = [sys.executable, "-m", "c10k_tui", "run", "--fds", "10k", "--rate", "1M", "--for", "60s"]
    with TerminalProcess(words, NO_COLOR="1") as process:
        shown = process.until(b" of 60.0 s")
        process.type(b"\x03")
        assert process.end() == 130
    after = bytes(process.output[shown:]).decode()
    assert "Traceback" not in after
    assert "requests answered" in after
    assert after.rstrip().endswith("of 60.0 s; the figures go up to there")


def test_the_second_ctrl_c_ends_at_once():
    with interruption_noted() as interruption:
        signal.raise_signal(signal.SIGINT)
        assert interruption.requested
        with pytest.raises(KeyboardInterrupt) as ended:
            signal.raise_signal(signal.SIGINT)
    assert ended.type is KeyboardInterrupt
    with pytest.raises(Interrupted), interruption_raised():
        signal.raise_signal(signal.SIGINT)


def test_an_ignored_ctrl_c_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruption_noted() as interruption:
            signal.raise_signal(signal.SIGINT)
        assert not interruption.requested
    finally:
        signal.signal(signal.SIGINT, before)
