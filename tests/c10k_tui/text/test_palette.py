"""Themes: every role has a style in each theme, and no state differs by colour alone."""

import re
from itertools import combinations
from math import dist

import pytest
from rich.color import ColorSystem
from textual.color import Color

from c10k_tui.screens.race.views.cell_colours import glyph_look
from c10k_tui.screens.race.views.grid_cells import BLANK, CURSOR, HEAT_LEVELS, RAN, STATES
from c10k_tui.text.palette import _ROLES, Palette
from c10k_tui.text.themes import ansi, dark, light, themes
from sim.scenario.lanes import LANES

LANE_NAMES = tuple(LANES)

CUBE = ("00", "5f", "87", "af", "d7", "ff")


def contrast(one, other):
    """The contrast ratio of WCAG 2: 1 for equal colours, 21 for black on white."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in Color.parse(colour).normalized
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


@pytest.mark.parametrize("variables", [dark(), light(), ansi(), {}])
def test_every_role_has_a_style(variables):
    palette = Palette(variables)
    for role in _ROLES:
        assert palette[role].color is not None
        assert palette[role].bgcolor is not None


def test_the_themes_name_the_same_colours():
    assert dark().keys() == light().keys() == ansi().keys()
    assert [theme.name for theme in themes()] == ["c10k-dark", "c10k-light", "c10k-ansi"]


@pytest.mark.parametrize("theme", [dark(), light()])
def test_colours_are_those_a_terminal_with_256_has(theme):
    for name, value in theme.items():
        assert re.fullmatch("#[0-9a-f]{6}", value)
        red, green, blue = value[1:3], value[3:5], value[5:]
        grey = red == green == blue and (int(red, 16) - 8) % 10 == 0
        assert grey or {red, green, blue} <= set(CUBE), name


@pytest.mark.parametrize("system", [ColorSystem.STANDARD, ColorSystem.EIGHT_BIT])
@pytest.mark.parametrize("theme", [dark(), light()])
def test_nothing_vanishes_where_there_are_16_or_256_colours(theme, system):
    palette = Palette(theme)
    for role in _ROLES:
        front, back = palette[role].color, palette[role].bgcolor
        assert front is not None
        assert back is not None
        assert front.downgrade(system) != back.downgrade(system), role


@pytest.mark.parametrize("theme", [dark(), light()])
def test_text_stands_out_from_its_background(theme):
    pairs = [
        (name, "base") for name in ("text", "strong", "dim", "alarm", "front", "heat-4", "ready", *LANE_NAMES)
    ]
    pairs += [("on-fill", name[len("c10k-") :]) for name in theme if "cpu" in name and "idle" not in name]
    pairs += [("on-fill", "cursor"), ("on-idle", "cpu-idle")]
    for front, back in pairs:
        assert contrast(theme[f"c10k-{front}"], theme[f"c10k-{back}"]) >= 3, (front, back)


@pytest.mark.parametrize("theme", [dark(), light()])
def test_data_and_scan_differ_in_blue_against_yellow_which_every_eye_tells_apart(theme):
    scan, data = Color.parse(theme["c10k-heat-3"]), Color.parse(theme["c10k-ready"])
    assert scan.b < scan.r
    assert data.b > data.r


@pytest.mark.parametrize("theme", [dark(), light()])
def test_each_lane_has_a_colour_of_its_own(theme):
    places = {name: lab(Color.parse(theme[f"c10k-{name}"])) for name in LANE_NAMES}
    for one, other in combinations(LANE_NAMES, 2):
        assert dist(places[one], places[other]) >= 18, (one, other)


def lab(colour):
    """A colour in CIELAB: a distance is a visible difference (2 is just noticeable)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def test_states_differ_by_glyph_and_not_by_colour_only():
    palette = Palette(dark())
    states = {state: glyph_look(state * HEAT_LEVELS, palette)[0] for state in STATES}
    trail = [glyph_look(heat, palette)[0] for heat in (1, 2, 4, 5)]
    ran = [glyph_look(RAN * HEAT_LEVELS + heat, palette)[0] for heat in (1, 2, 4)]
    del states[RAN]
    glyphs = [*states.values(), *trail, *ran]
    assert len(set(glyphs)) == len(glyphs)


def test_every_code_has_a_look_and_the_cursor_changes_it():
    palette = Palette(dark())
    assert len(STATES) * HEAT_LEVELS <= CURSOR
    for code in range(len(STATES) * HEAT_LEVELS):
        glyph, style = glyph_look(code, palette)
        under_cursor = glyph_look(code + CURSOR, palette)
        assert len(glyph) == 1
        assert under_cursor == (glyph, palette["cursor"])
        assert style != palette["cursor"]
    assert glyph_look(BLANK, palette)[0] == " "
