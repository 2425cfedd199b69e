"""``replay`` as the shell calls it: times, sizes of terminals, files that others have touched."""

import asyncio
import gzip

import pytest

from c10k_tui.app.headless import staged_app
from c10k_tui.cli.main import main
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.cast.settings import RecordingSettings, RecordingStart
from c10k_tui.recording.live.encoder import ending
from c10k_tui.recording.live.start_plan import RecordingPlan
from sim.scenario.scenario import Scenario
from tests.support.command_process import on_terminal

PAUSED = "wait 200ms; R; wait 500ms; R; wait 300ms"
"""A second of the race, of which half is not recorded."""


@pytest.fixture(scope="module")
def paused(tmp_path_factory):
    path = tmp_path_factory.mktemp("casts") / "a.cast"
    assert main(["record", str(path), "n=64", "--size", "100x30", "--for", "1s", "--keys", PAUSED]) == 0
    return path


@pytest.mark.parametrize("at", ["501ms", "700ms", "1s", "1100ms"])
def test_a_time_beyond_the_end_is_refused_with_the_length_of_the_recording(paused, capsys, at):
    """Not with the length of the race, which went on while the recording was paused."""
    assert main(["replay", str(paused), "--at", at]) == 2
    assert capsys.readouterr().err == (f"c10k-tui: --at is beyond the end of {paused}, which is 0.5s long\n")
    assert main(["export", str(paused), str(paused.with_suffix(".txt")), "--at", at]) == 2
    assert "which is 0.5s long" in capsys.readouterr().err


def test_a_smaller_terminal_is_refused_with_both_sizes(paused):
    code, text = on_terminal("replay", str(paused), columns=80, rows=30)
    assert code == 2
    assert text == (
        "c10k-tui: the terminal is 80×30, but the recording needs 100×30; enlarge it, or draw a moment of it "
        "into a file: c10k-tui export FILE.cast OUT.png --at TIME\n"
    )


def test_a_larger_terminal_shows_an_edge_around_the_recorded_size(paused):
    code, text = on_terminal(
        "replay", str(paused), "--at", "500ms", "--paused", columns=120, rows=36, keys=b"q"
    )
    assert code == 0
    assert f"\x1b[31;1H{' recorded at 100×30 '.center(100, '─')}┘" in text


def test_a_key_script_may_have_a_mark_and_must_be_a_key_script(paused, tmp_path, capsys):
    script, out = tmp_path / "a.keys", str(tmp_path / "new.cast")
    for content, said in (
        (paused.read_bytes(), "is not a key script; if it is a recording, its name must end in .cast"),
        (b'{\n  "version": 1}', "is not a key script; if it is a recording"),
        (gzip.compress(b"wait 1s", mtime=0), "is not a key script: it is compressed with gzip"),
        ("wait 1s".encode("utf-16"), "is not a key script: it is UTF-16 text; save it as UTF-8"),
        (b"wait 1s; \xe9", "is not a key script: it is not UTF-8"),
    ):
        script.write_bytes(content)
        assert main(["record", out, "--keys", str(script)]) == 2
        assert said in capsys.readouterr().err
    script.write_bytes(b"\xef\xbb\xbfwait 33ms\r\n{\r\nwait 33ms\r\n")
    assert main(["record", out, "n=64", "--keys", str(script)]) == 0
    assert [event.data for event in read(tmp_path / "new.cast").events if event.code == "i"] == ["{"]


async def test_a_recording_whose_app_is_ended_from_outside_is_a_whole_file(tmp_path):
    path = tmp_path / "a.cast"
    app = staged_app(
        RecordingSettings(start=RecordingStart(Scenario(fds=64)), width=80, height=24), RecordingPlan()
    )
    async with app.run_test(size=(80, 24)) as pilot:
        app.recording._start(RecordingPlan(path=path))
        while app.recording.frames.stepper is None or app.recording.frames.stepper.frame < 5:
            await pilot.pause(0.01)
        task = app.recording._task
        assert task is not None
        app.exit()
        task.cancel()
        await asyncio.wait([task])
    events = read(path).events
    assert events[-1].data == ending(24)
    assert events[-1].time_us >= 133_333


async def test_a_recording_that_could_not_be_replayed_is_not_begun(tmp_path):
    app = staged_app(RecordingSettings(start=RecordingStart(Scenario(fds=64))), RecordingPlan())
    async with app.run_test(size=(60, 20)):
        app.recording._start(RecordingPlan(path=tmp_path / "a.cast"))
        task = app.recording._task
        assert task is not None
        await task
        assert "the terminal is 60×20; a recording begins with 80×24 to 500×200" in str(app.recording.failure)
    assert list(tmp_path.iterdir()) == []
