"""The state of the capacity screen, changed by its keys: no Textual, no thread, no clock.

The search of a lane runs in pieces (:func:`sim.studies.capacity.find_capacity_in_pieces`).
:meth:`CapacityModel.compute` does the work of one frame. Its budget is counted by a price list, not in real
time, so a replay of a recording shows the same frames. Results are kept by lane, load and bound.

Why not a thread: its results would arrive at other frames on another machine, and the replay would differ.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TypeVar

from c10k_tui.session.ladders import RATES
from c10k_tui.session.lane_by_lane import compute_lanes, missing_lanes
from sim.machine.costs import CostTable
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Active, Scenario, Share
from sim.scenario.units import format_count
from sim.studies.capacity import (
    ACTIVE,
    NONE,
    P99_LIMIT_NS,
    Capacity,
    CapacityProbe,
    CapacityProgress,
    find_capacity_in_pieces,
    sizes,
)

FRAME_WORK_NS = 15_000_000
"""Work for one frame, by the price list of :attr:`sim.race.race.Race.work_ns`."""
PIECE_WORK_NS = 500_000
"""Least price of a piece of work."""
P99_LADDER_NS = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000)
"""Values of the bound on the p99 latency, in ns: 100 µs … 100 ms."""
ACTIVE_RUNGS: tuple[Active, ...] = (3, Share(10), ACTIVE, Share(1_000), Share(10_000))
QUESTION = 10_000
"""The size in question, which the chart marks: C10K."""
Rung = TypeVar("Rung")
Key = tuple[Scenario, int]
"""The load of a lane, and the bound."""


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """Results so far of a lane that is being searched."""

    held: int
    """Largest size that held; 0 if none did yet."""
    broken: int | None
    """Smallest size that did not hold; None if every size tried so far held."""
    trying: int | None
    """The size being tried; None if no size is."""


class CapacityModel:
    """The state of the capacity screen.

    Args:
        scenario: The current race: its rate, burst, payload, buffer, churn and seed are used.
        costs: Prices of the simulated steps.
    """

    def __init__(self, scenario: Scenario, costs: CostTable) -> None:
        self.costs = costs
        self.limit_ns = P99_LIMIT_NS
        self.active: Active = ACTIVE
        self.lane = scenario.lanes[0]
        """The chosen row."""
        self._known: dict[Key, Capacity] = {}
        self._tried: dict[Key, list[CapacityProbe]] = {}
        self._search: tuple[Key, Generator[CapacityProgress | CapacityProbe, None, Capacity]] | None = None
        self._trying: CapacityProgress | None = None
        self.start_at(scenario)

    def start_at(self, scenario: Scenario) -> None:
        """Take the load of a race; known results are kept."""
        self.racing = frozenset(scenario.lanes)
        self._load = replace(scenario, fd_setsize=False, fault="")

    @property
    def load(self) -> Scenario:
        """The load, the same at every size."""
        return replace(self._load, fds=QUESTION, active=self.active)

    # -- keys -----------------------------------------------------------------------------

    def climb_limit(self, direction: int) -> None:
        """Choose the next looser (1) or stricter (-1) bound."""
        self.limit_ns = _step(P99_LADDER_NS, self.limit_ns, direction)

    def climb_active(self, direction: int) -> None:
        """Choose the next larger (1) or smaller (-1) active part of the connections."""
        self.active = _step(ACTIVE_RUNGS, self.active, direction)

    def climb_rate(self, direction: int) -> None:
        """Choose the next higher (1) or lower (-1) rate."""
        rungs = tuple(sorted({*RATES, self._load.rate}))
        self._load = replace(self._load, rate=_step(rungs, self._load.rate, direction))

    def move(self, rows: int) -> None:
        """Choose the row ``rows`` below; above if negative."""
        names = tuple(LANES)
        place = names.index(self.lane) + rows
        self.lane = names[min(len(names) - 1, max(0, place))]

    def beyond(self) -> Scenario:
        """A race of the chosen lane at the first size that it does not hold, or at the largest size."""
        found = self.found(self.lane)
        steps = sizes()
        fds = found.connections if found is not None else QUESTION
        if found is not None and found.limit != NONE:
            fds = next(size for size in steps if size > found.connections)
        return replace(self.load.with_fds(fds), lanes=(self.lane,))

    # -- what is known --------------------------------------------------------------------

    def _key(self, lane: str) -> Key:
        return replace(self.load, lanes=(lane,)), self.limit_ns

    def found(self, lane: str) -> Capacity | None:
        """The result of a lane; None if it is not known yet."""
        return self._known.get(self._key(lane))

    def all_found(self) -> list[Capacity]:
        """Known results in the order of the lanes."""
        return [found for lane in LANES if (found := self.found(lane)) is not None]

    def tried(self, lane: str) -> list[CapacityProbe]:
        """Sizes tried in a lane, with their outcomes."""
        return self._tried.get(self._key(lane), [])

    def progress(self, lane: str) -> SearchProgress:
        """Results so far of a lane without a final result."""
        tried = self.tried(lane)
        held = max((probe.connections for probe in tried if probe.gave_way == NONE), default=0)
        broken = min((probe.connections for probe in tried if probe.gave_way != NONE), default=None)
        now = self._trying if self._search is not None and self._search[0] == self._key(lane) else None
        return SearchProgress(held, broken, None if now is None else now.connections)

    def limit_words(self) -> str:
        """The bound as text: ``1 ms``, ``300 µs``."""
        return f"{self.limit_ns // 10**6} ms" if self.limit_ns >= 10**6 else f"{self.limit_ns // 1_000} µs"

    def command(self) -> str:
        """The shell command that gives the same figures."""
        load, default = self.load, Scenario(active=ACTIVE)
        limit = self.limit_words().replace(" ", "").replace("µ", "u")
        words = ["c10k-tui capacity", f"--p99 {limit}", f"--active {load.active}"]
        for name in ("rate", "burst", "payload", "buffer", "churn", "seed"):
            if getattr(load, name) != getattr(default, name):
                words.append(f"--{name} {format_count(getattr(load, name))}")
        return " ".join(words)

    def file_stem(self) -> str:
        """Name of a picture's file, without its suffix."""
        active = str(self.active).replace("%", "pc")
        limit = self.limit_words().replace(" ", "").replace("µ", "u")
        return f"c10k-capacity-{active}-active-{limit}"

    # -- computing ------------------------------------------------------------------------

    def missing(self) -> list[str]:
        """Lanes without a result, the lanes of the race first."""
        return missing_lanes(self.racing, self.is_known)

    def compute(self, work_ns: int = FRAME_WORK_NS) -> bool:
        """Continue with at most this much work. Returns True if a result was missing."""
        missing = self.missing()
        compute_lanes(missing, work_ns, self._compute_lane)
        return bool(missing)

    def is_known(self, lane: str) -> bool:
        """True if the result of this lane is known."""
        return self.found(lane) is not None

    def _compute_lane(self, lane: str, budget_ns: int) -> int:
        """Continue the search of one lane. Returns the rest of the budget, in ns."""
        key = self._key(lane)
        if self._search is None or self._search[0] != key:
            self._search = (key, find_capacity_in_pieces(lane, self.load, self.limit_ns, self.costs))
            self._tried[key] = []
            self._trying = None
        while budget_ns > 0:
            try:
                step = next(self._search[1])
            except StopIteration as stop:
                self._known[key] = stop.value
                self._search = self._trying = None
                break
            if isinstance(step, CapacityProbe):
                self._tried[key].append(step)
                continue
            before = self._trying
            same = before is not None and before.connections == step.connections
            done_ns = before.work_ns if before is not None and same else 0
            budget_ns -= max(PIECE_WORK_NS, step.work_ns - done_ns)
            self._trying = step
        return budget_ns


def _step(rungs: tuple[Rung, ...], value: Rung, direction: int) -> Rung:
    """The next rung; the value itself at the ladder's end."""
    place = rungs.index(value) + direction
    return rungs[place] if 0 <= place < len(rungs) else value
