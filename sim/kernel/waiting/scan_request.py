"""What a call to select or poll asks about: which descriptors, in which order, for which events.

select brings up to three bitmaps, and the kernel walks their union word by word, upwards; poll
brings an array, walked from its start. Both come down to the same questions: how many descriptors
are there, which of them match the poll masks as they are now, and where in the walk does a given
descriptor stand. They are answered with vectors over the descriptor table's mask array, so that a
million descriptors cost a millisecond here (and the 34 virtual milliseconds that they cost there).
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from sim.kernel import poll_bits
from sim.machine.costs import CostTable

Words = npt.NDArray[np.uint64]
"""A bitmap in words of 64 descriptors, as the kernel keeps it (``fd_set_bits``)."""
Masks = npt.NDArray[np.uint16]

STRETCH = 32_768
"""Descriptors looked at in one vector: what is set aside for it stays in the cache, and is small
enough for the allocator to have at hand (fresh pages would cost more than the scan)."""

POLLFD = np.dtype([("fd", "<i4"), ("events", "<i2"), ("revents", "<i2")])
"""``struct pollfd``: 8 bytes."""


def words_for(nfds: int) -> Words:
    """An empty bitmap with room for descriptors below ``nfds``."""
    return np.zeros((nfds + 63) // 64, dtype=np.uint64)


def set_bits(words: Words, first: int, last: int) -> None:
    """Set the bits ``first … last`` (FD_SET over a range)."""
    octets = words.view(np.uint8)
    bits = np.unpackbits(octets, bitorder="little")
    bits[first : last + 1] = 1
    octets[:] = np.packbits(bits, bitorder="little")


def set_bit(words: Words, fd: int) -> None:
    """FD_SET."""
    words[fd >> 6] |= np.uint64(1 << (fd & 63))


def clear_bit(words: Words, fd: int) -> None:
    """FD_CLR."""
    words[fd >> 6] &= np.uint64(~(1 << (fd & 63)) & (2**64 - 1))


def bit_numbers(words: Words, nfds: int) -> npt.NDArray[np.int64]:
    """The descriptors below ``nfds`` whose bits are set, ascending."""
    bits = np.unpackbits(words.view(np.uint8), bitorder="little", count=nfds)
    return np.flatnonzero(bits.view(np.bool_))


class ScanRequest(Protocol):
    """The descriptors of one call, in the order of the walk. A rank is a place in that order."""

    count: int

    def each_ps(self, costs: CostTable) -> int:
        """What looking at each of them costs in a pass over all."""

    def ready_ranks(self, masks: Masks) -> list[int]:
        """The ranks of those that are ready, ascending."""

    def rank(self, fd: int) -> int | None:
        """Where a descriptor stands; None if it is not asked about."""

    def wanted(self, fd: int) -> int:
        """The poll bits asked for, HUP and ERR included; 0 if it is not asked about."""

    def hits(self, fd: int, mask: int) -> list[int]:
        """The ranks at which a descriptor stands that are ready when these are its poll bits."""

    def fd_at(self, rank: int) -> int:
        """The descriptor at a rank; for ``rank == count`` one more than the last."""


class SelectRequest:
    """The union of select's three bitmaps."""

    def __init__(self, nfds: int, bitmaps: tuple[Words | None, Words | None, Words | None]) -> None:
        self.nfds = nfds
        self.sets = tuple(
            (bitmap.copy(), mask)
            for bitmap, mask in zip(
                bitmaps,
                (poll_bits.READABLE_SET, poll_bits.WRITABLE_SET, poll_bits.EXCEPTIONAL_SET),
                strict=True,
            )
            if bitmap is not None
        )
        self.union = words_for(nfds)
        for words, _ in self.sets:
            self.union |= words
        self._per_word = np.bitwise_count(self.union)
        self.count = int(self._per_word.sum(dtype=np.int64))

    def each_ps(self, costs: CostTable) -> int:
        empty_words = len(self._per_word) - int(np.count_nonzero(self._per_word))
        return costs.each_ps(costs.scan_ps, self.count, empty_words)

    @cached_property
    def _before(self) -> npt.NDArray[np.int64]:
        """Set bits in the words before each word, and all of them at the end."""
        before = np.zeros(len(self.union) + 1, dtype=np.int64)
        np.cumsum(self._per_word, out=before[1:])
        return before

    def ready_fds(self, masks: Masks) -> npt.NDArray[np.int64]:
        """The descriptors that are ready for a set they are in; closed ones always are (``NVAL``)."""
        found = [
            self._ready_between(first, masks[first : min(first + STRETCH, self.nfds)])
            for first in range(0, self.nfds, STRETCH)
        ]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    def _ready_between(self, first: int, masks: Masks) -> npt.NDArray[np.int64]:
        """Those of a stretch that begins at ``first`` and has these masks."""
        ready: npt.NDArray[np.bool_] | None = None
        for words, mask in self.sets:
            octets = words[first // 64 : (first + STRETCH) // 64].view(np.uint8)
            bits = np.unpackbits(octets, bitorder="little", count=len(masks)).view(np.bool_)
            bits &= (masks & np.uint16(mask)) != 0
            ready = bits if ready is None else ready | bits
        return np.zeros(0, dtype=np.int64) if ready is None else ready.nonzero()[0] + first

    def ready_ranks(self, masks: Masks) -> list[int]:
        return self.ranks(self.ready_fds(masks))

    def ranks(self, fds: npt.NDArray[np.int64]) -> list[int]:
        """Where descriptors asked about stand."""
        return self._ranks(fds).tolist() if len(fds) else []

    def _ranks(self, fds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        words = fds >> 6
        below = (np.uint64(1) << (fds & 63).astype(np.uint64)) - np.uint64(1)
        ranks: npt.NDArray[np.int64] = self._before[words] + np.bitwise_count(self.union[words] & below)
        return ranks

    def rank(self, fd: int) -> int | None:
        word = fd >> 6
        if word >= len(self.union):
            return None
        bits = int(self.union[word])
        bit = 1 << (fd & 63)
        if not bits & bit:
            return None
        return int(self._before[word]) + (bits & (bit - 1)).bit_count()

    def wanted(self, fd: int) -> int:
        word = fd >> 6
        if word >= len(self.union):
            return 0
        bit = 1 << (fd & 63)
        wanted = 0
        for words, mask in self.sets:
            if int(words[word]) & bit:
                wanted |= mask
        return wanted

    def hits(self, fd: int, mask: int) -> list[int]:
        rank = self.rank(fd)
        return [] if rank is None or not mask & self.wanted(fd) else [rank]

    def results(self, ranks: list[int], masks: Masks) -> list[Words]:
        """The bitmaps to hand back: for each set given, those of ``ranks`` that are ready for it."""
        fds = bit_numbers(self.union, self.nfds)[ranks]
        words, shifts = fds >> 6, (fds & 63).astype(np.uint64)
        results = []
        for asked, mask in self.sets:
            in_set = (asked[words] >> shifts) & np.uint64(1) != 0
            bits = np.zeros(len(asked) * 64, dtype=np.bool_)
            bits[fds[in_set & ((masks[fds] & np.uint16(mask)) != 0)]] = True
            results.append(np.packbits(bits, bitorder="little").view(np.uint64))
        return results

    def fd_at(self, rank: int) -> int:
        if rank >= self.count:
            return self.nfds
        word = int(np.searchsorted(self._before, rank, side="right")) - 1
        bits = int(self.union[word])
        for _ in range(rank - int(self._before[word])):
            bits &= bits - 1
        return (word << 6) + (bits & -bits).bit_length() - 1


class PollRequest:
    """poll's array of ``struct pollfd``. Entries with a negative number are walked, never ready."""

    def __init__(self, entries: npt.NDArray[np.void], limit: int) -> None:
        self.count = len(entries)
        self._fds: npt.NDArray[np.int32] = entries["fd"].copy()
        self._limit = limit
        """Descriptors the table knows."""
        self.events: Masks = entries["events"].astype(np.uint16) | np.uint16(poll_bits.ALWAYS_TOLD)
        self._usable = self.count == 0 or (int(self._fds.min()) >= 0 and int(self._fds.max()) < limit)

    def each_ps(self, costs: CostTable) -> int:
        return costs.each_ps(costs.poll_scan_ps, self.count)

    @cached_property
    def _order(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64] | None]:
        """The descriptors ascending, and the rank of each (None: they were in order)."""
        if bool((self._fds[1:] > self._fds[:-1]).all()):
            return self._fds, None
        order = np.argsort(self._fds, kind="stable")
        return self._fds[order], order

    def answers(self, masks: Masks) -> Masks:
        """The ``revents`` of every entry, as things stand."""
        if self._usable:
            return masks.take(self._fds, mode="clip") & self.events
        inside = (self._fds >= 0) & (self._fds < self._limit)
        answers = np.where(inside, masks[np.where(inside, self._fds, 0)], np.uint16(poll_bits.NVAL))
        answers[self._fds < 0] = 0
        return (answers & self.events).astype(np.uint16)

    def ready_ranks(self, masks: Masks) -> list[int]:
        return np.flatnonzero(self.answers(masks)).tolist()

    def rank(self, fd: int) -> int | None:
        ascending, order = self._order
        place = int(ascending.searchsorted(np.int32(fd)))  # a plain int would copy the array
        if place == len(ascending) or int(ascending[place]) != fd:
            return None
        return place if order is None else int(order[place])

    def _ranks(self, fd: int) -> list[int]:
        """Everywhere that a descriptor stands: an array can name it more than once."""
        ascending, order = self._order
        if order is None:
            rank = self.rank(fd)
            return [] if rank is None else [rank]
        first, end = (int(ascending.searchsorted(np.int32(fd), side)) for side in ("left", "right"))
        ranks: list[int] = order[first:end].tolist()
        return ranks

    def wanted(self, fd: int) -> int:
        wanted = 0
        for rank in self._ranks(fd):
            wanted |= int(self.events[rank])
        return wanted

    def hits(self, fd: int, mask: int) -> list[int]:
        return [rank for rank in self._ranks(fd) if int(self.events[rank]) & mask]

    def fd_at(self, rank: int) -> int:
        if rank < self.count:
            return int(self._fds[rank])
        return int(self._fds[-1]) + 1 if self.count else 0


class ListedRequest:
    """Descriptors named one by one, as programs in Python do: what is few is not worth a vector.

    Args:
        events: the poll bits wanted of each descriptor, those that are always told included; in the order of
            the walk.
    """

    def __init__(self, events: dict[int, int]) -> None:
        self.count = len(events)
        self.events = events

    @cached_property
    def _fds(self) -> list[int]:
        return list(self.events)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {fd: rank for rank, fd in enumerate(self.events)}

    def answers(self, ranks: list[int], masks: Masks) -> dict[int, int]:
        """The poll bits of what stands at these ranks, by descriptor, as things stand."""
        cells, end = masks.data, len(masks)
        fds = self._fds
        found = {}
        for rank in ranks:
            fd = fds[rank]
            found[fd] = (cells[fd] if fd < end else poll_bits.NVAL) & self.events[fd]
        return found

    def ready_ranks(self, masks: Masks) -> list[int]:
        cells, end, closed = masks.data, len(masks), poll_bits.NVAL
        return [
            rank
            for rank, (fd, events) in enumerate(self.events.items())
            if (cells[fd] if fd < end else closed) & events
        ]

    def rank(self, fd: int) -> int | None:
        return self._places.get(fd)

    def wanted(self, fd: int) -> int:
        return self.events.get(fd, 0)

    def hits(self, fd: int, mask: int) -> list[int]:
        return [self._places[fd]] if self.events.get(fd, 0) & mask else []

    def fd_at(self, rank: int) -> int:
        if rank < self.count:
            return self._fds[rank]
        return self._fds[-1] + 1 if self.count else 0


class ListedPollRequest(ListedRequest):
    """What stands in an array of ``struct pollfd``, as a list."""

    def each_ps(self, costs: CostTable) -> int:
        return costs.each_ps(costs.poll_scan_ps, self.count)


class ListedSelectRequest(ListedRequest):
    """What stands in select's bitmaps, as a list; ``nfds`` is one more than the highest descriptor."""

    def __init__(self, events: dict[int, int], nfds: int) -> None:
        super().__init__(events)
        self.nfds = nfds

    def each_ps(self, costs: CostTable) -> int:
        empty_words = (self.nfds + 63) // 64 - len({fd >> 6 for fd in self.events})
        return costs.each_ps(costs.scan_ps, self.count, empty_words)
