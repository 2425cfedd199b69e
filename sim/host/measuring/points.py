"""Points."""

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
"""Most descriptors of a point, as of a race."""


@dataclass(frozen=True, slots=True)
class Point:
    """One place on the curve.

    Raises:
        ValueError: no such mechanism or wait, or more active descriptors than there are.
    """

    mechanism: str
    fds: int
    active: int
    """Descriptors ready when the call returns, 1 to ``fds``."""
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
    """What measures points on a real kernel: :class:`sim.host.measuring.meter.Meter`."""

    def measure(self, point: Point, kind: str = "eventfd") -> Measurement:
        """What the call costs there, on descriptors of a kind.

        Raises:
            sim.host.measuring.measurement.CannotMeasure: it cannot be made; the message says why.
        """


def active_count(active: Active, fds: int) -> int:
    """How many of ``fds`` descriptors are active: a number (never more than there are) or a share."""
    return min(fds, active.of(fds) if isinstance(active, Share) else active)


def points(
    fds: Sequence[int], actives: Sequence[Active], mechanisms: Sequence[str], waits: Sequence[str]
) -> list[Point]:
    """All combinations, the mechanisms of one place next to each other; none twice."""
    every = (
        Point(mechanism, n, active_count(active, n), wait)
        for wait in waits
        for n in fds
        for active in actives
        for mechanism in mechanisms
    )
    return list(dict.fromkeys(every))


def active_places(fds: int, active: int) -> npt.NDArray[np.int64]:
    """Which of ``fds`` descriptors are ready: ``active`` of them, spread evenly."""
    return (2 * np.arange(active, dtype=np.int64) + 1) * fds // (2 * active)
