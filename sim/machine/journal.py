"""The journal: the one list of what happened, in order.

The kernel appends (see :mod:`sim.machine.records` for what); whoever shows it drains. The newest records stay
when they have been read, because a jump in time shows them again. When nobody drains, the oldest go
and are counted, never silently.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.machine.records import Record

KEPT = 20_000
"""Records kept for the next reader. A frame at full speed makes some 5,000."""
RECALLED = 1_000
"""Records a frame carries right after a jump in time: the newest ones up to its moment."""


class Journal:
    """The latest records, oldest first, and how far they have been read."""

    __slots__ = ("_forgotten", "_read", "append", "kept", "records")

    def __init__(self, kept: int = KEPT, forgotten: int = 0) -> None:
        self.kept = kept
        self.records: list[Record] = []
        self.append: Callable[[Record], object] = self.records.append
        """Bound once: the kernel calls it for every packet and every call."""
        self._forgotten = forgotten
        """Records made before the oldest one here."""
        self._read = forgotten
        """Records made before the next one to read."""

    def listen(self, heard: Callable[[Record], object]) -> None:
        """Have someone hear of each record at the moment at which it is made, from the next calls on."""
        append = self.records.append

        def append_and_tell(record: Record) -> None:
            append(record)
            heard(record)

        self.append = append_and_tell

    @property
    def made(self) -> int:
        """Records made since the lane began."""
        return self._forgotten + len(self.records)

    def since(self, made: int) -> list[Record]:
        """The records made after so many had been, as far as they are still here."""
        return self.records[max(0, made - self._forgotten) :]

    def latest_before(self, before_ns: int, wanted: Callable[[Record], bool]) -> tuple[int, int]:
        """The latest record of a sort that was made before a moment.

        Returns:
            When it was made (-1: there is none here), and from when on the records are all here.
        """
        since_ns = self.records[0][0] if self._forgotten and self.records else 0
        for record in reversed(self.records):
            if record[0] < before_ns and wanted(record):
                return record[0], since_ns
        return -1, since_ns

    def trim(self) -> None:
        """Forget the oldest records beyond the limit."""
        self._forget(len(self.records) - self.kept)

    def _forget(self, excess: int) -> None:
        if excess > 0:
            self._forgotten += excess
            del self.records[:excess]

    def drain(self) -> tuple[list[Record], int]:
        """Take the unread records, and how many were lost before them."""
        taken = self.since(max(self._read, self.made - self.kept))
        lost = self.made - len(taken) - self._read
        self._read = self.made
        self._forget(len(self.records) - RECALLED)
        return taken, lost

    def recalled(self) -> tuple[list[Record], int]:
        """The newest :data:`RECALLED` records, and since when that is all there is (0: since ever)."""
        newest = self.records[-RECALLED:]
        return newest, newest[0][0] if newest and self.made > len(newest) else 0

    def recall(self) -> None:
        """Have the next reader begin with the newest :data:`RECALLED`, whatever was read before."""
        self._read = max(self._forgotten, self.made - RECALLED)

    def take_back(self, made: int) -> None:
        """Forget what was recorded after so many records had been made: it was preparation."""
        if made < self.made:
            del self.records[made - self._forgotten :]
