"""The seeded schedule of arrivals: the clients that send, and the times at which they send.

All lanes get the same arrivals: a workload is one schedule, and every lane reads it. The schedule is made in
windows of virtual time. Each window has its own random generator, seeded by (seed, start, window number), so
that any window can be made again alone. A window does not depend on the windows that were read before.

Requests come in bursts. The bursts form a Poisson process: a window of length w holds a Poisson-distributed
number of them at uniform times. Many independent clients together look like this. The requests of a burst
arrive at one instant, on different connections: neighbours in a seeded shuffle of the active connections.
Churn is a second Poisson process: a client hangs up, and a new one connects at once.

Why not one generator for the whole race: going back in time would have to draw all numbers from the start
again, and a change of the rate would change who sends.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.machine.clock import NEVER
from sim.scenario.scenario import Scenario

SECOND_NS = 1_000_000_000
PACKETS_PER_WINDOW = 2_048
_WINDOWS_KEPT = 4
_DATA, _CHURN, _SHUFFLE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Window:
    """The arrivals of one span of time, in order."""

    times_ns: list[int]
    """Time of arrival of each packet, in ns; the last entry is :data:`~sim.machine.clock.NEVER`."""
    slots: list[int]
    """Number of the client that sends each packet; ``~slot`` if the client hangs up and a new one
    connects."""
    first_serial: int
    """Serial number of the first packet."""


class Workload:
    """The arrivals of a scenario from ``start_ns`` on.

    Args:
        scenario: the settings.
        start_ns: virtual time at which the schedule begins.
        first_serial: serial number of its first packet.
    """

    def __init__(self, scenario: Scenario, start_ns: int = 0, first_serial: int = 0) -> None:
        self.scenario = scenario
        self.start_ns = start_ns
        self.burst = scenario.burst_count
        self.gap_ns = mean_gap_ns(scenario)
        self.payload = request_bytes(scenario)
        """The bytes of a request; its answer has the same bytes."""
        self.window_ns = self._window_ns()
        self._serials = [first_serial]
        self._windows: dict[int, Window] = {}

    @property
    def active(self) -> npt.NDArray[np.int32]:
        """Numbers of the clients that send, shuffled; read-only."""
        return _active_slots(self.scenario.seed, self.scenario.fds, self.scenario.active_count)

    def free_windows(self) -> None:
        """Free the windows in memory, for a schedule that is not read for a while."""
        self._windows.clear()

    def _window_ns(self) -> int:
        gaps = [self.gap_ns * max(1, PACKETS_PER_WINDOW // self.burst)]
        if self.scenario.churn:
            gaps.append(SECOND_NS * PACKETS_PER_WINDOW // self.scenario.churn)
        return max(1, min(gaps))

    @property
    def silent(self) -> bool:
        """True if nothing ever arrives."""
        return self.window_ns >= NEVER

    def window(self, number: int) -> Window:
        """The arrivals in ``[start + number * window, start + (number + 1) * window)``, times in ns."""
        window = self._windows.get(number)
        if window is None:
            while len(self._serials) <= number:
                self._make(len(self._serials) - 1)
            window = self._make(number)
        return window

    def serial_at(self, time_ns: int) -> int:
        """Serial number of the first packet that arrives after ``time_ns``."""
        if self.silent:
            return self._serials[0]
        window = self.window((time_ns - self.start_ns) // self.window_ns)
        return window.first_serial + bisect_right(window.times_ns, time_ns, 0, len(window.slots))

    def _make(self, number: int) -> Window:
        begin_ns = self.start_ns + number * self.window_ns
        times, slots = self._requests(number)
        if self.scenario.churn:
            churn_times, churn_slots = self._hang_ups(number)
            times = np.concatenate((times, churn_times))
            slots = np.concatenate((slots, churn_slots))
            order = np.argsort(times, kind="stable")
            times, slots = times[order], slots[order]
        window = Window([*(times + begin_ns).tolist(), NEVER], slots.tolist(), self._serials[number])
        if len(self._serials) == number + 1:
            self._serials.append(self._serials[number] + len(slots))
        self._windows[number] = window
        for old in sorted(self._windows)[:-_WINDOWS_KEPT]:
            del self._windows[old]
        return window

    def _requests(self, number: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        rng = self._rng(_DATA, number)
        count = int(rng.poisson(self.window_ns / self.gap_ns))
        times = np.sort(rng.integers(0, self.window_ns, size=count))
        active = self.active
        starts = rng.integers(0, len(active), size=count)
        places = (starts[:, None] + np.arange(self.burst)) % len(active)
        return np.repeat(times, self.burst), active[places.ravel()].astype(np.int64)

    def _hang_ups(self, number: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        rng = self._rng(_CHURN, number)
        count = int(rng.poisson(self.window_ns * self.scenario.churn / SECOND_NS))
        times = np.sort(rng.integers(0, self.window_ns, size=count))
        return times, ~rng.integers(0, self.scenario.fds, size=count)

    def _rng(self, stream: int, number: int) -> np.random.Generator:
        return np.random.default_rng((self.scenario.seed, self.start_ns, stream, number))


def active_slots(scenario: Scenario) -> npt.NDArray[np.int32]:
    """Numbers of the clients that send, in a seeded order; read-only."""
    return _active_slots(scenario.seed, scenario.fds, scenario.active_count)


@lru_cache(maxsize=4)
def _active_slots(seed: int, fds: int, active: int) -> npt.NDArray[np.int32]:
    rng = np.random.default_rng((seed, 0, _SHUFFLE, fds))
    few = active * 50 < fds
    drawn = rng.choice(fds, active, replace=False) if few else rng.permutation(fds)[:active]
    slots = drawn.astype(np.int32)
    slots.flags.writeable = False
    return slots


def mean_gap_ns(scenario: Scenario) -> int:
    """Mean time between two bursts, in ns; :data:`~sim.machine.clock.NEVER` at rate 0."""
    if not scenario.rate:
        return NEVER
    return max(1, SECOND_NS * scenario.burst_count // scenario.rate)


def request_bytes(scenario: Scenario) -> bytes:
    """The bytes of one request."""
    return np.random.default_rng(scenario.seed).bytes(scenario.payload)
