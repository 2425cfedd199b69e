"""The scan of select() and poll().

Linux (``fs/select.c: do_select``, ``do_poll``): one pass looks up every descriptor of the call and asks its
file. In the first pass, as long as nothing was found, an entry of the call is also hooked on the wait queue
of each file. If the pass found something, the result is copied out and the call returns. If not, the call
sleeps until an entry is woken. The wake-up does not say which descriptor is ready, so the call makes the
whole pass again. Before the call returns, every entry is removed. A call that slept therefore makes two
passes over all n descriptors, and adds and removes n entries. It keeps nothing for the next call.

A pass takes time, milliseconds with many descriptors, and packets arrive during it. The pass finds a packet
that arrives ahead of its front, and misses a packet that arrives behind it. If the descriptor of a missed
packet was hooked by then, the call does not sleep but makes another pass (``poll_wqueues.triggered``).

How a scan is charged: a pass costs the same for each descriptor that it checks, ready or not, and more for
each entry that it hooks (:meth:`ScanPass.spent`). Entry, copies and exit are charged by
:mod:`sim.kernel.waiting.select_and_poll`.

Simplified: a file has one wait queue. The n entries are one object that knows which descriptors it hooked.
Within a pass one check costs the same for every file: cache misses, which grow with the number of files, are
shared evenly (:meth:`sim.machine.costs.CostTable.each_ps`).

Why not otherwise: a pass could be one event per descriptor. With a million descriptors that is a million
events for each call. Here the position of a pass at any nanosecond is computed, and only interrupts change
it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Generator

from sim.kernel.core import KernelCore
from sim.kernel.open_file import OpenFile, ScanInProgress
from sim.kernel.waiting.scan_request import ScanRequest
from sim.machine.accounts import Account, Count, Part, Tally
from sim.machine.records import Effect, Kind
from sim.machine.task import Task


class ScanPass:
    """One pass over all descriptors of a call. It knows where its front is at any moment.

    A *rank* is a position in the order in which the call walks its descriptors.

    Attributes:
        number: 1 for the first pass of a call.
        start_ns: Virtual time at which it begins, after the call's entry.
        end_ns: Virtual time at which it ended; None while it runs.
        found: Ranks that it finds ready, ascending.
        hook_limit: Ranks below it get an entry hooked: up to the first one found, that one included.
    """

    __slots__ = (
        "_interrupted_ps",
        "_reached_ps",
        "_stolen_by_ns",
        "_stolen_ns",
        "call",
        "end_ns",
        "found",
        "hook_limit",
        "hook_ps",
        "number",
        "request",
        "scan_ps",
        "start_ns",
    )

    def __init__(self, call: ScanCall, number: int, start_ns: int) -> None:
        kernel = call.kernel
        self.call = call
        self.request = call.request
        self.number = number
        self.start_ns = start_ns
        self.end_ns: int | None = None
        self.scan_ps = call.each_ps
        self.hook_ps = kernel.costs.hook_ps
        self.found = call.look()
        self.hook_limit = 0
        if number == 1 and call.may_sleep:
            self.hook_limit = self.found[0] + 1 if self.found else self.request.count
        self._stolen_ns = 0
        self._reached_ps = 0
        # Progress at each interrupt, and the time that interrupts had taken by then. These give the exact
        # time at which each descriptor was checked.
        self._interrupted_ps: list[int] = []
        self._stolen_by_ns: list[int] = []

    # -- progress --------------------------------------------------------------------------

    def _cost_ps(self, rank: int) -> int:
        """Cost in ps of everything below a rank."""
        return rank * self.scan_ps + min(rank, self.hook_limit) * self.hook_ps

    def _elapsed_ps(self, now_ns: int) -> int:
        end_ps = self._cost_ps(self.request.count)
        if self.end_ns is not None:
            return end_ps
        return min(max(self._reached_ps, (now_ns - self.start_ns - self._stolen_ns) * 1000), end_ps)

    def position(self, now_ns: int) -> int:
        """Descriptors checked by now."""
        elapsed_ps = self._elapsed_ps(now_ns)
        hooking_ps = self._cost_ps(self.hook_limit)
        if elapsed_ps < hooking_ps:
            return elapsed_ps // (self.scan_ps + self.hook_ps)
        return self.hook_limit + (elapsed_ps - hooking_ps) // self.scan_ps

    def finish_ns(self) -> int:
        """Time at which it ends if nothing more interrupts it."""
        return self.start_ns + self._stolen_ns + -(-self._cost_ps(self.request.count) // 1000)

    def looked_at_ns(self, rank: int, now_ns: int) -> int | None:
        """Time at which the descriptor at a rank was checked; None if it was not checked yet."""
        if rank >= self.position(now_ns):
            return None
        done_ps = self._cost_ps(rank + 1)
        before = bisect_left(self._interrupted_ps, done_ps)
        stolen_ns = self._stolen_by_ns[before - 1] if before else 0
        return self.start_ns + stolen_ns - (-done_ps // 1000)

    # -- interrupts and packets -----------------------------------------------------------

    def interrupted(self, stolen_ns: int) -> None:
        """An interrupt takes the CPU for ``stolen_ns`` from now on."""
        self._reached_ps = self._elapsed_ps(self.call.kernel.now_ns)
        self._stolen_ns += stolen_ns
        self._interrupted_ps.append(self._reached_ps)
        self._stolen_by_ns.append(self._stolen_ns)

    def changed(self, rank: int) -> int:
        """The descriptor at a rank became ready: an :class:`Effect` that says if this pass finds it."""
        kernel = self.call.kernel
        position = self.position(kernel.now_ns)
        place = bisect_left(self.found, rank)
        if place < len(self.found) and self.found[place] == rank:
            return Effect.SCAN_AHEAD
        if rank >= position:
            insort(self.found, rank)
            if self.hook_limit > rank + 1:
                self.hook_limit = rank + 1
                kernel.free_ns = self.finish_ns()
            return Effect.SCAN_AHEAD
        if rank < max(self.hook_limit, self.call.hooked):
            self.call.triggered = True
        return Effect.SCAN_BEHIND

    # -- cost -----------------------------------------------------------------------------

    def spent(self, now_ns: int) -> tuple[Part, ...]:
        """CPU time of the pass up to now, by account."""
        elapsed_ps, position = self._elapsed_ps(now_ns), self.position(now_ns)
        hook_ps = min(position, self.hook_limit) * self.hook_ps
        if position < self.hook_limit:  # each descriptor is checked first, then hooked
            hook_ps += max(0, elapsed_ps - self._cost_ps(position) - self.scan_ps)
        hook_ns = hook_ps // 1000
        return (Account.SCAN, -(-elapsed_ps // 1000) - hook_ns), (Account.WAIT_QUEUE, hook_ns)

    def counted(self, now_ns: int) -> tuple[Tally, ...]:
        """Counts of the pass up to now."""
        position = self.position(now_ns)
        return (
            (Count.SCANNED, position),
            (Count.READY, bisect_left(self.found, position)),
            (Count.HOOKS, min(position, self.hook_limit)),
            (Count.PASSES, 1 if self.end_ns is not None else 0),
        )


class ScanCall(ScanInProgress):
    """One call of select or poll, from its entry to its return.

    Args:
        kernel: The kernel.
        latest: The latest passes of all calls; this call adds its own.
        request: The descriptors and events that the call asks for.
        serial: The number of the call.
        may_sleep: True if the call may sleep, and therefore hooks itself on the files of the request.
    """

    __slots__ = (
        "closed",
        "each_ps",
        "found_first",
        "hooked",
        "kernel",
        "last",
        "latest",
        "may_sleep",
        "passes",
        "ready",
        "request",
        "scan",
        "scanned",
        "serial",
        "sleeper",
        "slept",
        "spent_ns",
        "timer",
        "triggered",
        "unhooked",
    )

    def __init__(
        self,
        kernel: KernelCore,
        latest: deque[ScanPass],
        request: ScanRequest,
        serial: int,
        may_sleep: bool,
    ) -> None:
        self.kernel = kernel
        self.latest = latest
        self.scan: ScanPass | None = None
        """The pass under way."""
        self.request = request
        self.serial = serial
        self.each_ps = request.each_ps(kernel.costs)
        """Cost in ps of checking one descriptor, the same in all passes."""
        self.found_first: list[int] | None = None
        """Ranks that are ready, if the check of the arguments has found them; otherwise None."""
        self.may_sleep = may_sleep
        self.hooked = 0
        """Ranks below it have an entry hooked from the first pass to the return."""
        self.triggered = False
        """True if an entry was woken since the last pass."""
        self.passes = 0
        """Passes begun."""
        self.last = False
        """True if the pass under way is the last one, also if it finds nothing."""
        self.ready: int | None = None
        """The call's result; None until it is known."""
        self.timer: int | None = None
        """Number of the timeout's timer; None if there is none."""
        self.sleeper: Task | None = None
        self.slept = False
        self.scanned = 0
        self.spent_ns = 0
        self.closed: list[tuple[OpenFile, int]] = []
        """Files whose descriptors were closed after the call hooked itself on them, and the bits it wants.
        The call holds the files, and is notified of their changes, until it returns."""
        self.unhooked: set[int] = set()
        """The descriptors of :attr:`closed`. Only a pass finds a new file under such a number."""

    def look(self) -> list[int]:
        """Ranks that are ready now."""
        found, self.found_first = self.found_first, None
        if found is None:
            refresh_lazy_files(self.kernel, self.request)
            found = self.request.ready_ranks(self.kernel.table.poll_masks)
        return found

    def changed(self, file: OpenFile, key: int) -> None:
        """A file's wait queue is woken (``pollwake``), perhaps during a pass."""
        kernel = self.kernel
        if self.closed and self.sleeper is not None:
            for held, wanted in self.closed:
                if held is file and not (key and not key & wanted):
                    self._wake()
                    return
        for fd in file.numbers:
            wanted = self.request.wanted(fd)
            if not wanted or (key and not key & wanted):
                continue
            if self.scan is not None:
                for rank in self.request.hits(fd, file.mask):
                    kernel.effect |= self.scan.changed(rank)
            elif self.sleeper is None:
                # The call has woken and does not scan yet: the pass that is about to start finds the packet.
                kernel.effect |= Effect.SCAN_AHEAD
            elif fd not in self.unhooked:
                self._wake()
                return

    def _wake(self) -> None:
        """Wake the sleeping call, which makes another pass."""
        sleeper, self.sleeper = self.sleeper, None
        if sleeper is not None:
            self.kernel.wake(sleeper)
            self.kernel.effect |= Effect.WOKE_SCAN

    def number_closed(self, file: OpenFile, fd: int) -> None:
        """A descriptor is closed. A file on which the call is hooked stays until the call returns."""
        if self.hooked and fd not in self.unhooked and (wanted := self.request.wanted(fd)):
            self.unhooked.add(fd)
            file.holds += 1
            self.closed.append((file, wanted))

    def end(self) -> None:
        """The call returns (``poll_freewait``)."""
        self.kernel.scans.remove(self)
        for file, _ in self.closed:
            self.kernel.release_hold(file)
        if self.timer is not None:
            self.kernel.timers.cancel(self.timer)

    def until_ready(self) -> Generator[None, None, ScanPass]:
        """The loop of ``do_select`` and ``do_poll``: pass, sleep, pass again.

        All state is stored on the call, so that this generator can be made again in the middle of a call.

        Returns:
            The last pass.
        """
        while (scan := self._go_on()) is None:
            yield
        return scan

    def _go_on(self) -> ScanPass | None:
        """Do the next step, up to a point at which time must pass; returns the last pass once it is over."""
        kernel = self.kernel
        scan = self.scan
        if scan is not None:
            self._end_pass(scan)
            if scan.found or self.last:
                return scan
            if not self.triggered and self.may_sleep:
                self.spent_ns += kernel.pay_switch()
                kernel.journal.append((kernel.now_ns, Kind.SLEEP, -1, 0, 0, self.serial))
                self.slept = True
                self.sleeper = kernel.block()
                return None
        elif self.passes:  # it slept and is awake again
            self.spent_ns += kernel.pay_switch()
        self.triggered = False
        self._begin_pass()
        return None

    def timed_out(self) -> None:
        """The time is up: one more pass, then return."""
        self.may_sleep = False
        if self.sleeper is not None:
            sleeper, self.sleeper = self.sleeper, None
            self.kernel.wake(sleeper)

    def _begin_pass(self) -> None:
        kernel = self.kernel
        self.passes += 1
        self.last = not self.may_sleep
        scan = kernel.scan = self.scan = ScanPass(self, self.passes, kernel.free_ns)
        self.latest.append(scan)
        kernel.free_ns = scan.finish_ns()

    def _end_pass(self, scan: ScanPass) -> None:
        kernel = self.kernel
        kernel.scan = self.scan = None
        scan.end_ns = kernel.now_ns
        self.hooked = max(self.hooked, scan.hook_limit)
        self.spent_ns += kernel.ledger.post(scan.spent(kernel.now_ns), scan.counted(kernel.now_ns))
        self.scanned += self.request.count


def refresh_lazy_files(kernel: KernelCore, request: ScanRequest) -> None:
    """Update the masks that are not kept up to date, of the files that a scan is about to look at."""
    for file in tuple(kernel.lazy_files):
        if any(request.wanted(fd) for fd in file.numbers):
            file.refresh()
