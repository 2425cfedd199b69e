"""kqueue: registered knotes, filters that run when a packet arrives, and the queue of active knotes.

FreeBSD (``sys/kern/kern_event.c``, kqueue(2)): a program registers interest with *changes*. One call,
``kevent``, takes a list of changes and returns a list of events. Each registered pair of (ident, filter) is
a *knote*: reading and writing on one descriptor are two knotes. Knotes of descriptors are found by number in
an array. A knote is on the list of its object. When a packet arrives, the filter runs at once (``knote``). If
it *holds*, the knote is queued and the sleepers of the kqueue are woken; otherwise nothing happens. epoll
does the opposite: it first lists an item by a mask, and asks the file when the program waits.

``kevent`` puts a marker at the end of the queue and takes knotes from its head until it meets the marker
(``kqueue_scan``). Each filter runs once more, and a knote whose filter does not hold now is dropped without
an event. A plain (level-triggered) knote goes to the tail again, behind the marker. EV_CLEAR takes it off
until something new happens. EV_DISPATCH disables it until EV_ENABLE. EV_ONESHOT deletes it without running
the filter.

A knote belongs to a descriptor's *number*: close() removes it at once, even if the file stays open under
another number (``knote_fdclose``). epoll watches the open file until its end.

Simplified: the filters for vnodes, processes, signals and AIO are left out. A knote's object is found by its
number. A kqueue that watches a kqueue is notified at once and not through a kernel task.
"""

from __future__ import annotations

import errno

from sim.kernel.core import KernelCore
from sim.kernel.open_file import OpenFile
from sim.kernel.poll_bits import oserror
from sim.kernel.waiting.kqueue import filters
from sim.kernel.waiting.kqueue.filters import Answer
from sim.kernel.waiting.kqueue.kevent import (
    EV_ADD,
    EV_CLEAR,
    EV_DELETE,
    EV_DISABLE,
    EV_DISPATCH,
    EV_ENABLE,
    EV_ONESHOT,
    EVFILT_READ,
    EVFILT_TIMER,
    EVFILT_USER,
    EVFILT_WRITE,
    NOTE_FFLAGSMASK,
    NOTE_TRIGGER,
    Kevent,
)
from sim.kernel.waiting.kqueue.knote import Knote, KnoteQueue
from sim.machine.completion_costs import kqueue_costs


def queued_knotes(file: OpenFile, _: int | None) -> Answer:
    """The answer of a kqueue that is watched (``filt_kqueue``)."""
    assert isinstance(file, Kqueue)
    return Answer(bool(file.queue), len(file.queue))


