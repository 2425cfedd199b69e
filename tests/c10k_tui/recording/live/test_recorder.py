"""Frames become lines of the file: order, pauses, markers, sizes, the caption."""

import json

import pyte
import pytest

from c10k_tui.recording.cast.key_script import KeyPress
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.cast.replay import replay_of
from c10k_tui.recording.cast.settings import RecordingSettings, RecordingStart
from c10k_tui.recording.cast.writer import CastWriter
from c10k_tui.recording.live.caption import Caption, CaptionStyles
from c10k_tui.recording.live.markers import RaceState, markers_between
from c10k_tui.recording.live.recorder import Recorder
from c10k_tui.recording.pictures.export import pictures
from c10k_tui.recording.pictures.styled_cells import PLAIN, CellStyle, TerminalPicture, cell
from sim.scenario.scenario import PRESETS, Scenario

LOOKS = CaptionStyles(PLAIN, CellStyle(bold=True))
MOMENT = RaceState(1, Scenario())


def picture(text, width=80, height=24):
    """A screen with a word on it."""
    row = tuple(cell(glyph, PLAIN) for glyph in text.ljust(width))
    return TerminalPicture(width, (row,) * height)


class Desk:
    """A recording whose frames the test makes."""

    def __init__(self, path, **settings):
        self.path = path
        self.settings = RecordingSettings(**{"width": 80, "height": 24, **settings})
        self.recorder = Recorder(self.settings, CastWriter(path, self.settings), MOMENT)

    def frame(self, text, *keys, moment=MOMENT, size=(80, 24)):
        for key in keys:
            if key == "R":
                self.recorder.pause()
            if key == "M":
                self.recorder.mark()
        self.recorder.take(picture(text, *size), keys, moment, LOOKS)

    def events(self):
        self.recorder.close()
        return [json.loads(line) for line in self.path.read_text().splitlines()[1:]]

    def codes(self):
        """The events without the drawn text; a divided picture counts once."""
        found = [(time_s, code, data if code != "o" else "") for time_s, code, data in self.events()]
        return [event for index, event in enumerate(found) if event[1] != "o" or event not in found[:index]]

    def seen(self):
        """The first line of the screen at each time of the file."""
        return [(us, shown.text.split("\n")[0]) for us, shown in pictures(read(self.path))]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "a.cast")


def test_a_frame_without_a_change_is_no_line_and_the_last_says_how_long_it_was(desk):
    for text in ("a", "a", "b", "b", "b"):
        desk.frame(text)
    assert desk.codes() == [(0.0, "o", ""), (0.066667, "o", ""), (0.133333, "o", "")]
    assert desk.seen() == [(0, "a"), (66_667, "b"), (133_333, "b")]


def test_keys_come_before_their_picture_and_markers_after_it(desk):
    desk.frame("a")
    desk.frame("b", "+", "up", "M", moment=RaceState(1, Scenario(fds=20_000)))
    assert [(code, data) for _, code, data in desk.codes()[1:]] == [
        *[("i", "+"), ("i", "\x1b[A"), ("i", "M"), ("o", "")],
        *[("m", "mark 1"), ("m", "fds 10,000 → 20,000")],
    ]


def test_a_pause_leaves_no_gap_and_the_picture_after_it_is_whole(desk):
    desk.frame("a")
    desk.frame("b", "R")
    desk.frame("c", "+")
    desk.frame("d", " ", "?")
    desk.frame("e", "R", "-")
    desk.frame("f")
    assert desk.codes() == [
        (0.0, "o", ""),
        (0.033333, "i", "R"),
        (0.033333, "p", "3 1:+ 2:space 2:?"),
        (0.033333, "i", "R"),
        (0.033333, "i", "-"),
        (0.033333, "o", ""),
        (0.066667, "o", ""),
    ]
    assert desk.seen() == [(0, "a"), (33_333, "e"), (66_667, "f")]
    replay = replay_of(read(desk.path))
    frames = [(1, "R"), (2, "+"), (3, " "), (3, "?"), (4, "R"), (4, "-")]
    assert replay.script.presses == tuple(KeyPress(frame, key) for frame, key in frames)
    assert replay.script.frames == 5
    assert replay.unseen == ((1, 3),)
    assert [replay.recorded(frame) for frame in range(6)] == [0, 1, 1, 1, 1, 2]
    assert [replay.raced(frame) for frame in range(3)] == [0, 4, 5]


