"""``c10k-tui compare``: a table or JSON on stdout, and one line for an impossible request."""

from __future__ import annotations

import json

import pytest

from c10k_tui.cli.main import main
from c10k_tui.text.comparison_columns import COLUMNS
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from sim.studies.comparison import trial_result


def test_the_table_has_every_lane_its_figures_and_its_keeper(capsys):
    assert main(["compare", "--fds", "256", "--active", "16"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "simulated: n=256 active=16 seed=7 · costs: built-in"
    for lane in LANES:
        figures, words = (line for line in lines if line.startswith(f"{lane} "))
        facts = trial_result(lane, Scenario(fds=256, active=16))
        cells = " ".join(figures.split()[1:])
        assert cells == " ".join(column.cell(facts) for column in COLUMNS)
        assert LANES[lane].keeper in words
        assert words.endswith(LANES[lane].limit)
    assert lines[-1].startswith("~ iocp: estimated")


def test_json_has_the_facts_unrounded(capsys):
    assert main(["compare", "--json", "--lanes", "kqueue,poll", "n=256", "active=16"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    data = json.loads(out)
    assert data["simulated"] is True
    assert list(data["lanes"]) == ["kqueue", "poll"]
    facts = trial_result("poll", Scenario(fds=256, active=16))
    poll = data["lanes"]["poll"]
    assert {column.key: poll[column.key] for column in COLUMNS} == {
        column.key: column.value_of(facts) for column in COLUMNS
    }
    assert (poll["events"], poll["cost_source"]) == (facts.events, None)
    assert "estimated" in data["lanes"]["kqueue"]["cost_source"]


def test_a_lane_without_the_memory_is_a_row_and_no_error(capsys):
    assert main(["compare", "--fds", "1M", "--lanes", "process"]) == 0
    assert "process fails here: 1,000,000 connections" in capsys.readouterr().out


def test_an_output_without_the_letters_gets_others(capsys, monkeypatch):
    import io
    import sys

    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main(["compare", "--fds", "16", "--lanes", "epoll"]) == 0
    assert b" us" in raw.getvalue()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--lanes", "iocps"], "there is no lane 'iocps'; choose from "),
        (["--fds", "0"], "fds must be 1 to 1,000,000"),
        (["--for", "1s"], "--for is an option of run"),
        (["--paused"], "--paused is an option of the screen, and compare has no screen"),
        (["--jsn"], "there is no option '--jsn'; did you mean --json?"),
        (["everything"], "there is no command 'everything'"),
        (["--fault", "herd"], "compare shows no faults; see this one with c10k-tui run --fault herd"),
        (["n=10 fault=dup"], "compare shows no faults; see this one with c10k-tui run --fault dup"),
    ],
)
def test_an_impossible_request_gives_one_line_and_exit_code_2(words, said, capsys):
    assert main(["compare", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"c10k-tui: {said}")
    assert err.count("\n") == 1


def test_help_names_its_options(capsys):
    assert main(["compare", "--help"]) == 0
    text = capsys.readouterr().out
    assert "who keeps the list" in text
    assert "--json" in text


@pytest.mark.parametrize(
    "words",
    [
        ["n=64 active=3 lanes=poll|iocp"],
        ["n=64", "lanes=poll|iocp"],
        ["--fds", "64", "--preset", "no-drain", "--lanes", "poll,iocp"],
    ],
)
def test_the_lanes_of_a_short_form_are_raced_and_no_others_without_a_fault(words, capsys):
    assert main(["compare", *words, "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert list(table["lanes"]) == ["poll", "iocp"]
    assert "fault" not in table["scenario"]
