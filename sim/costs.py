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
    loop_turn_ns: int = 7_000
    """One turn of asyncio's event loop, without its epoll_wait and its callbacks."""
    loop_callback_ns: int = 3_000
    """One callback of asyncio's event loop: a step of a task or a protocol."""


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
