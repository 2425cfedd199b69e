"""Capacity: the number of connections that a lane holds.

The load is the same at every size: a fixed number of requests a second in all, spread over a share of the
connections. Only the number of connections grows, which is the question of C10K. A size *holds* if three
things are true in a short race of that size: nothing is dropped, the 99th percentile of the latency stays
within a limit, and the machine's memory suffices.

The largest size that holds is searched by bisection on a scale with decimal steps (1, 1.1, 1.2 … 9.9, 10). So
it is found to within a tenth. Bisection assumes that a size does not hold if a smaller one did not.

Every race begins with sleeping servers and cold caches and lasts :data:`RACE_NS` of virtual time. In this
time a few thousand requests arrive, so tens of samples are above the percentile. If a lane cannot keep up,
its latency grows with the length of the race, and the limit ends such a race early.

Why not raise the load along with the connections? A lane would then fail because of its requests, and the
cost of idle connections would not be visible.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from sim.machine.costs import BUILT_IN, CostTable
from sim.race.race import Race
from sim.scenario.scenario import FDS_LIMIT, Scenario, Share

RACE_NS = 200_000_000
"""Virtual time for which a size is tried."""
_PIECES = 10
"""Checks in a race; a race that has failed a check is ended."""
_STEP_PACKETS = 1_000
"""Approximate number of packets between two yields."""
LATENCY, DROPS, MEMORY, NONE = "latency", "drops", "memory", "none"
P99_LIMIT_NS = 1_000_000
ACTIVE = Share(100)


@dataclass(frozen=True, slots=True)
class CapacityProbe:
    """The result of one size."""

    lane: str
    connections: int
    gave_way: str
    """The condition that failed: ``latency``, ``drops``, ``memory``; ``none`` if the size held."""
    p99_ns: int | None
    """None if no request was answered."""


@dataclass(frozen=True, slots=True)
class CapacityProgress:
    """Progress of the size that is being tried."""

    lane: str
    connections: int
    done: float
    """Part that is done, 0 to 1."""
    work_ns: int
    """Work for this size so far, by the price list of :attr:`sim.race.lane.Lane.work_ns`."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """The number of connections that a lane holds."""

    lane: str
    connections: int
    """Largest size that held; 0 if not even one connection did."""
    limit: str
    """The condition that fails beyond it: ``latency``, ``drops``, ``memory``; ``none`` if the largest allowed
    size holds."""
    p99_ns: int | None
    """99th percentile of the latency at that size, in ns."""


def sizes(most: int = FDS_LIMIT) -> list[int]:
    """Sizes to try, ascending: two significant digits, then zeros."""
    found = [*range(1, 10)]
    scale = 1
    while found[-1] < most:
        found += [digits * scale for digits in range(10, 100)]
        scale *= 10
    return [size for size in found if size <= most]


def lane_scenario(lane: str, connections: int, load: Scenario) -> Scenario:
    """The race in which a lane is tried with some connections.

    Args:
        lane: The lane, which races alone.
        connections: The size.
        load: Gives the rate, the share of active connections, the burst, the payload, the buffer, the churn
            and the seed.
    """
    active = load.active if isinstance(load.active, Share) else min(load.active, connections)
    return replace(load, fds=connections, active=active, lanes=(lane,))


def probe(
    lane: str, connections: int, load: Scenario, p99_limit_ns: int, costs: CostTable = BUILT_IN
) -> CapacityProbe:
    """Try one size."""
    return _last(probe_in_pieces(lane, connections, load, p99_limit_ns, costs))


def probe_in_pieces(
    lane: str, connections: int, load: Scenario, p99_limit_ns: int, costs: CostTable = BUILT_IN
) -> Generator[CapacityProgress, None, CapacityProbe]:
    """Try one size, piece by piece.

    Yields:
        The progress.

    Returns:
        The result.
    """
    race = Race(lane_scenario(lane, connections, load), costs, history_bytes=0)
    gave_way, p99_ns = NONE, None
    # Checks are expensive, so their number is fixed; only the steps between them grow.
    steps = 1 + load.rate * RACE_NS // (_PIECES * 1_000_000_000 * _STEP_PACKETS)
    for piece in range(1, _PIECES + 1):
        for step in range(1, steps):
            race.advance(RACE_NS * ((piece - 1) * steps + step) // (_PIECES * steps))
            yield CapacityProgress(lane, connections, (piece - 1 + step / steps) / _PIECES, race.work_ns)
        race.advance(RACE_NS * piece // _PIECES)
        frame = race.frame().lanes[0]
        p99_ns = frame.counters.latency_p99_ns
        if frame.failure is not None:
            gave_way = MEMORY if frame.warning is not None and frame.warning.kind == MEMORY else DROPS
        elif frame.counters.dropped or frame.counters.unsent:
            gave_way = DROPS
        elif _overdue(race, p99_ns, piece == _PIECES, p99_limit_ns):
            gave_way = LATENCY
        if gave_way != NONE:
            break
        yield CapacityProgress(lane, connections, piece / _PIECES, race.work_ns)
    return CapacityProbe(lane, connections, gave_way, p99_ns)


def _overdue(race: Race, p99_ns: int | None, over: bool, limit_ns: int) -> bool:
    """True if answers come too late: at the end of the race, or far too late before it."""
    counters = race.frame().lanes[0].counters
    if p99_ns is None:
        return counters.packets > 0 and race.now_ns > 2 * limit_ns
    return p99_ns > (limit_ns if over else 20 * limit_ns)


def find_capacity(
    lane: str,
    load: Scenario,
    p99_limit_ns: int = P99_LIMIT_NS,
    costs: CostTable = BUILT_IN,
    most: int = FDS_LIMIT,
) -> Generator[CapacityProbe, None, Capacity]:
    """Find the capacity of a lane.

    Yields:
        Each size, once its result is known.

    Returns:
        The capacity.
    """
    steps = find_capacity_in_pieces(lane, load, p99_limit_ns, costs, most)
    while True:
        try:
            step = next(steps)
        except StopIteration as stop:
            result: Capacity = stop.value
            return result
        if isinstance(step, CapacityProbe):
            yield step


def find_capacity_in_pieces(
    lane: str,
    load: Scenario,
    p99_limit_ns: int = P99_LIMIT_NS,
    costs: CostTable = BUILT_IN,
    most: int = FDS_LIMIT,
) -> Generator[CapacityProgress | CapacityProbe, None, Capacity]:
    """Find the capacity of a lane piece by piece, so that the caller can do other work in between.

    Yields:
        The progress of the current size, and each size once its result is known.

    Returns:
        The capacity.
    """
    steps = sizes(most)
    held, broken = -1, len(steps)
    best: CapacityProbe | None = None
    worst: CapacityProbe | None = None
    place = broken - 1
    while held + 1 < broken:
        tried = yield from probe_in_pieces(lane, steps[place], load, p99_limit_ns, costs)
        yield tried
        if tried.gave_way == NONE:
            held, best = place, tried
        else:
            broken, worst = place, tried
        place = (held + broken) // 2
    limit = NONE if worst is None else worst.gave_way
    if best is None:
        return Capacity(lane, 0, limit, None)
    return Capacity(lane, best.connections, limit, best.p99_ns)


def _last(steps: Generator[CapacityProgress, None, CapacityProbe]) -> CapacityProbe:
    """Run a generator to its end; returns its result."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            tried: CapacityProbe = stop.value
            return tried
