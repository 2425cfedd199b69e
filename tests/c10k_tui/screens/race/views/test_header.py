"""The line at the top, and the line below the grids."""

from typing import Any

import pytest

from c10k_tui.screens.race.views.detail import detail_line
from c10k_tui.screens.race.views.header import LONG_SCAN_S, head_line
from c10k_tui.text.pace_words import scan_words, seconds_words, slow_motion_words
from c10k_tui.text.styled_text import text_of, width_of
from sim.frames.frame import FdView
from sim.scenario.scenario import PRESETS, Scenario, Share
from tests.support.lane_frames import frame, lane


def head(scenario=None, width=120, **changed):
    known: dict[str, Any] = {
        "paused": False,
        "speed": 2.0,
        "rate_ns": 294_000.0,
        "kept_up": 1.0,
        "scan_s": 1.0,
        "prices": "",
    }
    return head_line(scenario or Scenario(), width, **(known | changed))


def said(scenario=None, width=120, **changed):
    return text_of(head(scenario, width, **changed))


def test_the_scenario_and_the_pace():
    line = said()
    assert "c10k   10,000 connections · 3 send · 20k requests/s" in line
    assert line.rstrip().endswith("simulated · slow motion 3,400× ▶")


def test_another_cost_table_is_named():
    assert "simulated, costs: calibrated · slow" in said(prices="calibrated")


def test_the_limit_is_shown_if_it_stops_select():
    assert "select's limit: 1,024" in said(Scenario(fds=16, fd_setsize=True))
    assert "limit" not in said(Scenario(fds=16))
    assert "limit" not in said(Scenario(fds=16, fd_setsize=True, lanes=("poll", "epoll")))


def test_shares_and_churn_are_written_out():
    line = said(Scenario(active=Share(10_000), churn=10_000))
    assert "all send" in line
    assert "10k reconnects/s" in line
    assert "12.5% send" in said(Scenario(active=Share(1_250)))
    assert "1 connection · 1 sends" in said(Scenario(fds=1, active=1))


@pytest.mark.parametrize("width", [80, 96, 120, 200])
def test_the_line_fills_its_width(width):
    big = Scenario(fds=1_000_000, active=Share(10_000), rate=1_000_000, churn=99_999)
    for changed in ({}, {"kept_up": 0.2}, {"paused": True}, {"scan_s": 1_234.0}, {"speed": None}):
        assert width_of(head(big, width, **changed)) == width


@pytest.mark.parametrize("fd_setsize", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {"fds": 2_000, "active": Share(1_000), "churn": 10_000},
        {"fds": 1_000_000, "active": 999_999, "churn": 99_999},
        {"fds": 12_345, "active": 12_345, "rate": 12_345, "churn": 12_345},
    ],
)
def test_at_80_columns_no_figure_of_the_scenario_is_cut(settings, fd_setsize):
    line = said(Scenario(fd_setsize=fd_setsize, **settings), 80)
    assert any(f" {unit}/s" in line for unit in ("reconnects", "reconn."))
    assert "…" not in line


def test_the_preset_with_churn_keeps_its_unit_at_80_columns():
    assert "10.0k reconn" in said(PRESETS["churn"][1], 80)


def test_a_pause_is_shown():
    assert "paused" in said(paused=True)


def test_a_race_that_cannot_keep_up_says_so():
    assert "this machine is too slow for that: 0.6 of it" in said(kept_up=0.6)
    assert "too slow" not in said(kept_up=0.99)
    assert "too slow" not in said(kept_up=0.6, paused=True)
    assert "as fast as possible" in said(speed=None)


def test_a_long_scan_offers_a_faster_pace():
    assert "a scan takes 100 s (.: faster)" in said(scan_s=100.0)
    assert "faster" not in said(scan_s=LONG_SCAN_S)
    assert "a scan takes 100 s" in said(width=80, scan_s=100.0)


@pytest.mark.parametrize(
    ("scan_ns", "rate_ns", "words"),
    [
        (340_000, 170_000, "a scan takes 2 s"),
        (340_000, 3_400_000, "a scan takes 100 ms"),
        (544, 150_000, "276 scans a second"),
    ],
)
def test_the_time_that_a_scan_takes_on_the_screen(scan_ns, rate_ns, words):
    assert scan_words(scan_ns, rate_ns) == words


@pytest.mark.parametrize(
    ("rate_ns", "words"),
    [
        (5_000, "slow motion 200,000×"),
        (294_000, "slow motion 3,400×"),
        (34_000_000, "slow motion 29×"),
        (600e6, "slow motion 1.7×"),
        (1e9, "real time"),
        (5e9, "5.0× faster than real time"),
    ],
)
def test_slow_motion(rate_ns, words):
    assert slow_motion_words(rate_ns) == words


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
