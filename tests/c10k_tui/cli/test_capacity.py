"""``c10k-tui capacity``: a table or JSON on stdout, one line for a bad request."""

from __future__ import annotations

import json

import pytest

from c10k_tui.cli.main import main
from sim.studies import capacity


@pytest.fixture(autouse=True)
def shorter(monkeypatch):
    monkeypatch.setattr(capacity, "RACE_NS", 20_000_000)


def test_json_has_a_lane_each_and_no_progress_without_a_terminal(capsys):
    assert main(["capacity", "--json", "--lanes", "thread,epoll", "--rate", "5k"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert list(found) == ["thread", "epoll"]
    assert found["thread"]["limit"] == "memory"
    assert found["thread"]["connections"] == 210_000
    assert found["epoll"] == {
        "connections": 1_000_000,
        "limit": "none",
        "p99_ns": found["epoll"]["p99_ns"],
    }
    assert isinstance(found["epoll"]["p99_ns"], int)
    assert err == ""


def test_the_table_says_that_it_is_simulated_and_what_gives_way(capsys):
    assert main(["capacity", "--lanes", "thread", "--active", "2%", "--p99", "2ms", "--rate", "5k"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        "simulated: 5,000 requests per second over 2% of the connections, p99 within 2"
    )
    assert lines[-1].split()[:2] == ["thread", "210,000"]
    assert lines[-1].endswith("memory: the machine has no more")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--p99", "soon"], "--p99: 'soon' is not a duration"),
        (["--lanes", "iocps"], "--lanes: there is no lane 'iocps'; choose from "),
        (["--lanes", ""], "--lanes: a race needs a lane"),
        (["--active", "200%"], "active must be"),
        (["--rate", "x"], "rate: 'x' is not a number"),
        (["--for", "1s"], "--for is an option of run"),
    ],
)
def test_an_impossible_request_gives_one_line_and_exit_code_2(words, said, capsys):
    assert main(["capacity", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"c10k-tui: {said}")
    assert err.count("\n") == 1


def test_help_names_its_options(capsys):
    assert main(["capacity", "--help"]) == 0
    text = capsys.readouterr().out
    assert "--p99" in text
    assert "1%" in text
    assert "%%" not in text
