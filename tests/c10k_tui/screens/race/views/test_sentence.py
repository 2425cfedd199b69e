"""The sentences of the lanes, word by word."""

import numpy as np
import pytest

from c10k_tui.screens.race.views.activity import activity
from c10k_tui.screens.race.views.sentence import sentence, sentences
from c10k_tui.text.styled_text import text_of
from sim.frames.frame import TaskView
from tests.support.lane_frames import call, counters, lane, scan

LIVELOCK = {"interrupt": 9_990_000, "scan": 10_000}


def said(shown):
    return text_of(sentence(shown))


def test_select_says_how_many_checks_were_wasted():
    shown = lane(call=call(asked=10_000, scanned=10_000, ready=3))
    assert said(shown) == "checked 10,000, 3 ready: 9,997 checks wasted"


def test_a_call_that_slept_has_checked_twice():
    shown = lane(call=call(asked=10_000, scanned=20_000, ready=3, passes=2, slept=True))
    assert said(shown) == "checked all 10,000 twice, 3 ready: 19,997 checks wasted"


def test_more_passes_are_counted():
    shown = lane(call=call(asked=16, scanned=64, ready=1, passes=4))
    assert said(shown) == "checked all 16 4 times, 1 ready: 63 checks wasted"


def test_one_wasted_check_is_one_check():
    assert said(lane(call=call(asked=2, scanned=2, ready=1))).endswith("1 check wasted")


def test_when_all_are_ready_no_check_is_wasted():
    assert said(lane(call=call(asked=16, scanned=16, ready=16))).endswith("no check wasted")


def test_epoll_gets_the_ready_ones():
    shown = lane("epoll", call=call(asked=10_000, scanned=3, ready=3))
    assert said(shown) == "got 3, all ready: no check wasted"


def test_epoll_admits_its_second_checks():
    shown = lane("epoll", call=call(asked=10_000, scanned=6, ready=3))
    assert said(shown) == "got 3, all ready: no search (3 re-checked)"


@pytest.mark.parametrize("name", ["select", "poll", "epoll"])
def test_before_the_first_call_it_says_what_will_happen(name):
    assert "10" in said(lane(name))


def test_a_failure_is_all_a_lane_says():
    shown = lane(failure="select fails here: 1,024", call=call())
    assert said(shown) == "select fails here: 1,024"
    assert len(sentences(shown)) == 1


def test_narrow_lanes_say_it_briefly():
    scanning = lane(call=call(asked=10_000, scanned=20_000, ready=3))
    assert text_of(sentences(scanning)[1]) == "checked 10,000, 3 ready: 19,997 wasted"
    assert text_of(sentences(lane("epoll", call=call(ready=3)))[1]) == "got 3, all ready: no search"


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (lane(activity="sleeping"), "asleep: nothing to do until an interrupt"),
        (lane(activity="scanning"), "scanning"),
        (
            lane(activity="scanning", passes=(scan(0, None, 10_000, position=4_211),)),
            "scanning: 4,211 of 10,000 checked",
        ),
        (
            lane(activity="scanning", passes=(scan(0, None, 10, position=4, number=2),)),
            "scanning: 4 of 10 checked, for the second time",
        ),
        (lane("epoll", activity="collecting", ready_listed=2), "collecting from the ready list"),
        (lane("epoll", activity="collecting"), "entering epoll_wait"),
        (lane(activity="collecting"), "in the call: copying, wait queues"),
        (lane(activity="serving", serving_fd=4211), "serving fd 4211"),
        (lane(activity="serving"), "serving"),
        (lane(activity="failed"), "stopped"),
        (lane(activity="scanning", counters=counters(cost_ns=LIVELOCK)), "held up by interrupts"),
    ],
)
def test_what_a_lane_does_at_the_moment(shown, words):
    assert text_of(activity(shown)) == words


def test_a_server_that_interrupts_hold_up_has_answered_nothing():
    assert said(lane(counters=counters(cost_ns=LIVELOCK))).startswith("interrupts take all the CPU")
    assert said(lane(counters=counters(cost_ns=LIVELOCK), call=call())).startswith("checked")


