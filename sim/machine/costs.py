"""What each step costs, in one table.

Steps that happen once per descriptor or per byte are priced in *picoseconds*, because a
nanosecond is too coarse for them (a byte copied costs 50 ps) and floats would make sums depend on
their order. A sum is rounded up to whole nanoseconds once, at the end of the step.

What grows faster than the count: a pass over more files than the processor's cache holds misses it. With n
descriptors, n - ``cache_fds`` of them pay ``scan_miss_ps`` more, and so on for the ready list: a straight
line with a bend, which is what cyclic walks over more than a cache do.

Tables: the user's own, made by ``c10k-tui calibrate`` (:mod:`sim.studies.calibration`); without one, the
built-in one, which is *not* measured on your machine. It was made in the same way on a 2-core x86-64 virtual
machine (AMD EPYC with 1 MiB of second-level cache) with Linux 6.18, and rounded. Not of the kernel, and
estimated, are ``application_ns`` and ``walk_ps``; ``interrupt_ns`` is a timer's interrupt, for want of a
NIC's. The files asked are eventfds; on the same machine a UNIX socket takes 1.4 to 2.7 times as long to ask
as one of these, a TCP socket 1.6 to 3 times, the more the more there are.

Threads and processes: small C programs on the same kind of machine. ``thread_start``: pthread_create
and join, 18.8 microseconds less its switches; ``process_start``: fork, exit and wait, 140 less the
same (a small process on a virtual machine). Refills: a byte handed round a ring of N pipes costs 2.6
microseconds a hop between two threads, 3.9 between 32, 4.2 between 400, 5.1 between 1000; between
processes 2.6, 6.8, 40 and 136. A working set per task and a price per byte are fitted to the part up
to a hundred tasks. Beyond it processes are dearer than that by the wall's clock, but not by the kernel's
accounts of CPU time: a request took servers of 2, 32, 128, 512 and 1000 processes
(:mod:`sim.host.measuring.lane_requests`) 14, 29, 28, 34 and 36 microseconds, and takes 6.1, 11.6, 15.1,
16.2 and 16.3 here, 1.9 to 2.5 times less throughout, as with epoll (14 and 5.8): real caches
go cold between requests.
``thread_bytes``: 8000 blocked threads took 16.4 kB of kernel stack each, 4.2 of page tables, 7.7 of slab,
8.5 of touched stack;
``process_bytes``: 400 forked processes 16.4, 48.5, about 10 and 34.8 kB. ``socket_bytes``: object sizes
of the slabs TCP, sock_inode_cache, dentry and filp; ``epoll_item_bytes``: eventpoll_epi and
eventpoll_pwq. ``slice``: the kernel's ``sysctl_sched_base_slice`` on one CPU. ``futex``: estimated.

:data:`PUBLISHED` has tables for machines that others have written about, as far as a cost per call was
published (others give throughput, or whole runs). Only the waiting calls' prices are known of them; the
rest is the built-in table's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

LARGEST = 10**12
"""More than any step costs, in whatever unit."""
NEEDED = ("scan_ps", "poll_scan_ps", "hook_ps", "epoll_item_ps")
"""Prices that are not nothing on any machine."""


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
    """What is added to a call of select or poll that slept for each descriptor found beyond
    :attr:`cache_fds`: whoever made them ready has written to their wait queues since."""
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
    slice_ns: int = 700_000
    """How long a task may run while others are runnable."""
    thread_start_ns: int = 15_000
    """clone() of a thread with its stack, and its exit."""
    process_start_ns: int = 120_000
    """fork() of a process, and its exit."""
    futex_ns: int = 700
    """One futex call: to wait for a queue, or to wake one who waits."""
    address_space_ns: int = 1_400
    """What a switch into another address space adds, before any of its pages is touched."""
    refill_ps: int = 200
    """One byte of a task's working set brought back into the cache that others pushed it out of."""
    thread_working_set_bytes: int = 12_288
    """What a thread touches each time it runs: kernel stack, user stack, its connection."""
    process_working_set_bytes: int = 49_152
    """The same of a process, with its own page tables and the TLB entries of its pages."""
    cache_bytes: int = 1 << 20
    """The cache that keeps working sets of tasks that do not run."""
    thread_bytes: int = 36_800
    """Memory a blocked thread takes: kernel stack, task_struct, page tables, the stack it has touched."""
    process_bytes: int = 110_000
    """The same of a forked process that has written to a few pages."""
    stack_reserve_bytes: int = 8 << 20
    """Address space a thread's stack takes (``ulimit -s``), of which it touches the top."""
    socket_bytes: int = 3_448
    """Memory of a connection without any buffer: socket, inode, directory entry, open file."""
    epoll_item_bytes: int = 192
    """Memory of one watch: item and wait-queue entry."""
    memory_bytes: int = 8 << 30
    """Memory of the machine; a lane that would need more fails."""
    loop_turn_ns: int = 1_000
    """One turn of asyncio's event loop, without its epoll_wait and its callbacks."""
    loop_callback_ns: int = 2_200
    """One callback of asyncio's event loop, whatever it does, without its system calls: the mean of a streams
    server's two for a request, which receive and wake its task, and go on in it. (One that does nothing
    takes a quarter of it, a task's step from ``sleep(0)`` to the next half.)

    Both as calibration measures them (:mod:`sim.host.measuring.asyncio_costs`), with Python 3.11 on a
    machine as above."""
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
    source="a 2-core x86-64 machine with Linux 6.18, measured and rounded; the application's part estimated",
    select_ns=610,
    poll_ns=400,
    epoll_wait_ns=410,
    epoll_ctl_ns=810,
    accept_ns=2_500,
    close_ns=5_100,
    read_ns=760,
    write_ns=1_900,
    scan_ps=26_000,
    poll_scan_ps=24_600,
    scan_miss_ps=6_900,
    cache_fds=4_500,
    woken_miss_ps=24_000,
    word_ps=4_900,
    epoll_item_ps=90_000,
    epoll_stale_ps=46_000,
    item_miss_ps=9_000,
    stale_miss_ps=30_000,
    cache_items=3_000,
    hook_ps=95_000,
    copy_ps=49,
    context_switch_ns=760,
    interrupt_ns=1_300,
    softirq_ns=1_050,
    callback_ns=48,
    application_ns=500,
    walk_ps=600,
    machine="AMD EPYC, 2 CPUs, x86_64",
    kernel="Linux 6.18",
    date="2026-11-24",
)
"""The table used where the user's own machine has not been measured."""

