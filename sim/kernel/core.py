"""The core of the kernel: the state and methods for open files, wait queues and waiting mechanisms.

:class:`KernelCore` is the CPU with its tasks and accounts (:class:`sim.machine.cpu.Cpu`), plus the state that
all parts of the kernel share: the descriptor table, the journal, the scans in progress, and the effect of the
packet that is being delivered. It knows no system call and no mechanism.
:class:`sim.kernel.kernel.RawKernel` adds those, and is the object that all parts get as their ``kernel``.

How a descriptor closes (:meth:`KernelCore.close_number`). Linux frees the number first (``close_fd``) and
releases the file with its last reference (``__fput``). Here the same happens in four steps:

1. Every :class:`CloseWatcher` and every scan in progress is notified of the number.
2. If the file stays open under another number, its watches for this number are notified.
3. If the number was the last one and no call is under way on the file, its watches are removed.
4. Then the file releases all that it holds elsewhere (:meth:`sim.kernel.open_file.OpenFile.released`).

Why not otherwise: the kernel could have a list for each mechanism, and ``close_number`` could walk these
lists. Then the core would know all mechanisms, and a new mechanism would change the core. A watcher that
registers costs one call per close.
"""

from __future__ import annotations

from collections.abc import Generator, Hashable
from contextlib import contextmanager
from typing import Protocol

from sim.kernel.descriptors import NOFILE, BlockWatcher, DescriptorTable
from sim.kernel.open_file import FileKernel, OpenFile, Watch
from sim.machine.accounts import Charge, Count
from sim.machine.costs import CostTable
from sim.machine.journal import Journal
from sim.machine.records import Effect

CallSummary = tuple[int, int, int, int, int, bool, int, int]
"""(serial, asked, scanned, ready, passes, slept, cost_ns, end_ns) of a waiting call that returned."""


class CloseWatcher(Protocol):
    """A part of the kernel that must know when a descriptor closes."""

    def number_closed(self, file: OpenFile, fd: int) -> int:
        """A number no longer points to a file. The file may stay open under other numbers.

        Returns:
            Cost in ns of removing what was registered for the number.
        """


class FaultObserver(Protocol):
    """Is notified of possible mistakes; :class:`sim.race.faults.fault_log.FaultLog` is such an observer."""

    def back_in_wait(self, epoll: OpenFile) -> None:
        """A task calls epoll_wait again after events that are reported once."""

    def all_asleep(self) -> None:
        """The last runnable task went to sleep in epoll_wait."""

    def came_for_disarmed(self, item: Watch) -> None:
        """Data arrived at a one-shot item that is disarmed."""

    def woken_in_vain(self, epoll: OpenFile) -> None:
        """A task woken in epoll_wait found nothing on the ready list."""

    def reported(self, epoll: OpenFile) -> None:
        """epoll_wait returned events of an epoll that watches closed numbers."""

    def write_waits(self, file: OpenFile) -> None:
        """A task goes to sleep in a write."""

    def overflowed(self, listener: OpenFile) -> None:
        """A handshake found a full accept queue."""


class KernelCore(FileKernel):
    """The CPU, the descriptor table, and the other state that all parts of the kernel share.

    Args:
        costs: The price of each step.
        nofile: RLIMIT_NOFILE, the most descriptors that can be open.
        now_ns: The time at which the kernel starts.
        journal: The journal to which the kernel appends its records; a new one by default.
    """

    def __init__(
        self, costs: CostTable, nofile: int = NOFILE, now_ns: int = 0, journal: Journal | None = None
    ) -> None:
        super().__init__(costs, now_ns)
        self.table = DescriptorTable(self.changed_files, nofile)
        self.journal = journal or Journal()
        self.effect: int = Effect.NOBODY
        """Effect so far of the packet that is being delivered: bits of :class:`Effect`."""
        self.wake_ns = 0
        """Time that wake-up functions took for the packet being delivered, beyond plain callbacks."""
        self.lazy_files: dict[OpenFile, None] = {}
        """Files whose mask is up to date only after :meth:`OpenFile.refresh`."""
        self.full_senders: set[OpenFile] = set()
        """Connections to clients outside whose send buffer is full."""
        self.close_watchers: list[CloseWatcher] = []
        self.block_watchers: list[BlockWatcher] = []
        """Watchers of blocks of untouched connections, in the order in which they hook a touched one."""
        self.faults: FaultObserver | None = None
        """Observes mistakes of programs as they happen; None if there is no observer."""
        self.call_serial = 0
        """Number of the latest call."""
        self.last_call: CallSummary | None = None
        """The latest waiting call that returned something; None before the first."""
        self.charges: dict[Hashable, Charge] = self.ledger.page()
        """Charges of blocking, kevent, io_uring and completion-port calls, by call, step and sizes."""

    def next_serial(self) -> int:
        """A number for the next call."""
        self.call_serial += 1
        return self.call_serial

    def call_found(self, summary: CallSummary) -> None:
        """A waiting call returns something: count the call and its CPU time, by whether it slept."""
        self.last_call = summary
        counted = self.ledger.counted
        if summary[5]:
            counted[Count.SLEPT_CALLS] += 1
            counted[Count.SLEPT_NS] += summary[6]
        else:
            counted[Count.AT_ONCE_CALLS] += 1
            counted[Count.AT_ONCE_NS] += summary[6]

    def process_failed(self) -> None:
        """No task runs any more, and no task that sleeps in a write to a slow client wakes."""
        super().process_failed()
        for file in self.full_senders:
            file.wait_queue.entries.clear()

    # -- closing --------------------------------------------------------------------------

    def close_number(self, fd: int) -> int:
        """Close a descriptor.

        Returns:
            Cost in ns of removing its watches.

        Raises:
            OSError: EBADF.
        """
        file = self.table.remove(fd)
        unhooked_ns = 0
        for watcher in self.close_watchers:
            unhooked_ns += watcher.number_closed(file, fd)
        for scan in self.scans:
            scan.number_closed(file, fd)
        if file.numbers:
            for watch in file.watches:
                if watch.fd == fd:
                    watch.number_closed()
        elif not file.holds:
            unhooked_ns += self._release(file)
        return unhooked_ns

    def _release(self, file: OpenFile) -> int:
        """Release a file that nothing holds any more (``__fput``); the cost in ns of removing its watches."""
        watches = tuple(file.watches)
        for watch in watches:
            watch.file_closed()
        file.released()
        return len(watches) * self.costs.epoll_ctl_ns

    @contextmanager
    def holding(self, file: OpenFile) -> Generator[None, None, None]:
        """Hold a file while a call on it is under way, so that closing its descriptor does not end it."""
        file.holds += 1
        try:
            yield
        finally:
            self.release_hold(file)

    def release_hold(self, file: OpenFile) -> None:
        """A call that held a file is over. The file is released if it has no descriptor any more."""
        file.holds -= 1
        if not file.holds and not file.numbers:
            self._release(file)
