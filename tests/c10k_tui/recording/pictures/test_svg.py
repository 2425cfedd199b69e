"""SVG: it has the size and the pixels of the PNG, and needs a font for letters only."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from c10k_tui.recording.pictures.draw import image
from c10k_tui.recording.pictures.glyph_masks import baseline, font, size_for
from c10k_tui.recording.pictures.glyph_outlines import outline
from c10k_tui.recording.pictures.styled_cells import PLAIN, CellStyle, TerminalPicture, ansi, cell
from c10k_tui.recording.pictures.svg import svg
from tests.support.drawn_pictures import AMBER, HEADER, picture, row_of

SPACE = "{http://www.w3.org/2000/svg}"
RECTANGLE = re.compile(r"M(\d+) (\d+)H(\d+)V(\d+)H(\d+)z")
DRAWN = "".join(map(chr, [*range(0x2580, 0x2590), *range(0x2591, 0x25A0), *range(0x2800, 0x2900, 7)]))
LINES = "─│┌┐└┘├┤┬┴┼╭╮╰╯╴╵╶╷━┃┏┓┗┛"


def filled(root):
    """The pixels of a document whose shapes are all rectangles with whole coordinates."""
    _, _, width, height = map(int, root.attrib["viewBox"].split())
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    for element in root:
        colour = list(bytes.fromhex(element.attrib["fill"][1:]))
        if element.tag == f"{SPACE}rect":
            pixels[:] = colour
            continue
        outline = element.attrib["d"]
        assert RECTANGLE.sub("", outline) == ""
        for left, top, right, bottom, back in RECTANGLE.findall(outline):
            assert back == left
            pixels[int(top) : int(bottom), int(left) : int(right)] = colour
    return pixels


def test_blocks_lines_and_braille_are_the_rectangles_of_the_png():
    styles = [
        AMBER,
        AMBER._replace(reverse=True),
        CellStyle(ansi(9), ansi(4)),
        CellStyle(0xFFFFFF, 7, dim=True),
    ]
    styles += [AMBER._replace(underline=True), PLAIN._replace(strike=True)]
    signs = [sign for sign in DRAWN + LINES if sign not in "▔▕"]
    rows = tuple(
        tuple(cell(signs[(x + 20 * y) % len(signs)], styles[(x // 3 + y) % len(styles)]) for x in range(20))
        for y in range(8)
    )
    shown = TerminalPicture(20, rows)
    root = ElementTree.fromstring(svg(shown, HEADER))
    assert root.find(f"{SPACE}text") is None
    assert np.array_equal(filled(root), image(shown, HEADER))


def test_half_of_each_thin_line_is_drawn_below_it_and_lines_one_below_the_other_are_one():
    shown = picture(row_of("─── │█"), row_of("    │"), row_of("    │"))
    root = ElementTree.fromstring(svg(shown, HEADER))
    smooth, crisp = (
        [tuple(map(int, found)) for found in RECTANGLE.findall(path.attrib["d"])]
        for path in root.findall(f"{SPACE}path")
    )
    assert smooth == [(0, 16, 48, 17, 0), (72, 0, 73, 96, 72)]
    assert crisp[0] == (0, 15, 48, 17, 0)


SYMBOLS = "→←↑↓▶◀▲▼●□■┊╌┈≤═╔◆✓▔"


def flattened(outline, scale):
    """The corners of each contour of a path, its curves cut into straight pieces."""
    for contour in outline.split("z")[:-1]:
        corners: list[tuple[float, float]] = []
        for letter, rest in re.findall(r"([MLQ])([^MLQ]*)", contour):
            numbers = [float(number) * scale for number in rest.split()]
            if letter == "Q":
                (x0, y0), (x1, y1, x2, y2) = corners[-1], numbers
                for step in range(1, 9):
                    t = step / 8
                    x = (1 - t) ** 2 * x0 + 2 * t * (1 - t) * x1 + t * t * x2
                    y = (1 - t) ** 2 * y0 + 2 * t * (1 - t) * y1 + t * t * y2
                    corners.append((x, y))
            else:
                corners.append((numbers[0], numbers[1]))
        yield corners


@pytest.mark.parametrize("bold", [False, True])
def test_outlines_of_symbols_cover_what_the_font_covers(bold):
    """Drawn eight times larger, where the hints of the font no longer move its edges much."""
    for symbol in SYMBOLS:
        shape = outline(symbol, bold, 16, 32)
        filled = Image.new("L", (128, 256))
        for corners in flattened(shape, 8):
            contour = Image.new("L", filled.size)
            ImageDraw.Draw(contour).polygon(corners, fill=255)
            filled = ImageChops.difference(filled, contour)
        drawn = Image.new("L", filled.size)
        place = (0, 8 * baseline(16, 32, bold))
        ImageDraw.Draw(drawn).text(place, symbol, fill=255, font=font(size_for(128), bold), anchor="ls")
        apart = np.asarray(ImageChops.difference(filled, drawn), dtype=float) / 255
        # A line of one pixel around the shape may differ.
        edge = np.asarray(drawn.filter(ImageFilter.FIND_EDGES), dtype=float).astype(bool).sum()
        assert apart.sum() <= edge + 64, symbol


def test_letters_marks_and_missing_glyphs_have_no_outline():
    assert [
        outline(sign, False, 16, 32) for sign in ("a", "é", "→\u0301", "漢", "\u2bfe", "\u2800", "⠿")
    ] == [None] * 7


def test_no_font_is_needed_for_anything_but_letters():
    shown = picture(row_of("a┊b→▶┈▒⣿╔═"), row_of("→→→"))
    root = ElementTree.fromstring(svg(shown, HEADER))
    assert "".join(element.text or "" for element in root.iter(f"{SPACE}text")) == "ab"
    uses = [use.attrib for use in root.iter(f"{SPACE}use")]
    link = "{http://www.w3.org/1999/xlink}href"
    assert [(use["x"], use["y"]) for use in uses if use[link] == "#n2192"] == [
        ("48", "0"), ("0", "32"), ("16", "32"), ("32", "32"),
    ]  # fmt: skip
    names = [path.attrib["id"] for path in root.iter(f"{SPACE}path") if "id" in path.attrib]
    assert sorted(names) == sorted({use[link][1:] for use in uses})


def test_an_svg_has_a_size_of_its_own():
    for cell_width, size in ((8, ("160", "64")), (12, ("240", "96"))):
        root = ElementTree.fromstring(svg(picture(), HEADER, cell_width))
        assert (root.attrib["width"], root.attrib["height"]) == size
        assert root.attrib["viewBox"] == "0 0 320 128"


def test_a_row_of_blocks_is_one_rectangle_and_no_edge_is_smoothed():
    root = ElementTree.fromstring(svg(picture(row_of("█" * 20), row_of("█" * 20)), HEADER))
    (path,) = root.findall(f"{SPACE}path")
    assert RECTANGLE.findall(path.attrib["d"]) == [
        ("0", "0", "320", "32", "0"), ("0", "32", "320", "64", "0"),
    ]  # fmt: skip
    assert path.attrib["shape-rendering"] == "crispEdges"


def test_every_letter_is_at_its_place_and_no_text_is_markup():
    style = AMBER._replace(bold=True, underline=True)
    shown = picture(row_of(" a<&b   ▓ c", style), row_of("x", CellStyle(0x1, 0xABCDEF)))
    root = ElementTree.fromstring(svg(shown, replace(HEADER, title="<script>")))
    assert root.findtext(f"{SPACE}title") == "<script>"
    texts = root.findall(f"{SPACE}text")
    assert [element.text for element in texts] == ["a<&b c", "x"]
    assert texts[0].attrib["x"].split() == ["16", "32", "48", "64", "144", "160"]
    assert texts[0].attrib["font-weight"] == "bold"
    assert texts[0].attrib["fill"] == "#ffaf00"
    assert "#abcdef" in {path.attrib["fill"] for path in root.findall(f"{SPACE}path")}
