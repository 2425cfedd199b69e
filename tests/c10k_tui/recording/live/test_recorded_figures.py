"""Figures measured while a recording was made are in the file; a replay shows them and measures nothing."""

import asyncio
import json
import sys

import pytest
from textual import events

from c10k_tui.app.headless import record, record_again, staged_app
from c10k_tui.recording.cast.key_script import parse_script
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.cast.replay import replay_of
from c10k_tui.recording.cast.settings import RecordingSettings, RecordingStart
from c10k_tui.recording.cast.writer import CastWriter
from c10k_tui.recording.live.capture import ScreenCapture
from c10k_tui.recording.live.recorder import Recorder
from c10k_tui.recording.live.start_plan import RecordingPlan
from c10k_tui.recording.pictures.export import picture_at, pictures
from c10k_tui.screens.comparison.screen import ComparisonScreen
from c10k_tui.screens.curve.screen import CurveScreen
from c10k_tui.screens.race.screen import RaceScreen
from c10k_tui.session.host_lane_switch import RecordedHostLane
from c10k_tui.session.measured_figures import FigureSource
from sim.host import host_lane
from sim.host.measuring import meter
from sim.scenario.scenario import Scenario

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux' epoll")
SETTINGS = RecordingSettings(
    start=RecordingStart(Scenario(fds=64, rate=100_000)), width=80, height=24, speed=10.0
)
MOST_FRAMES = 600


class Hand:
    """A recording that is made by hand on this machine, frame by frame."""

    def __init__(self, app):
        self.app = app

    async def frames(self, *keys, until=None):
        """Run a frame with these keys; then more, in real time, until something holds."""
        await self.app.recording.frames.frame(keys, scripted=False)
        for _ in range(MOST_FRAMES):
            if until is None or until():
                return
            await asyncio.sleep(0.02)
            await self.app.recording.frames.frame((), scripted=False)
        raise AssertionError("it never happens")

    @property
    def curve(self):
        screen = next(one for one in self.app.screen_stack if isinstance(one, CurveScreen))
        assert screen is not None
        return screen

    @property
    def table(self):
        screen = next(one for one in self.app.screen_stack if isinstance(one, ComparisonScreen))
        assert screen is not None
        return screen.model

    @property
    def view(self):
        view = self.app.screen_stack[0].host_lane.view()
        assert view is not None
        return view


async def made(path, work):
    """A recording of what ``work`` does, measured on this machine."""
    app = staged_app(SETTINGS, RecordingPlan())
    writer = CastWriter(path, SETTINGS)
    async with app.run_test(size=(80, 24)):
        frames = app.recording.frames
        await frames.open(lambda: Recorder(SETTINGS, writer, frames.race_state()), FigureSource.MACHINE)
        await work(Hand(app))
        frames.close()


async def the_curve(hand):
    await hand.frames("v", until=lambda: not hand.curve.model.missing())
    await hand.frames("m", until=lambda: len(hand.curve.model.measured) >= 4)
    await hand.frames("m")
    await hand.frames("+")
    await hand.frames("v")
    await hand.frames("v")


async def the_host_lane(hand):
    await hand.frames("h", until=lambda: hand.view.answered >= 3)
    await hand.frames("H", until=lambda: hand.view.answered >= 3)
    await hand.frames("+", until=lambda: hand.view.opened == 256)
    await hand.frames("R")
    await hand.frames(until=lambda: hand.view.answered >= 3)
    await hand.frames("R", until=lambda: hand.view.answered >= 9)
    await hand.frames("h")
    await hand.frames("h")


async def the_table(hand):
    await hand.frames("w")
    await hand.frames("h", until=lambda: len(hand.table.host_comparisons) >= 3)
    await hand.frames("h")
    await hand.frames("w")
    await hand.frames()


def data_of(path, code):
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [text for _, found, text in lines if found == code]


def measure_nothing(monkeypatch):
    """Whoever measures from now on fails the test."""

    def refuse(*arguments, **named):
        raise AssertionError("a replay must not measure")

    monkeypatch.setattr(meter, "start_python", refuse)
    monkeypatch.setattr(host_lane, "ServerProcess", refuse)


