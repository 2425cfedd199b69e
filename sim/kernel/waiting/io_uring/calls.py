"""io_uring's calls: io_uring_setup and io_uring_enter.

``io_uring_enter`` (``io_uring/io_uring.c``) takes submissions from the ring and runs them. If the program
asked for completions, it then runs the queued task work, moves overflowed completions into the ring, and
sleeps until the ring has enough completions. It returns the number of submissions that it took. Nothing is
copied: submissions and completions are in memory that both sides see.

A ring with a polling thread takes submissions without a call. A program that finds its submission ring full
waits for room with ENTER_SQ_WAIT (``io_sqpoll_wait_sq``). It must not wait for completions instead: those
that it waits for may depend on submissions that it has not written yet.
"""

from __future__ import annotations

import errno
from collections.abc import Generator, Hashable

from sim.kernel.core import KernelCore
from sim.kernel.poll_bits import oserror
from sim.kernel.waiting.io_uring import requests
from sim.kernel.waiting.io_uring.entries import ENTER_GETEVENTS, ENTER_SQ_WAIT, ENTER_SQ_WAKEUP
from sim.kernel.waiting.io_uring.requests import Request
from sim.kernel.waiting.io_uring.ring import IoUring
from sim.kernel.waiting.io_uring.sq_thread import SqThread
from sim.kernel.waiting.waiting_call import WaitingCall
from sim.machine.accounts import Account, Charge, Count, Part, Tally
from sim.machine.records import Kind