class Kqueue(OpenFile):
    """The file behind a kqueue descriptor (``struct kqueue``).

    Args:
        kernel: The kernel.
    """

    kernel: KernelCore

    __slots__ = ("costs", "count", "idle_blocks", "knotes", "queue")

    def __init__(self, kernel: KernelCore) -> None:
        super().__init__(kernel)
        kernel.close_watchers.append(self)
        kernel.block_watchers.append(self)
        self.costs = kqueue_costs(kernel.costs)
        self.knotes: dict[tuple[int, int], Knote] = {}
        """Knotes by (ident, filter)."""
        self.idle_blocks: list[tuple[int, int]] = []
        """Whole blocks of untouched connections watched for reading: first and last number."""
        self.count = 0
        """Number of knotes, including those of blocks that have no object of their own yet."""
        self.queue = KnoteQueue(kernel, self)
        """Knotes whose filter held (``kq_head``)."""

    # -- changes --------------------------------------------------------------------------

    def register(self, change: Kevent) -> None:
        """Apply a change (``kqueue_register``).

        Raises:
            OSError: EBADF; ENOENT, not registered; EINVAL, the filter does not fit the ident.
        """
        file = self._object(change)
        knote = self.knotes.get((change.ident, change.filter))
        if knote is None:
            if not change.flags & EV_ADD:
                raise oserror(errno.ENOENT)
            knote = self._attach(self._knote(change, file), file)
        elif change.flags & EV_DELETE:
            self.drop(knote)
            return
        else:
            if change.flags & EV_ENABLE:
                knote.disabled = False
            elif change.flags & EV_DISABLE:
                knote.disabled = True
            knote.touch(change)
        if not knote.disabled:
            knote.active = knote.run_filter() or knote.active
            if knote.active and not knote.queued:
                self.queue.add(knote)

    def _object(self, change: Kevent) -> OpenFile | None:
        """The open file of a change, checked; None for a filter without a file."""
        if change.filter in {EVFILT_TIMER, EVFILT_USER}:
            return None
        if change.filter not in {EVFILT_READ, EVFILT_WRITE}:
            raise OSError(errno.EINVAL, "Invalid argument (this filter is left out here)")
        file = self.kernel.table.file(change.ident)
        fits = filters.can_read if change.filter == EVFILT_READ else filters.can_write
        if file is self or not (fits(file) or (isinstance(file, Kqueue) and change.filter == EVFILT_READ)):
            raise oserror(errno.EINVAL)
        return file

    def _knote(self, change: Kevent, file: OpenFile | None) -> Knote:
        look = queued_knotes if isinstance(file, Kqueue) else filters.readable
        return Knote(self.queue, self.costs, change, look)

    def _attach(self, knote: Knote, file: OpenFile | None) -> Knote:
        if knote.filter == EVFILT_TIMER:
            knote.start_timer()
        elif knote.filter == EVFILT_USER:
            knote.triggered = bool(knote.saved_fflags & NOTE_TRIGGER)
            knote.saved_fflags &= NOTE_FFLAGSMASK
        self.knotes[knote.ident, knote.filter] = knote
        self.count += 1
        if file is not None:
            file.wait_queue.add(knote)
        return knote

    def watch_block(self, first: int, last: int) -> None:
        """Watch every descriptor of a block of untouched connections for reading (EV_ADD)."""
        self.idle_blocks.append((first, last))
        self.count += last - first + 1

    def materialize(self, file: OpenFile, fd: int) -> None:
        """A descriptor of a watched block is touched for the first time: give it a knote."""
        for first, last in self.idle_blocks:
            if first <= fd <= last:
                self.count -= 1  # attaching counts it again
                self._attach(self._knote(Kevent(fd), file), file)
                return

    def drop(self, knote: Knote, file: OpenFile | None = None) -> None:
        """Delete a knote (``knote_drop``).

        Args:
            knote: The knote.
            file: The file behind its number, if the number is closed already; None otherwise.
        """
        del self.knotes[knote.ident, knote.filter]
        self.count -= 1
        self.queue.remove(knote)
        knote.stop_timer()
        if knote.filter in {EVFILT_READ, EVFILT_WRITE}:
            (file or knote.file).wait_queue.remove(knote)

    def number_closed(self, file: OpenFile, fd: int) -> int:
        """A number is closed: drop its knotes (``knote_fdclose``); the cost in ns."""
        dropped = 0
        for kind in (EVFILT_READ, EVFILT_WRITE):
            knote = self.knotes.get((fd, kind))
            if knote is not None:
                self.drop(knote, file)
                dropped += 1
        return dropped * self.costs.change_ns

    # -- the queue ------------------------------------------------------------------------

    def collect(self, most: int) -> tuple[list[Kevent], int]:
        """Take knotes up to the marker until ``most`` events are found (``kqueue_scan``).

        Returns:
            The events, and the number of filters that ran.
        """
        events: list[Kevent] = []
        queue = self.queue.knotes
        runs = 0
        for _ in range(len(queue)):  # the marker stands at the end
            if len(events) == most:
                break
            knote = queue.popleft()
            if knote.disabled:
                self.queue.taken_off(knote)
            elif knote.flags & EV_ONESHOT:
                self.queue.taken_off(knote)
                events.append(knote.event())
                self.drop(knote)
            else:
                runs += 1
                if not knote.run_filter():
                    knote.active = False
                    self.queue.taken_off(knote)
                    continue
                events.append(knote.event())
                self._reported(knote)
        return events, runs

    def _reported(self, knote: Knote) -> None:
        """A knote was copied out: queue it again, reset it or disable it, by its flags."""
        if not knote.flags & (EV_CLEAR | EV_DISPATCH):
            self.queue.knotes.append(knote)
            return
        if knote.flags & EV_CLEAR:
            knote.reset()
        if knote.flags & EV_DISPATCH:
            knote.disabled = True
        knote.active = False
        self.queue.taken_off(knote)

    def released(self) -> None:
        """The kqueue is closed: drop every knote."""
        for knote in tuple(self.knotes.values()):
            self.drop(knote)
        self.kernel.close_watchers.remove(self)
        self.kernel.block_watchers.remove(self)
