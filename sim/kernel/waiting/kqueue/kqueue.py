"""kqueue: knotes, the filters that decide when a packet arrives, and the queue of those that hold.

FreeBSD (``sys/kern/kern_event.c``, kqueue(2)): a program registers interest with *changes*, and one
call, ``kevent``, takes a list of changes and gives back a list of events. Each registered pair of
(ident, filter) is a *knote*: reading and writing on one descriptor are two. Knotes of descriptors are
found through an array by number. A knote hangs on its object's list; when a packet arrives, the filter
runs there and then (``knote``), and only if it *holds* is the knote queued and the sleepers of the kqueue
woken. epoll does it the other way round: it lists first, by a mask, and asks when the program waits.

``kevent`` puts a marker at the queue's end and takes knotes from its head until it meets the marker
(``kqueue_scan``). Each filter runs once more: one that does not hold now is dropped, silently. A plain
(level-triggered) knote goes to the tail again, behind the marker; EV_CLEAR takes it off until something
happens anew; EV_DISPATCH disables it until EV_ENABLE; EV_ONESHOT deletes it, without asking.

A knote belongs to a descriptor's *number*: close() removes it at once, whether or not the open file
lives on under another number (``knote_fdclose``); epoll watches the open file until its end.

Simplified: the filters for vnodes, processes, signals and AIO are left out; a knote's object is found by
its number; a kqueue that watches a kqueue hears of it at once and not through a kernel task.
"""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.kernel import poll_bits
from sim.kernel.open_file import OpenFile
from sim.kernel.poll_bits import oserror
from sim.kernel.waiting.kqueue import filters
from sim.kernel.waiting.kqueue.filters import NOTE_LOWAT, Answer
from sim.kernel.waiting.kqueue.kevent import (
    EV_ADD,
    EV_CLEAR,
    EV_DELETE,
    EV_DISABLE,
    EV_DISPATCH,
    EV_ENABLE,
    EV_EOF,
    EV_ONESHOT,
    EVFILT_READ,
    EVFILT_TIMER,
    EVFILT_USER,
    EVFILT_WRITE,
    NOTE_ABSTIME,
    NOTE_FFAND,
    NOTE_FFCOPY,
    NOTE_FFLAGSMASK,
    NOTE_FFOR,
    NOTE_TRIGGER,
    UNITS_NS,
    Kevent,
)
from sim.machine.accounts import Count
from sim.machine.completion_costs import kqueue_costs
from sim.machine.records import Effect

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel
    from sim.kernel.waiting.waiting_call import WaitingCall

_FOR_CHANGES = EV_ADD | EV_DELETE | EV_ENABLE | EV_DISABLE
_READ_KEYS = poll_bits.DATA_KEY | poll_bits.HUP | poll_bits.ERR
_WRITE_KEYS = poll_bits.SPACE_KEY | poll_bits.HUP | poll_bits.ERR


