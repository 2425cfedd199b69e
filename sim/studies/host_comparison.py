"""A lane beside the real thing: what a request takes, simulated and on the machine's own kernel.

A server that waits in the lane's way holds some connections over loopback; requests come one at a time, over
one after the other, each when everybody is asleep. What is compared is the server's CPU time for a request
(the wait, the wake-up, the read, the answer), and how often somebody went to sleep for it.

On loopback an answer's way up to the client's buffer is done within the server's own send; the simulated
figure has that added (``softirq_ns``), and the work of the application, which the measured server has none
of, is left out of it. Interrupts are nobody's in both.
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
"""How many the server holds: small, so that there can be a process for each."""
RATE = 2_000
"""Requests a second in the simulated race: far enough apart that each finds everybody asleep."""
_RACE_NS, _STEP_NS = 250_000_000, 50_000_000


@dataclass(frozen=True, slots=True)
class HostComparison:
    """A request in one lane, simulated and measured."""

    lane: str
    connections: int
    simulated_ns: int | None
    """None where there is nothing to compare with."""
    simulated_sleeps: float | None
    measured_ns: int | None
    """None if it was not measured."""
    measured_sleeps: float | None
    """How often a task of the server went to sleep for a request."""
    why_not: str | None = None
    """Why it was not measured, in one line."""
    noise: str | None = None
    """Why the measured figure is doubtful, in one line; None if it is not."""

    @property
    def ratio(self) -> float | None:
        """Measured over simulated."""
        if self.measured_ns is None or not self.simulated_ns:
            return None
        return self.measured_ns / self.simulated_ns


def simulated_request(
    lane: str, connections: int = CONNECTIONS, costs: CostTable = BUILT_IN
) -> tuple[int, float]:
    """A request in a lane whose server is asleep each time: CPU time in nanoseconds, and sleeps."""
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
    """A lane on both kernels.

    Args:
        meter: the measuring process; None for the simulated side alone.
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
    """One lane after the other."""
    for lane in lanes:
        yield compare_with_host(lane, meter, costs)