@linux
@pytest.mark.parametrize("work", [the_curve, the_host_lane, the_table])
async def test_measured_figures_are_in_the_file_and_a_replay_shows_them(tmp_path, monkeypatch, work):
    first, second = tmp_path / "1.cast", tmp_path / "2.cast"
    await made(first, work)
    assert len(data_of(first, "k")) > 3
    assert all(isinstance(json.loads(data), dict) for data in data_of(first, "k"))
    measure_nothing(monkeypatch)
    await asyncio.to_thread(record_again, second, replay_of(read(first)))
    assert second.read_bytes() == first.read_bytes()
    words = {
        the_curve: "points measured on this machine",
        the_host_lane: "MEASURED on this machine",
        the_table: "measuring on this machine's kernel: 3 of 15",
    }[work]
    assert any(words in picture.text for _, picture in pictures(read(first)))


@linux
async def test_after_a_replay_is_taken_over_the_host_lane_is_a_real_one(tmp_path):
    path = tmp_path / "1.cast"

    async def work(hand):
        await hand.frames("h", until=lambda: hand.view.answered >= 3)

    await made(path, work)
    replay = replay_of(read(path))
    app = staged_app(replay.settings, RecordingPlan())
    async with app.run_test(size=(80, 24)) as pilot:
        frames, by_frame = app.recording.frames, {press.frame: press.key for press in replay.script.presses}
        await frames.open(None, FigureSource.RECORDING, replay.figures)
        for frame in range(replay.script.frames + 1):
            await frames.frame([by_frame[frame]] if frame in by_frame else [], scripted=True)
        screen = app.screen_stack[0]
        assert isinstance(screen, RaceScreen)
        switch = screen.host_lane
        assert isinstance(switch._lane, RecordedHostLane)
        recorded = switch.view()
        assert recorded is not None
        assert recorded.answered >= 3
        assert ScreenCapture(app).picture().rows == picture_at(read(path), None).rows
        frames.close()
        while not isinstance(switch._lane, host_lane.HostLane) or switch._lane.view().opened < 64:
            await pilot.pause(0.02)


def test_a_script_shows_the_curve_and_measures_nothing(tmp_path, monkeypatch):
    measure_nothing(monkeypatch)
    path = tmp_path / "1.cast"
    record(path, SETTINGS, parse_script("wait 33ms; v; wait 200ms; m; wait 100ms", 30))
    shown = picture_at(read(path), None).text
    assert "simulated line" in shown
    assert "measuring is not recorded" in shown
    assert data_of(path, "k") == ['{"curve":"shown"}']


@pytest.mark.parametrize("key", ["v", "h", "w; h"])
def test_a_recording_without_figures_is_replayed_as_it_was_made(tmp_path, monkeypatch, key):
    """Versions before this one refused these keys; later keys meant the race then."""
    measure_nothing(monkeypatch)
    path, again = tmp_path / "1.cast", tmp_path / "2.cast"
    last = "escape; +" if key.startswith("w") else "+"
    record(path, SETTINGS, parse_script(f"wait 100ms; {key}; wait 100ms; {last}; wait 100ms", 30), figures=())
    assert " is not recorded" in picture_at(read(path), 100_000).text
    assert "fds 64 → 256" in data_of(path, "m")
    record_again(again, replay_of(read(path)))
    assert again.read_bytes() == path.read_bytes()


@linux
async def test_the_curve_goes_on_when_the_recording_ends_on_it(tmp_path):
    """The points that were not simulated yet come from the thread then."""
    path = tmp_path / "1.cast"
    writer = CastWriter(path, SETTINGS)
    app = staged_app(SETTINGS, RecordingPlan())
    async with app.run_test(size=(80, 24)) as pilot:
        frames = app.recording.frames
        await frames.open(lambda: Recorder(SETTINGS, writer, frames.race_state()), FigureSource.MACHINE)
        hand = Hand(app)
        await hand.frames("v")
        assert hand.curve.model.missing()
        frames.close()
        while hand.curve.model.missing():
            await pilot.pause(0.02)
        app.post_message(events.Key("m", "m"))
        while len(hand.curve.model.measured) < 3:
            await pilot.pause(0.02)
    assert data_of(path, "k") == ['{"curve":"shown"}']
