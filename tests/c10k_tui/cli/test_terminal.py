"""A terminal that cannot show the race gives one line, which names ``run``."""

import io
import subprocess
import sys

import pytest

from c10k_tui.cli.options import UsageError
from c10k_tui.cli.race_screen import command_line
from c10k_tui.cli.terminal import check_terminal, speed_of, theme_of
from sim.scenario.scenario import Scenario, parse_scenario
from tests.support.command_process import on_terminal, piped


def test_no_terminal_at_all_names_run():
    done = piped()
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "c10k-tui: standard input is not a terminal; run the race without a screen: c10k-tui run\n"
    )


def test_a_bad_option_is_reported_before_the_terminal_is_checked():
    assert piped("--fds", "0").stderr == "c10k-tui: fds must be 1 to 1,000,000, not 0\n"


@pytest.mark.parametrize(("columns", "rows"), [(79, 24), (80, 23), (1, 1), (40, 100)])
def test_for_a_small_terminal_the_message_has_its_size_and_the_size_needed(columns, rows):
    code, text = on_terminal(columns=columns, rows=rows)
    assert code == 2
    assert text == (
        f"c10k-tui: the terminal is {columns}×{rows}, but the screen needs 80×24; enlarge it, "
        "or run the race without a screen: c10k-tui run\n"
    )


@pytest.mark.parametrize(
    ("term", "said"), [("dumb", "TERM=dumb"), (None, "TERM=is not set"), ("", "TERM=is not set")]
)
def test_a_terminal_that_cannot_draw_names_run(term, said):
    code, text = on_terminal(TERM=term)
    assert code == 2
    assert said in text
    assert text.endswith("c10k-tui run\n")
    assert text.count("\n") == 1


def test_q_leaves_the_screen_and_prints_the_same_race_as_a_command():
    code, text = on_terminal("n=16 seed=9", "--paused", "--speed", "max", keys=b"q")
    assert code == 0
    last = text.rpartition("\x1b")[2]  # after the last thing drawn
    assert last.endswith("the same race again:\nc10k-tui 'n=16 active=3 seed=9 lanes=select|epoll'\n")


def test_a_mistake_is_shown_on_the_screen_as_a_preset_and_as_an_option():
    for words in (["--preset", "herd"], ["--fault", "herd", "--lanes", "epoll-exclusive", "--churn", "5k"]):
        code, text = on_terminal(*words, "--paused", "--speed", "max", keys=b"q")
        assert code == 0
        assert "fault=herd'" in text.rpartition("\x1b")[2]


class Terminal(io.StringIO):
    """A stream whose ``isatty`` is true."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("redirected", "said"), [("stdin", "input"), ("stdout", "output"), ("stderr", "error")]
)
def test_each_stream_has_to_be_the_terminal(redirected, said, monkeypatch):
    """Textual draws on stderr, so a redirected stderr is refused: nobody wants a screen in a log file."""
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, Terminal())
    monkeypatch.setattr(sys, redirected, io.StringIO())
    with pytest.raises(UsageError, match=rf"^standard {said} is not a terminal; .*: c10k-tui run$"):
        check_terminal()


@pytest.mark.parametrize(
    ("text", "speed"), [(None, 2.0), ("1", 1.0), ("0.5", 0.5), ("1e2", 100.0), ("max", None)]
)
def test_speed_is_a_number_or_max(text, speed):
    assert speed_of(text) == speed


@pytest.mark.parametrize("text", ["", "fast", "0", "-1", "nan", "inf", "1e9", "1x"])
def test_a_wrong_speed_is_refused(text):
    with pytest.raises(UsageError, match=r"^--speed must be a number from 0.01 to 1000, or max, not '"):
        speed_of(text)


def test_a_theme_is_one_of_ours():
    assert theme_of(None) is None
    assert theme_of("c10k-light") == "c10k-light"
    with pytest.raises(UsageError, match="there is no theme 'solar'; choose from c10k-dark, "):
        theme_of("solar")


def test_the_line_for_the_same_race_survives_the_shell():
    scenario = Scenario(lanes=("select", "poll", "epoll"))
    line = command_line(str(scenario))
    assert line == "c10k-tui 'n=10000 active=3 seed=7 lanes=select|poll|epoll'"
    done = subprocess.run(
        ["sh", "-c", f"printf %s {line.partition(' ')[2]}"], capture_output=True, check=True
    )
    assert parse_scenario(done.stdout.decode()) == scenario
