"""Points of the curve: the cost of the simulated call is the sum of its work."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.host.measuring.measurement import CannotMeasure, Measurement
from sim.host.measuring.points import MECHANISMS, WAITS, Point, active_count, active_places, points
from sim.machine.costs import BUILT_IN
from sim.scenario.scenario import Share
from sim.studies.benchmark import (
    BenchmarkRow,
    SimulatedBench,
    break_even_fds,
    simulated_ns,
    sweep,
    with_ratios,
)
from tests.support.kernel_under_test import ROUND_COSTS


@pytest.mark.parametrize(("fds", "active"), [(1, 1), (100, 1), (100, 3), (1_000, 100), (640, 640)])
def test_a_ready_scan_is_one_pass_with_hooks_up_to_the_first_ready_descriptor(fds, active):
    hooks = int(active_places(fds, active)[0]) + 1
    bitmap_bytes = 8 * -(-(fds + 3) // 64)  # the first descriptor is 3
    assert simulated_ns(Point("select", fds, active, "ready"), ROUND_COSTS) == (
        3_000 + 10 * fds + 30 * hooks + 2 * bitmap_bytes
    )
    assert simulated_ns(Point("poll", fds, active, "ready"), ROUND_COSTS) == (
        2_000 + 10 * fds + 30 * hooks + 10 * fds
    )


@pytest.mark.parametrize(("fds", "active"), [(1, 1), (100, 3), (1_000, 100), (640, 640)])
def test_a_scan_that_slept_is_two_passes_n_hooks_and_two_switches(fds, active):
    bitmap_bytes = 8 * -(-(fds + 3) // 64)
    assert simulated_ns(Point("select", fds, active, "slept"), ROUND_COSTS) == (
        3_000 + 20 * fds + 30 * fds + 2 * 1_100 + 2 * bitmap_bytes
    )
    assert simulated_ns(Point("poll", fds, active, "slept"), ROUND_COSTS) == (
        2_000 + 20 * fds + 30 * fds + 2 * 1_100 + 10 * fds
    )


@pytest.mark.parametrize(("fds", "active"), [(1, 1), (100, 3), (10_000, 3), (640, 640)])
def test_epoll_pays_for_ready_items_and_after_a_sleep_for_stale_ones(fds, active):
    assert simulated_ns(Point("epoll", fds, active, "ready"), ROUND_COSTS) == 1_000 + (170 + 12) * active
    assert simulated_ns(Point("epoll", fds, active, "slept"), ROUND_COSTS) == (
        1_000 + 170 * active + 30 + 2 * 1_100 + (170 + 12) * active
    )


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("wait", WAITS)
def test_a_bench_repeats_its_cost_and_can_use_other_prices(mechanism, wait):
    point = Point(mechanism, 300, 7, wait)
    bench = SimulatedBench(point)
    first = bench.cost_ns(ROUND_COSTS)
    other = bench.cost_ns(BUILT_IN)
    assert other != first
    assert other == simulated_ns(point, BUILT_IN)
    assert bench.cost_ns(ROUND_COSTS) == first == simulated_ns(point, ROUND_COSTS)


@given(st.integers(1, 5_000), st.data())
def test_active_descriptors_are_spread_over_all(fds, data):
    active = data.draw(st.integers(1, fds))
    places = active_places(fds, active).tolist()
    assert len(set(places)) == active
    assert places == sorted(places)
    assert min(places) >= 0
    assert max(places) < fds
    if active > 1:
        gaps = [after - before for before, after in pairwise(places)]
        assert max(gaps) - min(gaps) <= 1


def test_points_are_named_once_and_shares_become_numbers():
    some = points((10, 100), (1, Share(1_000), Share(10_000)), ("select", "epoll"), ("ready",))
    assert some[:2] == [Point("select", 10, 1, "ready"), Point("epoll", 10, 1, "ready")]
    assert [point.active for point in some if point.mechanism == "epoll"] == [1, 10, 1, 10, 100]
    assert active_count(500, 100) == 100


@pytest.mark.parametrize(
    "wrong",
    [("kqueue", 10, 1, "ready"), ("poll", 0, 1, "ready"), ("poll", 10, 11, "ready"), ("poll", 10, 1, "x")],
)
def test_an_impossible_point_is_refused(wrong):
    with pytest.raises(ValueError, match=r"."):
        Point(*wrong)


class Table:
    """A meter with a table of figures, and with points that it cannot measure."""

    def measure(self, point, kind="eventfd"):
        if point.fds > 1_000:
            raise CannotMeasure("too many")
        return Measurement(2_000 if point.mechanism == "select" else 1_000, 1, 9_000, 12)


def test_a_sweep_has_both_figures_and_a_reason_for_a_missing_one():
    some = points((100, 2_000), (1,), ("select", "epoll"), ("ready",))
    rows = with_ratios(list(sweep(some, ROUND_COSTS, Table())))
    assert [row.measured_ns for row in rows] == [2_000, 1_000, None, None]
    assert [row.why_not for row in rows] == [None, None, "too many", "too many"]
    assert rows[0].ratio_to_epoll == 2.0
    assert rows[2].ratio_to_epoll == rows[2].simulated_ns / rows[3].simulated_ns
    assert rows[1].error == rows[1].simulated_ns / 1_000 - 1
    assert rows[2].error is None
    assert rows[0].noisy is not None
    unmeasured = list(sweep(some, ROUND_COSTS, None))
    assert all((row.measured_ns, row.why_not) == (None, None) for row in unmeasured)


def test_a_row_without_epoll_beside_it_has_no_ratio():
    row = BenchmarkRow(Point("select", 10, 1, "ready"), 5, None)
    assert with_ratios([row]) == [row]


def test_break_even_is_the_first_size_at_which_epoll_is_cheaper():
    assert break_even_fds(ROUND_COSTS, "epoll", 3, "ready") is None
    found = break_even_fds(BUILT_IN, "select", 1, "slept")
    assert found is not None
    below, at = (
        simulated_ns(Point("select", fds, 1, "slept"), BUILT_IN)
        - simulated_ns(Point("epoll", fds, 1, "slept"), BUILT_IN)
        for fds in (max(1, found - 1), found)
    )
    assert at > 0
    assert below <= 0 or found == 1
