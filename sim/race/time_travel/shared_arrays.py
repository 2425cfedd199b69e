"""Storage of arrays that differ little from one another.

The checkpoints of a lane hold the same large arrays many times (poll masks, bitmaps, ``struct pollfd``), and
only a few entries differ from one checkpoint to the next. So an array is stored as its differences from a
*base*. The base is all zeros, or an array that was stored whole and is still in use.

Why not compression: it takes many times longer than comparing words, and going back in time has to be fast.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

SMALLEST_BYTES = 1_024
"""Smaller arrays stay in the pickle."""
_SPARSE = 8
"""An array is stored as differences if at most one word in 8 differs."""
_PROBES = 64
"""Number of words that are compared to choose a base."""
_BASES_TRIED = 8
_OVERHEAD_BYTES = 200
"""Memory of the objects around a stored array."""

Words = npt.NDArray[Any]
"""The memory of an array as unsigned integers of 8 bytes; of 1 byte if its size is no multiple of 8."""


class BaseArray:
    """An array that is stored whole."""

    __slots__ = ("users", "words")

    def __init__(self, words: Words) -> None:
        self.words = words
        self.users = 0
        """Number of stored arrays that refer to it."""

    @property
    def size_bytes(self) -> int:
        """Memory it takes."""
        return int(self.words.nbytes) + _OVERHEAD_BYTES


class StoredArray:
    """An array, stored as its differences from a base.

    Args:
        base: None for all zeros.
        length: size of the array in bytes.
        places: indices of the words that differ.
        values: the words at these indices.
    """

    __slots__ = ("base", "length", "places", "values")

    def __init__(
        self, base: BaseArray | None, length: int, places: npt.NDArray[np.int32], values: Words
    ) -> None:
        self.base = base
        self.length = length
        self.places = places
        self.values = values

    @property
    def size_bytes(self) -> int:
        """Memory it takes, without its base."""
        return int(self.places.nbytes + self.values.nbytes) + _OVERHEAD_BYTES

    def copy(self) -> Words:
        """The whole array, as a new array."""
        kind = _word(self.length)
        words: Words = (
            np.zeros(self.length // kind.itemsize, kind) if self.base is None else self.base.words.copy()
        )
        words[self.places] = self.values
        return words


def store_array(buffer: memoryview, bases: list[BaseArray]) -> StoredArray:
    """Store an array.

    Args:
        buffer: its bytes.
        bases: possible bases, the most similar last. If none is similar, the array is appended as a new base.
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
    """The base that differs least in a sample of words, newer ones first; None if zeros differ less."""
    step = max(1, len(words) // _PROBES)
    probe = words[::step]
    nearest, least = None, int(np.count_nonzero(probe))
    alike = [base for base in reversed(bases) if base.words.nbytes == words.nbytes]
    for base in alike[:_BASES_TRIED]:
        differing = int(np.count_nonzero(probe != base.words[::step]))
        if differing < least:
            nearest, least = base, differing
    return nearest
