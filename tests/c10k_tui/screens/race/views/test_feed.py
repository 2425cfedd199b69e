"""The interrupt feed: rows joined over lanes, bounded, filtered, and put into words."""

import pytest

from c10k_tui.screens.race.views.feed import KEPT, FeedModel, heading, row_line, under_cursor
from c10k_tui.text.styled_text import text_of, width_of
from sim.machine.records import DropReason, Effect, Kind
from tests.support.lane_frames import frame, lane, packet

REASONS = [
    DropReason.BACKLOG_FULL,
    DropReason.NOT_CONNECTED,
    DropReason.CONNECTION_GONE,
]


def feed_of(*frames):
    model = FeedModel()
    for shown in frames:
        model.take(shown)
    return model


def both(select_records, epoll_records):
    return frame(lane(records=select_records), lane("epoll", records=epoll_records))


def lines_of(model, width=74, lanes=("select", "epoll")):
    return [text_of(row_line(row, list(lanes), width)) for row in model.rows()]


def test_a_row_shows_the_effect_of_a_packet_in_every_lane():
    model = feed_of(
        both(
            [packet(12_401, 4211, Effect.WOKE_SCAN, 0)],
            [packet(12_401, 4211, Effect.READY_LIST | Effect.WOKE_EPOLL, 0)],
        )
    )
    (line,) = lines_of(model, width=130)
    assert "0.0124 irq→softirq→fd 4211 64 B" in line
    assert "woke the sleeper: it scans all again" in line
    assert "→ ready list, woke epoll_wait" in line


@pytest.mark.parametrize(
    ("effect", "words"), [(Effect.HELD, "waits at its client"), (Effect.UNSENT, "not made: no room")]
)
def test_a_request_that_has_not_left_its_client_says_so_in_full(effect, words):
    held = (12_401, Kind.HELD, 9, 65_536, effect, 0)
    (line,) = lines_of(feed_of(both([held], [packet(12_401, 9, Effect.READY_LIST, 0)])))
    assert words in line
    assert "DROP" not in line


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (Effect.SCAN_BEHIND, "behind scan: missed"),
        (Effect.SCAN_AHEAD, "ahead of the scan"),
        (Effect.WOKE_SCAN, "woke it: scans all"),
        (Effect.NOBODY, "nobody waiting"),
    ],
)
def test_what_a_packet_causes_where_descriptors_are_scanned(effect, words):
    assert words in lines_of(feed_of(frame(lane(records=[packet(0, 9, effect, 0)]))), lanes=["select"])[0]


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (Effect.READY_LIST, "→ ready list"),
        (Effect.READY_LIST | Effect.WOKE_EPOLL, "→ list, woke epoll"),
        (Effect.ALREADY_LISTED, "already on it"),
        (Effect.ALREADY_LISTED | Effect.WOKE_EPOLL, "listed, woke epoll"),
        (Effect.NOBODY, "nobody waiting"),
    ],
)
def test_what_a_packet_causes_in_epoll(effect, words):
    assert (
        words
        in lines_of(feed_of(frame(lane("epoll", records=[packet(0, 9, effect, 0)]))), lanes=["epoll"])[0]
    )


@pytest.mark.parametrize("reason", REASONS)
def test_a_drop_is_said_loudly(reason):
    dropped = (5, Kind.DROP, 9, 64, reason, 0)
    model = feed_of(both([dropped], [packet(5, 9, Effect.READY_LIST, 0)]))
    spans = row_line(model.rows()[0], ["select", "epoll"], 74)
    assert any("DROPPED" in text and role == "alarm" for text, role in spans)
    assert ("fd 9", "alarm") in spans


def test_data_lost_with_its_connection_is_shown_at_its_time():
    gone = [(time_ns, Kind.DROP, -1, 128, DropReason.CONNECTION_GONE, -4) for time_ns in (15, 25)]
    records = [packet(10, 9, 0, 0), gone[0], packet(20, 9, 0, 1), gone[1]]
    model = feed_of(frame(lane(records=records[:3])), frame(lane(records=records[3:])))
    assert [row.time_ns for row in model.rows()] == [10, 15, 20, 25]
    assert [row.time_ns for row in model.rows(1)] == [25]
    assert model.missed == 0


def test_a_lane_that_has_not_seen_the_packet_yet_says_nothing():
    assert lines_of(feed_of(both([packet(0, 9, Effect.NOBODY, 0)], [])))[0].rstrip().endswith("…")


def test_records_of_other_kinds_make_no_rows():
    calls = [(0, Kind.CALL, -1, 10, 0, 1), (0, Kind.READ, 9, 64, 0, 1)]
    assert feed_of(frame(lane(records=calls))).rows() == []


def test_rows_are_in_order_of_arrival_over_many_frames():
    frames = [frame(lane(records=[packet(n, 9, 0, n)])) for n in range(20)]
    assert [row.serial for row in feed_of(*frames).rows()] == list(range(20))
    assert [row.serial for row in feed_of(*frames).rows(3)] == [17, 18, 19]


def test_the_feed_is_bounded_and_counts_what_is_gone():
    frames = [
        frame(lane(records=[packet(n, 9, 0, n) for n in range(start, start + 100)]))
        for start in range(0, 2_000, 100)
    ]
    model = feed_of(*frames)
    assert [row.serial for row in model.rows()] == list(range(2_000 - KEPT, 2_000))
    assert model.missed == 2_000 - KEPT
    assert model.title() == "interrupts · 1,500 earlier ones not shown"


def test_one_frame_with_more_packets_than_rows_is_cut_too():
    model = feed_of(frame(lane(records=[packet(n, 9, 0, n) for n in range(3_000)])))
    assert len(model.rows()) == KEPT
    assert model.missed == 2_500


def test_packets_lost_before_the_feed_saw_them_are_counted():
    assert feed_of(frame(lane(records=[packet(0, 9, 0, 100)]))).missed == 100


def test_the_filter_shows_one_descriptor_only():
    model = feed_of(frame(lane(records=[packet(n, 5 + n % 3, 0, n) for n in range(30)])))
    model.only_fd = 6
    assert {row.fd for row in model.rows()} == {6}
    assert model.title() == "interrupts for fd 6 only"
    model.only_fd = None
    assert len(model.rows()) == 30


def test_a_lane_that_left_leaves_the_feed():
    model = feed_of(both([packet(0, 9, 0, 0)], [packet(0, 9, 0, 0), packet(1, 9, 0, 1)]))
    model.take(frame(lane(records=[])))
    assert [row.serial for row in model.rows()] == [0]


def test_another_race_empties_it():
    model = feed_of(frame(lane(records=[packet(0, 9, 0, 77)])))
    model.forget()
    assert model.rows() == []
    assert model.missed == 0


@pytest.mark.parametrize("width", [20, 34, 50, 74, 100, 130, 190])
@pytest.mark.parametrize("lanes", [["select"], ["select", "epoll"], ["select", "poll", "epoll"]])
def test_rows_keep_to_their_width_and_line_up_with_the_heading(width, lanes):
    shown = frame(*(lane(name, records=[packet(123_456_789, 10_004, Effect.NOBODY, 0)]) for name in lanes))
    line = row_line(feed_of(shown).rows()[0], lanes, width)
    assert width_of(line) <= width
    assert width_of(heading(lanes, width)) <= width
    assert "10004" in text_of(line)
    if width >= 34:
        names, cells = text_of(heading(lanes, width)), text_of(line)
        assert [names.index(name) - 2 for name in lanes] == [i for i, sign in enumerate(cells) if sign == "│"]


def test_a_row_without_width_has_no_cursor():
    assert under_cursor(()) == ()
