"""Measurement."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

NOISY = 0.25
"""A median so far above the lower quartile says that the machine was doing something else."""


class CannotMeasure(Exception):
    """A measurement that cannot be made here; the message says why in one line."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one call took, over many repetitions; CPU time in nanoseconds."""

    ns: int
    """The lower quartile: the figure to use."""
    min_ns: int
    median_ns: int
    repetitions: int

    @property
    def noise(self) -> str | None:
        """One line if the repetitions differ so much that the figure is doubtful; None if they do not."""
        if self.median_ns <= self.ns * (1 + NOISY):
            return None
        apart = f"{self.median_ns / max(1, self.ns) - 1:.0%}"
        return f"the machine is busy: half of the repetitions took {apart} longer than the best quarter"


def summary(samples_ns: Sequence[float], empty_ns: float = 0.0) -> Measurement:
    """Repetitions as one measurement, less what measuring itself takes."""
    ordered = sorted(samples_ns)
    quartile_ns = ordered[len(ordered) // 4]
    figures = (quartile_ns, ordered[0], statistics.median(ordered))
    quartile, least, median = (max(1, round(ns - empty_ns)) for ns in figures)
    return Measurement(quartile, least, median, len(ordered))
