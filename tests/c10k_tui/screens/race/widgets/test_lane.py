"""The text on the frame of a lane, by its width."""

from __future__ import annotations

import pytest

from c10k_tui.screens.race.widgets.lane_panel import frame_words
from sim.scenario.lanes import LANES
from sim.scenario.scenario import FDS_LIMIT

NARROWEST = 14
"""Room on the frame of one of four lanes in 80 columns."""


@pytest.mark.parametrize(
    ("lane", "k", "room", "title", "subtitle"),
    [
        ("epoll", 25, 54, "epoll ─ gets only the ready ones", "1 cell = 25"),
        ("select", 12, 34, "select ─ checks all, every time", "1 cell = 12"),
        ("epoll", 52, 24, "epoll: readiness", "1 cell = 52"),
        ("epoll", 112, NARROWEST, "epoll", "1 cell = 112"),
        ("io_uring", 52, 24, "io_uring: completion", "1 cell = 52"),
        ("thread", 1, 24, "thread: blocking", "1 cell = 1"),
        ("iocp", 25, 54, "iocp ─ gets received data", "prices estimated · 1 cell = 25"),
        ("iocp", 38, 38, "iocp ─ gets received data", "prices estimated · 1 cell = 38"),
        ("iocp", 52, 24, "iocp: completion", "estimated · 1 cell = 52"),
        ("kqueue", 11_112, NARROWEST, "kqueue (est.)", "11,112 a cell"),
        ("io_uring-sqpoll", 112, NARROWEST, "sqpoll", "1 cell = 112"),
    ],
)
def test_title_and_subtitle(lane, k, room, title, subtitle):
    assert frame_words(lane, k, room) == (title, subtitle)


@pytest.mark.parametrize("lane", LANES)
def test_what_must_be_said_is_said_at_every_width(lane):
    for room in range(NARROWEST, 120):
        for k in (1, 52, 1_250, FDS_LIMIT // 90 + 1):
            title, subtitle = frame_words(lane, k, room)
            assert len(title) <= room
            assert len(subtitle) <= room
            assert f"{k:,}" in subtitle
            assert ("est" in title + subtitle) == (lane in ("kqueue", "iocp"))
            assert title.split(" ")[0].rstrip(":") in (lane, lane.partition("-")[2])
