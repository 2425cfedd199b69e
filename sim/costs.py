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
- Threads and processes: small C programs on the same kind of machine. ``thread_start``: pthread_create
  and join, 18.8 microseconds less its switches; ``process_start``: fork, exit and wait, 140 less the
  same (a small process on a virtual machine). Refills: a byte handed round a ring of N pipes costs 2.6
  microseconds a hop between two threads, 3.9 between 32, 4.2 between 400, 5.1 between 1000; between
  processes 2.6, 6.8, 40 and 136. A working set per task and a price per byte are fitted to the part up
  to a hundred tasks; beyond it processes are dearer than told here. ``thread_bytes``: 8000 blocked
  threads took 16.4 kB of kernel stack each, 4.2 of page tables, 7.7 of slab, 8.5 of touched stack;
  ``process_bytes``: 400 forked processes 16.4, 48.5, about 10 and 34.8 kB. ``socket_bytes``: object sizes
  of the slabs TCP, sock_inode_cache, dentry and filp; ``epoll_item_bytes``: eventpoll_epi and
  eventpoll_pwq. ``slice``: the kernel's ``sysctl_sched_base_slice`` on one CPU. ``futex``: estimated.
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
    """One descriptor looked up and asked, in select and poll."""
    epoll_item_ps: int
    """One item of the ready list asked, in epoll_wait."""
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
    epoll_item_ps=170_000,
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