def crew(name, running=0, runnable=0, blocked=4, **known):
    view = TaskView(running, runnable, blocked, 0, np.zeros(10, np.uint8))
    return lane(name, tasks=view, **known)


COUNTED = counters(
    wakeups=638,
    context_switches=845,
    epoll_ctl=617,
    empty_reads=594,
    spurious_wakes=7,
    filter_runs=1_064,
    cqes=1_026,
    syscalls=320,
    operations=2_120,
    sq_thread_work_ns=1_770_000,
    sq_thread_spin_ns=28_200_000,
)
SAID = [
    (
        crew("thread", blocked=11, call=call(slept=True), counters=COUNTED),
        "its packet woke the thread that waits for it: no search (638 such calls, 845 switches so far)",
    ),
    (
        crew("process", blocked=11, call=call(), counters=COUNTED),
        "a process found its request there: no sleep (638 such calls, 845 switches so far)",
    ),
    (
        crew("pool", blocked=9, call=call(ready=3, scanned=3), counters=COUNTED),
        "3 were ready, handed to 8 workers who arm each again: 617 epoll_ctl, 845 switches so far",
    ),
    (
        lane("epoll-et", call=call(ready=3, scanned=3), counters=COUNTED),
        "told once of 3, and not again till more comes: 594 reads found nothing so far (EAGAIN)",
    ),
    (
        crew("epoll-oneshot", call=call(ready=3, scanned=3), counters=COUNTED),
        "one of 4 workers told of 3, nobody again until it arms them: 617 epoll_ctl so far",
    ),
    (
        crew("epoll-exclusive", call=call(ready=1, scanned=1), counters=COUNTED),
        "one of 4 workers told of 1: 7 wake-ups for nothing so far",
    ),
    (
        crew("epoll-exclusive", call=call(ready=1, scanned=1)),
        "one of 4 workers told of 1: nobody woken for nothing",
    ),
    (
        lane("kqueue", call=call(ready=3, scanned=3), counters=COUNTED),
        "3 were queued, 3 picked up: no search (1,064 filters run by packets so far)",
    ),
    (
        lane("io_uring", call=call(ready=3, scanned=1), counters=COUNTED),
        "3 completions told what came: no call to read (1,026 posted, 320 calls so far)",
    ),
    (
        lane("io_uring-poll", call=call(ready=1, scanned=1), counters=COUNTED),
        "1 completion told which are ready, calls read them (1,026 posted, 320 calls so far)",
    ),
    (
        lane("io_uring-sqpoll", call=call(ready=3, scanned=0), counters=COUNTED),
        "3 completions told what came, a second CPU took what was submitted: 1.77 ms at work, "
        "28.2 ms spinning so far",
    ),
    (
        lane("iocp", call=call(ready=1, scanned=0), counters=COUNTED),
        "1 packet told what came; a call starts each next receive: 2,120 operations so far",
    ),
]


@pytest.mark.parametrize(("shown", "words"), SAID, ids=lambda known: getattr(known, "name", None))
def test_each_mechanism_has_a_sentence_of_its_own(shown, words):
    assert said(shown) == words


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (crew("thread", blocked=11), "all 11 asleep: nothing to do until an interrupt"),
        (
            crew("thread", 1, 3, 7, activity="serving", serving_fd=42),
            "the thread of fd 42 runs, 3 more runnable",
        ),
        (
            crew("process", 1, 0, 10, activity="collecting"),
            "accepting: the process that waits for clients, no other runnable",
        ),
        (
            crew("pool", 1, 1, 7, activity="collecting"),
            "between two connections: epoll_wait, 1 more runnable",
        ),
        (
            crew("epoll-oneshot", 1, 0, 3, activity="serving", serving_fd=9),
            "serving fd 9, no other runnable",
        ),
        (lane("kqueue", activity="collecting"), "in kevent"),
        (lane("epoll", serving_fd=8), "asleep in a call for fd 8: nobody else is served"),
        (lane("iocp", activity="collecting"), "in GetQueuedCompletionStatusEx"),
        (lane("epoll-et", activity="collecting"), "entering epoll_wait"),
    ],
)
def test_what_tasks_and_calls_do_at_the_moment(shown, words):
    assert text_of(activity(shown)) == words
