"""Recordings with time travel, and time travel during a replay."""

from __future__ import annotations

import asyncio
import json

import pytest

from c10k_tui.app.headless import record, record_again, staged_app
from c10k_tui.recording.cast.key_script import parse_script
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.cast.replay import replay_of
from c10k_tui.recording.cast.settings import RecordingSettings, RecordingStart
from c10k_tui.recording.cast.writer import CastWriter
from c10k_tui.recording.live.letterbox import Letterbox
from c10k_tui.recording.live.player import Player
from c10k_tui.recording.live.recorder import Recorder
from c10k_tui.recording.live.start_plan import RecordingPlan
from sim.scenario.scenario import Scenario

THERE_AND_BACK = (
    "wait 300ms; +; wait 300ms; b; b; B; wait 100ms; <; <; <; <; wait 100ms; '; wait 100ms; space;"
    "wait 200ms; o; wait 100ms; {; wait 100ms; }; e; wait 100ms; a; >; >; >; s; S; wait 100ms; o; e; space;"
    "wait 100ms"
)
"""Steps back, seeks, a fork, and a switch to the other branch and back."""
TRAVELLED = THERE_AND_BACK + (
    "; tab; tab; tab; up; up; enter; wait 100ms; f; enter; b; b; s; wait 100ms; f; -; wait 100ms;"
    "space; wait 200ms; o; o; x; wait 100ms; <; <; space; wait 100ms"
)
"""Steps back, seeks, forks, switches between branches, a jump to a row, a followed descriptor."""


def settings(**changes):
    return RecordingSettings(
        **{"start": RecordingStart(Scenario(fds=2_000)), "width": 80, "height": 24, **changes}
    )


def codes(path, code):
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [text for _, found, text in lines if found == code]


@pytest.mark.parametrize(
    ("script", "changes"),
    [
        (THERE_AND_BACK, {}),
        (TRAVELLED, {"speed": None, "width": 120, "height": 36, "caption": True, "cast_version": 3}),
        (
            THERE_AND_BACK,
            {
                "start": RecordingStart(
                    Scenario(fds=64, rate=100_000),
                    ((1_000_000, Scenario(fds=128, rate=100_000)),),
                    30_000_000,
                ),
                "speed": 30.0,
            },
        ),
    ],
    ids=["slow", "as fast as it goes", "from the middle"],
)
def test_a_recording_with_time_travel_gives_the_same_bytes_again(tmp_path, script, changes):
    first, second = tmp_path / "1.cast", tmp_path / "2.cast"
    record(first, settings(**changes), parse_script(script, 30))
    record_again(second, replay_of(read(first)))
    assert first.read_bytes() == second.read_bytes()
    assert "{" in codes(first, "i")
    assert len(codes(first, "o")) > 20
    forks = [label for label in codes(first, "m") if label.startswith("fork: ")]
    assert "fork: 20k→50k req/s" in forks or "fork: 100k→200k req/s" in forks


async def test_time_travel_before_a_recording_does_not_change_it(tmp_path):
    """Time travel before a recording leaves no trace: the file equals that of a straight race."""
    path = tmp_path / "1.cast"
    await record_by_hand(path)
    found = replay_of(read(path))
    await asyncio.to_thread(record_again, tmp_path / "2.cast", found)
    assert path.read_bytes() == (tmp_path / "2.cast").read_bytes()


async def record_by_hand(path):
    app = staged_app(settings(speed=30.0), RecordingPlan())
    script = parse_script(TRAVELLED, 30)
    async with app.run_test(size=(80, 24)) as pilot:
        session, frames = app.session, app.recording.frames
        session.race.advance(5_000_000)
        session.set_fds(5_000)
        session.race.advance(9_000_000)
        session.travel.seek(7_000_000)
        session.climb_rate(1)
        session.race.advance(12_000_000)
        session.travel.following = 77
        session.travel.go_to_branch(0)
        await pilot.pause(0)
        session.travel.seek(8_000_000)
        session.race.frame()
        session.forget_elsewhere()
        wanted = settings(
            start=RecordingStart(session.began_with, session.past, session.race.now_ns),
            speed=session.pacer.speed,
        )
        writer = CastWriter(path, wanted)
        await frames.open(lambda: Recorder(wanted, writer, frames.race_state()))
        for frame in range(script.frames + 1):
            await frames.frame([p.key for p in script.presses if p.frame == frame], scripted=True)
        frames.close()


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A recording without time travel."""
    path = tmp_path_factory.mktemp("casts") / "plain.cast"
    record(path, settings(), parse_script("wait 300ms; +; wait 300ms; '; wait 600ms", 30))
    return replay_of(read(path))


@pytest.mark.parametrize("key", ["b", "B", "<", "{", "a", "o", "e"])
async def test_a_paused_replay_allows_time_travel(plain, key):
    """The key ends the replay: the race pauses where it is, and the key has its usual effect."""
    found = plain
    app = staged_app(found.settings, RecordingPlan())
    async with app.run_test(size=(80, 24)) as pilot:
        await app.recording.frames.open(None)
        app.recording.player = player = Player(
            app.recording.frames, found, 0, paused=True, box=Letterbox(app, 80, 24)
        )
        for frame in range(30):
            await app.recording.frames.frame(player.due_keys(frame), scripted=True)
        session = app.session
        there_ns = session.race.now_ns
        assert await player.user_takes_over(key)
        app.recording.player = None
        app.recording.frames.close()
        player.hand_over(key)
        await pilot.pause(0)
        await pilot.pause(0)
        assert session.paused
        assert session.race.end_ns == there_ns
        assert (session.race.now_ns < there_ns) == (key not in "oe")
        assert [scenario.rate for _, scenario in session.race.log] == [20_000, 20_000, 50_000]
        await pilot.press("less_than_sign", "plus")
        assert len(session.race.branches()) == 2
        assert session.race.branch == 1
