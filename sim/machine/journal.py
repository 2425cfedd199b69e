"""The journal: the one list of all events, in order.

The kernel appends records (:mod:`sim.machine.records`), and the screen drains them. The newest records stay
after they were read, because a jump in time shows them again. If the journal is not drained, the oldest
records are removed and counted as lost.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.machine.records import Record

KEPT = 20_000
"""Records kept for the next reader. A frame at full speed makes about 5,000."""
RECALLED = 1_000
"""Records that a frame carries right after a jump in time: the newest ones up to its moment."""


class Journal:
    """The latest records, the oldest first, and the number of records that were read.

    Args:
        kept: Records to keep.
        forgotten: Records made before the first one here.
    """

    __slots__ = ("_forgotten", "_read", "append", "kept", "records")

    def __init__(self, kept: int = KEPT, forgotten: int = 0) -> None:
        self.kept = kept
        self.records: list[Record] = []
        self.append: Callable[[Record], object] = self.records.append
        """Adds a record. Bound once, because the kernel calls it for every packet and every call."""
        self._forgotten = forgotten
        """Records made before the oldest one kept."""
        self._read = forgotten
        """Records made before the next one to read."""

    def listen(self, heard: Callable[[Record], object]) -> None:
        """Pass each record to ``heard`` when it is made, from the next call on."""
        append = self.records.append

        def append_and_pass(record: Record) -> None:
            append(record)
            heard(record)

        self.append = append_and_pass

    @property
    def made(self) -> int:
        """Records made since the lane began."""
        return self._forgotten + len(self.records)

    def since(self, made: int) -> list[Record]:
        """The records after the first ``made`` ones, without those that are no longer kept."""
        return self.records[max(0, made - self._forgotten) :]

    def latest_before(self, before_ns: int, wanted: Callable[[Record], bool]) -> tuple[int, int]:
        """Find the latest wanted record before a moment.

        Returns:
            Its time (-1 if none is kept), and the time from which on all records are kept.
        """
        since_ns = self.records[0][0] if self._forgotten and self.records else 0
        for record in reversed(self.records):
            if record[0] < before_ns and wanted(record):
                return record[0], since_ns
        return -1, since_ns

    def trim(self) -> None:
        """Remove the oldest records beyond the limit."""
        self._forget(len(self.records) - self.kept)

    def _forget(self, excess: int) -> None:
        if excess > 0:
            self._forgotten += excess
            del self.records[:excess]

    def drain(self) -> tuple[list[Record], int]:
        """Take the unread records, and the number of records lost before them."""
        taken = self.since(max(self._read, self.made - self.kept))
        lost = self.made - len(taken) - self._read
        self._read = self.made
        self._forget(len(self.records) - RECALLED)
        return taken, lost

    def recalled(self) -> tuple[list[Record], int]:
        """The newest :data:`RECALLED` records, and the time from which they are complete (0: the start)."""
        newest = self.records[-RECALLED:]
        return newest, newest[0][0] if newest and self.made > len(newest) else 0

    def recall(self) -> None:
        """Let the next reader begin with the newest :data:`RECALLED` records, read or not."""
        self._read = max(self._forgotten, self.made - RECALLED)

    def take_back(self, made: int) -> None:
        """Remove the records after the first ``made`` ones, because they belong to the preparation."""
        if made < self.made:
            del self.records[made - self._forgotten :]
