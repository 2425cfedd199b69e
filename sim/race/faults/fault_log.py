"""What has gone wrong in a lane's kernel so far: which fault, when first and when last, how often.

A mistake may show for a microsecond only, until the next packet covers it, and a frame that happens to be
taken then would show it by chance. So strikes are noted where they happen, by the calls themselves, at
their virtual time; they are the same however the lane is run, and after every jump in time. What counts as
one, each told by the kernel's state alone as in :mod:`sim.race.faults.diagnosis`:

- *no-drain*, *accept-one*: a program is back in epoll_wait, and a descriptor of which it was told before,
  edge-triggered, has something to read and is not on the ready list.
- *no-rearm*: a one-shot item is disarmed and readable while no task has the CPU: when the last of them goes
  to sleep, and whenever more arrives then.
- *herd*: a task that was woken for the listening socket, which several watch without EPOLLEXCLUSIVE, found
  nothing and went back to sleep.
- *dup*: epoll_wait returned a number that no longer points to the file that is watched under it.
- *slow-reader*: a write to a client went to sleep. *backlog*: a handshake found the accept queue full.

With several tasks on an edge-triggered epoll it is not known who will come to what was left: as for
one-shot items, it counts when all are asleep.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.kernel import poll_bits
from sim.kernel.files.tcp import ListeningSocket
from sim.machine.records import Kind
from sim.scenario.faults import ACCEPT_ONE, BACKLOG, DUP, HERD, NO_DRAIN, NO_REARM, SLOW_READER, STRIKING

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel
    from sim.kernel.open_file import OpenFile
    from sim.kernel.waiting.epoll.epoll_file import Epoll, Item


@dataclass(slots=True)
class FaultRecord:
    """One fault in one lane."""

    first_ns: int
    last_ns: int
    count: int
    fd: int | None
    """The descriptor concerned the last time."""
    next_record: int = 1
    """At which count the journal is told: 1, 10, 100 …"""


class FaultLog:
    """The faults that have struck in a kernel.

    Args:
        kernel: whose; it tells of what its calls come across.
        listener: the listening socket.
    """

    def __init__(self, kernel: RawKernel, listener: ListeningSocket) -> None:
        self.kernel = kernel
        self.listener = listener
        self.by_kind: dict[str, FaultRecord] = {}
        self._doubtful: set[tuple[int, int]] = set()
        """(epoll's place in the kernel's list, number) of what was left unread while some task still ran."""

    def note(self, kind: str, fd: int | None, at_ns: int | None = None) -> None:
        """A fault strikes."""
        now_ns = self.kernel.now_ns if at_ns is None else at_ns
        strike = self.by_kind.get(kind)
        if strike is None:
            strike = self.by_kind[kind] = FaultRecord(now_ns, now_ns, 0, fd)
        strike.count += 1
        strike.last_ns, strike.fd = now_ns, fd
        if strike.count == strike.next_record:
            strike.next_record *= 10
            number = -1 if fd is None else fd
            self.kernel.journal.append((now_ns, Kind.STRIKE, number, strike.count, STRIKING.index(kind), 0))

    # -- epoll ----------------------------------------------------------------------------

    def back_in_wait(self, epoll: Epoll) -> None:
        """A task calls epoll_wait: is anything left of what it was told of before?"""
        told, epoll.reported_once = epoll.reported_once, []
        for fd in told:
            item = self._left(epoll, fd)
            if item is None:
                continue
            if self.kernel.scheduler is None and not item.events & poll_bits.EPOLLONESHOT:
                self.note(ACCEPT_ONE if item.file is self.listener else NO_DRAIN, fd)
            else:
                self._doubt(item)

    def all_asleep(self) -> None:
        """No task has the CPU any more: what is left unread now is nobody's."""
        if not self._doubtful:
            return
        doubtful, self._doubtful = self._doubtful, set()
        for place, fd in sorted(doubtful):
            item = self._left(self.kernel.epolls[place], fd)
            if item is not None:
                self._abandoned(item)

    def came_for_disarmed(self, item: Item) -> None:
        """Something arrived at a one-shot item that is disarmed."""
        if self.kernel.running is None:
            self._abandoned(item)
        else:
            self._doubt(item)

    def _doubt(self, item: Item) -> None:
        self._doubtful.add((self.kernel.epolls.index(item.epoll), item.fd))

    def _abandoned(self, item: Item) -> None:
        if item.events & poll_bits.EPOLLONESHOT:
            self.note(NO_REARM, item.fd)
        else:
            self.note(ACCEPT_ONE if item.file is self.listener else NO_DRAIN, item.fd)

    def _left(self, epoll: Epoll, fd: int) -> Item | None:
        """The item of a number, if it is readable and will not be reported."""
        file = self.kernel.table.files.get(fd)
        item = epoll.interest.get((file, fd)) if file is not None else None
        if item is None or item.listed or not item.events & poll_bits.IN or not item.file.mask & poll_bits.IN:
            return None
        return item if not item.wanted or item.events & poll_bits.EPOLLET else None

    def woken_in_vain(self, epoll: Epoll) -> None:
        """A task was woken in epoll_wait, walked the ready list, and found nothing on it."""
        watching = [item for item in self.listener.items if not item.exclusive]
        if len(watching) > 1 and any(
            item.epoll is epoll and item.checked_ns == self.kernel.now_ns for item in watching
        ):
            self.note(HERD, self._listener_fd)

    def reported(self, epoll: Epoll) -> None:
        """An epoll that watches closed numbers has reported something."""
        for item in epoll.ghosts:
            elsewhere = self.kernel.table.files.get(item.fd) is not item.file
            if elsewhere and item.checked_ns == epoll.collected_ns and item.file.mask & item.wanted:
                self.note(DUP, item.fd)

    # -- sockets --------------------------------------------------------------------------

    def write_waits(self, file: OpenFile) -> None:
        """A task goes to sleep in a write."""
        if file in self.kernel.full_senders and file.numbers:
            self.note(SLOW_READER, file.numbers[0])

    def overflowed(self, listener: ListeningSocket) -> None:
        """A handshake found a full accept queue."""
        if listener is self.listener:
            self.note(BACKLOG, self._listener_fd)

    @property
    def _listener_fd(self) -> int | None:
        return self.listener.numbers[0] if self.listener.numbers else None
