"""Every lane, alone and with others, at any time: its text is true and complete."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.screens.race.views.activity import activities
from c10k_tui.screens.race.views.detail import detail_line
from c10k_tui.screens.race.views.feed import FeedModel, heading, row_line
from c10k_tui.screens.race.views.feed_words import effect_words
from c10k_tui.screens.race.views.legend import entries_of, legend
from c10k_tui.screens.race.views.sentence import sentences
from c10k_tui.screens.race.views.verdict import verdict
from c10k_tui.screens.race.views.verdict_others import ALIKE_PERCENT
from c10k_tui.screens.race.views.warning import struck_verdict
from c10k_tui.text.lanes import LANE_TEXTS, brief_name
from c10k_tui.text.styled_text import fitting, text_of, width_of, wrap
from sim.frames.frame import FdView
from sim.frames.mechanism import LoopView
from sim.machine.records import Kind
from sim.scenario.lanes import LANES
from tests.support.lane_races import frames

LANE_NAMES = tuple(LANES)
SCANNING_LANES = tuple(name for name, kind in LANES.items() if kind.scans)
ONE_TASK_EACH = tuple(name for name, kind in LANES.items() if kind.task_each)

NARROWEST = 18
"""A lane's text where four share 80 columns."""
RINGS = ("io_uring", "io_uring-poll", "io_uring-sqpoll")
LISTED = ("pool", "epoll", "epoll-et", "epoll-oneshot", "epoll-exclusive", "asyncio")
CLAIMS = {
    "checks wasted": SCANNING_LANES,
    "check wasted": (*SCANNING_LANES, "epoll"),
    "re-checked": ("epoll",),
    "scan": SCANNING_LANES,
    "checked ": SCANNING_LANES,
    "ready list": LISTED,
    "epoll_wait": LISTED,
    "epoll_ctl": ("pool", "epoll-oneshot"),
    "EAGAIN": ("epoll-et",),
    "loop": ("asyncio",),
    "callback": ("asyncio",),
    "told once": ("epoll-et",),
    "kevent": ("kqueue",),
    "filter": ("kqueue",),
    "io_uring": RINGS,
    "task work": RINGS,
    "completion": RINGS,
    "port": ("iocp",),
    "packets told": ("iocp",),
    "second CPU": ("io_uring-sqpoll",),
    "spinning": ("io_uring-sqpoll",),
    "receive": ("io_uring", "io_uring-sqpoll", "iocp"),
    "no call to read": ("io_uring",),
    "switches": (*ONE_TASK_EACH, "pool"),
    "runnable": (*ONE_TASK_EACH, "pool", "epoll-oneshot", "epoll-exclusive"),
    "worker": ("pool", "epoll-oneshot", "epoll-exclusive"),
    "process": ("process",),
    "its thread": ("thread",),
    "thread of": ("thread",),
    "woken for nothing": ("epoll-exclusive",),
}
"""Phrases that are true of these lanes only."""
A_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?![\d.]*\d)(?! ?(?:ns|µs|ms|s|k|M)\b)")


def claims_of(lane, words):
    return [claim for claim, lanes in CLAIMS.items() if claim in words and lane not in lanes]


def numbers_of(lane):
    """The phrases that a sentence about a lane may contain."""
    counters, call, tasks = lane.counters, lane.call, lane.tasks
    known = {lane.registered, lane.serving_fd, 1, 2}
    known |= {getattr(counters, name) for name in counters.__dataclass_fields__ if name != "cost_ns"}
    if call is not None:
        known |= {call.asked, call.scanned, call.ready, call.passes, call.scanned - call.ready}
    if tasks is not None:
        every = tasks.running + tasks.runnable + tasks.blocked
        known |= {tasks.runnable, tasks.blocked, every, every - 1}
    if isinstance(lane.mechanism, LoopView):
        found = lane.mechanism.round
        known |= {lane.mechanism.left, found.events, found.callbacks, found.turns}
    for scan in lane.passes:
        known |= {scan.position, scan.count, scan.number}
    return known


@given(frame=frames())
def test_what_a_lane_says_is_true_of_it(frame):
    for lane in frame.lanes:
        for line in (*sentences(lane), *activities(lane)):
            words = text_of(line)
            assert not claims_of(lane.name, words), words
            figures = {int(number.replace(",", "")) for number in A_NUMBER.findall(words)}
            assert figures <= numbers_of(lane), words


