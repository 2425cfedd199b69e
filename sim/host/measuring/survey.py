"""Many points measured so that the figures survive a machine with other things to do.

Disturbances last: a neighbour that fills the caches, or the memory's bandwidth, does so for seconds, and
makes each repetition of a point slower alike. So points are measured in rounds, one after the other and all
over again. The lowest round that another one confirms counts; a point of which no two rounds agree is
measured once more in the next, and if none ever do, that is said.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from itertools import pairwise

from sim.host.measuring.measurement import CannotMeasure, Measurement
from sim.host.measuring.points import Point, PointMeter

AGREE = 0.05
"""Two rounds that differ by no more, as a part of the lower one, agree."""
ROUNDS = 5
"""Most rounds."""

Progress = Callable[[int, int, str], None]
"""Told how many measurements are done, how many are known to be due in all, and what the next is of."""


class Survey:
    """The rounds of some points.

    Args:
        points: what to measure.
        ruler: what measures.
        kind: what the descriptors are.
        fewest: rounds that each point gets at least.
    """

    def __init__(
        self, points: Iterable[Point], ruler: PointMeter, kind: str = "eventfd", fewest: int = 2
    ) -> None:
        self.ruler = ruler
        self.fewest = fewest
        self.kind = kind
        self.rounds: dict[Point, list[Measurement]] = {point: [] for point in points}
        self.why_not: dict[Point, str] = {}
        """The points that cannot be measured, and why."""

    def run(self, progress: Progress, budget_s: float = float("inf")) -> None:
        """Measure until all points agree with themselves, at most :data:`ROUNDS` times and for so long."""
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
            self.rounds[point].append(self.ruler.measure(point, self.kind))
        except CannotMeasure as why_not:
            self.why_not[point] = str(why_not)

    def unsettled(self) -> list[Point]:
        """The points that were measured too seldom, or of which no two rounds agree."""
        return [
            point
            for point, rounds in self.rounds.items()
            if point not in self.why_not and (len(rounds) < self.fewest or self._agreed_ns(point) is None)
        ]

    def _agreed_ns(self, point: Point) -> int | None:
        """The lowest round that another one confirms; None if no two agree.

        A single low round is not believed: the clock itself can lose time
        (:mod:`sim.host.measuring.timed_calls`).
        """
        ordered = sorted(measurement.ns for measurement in self.rounds[point])
        for lower, upper in pairwise(ordered):
            if upper <= lower * (1 + AGREE):
                return lower
        return None

    def ns(self, point: Point) -> int | None:
        """What a point costs: the lowest confirmed round, else the middle one; None if there is none."""
        agreed_ns = self._agreed_ns(point)
        if agreed_ns is not None or not self.rounds[point]:
            return agreed_ns
        return statistics.median_low(measurement.ns for measurement in self.rounds[point])

    def noise(self, point: Point) -> str | None:
        """One line if a point's figure is doubtful."""
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
