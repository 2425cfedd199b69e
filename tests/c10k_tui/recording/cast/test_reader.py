"""Files of any origin: a usable file is read, any other file gives one clear line."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from c10k_tui.recording.cast.header import CastError, header_line, plain
from c10k_tui.recording.cast.lines import (
    CastEvent,
    event_line,
    frame_of,
    parse_unseen,
    time_us_of,
    unseen_data,
)
from c10k_tui.recording.cast.reader import Recording, read, replay_of
from c10k_tui.recording.cast.settings import RecordingSettings
from c10k_tui.recording.pictures.export import picture_at, sampled

HEADER = json.loads(header_line(RecordingSettings()))


def cast(tmp_path, *lines, **changes):
    """A file with a changed header of ours, and these lines."""
    own = {**HEADER["c10k-tui"], **changes.pop("own", {})}
    header = {**HEADER, "c10k-tui": own, **changes}
    path = tmp_path / "a.cast"
    path.write_text("".join(f"{line}\n" for line in (json.dumps(header), *lines)), encoding="utf-8")
    return path


def refusal(path):
    with pytest.raises(CastError) as caught:
        replay_of(read(path))
    words = str(caught.value)
    assert words.isprintable()
    assert len(words) < 200
    return words


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"\n", "does not begin with the header"),
        (b"hello\n", "does not begin with the header"),
        (b"[1,2]\n", "does not begin with the header"),
        (b"{}\n", "does not begin with the header"),
        (b'{"version":1,"width":80}\n', "version 1; only versions 2 and 3 can be read"),
        (b'{"version":true}\n', "version True"),
        (b'{"version":2.0}\n', "version 2.0"),
        (b'{"version":"' + b"9" * 5_000 + b'"}\n', "versions 2 and 3"),
        (b'{"version":2}\n', "its terminal is None"),
        (b'{"version":3}\n', "does not say how large"),
        (b'{"version":2,"width":100000,"height":2}\n', "the most is 500"),
        (b'{"version":2,"width":80,"height":24}', "not an asciicast: its first line has no end"),
        (b'{"version":2,"width":80,"height":24}\n', "carries no scenario"),
        (b'{"version":2,"width":80,"height":24,"c10k-tui":7}\n', "not an object"),
        (b"\xff\xfe\n", "line 1 is not UTF-8"),
        (b"[" * 3_000_000 + b"\n", "does not begin with the header"),
        (b'{"a":' * 100_000 + b"\n", "does not begin with the header"),
        (b"x" * 4_000_001, "line 1 is longer than 4 MB"),
    ],
    ids=str,
)
def test_a_file_that_is_not_a_recording_is_refused(tmp_path, content, said):
    path = tmp_path / "a.cast"
    path.write_bytes(content)
    assert said in refusal(path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hello", "line 2 is not JSON"),
        ("[" * 100_000, "line 2 is not JSON"),
        ("{}", "line 2 is not an event"),
        ("[1,2]", "line 2 is not an event"),
        ('[1,2,"x"]', "line 2 is not an event"),
        ('["1","o","x"]', "line 2 has no time"),
        ('[true,"o","x"]', "line 2 has no time"),
        ('[NaN,"o","x"]', "line 2 has a time outside 0 to 600 s"),
        ('[Infinity,"o","x"]', "line 2 has a time outside 0 to 600 s"),
        ('[-1,"o","x"]', "line 2 has a time outside 0 to 600 s"),
        ('[601,"o","x"]', "line 2 has a time outside 0 to 600 s"),
        (f'[{"9" * 4000},"o","x"]', "line 2 has a time outside 0 to 600 s"),
        ('[1,"o",7]', "line 2 has data that is not text"),
        ('[0.01,"i","+"]', "is not at the time of a frame"),
        ('[1,"i","\\u0010"]', "is not a key of a recording"),
        ('[1,"i","\\u0003"]', "is not a key of a recording"),
        ('[1,"i","\\u0011"]', "is not a key of a recording"),
        ('[1,"i","++"]', "is not a key of a recording"),
        ('[1,"i",""]', "is not a key of a recording"),
        ('[1,"r","9x9"]', "the terminal's size at 1 s is not valid"),
        ('[1,"r","120x36; rm"]', "the terminal's size at 1 s is not valid"),
        ('[1,"p",""]', "the pause at 1 s is not valid"),
        ('[1,"p","5 9:+"]', "the pause at 1 s is not valid"),
        ('[1,"p","5 3:+ 2:+"]', "the pause at 1 s is not valid"),
        ('[1,"p","5 1:\\u0010"]', "the pause at 1 s is not valid"),
        ('[1,"p","9999999"]', "frames to run; at most 1,000,000 are possible"),
    ],
)
def test_a_line_that_is_not_an_event_is_refused(tmp_path, line, said):
    assert said in refusal(cast(tmp_path, line))


def test_more_keys_than_a_hand_has(tmp_path):
    path = cast(tmp_path, *['[1,"i","+"]'] * 65)
    assert "more than 64 keys are pressed in one frame" in refusal(path)


def test_time_does_not_go_back(tmp_path):
    assert "line 3 is earlier than the line before it" in refusal(
        cast(tmp_path, '[1,"i","+"]', '[0,"i","+"]')
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"own": {"format": 2}}, "format 2; only format 1 can be read"),
        ({"own": {"scenario": 5}}, "has no scenario"),
        ({"own": {"scenario": "n=0"}}, "its scenario is not valid: fds must be"),
        ({"own": {"scenario": "n=10 colour=red"}}, "its scenario is not valid"),
        ({"own": {"scenario": "n=1" + "0" * 900}}, "its scenario is not valid"),
        ({"own": {"speed": "fast"}}, "which is not a number"),
        ({"own": {"speed": 1e9}}, "it must be 0.01 to 1000"),
        ({"own": {"speed": True}}, "which is not a number"),
        ({"own": {"theme": "../../etc/passwd"}}, "its theme is"),
        ({"own": {"frames_per_s": 10**9}}, "its frame rate is"),
        ({"own": {"caption": "yes"}}, "not all true or false"),
        ({"own": {"start": 5}}, "the start of its race has no at_ns and changes"),
        ({"own": {"start": {"at_ns": 10**15, "changes": []}}}, "begins too late to be run again"),
        (
            {"own": {"scenario": "n=64 rate=1M churn=1M", "start": {"at_ns": 60 * 10**9, "changes": []}}},
            "the race did too much work before its recording began",
        ),
        ({"own": {"start": {"at_ns": 5, "changes": [[9, "n=5"]]}}}, "not in order"),
        ({"own": {"start": {"at_ns": 5, "changes": [[1]]}}}, "not in order"),
        ({"own": {"start": {"at_ns": 5, "changes": [[1, "n=0"]]}}}, "its scenario is not valid"),
        ({"width": 79}, "too small for a race"),
        ({"height": True}, "its terminal is"),
    ],
    ids=str,
)
def test_an_impossible_header_is_refused(tmp_path, changes, said):
    assert said in refusal(cast(tmp_path, **changes))


def test_the_message_names_the_number_of_a_line_that_was_cut_off(tmp_path):
    path = cast(tmp_path, '[0.0,"o","a"]', '[1.0,"o","b"]')
    path.write_bytes(path.read_bytes()[:-5])
    assert refusal(path) == "line 3 is cut off; delete this line to use the rest"


def test_a_path_that_is_not_a_file_is_not_read(tmp_path):
    with pytest.raises(IsADirectoryError):
        read(tmp_path)
    with pytest.raises(CastError, match="not a regular file"):
        read(Path("/dev/null"))


def test_codes_of_others_and_comments_are_passed_over(tmp_path):
    path = cast(tmp_path, '[0.0,"x",0]', '[0.0,"zz",{}]', '[0.0,"o","a"]')
    assert read(path).events == (CastEvent(0, "o", "a"),)


def test_text_from_a_file_is_made_harmless():
    assert plain("a\x1b]0;x\x07b\n\u202e") == "a ]0;x b"
    assert len(plain("x" * 10_000)) == 200
    assert plain(["\x1b"]) == "['\\x1b']"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_one_line(tmp_path, junk):
    path = tmp_path / "a.cast"
    path.write_bytes(json.dumps(HEADER).encode() + b"\n" + junk)
    said = "read"
    try:
        replay_of(read(path))
    except CastError as error:
        said = str(error)
    assert said.isprintable()


@given(st.integers(0, 18_000), st.sampled_from([1, 7, 24, 30, 60]))
def test_a_frame_is_found_again_from_its_time(frame, rate):
    assert frame_of(time_us_of(frame, rate), rate) == frame


@given(st.text(max_size=30), st.integers(0, 10**8))
def test_a_line_gives_back_its_event(data, time_us):
    line = event_line(CastEvent(time_us, "o", data), 0)
    assert line.endswith("\n")
    assert len(line.splitlines()) >= 1
    time_s, code, text = json.loads(line)
    assert (round(time_s * 1_000_000), code, text) == (time_us, "o", data)


@pytest.mark.parametrize("data", ["", "x", "1 ", "1 a", "1 1:", "1 1:ctrl+p", "-1", "1 0:++", "99999999"])
def test_a_wrong_pause_is_refused(data):
    assert parse_unseen(data) is None


def test_an_empty_pause():
    assert parse_unseen(unseen_data(7, [])) == (7, [])


def test_the_picture_of_a_moment(tmp_path):
    path = cast(tmp_path, '[0.0,"o","a"]', '[1.0,"o","b"]', '[1.0,"o","c"]', '[2.0,"o","d"]')
    recording = read(path)
    assert isinstance(recording, Recording)

    def text(at_us):
        return picture_at(recording, at_us).text.split("\n")[0]

    assert [text(us) for us in (0, 999_999, 1_000_000, 1_999_999, 2_000_000, None)] == [
        *("a", "a", "abc", "abc", "abcd", "abcd")
    ]
    shown = [picture.text.split("\n")[0] for picture in sampled(recording, 500_000, 2_000_000, 500_000)]
    assert shown == ["a", "abc", "abc", "abcd"]