@given(frame=frames(), width=st.integers(NARROWEST, 200))
def test_what_a_lane_says_is_whole(frame, width):
    for lane in frame.lanes:
        found = fitting(sentences(lane), width, 2)
        rows = wrap(found, width, 2)
        assert " ".join(text_of(row) for row in rows) == text_of(found)
        assert max(width_of(row) for row in rows) <= width
        assert width_of(fitting(activities(lane), width - 1)) < width


@given(frame=frames(), width=st.integers(78, 200))
def test_the_verdict_is_whole_and_true(frame, width):
    line = verdict(frame, width)
    words = text_of(line)
    names = {lane.name: lane for lane in frame.lanes}
    assert width_of(line) <= width
    assert words.endswith(".") or struck_verdict(frame)
    assert "…" not in words
    assert {role for text, role in line if role in LANE_NAMES} <= set(names)
    scanning = set(names) & set(SCANNING_LANES)
    if "None of them asks" in words:
        assert not scanning
    for claim in ("looks for nothing", "asks every", "asks all", "look at all"):
        if claim in words and len(names) > 1:
            assert scanning
    if "do well here" in words:
        waits = {
            name: lane.counters.wait_ns / lane.counters.requests
            for name, lane in names.items()
            if lane.counters.requests
        }
        (mine,) = (waits[name] for name in names if name in ONE_TASK_EACH)
        others = [wait for name, wait in waits.items() if name not in ONE_TASK_EACH]
        assert all(mine <= wait * (1 + ALIKE_PERCENT / 90) for wait in others)
    if "same answers" in words:
        assert not any(lane.counters.dropped or lane.failure for lane in frame.lanes)
    if " a request" in words and len(names) > 1 and not any(lane.counters.dropped for lane in frame.lanes):
        assert all(lane.counters.requests for lane in frame.lanes)


@given(frame=frames(), width=st.integers(34, 150))
def test_the_feed_has_words_for_what_a_packet_caused(frame, width):
    model = FeedModel()
    model.take(frame)
    names = list(frame.scenario.lanes)
    lines = [heading(names, width), *(row_line(row, names, width) for row in model.rows(50))]
    assert all(width_of(line) <= width for line in lines)
    for lane in frame.lanes:
        for _, kind, _, _, effect, _ in lane.records:
            if kind == Kind.PACKET:
                found = [effect_words(lane.name, effect, False, size)[0] for size in range(3)]
                assert "–" not in found
                assert not claims_of(lane.name, found[0]), found
                assert [len(words) <= most for words, most in zip(found, (38, 19, 11), strict=True)] == [
                    True
                ] * 3


@given(frame=frames(), data=st.data())
def test_the_cursor_tells_of_each_lane(frame, data):
    first = data.draw(st.integers(0, frame.scenario.fds - 1))
    last = data.draw(st.integers(first, frame.scenario.fds - 1))
    views = {}
    for lane in frame.lanes:
        at = (lane.first_fd + first, lane.first_fd + last)
        views[lane.name] = FdView(*at, last - first + 1, 0, 0, "idle", None, None)
    words = text_of(detail_line(views, frame, 400))
    for lane in frame.lanes:
        assert f"{lane.name} " in words
        assert ("asleep" in words or "runn" in words) or lane.name not in ONE_TASK_EACH
        if lane.tasks is None and len(frame.lanes) == 1:
            assert "task" not in words
    assert width_of(detail_line(views, frame, 80)) <= 80


@given(lanes=st.lists(st.sampled_from(LANE_NAMES), min_size=1, max_size=4, unique=True))
def test_the_legend_has_room_at_80_columns_for_what_the_lanes_show_and_for_no_more(lanes):
    for filled in (False, True):
        line = legend(lanes, 80, filled=filled)
        words = text_of(line)
        assert len(words) <= 80
        assert "…" not in words
        for sign in entries_of(LANE_NAMES):
            shown = sign in entries_of(lanes)
            assert filled or (sign.glyph[0] in words) == shown
            assert sign.brief in words or not shown
            fills = {f"fill-{fill}" for fill in sign.fills}
            assert not (shown and filled) or fills & {role for _, role in line}


@pytest.mark.parametrize("name", LANE_NAMES)
def test_every_lane_has_its_line_its_title_and_a_short_name(name):
    assert LANE_TEXTS[name].what
    assert LANES[name].introduced
    assert LANE_TEXTS[name].title.startswith(f"{name} ─ ")
    assert len(brief_name(name, 6)) <= 6


def test_short_names_are_not_mistaken_for_each_other():
    assert len({brief_name(name, 6) for name in LANE_NAMES}) == len(LANE_NAMES)
