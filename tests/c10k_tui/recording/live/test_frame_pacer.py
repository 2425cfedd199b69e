"""The pace of a recording depends on the settings and the frame number, not on the wall clock."""

from dataclasses import replace

import pytest

from c10k_tui.recording.cast.race_prices import cost_s_per_ns
from c10k_tui.recording.live.frame_pacer import FramePacer
from c10k_tui.recording.live.step_clock import StepClock
from c10k_tui.session.pacer import BUDGET_S, LONGEST_STEP_NS, SPEEDS, Pacer
from sim.scenario.scenario import PRESETS, Scenario

RATE = 30


def steps(scenario, speed, costs_s, frames=90):
    """Virtual time of each frame, on a machine where a step takes ``costs_s`` seconds."""
    clock = StepClock(lambda: 0.0)
    pacer = FramePacer(clock, lambda: scenario, speed)
    pacer.set_base(scenario.fds * 34, 150_000)
    taken = []
    for frame in range(frames):
        clock.show(frame, RATE)
        step_ns = pacer.next_step_ns()
        pacer.learn(step_ns, costs_s[frame % len(costs_s)])
        taken.append((step_ns, pacer.rate_ns, pacer.kept_up))
    return taken


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("name", PRESETS)
def test_a_slow_machine_makes_no_difference(name, speed):
    scenario = PRESETS[name][1]
    assert steps(scenario, speed, [0.0]) == steps(scenario, speed, [0.5, 3.0, 0.0])


def test_a_speed_is_kept_to_the_nanosecond():
    scenario = Scenario()
    taken = [step_ns for step_ns, _, _ in steps(scenario, 2.0, [0.0], frames=RATE + 1)]
    assert taken[0] == 0
    assert sum(taken) == pytest.approx(scenario.fds * 34, abs=1)


def test_at_full_speed_every_frame_costs_the_same_by_the_price_list():
    scenario = Scenario()
    (first, *rest) = [step_ns for step_ns, _, _ in steps(scenario, None, [9.0])]
    assert first == 0
    assert set(rest) == {int(BUDGET_S / cost_s_per_ns(scenario))}


def test_a_costlier_race_advances_less_and_silence_is_bounded():
    scenario = Scenario()
    assert cost_s_per_ns(replace(scenario, rate=40_000)) > 1.9 * cost_s_per_ns(scenario)
    assert cost_s_per_ns(replace(scenario, lanes=("epoll",))) == cost_s_per_ns(scenario) / 2
    silent = [step_ns for step_ns, _, _ in steps(replace(scenario, rate=0), None, [0.0])]
    assert 0 < max(silent) <= LONGEST_STEP_NS


def test_the_pacer_of_a_race_that_is_only_watched_does_learn():
    clock = StepClock(lambda: 0.0)
    pacer = Pacer(clock, 1_000)
    pacer.set_base(340_000, None)
    for frame in range(60):
        clock.show(frame, RATE)
        pacer.learn(pacer.next_step_ns(), 3.0)
    assert pacer.kept_up < 0.5


def test_the_clock_goes_on_with_the_wall_from_where_the_frames_ended():
    wall = [100.0]
    clock = StepClock(lambda: wall[0])
    assert clock() == 100.0
    clock.show(45, RATE)
    wall[0] = 500.0
    assert clock() == 1.5
    clock.release()
    wall[0] = 501.0
    assert clock() == 2.5
