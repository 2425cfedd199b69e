"""The emulator: recordings of resized windows as another emulator shows them, and refusals of all else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from c10k_tui.recording.cast.header import CastError, header_line, parse_header
from c10k_tui.recording.cast.lines import CastEvent, time_us_of
from c10k_tui.recording.cast.reader import Recording
from c10k_tui.recording.cast.settings import RecordingSettings
from c10k_tui.recording.live.encoder import changes, whole
from c10k_tui.recording.pictures.emulator import TerminalEmulator, UnknownSequence
from c10k_tui.recording.pictures.export import picture_at, pictures
from c10k_tui.recording.pictures.styled_cells import CellStyle, TerminalPicture, ansi, cell
from tests.support.drawn_pictures import recording_of
from tests.support.pyte_terminal import Emulated, as_seen

STYLES = [CellStyle(), CellStyle(0xFFAF00, 0x121212, bold=True), CellStyle(ansi(9), ansi(4), reverse=True)]
WIDE = [cell("漢", STYLES[1]), cell("", STYLES[1])]


@st.composite
def screens(draw):
    """A few screens, some of another size than the one before; few cells differ from it otherwise."""
    found: list[TerminalPicture] = []
    for _ in range(draw(st.integers(1, 6))):
        if not found or draw(st.booleans()):
            width, height = draw(st.integers(1, 12)), draw(st.integers(1, 5))
            rows = [[cell(" ", STYLES[0])] * width for _ in range(height)]
        else:
            width, rows = found[-1].width, [list(row) for row in found[-1].rows]
        for _ in range(draw(st.integers(0, 6))):
            row, x = rows[draw(st.integers(0, len(rows) - 1))], draw(st.integers(0, width - 1))
            drawn = draw(
                st.sampled_from([[cell(sign, style)] for sign in "a▓─" for style in STYLES] + [WIDE])
            )
            if x + len(drawn) <= width and row[x].glyph and (x + 1 >= width or row[x + 1].glyph):
                if len(drawn) == 2 and x + 2 < width and not row[x + 2].glyph:
                    continue
                row[x : x + len(drawn)] = drawn
        found.append(TerminalPicture(width, tuple(map(tuple, rows))))
    return found


def events_of(shown):
    """The events with which a recording shows these screens, one in each frame."""
    before = None
    for frame, picture in enumerate(shown):
        now_us = time_us_of(frame, 30)
        if before is None or (before.width, before.height) != (picture.width, picture.height):
            yield CastEvent(now_us, "r", f"{picture.width}x{picture.height}")
            yield CastEvent(now_us, "o", whole(picture))
        elif written := changes(before, picture):
            yield CastEvent(now_us, "o", written)
        before = picture


@given(screens())
@settings(max_examples=60)
def test_a_window_of_any_sizes_is_seen_as_another_emulator_sees_it(shown):
    header = parse_header(header_line(RecordingSettings(width=shown[0].width, height=shown[0].height)))
    recording = Recording(header, tuple(events_of(shown)))
    other = Emulated(header.width, header.height)
    seen = {}
    for event in recording.events:
        if event.code == "r":
            other.resize(*map(int, event.data.split("x")))
        else:
            other.write(event.data)
        seen[event.time_us] = other.rows
    for time_us, picture in pictures(recording):
        assert as_seen(picture) == seen.get(time_us, as_seen(picture))
    assert picture_at(recording, None) == shown[-1]


FOREIGN = {
    "scrolls": ("1\r\n2\r\n3\r\n4\r\n", "text that scrolls"),
    "wraps": ("x" * 21, "text beyond the right edge"),
    "a wide glyph at the edge": ("x" * 19 + "漢", "text beyond the right edge"),
    "a shell's prompt": ("\x1b[?2004h$ ", "the escape sequence 'CSI ?2004h'"),
    "backspace": ("ab\b", "the control character '\\x08'"),
    "tab": ("a\tb", "the control character '\\t'"),
    "256 colours": ("\x1b[38;5;208mx", "the escape sequence 'CSI 38;5;208"),
    "another screen": ("\x1b[?1049h", "the escape sequence 'CSI ?1049h'"),
    "erased to the end of a line": ("ab\x1b[K", "the escape sequence 'CSI K'"),
    "a title": ("\x1b]0;title\x07", "the escape sequence '\\x1b]0;title"),
}


@pytest.mark.parametrize(("text", "why"), FOREIGN.values(), ids=FOREIGN)
def test_what_cannot_be_drawn_rightly_is_refused_in_a_line_that_names_agg(tmp_path, text, why):
    recording = recording_of(tmp_path, [(0.5, "o", "ok"), (1.5, "o", f"\x1b[1;1H{text}")])
    assert picture_at(recording, 1_000_000).text.startswith("ok\n"), "what comes before it is shown"
    with pytest.raises(CastError) as caught:
        picture_at(recording, None)
    words = str(caught.value)
    assert words.startswith(f"at 1.5 s it has {why}")
    assert "asciinema's agg" in words
    assert words.isprintable()
    assert len(words) < 200


PIECES = [
    *"a▓\r\n",
    "xxxxx",
    "\r\n",
    "\x1b[H",
    "\x1b[2;3H",
    "\x1b[9;9H",
    "\x1b[;5H",
    "\x1b[3;H",
    "\x1b[C",
    "\x1b[99C",
]
PIECES += [
    "\x1b[0m\x1b[2J",
    "\x1b[1;31m",
    "\x1b[44m",
    "\x1b[7m",
    "\x1b[38;2;1;2;3m",
    "\x1b[39;49m",
    "\x1b[?25l",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=150)
def test_what_is_not_refused_is_drawn_as_another_emulator_draws_it(text):
    screen, other = TerminalEmulator(9, 4), Emulated(9, 4)
    try:
        screen.write(text)
    except UnknownSequence:
        return
    other.write(text)
    assert as_seen(screen.picture) == other.rows


def test_a_new_size_needs_a_cleared_screen(tmp_path):
    recording = recording_of(tmp_path, [(0.0, "o", "a"), (1.0, "r", "30x5"), (2.0, "o", "b")])
    assert picture_at(recording, 1_000_000).width == 30
    with pytest.raises(CastError, match="after a change of size, on a screen that is not cleared"):
        picture_at(recording, 2_000_000)


def test_a_program_that_ends_its_lines_without_scrolling_is_drawn(tmp_path):
    text = picture_at(recording_of(tmp_path, [(0.0, "o", "one\r\ntwo\nthree")]), None).text
    assert text == "one\ntwo\n   three\n\n"


def test_the_screen_is_cleared_with_the_background_of_the_moment():
    screen = TerminalEmulator(3, 1)
    screen.write("abc\x1b[44;1m\x1b[2J")
    assert screen.picture.rows == ((cell(" ", CellStyle(background=ansi(4))),) * 3,)


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("\x1b[1;1Ha", "a b"),
        ("\x1b[1;2Ha", " ab"),
        ("\x1b[1;1H\x1b[1ma\x1b[0mb", "abb"),
        ("\x1b[1;1H漢", "漢b"),
    ],
)
def test_one_half_of_a_wide_glyph_goes_with_the_other(written, left):
    screen, other = TerminalEmulator(3, 1), Emulated(3, 1)
    for terminal in (screen, other):
        terminal.write("漢b" + written)
    assert screen.picture.text == f"{left}\n"


def test_a_mark_joins_the_glyph_before_it():
    screen = TerminalEmulator(4, 1)
    screen.write("漢\u0301e\u0301")
    assert [glyph for glyph, _ in screen.picture.rows[0]] == ["漢\u0301", "", "e\u0301", " "]


@pytest.mark.parametrize(
    "text",
    ["\x1b[38;5;" + "1;" * 150 + "m", "\x1b[?" + "1;" * 150 + "h", "\x1b" * 99, "\ud800"],
    ids=["colour", "mode", "escapes", "half a character"],
)
def test_a_refusal_is_short(text):
    with pytest.raises(UnknownSequence) as caught:
        TerminalEmulator(3, 1).write(text)
    assert len(str(caught.value)) < 80
