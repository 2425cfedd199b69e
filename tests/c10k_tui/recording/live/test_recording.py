"""Recording and replaying, with the real app and the real race."""

import asyncio
import json
import time
from pathlib import Path

import pytest
from PIL import ImageFont
from textual import events

from c10k_tui.app.headless import record, record_again, staged_app
from c10k_tui.app.race_app import C10KApp
from c10k_tui.recording.cast.key_script import KeyScript, parse_script
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.cast.replay import replay_of
from c10k_tui.recording.cast.settings import THEMES, RecordingSettings, RecordingStart
from c10k_tui.recording.cast.writer import CastWriter
from c10k_tui.recording.live.capture import ScreenCapture
from c10k_tui.recording.live.letterbox import Letterbox
from c10k_tui.recording.live.player import Player
from c10k_tui.recording.live.recorder import Recorder
from c10k_tui.recording.live.start_plan import RecordingPlan
from c10k_tui.recording.pictures.export import picture_at
from c10k_tui.recording.pictures.glyph_masks import FONTS, mask
from c10k_tui.screens.race.display import RaceDisplay
from sim.scenario.scenario import PRESETS, Scenario, Share
from tests.support.pyte_terminal import Emulated, as_seen

BUSY = (
    "wait 300ms; +; M; wait 100ms; ?; wait 100ms; esc; right; down; f; enter; wait 100ms; n; 3; 0; 0; enter;"
    "wait 100ms; R; wait 100ms; +; x; wait 100ms; R; .; .; .; .; .; .; .; .; wait 100ms; F4; wait 100ms; t;"
    "s; S; wait 100ms; 2; space; wait 100ms; end; tab; tab; up; p; t; l; wait 100ms"
)
"""Keys of every kind, faster than a person can type."""
BRIEF = (
    "wait 200ms; +; M; wait 100ms; ?; wait 100ms; esc; down; f; wait 100ms; R; +; R; .; wait 100ms; t; s; S;"
    "wait 100ms; space; wait 100ms; end; tab; l; wait 100ms; x; wait 100ms"
)
"""A script of one second, for tests that hold for every script."""


def settings(**changes):
    start = RecordingStart(changes.pop("scenario", Scenario(fds=2_000)))
    return RecordingSettings(**{"start": start, "width": 80, "height": 24, **changes})


class Watched:
    """A script that the test records frame by frame."""

    def __init__(self, path, words, wanted):
        self.path = path
        self.settings = wanted
        self.script = parse_script(words, 30)
        self.seen = []
        """The size of the file and the app's own cells, after each frame that is not paused."""
        self.ended = None
        """The scenario and the virtual time at the end of the race."""

    async def record(self):
        app = staged_app(self.settings, RecordingPlan())
        writer = CastWriter(self.path, self.settings)
        async with app.run_test(size=(80, 24)):
            frames = app.recording.frames
            await frames.open(lambda: Recorder(self.settings, writer, frames.race_state()))
            for frame in range(self.script.frames + 1):
                keys = [p.key for p in self.script.presses if p.frame == frame]
                await frames.frame(keys, scripted=True)
                if frames.recorder is not None and not frames.recorder.paused:
                    self.seen.append((self.path.stat().st_size, ScreenCapture(app).picture()))
            self.ended = app.session.scenario, app.session.race.now_ns
            frames.close()


def watched(path, words, **changes):
    recording = Watched(path, words, settings(**changes))
    asyncio.run(recording.record())
    return recording


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A recording of the busy script."""
    return watched(tmp_path_factory.mktemp("casts") / "busy.cast", BUSY)


def recorded(path, script=BRIEF, **changes):
    record(path, settings(**changes), parse_script(script, 30))
    return path.read_bytes()


def codes(data, *wanted):
    lines = [json.loads(line) for line in data.decode().splitlines()[1:]]
    return [(code, text) for _, code, text in lines if code in wanted]


def test_the_same_words_give_the_same_bytes_on_a_slow_machine_too(busy, tmp_path, monkeypatch):
    """Drawing takes longer than the period of Textual's repaint timer; the recording is the same."""
    draw = RaceDisplay.draw

    def slowly(*arguments, **named):
        draw(*arguments, **named)
        time.sleep(0.02)

    monkeypatch.setattr(RaceDisplay, "draw", slowly)
    assert recorded(tmp_path / "slow.cast", BUSY) == busy.path.read_bytes()


@pytest.mark.parametrize(
    "changes",
    [
        {"caption": True, "cast_version": 3, "theme": "c10k-light"},
        {"theme": "c10k-ansi", "speed": None, "title": "fast", "width": 120, "height": 36},
        {"no_color": True, "paused": True, "scenario": PRESETS["churn"][1]},
    ],
    ids=["caption, version 3", "ansi, fast", "no color, paused"],
)
def test_a_recording_made_from_a_file_equals_the_file(tmp_path, changes):
    first = recorded(tmp_path / "1.cast", **changes)
    assert len(codes(first, "o")) > 10
    record_again(tmp_path / "2.cast", replay_of(read(tmp_path / "1.cast")))
    assert (tmp_path / "2.cast").read_bytes() == first


