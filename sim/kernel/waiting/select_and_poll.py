"""select and poll, from entry to return.

What the calls do, the scan, is in :mod:`sim.kernel.waiting.scan`; here is what frames it: arguments copied
in and results copied out, timeouts, and the bill. The bytes are Linux's. select copies each bitmap it is
given in and out, ``8 * ceil(nfds / 64)`` bytes each way; poll 8 bytes in and 2 out for every descriptor.
select's timeout is 16 bytes more in, and 16 out to say what is left of it; poll takes its in a register.

A call that is given a :class:`~sim.kernel.waiting.restart.Restart` can go on where it was in a program made
anew.
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
from sim.kernel.waiting.restart import Restart
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
"""select's sets: a bit that no other set wants, and all that it wants."""


def select_bytes(nfds: int, sets: int, timeout_ns: int | None) -> tuple[int, int]:
    """What a select call copies in and out."""
    set_bytes = 8 * ((nfds + 63) // 64) * sets
    return (
        set_bytes + (TIMESPEC_BYTES if timeout_ns is not None else 0),
        set_bytes + (TIMESPEC_BYTES if timeout_ns else 0),
    )


def poll_bytes(count: int) -> tuple[int, int]:
    """What a poll call copies in and out."""
    return POLLFD_BYTES * count, REVENTS_BYTES * count


def _cut(bitmap: Words, nfds: int) -> Words:
    """A copy of a bitmap's part below ``nfds``: bits above are ignored."""
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
        request: SelectRequest = call.request  # type: ignore[assignment]

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
        """Check the arguments."""
        kernel = self.kernel
        request = SelectRequest(nfds, tuple(None if b is None else _cut(b, nfds) for b in bitmaps))  # type: ignore[arg-type]
        refresh_lazy_files(kernel, request)
        masks = kernel.table.poll_masks
        ready = request.ready_fds(masks)
        if len(ready) and (masks[ready] == poll_bits.NVAL).any():
            raise poll_bits.bad_descriptor()
        call = self._call(request, timeout_ns)
        call.foreseen = request.ranks(ready)
        return call

    def select_listed(
        self, nfds: int, sets: int, events: dict[int, int], timeout_ns: int | None
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
            entries: dtype :data:`sim.kernel.waiting.scan_request.POLLFD`; ``revents`` of every entry is
            overwritten. timeout_ns: how long to wait at most; None is for ever, 0 not at all.

        Returns:
            How many entries are ready; 0 at a timeout.
        """
        kernel = self.kernel
        if restart is not None and restart.scan is not None:
            call = restart.scan
        else:
            request = PollRequest(entries, kernel.table.end)
            call = self._call(request, timeout_ns)
        request = call.request  # type: ignore[assignment]

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
        """:func:`poll` for a program that has a list and no array: the same call at the same price.

        Args:
            events: by descriptor the poll bits asked for, those that are always told included.

        Returns:
            By descriptor the ``revents`` of each that is ready, in the order of ``events``.
        """
        kernel = self.kernel
        request = ListedPollRequest(events)
        answers: dict[int, int] = {}

        def answer(found: list[int]) -> int:
            told = request.answers(found, kernel.table.poll_masks)
            answers.update((fd, mask) for fd, mask in told.items() if mask)
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
        """What select and poll have in common around the scan; how many are ready.

        Args:
            base_ns: the call without its scan and its copies.
            copied_bytes: in and out.
            answer: hands over what was found, by rank, and counts it as the call's result does.
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
                call.over()
            call.ready = answer(scan.found)
            self._return_from(call, base_ns + copy_in_ns, copied_out, scan)
            yield
        if restart is not None:
            restart.scan = None
        return call.ready

    def _return_from(self, call: ScanCall, entry_ns: int, copied_out: int, scan: ScanPass) -> None:
        """Book the way out of select or poll."""
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
            kernel.last_call = summary
