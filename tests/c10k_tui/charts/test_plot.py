"""The chart in cells: the places of its parts, and that it is readable without colour."""

import pytest

from c10k_tui.charts.chart import ChartPoint
from c10k_tui.screens.curve.views.plot import AXIS_WIDTH, plot_lines
from c10k_tui.text.glyphs import BRAILLE_BASE
from c10k_tui.text.styled_text import text_of, width_of
from tests.support.known_charts import EPOLL, SELECT, chart, measured


def rows(known, width=80, height=20):
    return [text_of(line) for line in plot_lines(known, width, height)]


def cell(lines, x, y):
    """Glyph and role of a cell."""
    at = 0
    for text, role in lines[y]:
        if at <= x < at + len(text):
            return text[x - at], role
        at += len(text)
    raise AssertionError((x, y))


@pytest.mark.parametrize("size", [(20, 6), (80, 12), (118, 24), (198, 40)])
def test_it_fills_its_lines_exactly(size):
    lines = plot_lines(chart(rule=1e3, rule_label="the race: 1,000 fds"), *size)
    assert len(lines) == size[1]
    assert {width_of(line) for line in lines} == {size[0]}


def test_axes_are_labelled_and_lines_carry_their_names():
    picture = rows(chart())
    assert picture[0].startswith(" 10 ms ┤")
    assert any(row.startswith("  1 µs ┤") for row in picture)
    assert picture[-1].split() == ["10", "100", "1,000", "10,000"]
    assert [row.split()[-1] for row in picture if row.rstrip().endswith(("select", "poll", "epoll"))] == [
        "poll",
        "select",
        "epoll",
    ]


def test_select_climbs_and_epoll_is_level():
    def heights(curve):
        lines = plot_lines(chart(curves=(curve,)), 80, 20)
        drawn = [
            (x, y)
            for y in range(18)
            for x in range(AXIS_WIDTH, 72)
            if cell(lines, x, y)[1] == curve.name and ord(cell(lines, x, y)[0]) > BRAILLE_BASE
        ]
        return [min(y for x, y in drawn if x == column) for column in sorted({x for x, _ in drawn})]

    climbing, level = heights(SELECT), heights(EPOLL)
    assert climbing == sorted(climbing, reverse=True)
    assert climbing[0] - climbing[-1] >= 15
    assert len(set(level)) == 1


def test_the_rule_stands_where_it_should_and_the_costs_beside_it():
    picture = rows(chart(rule=1e3, rule_label="the race: 1,000 fds"))
    assert "the race: 1,000 fds" in picture[0]
    columns = {row.index("┊") for row in picture if "┊" in row}
    (column,) = columns
    assert picture[-1].index("1,000") <= column <= picture[-1].index("1,000") + 5
    words = "\n".join(picture)
    for cost in ("200 µs", "100 µs ", "4.00 µs"):
        assert cost in words


def test_marks_are_letters_told_apart_by_more_than_colour():
    marks = (measured("select", 100, 1e4), ChartPoint("epoll", "published", 1e3, 1e6))
    lines = plot_lines(chart(curves=(), marks=marks), 80, 20)
    found = {
        (glyph, role)
        for y in range(18)
        for x in range(AXIS_WIDTH, 72)
        for glyph, role in [cell(lines, x, y)]
        if role.startswith(("measured", "published"))
    }
    assert found == {("s", "measured-select"), ("e", "published-epoll")}


def test_marks_of_one_place_stand_side_by_side():
    marks = tuple(measured(name, 100, 1e4) for name in ("select", "poll", "epoll"))
    assert any("esp" in row for row in rows(chart(curves=(), marks=marks)))


def test_a_dashed_line_lets_another_be_seen_beneath_it():
    twin = chart(curves=(SELECT, type(SELECT)("poll", SELECT.points)))
    lines = plot_lines(twin, 80, 20)
    roles = {
        role for line in lines for text, role in line if any(ord(glyph) > BRAILLE_BASE for glyph in text)
    }
    assert {"select", "poll"} <= roles


def test_nothing_to_draw_is_an_empty_chart():
    assert len(rows(chart(curves=()))) == 20