def test_a_recording_that_ends_while_paused_ends_where_it_was_paused(desk):
    for text, *keys in (("a",), ("a",), ("b", "R"), ("c", "+"), ("d",)):
        desk.frame(text, *keys)
    assert desk.codes() == [(0.0, "o", ""), (0.066667, "i", "R"), (0.066667, "o", "")]
    replay = replay_of(read(desk.path))
    assert (replay.script.frames, replay.last_shown, replay.shown_at(66_667)) == (2, 1, 1)
    assert desk.seen()[-1][1] == "a"


def test_the_last_line_shows_the_cursor_below_the_picture_and_changes_no_cell(desk):
    """Beside an independent terminal, with rows below the picture and without."""
    desk.frame("a")
    desk.frame("b", size=(100, 30))
    *drawn, (time_s, code, last) = desk.events()
    assert (time_s, code) == (0.033333, "o")
    for rows, row in ((30, 29), (40, 30)):
        screen = pyte.Screen(100, rows)
        stream = pyte.Stream(screen)
        stream.feed("".join(data for _, code, data in drawn if code == "o"))
        before, was_hidden = screen.display, screen.cursor.hidden
        stream.feed(last)
        cursor = screen.cursor
        assert screen.display == before
        assert (was_hidden, cursor.hidden, cursor.y, cursor.x) == (True, False, row, 0)
        assert cursor.attrs == screen.default_char


def test_another_size_is_said_and_drawn_whole(desk):
    desk.frame("a")
    desk.frame("b", size=(100, 30))
    desk.frame("c", size=(100, 30))
    assert desk.codes()[1:3] == [(0.033333, "r", "100x30"), (0.033333, "o", "")]
    assert desk.seen()[-1] == (66_667, "c")


def test_times_of_version_3_count_from_the_event_before(tmp_path):
    desks = [Desk(tmp_path / f"{version}.cast", cast_version=version) for version in (2, 3)]
    for desk in desks:
        for index in range(40):
            desk.frame(str(index // 7), *("+" if index == 9 else ""))
        desk.recorder.close()
    two, three = (read(desk.path) for desk in desks)
    assert three.header.version == 3
    # Their headers differ in length. So different lines would cross a page's end, and are divided.
    assert desks[0].seen() == desks[1].seen()
    assert [event for event in two.events if event.code != "o"] == [
        event for event in three.events if event.code != "o"
    ]
    lines = [json.loads(line) for line in desks[1].path.read_text().splitlines()[1:]]
    assert sum(round(line[0] * 1_000_000) for line in lines) == two.end_us == 1_300_000


def test_the_caption_is_a_row_of_its_own_and_keys_stay_for_two_seconds(tmp_path):
    desk = Desk(tmp_path / "a.cast", caption=True, height=25)
    for index in range(62):
        desk.frame("a", *("+" if index == 1 else ""))
    desk.recorder.close()
    captions = [(us, shown.text.split("\n")[24]) for us, shown in pictures(read(desk.path))]
    assert captions == [(0, ""), (33_333, "  +"), (2_033_333, "")]


def test_more_keys_than_fit_show_the_newest():
    caption = Caption(30)
    for key in "abcdefghij":
        caption.press(0, key)
    row = caption.row(0, 12, LOOKS)
    assert "".join(glyph for glyph, _ in row).split() == ["h", "i", "j"]
    assert len(row) == 12


@pytest.mark.parametrize(
    ("races", "scenario", "said"),
    [
        (1, Scenario(), []),
        (1, Scenario(rate=5), []),
        (1, Scenario(fds=16), ["fds 10,000 → 16"]),
        (2, Scenario(), ["from the beginning"]),
        (2, Scenario(seed=8), ["seed 8"]),
        (2, PRESETS["small"][1], ["preset small"]),
        (2, Scenario(fds=77), ["another race"]),
    ],
)
def test_changes_that_get_a_marker(races, scenario, said):
    assert markers_between(MOMENT, RaceState(races, scenario)) == said


def test_a_fork_gets_a_marker_and_a_jump_to_other_settings_does_not():
    other = Scenario(fds=16, rate=50_000)
    forked = RaceState(1, other, forks=1, jumps=3)
    assert markers_between(RaceState(1, Scenario(), jumps=3), forked) == [
        "fork: fds 10,000→16, 20k→50k req/s"
    ]
    assert markers_between(forked, RaceState(1, Scenario(), forks=1, jumps=4)) == []


def test_where_it_began_comes_back_from_the_header(tmp_path):
    start = RecordingStart(
        Scenario(fds=64), ((10, Scenario(fds=128)), (10, Scenario(fds=16, rate=12_345))), 99
    )
    desk = Desk(tmp_path / "a.cast", start=start, speed=None, paused=True, theme="c10k-ansi", title="Größe")
    desk.recorder.close()
    assert replay_of(read(desk.path)).settings == desk.settings
