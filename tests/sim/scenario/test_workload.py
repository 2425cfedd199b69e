"""The schedule of arrivals: its times and clients, and its independence of the order of reading."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.machine.clock import NEVER
from sim.scenario.scenario import Scenario, Share
from sim.scenario.workload import SECOND_NS, Window, Workload, active_slots, request_bytes
from tests.support.races import scenarios


def packets(workload: Workload, until_ns: int) -> tuple[list[int], list[int]]:
    """Times and slots of all arrivals before ``until_ns``."""
    times: list[int] = []
    slots: list[int] = []
    for number in range((until_ns - workload.start_ns) // workload.window_ns + 1):
        window = workload.window(number)
        times += window.times_ns[:-1]
        slots += window.slots
    upto = sum(time_ns < until_ns for time_ns in times)
    return times[:upto], slots[:upto]


@pytest.mark.parametrize(
    ("rate", "burst", "active"), [(20_000, 3, 3), (100_000, 1, 50), (5_000, 10, Share(10_000))]
)
def test_requests_come_at_the_rate_asked_for_and_bursts_like_a_poisson_process(rate, burst, active):
    times, _ = packets(Workload(Scenario(fds=1_000, active=active, rate=rate, burst=burst)), 2 * SECOND_NS)
    assert len(times) == pytest.approx(2 * rate, rel=0.02)
    starts = np.unique(np.array(times))
    gaps = np.diff(starts)
    mean_ns = SECOND_NS * burst / rate
    assert gaps.mean() == pytest.approx(mean_ns, rel=0.03)
    # Exponential gaps: standard deviation equals mean, and e^-1 of them are longer than the mean.
    assert gaps.std() == pytest.approx(mean_ns, rel=0.05)
    assert (gaps > mean_ns).mean() == pytest.approx(np.exp(-1), abs=0.02)


def test_hang_ups_come_at_their_rate_from_all_clients():
    _, slots = packets(Workload(Scenario(fds=100, rate=0, churn=20_000)), SECOND_NS)
    assert len(slots) == pytest.approx(20_000, rel=0.03)
    assert {~slot for slot in slots} == set(range(100))


@settings(max_examples=60)
@given(scenarios(), st.integers(0, 10**12), st.integers(0, 10**6), st.permutations(range(6)))
def test_windows_are_the_same_for_any_order_of_making_them(scenario, start_ns, first_serial, order):
    workload = Workload(scenario, start_ns, first_serial)
    if workload.silent:
        assert scenario.rate == scenario.churn == 0
        return
    windows = [workload.window(number) for number in range(6)]
    again = Workload(scenario, start_ns, first_serial)
    for number in order:
        assert again.window(number) == windows[number]
        assert again.window(number) == windows[number]
    serial = first_serial
    for number, window in enumerate(windows):
        check_window(window, scenario, start_ns + number * workload.window_ns, workload.window_ns)
        assert window.first_serial == serial
        serial += len(window.slots)


def check_window(window: Window, scenario: Scenario, begin_ns: int, length_ns: int) -> None:
    times, slots = window.times_ns, window.slots
    assert times[-1] == NEVER
    assert len(times) == len(slots) + 1
    assert times == sorted(times)
    assert all(begin_ns <= time_ns < begin_ns + length_ns for time_ns in times[:-1])
    active = set(active_slots(scenario).tolist())
    assert len(active) == scenario.active_count
    assert all(slot in active if slot >= 0 else 0 <= ~slot < scenario.fds for slot in slots)


@settings(max_examples=40)
@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 400), st.integers(0, 2**63 - 1))
def test_a_burst_arrives_at_one_moment_on_different_connections(fds, active, burst, seed):
    scenario = Scenario(fds=fds, active=min(active, fds), burst=burst, rate=50_000, seed=seed)
    window = Workload(scenario).window(0)
    size = scenario.burst_count
    assert size == min(burst, active, fds)
    assert len(window.slots) % size == 0
    for first in range(0, len(window.slots), size):
        assert len(set(window.times_ns[first : first + size])) == 1
        assert len(set(window.slots[first : first + size])) == size


def test_every_active_connection_gets_its_share():
    scenario = Scenario(fds=1_000, active=20, burst=3)
    _, slots = packets(Workload(scenario), 2 * SECOND_NS)
    counts = np.bincount(slots, minlength=1_000)
    assert np.count_nonzero(counts) == 20
    assert counts[counts > 0].min() > 0.9 * counts[counts > 0].mean()


def test_serial_numbers_give_the_number_of_arrivals_by_a_moment():
    workload = Workload(Scenario(fds=10, rate=100_000, churn=5_000), first_serial=1_000)
    times, _ = packets(workload, 3 * workload.window_ns)
    for time_ns in (0, times[0] - 1, times[0], times[500], 2 * workload.window_ns, times[-1]):
        assert workload.serial_at(time_ns) == 1_000 + sum(other <= time_ns for other in times)
    assert Workload(Scenario(rate=0), first_serial=7).serial_at(10**15) == 7


def test_seeds_differ_and_repeat():
    scenario = Scenario(fds=1_000, active=10)
    same = [Workload(Scenario(fds=1_000, active=10, seed=seed)).window(0) for seed in (1, 1, 2)]
    assert same[0] == same[1] != same[2]
    assert len(request_bytes(scenario)) == scenario.payload
    assert request_bytes(scenario) == request_bytes(scenario)
