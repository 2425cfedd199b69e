"""The words of a fault that strikes: as many as fit, none cut, always with the remedy."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.recording.live.markers import RaceState, markers_between
from c10k_tui.screens.race.views.feed import FeedModel, row_line
from c10k_tui.screens.race.views.grid_cells import STRUCK, CellModel
from c10k_tui.screens.race.views.time_line import time_line
from c10k_tui.screens.race.views.verdict import verdict
from c10k_tui.screens.race.views.warning import (
    HOLD_S,
    LastingWarnings,
    curable,
    strike_row,
    struck_verdict,
    unmade_fault,
    warning_lines,
)
from c10k_tui.session.time_line import TimeLineMark, TimeView, change_words
from c10k_tui.text import glyphs
from c10k_tui.text.fault_words import struck_words
from c10k_tui.text.styled_text import text_of, width_of
from sim.frames.frame import FaultView
from sim.machine.records import Effect, Kind
from sim.race.faults.diagnosis import of_failure
from sim.race.race import Race
from sim.scenario.fault_presets import FAULT_PRESETS
from sim.scenario.faults import CURES, FAULTS, STRIKING
from sim.scenario.scenario import Scenario
from sim.stdlib.kernel import Kernel
from tests.support.lane_frames import FIRST_FD, frame, lane, packet
from tests.support.races import MS

DRAIN = FaultView(
    "no-drain",
    "descriptor 43 starves with 640 bytes unread: edge-triggered, it was told of once",
    43,
    6,
    "fd 43 starves with 640 bytes unread",
    CURES["no-drain"],
    12,
    480_000,
    620_000,
)


@cache
def seen() -> dict[str, list[FaultView]]:
    """Every warning that the presets give within 20 ms, by preset."""
    views: dict[str, list[FaultView]] = {}
    for name, (_, scenario) in FAULT_PRESETS.items():
        race = Race(scenario)
        for _ in range(40):
            race.advance(race.now_ns + MS // 2)
            found = [lane.warning for lane in race.frame().lanes if lane.warning is not None]
            views.setdefault(name, []).extend(found)
    return views


def test_the_warnings_cover_present_and_past_faults():
    present = {view.present for views in seen().values() for view in views}
    assert present == {True, False}
    assert {view.kind for views in seen().values() for view in views} == {*FAULTS, "fd-setsize"}


@pytest.mark.parametrize("width", [28, 38, 58, 98])
@pytest.mark.parametrize("name", [name for name in FAULT_PRESETS if name != "herd-cured"])
def test_the_remedy_is_always_shown_and_no_word_is_cut(name, width):
    for view in seen()[name]:
        lines = warning_lines(view, width, 2, with_key=True)
        assert len(lines) <= 2
        assert all(width_of(line) <= width for line in lines)
        words = " ".join(map(text_of, lines))
        assert view.cure in words
        assert "…" not in words


@given(st.integers(1, 200), st.integers(1, 4), st.booleans())
def test_a_warning_never_is_wider_or_higher_than_there_is_room(width, rows, with_key):
    lines = warning_lines(DRAIN, width, rows, with_key=with_key)
    assert 1 <= len(lines) <= rows
    # A single word that is wider stays whole; the widget that draws it clips it.
    assert all(width_of(line) <= max(width, 12) for line in lines)


def test_with_more_room_more_is_said():
    found = [
        " ".join(map(text_of, warning_lines(DRAIN, width, 2, with_key=True))) for width in (20, 38, 58, 110)
    ]
    assert found == [
        "no-drain → read until EAGAIN",
        "fd 43 starves with 640 bytes unread. Instead: read until EAGAIN (u)",
        f"{DRAIN.brief}. Instead: read until EAGAIN (u: cure it) · struck 12× since 480 µs",
        f"{DRAIN.text}. Instead: read until EAGAIN (u: cure it) · struck 12× since 480 µs",
    ]


def test_the_key_is_offered_only_where_the_mistake_is_a_switch():
    assert curable(DRAIN, Scenario(fault="no-drain"))
    assert not curable(DRAIN, Scenario())
    assert not curable(DRAIN, Scenario(fault="dup"))
    wall = of_failure(Kernel(), "select fails here", 0, 0)
    assert not curable(wall, Scenario(fd_setsize=True))  # it failed for another reason
    assert curable(replace(wall, kind="fd-setsize"), Scenario(fd_setsize=True))


def test_a_warning_stays_while_the_race_runs_and_its_count_grows():
    steady = LastingWarnings()
    other = replace(DRAIN, fd=51, brief="fd 51 starves", strikes=13)

    def held(view: FaultView | None, now_s: float, *, moving: bool = True) -> tuple[object, ...]:
        whole = frame(lane("epoll"), lane("epoll-et", warning=view))
        warning = steady.hold(whole, now_s, moving=moving).lanes[1].warning
        return () if warning is None else (warning.fd, warning.brief, warning.strikes)

    assert held(DRAIN, 10.0) == (43, DRAIN.brief, 12)
    assert held(other, 10.0 + HOLD_S / 2) == (43, DRAIN.brief, 13)
    assert held(replace(DRAIN, present=False, brief="was"), 10.1) == (43, DRAIN.brief, 12)
    assert held(replace(DRAIN, brief="more bytes", strikes=14), 10.1) == (43, "more bytes", 14)
    assert held(other, 10.0 + HOLD_S) == (51, "fd 51 starves", 13)
    assert held(DRAIN, 10.1 + HOLD_S) == (51, "fd 51 starves", 12)
    assert held(DRAIN, 10.1 + HOLD_S, moving=False) == (43, DRAIN.brief, 12)
    assert held(other, 10.1 + HOLD_S) == (51, "fd 51 starves", 13)
    assert held(None, 10.2 + HOLD_S) == ()
    assert held(DRAIN, 10.3 + HOLD_S) == (43, DRAIN.brief, 12)
    assert held(replace(other, kind="dup"), 10.4 + HOLD_S) == (51, "fd 51 starves", 13)
    steady.forget()
    assert held(DRAIN, 10.5 + HOLD_S) == (43, DRAIN.brief, 12)


# --- the verdict, the feed, the time line, the grid -------------------------------------------------


@pytest.mark.parametrize("width", range(50, 200, 10))
def test_the_verdict_names_the_lane_the_fault_and_who_is_spared(width):
    found = frame(lane("epoll"), lane("epoll-et", warning=DRAIN), fault="no-drain")
    words = text_of(verdict(found, width))
    assert len(words) <= width
    assert words.startswith("epoll-et: no-drain")
    assert words.endswith(".")
    assert "u: cure it" in words
    assert ("epoll is spared" in words) == (width >= 80)
    assert struck_verdict(frame(lane("epoll"), lane("epoll-et"))) is None


def test_each_lane_with_a_fault_has_its_warning():
    views = [
        replace(DRAIN, kind="slow-reader", brief=f"{who} waits for a client") for who in ("one", "everybody")
    ]
    lanes = [lane("thread", warning=views[0]), lane("epoll", warning=views[1])]
    assert text_of(verdict(frame(*lanes), 100)) == (
        "thread: one waits for a client; epoll: everybody waits for a client."
    )
    assert text_of(verdict(frame(*lanes), 60)) == "thread and epoll: slow-reader struck 24× since 480 µs."
    healthy = [lane("select"), lane("poll")]
    found = text_of(verdict(frame(*healthy, lane("epoll-et", warning=DRAIN)), 120))
    assert found.endswith("fd 43. The others are spared.")


def test_a_mistake_that_no_lane_of_the_race_can_make():
    assert unmade_fault(Scenario()) is None
    assert unmade_fault(Scenario(fault="dup")) is None
    assert unmade_fault(Scenario(fault="backlog", lanes=("select",))) is None
    found = unmade_fault(Scenario(fault="herd"))
    assert found is not None
    assert text_of(found[0]).startswith("herd is a mistake that epoll-exclusive makes, which is not in this")


@pytest.mark.parametrize("kind", range(len(STRIKING)))
def test_the_feed_tells_of_a_strike_in_the_room_there_is(kind):
    for width in range(12, 160, 7):
        line = strike_row("epoll-exclusive", kind, 1_000, 1_234, width)
        assert width_of(line) <= width
    wide = text_of(strike_row("epoll-et", kind, 1, 43, 160))
    assert wide.startswith(f"! epoll-et: {STRIKING[kind]} strikes, fd 43")


def test_a_strike_has_a_row_after_the_packets_of_its_moment_and_counts_as_none():
    model = FeedModel()
    strike = (2_000, Kind.STRIKE, FIRST_FD, 1, STRIKING.index("no-drain"), 0)
    records = [packet(1_000, FIRST_FD, Effect.READY_LIST, 0), packet(2_000, FIRST_FD + 1, Effect.NOBODY, 1)]
    found = frame(lane("epoll", records=records), lane("epoll-et", records=[*records, strike]))
    model.take(found)
    rows = model.rows()
    assert [row.strike for row in rows] == [None, None, ("epoll-et", 0, 1)]
    assert "no-drain strikes" in text_of(row_line(rows[-1], ["epoll", "epoll-et"], 118))
    assert model.missed == 0
    model.only_fd = FIRST_FD
    assert [row.fd for row in model.rows()] == [FIRST_FD, FIRST_FD]


def test_the_time_line_shows_where_it_struck_and_where_it_was_cured():
    marks = (
        TimeLineMark(300, "struck", "epoll-et: no-drain strikes"),
        TimeLineMark(600, "cured", "no-drain cured"),
    )
    line = text_of(time_line(TimeView(500, 1_000, 0, 1, marks), 120))
    assert line.index(glyphs.STRUCK) < line.index(glyphs.POSITION) < line.index(glyphs.CHANGED)
    assert "no-drain cured" in line


def test_the_time_line_names_a_changed_fault():
    fault, none = Scenario(fault="dup"), Scenario()
    assert change_words(fault, none) == "dup cured"
    assert change_words(none, fault) == "dup made"
    assert markers_between(RaceState(1, fault), RaceState(1, none)) == ["dup cured"]
    begun = FAULT_PRESETS["dup"][1]
    assert markers_between(RaceState(1, none), RaceState(2, replace(begun, seed=9))) == ["preset dup"]


def test_the_marked_cell_stands_out_but_for_the_cursor():
    model = CellModel()
    model.resize(10, 40, 4)
    model.mark(FIRST_FD + 3)
    model.show(lane(fds=10), 0, 1_000.0)
    x, y = model.layout.corner_of(3)
    assert model.codes[y, x] == STRUCK * 257
    assert (model.codes == STRUCK * 257).sum() == model.layout.fill_x * model.layout.fill_y
    model.cursor = 3
    model.show(lane(fds=10), 0, 1_000.0)
    assert not (model.codes == STRUCK * 257).any()
    model.cursor = None
    for fd in (None, 3, FIRST_FD + 10):
        model.mark(fd)
        model.show(lane(fds=10), 0, 1_000.0)
        assert not (model.codes == STRUCK * 257).any()


def test_how_often_and_since_when():
    assert struck_words(DRAIN) == "struck 12× since 480 µs"
    assert struck_words(replace(DRAIN, strikes=1)) == "struck at 480 µs"
