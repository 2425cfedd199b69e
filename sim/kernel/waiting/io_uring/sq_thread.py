"""The polling kernel thread of an io_uring (SQPOLL): submissions without system calls, at the price of a CPU.

Linux (``io_uring/sqpoll.c: io_sq_thread``): the thread checks the submission ring again and again and runs
the submissions that it finds. It also runs the task work of the ring's requests. Without work it spins. After
``sq_thread_idle`` without work it sleeps and sets a flag; the program must then call io_uring_enter once to
wake it. A packet's task work wakes it without a call. A program that finds the submission ring full sleeps in
io_uring_enter until the thread has taken what is there (``sqo_sq_wait``).

A lane has one CPU, on which the server and the interrupts run. This thread gets a *second* CPU, which nothing
else uses: if it spun on the server's CPU, the server would get no time. The time of the second CPU is booked
separately (``SQ_THREAD_…_NS`` in :class:`sim.machine.accounts.Count`). Work, spinning and sleep add up to the
whole time. A comparison of lanes must count that time, because a CPU that spins does no other work.

An item is taken from the ring when the thread begins it, and takes effect when its time is over.
"""

from __future__ import annotations

from sim.kernel.waiting.io_uring import requests
from sim.kernel.waiting.io_uring.entries import Sqe
from sim.kernel.waiting.io_uring.requests import Request
from sim.kernel.waiting.io_uring.ring import IoUring, PollingThread
from sim.machine.accounts import Count

WORKING, SPINNING, ASLEEP = Count.SQ_THREAD_WORK_NS, Count.SQ_THREAD_SPIN_NS, Count.SQ_THREAD_SLEEP_NS
DEFAULT_IDLE_NS = 1_000_000_000
"""``sq_thread_idle`` of 0: one second."""


class SqThread(PollingThread):
    """The polling thread of one ring, on a CPU of its own.

    Args:
        ring: The ring.
        idle_ns: Time that it spins without work before it sleeps.
    """

    def __init__(self, ring: IoUring, idle_ns: int = DEFAULT_IDLE_NS) -> None:
        self.ring = ring
        self.kernel = ring.kernel
        self.idle_ns = idle_ns
        self.state = SPINNING
        self.since_ns = self.kernel.now_ns
        """The time up to which its time is booked."""
        self.item: Sqe | Request | None = None
        """The submission or request that it works on; None for none."""
        self._timer = self.kernel.timers.set(self.since_ns + idle_ns, self._fall_asleep)

    @property
    def needs_wakeup(self) -> bool:
        """True if it sleeps and sees no new submissions (``IORING_SQ_NEED_WAKEUP``)."""
        return self.state == ASLEEP

    def book(self) -> None:
        """Book its time up to now."""
        kernel = self.kernel
        kernel.ledger.counted[self.state] += kernel.now_ns - self.since_ns
        self.since_ns = kernel.now_ns

    def look(self) -> None:
        """A submission was written to the ring, or task work was queued."""
        if self.state == SPINNING:
            self._begin(0)
        elif self.state == ASLEEP and self.ring.work:
            self.wake_up()

    def wake_up(self) -> None:
        """End its sleep, for io_uring_enter with SQ_WAKEUP or for task work."""
        if self.state == ASLEEP:
            self._begin(self.kernel.costs.context_switch_ns)

    def stop(self) -> None:
        """The ring is closed: stop."""
        self.book()
        self.kernel.timers.cancel(self._timer)

    # -- its loop -------------------------------------------------------------------------

    def _begin(self, delay_ns: int) -> None:
        """Take the next item, or spin."""
        ring, kernel = self.ring, self.kernel
        self.book()
        if self.state == SPINNING:
            kernel.timers.cancel(self._timer)
        self.item = sqe = ring.sq.pop()
        if sqe is not None:
            ring.update_mask()
            if not ring.sq:
                ring.taken()
            ns = ring.costs.sqe_ns + requests.price_ns(ring, sqe)[1]
        elif ring.work:
            request = ring.work.popleft()
            assert isinstance(request, Request)
            self.item = request
            ns = ring.costs.task_work_ns + requests.work_price_ns(request)
            ns += 0 if request.ready_mask else ring.costs.ask_ns
        else:
            self.state = SPINNING
            self._timer = kernel.timers.set(kernel.now_ns + self.idle_ns, self._fall_asleep)
            return
        self.state = WORKING
        self._timer = kernel.timers.set(kernel.now_ns + delay_ns + ns, self._done)

    def _done(self) -> None:
        """The item's time is over: run it now. The server's CPU does not matter."""
        kernel, item = self.kernel, self.item
        busy_until_ns, kernel.free_ns = kernel.free_ns, kernel.now_ns
        kernel.effect = 0
        try:
            if isinstance(item, Request):
                counted, asks = kernel.ledger.counted, not item.ready_mask
                found = item.check()
                counted[Count.TASK_WORK] += 1
                counted[Count.SCANNED] += asks
                counted[Count.READY] += asks and found
            elif item is not None:
                requests.run(self.ring, item)
        finally:
            kernel.free_ns = busy_until_ns
        self.item = None
        self._begin(0)

    def _fall_asleep(self) -> None:
        self.book()
        self.state = ASLEEP
