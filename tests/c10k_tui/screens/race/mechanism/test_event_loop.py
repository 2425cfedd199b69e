"""The picture of an event loop, line by line, and that it fits its space."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.screens.race.mechanism.picture import inside
from c10k_tui.text.styled_text import text_of, width_of
from sim.frames.mechanism import LoopRound, LoopView
from sim.race.race import Race
from sim.scenario.scenario import Scenario
from tests.support.mechanism_lanes import of

ROUND = LoopRound(events=3, callbacks=12, turns=2, loop_ns=178_000, epoll_ns=7_900)
SHOWN = of("asyncio", ready_listed=4, mechanism=LoopView(5, 2, False, True, ROUND))


def drawn(size):
    return [text_of(line).rstrip() for line in inside(SHOWN, *size)]


def test_the_picture_at_every_size():
    assert drawn((18, 1)) == ["callbacks 5"]
    assert drawn((28, 3)) == [
        "callbacks 5, 2 this turn",
        "ready list 4 in the kernel",
        "3 events, 12 callbacks",
    ]
    assert drawn((58, 3)) == [
        "loop: runs callbacks   ┃ kernel: interest list of 10,000",
        "callbacks 5            ┃ ready list 4",
        "last round: 3 events, 12 callbacks, 2 turns",
    ]
    assert len(drawn((98, 6))) == 6
    assert "loop 178 µs · epoll_wait 7.90 µs" in drawn((98, 6))[3]


def test_a_round_that_is_not_over_says_so():
    busy = replace(SHOWN, mechanism=LoopView(5, 2, True, False, ROUND))
    assert text_of(inside(busy, 58, 3)[2]).startswith("this round: ")
    assert "in epoll_wait" in text_of(inside(busy, 58, 3)[0])


def test_a_race_has_one():
    race = Race(Scenario(fds=500, lanes=("asyncio",)))
    race.advance(3_000_000)
    assert len(inside(race.frame().lanes[0], 58, 3)) == 3


COUNT = st.integers(0, 1_000_000)


@given(COUNT, COUNT, st.booleans(), st.booleans(), COUNT, COUNT, st.integers(0, 130), st.integers(0, 9))
def test_it_keeps_to_its_room(queued, left, polling, rests, many, spent_ns, width, height):
    view = LoopView(queued, left, polling, rests, LoopRound(many, many, many, spent_ns, queued))
    lines = inside(replace(SHOWN, mechanism=view, ready_listed=many), width, height)
    assert len(lines) <= height
    assert all(width_of(line) <= width for line in lines)
