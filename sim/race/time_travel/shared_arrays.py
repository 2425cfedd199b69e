"""Arrays kept many times over: what did not change is kept once.

Checkpoints of a lane hold the same large arrays again and again (poll masks, bitmaps, ``struct pollfd``s),
of which a few entries differ from one checkpoint to the next. An array is kept as the places where it
differs from a *base*: all zeros, or an array that was kept whole before and is still referred to.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

SMALLEST_BYTES = 1_024
"""Arrays below this size are not worth it: they stay in the pickle."""
_SPARSE = 8
"""An array with fewer than one in so many words changed is kept as changes."""
_PROBES = 64
"""Words looked at to choose a base."""
_BASES_TRIED = 8
_OVERHEAD_BYTES = 200
"""What the objects around a kept array take."""

Words = npt.NDArray[Any]
"""An array's memory as unsigned integers of 8 bytes, or of one where that does not come out even."""


class BaseArray:
    """An array kept whole."""

    __slots__ = ("users", "words")

    def __init__(self, words: Words) -> None:
        self.words = words
        self.users = 0
        """Kept arrays that refer to it."""

    @property
    def size_bytes(self) -> int:
        """What it takes."""
        return int(self.words.nbytes) + _OVERHEAD_BYTES


class StoredArray:
    """An array as its difference from a base (None: all zeros)."""

    __slots__ = ("base", "length", "places", "values")

    def __init__(
        self, base: BaseArray | None, length: int, places: npt.NDArray[np.int32], values: Words
    ) -> None:
        self.base = base
        self.length = length
        """Bytes."""
        self.places = places
        self.values = values

    @property
    def size_bytes(self) -> int:
        """What it takes besides its base."""
        return int(self.places.nbytes + self.values.nbytes) + _OVERHEAD_BYTES

    def copy(self) -> Words:
        """The array as it was, as one's own."""
        kind = _word(self.length)
        words: Words = (
            np.zeros(self.length // kind.itemsize, kind) if self.base is None else self.base.words.copy()
        )
        words[self.places] = self.values
        return words


def store_array(buffer: memoryview, bases: list[BaseArray]) -> StoredArray:
    """Keep an array.

    Args:
        buffer: its bytes.
        bases: what may serve as base, the likeliest last; a new one is appended if none is near.
    """
    words: Words = np.frombuffer(buffer, dtype=_word(buffer.nbytes))
    nearest = _nearest(words, bases)
    changed = words if nearest is None else words != nearest.words
    if np.count_nonzero(changed) * _SPARSE > len(words):
        nearest = BaseArray(words.copy())
        bases.append(nearest)
        return StoredArray(nearest, buffer.nbytes, np.zeros(0, np.int32), words[:0].copy())
    places = np.flatnonzero(changed).astype(np.int32)
    return StoredArray(nearest, buffer.nbytes, places, words[places])


def _word(length: int) -> np.dtype[Any]:
    return np.dtype(np.uint8 if length % 8 else np.uint64)


def _nearest(words: Words, bases: list[BaseArray]) -> BaseArray | None:
    """The base, or None for zeros, that seems to differ least: by a few words of each, the newer first."""
    step = max(1, len(words) // _PROBES)
    probe = words[::step]
    nearest, least = None, int(np.count_nonzero(probe))
    alike = [base for base in reversed(bases) if base.words.nbytes == words.nbytes]
    for base in alike[:_BASES_TRIED]:
        differing = int(np.count_nonzero(probe != base.words[::step]))
        if differing < least:
            nearest, least = base, differing
    return nearest
