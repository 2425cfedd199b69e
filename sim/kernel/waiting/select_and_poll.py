"""The calls select and poll, from entry to return.

The scan itself is in :mod:`sim.kernel.waiting.scan`. This module has the rest of the calls: it copies
arguments in and results out, arms timeouts, and charges for both. The sizes are Linux's. select copies each
bitmap in
and out, ``8 * ceil(nfds / 64)`` bytes each way. poll copies 8 bytes in and 2 bytes out for every descriptor.
select's timeout is 16 bytes more in, and 16 bytes out for the time that is left. poll's timeout is passed in
a register.

How a call is charged: entry, scan (:mod:`sim.kernel.waiting.scan`), copies and exit, in
:meth:`ScanCalls._scan`.

A program that was started again can continue a call that gets a
:class:`~sim.kernel.waiting.restarted_call.Restart`.
"""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Callable, Generator

import numpy as np
import numpy.typing as npt

from sim.kernel import poll_bits
from sim.kernel.core import KernelCore
from sim.kernel.poll_bits import oserror
from sim.kernel.waiting.restarted_call import Restart
from sim.kernel.waiting.scan import ScanCall, ScanPass, refresh_lazy_files
from sim.kernel.waiting.scan_request import (
    ListedPollRequest,
    ListedSelectRequest,
    PollRequest,
    ScanRequest,
    SelectRequest,
    Words,
)
from sim.machine.accounts import Account, Count
from sim.machine.records import Kind

TIMESPEC_BYTES = 16
POLLFD_BYTES = 8
REVENTS_BYTES = 2
_SETS = (
    (poll_bits.IN, poll_bits.READABLE_SET),
    (poll_bits.OUT, poll_bits.WRITABLE_SET),
    (poll_bits.PRI, poll_bits.EXCEPTIONAL_SET),
)
"""For each of select's sets, a bit that no other set wants, and all bits that it wants."""


