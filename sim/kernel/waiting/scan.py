"""select() and poll(): the scan.

Linux (``fs/select.c: do_select``, ``do_poll``): one pass looks up every descriptor asked about and
asks its file. In the first pass, as long as nothing was found, each file asked also gets an entry
of this call hooked on its wait queue. Something found: copy the result out and return. Nothing
found: sleep until an entry is woken, which says *that* something happened but not *where*, so the
whole pass is made again. On the way out every entry is unhooked. A call that slept therefore makes
two passes over all n and adds and removes n entries; it keeps nothing for the next call.

A pass takes time, milliseconds with many descriptors, and packets arrive during it. What arrives
ahead of its front is found, what arrives behind it is not; if the descriptor was hooked by then,
the call does not fall asleep but makes another pass (``poll_wqueues.triggered``).

Counted: every descriptor looked at, found or not; every entry hooked. Simplified: a file has one
wait queue; the n entries are one object that knows which descriptors it hooked; within a pass the
cost of one look-up is the same for every file (what grows with their number, as the cache no longer
holds them all, is shared out evenly: :meth:`sim.machine.costs.CostTable.each_ps`).
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
    """One pass over all descriptors of a call: where its front is at any moment.

    Attributes:
        number: 1 for a call's first pass.
        start_ns: when it begins (the call's entry is paid for by then).
        end_ns: when it was over, None while it runs.
        found: ranks that it finds ready, ascending.
        hook_limit: ranks below it get an entry hooked: up to the first one found, that one included.
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
        if number == 1 and call.hooking:
            self.hook_limit = self.found[0] + 1 if self.found else self.request.count
        self._stolen_ns = 0
        self._reached_ps = 0
        # How far it had come at each interrupt, and what those up to it had taken: enough to say
        # exactly when each descriptor was looked at.
        self._interrupted_ps: list[int] = []
        self._stolen_by_ns: list[int] = []

    # -- how far ---------------------------------------------------------------------------

    def _cost_ps(self, rank: int) -> int:
        """What everything below a rank costs."""
        return rank * self.scan_ps + min(rank, self.hook_limit) * self.hook_ps

    def _elapsed_ps(self, now_ns: int) -> int:
        end_ps = self._cost_ps(self.request.count)
        if self.end_ns is not None:
            return end_ps
        return min(max(self._reached_ps, (now_ns - self.start_ns - self._stolen_ns) * 1000), end_ps)

    def position(self, now_ns: int) -> int:
        """Descriptors looked at by now."""
        elapsed_ps = self._elapsed_ps(now_ns)
        hooking_ps = self._cost_ps(self.hook_limit)
        if elapsed_ps < hooking_ps:
            return elapsed_ps // (self.scan_ps + self.hook_ps)
        return self.hook_limit + (elapsed_ps - hooking_ps) // self.scan_ps

    def finish_ns(self) -> int:
        """When it will be over, if nothing more interrupts it."""
        return self.start_ns + self._stolen_ns + -(-self._cost_ps(self.request.count) // 1000)

    def looked_at_ns(self, rank: int, now_ns: int) -> int | None:
        """When the descriptor at a rank was looked at; None if it was not yet."""
        if rank >= self.position(now_ns):
            return None
        done_ps = self._cost_ps(rank + 1)
        before = bisect_left(self._interrupted_ps, done_ps)
        stolen_ns = self._stolen_by_ns[before - 1] if before else 0
        return self.start_ns + stolen_ns - (-done_ps // 1000)

    # -- what happens to it ---------------------------------------------------------------

    def interrupted(self, stolen_ns: int) -> None:
        """An interrupt took the CPU for so long, from now on."""
        self._reached_ps = self._elapsed_ps(self.call.kernel.now_ns)
        self._stolen_ns += stolen_ns
        self._interrupted_ps.append(self._reached_ps)
        self._stolen_by_ns.append(self._stolen_ns)

    def changed(self, rank: int) -> int:
        """What is asked about at a rank became ready: will this pass find it?"""
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

    # -- what it cost ---------------------------------------------------------------------

    def spent(self, now_ns: int) -> tuple[Part, ...]:
        """CPU time of the pass up to now."""
        elapsed_ps, position = self._elapsed_ps(now_ns), self.position(now_ns)
        hook_ps = min(position, self.hook_limit) * self.hook_ps
        if position < self.hook_limit:  # each is asked first, then hooked
            hook_ps += max(0, elapsed_ps - self._cost_ps(position) - self.scan_ps)
        hook_ns = hook_ps // 1000
        return (Account.SCAN, -(-elapsed_ps // 1000) - hook_ns), (Account.WAIT_QUEUE, hook_ns)

    def counted(self, now_ns: int) -> tuple[Tally, ...]:
        """What the pass did up to now."""
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
        request: What the call asks about.
        serial: The number of the call.
        hooking: True if the call may sleep, and therefore hooks itself on what it asks about.
    """

    __slots__ = (
        "closed",
        "each_ps",
        "foreseen",
        "hooked",
        "hooking",
        "kernel",
        "last",
        "latest",
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
        hooking: bool,
    ) -> None:
        self.kernel = kernel
        self.latest = latest
        self.scan: ScanPass | None = None
        """The pass under way."""
        self.request = request
        self.serial = serial
        self.each_ps = request.each_ps(kernel.costs)
        """What looking at one descriptor costs in any of its passes."""
        self.foreseen: list[int] | None = None
        """Ranks that are ready, where checking the arguments showed them already."""
        self.hooking = hooking
        self.hooked = 0
        """Ranks below it have an entry hooked, from the first pass to the return."""
        self.triggered = False
        """An entry was woken since the last pass."""
        self.passes = 0
        """Passes begun."""
        self.last = False
        """The pass under way is the last one, whatever it finds."""
        self.ready: int | None = None
        """What the call returns, once that is known."""
        self.timer: int | None = None
        """The armed timeout."""
        self.sleeper: Task | None = None
        self.slept = False
        self.scanned = 0
        self.spent_ns = 0
        self.closed: list[tuple[OpenFile, int]] = []
        """Files whose descriptors were closed since the call hooked itself on them, and the bits it wants:
        it holds them, and hears of them, until it returns."""
        self.unhooked: set[int] = set()
        """Those descriptors: what is opened under their numbers only a pass can find."""

    def look(self) -> list[int]:
        """The ranks that are ready now."""
        found, self.foreseen = self.foreseen, None
        if found is None:
            refresh_lazy_files(self.kernel, self.request)
            found = self.request.ready_ranks(self.kernel.table.poll_masks)
        return found

    def changed(self, file: OpenFile, key: int) -> None:
        """A file's wait queue is woken (``pollwake``), or just its mask changed under a pass."""
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
                # Asleep no more, not scanning yet: the pass about to start finds it.
                kernel.effect |= Effect.SCAN_AHEAD
            elif fd not in self.unhooked:
                self._wake()
                return

    def _wake(self) -> None:
        """Have the sleeping call make another pass."""
        sleeper, self.sleeper = self.sleeper, None
        if sleeper is not None:
            self.kernel.wake(sleeper)
            self.kernel.effect |= Effect.WOKE_SCAN

    def number_closed(self, file: OpenFile, fd: int) -> None:
        """A descriptor is closed that the call is hooked by: the file stays until the call returns."""
        if self.hooked and fd not in self.unhooked and (wanted := self.request.wanted(fd)):
            self.unhooked.add(fd)
            file.holds += 1
            self.closed.append((file, wanted))

    def over(self) -> None:
        """The call returns (``poll_freewait``)."""
        self.kernel.scans.remove(self)
        for file, _ in self.closed:
            self.kernel.release_hold(file)
        if self.timer is not None:
            self.kernel.timers.cancel(self.timer)

    def until_ready(self) -> Generator[None, None, ScanPass]:
        """The loop of ``do_select`` and ``do_poll``: pass, sleep, pass again.

        All it knows is kept by the call, so that it can be made anew in the middle of one.

        Returns:
            The last pass.
        """
        while (scan := self._go_on()) is None:
            yield
        return scan

    def _go_on(self) -> ScanPass | None:
        """Do what comes next, up to where time has to pass; gives the last pass when it is over."""
        kernel = self.kernel
        scan = self.scan
        if scan is not None:
            self._end_pass(scan)
            if scan.found or self.last:
                return scan
            if not self.triggered and self.hooking:
                self.spent_ns += kernel.pay_switch()
                kernel.journal.append((kernel.now_ns, Kind.SLEEP, -1, 0, 0, self.serial))
                self.slept = True
                self.sleeper = kernel.block()
                return None
        elif self.passes:  # awake again
            self.spent_ns += kernel.pay_switch()
        self.triggered = False
        self._begin_pass()
        return None

    def timed_out(self) -> None:
        """The timeout is over: one more pass, and back."""
        self.hooking = False
        if self.sleeper is not None:
            sleeper, self.sleeper = self.sleeper, None
            self.kernel.wake(sleeper)

    def _begin_pass(self) -> None:
        kernel = self.kernel
        self.passes += 1
        self.last = not self.hooking
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
