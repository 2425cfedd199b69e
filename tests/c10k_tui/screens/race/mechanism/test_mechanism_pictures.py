"""The pictures of the mechanisms, line by line, and that they fit their space."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.screens.race.mechanism.parts import gauge, queue
from c10k_tui.screens.race.mechanism.picture import inside, price_words, waiting_words
from c10k_tui.screens.race.mechanism.rings import BOTH, HEAD, TAIL, slots_of
from c10k_tui.text.glyphs import FULL, IDLE
from c10k_tui.text.palette import Palette
from c10k_tui.text.styled_text import text_of, width_of
from c10k_tui.text.themes import dark
from sim.frames.frame import LaneFrame
from sim.frames.mechanism import EpollView, IocpView, IoUringView, KqueueView, RingView, SetView
from sim.scenario.lanes import LANES
from tests.support.lane_frames import counters, lane
from tests.support.mechanism_lanes import EXAMPLES, of, ring, tasks, uring, workers
from tests.support.mechanism_pictures import PICTURES

LANE_NAMES = tuple(LANES)


def drawn(shown: LaneFrame, size: tuple[int, int]) -> list[str]:
    return [text_of(line).rstrip() for line in inside(shown, *size)]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_picture_at_every_size(name):
    for size, picture in PICTURES[name].items():
        assert drawn(EXAMPLES[name], size) == picture.strip("\n").split("\n"), size


def test_between_two_calls_the_kernel_has_no_copy_of_the_set():
    view = EXAMPLES["select"].mechanism
    assert isinstance(view, SetView)
    back = replace(EXAMPLES["select"], mechanism=replace(view, in_kernel=False))
    assert drawn(back, (28, 3)) == ["▶ 1,256 B ◀ 1,256 B a call", IDLE * 28, "between two calls"]


def test_an_overflowed_ring_says_so_first():
    shown = of("io_uring", mechanism=uring(overflow=1_234))
    lines = inside(shown, 58, 3)
    assert "overflow 1,234" in text_of(lines[1])
    assert ("overflow 1,234", "alarm") in lines[1]


def test_a_poll_completion_is_readiness_and_a_receive_is_bytes():
    done = ring(4_096, 0, (("more", 1, 560), ("last", 0x2001, 3536)))
    view = uring(completions=done)
    readiness = "\n".join(drawn(of("io_uring-poll", mechanism=view), (98, 6)))
    assert "560 readable" in readiness
    assert "+1B" not in readiness
    assert "560+1B" in "\n".join(drawn(of("io_uring", mechanism=view), (98, 6)))


def test_spurious_wakes_stand_out():
    assert ("5 for nothing", "wasted") in inside(EXAMPLES["epoll-exclusive"], 58, 3)[1]
    calm = replace(EXAMPLES["epoll-exclusive"], tasks=tasks(**workers((1, -1, 7), (1, -1, 79))))
    assert ("0 for nothing", "good") in inside(calm, 58, 3)[1]


def test_a_worker_that_is_stuck_in_a_write_is_an_alarm():
    (line,) = inside(EXAMPLES["epoll-exclusive"], 18, 1)
    assert ("s", "alarm") in line


def test_before_the_workers_have_started_there_is_no_row_of_them():
    early = of("pool", tasks=tasks(**workers()), mechanism=EpollView(1, 0, (), 0, 0, 0))
    assert drawn(early, (58, 3))[2] == "about to start its workers"


def test_a_failed_lane_has_no_picture():
    assert inside(replace(EXAMPLES["select"], failure="select fails here"), 58, 3) == []


def test_every_lane_names_its_way_of_waiting_and_estimates_are_labelled():
    assert {name: waiting_words(name) for name in LANE_NAMES if waiting_words(name) != "readiness"} == {
        "process": "blocking",
        "thread": "blocking",
        "io_uring": "completion",
        "io_uring-sqpoll": "completion",
        "iocp": "completion",
    }
    labelled = {name: price_words(name)[0] for name in LANE_NAMES if price_words(name)[0]}
    assert labelled == {
        "kqueue": "prices estimated",
        "iocp": "prices estimated",
        "io_uring": "prices timed once",
        "io_uring-poll": "prices timed once",
        "io_uring-sqpoll": "prices timed once",
    }


# -- parts -------------------------------------------------------------------------------------------


def test_a_queue_shows_what_fits_and_counts_the_rest():
    fds = (560, 3536, 8705)
    assert text_of(queue(3, fds, 15)) == "│560│3536│8705│"
    assert text_of(queue(3, fds, 14)) == "│560│3536│ +1"
    assert text_of(queue(900, fds, 20)) == "│560│3536│8705│ +897"
    assert text_of(queue(3, fds, 4)) == ""


def test_a_gauge_is_only_empty_for_nothing_and_only_full_for_all():
    assert text_of(gauge(0, 10_000, 8, "good")) == IDLE * 8
    assert text_of(gauge(1, 10_000, 8, "good")) == FULL + IDLE * 7
    assert text_of(gauge(9_999, 10_000, 8, "good")) == FULL * 7 + IDLE
    assert text_of(gauge(10_000, 10_000, 8, "good")) == FULL * 8


def test_a_ring_goes_round_its_loop():
    empty = slots_of(RingView(1_024, 3, 3, ()), 8)
    assert "".join(empty.glyphs) == f"···{BOTH}····"
    some = slots_of(RingView(1_024, 6, 9, ()), 8)
    assert "".join(some.glyphs) == f"{FULL}{TAIL}····{HEAD}{FULL}"
    assert (empty.each, some.each) == (1, 1)


def test_a_slot_stands_for_more_entries_when_they_would_not_fit():
    assert slots_of(RingView(1_024, 0, 7, ()), 8).each == 1
    assert slots_of(RingView(1_024, 0, 8, ()), 8).each == 2
    whole = slots_of(RingView(1_024, 0, 1_024, ()), 8)
    assert whole.each == 256
    assert whole.glyphs.count(TAIL) == 1


def test_heads_and_tails_wrap_at_32_bits():
    wrapped = slots_of(RingView(1_024, 2**32 - 2, 3, ()), 16)
    assert wrapped.glyphs.count(FULL) == 4  # five entries, the head's slot has its letter
    assert wrapped.glyphs.count(HEAD) == 1


# -- any room ----------------------------------------------------------------------------------------

COUNT = st.integers(0, 1_000_000)
FDS = st.lists(st.integers(0, 1_000_004), max_size=64).map(tuple)
ENTRIES = st.lists(st.tuples(st.just("send"), st.integers(-200, 65_536), COUNT), max_size=64).map(tuple)
RINGS = st.builds(
    lambda head, used, entries: RingView(4_096, head, (head + used) % 2**32, entries[:used]),
    st.integers(0, 2**32 - 1),
    st.integers(0, 4_096),
    ENTRIES,
)
MECHANISMS = st.one_of(
    st.builds(SetView, st.sampled_from(["fd_set", "pollfd"]), COUNT, COUNT, COUNT, st.booleans()),
    st.builds(EpollView, COUNT, COUNT, FDS, COUNT, COUNT, st.none() | COUNT, FDS),
    st.builds(KqueueView, COUNT, COUNT, FDS, COUNT, st.booleans(), COUNT),
    st.builds(
        lambda fds, many, few: IocpView(len(fds), fds, many, many, few, few, few, fds), FDS, COUNT, COUNT
    ),
    st.builds(
        IoUringView,
        *(RINGS, RINGS, COUNT, COUNT, COUNT, COUNT, COUNT, COUNT, st.booleans()),
        st.sampled_from([None, "working", "spinning", "asleep"]),
    ),
    st.none(),
)
WORKER = st.tuples(st.integers(1, 3), st.integers(-1, 1_000_004), COUNT)
TASKS = st.none() | st.builds(
    lambda states, blocked: tasks(**(workers(*states) | {"blocked": blocked})),
    st.lists(WORKER, max_size=9),
    COUNT,
)


@given(
    st.sampled_from(LANE_NAMES),
    MECHANISMS,
    TASKS,
    COUNT,
    st.integers(0, 130),
    st.integers(0, 9),
)
def test_every_picture_keeps_to_its_room(name, mechanism, of_tasks, count, width, height):
    if isinstance(mechanism, EpollView) and of_tasks is None and name not in ("epoll", "epoll-et"):
        name = "epoll"
    shown = lane(
        name,
        1_000,
        mechanism=mechanism,
        tasks=of_tasks,
        memory=EXAMPLES["thread"].memory,
        counters=counters(context_switches=count, spurious_wakes=count, cost_ns={"idle": count}),
    )
    lines = inside(shown, width, height)
    assert len(lines) <= height
    palette = Palette(dark())
    for line in lines:
        assert width_of(line) <= width
        for text, role in line:
            assert "\n" not in text
            assert palette[role]
