"""What the lanes say, word by word."""

import pytest

from c10k_tui.spans import text_of, width_of
from c10k_tui.views.sentence import activity, brief_sentence, ratio_text, sentence, verdict
from tests.widgets.frames import call, counters, frame, lane, scan


def said(shown):
    return text_of(sentence(shown))


def test_select_says_how_many_looks_were_for_nothing():
    shown = lane(call=call(asked=10_000, scanned=10_000, ready=3))
    assert said(shown) == "asked about 10,000, 3 were ready: 9,997 looks for nothing"


def test_a_call_that_slept_has_looked_twice():
    shown = lane(call=call(asked=10_000, scanned=20_000, ready=3, passes=2, slept=True))
    assert said(shown) == "looked twice at all 10,000, 3 were ready: 19,997 looks for nothing"


def test_more_passes_are_counted():
    shown = lane(call=call(asked=16, scanned=64, ready=1, passes=4))
    assert said(shown) == "looked 4 times at all 16, 1 was ready: 63 looks for nothing"


def test_one_look_for_nothing_is_one_look():
    assert said(lane(call=call(asked=2, scanned=2, ready=1))).endswith("1 look for nothing")


def test_when_all_are_ready_no_look_is_for_nothing():
    assert said(lane(call=call(asked=16, scanned=16, ready=16))).endswith("no look for nothing")


def test_epoll_picks_up_what_is_ready():
    shown = lane("epoll", call=call(asked=10_000, scanned=3, ready=3))
    assert said(shown) == "3 were ready, 3 picked up: no look for nothing"


def test_epoll_admits_its_second_looks():
    shown = lane("epoll", call=call(asked=10_000, scanned=6, ready=3))
    assert said(shown) == "3 were ready, 3 picked up: no search (3 looked at again)"


@pytest.mark.parametrize("name", ["select", "poll", "epoll"])
def test_before_the_first_call_it_says_what_will_happen(name):
    assert "10" in said(lane(name))


def test_a_failure_is_all_a_lane_says():
    shown = lane(failure="select fails here: 1,024", call=call())
    assert said(shown) == "select fails here: 1,024"
    assert text_of(brief_sentence(shown)) == "select fails here: 1,024"


def test_narrow_lanes_say_it_briefly():
    scanning = lane(call=call(asked=10_000, scanned=20_000, ready=3))
    assert text_of(brief_sentence(scanning)) == "20,000 looks, 3 ready: 19,997 for nothing"
    assert text_of(brief_sentence(lane("epoll", call=call(ready=3)))) == "3 ready, picked up: no search"


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (lane(activity="sleeping"), "asleep: nothing to do until an interrupt"),
        (lane(activity="scanning"), "scanning"),
        (
            lane(activity="scanning", passes=(scan(0, None, 10_000, position=4_211),)),
            "scanning: 4,211 of 10,000 asked",
        ),
        (
            lane(activity="scanning", passes=(scan(0, None, 10, position=4, number=2),)),
            "scanning: 4 of 10 asked, for the second time",
        ),
        (lane("epoll", activity="collecting"), "collecting from the ready list"),
        (lane(activity="collecting"), "in the call: copying, wait queues"),
        (lane(activity="serving", serving_fd=4211), "serving fd 4211"),
        (lane(activity="serving"), "serving"),
        (lane(activity="failed"), "stopped"),
    ],
)
def test_what_a_lane_does_at_the_moment(shown, words):
    assert text_of(activity(shown)) == words


def race(fds=10_000, scanned=100_000, ready=30, epoll_ctl=0, **settings):
    spent = {"scan": 600_000}
    select = lane(fds=fds, counters=counters(wakeups=1, scanned=scanned, ready=ready, cost_ns=spent))
    spent = {"syscall": 4_000}
    epoll = lane("epoll", fds=fds, counters=counters(wakeups=1, epoll_ctl=epoll_ctl, cost_ns=spent))
    return frame(select, epoll, **settings)


def verdict_of(shown, width=118):
    return text_of(verdict(shown, width))


def test_the_verdict_is_the_ratio_of_what_a_wakeup_costs():
    assert verdict_of(race()) == (
        "Same packets, same answers. A wake-up costs select 600 µs, epoll 4.00 µs: 150× less."
    )
    assert verdict_of(race(), 70) == "A wake-up costs select 600 µs, epoll 4.00 µs: 150× less."


def test_before_the_first_wakeups_the_verdict_says_what_to_look_for():
    assert verdict_of(frame(lane(), lane("epoll"))).startswith("Same packets for both. select has to ask")


def test_with_many_ready_at_once_it_says_why_the_lead_shrinks():
    words = verdict_of(race(scanned=40_000, ready=4_000))
    assert words.startswith("Many talk at once: one look in 10 finds something")
    assert "lead shrinks" in words


def test_under_churn_it_tells_of_epoll_ctl():
    assert "an epoll_ctl (1,204 so far)" in verdict_of(race(churn=10_000, epoll_ctl=1_204))


def test_with_few_descriptors_epoll_gains_little():
    assert verdict_of(race(fds=16, scanned=80, ready=6)).startswith("Only 16 to ask")


def test_a_failed_select_is_explained():
    shown = frame(lane(failure="too many"), lane("epoll"))
    assert "Press l to lift it" in verdict_of(shown)


def test_a_lane_alone_has_nothing_to_be_compared_with():
    assert verdict_of(frame(lane(counters=counters(wasted=5)))).startswith(
        "select alone: 5 looks for nothing"
    )
    assert verdict_of(frame(lane("select"), lane("poll"))).startswith("select alone")


def test_the_verdict_never_exceeds_its_width():
    assert width_of(verdict(race(), 30)) == 30


@pytest.mark.parametrize(
    ("over", "under", "text"),
    [
        (402, 1, "402"),
        (12_345, 1, "12,345"),
        (3, 2, "1.5"),
        (1, 3, "0.3"),
        (7, 3_046, "0.002"),
        (99, 10, "9.9"),
    ],
)
def test_ratios_have_two_digits_or_more(over, under, text):
    assert ratio_text(over, under) == text
