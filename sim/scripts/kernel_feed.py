"""The latest events in the kernel of a watched script: arrivals, and additions to the ready list.

On the loopback interface a segment arrives within the call that sends it. The sender raises a softirq
(``net_rx_action``), which puts the segment into the receiver's buffer and wakes the receiver's wait queue;
``ep_poll_callback`` appends the item to epoll's ready list. The journal has no packet interrupt for that. So
after each callback of the loop, the calls that it made are read from the journal, and the ready list is
compared with the list before. Calls that changed nothing for another descriptor are left out.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sim.kernel import poll_bits
from sim.machine.records import Kind, Record

if TYPE_CHECKING:
    from sim.stdlib.kernel import Kernel

KEPT = 400
"""Largest number of rows that are kept; the oldest are dropped."""
_FIN = poll_bits.RDHUP | poll_bits.HUP

FeedKind = Literal["segment", "connection", "end", "space", "data", "accept", "wait"]


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One event in the kernel."""

    time_ns: int
    kind: FeedKind
    """``segment``: a segment came from another descriptor. ``connection``: a connection waits to be accepted.
    ``end``: the far end has ended its stream. ``space``: there is room to send. ``data``: data came in
    another way, not as a segment.
    ``accept``: a connection was accepted. ``wait``: epoll_wait returned."""
    fd: int
    """The descriptor; -1 for epoll_wait, and for a receiver that is closed."""
    size: int = 0
    """Bytes of a segment; for epoll_wait: number of descriptors it reported."""
    source: int = -1
    """The descriptor on which a segment was sent; -1 for other kinds."""
    listed: bool = False
    """True if the descriptor is on the ready list after the event."""
    slept_ns: int = 0
    """Virtual time that epoll_wait slept; 0 for other kinds."""


class KernelFeed:
    """The newest events of one kernel; :meth:`look` must be called after each callback.

    Args:
        kernel: the kernel of a script.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.rows: deque[FeedRow] = deque(maxlen=KEPT)
        """The newest :data:`KEPT` rows, the oldest first."""
        self.made = 0
        """Number of rows up to now, dropped rows included."""
        self._read = 0
        self._listed: set[int] = set()
        self._slept_since: tuple[int, int] | None = None
        """Serial and virtual time of the wait that sleeps; None if none sleeps."""

    def look(self) -> None:
        """Add rows for everything that happened since the last look."""
        journal = self.kernel.journal
        if journal.made == self._read:
            return
        records = journal.since(self._read)
        self._read = journal.made
        items = [item for epoll in self.kernel.epoll_calls.epolls for item in epoll.ready]
        listed = {item.fd for item in items}
        with_row: set[int] = set()
        for record in records:
            row = self._row(record, listed)
            if row is not None:
                with_row.add(row.fd)
                self._add(row)
        for item in items:
            if item.fd not in self._listed and item.fd not in with_row:
                self._add(FeedRow(self.kernel.now_ns, _listed_kind(item), item.fd, listed=True))
        self._listed = listed

    def _add(self, row: FeedRow) -> None:
        self.rows.append(row)
        self.made += 1

    def _row(self, record: Record, listed: set[int]) -> FeedRow | None:
        time_ns, kind, fd, value, _, serial = record
        if kind == Kind.WRITE:
            receiver = self._far_end(fd)
            return FeedRow(time_ns, "segment", receiver, value, fd, receiver in listed)
        if kind == Kind.ACCEPT:
            return FeedRow(time_ns, "accept", fd)
        if kind == Kind.SLEEP and fd == -1:
            self._slept_since = (serial, time_ns)
        elif kind == Kind.RETURN:
            slept, self._slept_since = self._slept_since, None
            slept_ns = time_ns - slept[1] if slept is not None and slept[0] == serial else 0
            if value or slept_ns:
                return FeedRow(time_ns, "wait", -1, value, slept_ns=slept_ns)
        return None

    def _far_end(self, fd: int) -> int:
        """The descriptor at the other end of a connection; -1 if it is closed."""
        peer = getattr(self.kernel.table.files.get(fd), "peer", None)
        return peer.numbers[0] if peer is not None and peer.numbers else -1


def _listed_kind(item: Any) -> FeedKind:
    """The kind of event that put an item on the ready list, from the state of its file."""
    mask = item.file.mask & item.wanted
    if hasattr(item.file, "queue"):
        return "connection"
    if mask & poll_bits.IN:
        return "end" if item.file.mask & _FIN else "data"
    return "space"
