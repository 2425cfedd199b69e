"""Files of any origin: a usable file is read, any other file gives one clear line."""

import bz2
import gzip
import json
import lzma
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from c10k_tui.recording.cast.header import CastError, header_line, plain
from c10k_tui.recording.cast.key_script import KeyPress, KeyScript
from c10k_tui.recording.cast.lines import (
    GRID_US,
    CastEvent,
    event_line,
    frame_at,
    frame_of,
    parse_unseen,
    snapped_us,
    time_us_of,
    unseen_data,
)
from c10k_tui.recording.cast.reader import Recording, read
from c10k_tui.recording.cast.replay import replay_of
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
        (b"\n \r\n", "it is empty"),
        (b"hello\n", "does not begin with the header"),
        (b"[1,2]\n", "does not begin with the header"),
        (b"{}\n", "not the header of an asciicast: it has no version"),
        (b'{"version":1,"width":80}\n', "version 1; only versions 2 and 3 can be read (asciinema convert"),
        (b'{"version":1,"width":80}', "version 1; only versions 2 and 3 can be read (asciinema convert"),
        (b'{\n"stdout":[[0,"x"]],\n"version": 1}', "version 1; only versions 2 and 3 can be read"),
        (b'{\r\n  "version":1,\r\n "stdout": [', "version 1; only versions 2 and 3 can be read"),
        (b'\xef\xbb\xbf{\n"version":1}', "version 1; only versions 2 and 3 can be read"),
        (b'{"version":2,\n"width":80,"height":24}\n[0,"o",""]\n', "not in one line; write each value in"),
        (b'{\n"version":3}\n', "not in one line; write each value in a line of its own (jq -c . FILE)"),
        (b'{"version":2,"width":80,"height":24}\r[0,"o",""]\r', "its lines end with CR alone"),
        (b'{"version":2,"width":80,"hei', "the header, is cut off"),
        (b'{"version":4}\n', "version 4; only versions 2 and 3 can be read"),
        (b'{"version":true}\n', "version True"),
        (b'{"version":2.0}\n', "version 2.0"),
        (b'{"version":"' + b"9" * 5_000 + b'"}\n', "versions 2 and 3"),
        (b'{"version":2}\n', "does not say how large"),
        (b'{"version":3}\n', "does not say how large"),
        (b'{"version":2,"width":100000,"height":2}\n', "sizes from 1×1 to 500×200"),
        (b'{"version":2,"width":0,"height":2}\n', "its terminal is 0×2; sizes from 1×1"),
        (b'{"version":2,"width":80,"height":24}', "carries no scenario"),
        (b'{"version":2,"width":80,"height":24}\n', "carries no scenario"),
        (b'{"version":2,"width":80,"height":24,"c10k-tui":7}\n', "not an object"),
        (b"\xff\xfe\n", "it is UTF-16 text; save it as UTF-8"),
        ('{"version":2}'.encode("utf-16-le"), "it is UTF-16 text; save it as UTF-8"),
        ('{"version":2}'.encode("utf-16-be"), "it is UTF-16 text; save it as UTF-8"),
        ('{"version":2}'.encode("utf-32"), "it is UTF-32 text; save it as UTF-8"),
        (b'{"title":"\xe9"}\n', "line 1 is not UTF-8"),
        (
            gzip.compress(b'{"version":2}\n', mtime=0),
            "it is compressed with gzip; decompress it first (gunzip)",
        ),
        (lzma.compress(b'{"version":2}\n'), "it is compressed with xz; decompress it first (unxz)"),
        (bz2.compress(b'{"version":2}\n'), "it is compressed with bzip2"),
        (b"\x89PNG\r\n\x1a\n", "it is a picture (PNG), not a recording"),
        (b"<!DOCTYPE html>\n<html>", "it is an HTML page; download the recording itself"),
        (b"[" * 3_000_000 + b"\n", "does not begin with the header"),
        (b'{"a":' * 100_000 + b"\n", "does not begin with the header"),
        (b"x" * 4_000_001, "line 1 is longer than 4 MB"),
    ],
    ids=lambda value: str(value)[:50],
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
        ('[1,"o","a\\ud800b"]', "line 2 holds half of a character (a lone \\ud800"),
        ('[1,"m","\\uDFFF"]', "line 2 holds half of a character"),
        ('[1,"o",7]', "line 2 has data that is not text"),
        ('[1,"o","\x1b[m"]', "holds a control character as it is; write ESC as \\u001b"),
        ('[0.01,"i","+"]', "the key at 0.01 s lies between two frames; the nearest are at 0 and 0.033333 s"),
        ('[0.0281,"i","+"]', "the key at 0.0281 s lies between two frames"),
        ('[0.02,"r","80x24"]', "the size at 0.02 s lies between two frames"),
        ('[0.02,"p","5"]', "the pause at 0.02 s lies between two frames"),
        ('[1,"i","\\u0010"]', "is not a key of a recording"),
        ('[1,"i","\\u0003"]', "is not a key of a recording"),
        ('[1,"i","\\u0011"]', "is not a key of a recording"),
        ('[1,"i","++"]', "is not a key of a recording"),
        ('[1,"i",""]', "is not a key of a recording"),
        ('[1,"r","0x9"]', "the terminal's size at 1 s is not valid"),
        ('[1,"r","501x9"]', "the terminal's size at 1 s is not valid"),
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
        ({"own": {"format": 3}}, "format 3; only formats 1 and 2 can be read"),
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
    whole = path.read_bytes()
    for cut in range(2, len('[1.0,"o","b"]\n')):
        path.write_bytes(whole[:-cut])
        assert refusal(path) == "line 3 is cut off; delete this line to use the rest"
    path.write_bytes(whole[:-4] + "ß".encode()[:1])
    assert refusal(path) == "line 3 is cut off; delete this line to use the rest"


