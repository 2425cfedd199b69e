"""The kernel's side, the head and the figures, line by line."""

from typing import Any

import pytest

from c10k_tui.screens.loop.views.kernel import feed_lines, feed_title, kernel_lines, kernel_title, look_of
from c10k_tui.screens.loop.words import pace_line, script_line, speed_words, time_words, trouble_line
from c10k_tui.text.loop_counters import figures_line
from c10k_tui.text.styled_text import text_of, width_of
from sim.scripts.kernel_feed import FeedRow
from sim.scripts.loop_figures import Culprit
from tests.support.loop_frames import COUNTERS, PLACE, descriptor, frame

FEW = (
    descriptor(3, "epoll", watched=False),
    descriptor(6, "listening", unread_bytes=2, listed=True, ready=True),
    descriptor(7, peer=8),
    descriptor(8, peer=7, unread_bytes=5, listed=True, ready=True),
    descriptor(9, unsent_bytes=200_000),
)


def words(lines):
    return [text_of(line).rstrip() for line in lines]


def test_few_descriptors_are_described_in_words():
    shown = frame(descriptors=FEW, ready=((6, True), (8, True), (7, False)))
    assert words(kernel_lines(shown, 42, 10)) == [
        "   3 · epoll",
        "   6 ▄ listening · 2 to accept",
        "   7 · connected to 8",
        "   8 ▄ connected to 7 · 5 B to read",
        "   9 █ far end closed · 200 kB unsent",
        *[""] * 4,
        "ready list →6 →8 →7 stale",
    ]
    assert kernel_title(shown) == "the kernel · 5 descriptors"


def test_more_of_them_are_cells_and_the_letters_are_explained():
    many = (*FEW, *(descriptor(number) for number in range(10, 40)))
    lines = words(kernel_lines(frame(descriptors=many), 42, 10))
    assert len(lines) == 10
    assert lines[0] == "   3e·    6l▄    7c·    8c▄    9c█   10c·"
    assert lines[-2] == "▄ ready █ cannot send e epoll l listening"
    assert lines[-1] == "ready list empty"


def test_thousands_share_cells_and_the_loudest_is_seen():
    many = [descriptor(number) for number in range(3, 2_003)]
    many[1_000] = descriptor(1_003, listed=True, ready=True)
    lines = kernel_lines(frame(descriptors=tuple(many)), 42, 10)
    assert max(map(width_of, lines)) <= 42
    assert "".join(words(lines[:8])).count("▄") == 1


def test_the_chosen_task_s_descriptor_is_marked():
    for descriptors in (FEW, (*FEW, *(descriptor(n) for n in range(10, 40)))):
        lines = kernel_lines(frame(descriptors=descriptors), 42, 10, marked=8)
        assert [text.strip() for line in lines for text, role in line if role == "cursor"] in (["8"], ["8c"])


@pytest.mark.parametrize(
    ("known", "look"),
    [
        ({}, ("·", "idle")),
        ({"watched": False}, ("·", "frame")),
        ({"listed": True, "ready": True}, ("▄", "ready")),
        ({"listed": True}, ("·", "idle")),
        ({"unread_bytes": 3}, ("▄", "heat-2")),
        ({"unsent_bytes": 3}, ("█", "wasted")),
    ],
)
def test_each_state_has_a_look(known, look):
    assert look_of(descriptor(7, **known)) == look


@pytest.mark.parametrize("width", [10, 29, 42, 70])
@pytest.mark.parametrize("height", [1, 3, 6, 10])
def test_it_fits(width, height):
    many = tuple(descriptor(number) for number in range(3, 500))
    ready = tuple((number, True) for number in range(3, 300))
    for descriptors in ((), FEW, many):
        lines = kernel_lines(frame(descriptors=descriptors, ready=ready), width, height)
        assert len(lines) == height
        assert max(map(width_of, lines)) <= max(width, 11)


