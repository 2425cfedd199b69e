"""The price of each step, in one table.

Steps that happen once per descriptor or per byte are priced in *picoseconds*, because a nanosecond is too
coarse for them: a copied byte costs 50 ps. Each sum is rounded up to whole nanoseconds once, at the end of
the step. Why not floats: their sums depend on the order of the terms.

Some costs grow faster than the count. A pass over more files than the processor's cache holds misses the
cache. With n descriptors, n - ``cache_fds`` of them pay ``scan_miss_ps`` more, and the same holds for the
ready list. The result is a straight line with a bend, which is how a cyclic walk over more than a cache
behaves.

A user's own table is made by ``c10k-tui calibrate`` (:mod:`sim.studies.calibration`). Without one, the
built-in table holds, which is *not* measured on the user's machine. It was made in the same way on a 2-core
x86-64 virtual machine (AMD EPYC with 1 MiB of second-level cache) with Linux 6.18, and rounded.
``application_ns`` and ``walk_ps`` do not belong to the kernel and are estimated. ``interrupt_ns`` is measured
with a timer's interrupt, because the machine had no network card. The files that are asked are eventfds.
On the same machine a UNIX socket takes 1.4 to 2.7 times as long to ask, a TCP socket 1.6 to 3 times; the
factor grows with the number of files.

Prices of threads and processes come from small C programs on the same kind of machine:

- ``thread_start``: pthread_create and join took 18.8 microseconds; their switches are subtracted.
- ``process_start``: fork, exit and wait took 140 microseconds; their switches are subtracted (a small process
  on a virtual machine).
- Refills: a byte passed round a ring of N pipes costs 2.6 microseconds a hop between two threads, 3.9 between
  32, 4.2 between 400 and 5.1 between 1000; between processes 2.6, 6.8, 40 and 136. The working set of a task
  and the price of a byte are fitted to the part up to a hundred tasks. Beyond it processes cost more by the
  wall clock, but not by the kernel's accounts of CPU time. A request took servers of 2, 32, 128, 512 and
  1000 processes (:mod:`sim.host.measuring.lane_requests`) 14, 29, 28, 34 and 36 microseconds, and takes 6.1,
  11.6, 15.1, 16.2 and 16.3 here. That is 1.9 to 2.5 times less throughout, as with epoll (14 and 5.8),
  because real caches go cold between requests.
- ``thread_bytes``: 8000 blocked threads took 16.4 kB of kernel stack each, 4.2 kB of page tables, 7.7 kB of
  slab and 8.5 kB of touched stack.
- ``process_bytes``: 400 forked processes took 16.4, 48.5, about 10 and 34.8 kB.
- ``socket_bytes``: object sizes of the slabs TCP, sock_inode_cache, dentry and filp.
- ``epoll_item_bytes``: object sizes of eventpoll_epi and eventpoll_pwq.
- ``slice``: the kernel's ``sysctl_sched_base_slice`` on one CPU.
- ``futex``: estimated.

:data:`PUBLISHED` has tables for machines that others have written about, where a cost per call was published
(others give throughput, or whole runs). Only the prices of the waiting calls are known for them; the rest is
taken from the built-in table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

LARGEST = 10**12
"""Largest price that is accepted, in ns or ps; no step costs as much."""
NEEDED = ("scan_ps", "poll_scan_ps", "hook_ps", "epoll_item_ps")
"""Names of the prices that are above 0 on every machine."""


@dataclass(frozen=True, slots=True)
class CostTable:
    """The price of every step the simulated kernel takes."""

    name: str
    """Name of the table, shown on screen."""
    source: str
    """Origin of the figures."""

    select_ns: int
    """A select() call without its scan: entry, preparation and exit."""
    poll_ns: int
    epoll_wait_ns: int
    epoll_ctl_ns: int
    """One ADD, MOD or DEL; close() pays the same to remove one watch."""
    accept_ns: int
    close_ns: int
    read_ns: int
    write_ns: int
    """A send through the TCP stack down to the network card."""
    scan_ps: int
    """Looking up one descriptor and asking its file, in select."""
    poll_scan_ps: int
    """The same in poll, without the bytes that poll copies."""
    scan_miss_ps: int
    """Added to either for each descriptor beyond :attr:`cache_fds`."""
    cache_fds: int
    """Descriptors whose files fit into the processor's cache together."""
    woken_miss_ps: int
    """Added to a call of select or poll that slept, for each descriptor found beyond :attr:`cache_fds`: the
    packets that made them ready have written to their wait queues since."""
    word_ps: int
    """One word of select's bitmaps (64 descriptors) without a bit set."""
    epoll_item_ps: int
    """One ready item of the ready list: asked, reported and put back; without the bytes copied."""
    epoll_stale_ps: int
    """One item that is no longer ready: asked and dropped."""
    item_miss_ps: int
    """Added to a ready item for each one beyond :attr:`cache_items`."""
    stale_miss_ps: int
    cache_items: int
    """Items of one walk of the ready list that fit into the processor's cache."""
    hook_ps: int
    """One wait-queue entry added and later removed."""
    copy_ps: int
    """One byte copied across the system-call border."""
    context_switch_ns: int
    """A switch away from a task, or back to it. A sleep costs two."""
    interrupt_ns: int
    """One hard interrupt, up to the softirq."""
    softirq_ns: int
    """One packet through IP and TCP into its socket's buffer."""
    callback_ns: int
    """One wait-queue callback (``ep_poll_callback``, ``pollwake``)."""
    application_ns: int
    """The server's own work for one request."""
    walk_ps: int
    """The program's check of one entry of select's or poll's result."""
    slice_ns: int = 700_000
    """Longest time that a task runs while others are runnable."""
    thread_start_ns: int = 15_000
    """clone() of a thread with its stack, and its exit."""
    process_start_ns: int = 120_000
    """fork() of a process, and its exit."""
    futex_ns: int = 700
    """One futex call, to wait at a queue or to wake a waiting task."""
    address_space_ns: int = 1_400
    """Added by a switch into another address space, before any of its pages is touched."""
    refill_ps: int = 200
    """One byte of a task's working set loaded into the cache again."""
    thread_working_set_bytes: int = 12_288
    """Memory that a thread touches each time it runs: kernel stack, user stack, its connection."""
    process_working_set_bytes: int = 49_152
    """The same for a process, with its own page tables and the TLB entries of its pages."""
    cache_bytes: int = 1 << 20
    """Size of the cache that holds working sets of tasks that do not run."""
    thread_bytes: int = 36_800
    """Memory of a blocked thread: kernel stack, task_struct, page tables, the touched part of its stack."""
    process_bytes: int = 110_000
    """The same for a forked process that has written to a few pages."""
    stack_reserve_bytes: int = 8 << 20
    """Address space of a thread's stack (``ulimit -s``). The thread touches its top."""
    socket_bytes: int = 3_448
    """Memory of a connection without buffers: socket, inode, directory entry, open file."""
    epoll_item_bytes: int = 192
    """Memory of one watch: item and wait-queue entry."""
    memory_bytes: int = 8 << 30
    """Memory of the machine. A lane that needs more fails."""
    loop_turn_ns: int = 1_000
    """One turn of asyncio's event loop, without its epoll_wait and its callbacks."""
    loop_callback_ns: int = 2_200
    """One callback of asyncio's event loop without its system calls. It is the mean of the two callbacks that
    a streams server runs for a request: one receives and wakes the task, the other continues the task. (A
    callback that does nothing takes a quarter of it, a step of a task from one ``sleep(0)`` to the next
    half.)

    Both are as calibration measures them (:mod:`sim.host.measuring.asyncio_costs`), with Python 3.11 on a
    machine as above."""
    machine: str = ""
    """The processor it was measured on; empty if not known."""
    kernel: str = ""
    """The kernel it was measured on, such as ``Linux 6.18``."""
    date: str = ""
    """The day it was measured, such as ``2025-11-24``."""

    def each_ps(self, scan_ps: int, count: int, empty_words: int = 0) -> int:
        """Cost in ps of each of ``count`` descriptors of a pass, with an equal share of cache misses and
        empty words.

        It is at least 1 ps, because a pass without a cost would be at all its descriptors at the same time.

        Args:
            scan_ps: :attr:`scan_ps` or :attr:`poll_scan_ps`.
            count: Descriptors of the pass.
            empty_words: Words of select's bitmaps without a bit set.
        """
        if not count:
            return max(1, scan_ps)
        extra_ps = empty_words * self.word_ps
        if count > self.cache_fds:
            extra_ps += (count - self.cache_fds) * self.scan_miss_ps
        return max(1, scan_ps + extra_ps // count)

    def woken_ps(self, found: int) -> int:
        """Cost in ps added to a call of select or poll that slept and found ``found`` descriptors."""
        return max(0, found - self.cache_fds) * self.woken_miss_ps

    def items_ps(self, found: int, stale: int) -> int:
        """Cost in ps of a walk of the ready list, by the numbers of ready and of stale items."""
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
"""The table used if the user's own machine has not been measured."""

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
    """Make a table from its fields by name.

    Raises:
        ValueError: A field is missing, unknown or has a bad value; the message names it.
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
