"""The file is complete after every frame: after a kill, on a full disk, and at a size limit."""

import errno
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.recording.cast.lines import CastEvent, frame_of, time_us_of
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.cast.settings import RecordingSettings
from c10k_tui.recording.cast.writer import CastWriter

WRITES_FOR_EVER = """
import sys
import time
from pathlib import Path
from c10k_tui.recording.cast.settings import RecordingSettings
from c10k_tui.recording.cast.lines import CastEvent, time_us_of
from c10k_tui.recording.cast.writer import CastWriter
writer = CastWriter(Path(sys.argv[1]), RecordingSettings(cast_version=int(sys.argv[2])), force=True)
frame = 0
while frame < 17_999:
    frame += 1
    events = [("i", "+"), ("o", "x" * (frame % 3000)), ("m", "mark")]
    writer.write([CastEvent(time_us_of(frame, 30), code, data) for code, data in events])
    if frame == 500:
        print("far enough", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("version", [2, 3])
def test_a_killed_program_leaves_whole_lines(tmp_path, version):
    path = tmp_path / "a.cast"
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITES_FOR_EVER, str(path), str(version)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        check_written(read(path).events)


def check_written(events):
    """Every frame is as written; only the last may be incomplete."""
    last = frame_of(events[-1].time_us, 30)
    assert last >= 500
    drawn = dict.fromkeys(range(1, last + 1), "")
    for event in events:
        if event.code == "o":
            drawn[frame_of(event.time_us, 30)] += event.data
    assert all(text == "x" * (frame % 3000) for frame, text in drawn.items() if frame < last)
    assert sum(event.code != "o" for event in events) >= 2 * (last - 1)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("oooim"),
            st.integers(0, 9_000),
            st.sampled_from(["a", "▓", "\x1b[38;2;255;175;0m", "é\x1b[C", '\\"\n']),
        ),
        max_size=12,
    )
)
def test_no_line_lies_on_two_pages_and_none_is_lost(tmp_path_factory, written):
    for version in (2, 3):
        check_pages_and_lines(tmp_path_factory, version, written)


def check_pages_and_lines(tmp_path_factory, version, written):
    path = tmp_path_factory.mktemp("casts") / "a.cast"
    writer = CastWriter(path, RecordingSettings(cast_version=version))
    whole = []
    for index, (code, length, unit) in enumerate(written):
        data = (unit * length)[:length] if code == "o" else "mark" * (length // 20)
        whole.append(CastEvent(time_us_of(index, 30), code, re.sub(r"\x1b[^a-zA-Z]*$", "", data)))
        writer.write(whole[-1:])
    writer.close()
    begin = 0
    for line in path.read_bytes().splitlines(keepends=True):
        assert begin // 4096 == (begin + len(line) - 1) // 4096
        assert line.endswith((b"]\n", b" \n")) or begin == 0
        begin += len(line)
    assert begin == writer.size_bytes
    joined: dict[int, tuple[str, str]] = {}
    for event in read(path).events:
        assert not re.search(r"\x1b[^a-zA-Z]*$", event.data)
        if event.data or event.code != "o":
            joined[event.time_us] = (event.code, joined.get(event.time_us, ("", ""))[1] + event.data)
    assert joined == {e.time_us: (e.code, e.data) for e in whole if e.data or e.code != "o"}


@pytest.fixture
def file_limit():
    """Limit files to 20 kB, like a disk that becomes full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, old)


@pytest.mark.usefixtures("file_limit")
def test_a_write_that_falls_short_is_taken_back(tmp_path):
    path = tmp_path / "a.cast"
    writer = CastWriter(path, RecordingSettings())
    frame = 0
    with pytest.raises(OSError, match="File too large") as caught:  # noqa: PT012
        while True:
            now_us = time_us_of(frame, 30)
            writer.write([CastEvent(now_us, "i", "+"), CastEvent(now_us, "o", "x" * 900)])
            frame += 1
    writer.close()
    assert caught.value.errno == errno.EFBIG
    assert frame > 10
    events = read(path).events
    assert [frame_of(event.time_us, 30) for event in events if event.code == "i"] == list(range(frame))
    assert "".join(event.data for event in events if event.code == "o") == "x" * 900 * frame
    assert path.stat().st_size == writer.size_bytes


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_file_that_is_not_regular_is_left_alone():
    with pytest.raises(OSError, match="not a regular file"):
        CastWriter(Path("/dev/full"), RecordingSettings(), force=True)


def test_a_file_that_is_there_stays_unless_forced(tmp_path):
    path = tmp_path / "a.cast"
    path.write_text("precious" * 1_000)
    with pytest.raises(FileExistsError):
        CastWriter(path, RecordingSettings())
    assert path.read_text() == "precious" * 1_000
    CastWriter(path, RecordingSettings(), force=True).close()
    assert read(path).events == ()


def test_a_dangling_link_is_not_followed(tmp_path):
    path = tmp_path / "a.cast"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        CastWriter(path, RecordingSettings())
    assert not os.path.exists(tmp_path / "elsewhere")