def test_the_feed():
    rows = [
        FeedRow(100_182_000, "segment", 8, 5, 7, True),
        FeedRow(100_183_000, "segment", -1, 5, 7),
        FeedRow(100_184_000, "connection", 6, listed=True),
        FeedRow(100_185_000, "wait", -1, 2),
        FeedRow(100_186_000, "wait", -1, 0, slept_ns=3_600_000_000_000),
        FeedRow(100_187_000, "wait", -1, 1, slept_ns=20_000),
        FeedRow(100_188_000, "accept", 9),
        FeedRow(100_189_000, "end", 9, listed=True),
    ]
    assert words(feed_lines(rows, 60)) == [
        "   100.182 fd 7→fd 8 5 B → ready list",
        "   100.183 fd 7→nobody 5 B",
        "   100.184 fd 6 a connection → ready list",
        "   100.185 epoll_wait: 2 ready",
        "   100.186 slept 3600 s: a timer is due",
        "   100.187 slept 20.0 µs: 1 ready",
        "   100.188 fd 9 accepted",
        "   100.189 fd 9 end of file → ready list",
    ]
    assert words(feed_lines(rows[:1], 29)) == ["fd 7→fd 8 5 B → list"]
    assert feed_title(3, 3, 40) == "what arrives, ms"
    assert feed_title(1_203, 3, 40) == "what arrives, ms · 1,200 earlier"
    assert feed_title(1_203, 3, 39) == "what arrives · 1,200 earlier"  # there rows have no times


# -- head and figures --------------------------------------------------------------------------------


def pace(width=100, **known):
    fields: dict[str, Any] = {"paused": False, "speed": 2.0, "stuck": False, "notice": ""}
    return text_of(pace_line(frame(**known.pop("frame", {})), width, **(fields | known)))


def test_the_pace():
    assert pace().startswith(" ▶ 2 turns a second ")
    assert pace().endswith(" 0.100178 s ")
    assert "paused" in pace(paused=True)
    assert pace(frame={"over": True}).startswith(" over ")
    assert "blocks for real" in pace(stuck=True)
    assert " c10k-light " in pace(notice="c10k-light")
    assert [speed_words(speed) for speed in (0.1, 0.5, 1, 1_000, None)] == [
        "a turn takes 10 s",
        "a turn takes 2 s",
        "1 turn a second",
        "1,000 turns a second",
        "as fast as it goes",
    ]


def test_time():
    assert time_words(3_661_000_001_000) == "1 h 1 min 1.000001 s"
    assert time_words(61_500_000_000) == "1 min 1.500000 s"


def test_it_says_what_is_simulated():
    assert text_of(script_line("echo.py", 120)).endswith("simulated kernel, virtual time ")
    assert text_of(script_line("echo.py", 80)).endswith("simulated ")


def test_figures_give_way_where_there_is_no_room():
    assert text_of(figures_line(COUNTERS, 200)) == (
        " turns 41 · callbacks 120, 2.9 a turn, at most 18 · "
        "time 99.2 % waiting 0.6 % callbacks 0.2 % loop · longest callback 17.2 µs Task-1 echo.py:14"
    )
    assert text_of(figures_line(COUNTERS, 120)) == (
        " turns 41 · callbacks 120, 2.9 a turn · 99.2 % of the time waiting · "
        "longest callback 17.2 µs Task-1 echo.py:14"
    )
    assert text_of(figures_line(COUNTERS, 80)) == (
        " turns 41 · 2.9 callbacks a turn · 99.2 % waiting · longest callback 17.2 µs"
    )
    assert figures_line(None, 80) == ()


def test_trouble_the_worst_first():
    culprit = Culprit(3, 350_000_000, "worker", PLACE)
    short = Culprit(4, 20_000, "other", PLACE)
    held = frame(culprits=(culprit, short))
    assert (
        text_of(trouble_line(held, 100)) == " HELD UP THE LOOP for 350 ms: worker at echo.py:14:  · c: look"
    )
    assert "2 so far" in text_of(trouble_line(frame(culprits=(culprit, culprit)), 100))
    failed = frame(error="echo.py:3 in main: KeyError: 'x'", culprits=(culprit,), over=True)
    assert text_of(trouble_line(failed, 100)) == " echo.py:3 in main: KeyError: 'x' · tab: all"
    stuck = text_of(trouble_line(held, 100, stuck_at=PLACE, stuck_for_s=2.0))
    assert stuck.startswith(" BLOCKS THE LOOP for 2.0 s of real time: echo.py:14 in client:")
    early = text_of(trouble_line(frame(counters=None), 100, stuck_at=PLACE, stuck_for_s=2.0, has_loop=False))
    assert early.startswith(" has run for 2.0 s without an event loop, now at echo.py:14")
    assert text_of(trouble_line(frame(over=True), 100)) == " the script has come to its end"
    assert text_of(trouble_line(frame(), 100, printed="hello")) == " printed: hello"
    assert trouble_line(frame(), 100) == ()


def test_a_deadlock_says_what_is_missing():
    error = "s.py:6 in <module>: epoll.poll waits, and nothing in this kernel can ever wake it"
    line = text_of(trouble_line(frame(error=error), 200))
    assert line.endswith("a server needs its clients in the same script")
