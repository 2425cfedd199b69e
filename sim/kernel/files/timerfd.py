"""timerfd: a timer that can be read and waited for, in virtual time.

What Linux does (``fs/timerfd.c``): a read returns the number of expiries since the last read, or since the
timer was set. A periodic timer does not start again when it expires, but when a program uses it: read,
gettime and settime compute how many periods are over and start it for the next one. So a timer that is not
read makes one edge, not one for each period.

All clocks show the same virtual time here, and no clock is ever set.
"""

from __future__ import annotations

import errno

from sim.kernel import poll_bits
from sim.kernel.core import KernelCore
from sim.kernel.files.eventfd import COUNT_BYTES, packed_count
from sim.kernel.open_file import OpenFile
from sim.kernel.poll_bits import oserror

CLOCKS = frozenset({0, 1, 7})
"""CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME. The alarm clocks, which wake a machine, are left out."""

Setting = tuple[int, int]
"""Time to the next expiry and the period, both in nanoseconds (``struct itimerspec``)."""


class TimerFd(OpenFile):
    """A timer."""

    __slots__ = ("_at_ns", "_expired", "_period_ns", "_ticks", "_timer")

    def __init__(self, kernel: KernelCore) -> None:
        super().__init__(kernel)
        self._at_ns = 0
        """Time of the next expiry, or of the last one if it has expired."""
        self._period_ns = 0
        self._ticks = 0
        """Expiries that were not read."""
        self._expired = False
        """True if it has expired and, being periodic, was not started again."""
        self._timer: int | None = None

    def set(self, first_ns: int, period_ns: int, absolute: bool) -> Setting:
        """Set it, or stop it with ``first_ns`` 0 (``do_timerfd_settime``).

        Args:
            first_ns: Time to the first expiry; the time of the first expiry if ``absolute``.
            period_ns: Time between later expiries; 0 for a single one.
            absolute: True if ``first_ns`` is a time on the clock.

        Returns:
            The setting before.
        """
        now_ns = self.kernel.now_ns
        self._stop()
        if self._expired and self._period_ns:
            self._forward()
        before = self._remaining()
        self._period_ns, self._ticks, self._expired = period_ns, 0, False
        self._at_ns = 0
        if first_ns:
            self._at_ns = first_ns if absolute else now_ns + first_ns
            self._start()
        self._update_mask()
        return before

    def get(self) -> Setting:
        """The setting (``do_timerfd_gettime``)."""
        if self._expired and self._period_ns:
            self._expired = False
            self._ticks += self._forward() - 1
            self._start()
        return self._remaining()

    def read(self, size: int) -> bytes:
        """Take the number of expiries.

        Raises:
            OSError: EAGAIN, there was none; EINVAL, ``size`` is below 8.
        """
        if size < COUNT_BYTES:
            raise oserror(errno.EINVAL)
        if not self._ticks:
            raise oserror(errno.EAGAIN)
        ticks = self._ticks
        if self._expired and self._period_ns:
            ticks += self._forward() - 1
            self._start()
        self._expired, self._ticks = False, 0
        self._update_mask()
        return packed_count(ticks)

    @property
    def ticks(self) -> int:
        """Expiries that were not read."""
        return self._ticks

    def released(self) -> None:
        """The timer is closed and does not expire any more."""
        self._stop()

    # -- the timer beneath ----------------------------------------------------------------

    def _remaining(self) -> Setting:
        return max(self._at_ns - self.kernel.now_ns, 0), self._period_ns

    def _forward(self) -> int:
        """Move the expiry to the end of the current period; the number of periods that are over."""
        late_ns = self.kernel.now_ns - self._at_ns
        periods = max(late_ns // self._period_ns + 1, 0)
        self._at_ns += periods * self._period_ns
        return periods

    def _start(self) -> None:
        timers = self.kernel.timers
        self._timer = timers.set(max(self._at_ns, self.kernel.now_ns), self._expire)

    def _stop(self) -> None:
        if self._timer is not None:
            self.kernel.timers.cancel(self._timer)
            self._timer = None

    def _expire(self) -> None:
        """``timerfd_triggered``."""
        self._timer = None
        self._expired = True
        self._ticks += 1
        self._update_mask()
        self.notify(poll_bits.IN)

    def _update_mask(self) -> None:
        self.set_mask(poll_bits.IN if self._ticks else 0)
