"""The verdict on races with other lanes than select, poll and epoll, word by word."""

import pytest

from c10k_tui.screens.race.views.verdict import verdict
from c10k_tui.text.styled_text import text_of
from sim.frames.frame import FaultView, MemoryView
from sim.scenario.faults import FAILED, MEMORY
from sim.scenario.lanes import LANES
from tests.support.lane_frames import counters, frame, lane

NARROW = 78


def served(name, each_ns, calls=2.0, memory=3_640, **known):
    """A lane that waited this long for each of a thousand requests."""
    spent = {"context_switch": each_ns * 1_000} | known.pop("cost_ns", {})
    figures = counters(wakeups=500, requests=1_000, syscalls=round(calls * 1_000), cost_ns=spent, **known)
    return lane(name, 100, counters=figures, memory=MemoryView(memory, memory * 100, 0, 1 << 33))


def said(*lanes, width=200, **settings):
    return text_of(verdict(frame(*lanes, **settings), width))


SAME = "Same packets, same answers. "


def test_the_verdict_shows_the_extra_cost_and_the_memory_of_threads():
    lanes = served("thread", 2_190, memory=40_248), served("epoll", 760)
    costs = "Waiting for a request costs thread 2.19 µs, epoll 760 ns: 2.9× less."
    memory = "Memory of a connection: thread 40.2 kB, epoll 3.64 kB."
    assert said(*lanes) == f"{SAME}{costs} {memory}"
    assert said(*lanes, width=118) == SAME + costs
    assert said(*lanes, width=NARROW) == costs


def test_threads_that_cost_less_do_well():
    lanes = served("thread", 1_552), served("epoll", 1_907)
    assert said(*lanes, width=120) == (
        f"{SAME}Waiting for a request costs epoll 1.91 µs, thread 1.55 µs: 1.2× less, threads do well here."
    )
    assert said(*lanes, width=NARROW) == (
        "epoll 1.91 µs, thread 1.55 µs a request: 1.2× less, threads do well here."
    )


def test_costs_that_hardly_differ_are_about_the_same():
    assert "about the same, processes do well here" in said(served("process", 1_000), served("epoll", 990))
    assert "about the same." in said(served("pool", 1_000), served("epoll", 990))


def test_two_lanes_of_a_task_each_are_not_praised_for_each_other():
    words = said(served("process", 10_500), served("thread", 2_190))
    assert "process 10.5 µs, thread 2.19 µs: 4.8× less. " in words
    assert "well" not in words


def test_three_lanes_are_listed_with_their_costs():
    lanes = [served(name, each) for name, each in (("thread", 2_190), ("select", 30_900), ("epoll", 760))]
    costs = "thread 2.19 µs, select 30.9 µs, epoll 760 ns"
    assert said(*lanes) == f"{SAME}Waiting for a request costs {costs}."
    assert said(*lanes, width=NARROW) == f"Waiting for a request costs {costs}."


def test_a_second_cpu_is_not_kept_quiet():
    words = said(served("thread", 2_190), served("io_uring-sqpoll", 500))
    assert "io_uring-sqpoll 500 ns + a CPU" in words


def test_lanes_that_get_the_ready_ones_are_compared_by_their_calls():
    racing = served("epoll", 700, 2.3), served("epoll-et", 690, 3.3)
    assert (
        said(*racing)
        == f"{SAME}None of them asks every descriptor. Calls for a request: epoll 2.3, epoll-et 3.3."
    )
    racing = served("epoll", 700, 2.3), served("io_uring", 800, 0.32)
    assert said(*racing) == (
        f"{SAME}epoll is told which are ready, io_uring what came. "
        "Calls for a request: epoll 2.3, io_uring 0.32."
    )


def test_under_churn_the_start_of_tasks_costs_most():
    started = served("process", 1_000, cost_ns={"task_start": 14_900_000})
    words = said(started, served("epoll", 760), churn=5_000)
    assert words.startswith(f"{SAME}Connections come and go, a new process each: starting them took 14.9 ms")
    assert "more than half of what waiting costs" in words
    assert "starting" not in said(started, served("epoll", 760))


def test_before_the_first_answer_the_verdict_compares_the_mechanisms():
    assert said(lane("thread"), lane("select"), lane("io_uring")) == (
        "Same packets. thread has a thread each; select asks every descriptor; io_uring is told what came."
    )


def test_the_verdict_names_a_lane_without_memory_and_what_the_others_take():
    broke = lane(
        "process",
        failure="process fails here",
        memory=MemoryView(113_448, 0, 0, 1 << 33),
        warning=FaultView(MEMORY, "process fails here", None, 1),
    )
    assert said(broke, served("epoll", 760)) == (
        "process needs more memory than the machine has: 113 kB a connection, epoll 3.64 kB."
    )
    assert "Press l" not in said(broke)
    gave_up = lane("iocp", failure="no", warning=FaultView(FAILED, "no", None, 1))
    assert said(gave_up, served("epoll", 760)) == "iocp has given up. epoll goes on."


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("thread", "thread alone, switches: 7 so far, for 1,000 answered. Keys 1 2 3 and L bring others in."),
        ("iocp", "iocp alone, system calls: 2,000 so far, for 1,000 answered."),
        ("pool", "pool alone, wasted checks: 5 so far, for 1,000 answered."),
    ],
)
def test_alone(name, words):
    assert said(served(name, 500, context_switches=7, wasted=5)).startswith(words)


@pytest.mark.parametrize("first", LANES)
@pytest.mark.parametrize("dropped", [0, 123_456])
def test_four_lanes_with_long_names_are_whole_at_80_columns(first, dropped):
    names = dict.fromkeys((first, "epoll-exclusive", "io_uring-sqpoll", "epoll-oneshot"))
    words = said(*(served(name, 999_000, dropped=dropped) for name in names), width=NARROW)
    assert words.endswith(".")
    assert "…" not in words
