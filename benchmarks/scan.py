"""A simulated scan beside the host's own ``select``, over the same number of descriptors.

The host's call uses a bitmap of any size, beyond the C library's FD_SETSIZE. Its descriptors are real
eventfds, as many as the process may have. They are the cheapest files to check; sockets cost several times as
much. Beyond the limit of the process, the host's cost is extrapolated from its cost per descriptor, and the
figure says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
from collections import deque
from collections.abc import Iterator
from operator import truediv

from benchmarks.report import Figure
from benchmarks.timing import Job, rivals_ns
from sim.kernel.files.tcp import IDLE_MASK, StreamSocket
from sim.kernel.waiting.scan import ScanCall, ScanPass
from sim.kernel.waiting.scan_request import SelectRequest, Words, set_bit, set_bits, words_for
from sim.stdlib.kernel import Kernel

SIZES = (10_000, 100_000, 1_000_000)
SHARE = 20
"""Least ratio of the host's scan time to the simulated scan time."""
CALLS = 50
"""Number of calls in a run at the smallest size. A single call would find its rival's data in the caches."""
TURNS = 9
SPARE_FDS = 100
"""Descriptors reserved for the process itself."""


@contextlib.contextmanager
def idle_descriptors(count: int) -> Iterator[list[int]]:
    """Open ``count`` eventfds with nothing to read, or as many as the limit allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    fds: list[int] = []
    try:
        for _ in range(min(count, hard - SPARE_FDS)):
            fds.append(os.eventfd(0))
        yield fds
    finally:
        for fd in fds:
            os.close(fd)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class TimeVal(ctypes.Structure):
    """``struct timeval``."""

    _fields_ = (("tv_sec", ctypes.c_long), ("tv_usec", ctypes.c_long))


def host_select(fds: list[int]) -> Job:
    """One ``select`` of the host over idle descriptors, with a timeout of zero."""
    libc = ctypes.CDLL(None, use_errno=True)
    nfds = max(fds) + 1
    asked = words_for(nfds)
    for fd in fds:
        set_bit(asked, fd)
    words = (ctypes.c_uint64 * len(asked))()
    size = ctypes.sizeof(words)
    zero = TimeVal(0, 0)

    def call() -> None:
        ctypes.memmove(words, asked.ctypes.data, size)
        if libc.select(nfds, words, None, None, ctypes.byref(zero)) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    return call


def idle_kernel(count: int) -> tuple[Kernel, int, Words]:
    """A kernel with ``count`` idle connections, their ``nfds``, and their bitmap."""
    kernel = Kernel()
    block = kernel.table.install_idle(count, IDLE_MASK, lambda _: StreamSocket(kernel))
    nfds = block.last + 1
    asked = words_for(nfds)
    set_bits(asked, block.first, block.last)
    return kernel, nfds, asked


def simulated_pass(count: int) -> Job:
    """One pass over idle descriptors: the ready ones, the virtual time of the pass, and its charges."""
    kernel, nfds, asked = idle_kernel(count)
    call = ScanCall(kernel, deque(), SelectRequest(nfds, (asked, None, None)), 1, True)

    def scan() -> None:
        one = ScanPass(call, 2, kernel.now_ns)
        one.end_ns = one.finish_ns()
        if one.found or one.counted(one.end_ns)[0][1] != count:
            raise AssertionError("idle descriptors are not ready, and all are checked")
        one.spent(one.end_ns)

    return scan


def simulated_select(count: int) -> Job:
    """One simulated ``select`` over idle descriptors, with a timeout of zero."""
    kernel, nfds, asked = idle_kernel(count)

    def call() -> None:
        if kernel.complete(kernel.sys_select(nfds, asked.copy(), timeout_ns=0)) != 0:
            raise AssertionError("idle descriptors are not ready")

    return call


def repeated(job: Job, times: int) -> Job:
    """A job repeated several times."""

    def jobs() -> None:
        for _ in range(times):
            job()

    return jobs


def figures() -> list[Figure]:
    """The scan at each size."""
    found = []
    with idle_descriptors(max(SIZES)) as fds:
        for size in SIZES:
            asked = fds[:size]
            jobs = host_select(asked), simulated_pass(size), simulated_select(size)
            # All runs take about the same time, and the host never gets more descriptors than the limit
            # allows.
            calls = [CALLS, *(2 * [max(2, CALLS * min(SIZES) // size)])]
            turns = rivals_ns(*map(repeated, jobs, calls), repetitions=TURNS)
            host_ns, pass_ns, call_ns = map(truediv, turns, calls)
            how = "measured"
            if len(asked) < size:
                how = f"extrapolated from {len(asked):,} at {host_ns / len(asked):.0f} ns each"
                host_ns *= size / len(asked)
            host = f"host {host_ns / 1000:,.0f} µs ({how})"
            note = f"{host}, simulated pass {pass_ns / 1000:,.1f} µs"
            found.append(
                Figure(
                    f"a scan of {size:,} fds ÷ the host's select",
                    pass_ns / host_ns,
                    "×",
                    1 / SHARE,
                    note=note,
                )
            )
            note = f"simulated {call_ns / 1000:,.1f} µs from entry to return"
            found.append(Figure("  the whole call ÷ the host's", call_ns / host_ns, "×", note=note))
    return found
