"""Frames that hold arrays can be compared, on every interpreter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim import Race, Scenario


def lane_frames(name: str):
    races = [Race(Scenario(fds=20, active=20, rate=50_000, lanes=(name,))) for _ in range(2)]
    for race in races:
        race.advance(2_000_000)
    return [race.frame().lanes[0] for race in races]


@pytest.mark.parametrize("name", ["select", "thread"])
def test_frames_of_equal_races_are_equal(name):
    one, other = lane_frames(name)
    assert one == other


def test_one_bit_of_one_poll_mask_makes_a_difference():
    one, other = lane_frames("select")
    mask = other.poll_mask.copy()
    mask[other.first_fd] ^= 1
    assert one != replace(other, poll_mask=mask)
    assert one != replace(other, poll_mask=mask[:-1])


def test_one_state_of_one_task_makes_a_difference():
    one, other = lane_frames("thread")
    assert one.tasks == other.tasks
    states = other.tasks.states.copy()
    states[-1] += 1
    assert one.tasks != replace(other.tasks, states=states)
    assert one != replace(other, tasks=replace(other.tasks, states=states))


def test_a_number_and_another_class_make_a_difference():
    one, other = lane_frames("select")
    assert one != replace(other, fds=21)
    assert one != "select"
    assert one != np.zeros(3)
