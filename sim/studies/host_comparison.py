"""A request in a lane, simulated beside measured on the machine's own kernel.

A server that waits as the lane does holds some connections over loopback. Requests come one at a time, over
one connection after the other, each when every task of the server sleeps. The comparison is of the server's
CPU time for a request (the wait, the wake-up, the read, the answer), and of the number of times that a task
sleeps for it.

On loopback, the server's own send includes the answer's way up to the client's buffer. The simulated figure
therefore includes it too (``softirq_ns``). The measured server does no application work, so that work is left
out of the simulated figure. Interrupts are left out of both.

Why one request at a time? With several requests, chance would decide whether the server still runs or already
sleeps when the next one arrives, and the two sides would differ by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.host.measuring.measurement import CannotMeasure
from sim.host.measuring.meter import Meter
from sim.machine.costs import BUILT_IN, CostTable
from sim.machine.records import Kind
from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONNECTIONS = 64
"""Connections of the server. The number is small, so that each can have a process of its own."""
RATE = 2_000
"""Requests a second in the simulated race. They are far enough apart that each finds the server asleep."""
_RACE_NS, _STEP_NS = 250_000_000, 50_000_000


@dataclass(frozen=True, slots=True)
class HostComparison:
    """A request in one lane, simulated and measured."""

    lane: str
    connections: int
    simulated_ns: int | None
    """None if the lane has nothing to compare with."""
    simulated_sleeps: float | None
    measured_ns: int | None
    """None if it was not measured."""
    measured_sleeps: float | None
    """Number of times that a task of the server sleeps for a request."""
    why_not: str | None = None
    """Reason, in one line, for which it was not measured; None if it was."""
    noise: str | None = None
    """Reason, in one line, for which the measured figure is doubtful; None if it is not."""

    @property
    def ratio(self) -> float | None:
        """Measured over simulated time; None without both."""
        if self.measured_ns is None or not self.simulated_ns:
            return None
        return self.measured_ns / self.simulated_ns


def simulated_request(
    lane: str, connections: int = CONNECTIONS, costs: CostTable = BUILT_IN
) -> tuple[int, float]:
    """Simulate requests in a lane whose server is asleep each time.

    Returns:
        CPU time of a request in ns, and sleeps for a request.
    """
    race = Race(Scenario(fds=connections, active=connections, rate=RATE, burst=1, lanes=(lane,)), costs)
    sleeps = 0
    while race.now_ns < _RACE_NS:
        race.advance(race.now_ns + _STEP_NS)
        sleeps += sum(1 for record in race.frame().lanes[0].records if record[1] == Kind.SLEEP)
    counters = race.frame().lanes[0].counters
    left_out = sum(counters.cost_ns[name] for name in ("idle", "interrupt", "application"))
    busy_ns = sum(counters.cost_ns.values()) - left_out
    requests = max(1, counters.requests)
    return busy_ns // requests + costs.softirq_ns, sleeps / requests


def compare_with_host(
    lane: str, meter: Meter | None, costs: CostTable = BUILT_IN, connections: int = CONNECTIONS
) -> HostComparison:
    """Compare a lane on both kernels.

    Args:
        lane: Name of the lane.
        meter: The measuring process; None to simulate only.
        costs: Prices of the simulated side.
        connections: Connections of the server.
    """
    why_not = LANES[lane].unmeasured
    if why_not is not None:
        return HostComparison(lane, connections, None, None, None, None, why_not)
    simulated_ns, sleeps = simulated_request(lane, connections, costs)
    if meter is None:
        return HostComparison(lane, connections, simulated_ns, sleeps, None, None)
    try:
        measurement, measured_sleeps = meter.lane(lane, connections)
    except CannotMeasure as error:
        return HostComparison(lane, connections, simulated_ns, sleeps, None, None, str(error))
    return HostComparison(
        lane, connections, simulated_ns, sleeps, measurement.ns, measured_sleeps, noise=measurement.noise
    )


def sweep(lanes: Sequence[str], meter: Meter, costs: CostTable = BUILT_IN) -> Iterator[HostComparison]:
    """Compare one lane after the other."""
    for lane in lanes:
        yield compare_with_host(lane, meter, costs)