class Knote:
    """One registered pair of ident and filter (``struct knote``): hangs on its object's wait queue."""

    __slots__ = (
        "active",
        "asked_data",
        "asked_fflags",
        "data",
        "disabled",
        "fflags",
        "filter",
        "flags",
        "ident",
        "keys",
        "kqueue",
        "queued",
        "timer",
        "triggered",
        "udata",
    )

    exclusive = False

    def __init__(self, kqueue: Kqueue, change: Kevent) -> None:
        self.kqueue = kqueue
        self.ident = change.ident
        self.filter = change.filter
        self.flags = change.flags & ~_FOR_CHANGES
        self.asked_fflags = change.fflags
        self.asked_data = change.data
        self.udata = change.udata
        self.fflags = 0
        self.data = 0
        """What the filter found last."""
        self.disabled = bool(change.flags & EV_DISABLE)
        self.active = False
        """The filter held when it ran last."""
        self.queued = False
        self.keys = _READ_KEYS if change.filter == EVFILT_READ else _WRITE_KEYS
        self.triggered = False
        """EVFILT_USER: NOTE_TRIGGER was given."""
        self.timer: int | None = None

    # -- the object -----------------------------------------------------------------------

    @property
    def file(self) -> OpenFile:
        """The open file behind the number it belongs to."""
        return self.kqueue.kernel.table.file(self.ident)

    def wake(self, key: int) -> bool:
        """``knote``: the object changed, so run the filter, here and now."""
        if key and not key & self.keys:
            return False
        kqueue = self.kqueue
        kernel = kqueue.kernel
        kernel.ledger.counted[Count.FILTER_RUNS] += 1
        kernel.wake_ns += kqueue.costs.wake_ns
        if self.run_filter():
            self.activate()
        return False

    def run_filter(self) -> bool:
        """Run the filter (``f_event``); whether it holds."""
        if self.filter == EVFILT_READ:
            return self._found(filters.readable if not self._on_kqueue() else _queued_knotes)
        if self.filter == EVFILT_WRITE:
            return self._found(filters.writable)
        return self.triggered if self.filter == EVFILT_USER else self.data != 0

    def _on_kqueue(self) -> bool:
        return isinstance(self.kqueue.kernel.table.files.get(self.ident), Kqueue)

    def _found(self, look: Callable[[OpenFile, int | None], Answer]) -> bool:
        low_water = self.asked_data if self.asked_fflags & NOTE_LOWAT else None
        holds, self.data, eof, error = look(self.file, low_water)
        if eof:
            self.flags |= EV_EOF
            self.fflags = error
        return holds

    def activate(self) -> None:
        """``KNOTE_ACTIVATE``: it holds; queue it, unless it is queued or disabled."""
        self.active = True
        if self.disabled:
            return
        kqueue = self.kqueue
        if self.queued:
            kqueue.kernel.effect |= Effect.KNOTE_AGAIN
        else:
            kqueue.kernel.effect |= Effect.KNOTE
            kqueue.enqueue(self)

    # -- on the way out -------------------------------------------------------------------

    def event(self) -> Kevent:
        """What is copied out."""
        if self.filter == EVFILT_USER:
            return Kevent(self.ident, self.filter, self.flags, self.asked_fflags, self.asked_data, self.udata)
        return Kevent(self.ident, self.filter, self.flags, self.fflags, self.data, self.udata)

    def reset(self) -> None:
        """It was reported and is EV_CLEAR: start anew."""
        self.data = self.fflags = 0
        self.triggered = False

    # -- changes --------------------------------------------------------------------------

    def touch(self, change: Kevent) -> None:
        """The pair is registered again: other parameters (``f_touch``)."""
        self.udata = change.udata
        if self.filter == EVFILT_USER:
            self._touch_user(change)
            return
        if self.filter == EVFILT_TIMER and not change.flags & EV_ADD:
            return
        self.asked_fflags, self.asked_data = change.fflags, change.data
        if self.filter == EVFILT_TIMER:
            self.stop_timer()
            self.kqueue.dequeue(self)
            self.active = False
            self.data = 0
            self.start_timer()

    def _touch_user(self, change: Kevent) -> None:
        given = change.fflags & NOTE_FFLAGSMASK
        how = change.fflags & NOTE_FFCOPY
        if change.fflags & NOTE_TRIGGER:
            self.triggered = True
        if how == NOTE_FFAND:
            self.asked_fflags &= given
        elif how == NOTE_FFOR:
            self.asked_fflags |= given
        elif how == NOTE_FFCOPY:
            self.asked_fflags = given
        self.asked_data = change.data
        if change.flags & EV_CLEAR:
            self.reset()

    # -- EVFILT_TIMER ---------------------------------------------------------------------

    def start_timer(self) -> None:
        """Set the timer going (``filt_timerstart``).

        Raises:
            OSError: EINVAL, unknown units or a negative time.
        """
        unit_ns = UNITS_NS.get(self.asked_fflags & ~NOTE_ABSTIME)
        if unit_ns is None or self.asked_data < 0:
            raise oserror(errno.EINVAL)
        if not self.asked_data and not self.flags & EV_ONESHOT:
            self.asked_data = 1
        now_ns = self.kqueue.kernel.now_ns
        at_ns = self.asked_data * unit_ns
        if not self.asked_fflags & NOTE_ABSTIME:
            self.flags |= EV_CLEAR
            at_ns += now_ns
        self.timer = self.kqueue.kernel.timers.set(max(at_ns, now_ns), self._expire)

    def _expire(self) -> None:
        """``filt_timerexpire``: count, and go on unless it was for once."""
        self.data += 1
        self.timer = None
        if not self.flags & EV_ONESHOT and not self.asked_fflags & NOTE_ABSTIME:
            timers, now_ns = self.kqueue.kernel.timers, self.kqueue.kernel.now_ns
            self.timer = timers.set(now_ns + self.asked_data * UNITS_NS[self.asked_fflags], self._expire)
        self.activate()

    def stop_timer(self) -> None:
        """No more expiries."""
        if self.timer is not None:
            self.kqueue.kernel.timers.cancel(self.timer)
            self.timer = None