def test_keys_and_markers_are_in_the_file(tmp_path):
    data = recorded(tmp_path / "a.cast", "wait 100ms; +; M; wait 100ms; F6; wait 100ms; x; 0; wait 100ms")
    assert codes(data, "i", "m") == [
        *[("i", "+"), ("i", "M"), ("m", "mark 1"), ("m", "fds 2,000 → 5,000")],
        *[("i", "\x1b[17~"), ("m", "preset small"), ("i", "x"), ("i", "0"), ("m", "seed 8")],
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_an_independent_terminal_shows_what_the_app_shows(busy, tmp_path, theme):
    """The emulator reads the file frame by frame, and is compared with the app's own cells."""
    if theme == busy.settings.theme:
        recording = busy
    else:
        framed = {"caption": True, "height": 25} if theme == "c10k-light" else {}
        recording = watched(tmp_path / "a.cast", BRIEF, theme=theme, **framed)
    data = recording.path.read_bytes()
    terminal = Emulated(recording.settings.width, recording.settings.height)
    done = 0
    for size, picture in recording.seen:
        for _, text in codes((b"\n" if done else b"") + data[done:size], "o"):
            terminal.write(text)
        done = size
        shown = as_seen(picture)
        assert terminal.rows[: len(shown)] == shown
    assert len(recording.seen) > 10
    for _, text in codes(b"\n" + data[done:], "o"):
        terminal.write(text)
    assert as_seen(picture_at(read(recording.path), None)) == terminal.rows


async def test_the_capture_equals_the_export_of_textual():
    """The reference is Textual's own export of the screen, which uses the compositor in another way."""
    app = staged_app(settings(), RecordingPlan())
    async with app.run_test(size=(80, 24)):
        await app.recording.frames.open(None)
        for keys in ((), ("?",), ("escape", "n"), ("escape", "down")):
            await app.recording.frames.frame(keys, scripted=True)
            text = ScreenCapture(app).picture().text
            exported = app.export_screenshot().replace("&#160;", " ")
            for line in text.splitlines():
                for word in line.split():
                    if word.isalpha():
                        assert word in exported
        app.recording.frames.close()


def test_every_glyph_that_is_shown_can_be_drawn(busy):
    used = {sign for _, text in codes(busy.path.read_bytes(), "o") for sign in text if sign > "~"}
    assert len(used) > 15
    face = ImageFont.truetype(str(FONTS / "DejaVuSansMono.ttf"), 20)
    missing = face.getmask("\ufffe").getbbox(), bytes(face.getmask("\ufffe"))
    for sign in used:
        lettered = face.getmask(sign)
        by_font = (lettered.getbbox(), bytes(lettered)) != missing
        assert by_font or "\u2800" <= sign <= "\u28ff"
        assert mask(sign, False, 8, 16).any() or sign == "\u2800"


def test_a_recording_that_begins_in_the_middle_can_be_run_again(tmp_path):
    changes = ((1_000_000, Scenario(fds=5_000)), (1_000_000, Scenario(fds=5_000, active=Share(100))))
    middle = settings(start=RecordingStart(Scenario(fds=2_000), changes, 2_345_678), speed=10.0)
    record(tmp_path / "1.cast", middle, parse_script("wait 1s; -; wait 500ms", 30))
    found = replay_of(read(tmp_path / "1.cast"))
    assert found.settings.start == middle.start
    record_again(tmp_path / "2.cast", found)
    assert (tmp_path / "1.cast").read_bytes() == (tmp_path / "2.cast").read_bytes()


def test_the_terminal_may_change_its_size(tmp_path):
    from c10k_tui.recording.cast.replay import Resize

    sizes = (Resize(5, 120, 40), Resize(12, 80, 24))
    script = parse_script("wait 300ms; +; wait 300ms", 30)
    record(tmp_path / "1.cast", settings(), script, sizes)
    recording = read(tmp_path / "1.cast")
    assert [(event.data) for event in recording.events if event.code == "r"] == ["120x40", "80x24"]
    assert (picture_at(recording, 250_000).width, picture_at(recording, 250_000).height) == (120, 40)
    record_again(tmp_path / "2.cast", replay_of(recording))
    assert (tmp_path / "1.cast").read_bytes() == (tmp_path / "2.cast").read_bytes()


@pytest.mark.parametrize("keys", [("r",), ("q",), ("escape", "q"), ("n", "escape", "q", "r")])
async def test_no_key_of_a_file_leaves_the_app_or_writes_files(tmp_path, monkeypatch, keys):
    monkeypatch.chdir(tmp_path)
    app = staged_app(settings(), RecordingPlan())
    async with app.run_test(size=(80, 24)):
        await app.recording.frames.open(None)
        await app.recording.frames.frame(keys, scripted=True)
        await app.recording.frames.frame(("+",), scripted=True)
        assert app.is_running
        assert not app.recording.frames.leaving
        assert app.session.scenario.fds == 5_000
        app.recording.frames.close()
    assert list(tmp_path.iterdir()) == []


async def test_while_it_is_stepped_only_keys_get_through_and_only_with_a_frame():
    app = staged_app(settings(), RecordingPlan())
    async with app.run_test(size=(80, 24)):
        await app.recording.frames.open(None)
        stepper = app.recording.frames.stepper
        assert stepper is not None
        for key, sign in (("plus", "+"), ("ctrl+p", None), ("f3", None), ("é", "é"), ("upper_m", "M")):
            app.post_message(events.Key(key, sign))
        app.post_message(events.Paste("12345"))
        app.post_message(events.MouseMove(None, 5, 5, 0, 0, 0, False, False, False))
        await stepper.settle()
        assert app.session.scenario.fds == 2_000
        assert stepper.keys == ["+", "f3", "M"]
        app.recording.frames.close()


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    """The bytes of a recording of 20 frames in which no key is pressed."""
    path = tmp_path_factory.mktemp("casts") / "still.cast"
    record(path, settings(), KeyScript((), 19))
    return path.read_bytes()


@pytest.mark.parametrize("key", ["r", None])
async def test_the_key_that_ends_a_recording_is_not_in_it(still, tmp_path, key):
    """The bytes equal those of a script of the same length, so the last frame does not show the key."""
    app = staged_app(settings(), RecordingPlan())
    writer = CastWriter(tmp_path / "a.cast", settings())
    async with app.run_test(size=(80, 24)):
        frames = app.recording.frames
        await frames.open(lambda: Recorder(settings(), writer, frames.race_state()))
        for frame in range(20):
            await frames.frame([key] if key and frame == 19 else [], scripted=False)
        assert frames.ending == (key == "r")
        frames.close()
    assert (tmp_path / "a.cast").read_bytes() == still


async def test_after_a_recording_the_app_runs_on_its_own_timer_again(tmp_path, monkeypatch):
    app = staged_app(settings(), RecordingPlan())
    writer = CastWriter(tmp_path / "a.cast", settings())
    async with app.run_test(size=(80, 24)) as pilot:
        frames = app.recording.frames
        await frames.open(lambda: Recorder(settings(), writer, frames.race_state()))
        for _ in range(30):
            await frames.frame((), scripted=True)
        before_ns, before_s = app.session.race.now_ns, app.clock()
        frames.close()
        assert before_ns > 0
        ticked, tick = asyncio.Event(), app.session.tick

        def ticks():
            moved = tick()
            if moved:
                ticked.set()
            return moved

        monkeypatch.setattr(app.session, "tick", ticks)
        await asyncio.wait_for(ticked.wait(), 30)
        assert app.session.race.now_ns > before_ns
        assert app.clock() > before_s
        await pilot.press("plus")
        assert app.session.scenario.fds == 5_000


async def replayed(path, until):
    """The scenario and the time of the race after a replay up to a frame."""
    found = replay_of(read(path))
    app = staged_app(found.settings, RecordingPlan())
    async with app.run_test(size=(120, 40)):
        await app.recording.frames.open(None)
        player = Player(app.recording.frames, found, until, paused=False, box=Letterbox(app, 80, 24))
        for frame in range(until + 1):
            await app.recording.frames.frame(player.due_keys(frame), scripted=True)
        seen = app.session.scenario, app.session.race.now_ns
        app.recording.frames.close()
    return seen


async def test_a_replay_runs_the_same_race_at_another_size(busy):
    assert await replayed(busy.path, replay_of(read(busy.path)).script.frames) == busy.ended


def test_the_demos_are_scripts_that_can_be_recorded():
    folder = Path(__file__).parents[4] / "screenshots"
    scripts = sorted(folder.glob("*.keys"))
    assert len(scripts) == 3
    for path in scripts:
        script = parse_script(path.read_text(encoding="utf-8"), 30)
        assert 10 * 30 <= script.frames <= 60 * 30
        assert script.presses


async def test_without_a_recording_its_keys_say_what_they_are_for():
    app = C10KApp(Scenario(fds=16), paused=True)
    async with app.run_test(size=(80, 24)) as pilot:
        for key, words in (("R", "pauses a recording"), ("M", "marks a moment")):
            await pilot.press(key)
            assert words in app.session.notice
