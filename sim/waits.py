"""The three calls that wait: select, poll and epoll_wait, from entry to return.

What the calls do is in :mod:`sim.selector` (the scan) and :mod:`sim.epoll` (the ready list); here
is what frames it: arguments copied in and results copied out, timeouts, and the bill. The bytes are
Linux's. select copies each bitmap it is given in and out, ``8 * ceil(nfds / 64)`` bytes each way;
poll 8 bytes in and 2 out for every descriptor; epoll_wait nothing in and 12 bytes out for each
event it reports. select's timeout is 16 bytes more in, and 16 out to say what is left of it; poll
and epoll_wait take theirs in a register.
"""

from __future__ import annotations

import errno
from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim import polling
from sim.accounts import Account, Bill, Count
from sim.asks import ListedPollAsk, ListedSelectAsk, PollAsk, SelectAsk, Words
from sim.epoll import EVENT_BYTES, MAXEVENTS_MOST, Epoll, Event
from sim.polling import oserror
from sim.records import Kind
from sim.selector import ScanCall

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.kernel import Kernel

TIMESPEC_BYTES = 16
POLLFD_BYTES = 8
REVENTS_BYTES = 2
SLEEP, RETURN = Kind.SLEEP, Kind.RETURN
_SETS = (
    (polling.IN, polling.READABLE_SET),
    (polling.OUT, polling.WRITABLE_SET),
    (polling.PRI, polling.EXCEPTIONAL_SET),
)
"""select's sets: a bit that no other set wants, and all that it wants."""


def select(
    kernel: Kernel,
    nfds: int,
    bitmaps: tuple[Words | None, Words | None, Words | None],
    timeout_ns: int | None,
) -> Generator[None, None, int]:
    """Wait until a descriptor in one of the bitmaps is ready (``core_sys_select``).

    Args:
        nfds: one more than the highest descriptor asked about; there is no FD_SETSIZE here, that
            is the C library's.
        bitmaps: for reading, writing, exceptions; words of 64 bits, or None. They are overwritten
            with the result, as in Linux.
        timeout_ns: how long to wait at most; None is for ever, 0 not at all.

    Returns:
        The bits set in the results, over all three; 0 at a timeout.

    Raises:
        OSError: EBADF, a descriptor asked about is not open; EINVAL, ``nfds`` is negative.
    """
    if nfds < 0:
        raise oserror(errno.EINVAL)
    nfds = min(nfds, len(kernel.table.poll_masks))
    given = [bitmap for bitmap in bitmaps if bitmap is not None]
    size = (nfds + 63) // 64
    ask = SelectAsk(nfds, tuple(None if b is None else _cut(b, nfds) for b in bitmaps))  # type: ignore[arg-type]
    kernel.refresh_lazy_masks(ask)
    masks = kernel.table.poll_masks
    ready = ask.ready_fds(masks)
    if len(ready) and (masks[ready] == polling.NVAL).any():
        raise polling.bad_descriptor()

    def answer(found: list[int]) -> int:
        if not found:
            for bitmap in given:
                bitmap[:size] = 0
            return 0
        results = ask.results(found, kernel.table.poll_masks)
        for bitmap, result in zip(given, results, strict=True):
            bitmap[:size] = result
        return int(sum(int(np.bitwise_count(result).sum()) for result in results))

    call = ScanCall(kernel, ask, kernel.next_serial(), timeout_ns != 0)
    call.foreseen = ask.ranks(ready)
    copied = _select_bytes(nfds, len(given), timeout_ns)
    return (yield from _scan(call, timeout_ns, kernel.costs.select_ns, copied, answer))


def select_listed(
    kernel: Kernel, nfds: int, sets: int, events: dict[int, int], timeout_ns: int | None
) -> Generator[None, None, dict[int, int]]:
    """:func:`select` for a program that has a list and no bitmaps: the same call at the same price.

    Args:
        nfds: one more than the highest descriptor asked about.
        sets: how many bitmaps a C program would bring.
        events: by descriptor, ascending, the poll bits of the sets that it is in.

    Returns:
        By descriptor the poll bits of each that was found.

    Raises:
        OSError: EBADF, a descriptor asked about is not open.
    """
    masks = kernel.table.poll_masks
    if nfds > len(masks):
        nfds = len(masks)
        events = {fd: wanted for fd, wanted in events.items() if fd < nfds}
    ask = ListedSelectAsk(events, nfds)
    cells = masks.data
    if any(cells[fd] == polling.NVAL for fd in events):
        raise polling.bad_descriptor()
    answers: dict[int, int] = {}

    def answer(found: list[int]) -> int:
        answers.update(ask.answers(found, kernel.table.poll_masks))
        return sum(
            bool(events[fd] & bit and mask & of_set) for fd, mask in answers.items() for bit, of_set in _SETS
        )

    call = ScanCall(kernel, ask, kernel.next_serial(), timeout_ns != 0)
    copied = _select_bytes(nfds, sets, timeout_ns)
    yield from _scan(call, timeout_ns, kernel.costs.select_ns, copied, answer)
    return answers


