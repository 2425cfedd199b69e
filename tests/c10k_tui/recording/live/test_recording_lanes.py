"""Lanes of every kind in recordings: the box with the lanes opens, and a replay gives the same bytes."""

from c10k_tui.app.headless import record
from c10k_tui.recording.cast.key_script import parse_script
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.cast.settings import RecordingSettings, RecordingStart
from c10k_tui.recording.pictures.export import pictures
from sim.scenario.scenario import Scenario

CHOSEN = (
    "wait 100ms; L; up; up; space; wait 100ms; end; space; wait 100ms; esc; wait 200ms; "
    "L; down; down; space; up; space; wait 100ms; L; wait 200ms"
)
"""Add thread; iocp is refused as the fifth lane; then remove select and add the pool."""
SETTINGS = RecordingSettings(
    start=RecordingStart(Scenario(fds=500, lanes=("select", "epoll", "kqueue"))), width=100, height=30
)


def test_lanes_chosen_while_recording_come_out_the_same_again(tmp_path):
    first, second = tmp_path / "a.cast", tmp_path / "b.cast"
    for path in (first, second):
        record(path, SETTINGS, parse_script(CHOSEN, 30))
    assert first.read_bytes() == second.read_bytes()
    texts = [picture.text for _, picture in pictures(read(first))]
    assert any("[×]  thread" in text for text in texts)
    assert any("4 lanes at most are on the screen" in text for text in texts)
    titles = texts[-1].split("\n")[1]
    shown = [
        title.split("─")[1].strip().partition(":")[0].partition(" ")[0] for title in titles.split("╭")[1:]
    ]
    assert shown == ["thread", "pool", "epoll", "kqueue"]
