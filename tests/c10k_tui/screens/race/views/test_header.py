"""The lines at the top and below the grids."""

from typing import Any

import pytest

from c10k_tui.screens.race.views.detail import detail_line
from c10k_tui.screens.race.views.header import scenario_line, speed_line
from c10k_tui.text.pace_words import scan_words, seconds_words, slowdown_words
from c10k_tui.text.styled_text import text_of, width_of
from sim.frames.frame import FdView
from sim.machine.costs import BUILT_IN
from sim.scenario.scenario import PRESETS, Scenario, Share
from tests.support.lane_frames import frame, lane


def test_the_scenario_and_what_is_true_of_the_figures():
    line = text_of(scenario_line(Scenario(), 120, BUILT_IN))
    assert "c10k   10,000 fds · 3 active · 20k req/s · seed 7" in line
    assert line.endswith("simulated · costs: built-in · FD_SETSIZE off ")


def test_the_limit_is_shown_where_select_runs():
    assert text_of(scenario_line(Scenario(fds=16, fd_setsize=True), 120, BUILT_IN)).endswith(
        "FD_SETSIZE 1024 on "
    )
    assert "FD_SETSIZE" not in text_of(scenario_line(Scenario(lanes=("poll", "epoll")), 120, BUILT_IN))


def test_shares_and_churn_are_written_out():
    line = text_of(scenario_line(Scenario(active=Share(10_000), churn=10_000), 120, BUILT_IN))
    assert "all active" in line
    assert "10k reconnects/s" in line
    assert "12.5% active" in text_of(scenario_line(Scenario(active=Share(1_250)), 120, BUILT_IN))


@pytest.mark.parametrize("width", [80, 96, 120, 200])
def test_both_lines_fill_their_width(width):
    big = Scenario(fds=1_000_000, active=Share(10_000), rate=1_000_000, churn=99_999)
    assert width_of(scenario_line(big, width, BUILT_IN)) == width
    assert width_of(pace(width, notice="a word " * 20, scans=1_234, kept_up=0.2)) == width


@pytest.mark.parametrize("fd_setsize", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {"fds": 2_000, "active": Share(1_000), "churn": 10_000},
        {"fds": 1_000_000, "active": 999_999, "churn": 99_999, "seed": 123_456},
        {"fds": 12_345, "active": 12_345, "rate": 12_345, "churn": 12_345, "seed": 2**63 - 1},
    ],
)
def test_at_80_columns_no_figure_of_the_scenario_is_cut(settings, fd_setsize):
    scenario = Scenario(fd_setsize=fd_setsize, **settings)
    line = text_of(scenario_line(scenario, 80, BUILT_IN))
    assert f"seed {scenario.seed} " in line
    assert any(f" {unit}/s" in line for unit in ("reconnects", "reconn.", "churn"))
    assert " sim" in line
    assert "…" not in line


def test_the_preset_with_churn_keeps_its_unit_at_80_columns():
    assert "· 10k reconnects/s · seed 7 " in text_of(scenario_line(PRESETS["churn"][1], 80, BUILT_IN))


def test_a_notice_replaces_the_slowdown():
    line = text_of(pace(80, notice="the limit of select is lifted", paused=True))
    assert "the limit of select is lifted" in line
    assert "1 ms takes" not in line


def pace(width=120, **changed):
    known: dict[str, Any] = {
        "end_ns": 12_408_000,
        "paused": False,
        "speed": 2.0,
        "rate_ns": 340_000.0,
        "scan_ns": 340_000,
        "kept_up": 1.0,
        "scans": 0,
        "notice": "",
    }
    return speed_line(frame(lane(), now_ns=12_408_000), width, **(known | changed))


def test_the_pace_and_the_time():
    line = text_of(pace())
    assert "▶ one scan takes 1 s · 1 ms takes 2.9 s" in line
    assert line.endswith("t = 12.4 ms ")


def test_a_pause_is_shown():
    assert "paused" in text_of(pace(paused=True))


def test_frames_that_skip_scans_say_how_many():
    assert "×37 scans this frame" in text_of(pace(speed=None, scans=37))
    assert "this frame" not in text_of(pace(scans=1))


def test_a_race_that_cannot_keep_up_says_so():
    assert "cannot keep up: ×0.6" in text_of(pace(kept_up=0.6))
    assert "keep up" not in text_of(pace(kept_up=0.99))


def test_as_fast_as_it_goes_and_a_notice():
    assert "as fast as it goes" in text_of(pace(speed=None))
    assert "seed 8" in text_of(pace(notice="seed 8"))


@pytest.mark.parametrize(
    ("scan_ns", "rate_ns", "words"),
    [
        (340_000, 170_000, "one scan takes 2 s"),
        (340_000, 3_400_000, "one scan takes 100 ms"),
        (544, 150_000, "276 scans fit in a second"),
    ],
)
def test_the_header_shows_the_wall_time_of_a_scan(scan_ns, rate_ns, words):
    assert scan_words(scan_ns, rate_ns) == words


@pytest.mark.parametrize(
    ("rate_ns", "words"),
    [
        (5_000, "1 µs takes 200 ms"),
        (340_000, "1 ms takes 2.9 s"),
        (34_000_000, "1 s takes 29.4 s"),
        (5e9, "1 s takes 200 ms"),
    ],
)
def test_the_header_shows_the_slowdown(rate_ns, words):
    assert slowdown_words(rate_ns) == words


def test_long_times_are_whole_seconds():
    assert seconds_words(1234.5) == "1,234 s"
    assert seconds_words(99.4) == "99.4 s"


def view(first=965, last=965, **known):
    fields = {"open": last - first + 1, "ready": 0, "buffered_bytes": 0, "state": "idle"}
    fields |= {"last_checked_ns": None, "last_packet_ns": None}
    return FdView(first_fd=first, last_fd=last, **(fields | known))


def test_the_cursor_shows_the_state_of_a_descriptor_in_each_lane():
    views = {"select": view(last_checked_ns=400), "epoll": view()}
    shown = frame(lane("select", 2_000), lane("epoll", 2_000), now_ns=1_000)
    assert text_of(detail_line(views, shown, 120)) == (
        " fd 965  select idle, checked 600 ns ago · epoll idle, never checked: nobody asked"
    )


def test_blocks_and_unread_bytes():
    views = {"poll": view(965, 977, state="mixed", ready=2, buffered_bytes=128)}
    shown = frame(lane("poll", 2_000))
    assert (
        text_of(detail_line(views, shown, 120))
        == " fds 965–977  poll 2 of 13 ready, 128 B unread, not checked yet"
    )
