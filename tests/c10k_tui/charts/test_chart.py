"""A chart as a value: the values of its lines between two points, its round figures, its crossings."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.charts.chart import Curve, apart, crossing, round_words, x_ticks, y_ticks
from tests.support.known_charts import EPOLL, POLL, SELECT, chart, measured


def test_between_two_points_the_scales_are_straight():
    assert SELECT.at(10) == pytest.approx(1e3)
    assert SELECT.at(100) == pytest.approx(1e4)
    assert SELECT.at(1e4) == pytest.approx(1e6)
    assert EPOLL.at(5_000) == pytest.approx(4e3)


def test_beyond_its_ends_a_line_says_nothing():
    assert SELECT.at(9) is None
    assert SELECT.at(10_001) is None
    assert Curve("select", ()).at(10) is None


def test_lines_cross_where_they_cost_the_same():
    assert crossing(SELECT, EPOLL) == pytest.approx(40)
    assert crossing(EPOLL, SELECT) == pytest.approx(40)
    assert crossing(SELECT, POLL) is None
    assert crossing(SELECT, Curve("epoll", ())) is None


@given(st.floats(1, 1e6), st.floats(11, 9_999))
def test_a_crossing_is_on_both_lines(level, start):
    flat = Curve("epoll", ((start, level), (1e4, level)))
    place = crossing(SELECT, flat)
    if place is not None:
        assert SELECT.at(place) == pytest.approx(level, rel=1e-6)
    else:
        assert level <= (SELECT.at(start) or 0) * 1.0001 or level >= 1e6 * 0.9999


def test_readings_at_the_rule_come_dearest_first():
    assert [(name, round(cost)) for name, cost in chart(rule=1e3).readings()] == [
        ("poll", 200_000),
        ("select", 100_000),
        ("epoll", 4_000),
    ]
    assert chart().readings() == []
    assert chart(rule=5.0).readings() == []


def test_the_axes_end_at_round_figures_around_all_there_is():
    assert chart().y_range() == (1e3, 1e7)
    assert chart(marks=(measured("epoll", 10, 90),)).y_range() == (10, 1e7)
    assert chart(curves=()).y_range() == (100, 1e6)
    close = Curve("select", ((10.0, 740_000.0), (1e4, 800_000.0)))
    assert chart(curves=(close,)).y_range() == (500_000, 1_000_000)


def test_ticks_are_powers_of_ten_or_what_lies_between_two_of_them():
    assert [words for _, words in x_ticks(chart())] == ["10", "100", "1,000", "10,000"]
    assert [words for _, words in y_ticks(chart())] == ["1 µs", "10 µs", "100 µs", "1 ms", "10 ms"]
    close = Curve("select", ((10.0, 740_000.0), (1e4, 800_000.0)))
    assert [words for _, words in y_ticks(chart(curves=(close,)))] == ["500 µs", "1 ms"]
    shares = chart(x_range=(0.0001, 1.0), x_per_cent=True)
    assert [words for _, words in x_ticks(shares)] == ["0.01 %", "0.1 %", "1 %", "10 %", "100 %"]


@pytest.mark.parametrize(
    ("cost_ns", "words"), [(1, "1 ns"), (500, "500 ns"), (1e3, "1 µs"), (2e7, "20 ms"), (1e12, "1,000 s")]
)
def test_round_costs_are_one_short_word(cost_ns, words):
    assert round_words(cost_ns) == words


@given(st.lists(st.floats(0, 100), max_size=5).map(sorted))
def test_labels_are_kept_apart_and_within(wanted):
    placed = apart(wanted, 10, 0, 100)
    assert all(later - earlier >= 9.99 for earlier, later in pairwise(placed))
    assert all(-0.01 <= place <= 100.01 for place in placed)
