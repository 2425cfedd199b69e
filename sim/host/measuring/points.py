"""A point of the curve: one call that waits for a number of descriptors, and the number that are ready.

A *point* names the mechanism (select, poll or epoll), the number of descriptors, the number of ready ones,
and the wait: the call finds them ready (``ready``), or it falls asleep first and is woken (``slept``). The
real kernel is measured at points (:mod:`sim.host.measuring.meter`), and the simulated kernel is run at the
same points (:mod:`sim.studies.benchmark`).

Why does a point belong to measuring and not to the benchmark? Three processes must use the same set of ready
descriptors: the program, the measuring process and the waker. The benchmark is only one of the users.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from sim.host.measuring.measurement import Measurement
from sim.scenario.scenario import Active, Share

MECHANISMS = ("select", "poll", "epoll")
WAITS = ("ready", "slept")
FDS_LIMIT = 1_000_000
"""Largest number of descriptors of a point; a race has the same limit."""


@dataclass(frozen=True, slots=True)
class Point:
    """One place on the curve.

    Raises:
        ValueError: The mechanism or the wait is unknown, or ``fds`` or ``active`` is out of range.
    """

    mechanism: str
    fds: int
    active: int
    """Descriptors that are ready when the call returns, 1 to ``fds``."""
    wait: str

    def __post_init__(self) -> None:
        if self.mechanism not in MECHANISMS:
            raise ValueError(f"there is no mechanism {self.mechanism!r}; choose from {', '.join(MECHANISMS)}")
        if self.wait not in WAITS:
            raise ValueError(f"there is no wait {self.wait!r}; choose from {', '.join(WAITS)}")
        if not 1 <= self.fds <= FDS_LIMIT:
            raise ValueError(f"fds must be 1 to {FDS_LIMIT:,}, not {self.fds:,}")
        if not 1 <= self.active <= self.fds:
            raise ValueError(f"active must be 1 to {self.fds:,}, not {self.active:,}")


class PointMeter(Protocol):
    """Something that measures points on a real kernel, such as :class:`sim.host.measuring.meter.Meter`."""

    def measure(self, point: Point, kind: str = "eventfd") -> Measurement:
        """Measure a point on descriptors of a kind.

        Raises:
            sim.host.measuring.measurement.CannotMeasure: It cannot be measured; the message gives the reason.
        """


def active_count(active: Active, fds: int) -> int:
    """Number of active descriptors: a given number (at most ``fds``) or a share of ``fds``."""
    return min(fds, active.of(fds) if isinstance(active, Share) else active)


def points(
    fds: Sequence[int], actives: Sequence[Active], mechanisms: Sequence[str], waits: Sequence[str]
) -> list[Point]:
    """All combinations, without duplicates; the mechanisms of one place are neighbours."""
    every = (
        Point(mechanism, n, active_count(active, n), wait)
        for wait in waits
        for n in fds
        for active in actives
        for mechanism in mechanisms
    )
    return list(dict.fromkeys(every))


def active_places(fds: int, active: int) -> npt.NDArray[np.int64]:
    """Indices of the ``active`` ready descriptors among ``fds``, spread evenly."""
    return (2 * np.arange(active, dtype=np.int64) + 1) * fds // (2 * active)
