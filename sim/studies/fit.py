"""Prices from measured points: the cost table with which the simulated kernel gives the measured figures.

The cost of a call is linear in the prices of the table: the kernel counts steps, the table has their prices,
and the sum is the figure. So the coefficient of a price at a point is the cost of the simulated call when
that price is one microsecond and all others are zero. No formula is needed: the simulated kernel is run.

The prices are then the solution of a least-squares problem with three conditions:

- It minimizes *relative* errors, so that a microsecond counts as much in a short call as a millisecond in a
  long one.
- No price is negative.
- Points that fit badly, because something disturbed them, lose weight (Huber's method).

Two parameters are not linear: the number of descriptors and the number of ready items that the cache holds.
They are tried from a short list, and the best pair is kept.

Why not SciPy's solver? It would be a large dependency for a dozen unknowns; NumPy's ``lstsq`` in a loop
suffices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from itertools import product

import numpy as np
import numpy.typing as npt

from sim.host.measuring.points import Point
from sim.machine.costs import BUILT_IN, CostTable
from sim.studies.benchmark import SimulatedBench

UNIT_NS = 1_000
KNEES = (1_000, 2_000, 3_000, 4_500, 1_000_000)
"""Cache sizes to try, in descriptors or items. The last one means that there is no such effect."""
MISSES = ("scan_miss_ps", "woken_miss_ps", "item_miss_ps", "stale_miss_ps")
"""Prices of cache misses: the first two belong to ``cache_fds``, the others to ``cache_items``."""
PRICES = (
    *("select_ns", "poll_ns", "epoll_wait_ns", "context_switch_ns"),
    *("scan_ps", "poll_scan_ps", "hook_ps", "epoll_item_ps", "epoll_stale_ps"),
    *MISSES,
)
"""Prices that points determine."""
_ROUNDS = 8
_TOLERANCE = 0.03
"""Relative error above which a point loses weight."""

Measured = Mapping[Point, float]
Floats = npt.NDArray[np.float64]


def free_table() -> CostTable:
    """A table in which every price is zero."""
    zeros = {field.name: 0 for field in fields(CostTable) if field.type == "int"}
    return replace(BUILT_IN, name="nothing", **zeros)  # type: ignore[arg-type]


def unit_price(name: str) -> int:
    """One microsecond in the unit of a price (ns or ps)."""
    return UNIT_NS * 1_000 if name.endswith("_ps") else UNIT_NS


def coefficients(benches: Sequence[SimulatedBench], names: Sequence[str], knee: int) -> Floats:
    """Count the payments of each price at the point of each bench, by running the simulated kernel.

    Returns:
        Shape (points, names).
    """
    free = replace(free_table(), cache_fds=knee, cache_items=knee)
    tables = [replace(free, **{name: unit_price(name)}) for name in names]  # type: ignore[arg-type]
    rows = [[bench.cost_ns(table) / UNIT_NS for table in tables] for bench in benches]
    return np.array(rows, dtype=np.float64)


def solve(design: Floats, measured_ns: Floats) -> tuple[Floats, float]:
    """Find the prices in ns that fit best, none of them negative.

    Returns:
        The prices, and the mean relative error, in which errors above the tolerance count less.
    """
    relative = design / measured_ns[:, None]
    weights = np.ones(len(measured_ns))
    prices = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        prices = _not_negative(relative * weights[:, None], weights)
        errors = np.abs(relative @ prices - 1.0)
        weights = np.sqrt(_TOLERANCE / np.maximum(errors, _TOLERANCE))
    return prices, float(np.minimum(errors, 5 * _TOLERANCE).mean())


def _not_negative(design: Floats, target: Floats) -> Floats:
    """Least squares. A price that becomes negative is set to zero, and the rest is solved again."""
    kept = list(range(design.shape[1]))
    prices = np.zeros(design.shape[1])
    while kept:
        found = np.linalg.lstsq(design[:, kept], target, rcond=None)[0]
        if (found >= 0).all():
            prices[kept] = found
            break
        kept.pop(int(found.argmin()))
    return prices


def fitted_table(points: Measured, known: CostTable) -> CostTable:
    """The table that explains measured points best.

    Args:
        points: Measured cost in ns, by point.
        known: A table whose prices stay if no point determines them (such as ``copy_ps``). The others are
            replaced.
    """
    known = replace(known, **dict.fromkeys(PRICES, 0))  # type: ignore[arg-type]
    benches = [SimulatedBench(point) for point in points]
    known_ns = np.array([bench.cost_ns(known) for bench in benches], dtype=np.float64)
    measured_ns = np.maximum(np.array(list(points.values())) - known_ns, 1.0)
    design = coefficients(benches, PRICES, KNEES[-1])
    misses = {knee: coefficients(benches, MISSES, knee) for knee in _knees(points)}
    columns = [PRICES.index(name) for name in MISSES]
    best: tuple[float, int, int, Floats] | None = None
    for fds, items in product(misses, repeat=2):
        design[:, columns[:2]] = misses[fds][:, :2]
        design[:, columns[2:]] = misses[items][:, 2:]
        prices, error = solve(design, measured_ns)
        if best is None or error < best[0]:
            best = error, fds, items, prices
    assert best is not None
    _, fds, items, prices = best
    found = {
        name: round(ns * 1_000) if name.endswith("_ps") else round(ns)
        for name, ns in zip(PRICES, prices.tolist(), strict=True)
    }
    return replace(known, cache_fds=fds, cache_items=items, **found)


def _knees(points: Measured) -> list[int]:
    """Cache sizes worth trying: some points must be larger."""
    largest = max(point.fds for point in points)
    return [knee for knee in KNEES if knee < largest or knee == KNEES[-1]]
