"""Times of the waiting call of a point, without Python's own time.

All pointers are made in advance, so a repetition is one call through ``ctypes``. ``PyDLL`` keeps the
interpreter's lock, because there is no other thread. select overwrites its bitmap, so each of its repetitions
copies the bitmap first, and the empty loop does the same.

Two measurements exist. In :func:`measure_ready` the descriptors stay ready, and the call is repeated in
batches. In :func:`measure_slept` each call falls asleep and the waker makes the descriptors ready, so each
call is timed alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.host.host_kernel import EPOLL_EVENT, PSELECT6, HostKernel
from sim.host.measuring.descriptor_set import DescriptorSet
from sim.host.measuring.measurement import CannotMeasure, Measurement, summary
from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD
from sim.kernel.waiting.scan_request import POLLFD, set_bit, words_for

BATCH_NS = 100_000
"""Approximate length of a batch of calls. The clock is read before and after each batch."""
READY_BUDGET_S = 0.06
SLEPT_BUDGET_S = 0.15
FEWEST, MOST = 12, 200
"""Smallest and largest number of repetitions, regardless of the time spent."""
_LONG, _INT, _POINTER = ctypes.c_long, ctypes.c_int, ctypes.c_void_p
cpu_ns, wall_ns = time.thread_time_ns, time.perf_counter_ns
_AGREE = 0.97
_APART_NS = 6_000
"""Largest allowed distance of the two clocks, in ns. The waker's own steps lie between them."""


class Sample(NamedTuple):
    """One repetition, measured by two clocks."""

    cpu_ns: float
    wall_ns: float


@dataclass(frozen=True, slots=True)
class TimedCall:
    """A prepared system call, a stub with the same arguments, and what must be done before each call."""

    real: Callable[..., int]
    nothing: Callable[..., int]
    arguments: tuple[Any, ...]
    prepare: tuple[int, int, int] | None
    """Arguments of memmove; None if nothing has to be restored."""

    def repeat(self, function: Callable[..., int], times: int) -> Sample:
        """Time in ns of one call, as the mean of a tight loop."""
        arguments = self.arguments
        if self.prepare is None:
            begin_ns, begin_cpu_ns = wall_ns(), cpu_ns()
            for _ in range(times):
                function(*arguments)
            end_cpu_ns, end_ns = cpu_ns(), wall_ns()
        else:
            to, source, size = self.prepare
            begin_ns, begin_cpu_ns = wall_ns(), cpu_ns()
            for _ in range(times):
                memmove(to, source, size)
                function(*arguments)
            end_cpu_ns, end_ns = cpu_ns(), wall_ns()
        return Sample((end_cpu_ns - begin_cpu_ns) / times, (end_ns - begin_ns) / times)

    def real_ns(self, times: int) -> float:
        """CPU time of the call in ns."""
        return self.repeat(self.real, times).cpu_ns

    def empty_ns(self, times: int, rounds: int = 40) -> int:
        """CPU time in ns of the loop around the call."""
        return summary([self.repeat(self.nothing, times).cpu_ns for _ in range(rounds)]).ns


_libc = ctypes.PyDLL(None)
memmove = ctypes.PYFUNCTYPE(_POINTER, _POINTER, _POINTER, ctypes.c_size_t)(("memmove", _libc))


def function_and_stub(name: str, result: Any, *types: Any) -> tuple[Callable[..., int], Callable[..., int]]:
    """A C function, and a stub that takes the same arguments and does nothing."""
    prototype = ctypes.PYFUNCTYPE(result, *types)
    return prototype((name, _libc)), prototype(("labs", _libc))


@contextlib.contextmanager
def prepared_call(
    mechanism: str, fds: list[int], active: int, timeout_s: int | None = None
) -> Generator[TimedCall, None, None]:
    """Prepare the call of a mechanism on descriptors.

    Args:
        mechanism: ``select``, ``poll`` or ``epoll``.
        fds: Descriptors in ascending order.
        active: Largest number of events that epoll_wait returns.
        timeout_s: Timeout of the call; None waits without end.
    """
    make = {"select": _select_call, "poll": _poll_call, "epoll": _epoll_call}[mechanism]
    with make(fds, active, timeout_s) as call:
        yield call


@contextlib.contextmanager
def _select_call(fds: list[int], _: int, timeout_s: int | None) -> Generator[TimedCall, None, None]:
    nfds = fds[-1] + 1
    asked = words_for(nfds)
    for fd in fds:
        set_bit(asked, fd)
    words = asked.copy()
    real, nothing = function_and_stub("syscall", _LONG, _LONG, _LONG, *(5 * [_POINTER]))
    timeout = np.array([timeout_s or 0, 0], dtype=np.int64)  # a struct timespec
    pointer = 0 if timeout_s is None else timeout.ctypes.data
    arguments = (PSELECT6, nfds, words.ctypes.data, 0, 0, pointer, 0)
    yield TimedCall(real, nothing, arguments, (words.ctypes.data, asked.ctypes.data, words.nbytes))