def test_a_last_line_that_is_whole_needs_no_new_line(tmp_path):
    path = cast(tmp_path, '[0.0,"o","a"]', '[1.0,"o","b"]')
    whole = read(path)
    for end in (b"", b"  ", b"\r", b"\r\n\r\n", b"\n\n \n"):
        path.write_bytes(path.read_bytes().rstrip() + end)
        assert read(path) == whole


def test_marks_and_line_ends_of_other_systems_change_nothing(tmp_path):
    path = cast(tmp_path, '[0.0,"o","a"]', "", '[1.0,"i","+"]')
    whole = replay_of(read(path))
    for changed in (
        b"\xef\xbb\xbf" + path.read_bytes(),
        b"\n\n" + path.read_bytes(),
        path.read_bytes().replace(b"\n", b"\r\n"),
        path.read_bytes().replace(b"\n", b" \t\n"),
    ):
        path.write_bytes(changed)
        assert replay_of(read(path)) == whole


def test_pictures_and_markers_may_stand_at_any_time(tmp_path):
    path = cast(tmp_path, '[0.0,"o","a"]', '[0.48,"m","here"]', '[0.5,"i","+"]', '[0.517,"o","b"]')
    assert [event.time_us for event in read(path).events] == [0, 480_000, 500_000, 517_000]
    replay = replay_of(read(path))
    assert replay.script == KeyScript((KeyPress(15, "+"),), 15)
    shown = [replay.shown_at(us) for us in (0, 33_332, 33_333, 499_999, 500_000, 517_000)]
    assert shown == [0, 0, 1, 14, 15, 15]


def test_a_path_that_is_not_a_file_is_not_read(tmp_path):
    with pytest.raises(IsADirectoryError):
        read(tmp_path)
    os.mkfifo(tmp_path / "pipe")  # open() would wait for a writer
    for path in (Path("/dev/null"), tmp_path / "pipe"):
        with pytest.raises(CastError, match="not a regular file"):
            read(path)


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


@given(st.integers(0, 18_000), st.sampled_from([1, 7, 24, 30, 60]), st.integers(-GRID_US, GRID_US))
def test_a_frame_is_found_again_from_its_time_and_from_any_time_close_to_it(frame, rate, off_us):
    there_us = time_us_of(frame, rate)
    assert frame_of(there_us, rate) == frame_at(there_us, rate) == frame_at(there_us + 1, rate) == frame
    assert frame == 0 or frame_at(there_us - 1, rate) == frame - 1
    assert snapped_us(there_us + off_us, rate) == there_us
    aside_us = there_us + GRID_US + 1
    assert snapped_us(aside_us, rate) == aside_us


def lines_of(events, version, draw):
    """Events as a person or another tool would write them: times off by a little, blank lines and blanks."""
    before_us, text = 0, ""
    for event in events:
        time_us = max(0, event.time_us + draw(st.integers(-GRID_US, GRID_US)))
        if version == 3:
            time_us = max(time_us, before_us)
        written_us = time_us - before_us if version == 3 else time_us
        before_us = time_us
        text += draw(st.sampled_from(["", "\n", " \r\n"]))
        text += json.dumps([written_us / 1e6, event.code, event.data]) + draw(
            st.sampled_from(["", " ", "\t\r"])
        )
        text += "\n"
    return text.rstrip("\n") if draw(st.booleans()) else text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.data(), st.sampled_from([2, 3]))
def test_edits_by_hand_give_the_same_replay(tmp_path, data, version):
    made = [
        CastEvent(time_us_of(frame, 30), code, text)
        for frame in sorted(data.draw(st.lists(st.integers(0, 17_999), max_size=12)))
        for code, text in data.draw(
            st.lists(
                st.sampled_from([("i", "+"), ("o", "x"), ("m", "here"), ("r", "90x30"), ("p", "3 1:+")]),
                max_size=3,
            )
        )
    ]
    header = header_line(RecordingSettings(cast_version=version))
    exact, edited = tmp_path / "exact.cast", tmp_path / "edited.cast"
    before_us, text = 0, f"{header}\n"
    for event in made:
        text += event_line(event, before_us if version == 3 else 0)
        before_us = event.time_us
    exact.write_text(text, encoding="utf-8")
    edited.write_text(f"{header}\n{lines_of(made, version, data.draw)}", encoding="utf-8")
    assert replay_of(read(edited)) == replay_of(read(exact))
    assert read(edited).events == read(exact).events == tuple(made)


def test_times_of_version_3_that_are_rounded_one_by_one_do_not_drift(tmp_path):
    """A tool that writes 33 ms for each of 300 frames is 100 ms early at the end."""
    path = tmp_path / "a.cast"
    header = header_line(RecordingSettings(cast_version=3))
    path.write_text(f"{header}\n" + '[0.033,"i","+"]\n' * 300, encoding="utf-8")
    assert [press.frame for press in replay_of(read(path)).script.presses] == list(range(1, 301))


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
    shown = [
        (us, picture.text.split("\n")[0]) for us, picture in sampled(recording, 500_000, 2_000_000, 600_000)
    ]
    assert shown == [(0, "a"), (600_000, "abc"), (1_200_000, "abc"), (1_500_000, "abcd")]
