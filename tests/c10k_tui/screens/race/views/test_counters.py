"""The table of accounts and its ratio."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.screens.race.views.counters import counter_lines, ratio_words, since_words
from c10k_tui.text.styled_text import text_of, width_of
from sim.scenario.lanes import LANES
from tests.support.lane_frames import counters, frame, lane

LANE_NAMES = tuple(LANES)

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


def test_a_division_by_zero_has_no_ratio():
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


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("epoll", ""),
        ("select poll epoll", "ratio: select ÷ epoll"),
        ("thread select epoll io_uring", "ratio: select ÷ epoll"),
        ("thread epoll io_uring", "ratio: thread ÷ epoll"),
        ("epoll io_uring iocp", "ratio: io_uring ÷ epoll"),
        ("select poll", "ratio: select ÷ poll"),
        ("process thread pool", "ratio: process ÷ pool"),
    ],
)
def test_whom_the_ratio_compares(names, words):
    assert ratio_words(frame(*map(lane, names.split())), 60) == words


def test_a_lane_that_failed_is_not_compared_if_another_can_be():
    failed = lane("select", failure="stopped")
    assert ratio_words(frame(failed, lane("poll"), lane("epoll")), 60) == "ratio: poll ÷ epoll"
    assert ratio_words(frame(failed, lane("epoll")), 60) == "ratio: select ÷ epoll"
    assert ratio_words(frame(failed, lane("poll"), lane("kqueue")), 60) == "ratio: poll ÷ kqueue"
    assert ratio_words(frame(failed, lane("poll")), 60) == "ratio: select ÷ poll"


FOUR = ("thread", "select", "epoll-exclusive", "io_uring-sqpoll")


def test_four_lanes_have_columns_and_names_that_do_not_touch():
    narrow = counter_lines(frame(*map(lane, FOUR)), 44, 12)
    assert text_of(narrow[0]).split() == ["thread", "select", "excl.", "sqpoll"]
    assert ratio_words(frame(*map(lane, FOUR)), 44) == ""
    wide = counter_lines(frame(*map(lane, ("io_uring", *FOUR[1:]))), 60, 12)
    assert text_of(wide[0]).split() == ["io_uring", "select", "excl.", "sqpoll", "ratio"]
    assert ratio_words(frame(*map(lane, FOUR)), 60) == "ratio: thread ÷ io_uring-sqpoll"


def test_rows_are_those_of_the_lanes_that_take_part():
    def labels(*names: str) -> set[str]:
        lines = counter_lines(frame(*map(lane, names)), 80, 40)[1:]
        return {text_of(line)[:19].strip() for line in lines}

    usual = labels("select", "epoll")
    assert labels("thread", "epoll") - usual == {"switches per second", "connections' memory"}
    assert labels("pool", "epoll") - usual == {
        *("switches per second", "connections' memory", "woken for nothing"),
    }
    assert labels("kqueue", "epoll") - usual == {"kqueue changes", "filters run"}
    assert labels("io_uring", "epoll") - usual == {"submissions", "completions"}
    assert labels("io_uring-sqpoll") - usual == {"submissions", "completions", "second CPU's time"}
    assert labels("iocp") - usual == {"submissions", "completions", "connections' memory"}


def test_a_missing_account_is_a_dash():
    ring = lane("io_uring", counters=counters(sqes=7, cqes=5))
    port = lane("iocp", counters=counters(operations=9, completions=4))
    lines = [text_of(line) for line in counter_lines(frame(lane("epoll"), ring, port), 80, 40)]
    assert row("submissions", lines) == ["–", "7", "9", "–"]
    assert row("completions", lines) == ["–", "5", "4", "–"]


def test_the_polling_threads_cpu_is_counted_and_its_sleep_is_not():
    spent = counters(sq_thread_work_ns=2_000, sq_thread_spin_ns=3_000, sq_thread_sleep_ns=9_000)
    lines = [text_of(line) for line in counter_lines(frame(lane("io_uring-sqpoll", counters=spent)), 60, 40)]
    assert row("second CPU's time", lines) == ["5.00", "µs"]


def test_since_when_the_accounts_run():
    assert since_words(frame(lane())) == "since the start"
    assert since_words(frame(lane(), now_ns=5_000_000, since_ns=3_640_000)) == "since t = 3.64 ms"


@given(
    width=st.integers(20, 90),
    height=st.integers(1, 24),
    names=st.lists(st.sampled_from(LANE_NAMES), min_size=1, max_size=4, unique=True),
)
def test_the_table_keeps_to_its_room(width, height, names):
    lines = counter_lines(frame(*(lane(name, counters=SELECT) for name in names)), width, height)
    assert len(lines) <= height
    assert all(width_of(line) <= width for line in lines)


@pytest.mark.parametrize("width", [36, 42, 44, 46, 66])
def test_columns_never_run_into_each_other(width):
    slow = counters(latency_p50_ns=99_900_000, latency_p99_ns=99_900_000)
    shown = frame(*(lane(name, counters=slow) for name in ("select", "poll", "epoll")))
    assert not any("ms99" in text_of(line) for line in counter_lines(shown, width, 14))


def test_ratios_below_one_and_of_requests_are_not_shown():
    assert row("system calls", table()) == ["164", "410", "–"]
    assert row("requests served", table()) == ["123", "123", "–"]


def test_the_two_kinds_of_calls_have_rows_of_their_own():
    slow = counters(at_once_calls=2, at_once_ns=1_000, slept_calls=1, slept_ns=4_000)
    shown = frame(lane(counters=slow), lane("epoll", counters=counters(slept_calls=1, slept_ns=2_000)))
    lines = [text_of(line) for line in counter_lines(shown, 60, 40)]
    assert row("found data at once", lines) == ["500", "ns", "–", "–"]
    assert row("had to wait", lines) == ["4.00", "µs", "2.00", "µs", "2.0×"]
