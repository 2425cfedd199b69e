"""A histogram of latencies with a fixed size.

Each power of two is divided into 64 equal cells, so a percentile is wrong by less than 1.6 %. New samples go
into a list, which is the cheapest way to add one, and are counted into the cells thousands at a time.

Why not a list of all samples: a race can answer millions of requests, and a frame asks for percentiles 30
times a second.
"""

from __future__ import annotations

import numpy as np

_PARTS = 64
_BITS = 6


class Latencies:
    """Times from the arrival of a request to the last byte of its answer, in ns, as a distribution."""

    __slots__ = ("_counts", "_known", "samples")

    def __init__(self) -> None:
        self.samples: list[int] = []
        """Samples not counted yet."""
        self._counts = np.zeros(_PARTS * 60, dtype=np.int64)
        self._known: dict[tuple[int, ...], tuple[int | None, ...]] = {}
        """Percentiles computed since the last sample, because frames are more frequent than answers."""

    def fold(self) -> None:
        """Count the collected samples into the cells."""
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
        """The percentiles in ns, each within 1.6 %; None for each while there are no samples."""
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
    """The middle of a cell in ns."""
    if index < _PARTS:
        return index
    shift = index // _PARTS - 1
    base = (index % _PARTS + _PARTS) << shift
    return base + ((1 << shift) >> 1)
