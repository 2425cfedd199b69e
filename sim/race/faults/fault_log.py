"""The faults that have occurred in a lane's kernel so far, with their counts and their first and last times.

The calls of the kernel report faults at the virtual time at which they occur. So the log is the same for
every way of running the lane, and after every jump in time. Like :mod:`sim.race.faults.diagnosis`, the log
reads only the state of the kernel. These events count:

- *no-drain*, *accept-one*: a program calls epoll_wait again, and a descriptor that was reported to it before,
  edge-triggered, has something to read and is not on the ready list.
- *no-rearm*: a one-shot item is disarmed and readable while no task has the CPU. It counts when the last task
  goes to sleep, and each time more arrives after that.
- *herd*: a task was woken for the listening socket, which several tasks watch without EPOLLEXCLUSIVE, found
  nothing and went back to sleep.
- *dup*: epoll_wait returned a number that no longer points to the file that is watched under it.
- *slow-reader*: a write to a client went to sleep.
- *backlog*: a handshake found the accept queue full.

With several tasks on an edge-triggered epoll, any of them may still read the data that was left. So data that
was left counts when all tasks are asleep, as for one-shot items.

Why not read the state once a frame: a mistake may be visible for a microsecond only, until the next packet
hides it. Then chance would decide whether a frame shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.kernel import poll_bits
from sim.kernel.files.tcp import ListeningSocket
from sim.kernel.open_file import OpenFile, Watch
from sim.kernel.waiting.epoll.epoll_file import Epoll, Item, items_of
from sim.machine.records import Kind
from sim.scenario.faults import ACCEPT_ONE, BACKLOG, DUP, HERD, NO_DRAIN, NO_REARM, SLOW_READER, STRIKING

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel


@dataclass(slots=True)
class FaultRecord:
    """The count of one fault in one lane, and its first and last virtual times."""

    first_ns: int
    last_ns: int
    count: int
    fd: int | None
    """The descriptor concerned the last time; None if there was none."""
    next_record: int = 1
    """Count at which the next record goes into the journal: 1, 10, 100 and so on."""


class FaultLog:
    """The faults that have occurred in a kernel.

    Args:
        kernel: the kernel, whose calls report to this log.
        listener: the listening socket of its server.
    """

    def __init__(self, kernel: RawKernel, listener: ListeningSocket) -> None:
        self.kernel = kernel
        self.listener = listener
        self.by_kind: dict[str, FaultRecord] = {}
        self._doubtful: set[tuple[int, int]] = set()
        """(index of the epoll in the kernel, descriptor) of data left unread while a task still ran."""

    def note(self, kind: str, fd: int | None, at_ns: int | None = None) -> None:
        """Count a fault.

        Args:
            kind: a name of :data:`~sim.scenario.faults.STRIKING`.
            fd: the descriptor concerned; None if there is none.
            at_ns: its virtual time; None for now.
        """
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

    def back_in_wait(self, epoll: OpenFile) -> None:
        """A task calls epoll_wait. Check whether it has left data of the events reported before."""
        assert isinstance(epoll, Epoll)
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
        """The last task has gone to sleep. Data that is unread now is abandoned."""
        if not self._doubtful:
            return
        doubtful, self._doubtful = self._doubtful, set()
        for place, fd in sorted(doubtful):
            item = self._left(self.kernel.epoll_calls.epolls[place], fd)
            if item is not None:
                self._abandoned(item)

    def came_for_disarmed(self, item: Watch) -> None:
        """Something arrived for a one-shot item that is disarmed."""
        assert isinstance(item, Item)
        if self.kernel.running is None:
            self._abandoned(item)
        else:
            self._doubt(item)

    def _doubt(self, item: Item) -> None:
        self._doubtful.add((self.kernel.epoll_calls.epolls.index(item.epoll), item.fd))

    def _abandoned(self, item: Item) -> None:
        if item.events & poll_bits.EPOLLONESHOT:
            self.note(NO_REARM, item.fd)
        else:
            self.note(ACCEPT_ONE if item.file is self.listener else NO_DRAIN, item.fd)

    def _left(self, epoll: Epoll, fd: int) -> Item | None:
        """The item of a descriptor, if it is readable and will not be reported; otherwise None."""
        file = self.kernel.table.files.get(fd)
        item = epoll.interest.get((file, fd)) if file is not None else None
        if item is None or item.listed or not item.events & poll_bits.IN or not item.file.mask & poll_bits.IN:
            return None
        return item if not item.wanted or item.events & poll_bits.EPOLLET else None

    def woken_in_vain(self, epoll: OpenFile) -> None:
        """A task was woken in epoll_wait, and found nothing on the ready list."""
        watching = [item for item in items_of(self.listener) if not item.exclusive]
        if len(watching) > 1 and any(
            item.epoll is epoll and item.checked_ns == self.kernel.now_ns for item in watching
        ):
            self.note(HERD, self._listener_fd)

    def reported(self, epoll: OpenFile) -> None:
        """An epoll that still watches closed descriptors has reported something."""
        assert isinstance(epoll, Epoll)
        for item in epoll.ghosts:
            elsewhere = self.kernel.table.files.get(item.fd) is not item.file
            if elsewhere and item.checked_ns == epoll.collected_ns and item.file.mask & item.wanted:
                self.note(DUP, item.fd)

    # -- sockets --------------------------------------------------------------------------

    def write_waits(self, file: OpenFile) -> None:
        """A task goes to sleep in a write to a file."""
        if file in self.kernel.full_senders and file.numbers:
            self.note(SLOW_READER, file.numbers[0])

    def overflowed(self, listener: OpenFile) -> None:
        """A handshake found the accept queue full."""
        if listener is self.listener:
            self.note(BACKLOG, self._listener_fd)

    @property
    def _listener_fd(self) -> int | None:
        return self.listener.numbers[0] if self.listener.numbers else None
