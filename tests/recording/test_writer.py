"""The file is whole after every frame: killed, on a full disk, beyond a limit."""

import errno
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from c10k_tui.recording.header import Settings
from c10k_tui.recording.lines import Event
from c10k_tui.recording.reader import read
from c10k_tui.recording.writer import CastWriter

WRITES_FOR_EVER = """
import sys
from pathlib import Path
from c10k_tui.recording.header import Settings
from c10k_tui.recording.lines import Event
from c10k_tui.recording.writer import CastWriter
writer = CastWriter(Path(sys.argv[1]), Settings())
frame = 0
while True:
    frame += 1
    writer.write([Event(frame, "i", "+"), Event(frame, "o", "x" * (frame % 3000)), Event(frame, "m", "mark")])
    if frame == 500:
        print("far enough", flush=True)
"""


def test_a_killed_program_leaves_whole_frames(tmp_path):
    path = tmp_path / "a.cast"
    process = subprocess.Popen([sys.executable, "-c", WRITES_FOR_EVER, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    events = read(path).events
    assert len(events) >= 1_500
    assert len(events) % 3 == 0


@pytest.fixture
def file_limit():
    """Files may grow to 20 kB, as on a disk that is full then."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, old)


@pytest.mark.usefixtures("file_limit")
def test_a_write_that_falls_short_is_taken_back(tmp_path):
    path = tmp_path / "a.cast"
    writer = CastWriter(path, Settings())
    frame = 0
    with pytest.raises(OSError, match="File too large") as caught:  # noqa: PT012
        while True:
            writer.write([Event(frame, "i", "+"), Event(frame, "o", "x" * 900)])
            frame += 1
    writer.close()
    assert caught.value.errno == errno.EFBIG
    assert frame > 10
    events = read(path).events
    assert [event.time_us for event in events if event.code == "o"] == list(range(frame))
    assert len(events) == 2 * frame
    assert path.stat().st_size == writer.size_bytes


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_what_is_no_regular_file_is_left_alone():
    with pytest.raises(OSError, match="not a regular file"):
        CastWriter(Path("/dev/full"), Settings(), force=True)


def test_a_file_that_is_there_stays_unless_forced(tmp_path):
    path = tmp_path / "a.cast"
    path.write_text("precious" * 1_000)
    with pytest.raises(FileExistsError):
        CastWriter(path, Settings())
    assert path.read_text() == "precious" * 1_000
    CastWriter(path, Settings(), force=True).close()
    assert read(path).events == ()


def test_a_dangling_link_is_not_followed(tmp_path):
    path = tmp_path / "a.cast"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        CastWriter(path, Settings())
    assert not os.path.exists(tmp_path / "elsewhere")
