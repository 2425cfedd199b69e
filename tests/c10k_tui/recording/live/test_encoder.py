"""The encoder's output turns one picture into the next, in our own emulator and in an independent one."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.recording.live.encoder import changes, whole
from c10k_tui.recording.pictures.emulator import TerminalEmulator, UnknownSequence
from c10k_tui.recording.pictures.styled_cells import (
    BLANK,
    DEFAULT,
    PLAIN,
    CellStyle,
    StyledCell,
    TerminalPicture,
    ansi,
    blank,
    cell,
)
from tests.support.pyte_terminal import as_seen, shown

WIDTH, HEIGHT = 14, 3
COLOURS = st.sampled_from([DEFAULT, ansi(1), ansi(8), ansi(15), 0x000000, 0xFFAF00, 0x0A0B0C])
LOOKS = st.builds(
    CellStyle,
    COLOURS,
    COLOURS,
    st.booleans(),
    st.just(False),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
GLYPHS = st.sampled_from([*" ab", "·", "▓", "⣿", "╭", "漢"])


@st.composite
def pictures(draw):
    """Random pictures with few styles, so that runs occur, and with some wide glyphs."""
    styles = draw(st.lists(LOOKS, min_size=1, max_size=3))
    rows = []
    for _ in range(HEIGHT):
        row: list[StyledCell] = []
        while len(row) < WIDTH:
            glyph, style = draw(GLYPHS), draw(st.sampled_from(styles))
            if glyph == "漢":
                if len(row) + 2 > WIDTH:
                    continue
                row += [cell(glyph, style), cell("", style)]
            else:
                row.append(cell(glyph, style))
        rows.append(tuple(row))
    return TerminalPicture(WIDTH, tuple(rows))


@given(st.lists(pictures(), min_size=1, max_size=4))
def test_the_last_picture_is_seen_by_both_emulators(sequence):
    written = [whole(sequence[0])]
    written += [changes(old, new) for old, new in pairwise(sequence)]
    ours = TerminalEmulator(WIDTH, HEIGHT)
    for text in written:
        ours.write(text)
    assert ours.picture == sequence[-1]
    equal = TerminalPicture(WIDTH, tuple(tuple(row) for row in sequence[-1].rows))
    assert changes(sequence[-1], equal) == "", "an equal picture needs nothing"
    assert shown(WIDTH, HEIGHT, written) == as_seen(sequence[-1])


def test_dim_comes_and_goes_without_taking_bold_along():
    styles = [
        CellStyle(bold=True, dim=True),
        CellStyle(bold=True),
        CellStyle(dim=True),
        PLAIN,
        CellStyle(dim=True),
    ]
    picture = TerminalPicture(5, (tuple(cell("x", style) for style in styles),))
    screen = TerminalEmulator(5, 1)
    screen.write(whole(picture))
    assert screen.picture == picture


def test_only_what_changed_is_written_and_a_short_way_is_written_again():
    before = blank(40, 2)
    row = list(before.rows[1])
    row[3], row[6], row[30] = cell("a", PLAIN), cell("b", PLAIN), cell("c", PLAIN)
    assert changes(before, TerminalPicture(40, (before.rows[0], tuple(row)))) == "\x1b[2;4Ha  b\x1b[23Cc"


def test_a_look_says_only_what_differs():
    red, amber = CellStyle(0xFF0000, 0x000000, bold=True), CellStyle(0xFFAF00, 0x000000, bold=True)
    picture = TerminalPicture(3, ((cell("a", red), cell("b", amber), BLANK),))
    written = changes(blank(3, 1), picture)
    assert written == "\x1b[1;1H\x1b[1;38;2;255;0;0;48;2;0;0;0ma\x1b[38;2;255;175;0mb\x1b[0m"


def test_another_size_needs_a_whole_picture():
    with pytest.raises(ValueError, match="cannot become"):
        changes(blank(3, 1), blank(4, 1))


@pytest.mark.parametrize(
    "text",
    [
        "\x1b]0;title\x07",
        "\x1b]52;c;ZWNobyBoaQ==\x07",
        "\x1bP+q544e\x1b\\",
        "\x1b[5n",
        "\x1b[?1049h",
        "\x1b[?2004h",
        "\x1b[2;2r",
        "\x1b[1;1;1H",
        "\x1b[38;5;3m",
        "\x1b[38;2;1;2;999m",
        "\x1b[38;2;1m",
        "\x1b[99999;1H",
        "\x1b[" + "1;" * 300 + "m",
        "\x1b",
        "\x1b[",
        "\x07",
        "\x08",
        "\x9b1m",
        "\x1bc",
        "\x1b[10000000000000000000000C",
        "\x1b[98m",
        "\x1b[108m",
    ],
)
def test_nothing_else_is_understood(text):
    with pytest.raises(UnknownSequence):
        TerminalEmulator(10, 3).write(text)


@given(st.text(alphabet="\x1b[0123456789;?HmCJabc▓漢\u0301\r\n\x00\x9c", max_size=60))
def test_any_text_is_refused_or_stays_on_the_screen(text):
    screen = TerminalEmulator(10, 3)
    with suppress(UnknownSequence):
        screen.write(text)
    assert [len(row) for row in screen.picture.rows] == [10, 10, 10]
