"""Many repetitions of a call as one figure.

Other programs make a call slower, through the caches, and hardly ever faster. So the figure to use is the
lower quartile of the repetitions. The minimum and the median are kept beside it. If the median is much
higher, the figure is marked as doubtful.

Why not the minimum? The clock itself can lose time (see :func:`sim.host.measuring.timed_calls.undisturbed`),
and a single repetition that is too low would decide. Why not the mean? One interrupted repetition can be a
hundred times as long as the others.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

NOISY = 0.25
"""Excess of the median over the lower quartile that marks a figure as doubtful."""


class CannotMeasure(Exception):
    """A measurement that cannot be made here; the message gives the reason in one line."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """CPU time of one call in ns, over many repetitions."""

    ns: int
    """Lower quartile: the figure to use."""
    min_ns: int
    median_ns: int
    repetitions: int

    @property
    def noise(self) -> str | None:
        """One line if the repetitions differ so much that the figure is doubtful; None otherwise."""
        if self.median_ns <= self.ns * (1 + NOISY):
            return None
        apart = f"{self.median_ns / max(1, self.ns) - 1:.0%}"
        return f"the machine is busy: half of the repetitions took {apart} longer than the best quarter"


def summary(samples_ns: Sequence[float], empty_ns: float = 0.0) -> Measurement:
    """Combine repetitions into one measurement.

    Args:
        samples_ns: Time of each repetition.
        empty_ns: Time that measuring itself takes; it is subtracted.
    """
    ordered = sorted(samples_ns)
    quartile_ns = ordered[len(ordered) // 4]
    figures = (quartile_ns, ordered[0], statistics.median(ordered))
    quartile, least, median = (max(1, round(ns - empty_ns)) for ns in figures)
    return Measurement(quartile, least, median, len(ordered))
