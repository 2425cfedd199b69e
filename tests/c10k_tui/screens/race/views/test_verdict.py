"""The verdict on the race so far: true in every case, and complete at every width."""

import pytest

from c10k_tui.screens.race.views.verdict import verdict
from c10k_tui.text.ratios import ratio_text
from c10k_tui.text.styled_text import text_of, width_of
from sim.scenario.lanes import LANES
from tests.support.lane_frames import counters, frame, lane

NARROW = 78
"""Columns for the verdict on a terminal of 80 columns."""
LIVELOCK = {"interrupt": 9_990_000, "scan": 10_000}


def race(fds=10_000, scanned=100_000, ready=30, epoll_ctl=0, dropped=0, **settings):
    spent = {"scan": 600_000}
    known = {"wakeups": 1, "requests": 500, "latency_p50_ns": 285_000}
    select = lane(
        fds=fds,
        counters=counters(scanned=scanned, ready=ready, dropped=dropped, cost_ns=spent, **known),
    )
    spent = {"syscall": 4_000, "idle": 596_000}
    epoll = lane("epoll", fds=fds, counters=counters(epoll_ctl=epoll_ctl, cost_ns=spent, **known))
    return frame(select, epoll, **settings)


def said(shown, width=160):
    return text_of(verdict(shown, width))


def test_it_says_what_the_costs_mean_for_a_server():
    assert said(race()) == (
        "Same packets, same answers. select: a whole core busy, answers after 285 µs. "
        "epoll: 1 % of a core, 285 µs."
    )
    assert said(race(), 60) == "select: a whole core busy. epoll: 1 % of a core."


def test_before_the_first_wakeups_it_says_what_to_look_for():
    assert said(frame(lane(), lane("epoll"))).startswith("Same packets. select has to check")


def test_with_many_ready_at_once_it_says_why_the_lead_shrinks():
    words = said(race(scanned=40_000, ready=4_000))
    assert "Many talk at once: one check in 10 finds something" in words
    assert "lead shrinks to 150×" in words


def test_under_churn_it_tells_of_epoll_ctl():
    assert "an epoll_ctl (1,204 so far)" in said(race(churn=10_000, epoll_ctl=1_204))


def test_with_few_descriptors_epoll_gains_little():
    assert "Only 16 to ask" in said(race(fds=16, scanned=80, ready=6))


def test_the_verdict_names_interrupts_that_take_all_the_cpu():
    lanes = [lane(name, counters=counters(dropped=44_175, cost_ns=LIVELOCK)) for name in ("select", "epoll")]
    assert said(frame(*lanes)) == (
        "Interrupts take all the CPU: no server gets to run, 44.2k requests dropped."
    )
    lanes[1] = lane("epoll", counters=counters(wakeups=3, cost_ns={"idle": 10_000_000}))
    assert "select cannot run" in said(frame(*lanes))


def test_a_burst_at_the_start_is_no_livelock():
    lanes = [lane(name, counters=counters(cost_ns={"interrupt": 900_000})) for name in ("select", "epoll")]
    assert "Interrupts" not in said(frame(*lanes))


def test_a_livelock_that_drops_nothing_yet_says_so():
    held = lane(counters=counters(cost_ns=LIVELOCK, requests=12))
    assert said(frame(held)) == "Interrupts take all the CPU: only 12 answered, nothing dropped yet."


@pytest.mark.parametrize("width", [NARROW, 118, 160])
def test_a_lane_that_dropped_something_has_not_given_the_same_answers(width):
    words = said(race(dropped=196), width)
    assert "select dropped 196" in words
    assert "a whole core busy" in words
    assert "same answers" not in words


def test_the_verdict_names_the_drops_of_every_lane():
    shown = frame(*(lane(name, counters=counters(dropped=5)) for name in ("select", "poll", "epoll")))
    assert said(shown).startswith("Same packets, but select dropped 5, poll 5, epoll 5. ")
    assert said(frame(lane(counters=counters(dropped=5)))).startswith("select dropped 5. select alone")


def test_lanes_that_differ_grossly_are_not_called_the_same():
    behind = lane(counters=counters(wakeups=1, requests=100, scanned=10_000))
    ahead = lane("epoll", counters=counters(wakeups=9, requests=400))
    assert said(frame(behind, ahead, fds=10)).startswith(
        "Same packets, answered so far: select 100, epoll 400."
    )
    assert "same answers" not in said(frame(behind, ahead, fds=10), NARROW)


def test_one_sentence_covers_two_lanes_that_scan():
    shown = frame(*(lane(name, 2_000, counters=counters(wasted=5_000)) for name in ("select", "poll")))
    assert "Both check all 2,000 in every call. Wasted checks: select 5,000, poll 5,000" in said(shown)
    assert "Both check all" in said(shown, NARROW)


def test_a_lane_alone_has_nothing_to_be_compared_with():
    assert said(frame(lane(counters=counters(wasted=5)))).startswith("select alone, wasted checks: 5")


@pytest.mark.parametrize("others", [(), ("poll",), ("epoll",), ("poll", "epoll")])
@pytest.mark.parametrize("width", [NARROW, 118])
def test_a_failed_select_is_explained_and_the_key_named(others, width):
    words = said(frame(lane(failure="too many"), *(lane(name) for name in others)), width)
    assert "limit" in words
    assert words.endswith("Press l to lift it.")
    assert "wasted" not in words


@pytest.mark.parametrize("dropped", [0, 196, 123_456])
@pytest.mark.parametrize(
    "known",
    [
        {},
        {"scanned": 40_000, "ready": 4_000},
        {"churn": 10_000, "epoll_ctl": 1_234_567},
        {"fds": 64, "scanned": 80, "ready": 6},
        {"fds": 1_000_000},
    ],
)
def test_at_80_columns_every_verdict_is_whole_and_keeps_its_number(known, dropped):
    words = said(race(dropped=dropped, **known), NARROW)
    assert "150×" in words or "1 % of a core" in words
    assert words.endswith(".")


@pytest.mark.parametrize("lanes", [("select", "epoll"), ("select", "poll"), ("epoll",), LANES])
@pytest.mark.parametrize("dropped", [0, 123_456])
def test_at_80_columns_the_start_is_whole(lanes, dropped):
    first, *others = (
        lane(name, 1_000_000, counters=counters(dropped=dropped, wasted=10**10)) for name in lanes
    )
    assert said(frame(first, *others), NARROW).endswith(".")


def test_it_never_exceeds_its_width():
    assert width_of(verdict(race(), 20)) == 20


@pytest.mark.parametrize(
    ("over", "under", "text"),
    [
        (402, 1, "402"),
        (12_345, 1, "12,345"),
        (3, 2, "1.5"),
        (1, 3, "0.33"),
        (1, 10, "0.10"),
        (9, 100, "0.09"),
        (7, 3_046, "0.002"),
        (99, 10, "9.9"),
    ],
)
def test_ratios_are_written_alike(over, under, text):
    assert ratio_text(over, under) == text
