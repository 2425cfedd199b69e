"""A knote: one registered pair of ident and filter (``struct knote``), and the queue of active ones.

A knote is on the wait queue of the file behind its ident. When the file changes, the filter runs at once,
in the interrupt. A knote whose filter holds is *active* and goes to the kqueue's queue (``kq_head``).
"""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Callable, Iterator

from sim.kernel import poll_bits
from sim.kernel.core import KernelCore
from sim.kernel.open_file import OpenFile
from sim.kernel.poll_bits import oserror
from sim.kernel.waiting.kqueue import filters
from sim.kernel.waiting.kqueue.filters import NOTE_LOWAT, Answer
from sim.kernel.waiting.kqueue.kevent import (
    EV_ADD,
    EV_CLEAR,
    EV_DELETE,
    EV_DISABLE,
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
from sim.kernel.waiting.waiting_call import WaitingCall
from sim.machine.accounts import Count
from sim.machine.completion_costs import KqueueCosts
from sim.machine.records import Effect

_FOR_CHANGES = EV_ADD | EV_DELETE | EV_ENABLE | EV_DISABLE
_READ_KEYS = poll_bits.DATA_KEY | poll_bits.HUP | poll_bits.ERR
_WRITE_KEYS = poll_bits.SPACE_KEY | poll_bits.HUP | poll_bits.ERR


class KnoteQueue:
    """The active knotes of a kqueue, in order, and the kevent calls that wait for one.

    Args:
        kernel: The kernel.
        kqueue: The open file whose poll mask says whether a knote is queued.
    """

    __slots__ = ("calls", "kernel", "knotes", "kqueue")

    def __init__(self, kernel: KernelCore, kqueue: OpenFile) -> None:
        self.kernel = kernel
        self.kqueue = kqueue
        self.knotes: deque[Knote] = deque()
        self.calls: list[WaitingCall] = []
        """kevent calls asleep; a queued knote wakes all of them."""

    def __len__(self) -> int:
        return len(self.knotes)

    def __iter__(self) -> Iterator[Knote]:
        return iter(self.knotes)

    def add(self, knote: Knote) -> None:
        """Queue a knote and wake the waiting calls (``knote_enqueue``, ``kqueue_wakeup``)."""
        knote.queued = True
        self.knotes.append(knote)
        if len(self.knotes) == 1:
            self.kqueue.set_mask(poll_bits.IN | poll_bits.RDNORM)
        if self.calls:
            self.kernel.effect |= Effect.WOKE_WAITER
            calls, self.calls = self.calls, []
            for call in calls:
                call.wake()
        if self.kqueue.wait_queue.entries or self.kernel.scans:
            self.kqueue.notify(poll_bits.IN)

    def remove(self, knote: Knote) -> None:
        """Take a knote off the queue, at any position."""
        if knote.queued:
            self.knotes.remove(knote)
            self.taken_off(knote)

    def taken_off(self, knote: Knote) -> None:
        """A knote that was taken from the head does not go back."""
        knote.queued = False
        if not self.knotes:
            self.kqueue.set_mask(0)


class Knote:
    """One registered pair of ident and filter: a wait-queue entry that runs its filter.

    Args:
        queue: The queue that gets the knote when its filter holds.
        costs: kqueue's prices.
        change: The change that registers it.
        look: EVFILT_READ's question to the file.
    """

    __slots__ = (
        "_kernel",
        "_look",
        "_queue",
        "_wake_ns",
        "active",
        "data",
        "disabled",
        "fflags",
        "filter",
        "flags",
        "ident",
        "keys",
        "queued",
        "saved_data",
        "saved_fflags",
        "timer",
        "triggered",
        "udata",
    )

    exclusive = False

    def __init__(
        self,
        queue: KnoteQueue,
        costs: KqueueCosts,
        change: Kevent,
        look: Callable[[OpenFile, int | None], Answer] = filters.readable,
    ) -> None:
        self._queue = queue
        self._kernel = queue.kernel
        self._wake_ns = costs.wake_ns
        self._look = look
        self.ident = change.ident
        self.filter = change.filter
        self.flags = change.flags & ~_FOR_CHANGES
        self.saved_fflags = change.fflags
        self.saved_data = change.data
        self.udata = change.udata
        self.fflags = 0
        self.data = 0
        """Amount that the filter found last: bytes, room, connections, expiries."""
        self.disabled = bool(change.flags & EV_DISABLE)
        self.active = False
        """True if the filter held when it last ran."""
        self.queued = False
        self.keys = _READ_KEYS if change.filter == EVFILT_READ else _WRITE_KEYS
        self.triggered = False
        """EVFILT_USER: True if NOTE_TRIGGER was given."""
        self.timer: int | None = None

    # -- the object -----------------------------------------------------------------------

    @property
    def file(self) -> OpenFile:
        """The open file behind the knote's number."""
        return self._kernel.table.file(self.ident)

    def wake(self, key: int) -> bool:
        """The file changed: run the filter at once (``knote``)."""
        if key and not key & self.keys:
            return False
        kernel = self._kernel
        kernel.ledger.counted[Count.FILTER_RUNS] += 1
        kernel.wake_ns += self._wake_ns
        if self.run_filter():
            self.activate()
        return False

    def run_filter(self) -> bool:
        """Run the filter (``f_event``); True if it holds."""
        if self.filter == EVFILT_READ:
            return self._found(self._look)
        if self.filter == EVFILT_WRITE:
            return self._found(filters.writable)
        return self.triggered if self.filter == EVFILT_USER else self.data != 0

    def _found(self, look: Callable[[OpenFile, int | None], Answer]) -> bool:
        low_water = self.saved_data if self.saved_fflags & NOTE_LOWAT else None
        holds, self.data, eof, error = look(self.file, low_water)
        if eof:
            self.flags |= EV_EOF
            self.fflags = error
        return holds

    def activate(self) -> None:
        """The filter holds: queue the knote, unless it is queued or disabled (``KNOTE_ACTIVATE``)."""
        self.active = True
        if self.disabled:
            return
        if self.queued:
            self._kernel.effect |= Effect.KNOTE_AGAIN
        else:
            self._kernel.effect |= Effect.KNOTE
            self._queue.add(self)

    # -- reporting ------------------------------------------------------------------------

    def event(self) -> Kevent:
        """The event that is copied out."""
        if self.filter == EVFILT_USER:
            return Kevent(self.ident, self.filter, self.flags, self.saved_fflags, self.saved_data, self.udata)
        return Kevent(self.ident, self.filter, self.flags, self.fflags, self.data, self.udata)

    def reset(self) -> None:
        """Start again after an EV_CLEAR knote was reported."""
        self.data = self.fflags = 0
        self.triggered = False

    # -- changes --------------------------------------------------------------------------

    def touch(self, change: Kevent) -> None:
        """The pair is registered again with other parameters (``f_touch``)."""
        self.udata = change.udata
        if self.filter == EVFILT_USER:
            self._touch_user(change)
            return
        if self.filter == EVFILT_TIMER and not change.flags & EV_ADD:
            return
        self.saved_fflags, self.saved_data = change.fflags, change.data
        if self.filter == EVFILT_TIMER:
            self.stop_timer()
            self._queue.remove(self)
            self.active = False
            self.data = 0
            self.start_timer()

    def _touch_user(self, change: Kevent) -> None:
        given = change.fflags & NOTE_FFLAGSMASK
        how = change.fflags & NOTE_FFCOPY
        if change.fflags & NOTE_TRIGGER:
            self.triggered = True
        if how == NOTE_FFAND:
            self.saved_fflags &= given
        elif how == NOTE_FFOR:
            self.saved_fflags |= given
        elif how == NOTE_FFCOPY:
            self.saved_fflags = given
        self.saved_data = change.data
        if change.flags & EV_CLEAR:
            self.reset()

    # -- EVFILT_TIMER ---------------------------------------------------------------------

    def start_timer(self) -> None:
        """Start the timer (``filt_timerstart``).

        Raises:
            OSError: EINVAL, unknown units or a negative time.
        """
        unit_ns = UNITS_NS.get(self.saved_fflags & ~NOTE_ABSTIME)
        if unit_ns is None or self.saved_data < 0:
            raise oserror(errno.EINVAL)
        if not self.saved_data and not self.flags & EV_ONESHOT:
            self.saved_data = 1
        now_ns = self._kernel.now_ns
        at_ns = self.saved_data * unit_ns
        if not self.saved_fflags & NOTE_ABSTIME:
            self.flags |= EV_CLEAR
            at_ns += now_ns
        self.timer = self._kernel.timers.set(max(at_ns, now_ns), self._expire)

    def _expire(self) -> None:
        """Count an expiry, and start the timer again unless it is for one expiry (``filt_timerexpire``)."""
        self.data += 1
        self.timer = None
        if not self.flags & EV_ONESHOT and not self.saved_fflags & NOTE_ABSTIME:
            timers, now_ns = self._kernel.timers, self._kernel.now_ns
            self.timer = timers.set(now_ns + self.saved_data * UNITS_NS[self.saved_fflags], self._expire)
        self.activate()

    def stop_timer(self) -> None:
        """Stop the timer."""
        if self.timer is not None:
            self._kernel.timers.cancel(self.timer)
            self.timer = None
