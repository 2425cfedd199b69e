"""The turn as a ring: the current part and the text of each part, at every size."""

import pytest

from c10k_tui.screens.loop.views.turn import (
    LEAST_RING_WIDTH,
    parts,
    phase_of,
    queue_line,
    title_of,
    turn_lines,
)
from c10k_tui.text.styled_text import text_of, width_of
from sim.scripts.loop_figures import Culprit
from tests.support.loop_frames import COUNTERS, PLACE, frame

CALLBACK = {"moment": "callback", "turn_size": 3, "running": "client 1", "queue": ("a", "b"), "queued": 2}


def said(shown, phase):
    return [text_of(line) for line in parts(shown)[phase].rows]


def words(shown, width=74, height=12):
    return [text_of(line).rstrip() for line in turn_lines(shown, width, height)]


@pytest.mark.parametrize(
    ("known", "phase"),
    [
        ({"moment": "wait"}, "wait"),
        ({"moment": "timers"}, "timers"),
        ({"moment": "callbacks"}, "callbacks"),
        (CALLBACK, "callbacks"),
        ({"moment": "over"}, None),
        ({"moment": "wait", "over": True}, None),
        ({"moment": "wait", "counters": None}, None),
    ],
)
def test_where_the_turn_is(known, phase):
    shown = frame(**known)
    assert phase_of(shown) == phase
    upper = [
        name
        for name in ("WAIT", "TIMERS", "CALLBACKS")
        if any(f" {name} " in row for row in words(shown)[:9])
    ]
    assert upper == ([phase.upper()] if phase else [])


@pytest.mark.parametrize(
    ("known", "rows"),
    [
        ({}, ["sleeps until a", "descriptor is ready"]),
        ({"next_timer_ns": 200_178_062}, ["sleeps until fd ready", "or timer, in 100 ms"]),
        ({"queued": 3}, ["does not sleep:", "3 ready already"]),
        ({"moment": "timers", "waited_ns": 410}, ["took 410 ns", ""]),
        ({"moment": "timers", "waited_ns": 3_600_000_000_000}, ["slept, skipped over:", "» 3600 s"]),
    ],
)
def test_what_the_wait_says(known, rows):
    assert said(frame(**known), "wait") == rows


def test_what_the_timers_say():
    due = frame(moment="timers", timers=3, due=2, next_timer_ns=100)
    assert said(due, "timers") == ["2 due → ready", "3 set"]
    later = frame(moment="callback", timers=3, next_timer_ns=100_179_062)
    assert said(later, "timers") == ["3 set", "next in 1.00 µs"]
    assert said(frame(), "timers") == ["0 set", ""]


def test_what_the_callbacks_say():
    assert said(frame(**CALLBACK), "callbacks") == ["■■□ 2 of 3", "▶ client 1"]
    many = frame(**{**CALLBACK, "turn_size": 500})
    assert said(many, "callbacks")[0] == "2 of 500"
    assert said(frame(queued=4), "callbacks") == ["4 ready", ""]


def test_who_held_up_the_loop_is_shown_at_the_turn_s_end_in_red():
    culprit = Culprit(41, 350_000_000, "worker", PLACE)
    shown = frame(moment="over", culprits=(culprit,))
    assert said(shown, "callbacks") == ["held up for 350 ms", "worker"]
    roles = {
        role
        for line in turn_lines(shown, 74, 12)
        for text, role in line
        if "CALLBACKS" in text or "HELD" in text
    }
    assert roles == {"alarm"}
    for other in (Culprit(40, 350_000_000, "worker", PLACE), Culprit(41, 900_000, "worker", PLACE)):
        assert frame(moment="over", culprits=(other,)).held_up is None


def test_the_ring_goes_with_the_clock():
    rows = words(frame(**CALLBACK))
    assert rows[0].strip() == "╭─ 1 wait ─────────────────╮"
    assert rows[1].strip().startswith("╭─────▶│")
    assert rows[1].endswith("│──────╮")
    assert rows[3].endswith("▼")
    assert "┃◀─────────────│" in rows[5]
    assert "┏━ 3 CALLBACKS ━" in rows[4]
    assert "╭─ 2 timers ─" in rows[4]
    assert rows[9] == "ready queue  ▶ client 1  a │ b │"
    assert rows[10].startswith("CALLBACKS: one after the other")


@pytest.mark.parametrize("width", [29, 46, 47, 60, 74, 126])
@pytest.mark.parametrize("height", [1, 4, 8, 9, 12, 20])
@pytest.mark.parametrize("known", [{}, CALLBACK, {"moment": "timers", "waited_ns": 5}, {"counters": None}])
def test_it_fits_any_room(width, height, known):
    lines = turn_lines(frame(**known), width, height)
    assert len(lines) <= height
    assert max(map(width_of, lines), default=0) <= width
    if height >= 9 and width >= LEAST_RING_WIDTH:
        assert sum("╰─" in text_of(line) or "┗━" in text_of(line) for line in lines) == 2


def test_the_short_ring_has_all_three_parts_and_what_the_loop_is_at():
    rows = words(frame(next_timer_ns=200_178_062), 47, 4)
    assert rows[0].startswith("╭─▶ 1 WAIT ──▶ 2 timers ──▶ 3 callbacks ")
    assert rows[1] == "│ sleeps until fd ready or timer, in 100 ms   │"
    assert "◀" in rows[2]
    assert rows[3] == "ready queue  empty"


def test_a_long_queue_says_how_many_more():
    line = text_of(queue_line(frame(queue=tuple(f"task {n}" for n in range(40)), queued=1_000), 60))
    assert line.startswith("ready queue  task 0 │ task 1 │")
    assert line.endswith("more")
    assert len(line) <= 60
    shown = line.count("task")
    assert f"… {1_000 - shown:,} more" in line


def test_titles():
    assert title_of(frame()) == "the event loop · turn 41"
    assert title_of(frame(counters=None)) == "the event loop"
    assert COUNTERS.turns == 41
