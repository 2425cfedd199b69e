"""A replay shows the frame that the recording shows, at the size at which it was recorded."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.geometry import Size

from c10k_tui.app.headless import record, staged_app
from c10k_tui.recording.cast.key_script import parse_script
from c10k_tui.recording.cast.lines import time_us_of
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.cast.replay import Resize, replay_of
from c10k_tui.recording.cast.settings import RecordingSettings, RecordingStart
from c10k_tui.recording.live.capture import ScreenCapture
from c10k_tui.recording.live.start_plan import RecordingPlan
from c10k_tui.recording.pictures.export import picture_at
from sim.scenario.scenario import Scenario

CURSOR = "wait 67ms; down; down; right; wait 33ms; f; wait 100ms; enter; wait 67ms"
"""Its effect depends on the size of the screen: the followed descriptor is that of a cell."""


async def made(path, script, sizes=(), **changes):
    settings = RecordingSettings(
        **{"start": RecordingStart(Scenario(fds=2_000)), "width": 80, "height": 24, **changes}
    )
    await asyncio.to_thread(record, path, settings, parse_script(script, 30), sizes)
    return read(path)


@asynccontextmanager
async def replayed(recording, at_us=0, *, paused=True, window=(120, 40)):
    """The app in a window of any size, while the replay runs in it. It has reached the time, if it pauses
    there.
    """
    replay = replay_of(recording)
    at_frame = replay.shown_at(at_us)
    plan = RecordingPlan(replay=replay, at_frame=at_frame, paused=paused)
    app = staged_app(replay.settings, plan)
    async with app.run_test(size=window) as pilot:
        app.recording._start(plan)
        task = app.recording._task
        assert task is not None
        while (stepper := app.recording.frames.stepper) is None or (paused and stepper.frame <= at_frame):
            await pilot.pause(0)
        yield app, pilot, task
        task.cancel()


def resized(width, height):
    return events.Resize(Size(width, height), Size(width, height))


@pytest.mark.parametrize(
    "script",
    ["wait 67ms; +; wait 67ms; .; wait 33ms", "wait 33ms; R; wait 200ms; +; R; wait 67ms; R; wait 100ms"],
    ids=["straight", "paused in the middle and at the end"],
)
async def test_each_time_shows_the_frame_that_the_file_shows_then(tmp_path, script):
    recording = await made(tmp_path / "a.cast", script)
    replay = replay_of(recording)
    frames = range(replay.end + 1)
    async with replayed(recording) as (app, pilot, _):
        player, stepper = app.recording.player, app.recording.frames.stepper
        for frame in frames:
            there_us = time_us_of(frame, 30)
            player._at_frame = replay.shown_at(there_us)
            while stepper.frame <= player._at_frame:
                await pilot.pause(0)
            assert ScreenCapture(app).picture().rows == picture_at(recording, there_us).rows
            shown_s = min(there_us, time_us_of(replay.recorded(replay.last_shown), 30)) / 1e6
            assert f"▌▌ replay {shown_s:.1f} / " in player.state
    async with replayed(recording, 67_000) as (app, _, _):  # there at once
        assert ScreenCapture(app).picture().rows == picture_at(recording, 67_000).rows
    # Between two frames, both show the earlier one.
    times = sorted({time_us_of(frame, 30) + off for frame in frames for off in (-1, 0, 1)} - {-1})
    for time_us in (time_us for time_us in times if time_us <= recording.end_us):
        there_us = time_us_of(replay.recorded(replay.shown_at(time_us)), 30)
        assert picture_at(recording, time_us) == picture_at(recording, there_us)


async def test_at_the_end_it_stands_at_the_last_frame(tmp_path):
    recording = await made(tmp_path / "a.cast", "wait 200ms; +; wait 200ms")
    async with replayed(recording, recording.end_us) as (app, _, task):
        there_ns = app.session.race.now_ns
        app.post_message(events.Key("space", " "))
        await task
        for _ in range(5):
            app.screen_stack[0].tick()
        assert app.session.paused
        assert app.session.notice == "the recording ends here: space goes on"
        assert app.session.race.now_ns == there_ns
    again = staged_app(replay_of(recording).settings, RecordingPlan())
    async with again.run_test(size=(80, 24)):
        await again.recording.frames.open(None)
        for frame in range(13):
            await again.recording.frames.frame(["+"] if frame == 6 else [], scripted=True)
        assert again.session.race.now_ns == there_ns


@pytest.mark.parametrize("window", [(80, 24), (200, 50)])
async def test_in_a_window_of_any_size_it_is_the_same_race_with_the_same_cursor(tmp_path, window):
    recording = await made(tmp_path / "a.cast", CURSOR)
    async with replayed(recording, recording.end_us, window=window) as (app, pilot, task):
        assert app.session.travel.following is not None
        assert ScreenCapture(app).picture().rows == picture_at(recording, None).rows
        app.post_message(events.Key("space", " "))
        await task
        await pilot.pause()
        assert app.size == window  # the race is the user's, in all of the window


async def test_looking_around_does_not_change_what_the_recorded_keys_mean(tmp_path):
    """The user moves the cursor and the feed in the middle; the recorded keys act on the recorded cursor."""
    recording = await made(tmp_path / "a.cast", f"{CURSOR}; b; wait 33ms")
    async with replayed(recording, 67_000) as (app, pilot, _):
        stepper = app.recording.frames.stepper
        for key in ("up", "right", "right", "tab", "pageup", "tab", "question_mark", "escape", "down"):
            app.post_message(events.Key(key, "?" if key == "question_mark" else None))
        player = app.recording.player
        while player._viewpoint is None or stepper.keys or len(app.screen_stack) > 1:
            await pilot.pause(0)
        assert player.state.startswith("▌▌")
        player._at_frame = replay_of(recording).last_shown  # the rest at top speed
        looked_at = ScreenCapture(app).picture()
        for _ in range(2):  # it goes on, and stands at the end
            app.post_message(events.Key("space", " "))
        while stepper.frame <= replay_of(recording).last_shown:
            await pilot.pause(0)
        assert ScreenCapture(app).picture().rows == picture_at(recording, None).rows != looked_at.rows


async def test_a_key_on_a_screen_of_the_recording_takes_over(tmp_path):
    recording = await made(tmp_path / "a.cast", "wait 33ms; v; wait 67ms")
    async with replayed(recording, 67_000) as (app, _, task):
        app.post_message(events.Key("right", None))
        await task
        assert not app.recording.stepping
        assert len(app.screen_stack) == 2


async def test_recorded_sizes_are_replayed_too(tmp_path):
    sizes = (Resize(4, 100, 30), Resize(7, 20, 5), Resize(9, 90, 25))
    recording = await made(tmp_path / "a.cast", f"{CURSOR}; wait 100ms", sizes, caption=True, height=25)
    assert replay_of(recording).largest_size == (100, 29)
    for at_us in (100_000, 200_000, 250_000, recording.end_us):
        async with replayed(recording, at_us) as (app, _, _):
            picture = picture_at(recording, at_us)
            assert app.size == (picture.width, picture.height - 1)
            assert ScreenCapture(app).picture().rows == picture.rows[:-1]


async def test_a_window_that_becomes_too_small_stops_it_until_there_is_room_again(tmp_path):
    recording = await made(tmp_path / "a.cast", "wait 100ms; +; wait 2s")
    async with replayed(recording, paused=False) as (app, pilot, task):
        stepper, player = app.recording.frames.stepper, app.recording.player
        app.post_message(resized(79, 24))
        while player.box.fits:
            await pilot.pause(0)
        await pilot.pause(0.05)
        stopped = stepper.frame
        app.post_message(events.Key("plus", "+"))
        await pilot.pause(0.1)
        assert (stepper.frame, stepper.keys) == (stopped, [])
        assert "the recording is 80×24, this terminal is 79×24: enlarge it" in player.box._plea()
        app.post_message(resized(90, 30))
        while stepper.frame == stopped:
            await pilot.pause(0)
        assert app.size == (80, 24)
        assert " recorded at 80×24 " in player.box._edge()
        app.post_message(resized(10, 3))
        while player.box.fits:
            await pilot.pause(0)
        app.post_message(events.Key("q", "q"))
        await task
