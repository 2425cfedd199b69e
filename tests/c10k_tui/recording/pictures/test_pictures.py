"""PNG, GIF and SVG: every glyph is drawn, and the pixels match the cells."""

from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageFont

from c10k_tui.recording.cast.header import header_line, parse_header
from c10k_tui.recording.cast.settings import RecordingSettings
from c10k_tui.recording.pictures.draw import CELL_HEIGHT, CELL_WIDTH, image, png
from c10k_tui.recording.pictures.gif import STEPS, TRANSPARENT, GifPainter, gif
from c10k_tui.recording.pictures.glyph_masks import FONTS, mask
from c10k_tui.recording.pictures.styled_cells import (
    DEFAULT,
    PLAIN,
    CellStyle,
    TerminalPicture,
    ansi,
    blank,
    cell,
)
from c10k_tui.recording.pictures.svg import svg
from c10k_tui.text import glyphs

HEADER = parse_header(header_line(RecordingSettings(width=20, height=4)))
AMBER = CellStyle(0xFFAF00, 0x121212)


def row_of(text, style=AMBER, width=20):
    return tuple(cell(glyph, style) for glyph in text.ljust(width))


def picture(*rows):
    return TerminalPicture(20, (*rows, *[row_of("")] * (4 - len(rows))))


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
    pixels = image(picture(row), HEADER, scale=1)
    assert pixels.shape == (4 * CELL_HEIGHT, 20 * CELL_WIDTH, 3)
    colours = [int.from_bytes(pixels[8, x * CELL_WIDTH + 4].tobytes()) for x in range(6)]
    assert colours == [0xFFAF00, 0x121212, 0xFF0000, 0xBCBCBC, 0x808080, 0x121212]


def test_a_png_is_the_same_every_time_and_holds_the_pixels():
    shown = picture(row_of("select ▒▓█ ⣿ ─╮"))
    assert png(shown, HEADER) == png(shown, HEADER)
    assert np.array_equal(np.asarray(Image.open(BytesIO(png(shown, HEADER)))), image(shown, HEADER))


def frames_of(data):
    """The frames of a GIF as a viewer composes them, and the duration of each."""
    with Image.open(BytesIO(data)) as animation:
        for index in range(getattr(animation, "n_frames", 1)):
            animation.seek(index)
            yield np.asarray(animation.convert("RGB")), animation.info["duration"]


def painted(shown):
    """The pixels that a GIF should show, from its palette."""
    painter = GifPainter(HEADER, 20, 4)
    indices = painter.paint(shown)
    palette = np.array([[c >> 16, c >> 8 & 255, c & 255] for c in painter.palette], dtype=np.uint8)
    return palette[indices]


def test_a_gif_shows_each_picture_whole_though_only_changes_are_written():
    shown = [picture(row_of("one")), picture(row_of("one")), picture(row_of("two"), row_of("▒▒")), picture()]
    data = gif(iter(shown), HEADER, 100)
    assert data == gif(iter(shown), HEADER, 100)
    seen = list(frames_of(data))
    assert [duration for _, duration in seen] == [200, 100, 2_000]
    for (pixels, _), expected in zip(seen, (shown[0], shown[2], shown[3]), strict=True):
        assert np.array_equal(pixels, painted(expected))


def test_the_edges_of_letters_come_near_those_of_the_png():
    shown = picture(row_of("Wasted checks"))
    fine = image(shown, HEADER, scale=1).astype(int)
    assert np.abs(painted(shown).astype(int) - fine).max() <= round(0xFF / STEPS / 2) + 1


def test_more_colours_than_a_gif_has_become_the_nearest():
    many = [CellStyle(0x010000 * n, 0x000100 * n + m) for n in range(80) for m in (0, 200)]
    painter = GifPainter(HEADER, 20, 4)
    for start in range(0, len(many), 20):
        painter.paint(picture(tuple(cell("a", style) for style in many[start : start + 20])))
    assert len(painter.palette) == TRANSPARENT
    assert painter.paint(picture()).max() < TRANSPARENT


def test_a_smaller_picture_leaves_nothing_of_the_larger_one():
    painter = GifPainter(HEADER, 20, 4)
    painter.paint(picture(row_of("x" * 20)))
    small = blank(10, 2)
    canvas = painter.paint(small)
    assert (canvas == canvas[0, 0]).all()


def test_svg_has_every_glyph_at_its_place_and_no_markup_of_the_text():
    style = AMBER._replace(bold=True, underline=True)
    shown = picture(row_of(" a<&b ▓", style), row_of("⣿", CellStyle(0x1, 0xABCDEF)))
    text = svg(shown, replace(HEADER, title="<script>"))
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title") == "<script>"
    texts = root.findall(f"{space}text")
    assert [element.text for element in texts] == ["a<&b▓", "⣿"]
    assert texts[0].attrib["x"].split() == ["8.4", "16.8", "25.2", "33.6", "50.4"]
    assert texts[0].attrib["font-weight"] == "bold"
    assert texts[0].attrib["fill"] == "#ffaf00"
    fills = [element.attrib["fill"] for element in root.findall(f"{space}rect")]
    assert fills == ["#121212", "#abcdef"]
