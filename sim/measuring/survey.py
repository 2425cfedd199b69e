"""Many points measured so that the figures survive a machine with other things to do.

Disturbances last: a neighbour that fills the caches, or the memory's bandwidth, does so for seconds, and makes
each repetition of a point slower alike. So points are measured in rounds, one after the other and all
over again, and the lowest round counts; a point whose two lowest rounds do not agree is measured once more in
the next, and if they never come to agree, that is said.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from sim.benchmark import Point, Ruler
from sim.measuring import CannotMeasure, Measurement

AGREE = 0.05
"""Two rounds differ by no more, as a part of the lower one, if they agree."""
ROUNDS = 5
"""Most rounds."""

Progress = Callable[[int, int, str], None]
"""Told how many measurements are done, how many there are to do as far as is known, and of what the next is."""


class Survey:
    """The rounds of some points.

    Args:
        points: what to measure.
        ruler: what measures.
        kind: what the descriptors are.
    """

    def __init__(self, points: Iterable[Point], ruler: Ruler, kind: str = "eventfd") -> None:
        self.ruler = ruler
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
        """The points that were measured less than twice, or whose lowest two rounds do not agree."""
        return [p for p in self.rounds if p not in self.why_not and not self._agree(p)]

    def _agree(self, point: Point) -> bool:
        lowest = sorted(measurement.ns for measurement in self.rounds[point])[:2]
        return len(lowest) == 2 and lowest[1] <= lowest[0] * (1 + AGREE)

    def ns(self, point: Point) -> int | None:
        """What a point costs: its lowest round; None if it could not be measured."""
        return min((measurement.ns for measurement in self.rounds[point]), default=None)

    def noise(self, point: Point) -> str | None:
        """One line if a point's figure is doubtful."""
        if not self.rounds[point] or self._agree(point):
            return None
        lowest = sorted(measurement.ns for measurement in self.rounds[point])
        if len(lowest) < 2:
            return min(self.rounds[point], key=lambda m: m.ns).noise
        return f"the machine is busy: the best two of {len(lowest)} rounds are {lowest[1] / lowest[0] - 1:.0%} apart"
