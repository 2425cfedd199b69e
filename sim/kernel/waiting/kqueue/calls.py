"""kqueue's two calls: kqueue and kevent.

``kevent`` (``kern_kevent``): the changes are copied in and applied one after the other. A change that fails
becomes an event with EV_ERROR if there is room for one, and otherwise the call's own error. EV_RECEIPT asks
for such an event in any case. If there are such events, they are the result. If not, events are taken from
the queue, after a sleep if it is empty. The call copies in 64 bytes for each change and 16 bytes for a
timeout, and copies out 64 bytes for each event.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Generator, Iterable

from sim.kernel.core import KernelCore
from sim.kernel.poll_bits import oserror
from sim.kernel.waiting.kqueue.kevent import EV_ERROR, EV_RECEIPT, EV_SYSFLAGS, KEVENT_BYTES, Kevent
from sim.kernel.waiting.kqueue.kqueue import Kqueue
from sim.kernel.waiting.waiting_call import WaitingCall
from sim.machine.accounts import Account, Charge, Count
from sim.machine.records import Kind

TIMESPEC_BYTES = 16


class KeventCall(WaitingCall):
    """A kevent() call under way.

    Args:
        kernel: The kernel.
        kqfd: The kqueue's descriptor.
        changes: Changes to apply first.
        most: Number of events that there is room for.
        timeout_ns: Longest time to wait; None waits forever, 0 not at all.

    Raises:
        OSError: EBADF; EINVAL, not a kqueue, or ``most`` is negative.
    """

    def __init__(
        self, kernel: KernelCore, kqfd: int, changes: Iterable[Kevent], most: int, timeout_ns: int | None
    ) -> None:
        kqueue = kernel.table.files.get(kqfd) or kernel.table.file(kqfd)
        if not isinstance(kqueue, Kqueue) or most < 0:
            raise oserror(errno.EINVAL)
        super().__init__(kernel, timeout_ns)
        self.kqueue = kqueue
        self.changes = list(changes)
        self.most = most
        self.events: list[Kevent] = []
        self.begun = False
        self.scanned = self.passes = 0

    def step(self) -> None:
        if not self.begun:
            self.begun = True
            self._enter()
        if self.over:
            return
        self.pay_awakening()
        runs = 0
        if self.kqueue.queue:
            self.events, runs = self.kqueue.collect(self.most)
            self.passes += 1
            self.scanned += runs
        if self.events or self.must_return:
            self._leave(runs)
        else:
            self._fall_asleep(runs)

    def _enter(self) -> None:
        """Pay for the entry and apply the changes."""
        kernel, count = self.kernel, len(self.changes)
        self._pay("enter", count, self.timeout_ns is not None)
        self.kqueue.holds += 1  # a kqueue that is closed meanwhile stays until this call returns
        for change in self.changes:
            if not change.filter:
                continue
            error = self._apply(change)
            if error is None and not change.flags & EV_RECEIPT:
                continue
            if len(self.events) == self.most:
                self.end()
                if error is not None:
                    raise error
                return
            code = 0 if error is None else error.errno or errno.EINVAL
            self.events.append(change._replace(flags=EV_ERROR, data=code))
        if self.events or not self.most:
            kernel.journal.append((kernel.now_ns, Kind.RETURN, -1, len(self.events), 0, self.serial))
            self._pay("copy out", len(self.events))
            self.end()

    def _apply(self, change: Kevent) -> OSError | None:
        """Apply one change; the error that it caused, or None."""
        kernel = self.kernel
        operation = change.flags & 0xF
        kernel.journal.append((kernel.now_ns, Kind.CTL, change.ident, operation, 0, self.serial))
        try:
            self.kqueue.register(change._replace(flags=change.flags & ~EV_SYSFLAGS))
        except OSError as error:
            return error
        return None

    def _fall_asleep(self, runs: int) -> None:
        kernel = self.kernel
        self._pay("sleep", runs)
        kernel.journal.append((kernel.now_ns, Kind.SLEEP, -1, 0, 0, self.serial))
        self.kqueue.queue.calls.append(self)
        self.sleep()

    def _leave(self, runs: int) -> None:
        kernel, found = self.kernel, len(self.events)
        self._pay("return", found, runs)
        kernel.journal.append((kernel.now_ns, Kind.RETURN, -1, found, self.passes, self.serial))
        if found:
            asked = self.kqueue.count
            kernel.call_found(
                (
                    *(self.serial, asked, self.scanned, found, self.passes),
                    *(self.slept, self.cost_ns, kernel.free_ns),
                )
            )
        self.end()

    def end(self) -> None:
        if self in self.kqueue.queue.calls:
            self.kqueue.queue.calls.remove(self)
        super().end()
        if self.begun:
            self.kernel.release_hold(self.kqueue)

    # -- prices ---------------------------------------------------------------------------

    def _pay(self, step: str, *sizes: int) -> None:
        charges = self.kernel.charges
        key = ("kevent", step, *sizes)
        charge = charges.get(key)
        if charge is None:
            charge = charges[key] = _PRICES[step](self.kernel, self.kqueue, *sizes)
        self.cost_ns += charge.ns
        self.kernel.pay(charge)


def _enter_charge(kernel: KernelCore, kqueue: Kqueue, changes: int, timed: int) -> Charge:
    copied = KEVENT_BYTES * changes + (TIMESPEC_BYTES if timed else 0)
    return Charge(
        (
            (Account.SYSCALL, kqueue.costs.kevent_ns),
            (Account.COPY_IN, kernel.copy_ns(copied)),
            (Account.INTEREST_LIST, changes * kqueue.costs.change_ns),
        ),
        ((Count.SYSCALLS, 1), (Count.COPIED_IN_BYTES, copied), (Count.CHANGES, changes)),
    )


def _copy_out_charge(kernel: KernelCore, kqueue: Kqueue, found: int) -> Charge:
    copied = KEVENT_BYTES * found
    return Charge(((Account.COPY_OUT, kernel.copy_ns(copied)),), ((Count.COPIED_OUT_BYTES, copied),))


def _sleep_charge(kernel: KernelCore, kqueue: Kqueue, runs: int) -> Charge:
    costs = kernel.costs
    return Charge(
        (
            (Account.SCAN, -(-runs * kqueue.costs.item_ps // 1000)),
            (Account.WAIT_QUEUE, -(-costs.hook_ps // 1000)),
            (Account.CONTEXT_SWITCH, costs.context_switch_ns),
        ),
        (
            (Count.SCANNED, runs),
            (Count.PASSES, 1 if runs else 0),
            (Count.HOOKS, 1),
            (Count.CONTEXT_SWITCHES, 1),
        ),
    )


def _return_charge(kernel: KernelCore, kqueue: Kqueue, found: int, runs: int) -> Charge:
    copied = KEVENT_BYTES * found
    return Charge(
        (
            (Account.SCAN, -(-runs * kqueue.costs.item_ps // 1000)),
            (Account.COPY_OUT, kernel.copy_ns(copied)),
        ),
        (
            (Count.SCANNED, runs),
            (Count.READY, min(found, runs)),
            (Count.PASSES, 1 if runs else 0),
            (Count.COPIED_OUT_BYTES, copied),
            (Count.WAKEUPS, 1 if found else 0),
        ),
    )


_PRICES: dict[str, Callable[..., Charge]] = {
    "enter": _enter_charge,
    "copy out": _copy_out_charge,
    "sleep": _sleep_charge,
    "return": _return_charge,
}


class KqueueCalls:
    """kqueue's part of the kernel."""

    def __init__(self, kernel: KernelCore) -> None:
        self.kernel = kernel

    def create(self) -> int:
        """Make a kqueue."""
        self.kernel.pay_call(Account.INTEREST_LIST, self.kernel.costs.epoll_ctl_ns)
        return self.kernel.table.install(Kqueue(self.kernel))

    def begin_kevent(
        self, kqfd: int, changes: Iterable[Kevent], most: int, timeout_ns: int | None = None
    ) -> KeventCall:
        """A kevent() call that is about to begin."""
        return KeventCall(self.kernel, kqfd, changes, most, timeout_ns)

    def kevent(
        self, kqfd: int, changes: Iterable[Kevent], most: int, timeout_ns: int | None = None
    ) -> Generator[None, None, list[Kevent]]:
        """Apply changes, then wait for events.

        Args:
            kqfd: The kqueue's descriptor.
            changes: Changes, applied in order.
            most: Largest number of events to report; with 0 the call returns once the changes are applied.
            timeout_ns: Longest time to wait; None waits forever, 0 not at all.

        Returns:
            The events; none at a timeout.

        Raises:
            OSError: EBADF; EINVAL; ENOENT, a change of a pair that is not registered, and no room to report
            it.
        """
        call = KeventCall(self.kernel, kqfd, changes, most, timeout_ns)
        yield from call.run()
        return call.events
