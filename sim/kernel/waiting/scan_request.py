"""The request of a call to select or poll: its descriptors, their order, and the events to wait for.

select passes up to three bitmaps, and the kernel walks their union word by word, upwards. poll passes an
array, which the kernel walks from its start. Both need the same answers: the number of descriptors, those
that match the poll masks as they are now, and the position of a given descriptor in the walk. The answers
are vector operations over the descriptor table's mask array, so a scan of a million descriptors takes a
millisecond of real time (and 34 milliseconds of virtual time).
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
"""Descriptors checked in one vector operation. Its memory stays in the cache, and is small enough for the
allocator to reuse (new pages would cost more than the scan)."""

POLLFD = np.dtype([("fd", "<i4"), ("events", "<i2"), ("revents", "<i2")])
"""``struct pollfd``: 8 bytes."""


def words_for(nfds: int) -> Words:
    """An empty bitmap for descriptors below ``nfds``."""
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
    """Descriptors below ``nfds`` whose bits are set, ascending."""
    bits = np.unpackbits(words.view(np.uint8), bitorder="little", count=nfds)
    return np.flatnonzero(bits.view(np.bool_))


class ScanRequest(Protocol):
    """The descriptors of one call in the order of the walk. A rank is a position in that order."""

    count: int

    def each_ps(self, costs: CostTable) -> int:
        """Cost in ps of checking each of them in a pass over all."""

    def ready_ranks(self, masks: Masks) -> list[int]:
        """Ranks of the descriptors that are ready, ascending."""

    def rank(self, fd: int) -> int | None:
        """Rank of a descriptor; None if it is not part of the request."""

    def wanted(self, fd: int) -> int:
        """Poll bits wanted of a descriptor, HUP and ERR included; 0 if it is not part of the request."""

    def hits(self, fd: int, mask: int) -> list[int]:
        """Ranks of a descriptor that are ready if its poll bits are ``mask``."""

    def fd_at(self, rank: int) -> int:
        """The descriptor at a rank; for ``rank == count`` one more than the last descriptor."""


class SelectRequest:
    """The three bitmaps of select."""

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
        """Number of set bits before each word; at the end the number of all set bits."""
        before = np.zeros(len(self.union) + 1, dtype=np.int64)
        np.cumsum(self._per_word, out=before[1:])
        return before

    def ready_fds(self, masks: Masks) -> npt.NDArray[np.int64]:
        """Descriptors that are ready for a set that they are in. Closed ones always are (``NVAL``)."""
        found = [
            self._ready_between(first, masks[first : min(first + STRETCH, self.nfds)])
            for first in range(0, self.nfds, STRETCH)
        ]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    def _ready_between(self, first: int, masks: Masks) -> npt.NDArray[np.int64]:
        """The ready descriptors of a stretch that begins at ``first`` and has these masks."""
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
        """Ranks of descriptors that are part of the request."""
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
        """The result bitmaps: for each set passed, those of ``ranks`` that are ready for it."""
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
    """The array of ``struct pollfd``. Entries with a negative number are walked, but never ready."""

    def __init__(self, entries: npt.NDArray[np.void], limit: int) -> None:
        self.count = len(entries)
        self._fds: npt.NDArray[np.int32] = entries["fd"].copy()
        self._limit = limit
        """One more than the highest number in the descriptor table."""
        self.events: Masks = entries["events"].astype(np.uint16) | np.uint16(poll_bits.ALWAYS_REPORTED)
        self._usable = self.count == 0 or (int(self._fds.min()) >= 0 and int(self._fds.max()) < limit)

    def each_ps(self, costs: CostTable) -> int:
        return costs.each_ps(costs.poll_scan_ps, self.count)

    @cached_property
    def _order(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64] | None]:
        """The descriptors ascending, and the rank of each; None for the ranks if the array is in order."""
        if bool((self._fds[1:] > self._fds[:-1]).all()):
            return self._fds, None
        order = np.argsort(self._fds, kind="stable")
        return self._fds[order], order

    def answers(self, masks: Masks) -> Masks:
        """``revents`` of every entry by the given poll masks."""
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
        """All ranks of a descriptor. An array can name it more than once."""
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
    """A short list of descriptors, as programs in Python pass it. For a few, a list is faster than a vector.

    Args:
        events: Poll bits wanted of each descriptor, in the order of the walk; they include those that are
            always reported.
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
        """Poll bits of the descriptors at these ranks, by descriptor."""
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
    """The content of an array of ``struct pollfd`` as a list."""

    def each_ps(self, costs: CostTable) -> int:
        return costs.each_ps(costs.poll_scan_ps, self.count)


class ListedSelectRequest(ListedRequest):
    """The content of select's bitmaps as a list; ``nfds`` is one more than the highest descriptor."""

    def __init__(self, events: dict[int, int], nfds: int) -> None:
        super().__init__(events)
        self.nfds = nfds

    def each_ps(self, costs: CostTable) -> int:
        empty_words = (self.nfds + 63) // 64 - len({fd >> 6 for fd in self.events})
        return costs.each_ps(costs.scan_ps, self.count, empty_words)
