"""The error of the calibrated table's predictions on this machine, and the growth of its calls with n.

A table is fitted in the same way as by ``c10k-tui calibrate``. Other points, measured in the same rounds, are
compared with the simulated kernel. No point of this comparison is used for the fit.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable

from benchmarks.report import Figure
from sim.host.measuring.measurement import CannotMeasure
from sim.host.measuring.meter import Meter
from sim.host.measuring.points import MECHANISMS, WAITS, Point, points
from sim.host.measuring.step_costs import STEPS
from sim.host.measuring.survey import Survey
from sim.machine.costs import BUILT_IN
from sim.scenario.scenario import Share
from sim.studies.benchmark import simulated_ns
from sim.studies.calibration import fit_points, with_steps
from sim.studies.fit import fitted_table

FDS = (200, 500, 2_000, 5_000, 10_000, 19_000)
ACTIVE = (1, 3, Share(100), Share(1_000), Share(10_000))
MEDIAN_ERROR, PERCENTILE_ERROR = 0.10, 0.25
SLOPE_FROM = 500
FEW = 3
"""Fixed number of active descriptors of the points that show the growth with n."""


def exponent(costs_ns: Iterable[tuple[int, int]]) -> float:
    """Exponent b of the best fit cost = a · n^b (a straight line through the logarithms)."""
    logs = [(math.log(fds), math.log(ns)) for fds, ns in costs_ns]
    return statistics.linear_regression([x for x, _ in logs], [y for _, y in logs]).slope


def percentile(values: list[float], share: float) -> float:
    """Smallest value that is not exceeded by this share (0 … 1) of all values."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def figures() -> list[Figure]:
    """Errors of the predictions, and slopes of the measured costs."""
    try:
        with Meter() as meter:
            known = with_steps(BUILT_IN, {name: meter.step(name).ns for name in STEPS})
            fit = fit_points(meter.nofile.now)
            asked = points(FDS, ACTIVE, MECHANISMS, WAITS)
            assert not set(asked) & set(fit)
            # Both are measured in the same rounds, so that another process that fills the caches affects
            # both.
            survey = Survey([*fit, *asked], meter, fewest=3)
            survey.run(lambda done, due, what: None)
            warnings = meter.warnings
    except CannotMeasure as why_not:
        return [Figure("points measured on this machine", 0, "", note=str(why_not))]
    table = fitted_table({point: ns for point in fit if (ns := survey.ns(point)) is not None}, known)
    measured_ns = {point: ns for point in asked if (ns := survey.ns(point)) is not None}
    errors = {point: abs(simulated_ns(point, table) / ns - 1) for point, ns in measured_ns.items()}
    doubtful = sum(1 for point in measured_ns if survey.noise(point))
    note = f"{len(errors)} of {len(asked)} points; {doubtful} differ from round to round"
    worst = max(errors, key=errors.__getitem__)
    place = f"{worst.mechanism}, {worst.active:,} of {worst.fds:,}, {worst.wait}"
    found = [
        Figure("prediction: median error", statistics.median(errors.values()), "", MEDIAN_ERROR, note=note),
        Figure(
            "prediction: 95th percentile of the error",
            percentile(list(errors.values()), 0.95),
            "",
            PERCENTILE_ERROR,
            note=f"worst {errors[worst]:.0%}: {place}",
        ),
        *(_of(name, errors) for name in (*MECHANISMS, *WAITS)),
        *_slopes(measured_ns),
    ]
    if warnings:
        found.append(Figure("warnings of the measuring process", len(warnings), "", note="; ".join(warnings)))
    return found


def _of(name: str, errors: dict[Point, float]) -> Figure:
    """A figure for the errors of one mechanism or of one way to wait."""
    some = [error for point, error in errors.items() if name in (point.mechanism, point.wait)]
    note = f"95th percentile {percentile(some, 0.95):.3f}"
    return Figure(f"  {name}: median error", statistics.median(some), "", note=note)


def _slopes(measured_ns: dict[Point, int]) -> list[Figure]:
    """Growth of the measured cost with n, at a fixed number of active descriptors."""
    found = []
    for mechanism in MECHANISMS:
        for wait in WAITS:
            costs = [
                (p.fds, ns)
                for p, ns in measured_ns.items()
                if (p.mechanism, p.wait, p.active) == (mechanism, wait, FEW) and p.fds >= SLOPE_FROM
            ]
            if len(costs) < 2:
                continue
            slope = exponent(costs)
            name = f"measured {mechanism}, {wait}: exponent of n"
            if mechanism == "epoll":
                found.append(Figure(name, slope, "", 0.1))
            else:
                off = f"exponent {slope:.3f}"
                found.append(Figure(f"{name}, distance from 1", abs(slope - 1), "", 0.1, note=off))
    return found
