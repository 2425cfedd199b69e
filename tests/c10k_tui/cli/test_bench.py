"""``c10k-tui bench`` and ``calibrate`` write the documented form, on every machine."""

from __future__ import annotations

import csv
import io
import json
import resource
import subprocess
import sys

import pytest

from c10k_tui.cli.bench import bench_parser
from c10k_tui.cli.bench_options import bench_options_of
from c10k_tui.cli.bench_run import BenchRun
from c10k_tui.cli.costs_file import ANOTHER_FILE, costs_path, current_costs
from c10k_tui.cli.main import main
from c10k_tui.cli.options import parse
from sim.host.host_kernel import why_no_host
from sim.host.measuring.points import Point
from sim.machine.costs import BUILT_IN
from sim.studies.benchmark import simulated_ns
from sim.studies.calibration import load

KEYS = ("mechanism", "fds", "active", "wait", "simulated_ns", "measured_ns", "error", "ratio_to_epoll")
here = pytest.mark.skipif(why_no_host() is not None, reason="not a machine whose calls are known")


def printed(capsys, *words: str) -> str:
    assert main(["bench", *words]) == 0
    return capsys.readouterr().out


def test_nothing_said_is_the_benchmark_of_the_help():
    options = bench_options_of(parse(bench_parser(), []))
    assert options.fds == (100, 1_000, 2_000, 10_000, 100_000)
    assert [str(active) for active in options.active] == ["1", "3", "10%"]
    assert (options.mechanisms, options.waits) == (("select", "poll", "epoll"), ("ready", "slept"))
    assert (options.form, options.host, options.svg) == ("table", True, None)
    assert len(options.points()) == 5 * 3 * 3 * 2


def test_json_without_the_host_is_what_the_simulated_kernel_says(capsys):
    rows = json.loads(printed(capsys, "--no-host", "--json", "--fds", "50,2k", "--active", "1,50%"))
    assert [tuple(row) for row in rows] == [KEYS] * len(rows)
    assert len(rows) == 2 * 2 * 3 * 2
    for row in rows:
        point = Point(row["mechanism"], row["fds"], row["active"], row["wait"])
        assert row["simulated_ns"] == simulated_ns(point, BUILT_IN)
        assert (row["measured_ns"], row["error"]) == (None, None)
        epoll = Point("epoll", row["fds"], row["active"], row["wait"])
        ratio = row["simulated_ns"] / simulated_ns(epoll, BUILT_IN)
        assert row["ratio_to_epoll"] == pytest.approx(ratio, abs=0.001)


def test_csv_says_the_same_as_json(capsys):
    words = ("--no-host", "--fds", "100", "--active", "all", "--wait", "slept")
    rows = json.loads(printed(capsys, *words, "--json"))
    lines = list(csv.DictReader(io.StringIO(printed(capsys, *words, "--csv"))))
    assert lines == [{key: "" if row[key] is None else str(row[key]) for key in KEYS} for row in rows]


@here
def test_measured_figures_stand_beside_the_simulated_ones(capsys):
    rows = json.loads(printed(capsys, "--json", "--fds", "30", "--active", "2", "--mechanisms", "poll,epoll"))
    assert len(rows) == 4
    for row in rows:
        assert row["measured_ns"] > 0
        assert row["error"] == pytest.approx(row["simulated_ns"] / row["measured_ns"] - 1, abs=0.0001)
    assert rows[1]["ratio_to_epoll"] == 1.0


@here
def test_what_the_limit_does_not_allow_is_simulated_only_and_said():
    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

    words = ("bench", "--fds", "20,5000", "--active", "1", "--mechanisms", "poll", "--wait", "ready")
    done = subprocess.run(
        [sys.executable, "-m", "c10k_tui", *words], capture_output=True, text=True, preexec_fn=few, check=True
    )
    small, large = [line.split() for line in done.stdout.splitlines() if line.startswith("ready")]
    assert small[6:8] != ["–", ""]
    assert large[-1] == "–"
    assert "5,000 descriptors need 5,064 open files, but this shell allows 256 " in done.stdout
    assert "simulated only" in done.stdout


def test_on_another_system_it_simulates_and_says_so(capsys, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    text = printed(capsys, "--fds", "20", "--active", "1", "--wait", "ready")
    assert "nothing is measured:" in text
    assert "is not Linux" in text
    assert text.count("–") == 3


def test_the_table_names_the_cost_table(capsys):
    assert printed(capsys, "--no-host", "--fds", "20").startswith(
        "CPU time of one wake-up; simulated costs: built-in ("
    )


def test_progress_is_reported_in_order():
    shares: list[float] = []
    options = bench_options_of(parse(bench_parser(), ["--fds", "10,20", "--no-host"]))
    run = BenchRun(options.points(), BUILT_IN, host=False)
    run.run(lambda done, step: shares.append(done))
    assert len(run.rows()) == len(options.points())
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1


def test_a_picture_that_cannot_be_written_is_one_line(capsys, tmp_path):
    path = tmp_path / "none" / "curve.svg"
    assert main(["bench", "--no-host", "--fds", "10", "--svg", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_picture_is_drawn(capsys, tmp_path):
    path = tmp_path / "curve.svg"
    printed(capsys, "--no-host", "--fds", "10,100", "--svg", str(path))
    assert path.read_text(encoding="utf-8").startswith("<svg")


def test_calibrating_is_refused_where_nothing_can_be_measured(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv(ANOTHER_FILE, str(tmp_path / "costs.json"))
    monkeypatch.setattr(sys, "platform", "darwin")
    assert main(["calibrate"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "is not Linux" in err
    assert "the cost table in use stays as it is" in err
    assert not costs_path().exists()


@here
def test_calibrating_saves_a_table_that_is_used_from_then_on(capsys, monkeypatch, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    path = tmp_path / "costs.json"
    monkeypatch.setenv(ANOTHER_FILE, str(path))
    # A low limit gives few points, so the command ends soon.
    script = (
        f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (1200, min({hard}, 1200)));"
        "from c10k_tui.cli.main import main; raise SystemExit(main(['calibrate']))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"Saved as {path}" in done.stdout
    table = load(path)
    assert current_costs() == (table, None)
    assert table.name == "calibrated"
    assert table.scan_ps > 0
    assert table.date
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (soft, hard)
