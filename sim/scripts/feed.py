"""What the kernel of a watched script does: what arrived where, and what it put on the ready list.

On the loopback interface a segment arrives within the call that sends it: the softirq that the sender
raises (``net_rx_action``) puts it into the receiver's buffer, wakes the receiver's wait queue, and
``ep_poll_callback`` appends the item to epoll's ready list. No packet interrupt is recorded for that; so
after each callback of the loop the calls it made are read from the journal, and the ready list is
compared with what it was before. Calls that changed nothing on the way to somebody are left out.
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
"""Rows kept."""
_FIN = poll_bits.RDHUP | poll_bits.HUP

Sort = Literal["segment", "connection", "end", "space", "data", "accept", "wait"]


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One thing that happened in the kernel."""

    time_ns: int
    sort: Sort
    """A segment came from another descriptor; a connection is to be accepted; the far end sends no more;
    there is room to send; data came by other ways; a connection was accepted; epoll_wait returned."""
    fd: int
    """Where it happened; -1 for epoll_wait, and where the receiver has gone."""
    size: int = 0
    """Bytes of a segment; descriptors that epoll_wait reported."""
    source: int = -1
    """The descriptor a segment was sent on."""
    listed: bool = False
    """Whether the descriptor is on the ready list after it."""
    slept_ns: int = 0
    """How long epoll_wait slept."""


class KernelFeed:
    """The newest rows of one kernel; :meth:`look` has to be called after each callback."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.rows: deque[FeedRow] = deque(maxlen=KEPT)
        """The oldest first."""
        self.made = 0
        """Rows so far."""
        self._read = 0
        self._listed: set[int] = set()
        self._slept_since: tuple[int, int] | None = None
        """Serial and time of a wait that went to sleep."""

    def look(self) -> None:
        """Take in what happened since the last look."""
        journal = self.kernel.journal
        if journal.made == self._read:
            return
        records = journal.since(self._read)
        self._read = journal.made
        items = [item for epoll in self.kernel.epoll_calls.epolls for item in epoll.ready]
        listed = {item.fd for item in items}
        told: set[int] = set()
        for record in records:
            row = self._row(record, listed)
            if row is not None:
                told.add(row.fd)
                self._add(row)
        for item in items:
            if item.fd not in self._listed and item.fd not in told:
                self._add(FeedRow(self.kernel.now_ns, _why(item), item.fd, listed=True))
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
        """The descriptor at the other end of a connection; -1 if it has none."""
        peer = getattr(self.kernel.table.files.get(fd), "peer", None)
        return peer.numbers[0] if peer is not None and peer.numbers else -1


def _why(item: Any) -> Sort:
    """Why an item is on the ready list, as its file stands."""
    mask = item.file.mask & item.wanted
    if hasattr(item.file, "queue"):
        return "connection"
    if mask & poll_bits.IN:
        return "end" if item.file.mask & _FIN else "data"
    return "space"
