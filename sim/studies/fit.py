"""Prices from measured points: which cost table makes the simulated kernel give what was measured.

What a call costs is linear in the table's prices: the kernel counts, the table prices, the sum is the figure.
So the coefficient of a price at a point is what the simulated call costs there when that price is one
microsecond and all others are nothing. There is no formula for it here: the simulated kernel is run and
asked. What is left is a least-squares problem, solved for the smallest *relative* errors (a microsecond call
counts as much as a millisecond one), without negative prices, and with points that fit badly, because
something disturbed them, losing weight (Huber's way).

Two parameters are not linear: how many descriptors and how many ready items the cache holds. They are tried
out from a short list, and the best is kept.
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
"""Sizes tried for the cache, in descriptors or items; the last one says that there is no such effect."""
MISSES = ("scan_miss_ps", "woken_miss_ps", "item_miss_ps", "stale_miss_ps")
"""The first two go with ``cache_fds``, the others with ``cache_items``."""
PRICES = (
    *("select_ns", "poll_ns", "epoll_wait_ns", "context_switch_ns"),
    *("scan_ps", "poll_scan_ps", "hook_ps", "epoll_item_ps", "epoll_stale_ps"),
    *MISSES,
)
"""The prices that points tell."""
_ROUNDS = 8
_TOLERANCE = 0.03
"""Relative errors beyond this lose weight."""

Measured = Mapping[Point, float]
Floats = npt.NDArray[np.float64]


def nothing() -> CostTable:
    """A table in which everything is free."""
    zeros = {field.name: 0 for field in fields(CostTable) if field.type == "int"}
    return replace(BUILT_IN, name="nothing", **zeros)  # type: ignore[arg-type]


def unit_price(name: str) -> int:
    """A microsecond in the unit of a price."""
    return UNIT_NS * 1_000 if name.endswith("_ps") else UNIT_NS


def coefficients(benches: Sequence[SimulatedBench], names: Sequence[str], knee: int) -> Floats:
    """How often each price is paid at each bench's point, by running the simulated kernel.

    Returns:
        Shape (points, names).
    """
    free = replace(nothing(), cache_fds=knee, cache_items=knee)
    tables = [replace(free, **{name: unit_price(name)}) for name in names]  # type: ignore[arg-type]
    rows = [[bench.cost_ns(table) / UNIT_NS for table in tables] for bench in benches]
    return np.array(rows, dtype=np.float64)


def solve(design: Floats, measured_ns: Floats) -> tuple[Floats, float]:
    """Prices in nanoseconds that fit best, none of them negative.

    Returns:
        The prices, and the mean relative error, with those beyond the tolerance counted less.
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
    """Least squares; a price that comes out negative is set to nothing, and the rest solved again."""
    kept = list(range(design.shape[1]))
    prices = np.zeros(design.shape[1])
    while kept:
        found = np.linalg.lstsq(design[:, kept], target, rcond=None)[0]
        if (found >= 0).all():
            prices[kept] = found
            break
        kept.pop(int(found.argmin()))
    return prices


def fitted(points: Measured, known: CostTable) -> CostTable:
    """The table that explains measured points best.

    Args:
        points: what was measured, in nanoseconds.
        known: prices that no point can tell (``copy_ps`` among them) as they are, the others to be replaced.
    """
    known = replace(known, **dict.fromkeys(PRICES, 0))  # type: ignore[arg-type]
    benches = [SimulatedBench(point) for point in points]
    told_ns = np.array([bench.cost_ns(known) for bench in benches], dtype=np.float64)
    measured_ns = np.maximum(np.array(list(points.values())) - told_ns, 1.0)
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
    """The sizes of the cache worth trying: some points must be larger."""
    largest = max(point.fds for point in points)
    return [knee for knee in KNEES if knee < largest or knee == KNEES[-1]]
