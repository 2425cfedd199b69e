"""The user's table in a file: kept exactly, and checked before it is used."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace

import pytest

from sim.host.host_kernel import SPARE_FDS
from sim.host.measuring.points import MECHANISMS, WAITS, points
from sim.machine.costs import BUILT_IN
from sim.scenario.scenario import Share
from sim.studies import calibration
from sim.studies.calibration import CalibrationError, current_costs, fit_points, load, save, with_steps

MINE = replace(
    BUILT_IN,
    name="calibrated",
    scan_ps=31_234,
    machine=calibration.machine_name(),
    kernel=calibration.kernel_name(),
    date="2026-11-24",
)


def test_a_table_comes_back_as_it_was_saved(tmp_path):
    path = tmp_path / "new" / "costs.json"
    save(MINE, path)
    assert load(path) == MINE
    assert current_costs(path) == (MINE, None)
    assert [file.name for file in path.parent.iterdir()] == ["costs.json"]


def test_without_a_file_the_built_in_table_is_used_without_a_message(tmp_path):
    assert current_costs(tmp_path / "none.json") == (BUILT_IN, None)


def changed(**fields) -> str:
    return json.dumps({"format": calibration.FORMAT, **asdict(MINE), **fields})


def without(name: str) -> str:
    data = json.loads(changed())
    del data[name]
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "not a cost table"),
        ("3", "not a cost table"),
        (json.dumps(asdict(MINE)), "not a cost table"),
        (changed(format="c10k-tui costs 99"), "not a cost table"),
        (changed(scan_ps=0), "scan_ps is 0"),
        (changed(scan_ps=-5), "scan_ps is -5"),
        (changed(hook_ps=1.5), "hook_ps is 1.5"),
        (changed(read_ns="7"), "read_ns is '7'"),
        (changed(read_ns=True), "read_ns is True"),
        (changed(read_ns=10**15), "read_ns is 1000000000000000"),
        (changed(name=7), "name is no line"),
        (changed(name="two\nlines"), "name is no line"),
        (changed(surprise=1), "surprise"),
        (without("copy_ps"), "copy_ps is missing"),
    ],
)
def test_a_broken_file_is_one_line_and_the_built_in_table(tmp_path, text, word):
    path = tmp_path / "costs.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalibrationError, match=r".") as caught:
        load(path)
    table, why_not = current_costs(path)
    assert table == BUILT_IN
    assert why_not is not None
    assert why_not.startswith(str(caught.value))
    assert word in why_not
    assert "\n" not in why_not


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", bytes(100)])
def test_a_file_that_is_no_text_is_broken_too(tmp_path, data):
    path = tmp_path / "costs.json"
    path.write_bytes(data)
    assert current_costs(path)[0] == BUILT_IN


def test_a_directory_in_place_of_the_file_gives_a_message(tmp_path):
    table, why_not = current_costs(tmp_path)
    assert table == BUILT_IN
    assert why_not is not None
    assert "cannot be read" in why_not


@pytest.mark.parametrize("field", ["machine", "kernel"])
def test_a_table_of_another_machine_or_kernel_is_not_used(tmp_path, field):
    path = tmp_path / "costs.json"
    save(replace(MINE, **{field: "another one"}), path)  # type: ignore[arg-type]
    table, why_not = current_costs(path)
    assert table == BUILT_IN
    assert why_not is not None
    assert "another one" in why_not


def test_the_old_table_stays_if_the_new_one_cannot_be_saved(tmp_path):
    path = tmp_path / "costs.json"
    save(MINE, path)
    (tmp_path / f"costs.json.{os.getpid()}").mkdir()
    with pytest.raises(OSError, match=r"."):
        save(BUILT_IN, path)
    assert load(path) == MINE


@pytest.mark.parametrize("nofile", [70, 256, 1_024, 20_000, 1_000_000])
def test_the_points_of_the_fit_are_allowed_and_none_is_a_point_of_the_benchmark(nofile):
    chosen = fit_points(nofile)
    assert len(set(chosen)) == len(chosen)
    assert all(point.fds + SPARE_FDS <= nofile for point in chosen)
    actives = (1, 3, Share(100), Share(1_000), Share(10_000))
    judged = points((200, 500, 2_000, 5_000, 10_000, 19_000), actives, MECHANISMS, WAITS)
    assert not set(chosen) & set(judged)


def test_steps_become_prices():
    steps_ns = {
        "copy": 61_440,  # 1 ns a byte between 4 and 64 KiB
        "empty_words": 1_024 + 64 * 5,  # 64 words copied in and out, and 5 ns to walk each
        "epoll_ctl": 800,
        "read": 764,
        "write": 900,
        "packet": 3_000,
        "callback": 50,
        "accept": 2_500,
        "close": 5_000,
        "interrupt": 1_300,
    }
    table = with_steps(BUILT_IN, steps_ns)
    assert (table.copy_ps, table.word_ps) == (1_000, 5_000)
    assert (table.read_ns, table.softirq_ns, table.write_ns) == (700, 1_050, 900 + 1_050 - 64)
    assert (table.epoll_ctl_ns, table.accept_ns, table.close_ns) == (800, 2_500, 5_000)
    assert (table.callback_ns, table.interrupt_ns) == (50, 1_300)
    assert table.scan_ps == BUILT_IN.scan_ps


def test_a_step_that_could_not_be_measured_keeps_its_price():
    assert with_steps(BUILT_IN, {}) == BUILT_IN
    assert with_steps(BUILT_IN, {"packet": 3_000, "interrupt": 900}) == replace(BUILT_IN, interrupt_ns=900)
