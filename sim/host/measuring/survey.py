"""Measure many points on a machine that has other work to do.

A disturbance lasts for seconds: a neighbour fills the caches or uses the memory's bandwidth, and every
repetition of a point becomes slower by the same amount. More repetitions do not help. So the points are
measured one after the other, in rounds. The figure of a point is the lowest round that another round
confirms. If no two rounds of a point agree, the point is measured again in the next round. If they do not
agree after the last round, the figure is marked as doubtful.

Why not simply the lowest round? The clock can lose time, and then a round is too low
(:func:`sim.host.measuring.timed_calls.undisturbed`).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from itertools import pairwise

from sim.host.measuring.measurement import CannotMeasure, Measurement
from sim.host.measuring.points import Point, PointMeter

AGREE = 0.05
"""Largest relative difference of two rounds that agree."""
ROUNDS = 5
"""Largest number of rounds."""

Progress = Callable[[int, int, str], None]
"""Called with the measurements done, the measurements known to be due in all, and the name of the next
one."""


class Survey:
    """The rounds of some points.

    Args:
        points: Points to measure.
        meter: Measures them.
        kind: Kind of the descriptors.
        fewest: Smallest number of rounds for each point.
    """

    def __init__(
        self, points: Iterable[Point], meter: PointMeter, kind: str = "eventfd", fewest: int = 2
    ) -> None:
        self.meter = meter
        self.fewest = fewest
        self.kind = kind
        self.rounds: dict[Point, list[Measurement]] = {point: [] for point in points}
        self.why_not: dict[Point, str] = {}
        """Reasons, by the points that cannot be measured."""

    def run(self, progress: Progress, budget_s: float = float("inf")) -> None:
        """Measure until every point has two rounds that agree, in at most :data:`ROUNDS` rounds.

        Args:
            progress: Called before each measurement.
            budget_s: Seconds after which no point is measured again.
        """
        end_s = time.monotonic() + budget_s
        done = 0
        for _ in range(ROUNDS):
            due = self.unsettled()
            for number, point in enumerate(due):
                if self.rounds[point] and time.monotonic() > end_s:
                    return
                progress(done, done + len(due) - number, f"{point.mechanism}, {point.fds:,} descriptors")
                self._measure(point)
                done += 1
        progress(done, done, "")

    def _measure(self, point: Point) -> None:
        try:
            self.rounds[point].append(self.meter.measure(point, self.kind))
        except CannotMeasure as why_not:
            self.why_not[point] = str(why_not)

    def unsettled(self) -> list[Point]:
        """Points with too few rounds, or without two rounds that agree."""
        return [
            point
            for point, rounds in self.rounds.items()
            if point not in self.why_not and (len(rounds) < self.fewest or self._agreed_ns(point) is None)
        ]

    def _agreed_ns(self, point: Point) -> int | None:
        """Lowest round that another one confirms, in ns; None if no two agree."""
        ordered = sorted(measurement.ns for measurement in self.rounds[point])
        for lower, upper in pairwise(ordered):
            if upper <= lower * (1 + AGREE):
                return lower
        return None

    def ns(self, point: Point) -> int | None:
        """Cost of a point in ns: its lowest confirmed round, else its middle one; None without a round."""
        agreed_ns = self._agreed_ns(point)
        if agreed_ns is not None or not self.rounds[point]:
            return agreed_ns
        return statistics.median_low(measurement.ns for measurement in self.rounds[point])

    def noise(self, point: Point) -> str | None:
        """One line if the figure of a point is doubtful; None otherwise."""
        rounds = self.rounds[point]
        if not rounds or self._agreed_ns(point) is not None:
            return None
        if len(rounds) == 1:
            return rounds[0].noise
        figures_ns = [measurement.ns for measurement in rounds]
        apart = f"{max(figures_ns) / min(figures_ns) - 1:.0%}"
        return (
            f"the machine is busy: {len(rounds)} rounds, no two agree, the highest {apart} above the lowest"
        )
