"""What the comparison screen shows, as a value that changes by keys: no Textual, no thread, no clock.

Each lane's row comes from a short race of its own (:func:`sim.studies.comparison.trial`), run piece by piece:
:meth:`ComparisonModel.compute` does as much as a frame can bear, by a price list and not by the wall's
clock. So the rows fill in alike on every machine, and a recording of the screen comes out the same again.
Rows that are known stay known, by lane and scenario.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from c10k_tui.session.lane_by_lane import compute_lanes, missing_lanes
from c10k_tui.session.session import ACTIVE_LADDER, RATES
from c10k_tui.text.comparison_columns import COLUMNS, ComparisonColumn
from sim.machine.costs import CostTable
from sim.scenario.lanes import LANES
from sim.scenario.scenario import LADDER, Active, Scenario, Share
from sim.studies.comparison import ComparisonRow, TrialProgress, lane_scenario, trial
from sim.studies.host_comparison import HostComparison

FRAME_WORK_NS = 12_000_000
"""Work for one frame, by the price list of :attr:`sim.race.race.Race.work_ns`."""
PIECE_WORK_NS = 500_000
"""What a piece is worth at least."""


class ComparisonModel:
    """The state of the comparison screen.

    Args:
        scenario: The race that is on.
        costs: The table that prices the simulated steps.
    """

    def __init__(self, scenario: Scenario, costs: CostTable) -> None:
        self.costs = costs
        self._known: dict[Scenario, ComparisonRow] = {}
        """By the scenario of a lane's trial."""
        self._trial: tuple[Scenario, Generator[TrialProgress, None, ComparisonRow]] | None = None
        self.part = 0.0
        """How far the row being computed is."""
        self.sorted_by: ComparisonColumn | None = None
        self.descending = False
        self.column = 0
        """The column that is looked at."""
        self.lane = scenario.lanes[0]
        """The row that is looked at."""
        self.beside: dict[str, HostComparison] = {}
        """Measured on this machine, by lane, those too that could not be."""
        self.shows_measured = False
        self.start_at(scenario)

    def start_at(self, scenario: Scenario) -> None:
        """Show the place of a race; what is known stays known."""
        self.scenario = replace(scenario, fault="")
        self.racing = frozenset(scenario.lanes)

    # -- keys -----------------------------------------------------------------------------

    def climb_fds(self, direction: int) -> None:
        """More or fewer connections."""
        rungs = sorted({*LADDER, self.scenario.fds})
        self.scenario = self.scenario.with_fds(_neighbour(rungs, self.scenario.fds, direction))

    def climb_active(self, direction: int) -> None:
        """More or fewer of them active."""
        fds = self.scenario.fds
        counts: dict[int, Active] = {}
        for rung in (self.scenario.active, *ACTIVE_LADDER):
            if isinstance(rung, Share) or rung <= fds:
                counts.setdefault(rung.of(fds) if isinstance(rung, Share) else rung, rung)
        now = _neighbour(sorted(counts), self.scenario.active_count, direction)
        self.scenario = replace(self.scenario, active=counts[now])

    def climb_rate(self, direction: int) -> None:
        """More or fewer requests."""
        rate = _neighbour(sorted({*RATES, self.scenario.rate}), self.scenario.rate, direction)
        self.scenario = replace(self.scenario, rate=rate)

    def move(self, rows: int, columns: int) -> None:
        """Look at another row or column."""
        lanes = [lane for lane, _ in self.rows()]
        self.lane = lanes[min(len(lanes) - 1, max(0, lanes.index(self.lane) + rows))]
        self.column = min(len(COLUMNS) - 1, max(0, self.column + columns))

    def sort(self) -> None:
        """Order the rows by the column that is looked at: least first, then most first, then not at all."""
        column = COLUMNS[self.column]
        if self.sorted_by is not column:
            self.sorted_by, self.descending = column, False
        elif not self.descending:
            self.descending = True
        else:
            self.sorted_by = None

    # -- rows -----------------------------------------------------------------------------

    def facts_of(self, lane: str) -> ComparisonRow | None:
        """A lane's row, if it is known."""
        return self._known.get(lane_scenario(lane, self.scenario))

    def rows(self) -> list[tuple[str, ComparisonRow | None]]:
        """Every lane and what is known of it, in the order asked for; what is not known comes last."""
        rows = [(lane, self.facts_of(lane)) for lane in LANES]
        column = self.sorted_by
        if column is None:
            return rows
        valued = [(value, row) for row in rows if row[1] and (value := column.value_of(row[1])) is not None]
        valued.sort(key=lambda pair: -pair[0] if self.descending else pair[0])
        found = [row for _, row in valued]
        return found + [row for row in rows if row not in found]

    def known(self) -> list[ComparisonRow]:
        """The rows that are known, in the lanes' order."""
        return [facts for lane in LANES if (facts := self.facts_of(lane)) is not None]

    def trying(self) -> str | None:
        """The lane whose row is being found."""
        missing = self.missing()
        return missing[0] if missing else None

    def missing(self) -> list[str]:
        """Lanes without a row, those of the race first."""
        return missing_lanes(self.racing, self.is_known)

    def compute(self, work_ns: int = FRAME_WORK_NS) -> bool:
        """Continue with at most this much work; True if a row was missing."""
        missing = self.missing()
        compute_lanes(missing, work_ns, self._compute_lane)
        return bool(missing)

    def is_known(self, lane: str) -> bool:
        """True if the row of this lane is known."""
        return self.facts_of(lane) is not None

    def _compute_lane(self, lane: str, budget_ns: int) -> int:
        """Go on with one lane; what is left of the work."""
        scenario = lane_scenario(lane, self.scenario)
        if self._trial is None or self._trial[0] != scenario:
            self._trial = (scenario, trial(lane, self.scenario, self.costs))
            self.part = 0.0
            self._done_ns = 0
        while budget_ns > 0:
            try:
                part = next(self._trial[1])
            except StopIteration as stop:
                self._known[scenario] = stop.value
                self._trial = None
                return budget_ns - PIECE_WORK_NS
            budget_ns -= max(PIECE_WORK_NS, part.work_ns - self._done_ns)
            self._done_ns, self.part = part.work_ns, part.done
        return budget_ns


def _neighbour(rungs: list[int], value: int, direction: int) -> int:
    """The next rung in a direction; the value itself at the ladder's end."""
    beyond = [rung for rung in rungs if (rung > value if direction > 0 else rung < value)]
    if not beyond:
        return value
    return min(beyond) if direction > 0 else max(beyond)
