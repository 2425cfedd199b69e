"""The virtual time of each frame, on a clock set by hand."""

from itertools import pairwise

import pytest

from c10k_tui.session.pacer import BUDGET_S, LONGEST_GAP_S, LONGEST_STEP_NS, SPEEDS, Pacer, faster


class Clock:
    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


def frame(pacer, clock, seconds=1 / 30, cost_s=0.0):
    """One frame: time passes, a step is taken, and its cost is added."""
    clock.now_s += seconds
    step = pacer.next_step_ns()
    pacer.learn(step, cost_s)
    return step


def test_at_speed_1_a_scan_takes_two_seconds(clock):
    pacer = Pacer(clock, 1)
    pacer.set_base(scan_ns=340_000, gap_ns=150_000)
    pacer.next_step_ns()
    assert sum(frame(pacer, clock) for _ in range(60)) == pytest.approx(340_000, abs=2)


def test_where_scans_are_short_the_gap_between_bursts_sets_the_pace(clock):
    pacer = Pacer(clock, 2)
    pacer.set_base(scan_ns=544, gap_ns=150_000)
    assert pacer.rate_ns == 150_000


def test_the_first_frame_goes_nowhere_and_neither_does_the_first_after_a_halt(clock):
    pacer = Pacer(clock, 2)
    pacer.set_base(1_000_000, None)
    assert pacer.next_step_ns() == 0
    assert frame(pacer, clock) > 0
    pacer.halt()
    clock.now_s += 5
    assert pacer.next_step_ns() == 0


def test_steps_come_from_the_clock_and_not_from_the_number_of_frames(clock):
    smooth, jerky = Pacer(clock, 2), Pacer(clock, 2)
    for pacer in (smooth, jerky):
        pacer.set_base(1_000_000, None)
        pacer.next_step_ns()
    total = 0
    for _ in range(3):
        total += frame(smooth, clock)
    step = jerky.next_step_ns()
    jerky.learn(step, 0)
    assert step == pytest.approx(total, abs=2)


def test_slow_speeds_lose_no_fractions(clock):
    pacer = Pacer(clock, 0.01)
    pacer.set_base(10_000, None)
    pacer.next_step_ns()
    assert sum(frame(pacer, clock) for _ in range(300)) == pytest.approx(500, abs=1)


def test_a_stall_is_not_made_up_for(clock):
    pacer = Pacer(clock, 2)
    pacer.set_base(1_000_000, None)
    pacer.next_step_ns()
    frame(pacer, clock)
    assert frame(pacer, clock, seconds=60) <= LONGEST_GAP_S * 1_000_000 + 1


def test_a_race_that_costs_too_much_runs_slower_and_says_how_much(clock):
    pacer = Pacer(clock, 2)
    pacer.set_base(30_000_000, None)
    pacer.next_step_ns()
    for _ in range(60):
        clock.now_s += 1 / 30
        step = pacer.next_step_ns()
        pacer.learn(step, step * 2 * BUDGET_S / 1_000_000)
    assert step == pytest.approx(500_000, rel=0.01)
    assert pacer.kept_up == pytest.approx(0.5, rel=0.05)


def test_a_race_that_costs_little_keeps_up(clock):
    pacer = Pacer(clock, 2)
    pacer.set_base(30_000_000, None)
    pacer.next_step_ns()
    for _ in range(60):
        frame(pacer, clock, cost_s=BUDGET_S / 4)
    assert pacer.kept_up == pytest.approx(1)


def test_as_fast_as_it_goes_fills_the_budget(clock):
    pacer = Pacer(clock, None)
    pacer.set_base(340_000, None)
    pacer.next_step_ns()
    for _ in range(80):
        clock.now_s += 1 / 30
        step = pacer.next_step_ns()
        pacer.learn(step, step * BUDGET_S / 5_000_000)
    assert step == pytest.approx(5_000_000, rel=0.05)
    assert pacer.rate_ns == pytest.approx(5_000_000 * 30, rel=0.05)


def test_as_fast_as_it_goes_gathers_speed_by_no_more_than_doubling(clock):
    pacer = Pacer(clock, None)
    pacer.set_base(1_000, None)
    pacer.next_step_ns()
    steps = [frame(pacer, clock) for _ in range(60)]
    assert all(later <= 2 * earlier for earlier, later in pairwise(steps) if earlier)
    assert steps[-1] == LONGEST_STEP_NS


def test_speeds_climb_the_ladder_and_stop_at_its_ends():
    assert faster(2, 1) == 4
    assert faster(2, -1) == 1
    assert faster(3, 1) == 4
    assert faster(3, -1) == 2
    assert faster(1_000, 1) is None
    assert faster(None, -1) == 1_000
    assert faster(None, 1) is None
    assert faster(SPEEDS[0], -1) == SPEEDS[0]