@contextlib.contextmanager
def _poll_call(fds: list[int], _: int, timeout_s: int | None) -> Generator[TimedCall, None, None]:
    entries = np.zeros(len(fds), dtype=POLLFD)
    entries["fd"], entries["events"] = fds, poll_bits.IN
    real, nothing = function_and_stub("poll", _INT, _POINTER, ctypes.c_ulong, _INT)
    yield TimedCall(real, nothing, (entries.ctypes.data, len(fds), _milliseconds(timeout_s)), None)


@contextlib.contextmanager
def _epoll_call(fds: list[int], active: int, timeout_s: int | None) -> Generator[TimedCall, None, None]:
    kernel = HostKernel()
    epfd = kernel.sys_epoll_create1()
    try:
        for fd in fds:
            kernel.sys_epoll_ctl(epfd, CTL_ADD, fd, poll_bits.IN)
        events = np.zeros(active, dtype=EPOLL_EVENT)
        real, nothing = function_and_stub("epoll_wait", _INT, _INT, _POINTER, _INT, _INT)
        yield TimedCall(real, nothing, (epfd, events.ctypes.data, active, _milliseconds(timeout_s)), None)
    finally:
        kernel.sys_close(epfd)


def _milliseconds(timeout_s: int | None) -> int:
    return -1 if timeout_s is None else 1_000 * timeout_s


def undisturbed(samples: Sequence[Sample]) -> list[float]:
    """CPU times of the repetitions in which both clocks agree.

    If the clocks disagree, either another program ran, or the machine is virtual: its scheduler subtracts
    stolen time, sometimes more than was stolen. Such a figure can be too low, and nothing else detects it. If
    fewer than a quarter agree (this is so where other programs share the CPU), all repetitions are used.
    """
    good = [cpu for cpu, wall in samples if cpu >= _AGREE * wall - _APART_NS]
    return good if 4 * len(good) >= len(samples) else [cpu for cpu, _ in samples]


def _enough(samples: Sequence[Sample], end_s: float) -> bool:
    return len(samples) >= MOST or (len(samples) >= FEWEST and time.monotonic() > end_s)


def measure_ready(files: DescriptorSet, mechanism: str, active_fds: list[int], fds: list[int]) -> Measurement:
    """Measure calls that find ``active_fds`` ready."""
    files.waker.order(len(fds), len(active_fds), 0)
    files.waker.done()
    samples: list[Sample] = []
    empties: list[float] = []
    try:
        with prepared_call(mechanism, fds, len(active_fds)) as call:
            if call.real(*call.arguments) != len(active_fds):
                raise CannotMeasure("the descriptors did not become ready")
            times = max(1, int(BATCH_NS / max(1.0, call.real_ns(3))))
            end_s = time.monotonic() + READY_BUDGET_S
            while not _enough(samples, end_s):
                samples.append(call.repeat(call.real, times))
                empties.append(call.repeat(call.nothing, times).cpu_ns)
    finally:
        _drain(files, active_fds)
    return summary(undisturbed(samples), summary(empties).ns)


def measure_slept(files: DescriptorSet, mechanism: str, active_fds: list[int], fds: list[int]) -> Measurement:
    """Measure calls that sleep until all of ``active_fds`` become ready at once."""
    waker, active = files.waker, len(active_fds)
    samples: list[Sample] = []
    partial = 0
    with prepared_call(mechanism, fds, active) as call:
        empty_ns = call.empty_ns(1)
        delay_ns = 1_000_000
        # The first call is a warm-up: epoll's ready list is still empty.
        end_s = time.monotonic() + SLEPT_BUDGET_S
        while not _enough(samples[1:], end_s):
            if call.prepare is not None:
                memmove(*call.prepare)
            waker.order(len(fds), active, delay_ns)
            begin_ns, begin_cpu_ns = wall_ns(), cpu_ns()
            found = call.real(*call.arguments)
            spent_ns, end_ns = cpu_ns() - begin_cpu_ns, wall_ns()
            away_ns, back_ns = waker.done()
            _drain(files, active_fds)
            if found == active:
                samples.append(Sample(spent_ns, away_ns - begin_ns + end_ns - back_ns))
            else:
                partial += 1
                if partial > FEWEST + len(samples):
                    raise CannotMeasure(
                        "something else kept running: the descriptors did not become ready at one moment"
                    )
            delay_ns = 2 * spent_ns
    return summary(undisturbed(samples[1:]), empty_ns)


def _drain(files: DescriptorSet, fds: list[int]) -> None:
    drain = files.drain
    for fd in fds:
        with contextlib.suppress(BlockingIOError):
            drain(fd)