def select_bytes(nfds: int, sets: int, timeout_ns: int | None) -> tuple[int, int]:
    """Bytes that a select call copies in and out."""
    set_bytes = 8 * ((nfds + 63) // 64) * sets
    return (
        set_bytes + (TIMESPEC_BYTES if timeout_ns is not None else 0),
        set_bytes + (TIMESPEC_BYTES if timeout_ns else 0),
    )


def poll_bytes(count: int) -> tuple[int, int]:
    """Bytes that a poll call copies in and out."""
    return POLLFD_BYTES * count, REVENTS_BYTES * count


def _cut(bitmap: Words | None, nfds: int) -> Words | None:
    """A copy of the part of a bitmap below ``nfds``. Bits above are ignored."""
    if bitmap is None:
        return None
    cut = bitmap[: (nfds + 63) // 64].copy()
    if nfds % 64:
        cut[-1] &= np.uint64((1 << (nfds % 64)) - 1)
    return cut


def _entry(copied_in: int) -> tuple[tuple[Count, int], ...]:
    return (Count.SYSCALLS, 1), (Count.COPIED_IN_BYTES, copied_in)


class ScanCalls:
    """select's and poll's part of the kernel.

    Attributes:
        passes: The latest passes, the running one included, the oldest first.
    """

    def __init__(self, kernel: KernelCore) -> None:
        self.kernel = kernel
        self.passes: deque[ScanPass] = deque(maxlen=3)

    def _call(self, request: ScanRequest, timeout_ns: int | None) -> ScanCall:
        """A call that is about to begin."""
        return ScanCall(self.kernel, self.passes, request, self.kernel.next_serial(), timeout_ns != 0)

    def select(
        self,
        nfds: int,
        bitmaps: tuple[Words | None, Words | None, Words | None],
        timeout_ns: int | None,
        restart: Restart | None = None,
    ) -> Generator[None, None, int]:
        """Wait until a descriptor in one of the bitmaps is ready (``core_sys_select``).

        Args:
            nfds: One more than the highest descriptor. FD_SETSIZE does not apply: it is the C library's.
            bitmaps: For reading, writing and exceptions; words of 64 bits, or None. The result overwrites
                them, as in Linux.
            timeout_ns: Longest time to wait; None waits forever, 0 not at all.
            restart: State of a call that goes on.

        Returns:
            Number of bits set in the results, over all three bitmaps; 0 at a timeout.

        Raises:
            OSError: EBADF, a descriptor is not open; EINVAL, ``nfds`` is negative.
        """
        kernel = self.kernel
        if nfds < 0:
            raise oserror(errno.EINVAL)
        nfds = min(nfds, len(kernel.table.poll_masks))
        given = [bitmap for bitmap in bitmaps if bitmap is not None]
        size = (nfds + 63) // 64
        if restart is not None and restart.scan is not None:
            call = restart.scan
        else:
            call = self._begin_select(nfds, bitmaps, timeout_ns)
        request = call.request
        assert isinstance(request, SelectRequest)

        def answer(found: list[int]) -> int:
            if not found:
                for bitmap in given:
                    bitmap[:size] = 0
                return 0
            results = request.results(found, kernel.table.poll_masks)
            for bitmap, result in zip(given, results, strict=True):
                bitmap[:size] = result
            return int(sum(int(np.bitwise_count(result).sum()) for result in results))

        copied = select_bytes(nfds, len(given), timeout_ns)
        return (yield from self._scan(call, timeout_ns, kernel.costs.select_ns, copied, answer, restart))

    def _begin_select(
        self,
        nfds: int,
        bitmaps: tuple[Words | None, Words | None, Words | None],
        timeout_ns: int | None,
    ) -> ScanCall:
        """Check the arguments and make the call."""
        kernel = self.kernel
        reading, writing, exceptional = bitmaps
        cut = _cut(reading, nfds), _cut(writing, nfds), _cut(exceptional, nfds)
        request = SelectRequest(nfds, cut)
        refresh_lazy_files(kernel, request)
        masks = kernel.table.poll_masks
        ready = request.ready_fds(masks)
        if len(ready) and (masks[ready] == poll_bits.NVAL).any():
            raise poll_bits.bad_descriptor()
        call = self._call(request, timeout_ns)
        call.found_first = request.ranks(ready)
        return call

    def select_listed(
        self, nfds: int, sets: int, events: dict[int, int], timeout_ns: int | None
    ) -> Generator[None, None, dict[int, int]]:
        """:meth:`select` for a program that has a list and no bitmaps: the same call at the same price.

        Args:
            nfds: One more than the highest descriptor.
            sets: Number of bitmaps that a C program would pass.
            events: By descriptor, ascending, the poll bits of the sets that it is in.
            timeout_ns: As for :meth:`select`.

        Returns:
            By descriptor, the poll bits of each that was found.

        Raises:
            OSError: EBADF, a descriptor is not open.
        """
        kernel = self.kernel
        masks = kernel.table.poll_masks
        if nfds > len(masks):
            nfds = len(masks)
            events = {fd: wanted for fd, wanted in events.items() if fd < nfds}
        request = ListedSelectRequest(events, nfds)
        cells = masks.data
        if any(cells[fd] == poll_bits.NVAL for fd in events):
            raise poll_bits.bad_descriptor()
        answers: dict[int, int] = {}

        def answer(found: list[int]) -> int:
            answers.update(request.answers(found, kernel.table.poll_masks))
            return sum(
                bool(events[fd] & bit and mask & of_set)
                for fd, mask in answers.items()
                for bit, of_set in _SETS
            )

        call = self._call(request, timeout_ns)
        copied = select_bytes(nfds, sets, timeout_ns)
        yield from self._scan(call, timeout_ns, kernel.costs.select_ns, copied, answer)
        return answers

    def poll(
        self,
        entries: npt.NDArray[np.void],
        timeout_ns: int | None,
        restart: Restart | None = None,
    ) -> Generator[None, None, int]:
        """Wait until an entry of an array of ``struct pollfd`` is ready (``do_sys_poll``).

        Args:
            entries: Array of dtype :data:`sim.kernel.waiting.scan_request.POLLFD`. The call overwrites
                ``revents`` of every entry.
            timeout_ns: Longest time to wait; None waits forever, 0 not at all.
            restart: State of a call that goes on.

        Returns:
            Number of entries that are ready; 0 at a timeout.
        """
        kernel = self.kernel
        if restart is not None and restart.scan is not None:
            call = restart.scan
        else:
            call = self._call(PollRequest(entries, kernel.table.end), timeout_ns)
        request = call.request
        assert isinstance(request, PollRequest)

        def answer(found: list[int]) -> int:
            revents = np.zeros(request.count, dtype=np.uint16)
            revents[found] = request.answers(kernel.table.poll_masks)[found]
            entries["revents"] = revents.view(np.int16)
            return int(np.count_nonzero(revents))

        copied = poll_bytes(request.count)
        return (yield from self._scan(call, timeout_ns, kernel.costs.poll_ns, copied, answer, restart))

    def poll_listed(
        self, events: dict[int, int], timeout_ns: int | None
    ) -> Generator[None, None, dict[int, int]]:
        """:meth:`poll` for a program that has a list and no array: the same call at the same price.

        Args:
            events: By descriptor, the poll bits asked for and those that are always reported.
            timeout_ns: As for :meth:`poll`.

        Returns:
            By descriptor, ``revents`` of each that is ready, in the order of ``events``.
        """
        kernel = self.kernel
        request = ListedPollRequest(events)
        answers: dict[int, int] = {}

        def answer(found: list[int]) -> int:
            revents = request.answers(found, kernel.table.poll_masks)
            answers.update((fd, mask) for fd, mask in revents.items() if mask)
            return len(answers)

        call = self._call(request, timeout_ns)
        yield from self._scan(call, timeout_ns, kernel.costs.poll_ns, poll_bytes(request.count), answer)
        return answers

    def _scan(
        self,
        call: ScanCall,
        timeout_ns: int | None,
        base_ns: int,
        copied_bytes: tuple[int, int],
        answer: Callable[[list[int]], int],
        restart: Restart | None = None,
    ) -> Generator[None, None, int]:
        """Enter, scan and return, as select and poll both do.

        Args:
            call: The call.
            timeout_ns: Longest time to wait.
            base_ns: Cost of the call without its scan and its copies.
            copied_bytes: Bytes copied in and out.
            answer: Passes the found ranks to the program, and counts them as the call's result does.
            restart: State of a call that goes on.

        Returns:
            The call's result.
        """
        kernel = self.kernel
        count = call.request.count
        copied_in, copied_out = copied_bytes
        copy_in_ns = kernel.copy_ns(copied_in)
        if not call.passes:
            kernel.journal.append((kernel.now_ns, Kind.CALL, -1, count, 0, call.serial))
            kernel.charge(((Account.SYSCALL, base_ns), (Account.COPY_IN, copy_in_ns)), _entry(copied_in))
            if timeout_ns:
                call.timer = kernel.timers.set(kernel.now_ns + timeout_ns, call.timed_out)
            kernel.scans.append(call)
        if restart is not None:
            restart.scan = call
        if call.ready is None:
            try:
                scan = yield from call.until_ready()
            finally:
                call.end()
            call.ready = answer(scan.found)
            self._return_from(call, base_ns + copy_in_ns, copied_out, scan)
            yield
        if restart is not None:
            restart.scan = None
        return call.ready

    def _return_from(self, call: ScanCall, entry_ns: int, copied_out: int, scan: ScanPass) -> None:
        """Charge the way out of the call, and write its record."""
        kernel, count, ready = self.kernel, call.request.count, call.ready
        assert ready is not None
        copy_out_ns = kernel.copy_ns(copied_out)
        woken_ns = -(-kernel.costs.woken_ps(len(scan.found)) // 1000) if call.slept else 0
        counts = ((Count.COPIED_OUT_BYTES, copied_out), (Count.WAKEUPS, 1 if ready else 0))
        kernel.charge(((Account.WAIT_QUEUE, woken_ns), (Account.COPY_OUT, copy_out_ns)), counts)
        kernel.journal.append((kernel.now_ns, Kind.RETURN, -1, ready, call.passes, call.serial))
        if ready:
            cost_ns = entry_ns + call.spent_ns + woken_ns + copy_out_ns
            found = len(scan.found)
            summary = (
                call.serial,
                count,
                call.scanned,
                found,
                call.passes,
                call.slept,
                cost_ns,
                kernel.free_ns,
            )
            kernel.call_found(summary)
