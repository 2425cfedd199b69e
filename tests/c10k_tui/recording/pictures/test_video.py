"""Videos: the pixels in the pipe, and what is left after a failure. ``make renderers`` runs ffmpeg itself."""

import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from c10k_tui.cli.main import main
from c10k_tui.recording.pictures.draw import image
from c10k_tui.recording.pictures.export import export, picture_at
from tests.support.command_process import COMMAND, environment
from tests.support.drawn_pictures import cast_of, recording_of

EVENTS = [(0.0, "o", "\x1b[1;1Hone"), (0.1, "o", "\x1b[2;1H▒▒"), (0.15, "o", "\x1b[3;1H⣿")]
# Programs that stand where ffmpeg would, in the language of every POSIX shell.
KEEPS_PIXELS = """for last; do :; done
echo "$@" > words
cat > "${last#file:}"
"""
FAILS = """echo "Unknown encoder 'libx264'" >&2
echo "Error selecting an encoder" >&2
exit 1
"""
FULL = """cat > /dev/null
echo "av_interleaved_write_frame(): No space left on device" >&2
exit 1
"""
WAITS = """for last; do :; done
part="${last#file:}"
echo part > "$part"
touch "${part%/*}/started"
exec sleep 60
"""
ROOT = Path(__file__).parents[4]


@pytest.fixture
def stands_in(tmp_path, monkeypatch):
    """Put a program where ffmpeg would be found; return the folder in which everything happens."""

    def put(script):
        folder = tmp_path / "bin"
        folder.mkdir()
        program = folder / "ffmpeg"
        program.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return put


@pytest.mark.parametrize(("form", "encoder"), [("mp4", "libx264"), ("webm", "libvpx-vp9")])
def test_the_pixels_of_each_moment_go_through_the_pipe(stands_in, form, encoder):
    folder = stands_in(KEEPS_PIXELS)
    cast_of(folder, EVENTS, width=5, height=3)
    # A letter of 15 pixels is 9 wide, and a video has an even number of columns: 46, not 45.
    assert main(["export", "a.cast", f"a.{form}", "--fps", "20", "--font-size", "15"]) == 0
    words = (folder / "words").read_text(encoding="utf-8")
    assert "-video_size 46x54 -framerate 20 " in words
    assert f" {encoder} " in words
    pixels = np.frombuffer((folder / f"a.{form}").read_bytes(), dtype=np.uint8).reshape(-1, 54, 46, 3)
    assert len(pixels) == 4
    recording = recording_of(folder, EVENTS, width=5, height=3)
    for index, frame in enumerate(pixels):
        shown = picture_at(recording, index * 50_000)
        assert np.array_equal(frame[:, :45], image(shown, recording.header, 9))
        assert (frame[:, 45] == frame[0, 45]).all()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (FAILS, "ffmpeg failed: Unknown encoder 'libx264'"),
        ("exit 3", "ffmpeg failed: it gave no reason"),
        ("kill -9 $$", "ffmpeg failed: it was ended by SIGKILL"),
    ],
    ids=["encoder", "silent", "killed"],
)
def test_a_failure_is_one_line_with_its_reason_and_leaves_nothing(stands_in, capsys, script, said):
    folder = stands_in(script)
    cast_of(folder, EVENTS)
    assert main(["export", "a.cast", "a.mp4"]) == 2
    assert capsys.readouterr().err == f"c10k-tui: {said}\n"
    assert sorted(path.name for path in folder.iterdir()) == ["a.cast", "bin"]


def test_a_full_disk_is_an_error_of_the_disk(stands_in):
    folder = stands_in(FULL)
    with pytest.raises(OSError, match="No space left on device"):
        export(recording_of(folder, EVENTS), folder / "a.mp4", "mp4")
    assert sorted(path.name for path in folder.iterdir()) == ["a.cast", "bin"]


def test_without_ffmpeg_it_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    cast_of(tmp_path, EVENTS)
    for form in ("mp4", "webm"):
        assert main(["export", "a.cast", f"a.{form}"]) == 2
        assert capsys.readouterr().err == (
            f"c10k-tui: {form} needs ffmpeg, which is not installed: install it, or export to gif or html\n"
        )
    assert [path.name for path in tmp_path.iterdir()] == ["a.cast"]


def test_ctrl_c_ends_ffmpeg_and_removes_the_part(stands_in):
    folder = stands_in(WAITS)
    # More pixels than a pipe holds, so that the writer waits for a reader that never reads.
    cast_of(folder, [(0.0, "o", "one"), (1.0, "o", "two")], width=80, height=24)
    command = [*COMMAND, "export", str(folder / "a.cast"), str(folder / "a.mp4")]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stderr=subprocess.PIPE)
    for _ in range(600):
        if (folder / "started").exists():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == b""
    assert sorted(path.name for path in folder.iterdir()) == ["a.cast", "bin", "started"]
