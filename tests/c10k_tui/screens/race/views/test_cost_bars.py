"""The bars that compare the costs: their lengths are the costs, and the factor is theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.screens.race.views.cost_bars import bar_of, cost_bar_lines
from c10k_tui.text.styled_text import text_of, width_of
from sim.scenario.lanes import LANES
from tests.support.lane_frames import counters, frame, lane
from tests.support.lane_races import frames


def spent(name, wait_ns, wakeups=1, **known):
    return lane(name, counters=counters(wakeups=wakeups, cost_ns={"scan": wait_ns}, **known))


def said(*lanes, width=120):
    return [text_of(line).rstrip() for line in cost_bar_lines(frame(*lanes), width)]


def test_the_dearest_has_the_longest_bar_and_the_cheapest_the_factor():
    select, epoll = said(spent("select", 508_000), spent("epoll", 2_300))
    assert select.startswith(" To find out who has data:  select █████")
    assert select.endswith("█ 508 µs")
    assert epoll.endswith(" epoll  ▎ 2.30 µs   221 times less")


def test_until_all_lanes_have_a_cost_there_are_no_bars():
    select, epoll = said(lane("select"), spent("epoll", 2_300))
    assert select.endswith("select  –")
    assert epoll.endswith("epoll   2.30 µs")


def test_equal_costs_have_no_factor():
    assert not any("less" in line for line in said(spent("select", 1_000), spent("poll", 1_010)))


def test_tasks_are_compared_by_the_request():
    thread = spent("thread", 9_000, wakeups=3, requests=3)
    epoll = spent("epoll", 9_000, wakeups=1, requests=9)
    lines = said(thread, epoll)
    assert lines[0].startswith(" Waiting, for each request:  thread ")
    assert lines[0].endswith(" 3.00 µs")
    assert lines[1].endswith(" 1.00 µs   3.0 times less")


@pytest.mark.parametrize(
    ("part", "whole", "bar"),
    [(0, 10, ""), (1, 100_000, "▏"), (10, 10, "████"), (5, 10, "██"), (1, 3, "█▍"), (3, 0, "")],
)
def test_a_bar_is_drawn_in_eighths(part, whole, bar):
    assert bar_of(part, whole, 4) == bar


@given(frame=frames(), width=st.integers(78, 200))
def test_the_bars_of_every_race_are_whole(frame, width):
    lines = cost_bar_lines(frame, width)
    assert len(lines) == len(frame.lanes)
    for line, shown in zip(lines, frame.lanes, strict=True):
        assert width_of(line) <= width
        assert "…" not in text_of(line)
        assert {role for _, role in line if role in LANES} <= {shown.name}
