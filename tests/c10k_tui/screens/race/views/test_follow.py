"""A followed descriptor, and its line below the grids."""

import pytest

from c10k_tui.screens.race.views.follow import FollowedRequest, follow_line, newest_request
from c10k_tui.text.styled_text import text_of, width_of
from sim.machine.records import DropReason, Kind
from tests.support.lane_frames import packet

READ = (1_500, Kind.READ, 9, 64, 0, 1)
WRITE = (1_700, Kind.WRITE, 9, 64, 0, 2)


def outcome(*records):
    return newest_request(9, reversed(records))


def test_a_story_is_of_the_newest_packet():
    assert outcome(packet(1_000, 9, 0, 0), packet(1_100, 8, 0, 1)) == FollowedRequest(1_000)
    assert outcome(packet(1_000, 9, 0, 0), READ, WRITE) == FollowedRequest(1_000, False, 1_500, 1_700)
    assert outcome(packet(1_000, 9, 0, 0), READ, WRITE, packet(2_000, 9, 0, 1)) == FollowedRequest(2_000)
    assert outcome(READ) == FollowedRequest(None, False, 1_500)
    lost = (900, Kind.DROP, 9, 64, DropReason.BACKLOG_FULL, 0)
    assert outcome(packet(1, 9, 0, 0), lost) == FollowedRequest(900, True)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (FollowedRequest(1_000, False, 1_500, 1_700), "picked up +500 ns, answered +700 ns"),
        (FollowedRequest(1_000, False, 1_500, 1_500), "picked up and answered +500 ns"),
        (FollowedRequest(1_000, False, 1_500), "picked up +500 ns"),
        (FollowedRequest(1_000), "ready, unread for 4.00 µs"),
        (FollowedRequest(1_000, True), "DROPPED"),
    ],
)
def test_each_outcome_is_said(outcome, words):
    line = text_of(follow_line(9, {"select": outcome, "epoll": FollowedRequest()}, 5_000, 120))
    assert line == f" fd 9  packet at 1.00 µs · select {words} · epoll not known"


def test_without_a_packet_it_says_so():
    assert "no packet for it of late" in text_of(follow_line(9, {"select": FollowedRequest()}, 5_000, 80))


@pytest.mark.parametrize("width", [40, 80, 100, 120, 200])
def test_words_go_before_figures(width):
    requests = {name: FollowedRequest(1_000, False, 123_456, 234_567) for name in ("select", "epoll")}
    line = follow_line(100_004, requests, 5_000_000, width)
    assert width_of(line) <= width
    assert "+122 µs" in text_of(line)
