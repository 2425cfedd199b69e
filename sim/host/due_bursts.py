"""The arrivals that a race's schedule has in a stretch of virtual time, grouped into bursts.

A burst consists of all requests of one moment. A host lane plays whole bursts only. The lane reads the
schedule once a frame, and a frame can cover more than one window of the schedule. Only the arrivals of the
last window are grouped into bursts: no frame has time to play more, and older arrivals are only counted.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import groupby

from sim.scenario.workload import Workload


@dataclass(frozen=True, slots=True)
class DueBursts:
    """Arrivals of a stretch of virtual time."""

    count: int
    """All arrivals, hang-ups included."""
    bursts: list[list[int]]
    """Clients that send, one list for each burst, in order of time. Only the last window of the stretch is
    covered."""


def due_bursts(workload: Workload, after_ns: int, until_ns: int) -> DueBursts:
    """Arrivals in ``(after_ns, until_ns]``, in virtual time."""
    after_ns = max(after_ns, workload.start_ns - 1)
    if workload.silent or until_ns <= after_ns:
        return DueBursts(0, [])
    begun = after_ns >= workload.start_ns
    first = workload.serial_at(after_ns) if begun else workload.window(0).first_serial
    count = workload.serial_at(until_ns) - first
    window = workload.window((until_ns - workload.start_ns) // workload.window_ns)
    times = window.times_ns
    low = bisect_right(times, after_ns, 0, len(window.slots))
    high = bisect_right(times, until_ns, 0, len(window.slots))
    timed = zip(times[low:high], window.slots[low:high], strict=True)
    bursts = [[slot for _, slot in group if slot >= 0] for _, group in groupby(timed, key=lambda one: one[0])]
    return DueBursts(count, [burst for burst in bursts if burst])
