"""Keys as a script spells them, and as a terminal sends them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.recording.cast.key_script import KeyPress, KeyScript, KeyScriptError, frames_of, parse_script
from c10k_tui.recording.cast.keycodes import NAMES, is_key, key_of, sequence_of

KEYS = st.one_of(st.sampled_from(NAMES), st.characters(min_codepoint=32, max_codepoint=126))


def test_the_script_in_the_help_parses_to_its_keys():
    script = parse_script("wait 2s; +; wait 1s; space", 30)
    assert script == KeyScript((KeyPress(60, "+"), KeyPress(90, " ")), 90)


def test_lines_comments_and_names():
    text = "# a demo\nF2; ESC ;semicolon\n\nwait 100ms  # a tenth\nhash;Return; #\n;"
    keys = [(press.frame, press.key) for press in parse_script(text, 30).presses]
    assert keys == [(0, "f2"), (0, "escape"), (0, ";"), (3, "#"), (3, "enter")]


def test_nothing_is_a_script_too():
    assert parse_script("", 30) == KeyScript()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wait", "is not a duration"),
        ("wait 2", "'2' is not a duration"),
        ("wait -1s", "is not a duration"),
        ("wait 601s", "at most 600s long"),
        ("wait 400s; wait 400s", "this script is longer"),
        ("spcae", "did you mean space?"),
        ("ctrl+p", "there is no key 'ctrl+p'"),
        ("ctrl+q", "there is no key 'ctrl+q'"),
        ("é", "there is no key 'é'"),
        ("q", "'q' would end the recording"),
        ("r", "'r' would end the recording"),
        ("+\nspace\nfoo", "line 3: there is no key 'foo'"),
        ("wait 99999999999999999999999999999999999999999s", "is not a duration"),
    ],
)
def test_a_bad_key_script_gives_a_message(text, said):
    with pytest.raises(KeyScriptError, match=said.replace("+", r"\+").replace("?", r"\?")):
        parse_script(text, 30)


@given(st.integers(1, 600_000), st.integers(1, 60))
def test_a_wait_is_the_nearest_number_of_frames(milliseconds, rate):
    assert abs(frames_of(f"{milliseconds}ms", rate) - milliseconds * rate / 1000) <= 0.5


@given(KEYS)
def test_a_key_survives_the_way_to_a_terminal_and_back(key):
    assert key_of(sequence_of(key)) == key


@pytest.mark.parametrize("sequence", ["", "\x03", "\x10", "\x11", "\x1b[999~", "ab", "é", "\x1b\x1b", "\n"])
def test_no_other_sequence_is_a_key(sequence):
    assert key_of(sequence) is None
    assert not is_key(sequence)
