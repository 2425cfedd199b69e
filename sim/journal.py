"""The journal: the one list of what happened, in order.

The kernel appends (see :mod:`sim.records` for what); whoever shows it drains. When nobody drains,
the oldest records go and are counted, never silently.
"""

from __future__ import annotations

from sim.records import Record

KEPT = 20_000
"""Records kept for the next reader. A frame at full speed makes some 5,000."""


class Journal:
    """Records not read yet, oldest first."""

    __slots__ = ("append", "kept", "lost", "records")

    def __init__(self, kept: int = KEPT) -> None:
        self.kept = kept
        self.lost = 0
        """Records dropped unread since the last :meth:`drain`."""
        self.records: list[Record] = []
        self.append = self.records.append
        """Bound once: the kernel calls it for every packet and every call."""

    def trim(self) -> None:
        """Drop the oldest records beyond the limit, and count them."""
        excess = len(self.records) - self.kept
        if excess > 0:
            del self.records[:excess]
            self.lost += excess

    def drain(self) -> tuple[list[Record], int]:
        """Take the unread records, and how many were lost before them."""
        self.trim()
        taken, lost = self.records[:], self.lost
        self.records.clear()
        self.lost = 0
        return taken, lost