class EnterCall(WaitingCall):
    """An io_uring_enter() call under way.

    Args:
        kernel: The kernel.
        fd: The ring's descriptor.
        to_submit: Largest number of submissions to take.
        least: Number of completions to wait for (``min_complete``).
        timeout_ns: Longest time to wait; None waits forever, 0 not at all.
        flags: ENTER_GETEVENTS, ENTER_SQ_WAKEUP, ENTER_SQ_WAIT.

    Raises:
        OSError: EBADF; EOPNOTSUPP, not a ring.
    """

    def __init__(
        self, kernel: KernelCore, fd: int, to_submit: int, least: int, timeout_ns: int | None, flags: int
    ) -> None:
        ring = kernel.table.files.get(fd) or kernel.table.file(fd)
        if not isinstance(ring, IoUring):
            raise oserror(errno.EOPNOTSUPP)
        super().__init__(kernel, timeout_ns)
        self.ring = ring
        self.flags = flags
        self.least = min(least, len(ring.cq.entries))
        self.submitted = 0
        self._asked = to_submit
        self._left = -1
        """Submissions still to take; -1 before the call begins."""
        self._looked = 0

    def step(self) -> None:
        ring = self.ring
        if self._left < 0:
            self._enter()
        self.pay_awakening()
        if self._left:
            self._submit_one()
        elif self.flags & ENTER_SQ_WAIT and ring.thread is not None and ring.sq.full:
            self._fall_asleep()
            ring.room_call = self
        elif not self.flags & ENTER_GETEVENTS:
            self._leave()
        elif ring.work and ring.thread is None:
            self._run_one()
        else:
            ring.flush()
            if len(ring.cq) >= self.least or self.must_return:
                self._leave()
            else:
                self._wait_for_completions()

    def _enter(self) -> None:
        ring = self.ring
        self._pay(("enter",))
        ring.holds += 1
        if ring.thread is None:
            self._left = min(self._asked, len(ring.sq))
            return
        self._left = 0
        self.submitted = self._asked
        if self.flags & ENTER_SQ_WAKEUP:
            ring.thread.wake_up()

    def _submit_one(self) -> None:
        ring = self.ring
        sqe = ring.sq.pop()
        assert sqe is not None
        self._left -= 1
        self.submitted += 1
        account, ns = requests.price_ns(ring, sqe)
        self._pay(("sqe", account, ns))
        ring.update_mask()
        requests.run(ring, sqe)

    def _run_one(self) -> None:
        request = self.ring.work.popleft()
        assert isinstance(request, Request)
        asks = not request.ready_mask
        self._pay(("task work", requests.work_price_ns(request), asks))
        found = request.check()
        self._looked += asks
        self.kernel.ledger.counted[Count.READY] += asks and found

    def _fall_asleep(self) -> None:
        self._pay(("sleep",))
        self.kernel.journal.append((self.kernel.now_ns, Kind.SLEEP, -1, 0, 0, self.serial))
        self.sleep()

    def _wait_for_completions(self) -> None:
        ring = self.ring
        self._fall_asleep()
        ring.wanted = self.least if ring.thread is not None else self.least - len(ring.cq)
        ring.call = self

    def _leave(self) -> None:
        kernel, ring = self.kernel, self.ring
        found = len(ring.cq)
        kernel.journal.append((kernel.now_ns, Kind.RETURN, -1, found, 1, self.serial))
        if found and self.least:
            kernel.ledger.counted[Count.WAKEUPS] += 1
            kernel.last_call = (
                *(self.serial, ring.armed, self._looked, found, 1),
                *(self.slept, self.cost_ns, kernel.free_ns),
            )
        ring.update_mask()
        self.end()

    def end(self) -> None:
        if self.ring.call is self:
            self.ring.call = None
        if self.ring.room_call is self:
            self.ring.room_call = None
        super().end()
        if self._left >= 0:
            self.kernel.release_hold(self.ring)

    @property
    def result(self) -> int:
        """Number of submissions taken.

        Raises:
            OSError: ETIME, the time is up and nothing was submitted.
        """
        if self.timed_out and not self.submitted and len(self.ring.cq) < self.least:
            raise oserror(errno.ETIME)
        return self.submitted

    def _pay(self, key: tuple[Hashable, ...]) -> None:
        charge = self.kernel.charges.get(("ring", *key))
        if charge is None:
            charge = self.kernel.charges["ring", *key] = Charge(*self._price(key))
        self.cost_ns += charge.ns
        self.kernel.pay(charge)

    def _price(self, key: tuple[Hashable, ...]) -> tuple[tuple[Part, ...], tuple[Tally, ...]]:
        """Cost and counts of one kind of step."""
        costs, mine = self.kernel.costs, self.ring.costs
        match key:
            case ("enter",):
                return ((Account.SYSCALL, mine.enter_ns),), ((Count.SYSCALLS, 1),)
            case ("sqe", Account() as account, int(ns)):
                return ((Account.SYSCALL, mine.sqe_ns), (account, ns)), ()
            case ("task work", int(ns), bool(asks)):
                asked_ns = mine.task_work_ns + (mine.ask_ns if asks else 0)
                parts = ((Account.SCAN, asked_ns), (Account.SOCKET_IO, ns))
                return parts, ((Count.TASK_WORK, 1), (Count.SCANNED, int(asks)))
        hook: Part = (Account.WAIT_QUEUE, -(-costs.hook_ps // 1000))  # falling asleep
        switch: Part = (Account.CONTEXT_SWITCH, costs.context_switch_ns)
        return (hook, switch), ((Count.HOOKS, 1), (Count.CONTEXT_SWITCHES, 1))


class RingCalls:
    """io_uring's part of the kernel.

    Attributes:
        rings: The rings that exist.
    """

    def __init__(self, kernel: KernelCore) -> None:
        self.kernel = kernel
        self.rings: list[IoUring] = []

    def setup(self, entries: int, cq_entries: int | None = None) -> int:
        """Make a ring: see :class:`sim.kernel.waiting.io_uring.ring.IoUring`.

        Raises:
            OSError: EINVAL, a size that is too large or not a power of two.
        """
        kernel = self.kernel
        ring = IoUring(kernel, self.rings, requests.armed_request, entries, cq_entries)
        kernel.pay_call(Account.INTEREST_LIST, kernel.costs.epoll_ctl_ns)
        return kernel.table.install(ring)

    def start_sq_thread(self, fd: int, idle_ns: int) -> None:
        """Give a new ring its polling kernel thread (``IORING_SETUP_SQPOLL``)."""
        ring = self.kernel.table.file(fd)
        assert isinstance(ring, IoUring)
        ring.thread = SqThread(ring, idle_ns)

    def book_threads(self) -> None:
        """Book the CPU time of all polling threads up to now."""
        for ring in self.rings:
            if ring.thread is not None:
                ring.thread.book()

    def begin_enter(
        self,
        fd: int,
        to_submit: int,
        least: int = 0,
        timeout_ns: int | None = None,
        flags: int = ENTER_GETEVENTS,
    ) -> EnterCall:
        """An io_uring_enter() call that is about to begin."""
        return EnterCall(self.kernel, fd, to_submit, least, timeout_ns, flags)

    def enter(
        self,
        fd: int,
        to_submit: int,
        least: int = 0,
        timeout_ns: int | None = None,
        flags: int = ENTER_GETEVENTS,
    ) -> Generator[None, None, int]:
        """Submit, then wait for completions.

        Args:
            fd: The ring's descriptor.
            to_submit: Largest number of submissions to take.
            least: Number of completions to wait for.
            timeout_ns: Longest time to wait; None waits forever, 0 not at all.
            flags: ENTER_GETEVENTS, ENTER_SQ_WAKEUP, ENTER_SQ_WAIT.

        Returns:
            Number of submissions taken.

        Raises:
            OSError: EBADF; EOPNOTSUPP, not a ring; ETIME.
        """
        call = EnterCall(self.kernel, fd, to_submit, least, timeout_ns, flags)
        yield from call.run()
        return call.result
