"""Capacity: how many connections a lane holds until something gives way.

The load is the same at every size: so many requests a second in all, spread over a share of the
connections. What grows with their number is only the number, which is the question of C10K. A size
*holds* if, in a short race of that size, nothing is dropped, the 99th percentile of the latency stays
within a bound, and the machine's memory suffices. The largest size that holds is looked for on the
scale's decimal steps (1, 1.1, 1.2 … 9.9, 10) by bisection, so it is found to within a tenth, under the
assumption that a size does not hold where a smaller one did not.

Every race begins with sleeping servers and cold caches and lasts :data:`RACE_NS` of virtual time, some
thousands of requests, so the percentile has tens of samples above it. A lane that cannot keep up has a
latency that grows with the race's length; the bound cuts it off early all the same.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from sim.machine.costs import BUILT_IN, CostTable
from sim.race.race import Race
from sim.scenario.scenario import FDS_LIMIT, Scenario, Share

RACE_NS = 200_000_000
"""How long a size is tried, in virtual time."""
_PIECES = 10
"""A race is looked at so often, and given up where it has failed."""
_STEP_PACKETS = 1_000
"""About so many packets arrive between two yields."""
LATENCY, DROPS, MEMORY, NONE = "latency", "drops", "memory", "none"
P99_LIMIT_NS = 1_000_000
ACTIVE = Share(100)


@dataclass(frozen=True, slots=True)
class CapacityProbe:
    """One size, tried."""

    lane: str
    connections: int
    gave_way: str
    """``latency``, ``drops``, ``memory``; ``none`` if it held."""
    p99_ns: int | None
    """None if nothing was answered."""


@dataclass(frozen=True, slots=True)
class CapacityProgress:
    """A size that is being tried."""

    lane: str
    connections: int
    done: float
    """0 to 1."""
    work_ns: int
    """What this size has been worth so far, by the price list of :attr:`sim.race.lane.Lane.work_ns`."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a lane holds."""

    lane: str
    connections: int
    """The largest number that held; 0 if not even one did."""
    limit: str
    """What gives way beyond: ``latency``, ``drops``, ``memory``; ``none`` up to the most there can be."""
    p99_ns: int | None
    """With that many."""


def sizes(most: int = FDS_LIMIT) -> list[int]:
    """The numbers of connections that are tried, ascending: two digits, and then noughts."""
    found = [*range(1, 10)]
    scale = 1
    while found[-1] < most:
        found += [digits * scale for digits in range(10, 100)]
        scale *= 10
    return [size for size in found if size <= most]


def scenario_of(lane: str, connections: int, load: Scenario) -> Scenario:
    """The race in which a lane is tried with so many connections.

    Args:
        load: its rate, share of active ones, burst, payload, churn and seed.
    """
    active = load.active if isinstance(load.active, Share) else min(load.active, connections)
    return replace(load, fds=connections, active=active, lanes=(lane,))


def probe(
    lane: str, connections: int, load: Scenario, p99_limit_ns: int, costs: CostTable = BUILT_IN
) -> CapacityProbe:
    """Try one size."""
    return _last(probing(lane, connections, load, p99_limit_ns, costs))


def probing(
    lane: str, connections: int, load: Scenario, p99_limit_ns: int, costs: CostTable = BUILT_IN
) -> Generator[CapacityProgress, None, CapacityProbe]:
    """Try one size piece by piece.

    Yields:
        How far it is.

    Returns:
        What came of it.
    """
    race = Race(scenario_of(lane, connections, load), costs, history_bytes=0)
    gave_way, p99_ns = NONE, None
    # A look is dear and decides, so there are always as many; the way to it may be long where much arrives.
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
        elif frame.counters.dropped:
            gave_way = DROPS
        elif _overdue(race, p99_ns, piece == _PIECES, p99_limit_ns):
            gave_way = LATENCY
        if gave_way != NONE:
            break
        yield CapacityProgress(lane, connections, piece / _PIECES, race.work_ns)
    return CapacityProbe(lane, connections, gave_way, p99_ns)


def _overdue(race: Race, p99_ns: int | None, over: bool, limit_ns: int) -> bool:
    """Whether answers come too late: at the end of the race, or hopelessly before it."""
    counters = race.frame().lanes[0].counters
    if p99_ns is None:
        return counters.packets > 0 and race.now_ns > 2 * limit_ns
    return p99_ns > (limit_ns if over else 20 * limit_ns)


def capacity(
    lane: str,
    load: Scenario,
    p99_limit_ns: int = P99_LIMIT_NS,
    costs: CostTable = BUILT_IN,
    most: int = FDS_LIMIT,
) -> Generator[CapacityProbe, None, Capacity]:
    """Find out what a lane holds.

    Yields:
        Each size tried, as it is known.

    Returns:
        The result.
    """
    steps = search(lane, load, p99_limit_ns, costs, most)
    while True:
        try:
            step = next(steps)
        except StopIteration as stop:
            result: Capacity = stop.value
            return result
        if isinstance(step, CapacityProbe):
            yield step


def search(
    lane: str,
    load: Scenario,
    p99_limit_ns: int = P99_LIMIT_NS,
    costs: CostTable = BUILT_IN,
    most: int = FDS_LIMIT,
) -> Generator[CapacityProgress | CapacityProbe, None, Capacity]:
    """Find out what a lane holds piece by piece, for those who have something else to do in between.

    Yields:
        How far the size being tried is, and each size tried, as it is known.

    Returns:
        The result.
    """
    steps = sizes(most)
    held, broken = -1, len(steps)
    best: CapacityProbe | None = None
    worst: CapacityProbe | None = None
    place = broken - 1
    while held + 1 < broken:
        tried = yield from probing(lane, steps[place], load, p99_limit_ns, costs)
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
    """Run to the end."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            tried: CapacityProbe = stop.value
            return tried
