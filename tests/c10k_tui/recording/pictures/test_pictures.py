"""Glyphs and PNG: every glyph is drawn, and the pixels match the cells."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageFont

from c10k_tui.recording.pictures.draw import CELL_HEIGHT, CELL_WIDTH, image, png
from c10k_tui.recording.pictures.glyph_masks import FONTS, mask
from c10k_tui.recording.pictures.styled_cells import DEFAULT, PLAIN, CellStyle, ansi, cell
from c10k_tui.text import glyphs
from tests.support.drawn_pictures import AMBER, HEADER, picture, row_of

NAMED = [value for name, value in vars(glyphs).items() if name.isupper()]
USED = {sign for value in NAMED if isinstance(value, str) for sign in value} | set(glyphs.HEAT)


@pytest.mark.parametrize("sign", sorted(USED | set("→×÷│▶…µ–·●▲╭╮╰╯─┏━┓┃┗┛▏▎▍▌▋▊▉█▇▆▅▄▃▂▁▀↑↓¼½")))
def test_a_glyph_is_drawn_and_is_not_the_box_of_a_missing_one(sign):
    width, height = CELL_WIDTH * 2, CELL_HEIGHT * 2
    for bold in (False, True):
        missing = mask("\ufffe", bold, width, height)
        drawn = mask(sign, bold, width, height)
        assert drawn.any()
        assert not np.array_equal(drawn, missing)


def test_letters_are_where_a_terminal_has_them():
    face = ImageFont.truetype(str(FONTS / "DejaVuSansMono.ttf"), 16 / (1233 / 2048))
    assert {face.getlength(sign) for sign in "iWm0"} == {face.getlength("x")}
    assert not np.array_equal(mask("a", False, 16, 32), mask("a", True, 16, 32))
    # Neither descenders nor tall glyphs are cut off.
    assert mask("g", False, 16, 32)[-1].max() == 0
    assert mask("|", False, 16, 32)[0].max() == 0


@pytest.mark.parametrize("code", [0x2801, 0x2840, 0x28FF, 0x2824])
def test_braille_has_a_dot_for_each_bit(code):
    shape = mask(chr(code), False, 16, 32)
    dots = (code & 0xFF).bit_count()
    assert shape.sum() == dots * 16
    assert mask(chr(0x2800), False, 16, 32).sum() == 0


@pytest.mark.parametrize(
    ("sign", "share"), [("█", 1), ("▄", 0.5), ("▀", 0.5), ("▌", 0.5), ("▐", 0.5), ("▒", 0.5), ("▙", 0.75)]
)
def test_blocks_fill_their_share_to_the_edge(sign, share):
    assert mask(sign, False, 8, 16).mean() == pytest.approx(share)


def test_lines_meet_at_the_edges_of_cells():
    for sign, arms in {"─": "lr", "│": "ud", "╭": "rd", "╯": "lu", "┏": "rd", "┃": "ud", "├": "rud"}.items():
        shape = mask(sign, False, 8, 16)
        edges = {"l": shape[:, 0], "r": shape[:, -1], "u": shape[0], "d": shape[-1]}
        assert {arm for arm, edge in edges.items() if edge.any()} == set(arms)


def test_pixels_have_the_colours_of_their_cells():
    styles = [
        AMBER,
        AMBER._replace(reverse=True),
        CellStyle(ansi(9), DEFAULT),
        CellStyle(),
        CellStyle(0xFFFFFF, 0, dim=True),
    ]
    row = tuple(cell("█", style) for style in styles) + (cell(" ", PLAIN),) * 15
    pixels = image(picture(row), HEADER, CELL_WIDTH)
    assert pixels.shape == (4 * CELL_HEIGHT, 20 * CELL_WIDTH, 3)
    colours = [int.from_bytes(pixels[8, x * CELL_WIDTH + 4].tobytes()) for x in range(6)]
    assert colours == [0xFFAF00, 0x121212, 0xFF0000, 0xBCBCBC, 0x808080, 0x121212]


def test_a_png_is_the_same_every_time_and_holds_the_pixels():
    shown = picture(row_of("select ▒▓█ ⣿ ─╮"))
    assert png(shown, HEADER) == png(shown, HEADER)
    assert np.array_equal(np.asarray(Image.open(BytesIO(png(shown, HEADER)))), image(shown, HEADER))
