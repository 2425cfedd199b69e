"""What each step costs, in one table.

Steps that happen once per descriptor or per byte are priced in *picoseconds*, because a
nanosecond is too coarse for them (a byte copied costs 50 ps) and floats would make sums depend on
their order. A sum is rounded up to whole nanoseconds once, at the end of the step.

The built-in table is *not* measured on your machine. Its figures and where they come from:

- ``scan``, the fixed parts of the three calls, ``epoll_item``, ``epoll_ctl``: raw calls timed on a
  2-core x86-64 machine with Linux 6.18 (best of ten): select 6.3, 35, 65, 342, 650 microseconds at
  100, 1000, 2000, 10,000, 19,000 descriptors, three of them ready, poll 4.8 to 644, which is 34 ns a
  descriptor; epoll_wait 1.6 microseconds at any number, 178 when it reports 1000 events, which is
  175 ns an event; epoll_ctl ADD 1.4 to 2.3 microseconds.
- ``hook``: on the same kind of machine a poll() over idle sockets that slept cost 1.8 scans a
  descriptor more than its two passes: adding a wait-queue entry, removing it, and the reference on
  the file in between (``__pollwait``, ``poll_freewait``).
- ``read``, ``write``: a 64-byte ``recv`` and ``send`` on loopback TCP, less the interpreter's part.
- ``interrupt``, ``softirq``, ``context_switch``, ``application``, ``walk``: usual magnitudes for
  such a machine, estimated. They are the same for every lane.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CostTable:
    """The price of every step the simulated kernel takes."""

    name: str
    """Shown on screen: which table is in use."""
    source: str
    """Where the figures come from."""

    select_ns: int
    """A select() call without its scan: entry, set-up, exit."""
    poll_ns: int
    epoll_wait_ns: int
    epoll_ctl_ns: int
    """One ADD, MOD or DEL; also what close() pays to undo one watch."""
    accept_ns: int
    close_ns: int
    read_ns: int
    write_ns: int
    """A send down the TCP stack to the NIC."""
    scan_ps: int
    """One descriptor looked up and asked, in select."""
    poll_scan_ps: int
    """The same in poll, without the bytes it copies."""
    scan_miss_ps: int
    """What is added to either for each descriptor beyond :attr:`cache_fds`."""
    cache_fds: int
    """Descriptors whose files a pass finds in the processor's cache; with more, it misses."""
    woken_miss_ps: int
    """What is added to a call of select or poll that slept for each descriptor found beyond :attr:`cache_fds`:
    whoever made them ready has written to their wait queues since."""
    word_ps: int
    """A word of select's bitmaps, 64 descriptors, none of which is asked about."""
    epoll_item_ps: int
    """One ready item of the ready list: asked, reported, put back; without the bytes copied."""
    epoll_stale_ps: int
    """One that is not ready any more: asked and dropped."""
    item_miss_ps: int
    """What is added to a ready item for each one beyond :attr:`cache_items`."""
    stale_miss_ps: int
    cache_items: int
    """Items of one walk of the ready list that the processor's cache holds."""
    hook_ps: int
    """One wait-queue entry added and later removed."""
    copy_ps: int
    """One byte copied across the system-call border."""
    context_switch_ns: int
    """Away from a task, or back to it: a sleep costs two."""
    interrupt_ns: int
    """One hard interrupt, up to the softirq."""
    softirq_ns: int
    """One packet through IP and TCP into its socket's buffer."""
    callback_ns: int
    """One wait-queue callback (``ep_poll_callback``, ``pollwake``)."""
    application_ns: int
    """The server's own work for one request."""
    walk_ps: int
    """The program's look at one entry of select's or poll's result."""
    machine: str = ""
    """The processor it was measured on; empty where that is not known."""
    kernel: str = ""
    """The kernel it was measured on, such as ``Linux 6.18``."""
    date: str = ""
    """When it was measured: ``2025-11-24``."""

    def each_ps(self, scan_ps: int, count: int, empty_words: int = 0) -> int:
        """What each of ``count`` descriptors of a pass costs, cache misses and skipped words shared out.

        At least a picosecond: a front that has no speed would be everywhere at once.

        Args:
            scan_ps: :attr:`scan_ps` or :attr:`poll_scan_ps`.
        """
        if not count:
            return max(1, scan_ps)
        extra_ps = empty_words * self.word_ps
        if count > self.cache_fds:
            extra_ps += (count - self.cache_fds) * self.scan_miss_ps
        return max(1, scan_ps + extra_ps // count)

    def woken_ps(self, found: int) -> int:
        """What is added to a call of select or poll that slept and found so many."""
        return max(0, found - self.cache_fds) * self.woken_miss_ps

    def items_ps(self, found: int, stale: int) -> int:
        """What a walk of the ready list costs that finds so many items ready, and so many stale."""
        spent_ps = found * self.epoll_item_ps + stale * self.epoll_stale_ps
        if found > self.cache_items:
            spent_ps += (found - self.cache_items) * self.item_miss_ps
        if stale > self.cache_items:
            spent_ps += (stale - self.cache_items) * self.stale_miss_ps
        return spent_ps


BUILT_IN = CostTable(
    name="built-in",
    source="raw calls on one 2-core x86-64 machine, Linux 6.18; partly estimated (see sim/costs.py)",
    select_ns=2_700,
    poll_ns=1_300,
    epoll_wait_ns=1_050,
    epoll_ctl_ns=1_600,
    accept_ns=2_500,
    close_ns=1_200,
    read_ns=700,
    write_ns=2_200,
    scan_ps=34_000,
    poll_scan_ps=34_000,
    scan_miss_ps=0,
    cache_fds=5_000,
    woken_miss_ps=0,
    word_ps=0,
    epoll_item_ps=170_000,
    epoll_stale_ps=170_000,
    item_miss_ps=0,
    stale_miss_ps=0,
    cache_items=5_000,
    hook_ps=60_000,
    copy_ps=50,
    context_switch_ns=1_100,
    interrupt_ns=800,
    softirq_ns=1_000,
    callback_ns=80,
    application_ns=500,
    walk_ps=600,
)
"""The table used where the user's own machine has not been measured."""
