"""The fit recovers the prices from the costs of calls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.host.measuring.points import MECHANISMS, WAITS, points
from sim.machine.costs import BUILT_IN, CostTable
from sim.scenario.scenario import Share
from sim.studies.benchmark import simulated_ns
from sim.studies.calibration import fit_points
from sim.studies.fit import PRICES, fitted_table, free_table, solve

SOME = fit_points(2_000)
TRUTH = replace(BUILT_IN, select_ns=900, poll_ns=500, scan_ps=40_000, poll_scan_ps=31_000, hook_ps=70_000)
BLANK = replace(TRUTH, **dict.fromkeys(PRICES, 0))  # type: ignore[arg-type]


def assert_alike(found: CostTable, truth: CostTable, tolerance: float) -> None:
    others = points((60, 600), (1, 5, Share(2_000)), MECHANISMS, WAITS)
    for point in others:
        assert simulated_ns(point, found) == pytest.approx(simulated_ns(point, truth), rel=tolerance)


def test_prices_are_found_again():
    found = fitted_table({point: float(simulated_ns(point, TRUTH)) for point in SOME}, BLANK)
    for name in ("scan_ps", "poll_scan_ps", "hook_ps", "epoll_item_ps", "epoll_stale_ps", "select_ns"):
        assert getattr(found, name) == pytest.approx(getattr(TRUTH, name), rel=0.02), name
    assert_alike(found, TRUTH, 0.01)


def test_a_few_disturbed_points_do_not_spoil_it():
    measured = {point: float(simulated_ns(point, TRUTH)) for point in SOME}
    generator = np.random.default_rng(7)
    for number, point in enumerate(SOME):
        measured[point] *= 3.0 if number % 17 == 5 else generator.uniform(0.98, 1.02)
    assert_alike(fitted_table(measured, BLANK), TRUTH, 0.08)


def test_with_few_descriptors_nothing_is_said_about_the_cache():
    some = [point for point in SOME if point.fds <= 900]
    found = fitted_table({point: float(simulated_ns(point, TRUTH)) for point in some}, BLANK)
    assert found.cache_fds > 900
    assert found.each_ps(found.scan_ps, 5_000) == found.scan_ps
    assert found.scan_ps == pytest.approx(TRUTH.scan_ps, rel=0.02)


def test_a_cache_that_is_too_small_is_seen():
    truth = replace(TRUTH, scan_miss_ps=20_000, cache_fds=2_000)
    some = points((100, 1_000, 3_500, 7_500), (1, 7), ("select", "poll"), WAITS)
    items = [point for point in SOME if point.mechanism == "epoll"]
    found = fitted_table({point: float(simulated_ns(point, truth)) for point in (*some, *items)}, BLANK)
    assert found.cache_fds == 2_000
    assert found.scan_miss_ps == pytest.approx(20_000, rel=0.02)


def test_no_price_is_negative():
    prices, _ = solve(np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]]), np.array([30.0, 20.0, 10.0]))
    assert (prices >= 0).all()


def test_in_the_free_table_calls_cost_next_to_nothing():
    # The smallest price of a scan is a picosecond, and each step is rounded up.
    assert all(simulated_ns(point, free_table()) <= 10 for point in SOME if point.fds <= 1_000)
