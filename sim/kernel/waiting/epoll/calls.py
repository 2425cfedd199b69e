"""epoll's calls: epoll_create1, epoll_ctl and epoll_wait.

epoll_wait copies nothing in, and copies 12 bytes out for each event that it reports. Its timeout is passed in
a register. It walks the ready list, which is in :mod:`sim.kernel.waiting.epoll.epoll_file`. This module has
the rest of the call: sleep, wake-up, timeout, and price.

A program that was started again can continue a call that gets a
:class:`~sim.kernel.waiting.restarted_call.Restart`.
"""

from __future__ import annotations

import errno
from collections.abc import Generator

from sim.kernel.core import KernelCore
from sim.kernel.poll_bits import oserror
from sim.kernel.waiting.epoll.epoll_file import (
    CTL_ADD,
    CTL_DEL,
    CTL_MOD,
    EVENT_BYTES,
    MAXEVENTS_MOST,
    Epoll,
    Event,
)
from sim.kernel.waiting.restarted_call import Deadline, Restart
from sim.machine.accounts import Account, Charge, Count
from sim.machine.records import Kind

SLEEP, RETURN = Kind.SLEEP, Kind.RETURN


class EpollCalls:
    """epoll's part of the kernel.

    Attributes:
        epolls: The epolls that exist, the oldest first.
    """

    def __init__(self, kernel: KernelCore) -> None:
        self.kernel = kernel
        self.epolls: list[Epoll] = []
        page = kernel.ledger.page
        self._controls, self._sleeps, self._returns = page(), page(), page()

    def create(self) -> int:
        """Make an epoll."""
        kernel = self.kernel
        kernel.pay_call(Account.INTEREST_LIST, kernel.costs.epoll_ctl_ns)
        return kernel.table.install(Epoll(kernel, self.epolls))

    def control(self, epfd: int, op: int, fd: int, events: int) -> None:
        """Change the interest list.

        Raises:
            OSError: EBADF, EEXIST, ENOENT, EPERM, ELOOP, EINVAL, as epoll_ctl(2) says.
        """
        kernel = self.kernel
        epoll_file, file = kernel.table.file(epfd), kernel.table.file(fd)
        if not file.pollable:
            raise oserror(errno.EPERM)
        if not isinstance(epoll_file, Epoll) or file is epoll_file:
            raise oserror(errno.EINVAL)
        copied = 0 if op == CTL_DEL else EVENT_BYTES
        kernel.pay(self._controls.get(copied) or self._control_charge(copied))
        if op == CTL_ADD:
            epoll_file.add(file, fd, events)
        elif op == CTL_MOD:
            epoll_file.modify(file, fd, events)
        elif op == CTL_DEL:
            epoll_file.delete(file, fd)
        else:
            raise oserror(errno.EINVAL)
        kernel.journal.append((kernel.now_ns, Kind.CTL, fd, op, 0, kernel.next_serial()))

    def wait(
        self, epfd: int, maxevents: int, timeout_ns: int | None, restart: Restart | None = None
    ) -> Generator[None, None, list[Event]]:
        """Wait until something is on the ready list (``ep_poll``).

        Args:
            epfd: The epoll's descriptor.
            maxevents: Largest number of events to report. The rest stays at the head of the list.
            timeout_ns: Longest time to wait; None waits forever, 0 not at all.
            restart: State of a call that goes on.

        Returns:
            ``(descriptor, events)`` pairs; none at a timeout.

        Raises:
            OSError: EBADF; EINVAL, not an epoll, or ``maxevents`` is below 1 or above EP_MAX_EVENTS.
        """
        kernel = self.kernel
        epoll = kernel.table.files.get(epfd) or kernel.table.file(epfd)
        if not isinstance(epoll, Epoll) or not 0 < maxevents <= MAXEVENTS_MOST:
            raise oserror(errno.EINVAL)
        record = kernel.journal.append
        deadline = None
        events: list[Event] = []
        stale = 0
        if restart is not None and restart.events is not None:
            events, restart.events = restart.events, None
            return events
        if restart is not None and restart.asleep is not None:
            serial, looked, passes, cost_ns, deadline = restart.asleep
        else:
            kernel.call_serial = serial = kernel.call_serial + 1
            looked = passes = cost_ns = 0
            if epoll.reported_once:
                self._look_back(epoll)
            if timeout_ns:
                deadline = Deadline(kernel, epoll.waiters, timeout_ns)
        while True:
            if epoll.ready:
                passes += 1
                events, stale = epoll.collect(maxevents)
                looked += stale
            if events or timeout_ns == 0 or (deadline is not None and deadline.over):
                break
            if cost_ns and kernel.faults is not None:
                kernel.faults.woken_in_vain(epoll)
            if not cost_ns:
                epoll.holds += 1  # an epoll that is closed meanwhile stays until this call returns
            elif kernel.running is not None:
                kernel.running.vain_wakes += 1
            cost_ns += self._pay_sleep(stale, first=not cost_ns)
            stale = 0
            record((kernel.now_ns, SLEEP, -1, 0, 0, serial))
            epoll.waiters.append(task := kernel.block())
            if kernel.running is None and kernel.faults is not None:
                kernel.faults.all_asleep()
            if restart is not None:
                restart.asleep = serial, looked, passes, cost_ns, deadline
            try:
                yield
            except GeneratorExit:  # the program was closed
                if task in epoll.waiters:  # it was not woken meanwhile
                    epoll.waiters.remove(task)
                kernel.release_hold(epoll)
                raise
        if deadline is not None:
            kernel.timers.cancel(deadline.serial)
        if cost_ns:
            kernel.release_hold(epoll)
        found = len(events)
        spent_ns = self._pay_return(found, stale, slept=cost_ns > 0)
        record((kernel.now_ns, RETURN, -1, found, passes, serial))
        if found:
            if epoll.ghosts and kernel.faults is not None:
                kernel.faults.reported(epoll)
            kernel.call_found(
                (
                    *(serial, epoll.count, looked + found, found, passes, cost_ns > 0),
                    *(cost_ns + spent_ns, kernel.free_ns),
                )
            )
        if restart is None:
            yield
        else:
            restart.asleep, restart.events = None, events
            yield
            restart.events = None
        return events

    def _look_back(self, epoll: Epoll) -> None:
        """The program calls again. Events that were reported once are by now handled or abandoned."""
        if self.kernel.faults is not None:
            self.kernel.faults.back_in_wait(epoll)
        else:
            epoll.reported_once.clear()

    # -- prices ---------------------------------------------------------------------------

    def _control_charge(self, copied: int) -> Charge:
        """One epoll_ctl that copies bytes in."""
        kernel = self.kernel
        charge = self._controls[copied] = Charge(
            ((Account.INTEREST_LIST, kernel.costs.epoll_ctl_ns), (Account.COPY_IN, kernel.copy_ns(copied))),
            ((Count.SYSCALLS, 1), (Count.EPOLL_CTL, 1), (Count.COPIED_IN_BYTES, copied)),
        )
        return charge

    def _sleep_charge(self, stale: int, first: bool) -> Charge:
        """The walk found only stale items or none, and the call sleeps; ``first`` for its first sleep."""
        kernel = self.kernel
        costs = kernel.costs
        switches = kernel.switches_per_sleep
        charge = self._sleeps[stale, first] = Charge(
            (
                (Account.SYSCALL, costs.epoll_wait_ns if first else 0),
                (Account.SCAN, -(-costs.items_ps(0, stale) // 1000)),
                (Account.WAIT_QUEUE, -(-costs.hook_ps // 1000)),
                (Account.CONTEXT_SWITCH, costs.context_switch_ns * switches),
            ),
            (
                (Count.SYSCALLS, int(first)),
                (Count.SCANNED, stale),
                (Count.PASSES, 1 if stale else 0),
                (Count.HOOKS, 1),
                (Count.CONTEXT_SWITCHES, switches),
                (Count.SPURIOUS_WAKES, int(not first)),
            ),
        )
        return charge

    def _pay_return(self, found: int, stale: int, slept: bool) -> int:
        """Charge the way out of epoll_wait; its cost in ns."""
        charge = self._returns.get((found, stale, slept)) or self._return_charge(found, stale, slept)
        self.kernel.pay(charge)
        return charge.ns

    def _pay_sleep(self, stale: int, first: bool) -> int:
        """Charge the way to sleep in epoll_wait; its cost in ns."""
        charge = self._sleeps.get((stale, first)) or self._sleep_charge(stale, first)
        self.kernel.pay(charge)
        return charge.ns

    def _return_charge(self, found: int, stale: int, slept: bool) -> Charge:
        """The walk is over and the call returns. After a sleep its entry is paid for already."""
        kernel = self.kernel
        costs = kernel.costs
        copied = EVENT_BYTES * found
        switches = kernel.switches_per_sleep if slept else 0
        charge = self._returns[found, stale, slept] = Charge(
            (
                (Account.CONTEXT_SWITCH, costs.context_switch_ns * switches),
                (Account.SYSCALL, 0 if slept else costs.epoll_wait_ns),
                (Account.SCAN, -(-costs.items_ps(found, stale) // 1000)),
                (Account.COPY_OUT, kernel.copy_ns(copied)),
            ),
            (
                (Count.SYSCALLS, 0 if slept else 1),
                (Count.SCANNED, found + stale),
                (Count.READY, found),
                (Count.PASSES, 1 if found + stale else 0),
                (Count.COPIED_OUT_BYTES, copied),
                (Count.CONTEXT_SWITCHES, switches),
                (Count.WAKEUPS, 1 if found else 0),
            ),
        )
        return charge
