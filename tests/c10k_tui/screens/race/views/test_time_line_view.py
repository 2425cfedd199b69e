"""The time line: the place of each mark, and the time of each place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from c10k_tui.screens.race.views.time_line import layout_of, time_line
from c10k_tui.session.time_line import TimeLineMark, TimeView, change_words, time_view
from c10k_tui.text.styled_text import text_of, width_of
from sim.race.race import Race
from sim.scenario.scenario import Scenario, Share

MS = 1_000_000
WIDTHS = [80, 100, 120, 200, 300]
CHANGED = TimeLineMark(10 * MS, "changed", "fds 256→512")


def view_of(now_ns, *marks, end_ns=30 * MS, branch=0, branches=1):
    return TimeView(now_ns, end_ns, branch, branches, marks)


def signs(view, width):
    place = layout_of(width)
    return text_of(time_line(view, width))[place.first_x : place.first_x + place.cells]


@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_as_wide_as_it_may_be_and_whole(width):
    line = time_line(view_of(12 * MS, CHANGED), width)
    assert width_of(line) <= width
    text = text_of(line)
    assert text.startswith(" < ├")
    assert text[layout_of(width).first_x + layout_of(width).cells :].startswith("┤ >  12.0 ms  of 30.0 ms ")
    assert "▲ fds 256→512" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_start_position_and_end_stand_where_they_belong(width):
    cells = layout_of(width).cells
    assert signs(view_of(0), width) == "●" + "─" * (cells - 1)
    assert signs(view_of(30 * MS), width) == "━" * (cells - 1) + "●"
    middle = signs(view_of(15 * MS), width)
    assert set(middle[: middle.index("●")]) == {"━"}
    assert abs(middle.index("●") - (cells - 1) / 2) <= 0.5
    assert signs(view_of(0, end_ns=0), width)[0] == "●"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("now_ns", [0, 1, 7 * MS, 30 * MS])
def test_a_place_means_the_moment_that_is_drawn_there(width, now_ns):
    place, view = layout_of(width), view_of(now_ns, CHANGED)
    for x in range(place.first_x, place.first_x + place.cells):
        assert place.x_of(place.moment_at(x, view), view.end_ns) == x
    assert place.moment_at(0, view) == 0
    assert place.moment_at(width, view) == view.end_ns
    assert place.moment_at(place.x_of(CHANGED.at_ns, view.end_ns), view) == CHANGED.at_ns


def test_the_future_that_was_left_is_there_but_not_to_be_had():
    view = replace(view_of(12 * MS, end_ns=15 * MS, branch=1, branches=2), left_end_ns=30 * MS)
    row = signs(view, 120)
    cells = layout_of(120).cells
    assert row.rstrip("╌").rstrip("─").rstrip("●").rstrip("━") == ""
    assert row.count("╌") == pytest.approx(cells / 2, abs=1)
    assert row.index("●") == pytest.approx(cells * 12 / 30, abs=1)
    assert " 12.0 ms  of 15.0 ms " in text_of(time_line(view, 120))
    assert "╌" not in signs(replace(view, end_ns=40 * MS), 120)


def test_every_kind_of_marker_has_a_glyph_of_its_own():
    kinds = ("changed", "failed", "dropped", "fork", "left")
    drawn = [signs(view_of(30 * MS, TimeLineMark(10 * MS, kind, "so")), 120) for kind in kinds]
    assert len({text[text.index(next(iter(set(text) - set("━●")))) :][0] for text in drawn}) == len(kinds)
    both = signs(view_of(0, CHANGED, TimeLineMark(10 * MS, "failed", "select: failed")), 120)
    assert "×" in both
    assert "▲" not in both


def test_words_tell_of_the_nearest_marker_and_of_the_branches():
    late = TimeLineMark(20 * MS, "dropped", "poll: first drop")
    assert "10.0 ms ▲ fds 256→512" in text_of(time_line(view_of(14 * MS, CHANGED, late), 120))
    assert "20.0 ms ▼ poll: first drop" in text_of(time_line(view_of(16 * MS, CHANGED, late), 120))
    forked = view_of(16 * MS, TimeLineMark(10 * MS, "left", "left branch 1"), CHANGED, branch=1, branches=3)
    assert "branch 2/3 10.0 ms ┴ left branch 1 ▲ fds" in text_of(time_line(forked, 200))
    assert "branch 2/3" in text_of(time_line(forked, 80))
    assert "b: back" in text_of(time_line(view_of(0), 80))


def test_a_race_with_branches_is_seen_from_each_of_them():
    first = Scenario(fds=64)
    race = Race(first)
    race.advance(10 * MS)
    race.change(replace(first, fds=128))
    race.advance(20 * MS)
    race.seek(15 * MS)
    race.change(replace(race.scenario, rate=50_000))
    race.change(replace(race.scenario, lanes=("epoll",)))
    race.advance(25 * MS)
    view = time_view(race)
    assert (view.now_ns, view.end_ns, view.branch, view.branches) == (25 * MS, 25 * MS, 1, 2)
    assert view.marks == (
        TimeLineMark(10 * MS, "changed", "fds 64→128"),
        TimeLineMark(15 * MS, "changed", "20k→50k req/s, select off"),
        TimeLineMark(15 * MS, "left", "left branch 1"),
    )
    assert view.left_end_ns == 20 * MS
    race.go_to(replace(race.snapshot(), branch=0, at_ns=12 * MS))
    view = time_view(race)
    assert view.span_ns == view.end_ns
    assert (view.now_ns, view.end_ns, view.branch) == (12 * MS, 20 * MS, 0)
    assert view.marks == (
        TimeLineMark(10 * MS, "changed", "fds 64→128"),
        TimeLineMark(15 * MS, "fork", "branch 2 parts"),
    )


def test_a_lane_that_fails_is_on_it():
    race = Race(Scenario(fds=2_000))
    race.advance(MS)
    race.change(replace(race.scenario, fd_setsize=True))
    race.advance(2 * MS)
    assert [mark.words for mark in time_view(race).at(MS)] == ["FD_SETSIZE on", "select: failed"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"fds": 16}, "fds 10,000→16"),
        ({"active": Share(10_000)}, "active 3→all"),
        ({"active": Share(100)}, "active 3→1%"),
        ({"rate": 0, "burst": 30}, "20k→0 req/s, burst 3→30"),
        ({"lanes": ("poll", "epoll")}, "poll on, select off"),
        ({"fd_setsize": True}, "FD_SETSIZE on"),
        ({}, "changed and back"),
    ],
)
def test_a_change_is_named_by_the_changed_setting(changed, words):
    assert change_words(Scenario(), replace(Scenario(), **changed)) == words