def _queued_knotes(file: OpenFile, _: int | None) -> Answer:
    """``filt_kqueue``."""
    assert isinstance(file, Kqueue)
    return Answer(bool(file.queue), len(file.queue))


class Kqueue(OpenFile):
    """What a kqueue descriptor points to (``struct kqueue``)."""

    __slots__ = ("calls", "costs", "count", "idle_blocks", "knotes", "queue")

    def __init__(self, kernel: RawKernel) -> None:
        super().__init__(kernel)
        self.costs = kqueue_costs(kernel.costs)
        self.knotes: dict[tuple[int, int], Knote] = {}
        """By (ident, filter)."""
        self.idle_blocks: list[tuple[int, int]] = []
        """Blocks of untouched connections watched whole for reading: first and last number."""
        self.count = 0
        """Knotes, those of blocks that have no object of their own yet included."""
        self.queue: deque[Knote] = deque()
        """Knotes whose filter held (``kq_head``)."""
        self.calls: list[WaitingCall] = []
        """kevent calls asleep; all are woken."""

    # -- changes --------------------------------------------------------------------------

    def register(self, change: Kevent) -> None:
        """Apply a change (``kqueue_register``).

        Raises:
            OSError: EBADF; ENOENT, not registered; EINVAL, no such filter for this.
        """
        file = self._object(change)
        knote = self.knotes.get((change.ident, change.filter))
        if knote is None:
            if not change.flags & EV_ADD:
                raise oserror(errno.ENOENT)
            knote = self._attach(Knote(self, change), file)
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
                self.enqueue(knote)

    def _object(self, change: Kevent) -> OpenFile | None:
        """The open file that a change is about, checked; None for a filter that has none."""
        if change.filter in {EVFILT_TIMER, EVFILT_USER}:
            return None
        if change.filter not in {EVFILT_READ, EVFILT_WRITE}:
            raise OSError(errno.EINVAL, "Invalid argument (this filter is left out here)")
        file = self.kernel.table.file(change.ident)
        fits = filters.can_read if change.filter == EVFILT_READ else filters.can_write
        if file is self or not (fits(file) or (isinstance(file, Kqueue) and change.filter == EVFILT_READ)):
            raise oserror(errno.EINVAL)
        return file

    def _attach(self, knote: Knote, file: OpenFile | None) -> Knote:
        if knote.filter == EVFILT_TIMER:
            knote.start_timer()
        elif knote.filter == EVFILT_USER:
            knote.triggered = bool(knote.asked_fflags & NOTE_TRIGGER)
            knote.asked_fflags &= NOTE_FFLAGSMASK
        self.knotes[knote.ident, knote.filter] = knote
        self.count += 1
        if file is not None:
            file.wait_queue.add(knote)
        return knote

    def watch_block(self, first: int, last: int) -> None:
        """EV_ADD for reading of every descriptor of a block of untouched connections."""
        self.idle_blocks.append((first, last))
        self.count += last - first + 1

    def materialize(self, file: OpenFile, fd: int) -> None:
        """One descriptor of a watched block is touched for the first time: give it its knote."""
        for first, last in self.idle_blocks:
            if first <= fd <= last:
                self.count -= 1  # attaching counts it again
                self._attach(Knote(self, Kevent(fd)), file)
                return

    def drop(self, knote: Knote, file: OpenFile | None = None) -> None:
        """Delete a knote (``knote_drop``).

        Args:
            file: what its number stood for, where that is closed already.
        """
        del self.knotes[knote.ident, knote.filter]
        self.count -= 1
        self.dequeue(knote)
        knote.stop_timer()
        if knote.filter in {EVFILT_READ, EVFILT_WRITE}:
            (file or knote.file).wait_queue.remove(knote)

    def fd_closed(self, file: OpenFile, fd: int) -> int:
        """A number is closed: its knotes go (``knote_fdclose``); what that costs, in nanoseconds."""
        dropped = 0
        for kind in (EVFILT_READ, EVFILT_WRITE):
            knote = self.knotes.get((fd, kind))
            if knote is not None:
                self.drop(knote, file)
                dropped += 1
        return dropped * self.costs.change_ns

    # -- the queue ------------------------------------------------------------------------

    def enqueue(self, knote: Knote) -> None:
        """Put a knote on the queue and wake whoever waits (``knote_enqueue``, ``kqueue_wakeup``)."""
        knote.queued = True
        self.queue.append(knote)
        if len(self.queue) == 1:
            self.set_mask(poll_bits.IN | poll_bits.RDNORM)
        if self.calls:
            self.kernel.effect |= Effect.WOKE_WAITER
            calls, self.calls = self.calls, []
            for call in calls:
                call.wake()
        if self.wait_queue.entries or self.kernel.scans:
            self.notify(poll_bits.IN)

    def dequeue(self, knote: Knote) -> None:
        """Take a knote off the queue, wherever it stands."""
        if knote.queued:
            self.queue.remove(knote)
            self._off(knote)

    def _off(self, knote: Knote) -> None:
        knote.queued = False
        if not self.queue:
            self.set_mask(0)

    def collect(self, most: int) -> tuple[list[Kevent], int]:
        """``kqueue_scan``: take knotes up to the marker until ``most`` events are found.

        Returns:
            The events, and how many filters ran.
        """
        events: list[Kevent] = []
        queue = self.queue
        runs = 0
        for _ in range(len(queue)):  # the marker stands at the end
            if len(events) == most:
                break
            knote = queue.popleft()
            if knote.disabled:
                self._off(knote)
            elif knote.flags & EV_ONESHOT:
                self._off(knote)
                events.append(knote.event())
                self.drop(knote)
            else:
                runs += 1
                if not knote.run_filter():
                    knote.active = False
                    self._off(knote)
                    continue
                events.append(knote.event())
                self._reported(knote)
        return events, runs

    def _reported(self, knote: Knote) -> None:
        """What becomes of a knote that was copied out."""
        if not knote.flags & (EV_CLEAR | EV_DISPATCH):
            self.queue.append(knote)
            return
        if knote.flags & EV_CLEAR:
            knote.reset()
        if knote.flags & EV_DISPATCH:
            knote.disabled = True
        knote.active = False
        self._off(knote)

    def released(self) -> None:
        """Closed: every knote goes."""
        for knote in tuple(self.knotes.values()):
            self.drop(knote)
        self.kernel.kqueues.remove(self)
        self.kernel.block_watchers.remove(self)