def _select_bytes(nfds: int, sets: int, timeout_ns: int | None) -> tuple[int, int]:
    """What a select call copies in and out."""
    set_bytes = 8 * ((nfds + 63) // 64) * sets
    return (
        set_bytes + (TIMESPEC_BYTES if timeout_ns is not None else 0),
        set_bytes + (TIMESPEC_BYTES if timeout_ns else 0),
    )


def poll(kernel: Kernel, entries: npt.NDArray[np.void], timeout_ns: int | None) -> Generator[None, None, int]:
    """Wait until an entry of an array of ``struct pollfd`` is ready (``do_sys_poll``).

    Args:
        entries: dtype :data:`sim.asks.POLLFD`; ``revents`` of every entry is overwritten.
        timeout_ns: how long to wait at most; None is for ever, 0 not at all.

    Returns:
        How many entries are ready; 0 at a timeout.
    """
    ask = PollAsk(entries, kernel.table.end)

    def answer(found: list[int]) -> int:
        revents = np.zeros(ask.count, dtype=np.uint16)
        revents[found] = ask.answers(kernel.table.poll_masks)[found]
        entries["revents"] = revents.view(np.int16)
        return int(np.count_nonzero(revents))

    call = ScanCall(kernel, ask, kernel.next_serial(), timeout_ns != 0)
    return (yield from _scan(call, timeout_ns, kernel.costs.poll_ns, _poll_bytes(ask.count), answer))


def poll_listed(
    kernel: Kernel, events: dict[int, int], timeout_ns: int | None
) -> Generator[None, None, dict[int, int]]:
    """:func:`poll` for a program that has a list and no array: the same call at the same price.

    Args:
        events: by descriptor the poll bits asked for, those that are always told included.

    Returns:
        By descriptor the ``revents`` of each that is ready, in the order of ``events``.
    """
    ask = ListedPollAsk(events)
    answers: dict[int, int] = {}

    def answer(found: list[int]) -> int:
        told = ask.answers(found, kernel.table.poll_masks)
        answers.update((fd, mask) for fd, mask in told.items() if mask)
        return len(answers)

    call = ScanCall(kernel, ask, kernel.next_serial(), timeout_ns != 0)
    yield from _scan(call, timeout_ns, kernel.costs.poll_ns, _poll_bytes(ask.count), answer)
    return answers


def _poll_bytes(count: int) -> tuple[int, int]:
    """What a poll call copies in and out."""
    return POLLFD_BYTES * count, REVENTS_BYTES * count


def _cut(bitmap: Words, nfds: int) -> Words:
    """A copy of a bitmap's part below ``nfds``: bits above are ignored."""
    cut = bitmap[: (nfds + 63) // 64].copy()
    if nfds % 64:
        cut[-1] &= np.uint64((1 << (nfds % 64)) - 1)
    return cut


def _scan(
    call: ScanCall,
    timeout_ns: int | None,
    base_ns: int,
    copied_bytes: tuple[int, int],
    answer: Callable[[list[int]], int],
) -> Generator[None, None, int]:
    """What select and poll have in common around the scan; how many are ready.

    Args:
        base_ns: the call without its scan and its copies.
        copied_bytes: in and out.
        answer: hands over what was found, by rank, and counts it as the call's result does.
    """
    kernel = call.kernel
    count = call.ask.count
    copied_in, copied_out = copied_bytes
    kernel.journal.append((kernel.now_ns, Kind.CALL, -1, count, 0, call.serial))
    copy_in_ns = kernel.copy_ns(copied_in)
    kernel.charge(((Account.SYSCALL, base_ns), (Account.COPY_IN, copy_in_ns)), _entry(copied_in))
    timer = None
    if timeout_ns:
        timer = kernel.timers.set(kernel.now_ns + timeout_ns, call.timed_out)
    kernel.scans.append(call)
    try:
        scan, passes = yield from call.until_ready()
    finally:
        kernel.scans.remove(call)
        call.over()
        if timer is not None:
            kernel.timers.cancel(timer)
    ready = answer(scan.found)
    copy_out_ns = kernel.copy_ns(copied_out)
    woken_ns = -(-kernel.costs.woken_ps(len(scan.found)) // 1000) if call.slept else 0
    counts = ((Count.COPIED_OUT_BYTES, copied_out), (Count.WAKEUPS, 1 if ready else 0))
    kernel.charge(((Account.WAIT_QUEUE, woken_ns), (Account.COPY_OUT, copy_out_ns)), counts)
    kernel.journal.append((kernel.now_ns, Kind.RETURN, -1, ready, passes, call.serial))
    if ready:
        cost_ns = base_ns + copy_in_ns + call.spent_ns + woken_ns + copy_out_ns
        found = len(scan.found)
        summary = (call.serial, count, call.scanned, found, passes, call.slept, cost_ns, kernel.free_ns)
        kernel.last_call = summary
    yield
    return ready


def _entry(copied_in: int) -> tuple[tuple[Count, int], ...]:
    return (Count.SYSCALLS, 1), (Count.COPIED_IN_BYTES, copied_in)


class _Deadline:
    """An armed timeout of epoll_wait."""

    __slots__ = ("over", "serial")

    def __init__(self, kernel: Kernel, epoll: Epoll, timeout_ns: int) -> None:
        self.over = False
        task = kernel.running

        def fire() -> None:
            self.over = True
            if task is not None and task in epoll.waiters:
                epoll.waiters.remove(task)
                kernel.wake(task)

        self.serial = kernel.timers.set(kernel.now_ns + timeout_ns, fire)


def epoll_wait(
    kernel: Kernel, epfd: int, maxevents: int, timeout_ns: int | None
) -> Generator[None, None, list[Event]]:
    """Wait until something is on the ready list (``ep_poll``).

    Args:
        maxevents: most events to report; the rest stay on the list, at its head.
        timeout_ns: how long to wait at most; None is for ever, 0 not at all.

    Returns:
        ``(descriptor, events)`` pairs; none at a timeout.

    Raises:
        OSError: EBADF; EINVAL, not an epoll, or ``maxevents`` below 1 or beyond EP_MAX_EVENTS.
    """
    epoll = kernel.table.files.get(epfd) or kernel.table.file(epfd)
    if not isinstance(epoll, Epoll) or not 0 < maxevents <= MAXEVENTS_MOST:
        raise oserror(errno.EINVAL)
    kernel.call_serial = serial = kernel.call_serial + 1
    record = kernel.journal.append
    deadline = None if not timeout_ns else _Deadline(kernel, epoll, timeout_ns)
    events: list[Event] = []
    looked = stale = passes = cost_ns = 0
    while True:
        if epoll.ready:
            passes += 1
            events, stale = epoll.collect(maxevents)
            looked += stale
        if events or timeout_ns == 0 or (deadline is not None and deadline.over):
            break
        if not cost_ns:
            epoll.users += 1  # closed while a call sleeps in it, it stays until that returns
        bill = kernel.epoll_sleeps.get((stale, not cost_ns)) or _sleep_bill(kernel, stale, not cost_ns)
        stale = 0
        cost_ns += bill.ns
        bill.times += 1
        kernel.free_ns += bill.ns
        kernel.recent.append(bill)
        record((kernel.now_ns, SLEEP, -1, 0, 0, serial))
        epoll.waiters.append(task := kernel.block())
        try:
            yield
        except GeneratorExit:  # given up by whoever called
            if task in epoll.waiters:  # not woken in the meantime
                epoll.waiters.remove(task)
            kernel.let_go(epoll)
            raise
    if deadline is not None:
        kernel.timers.cancel(deadline.serial)
    found = len(events)
    slept = cost_ns > 0
    if slept:
        kernel.let_go(epoll)
    bill = kernel.epoll_returns.get((found, stale, slept)) or _return_bill(kernel, found, stale, slept)
    bill.times += 1
    kernel.free_ns += bill.ns
    kernel.recent.append(bill)
    record((kernel.now_ns, RETURN, -1, found, passes, serial))
    if found:
        cost_ns += bill.ns
        kernel.last_call = (
            serial,
            epoll.count,
            looked + found,
            found,
            passes,
            slept,
            cost_ns,
            kernel.free_ns,
        )
    yield
    return events


def _sleep_bill(kernel: Kernel, stale: int, first: bool) -> Bill:
    """epoll_wait found nothing (but stale items) and goes to sleep, ``first`` in this call or again."""
    costs = kernel.costs
    bill = kernel.epoll_sleeps[stale, first] = Bill(
        (
            (Account.SYSCALL, costs.epoll_wait_ns if first else 0),
            (Account.SCAN, -(-costs.items_ps(0, stale) // 1000)),
            (Account.WAIT_QUEUE, -(-costs.hook_ps // 1000)),
            (Account.CONTEXT_SWITCH, costs.context_switch_ns),
        ),
        (
            (Count.SYSCALLS, int(first)),
            (Count.SCANNED, stale),
            (Count.PASSES, 1 if stale else 0),
            (Count.HOOKS, 1),
            (Count.CONTEXT_SWITCHES, 1),
        ),
    )
    return bill


def _return_bill(kernel: Kernel, found: int, stale: int, slept: bool) -> Bill:
    """epoll_wait walked the ready list and returns; after a sleep its entry is paid for already."""
    costs = kernel.costs
    copied = EVENT_BYTES * found
    bill = kernel.epoll_returns[found, stale, slept] = Bill(
        (
            (Account.CONTEXT_SWITCH, costs.context_switch_ns if slept else 0),
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
            (Count.CONTEXT_SWITCHES, int(slept)),
            (Count.WAKEUPS, 1 if found else 0),
        ),
    )
    return bill
