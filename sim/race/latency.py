"""How long answers took: a histogram that stays small however many there were.

Each power of two is cut into 64 equal parts, so a percentile is off by less than 1.6 %. Samples
collect in a list first (appending is the cheapest thing there is) and are sorted in by the
thousand.
"""

from __future__ import annotations

import numpy as np

_PARTS = 64
_BITS = 6


class Latencies:
    """Nanoseconds from a request's arrival to its answer's last byte, as a distribution."""

    __slots__ = ("_counts", "_known", "samples")

    def __init__(self) -> None:
        self.samples: list[int] = []
        """Not yet sorted in."""
        self._counts = np.zeros(_PARTS * 60, dtype=np.int64)
        self._known: dict[tuple[int, ...], tuple[int | None, ...]] = {}
        """Percentiles worked out since the last sample: a frame asks more often than answers leave."""

    def fold(self) -> None:
        """Sort the collected samples in."""
        if not self.samples:
            return
        values = np.array(self.samples, dtype=np.int64)
        self.samples.clear()
        self._known.clear()
        octave = np.frexp(np.maximum(values, 1).astype(np.float64))[1].astype(np.int64) - 1
        shift = np.maximum(octave - _BITS, 0)
        index = np.where(octave < _BITS, values, (shift + 1) * _PARTS + (values >> shift) - _PARTS)
        np.add.at(self._counts, index, 1)

    def clear(self) -> None:
        """Forget all samples."""
        self.samples.clear()
        self._known.clear()
        self._counts[:] = 0

    def percentiles(self, *parts_per_hundred: int) -> tuple[int | None, ...]:
        """For each percentile the least bound that it does not exceed; None while there are no samples."""
        self.fold()
        if parts_per_hundred not in self._known:
            self._known[parts_per_hundred] = self._percentiles(parts_per_hundred)
        return self._known[parts_per_hundred]

    def _percentiles(self, parts_per_hundred: tuple[int, ...]) -> tuple[int | None, ...]:
        total = int(self._counts.sum())
        if not total:
            return tuple(None for _ in parts_per_hundred)
        upto = np.cumsum(self._counts)
        ranks = [-(-total * part // 100) for part in parts_per_hundred]
        return tuple(_value(int(np.searchsorted(upto, rank))) for rank in ranks)


def _value(index: int) -> int:
    """The middle of a histogram cell."""
    if index < _PARTS:
        return index
    shift = index // _PARTS - 1
    base = (index % _PARTS + _PARTS) << shift
    return base + ((1 << shift) >> 1)
