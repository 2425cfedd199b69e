"""The table of accounts and its ratio."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.spans import text_of, width_of
from c10k_tui.views.counters import counter_lines, ratio_words, since_words
from tests.widgets.frames import counters, frame, lane

SELECT = counters(
    wakeups=41, syscalls=164, scanned=820_000, wasted=819_877, requests=123, copied_in_bytes=12_500
)
EPOLL = counters(wakeups=41, syscalls=410, scanned=246, wasted=123, requests=123)


def table(width=44, height=12, **settings):
    shown = frame(lane(counters=SELECT), lane("epoll", counters=EPOLL), **settings)
    return [text_of(line) for line in counter_lines(shown, width, height)]


def row(label, lines):
    return next(line for line in lines if line.startswith(label)).removeprefix(label).split()


def test_each_lane_has_a_column_and_the_ratio_has_one():
    lines = table()
    assert lines[0].split() == ["select", "epoll", "ratio"]
    assert row("descriptors scanned", lines) == ["820k", "246", "3,333×"]
    assert row("wasted checks", lines) == ["820k", "123", "6,666×"]
    assert row("wake-ups", lines) == ["41", "41", "1.0×"]


def test_what_cannot_be_divided_has_no_ratio():
    assert row("copied into kernel", table()) == ["12.5", "kB", "0", "B", "–"]
    assert row("latency p50", table()) == ["–", "–", "–"]


def test_with_little_room_the_rows_that_make_the_point_stay():
    labels = [line[:13].strip() for line in table(width=42, height=5)[1:]]
    assert labels == ["wake-ups", "scanned", "wasted checks", "per wake-up"]


def test_churn_brings_epoll_ctl_in():
    assert not any(line.startswith("epoll_ctl") for line in table(height=20))
    assert any(line.startswith("epoll_ctl") for line in table(height=20, churn=5))
    assert any(line.startswith("epoll_ctl") for line in table(height=6, churn=5))


def test_drops_are_shown_early_and_in_the_colour_of_alarm():
    shown = frame(lane(counters=counters(dropped=18)), lane("epoll"))
    (line,) = [line for line in counter_lines(shown, 44, 6) if line[0][0].startswith("dropped")]
    assert ("18", "alarm") in [(text.strip(), role) for text, role in line]


def test_without_epoll_there_is_no_ratio():
    shown = frame(lane("select"), lane("poll"))
    assert text_of(counter_lines(shown, 44, 12)[0]).split() == ["select", "poll"]
    assert ratio_words(shown) == ""


def test_the_ratio_is_labelled_and_leaves_out_a_failed_lane():
    assert ratio_words(frame(lane("select"), lane("poll"), lane("epoll"))) == "ratio: select ÷ epoll"
    failed = lane("select", failure="stopped")
    assert ratio_words(frame(failed, lane("poll"), lane("epoll"))) == "ratio: poll ÷ epoll"
    assert ratio_words(frame(failed, lane("epoll"))) == "ratio: select ÷ epoll"


def test_since_when_the_accounts_run():
    assert since_words(frame(lane())) == "since the start"
    assert since_words(frame(lane(), now_ns=5_000_000, since_ns=3_640_000)) == "since t = 3.64 ms"


@given(width=st.integers(20, 90), height=st.integers(1, 24), lanes=st.integers(1, 3))
def test_the_table_keeps_to_its_room(width, height, lanes):
    names = ["select", "poll", "epoll"][:lanes]
    lines = counter_lines(frame(*(lane(name, counters=SELECT) for name in names)), width, height)
    assert len(lines) <= height
    assert all(width_of(line) <= width for line in lines)


@pytest.mark.parametrize("width", [36, 42, 44, 46, 66])
def test_columns_never_run_into_each_other(width):
    slow = counters(latency_p50_ns=99_900_000, latency_p99_ns=99_900_000)
    shown = frame(*(lane(name, counters=slow) for name in ("select", "poll", "epoll")))
    assert not any("ms99" in text_of(line) for line in counter_lines(shown, width, 14))