PUBLISHED = {
    table.name: table
    for table in (
        replace(
            BUILT_IN,
            name="tlpi-2010",
            source="Kerrisk, The Linux Programming Interface (2010), ch. 63; the rest as built-in",
            select_ns=3_800,
            poll_ns=3_600,
            epoll_wait_ns=3_750,
            scan_ps=297_000,
            poll_scan_ps=297_000,
            scan_miss_ps=650_000,
            cache_fds=1_000,
            epoll_item_ps=400_000,
            machine="",
            kernel="Linux 2.6.25",
            date="2010",
        ),
    )
}
"""Tables for published machines, by name."""


def table_of(data: Mapping[str, Any]) -> CostTable:
    """A table from its fields by name, of whatever origin.

    Raises:
        ValueError: they are not all there, or not what they have to be; says which.
    """
    for field in fields(CostTable):
        if field.name not in data:
            raise ValueError(f"{field.name} is missing")
        value = data[field.name]
        if field.type == "int":
            low = 1 if field.name in NEEDED else 0
            if type(value) is not int or not low <= value <= LARGEST:
                raise ValueError(f"{field.name} is {value!r:.40}")
        elif not isinstance(value, str) or len(value) > 1_000 or not value.isprintable():
            raise ValueError(f"{field.name} is no line of text")
    known = {field.name for field in fields(CostTable)}
    if unknown := sorted(set(data) - known):
        raise ValueError(f"{unknown[0]!r:.40} is not known to this version")
    return CostTable(**data)
