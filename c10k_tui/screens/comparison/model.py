"""The state of the comparison screen, changed by its keys: no Textual, no thread, no clock.

Each row comes from a short race of its lane alone (:func:`sim.studies.comparison.trial`), run in pieces.
:meth:`ComparisonModel.compute` does the work of one frame. Its budget is counted by a price list, not in real
time. So the rows appear at the same frames on every machine and in every replay of a recording. Rows are kept
by lane and scenario.

Why not a thread: its rows would arrive at other frames on another machine, and the replay would differ.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from c10k_tui.session.ladders import ACTIVE_LADDER, RATES
from c10k_tui.session.lane_by_lane import compute_lanes, missing_lanes
from c10k_tui.text.comparison_columns import COLUMNS, ComparisonColumn
from sim.machine.costs import CostTable
from sim.scenario.lanes import LANES
from sim.scenario.scenario import LADDER, Active, Scenario, Share
from sim.studies.comparison import ComparisonRow, TrialProgress, lane_scenario, trial
from sim.studies.host_comparison import HostComparison

FRAME_WORK_NS = 12_000_000
"""Work for one frame, by the price list of :attr:`sim.race.race.Race.work_ns`."""
PIECE_WORK_NS = 500_000
"""Least price of a piece of work."""


class ComparisonModel:
    """The state of the comparison screen.

    Args:
        scenario: The current race.
        costs: Prices of the simulated steps.
    """

    def __init__(self, scenario: Scenario, costs: CostTable) -> None:
        self.costs = costs
        self._known: dict[Scenario, ComparisonRow] = {}
        """Rows by the scenario of their trial."""
        self._trial: tuple[Scenario, Generator[TrialProgress, None, ComparisonRow]] | None = None
        self.part = 0.0
        """Done part of the trial in progress, 0 … 1."""
        self.sorted_by: ComparisonColumn | None = None
        self.descending = False
        self.column = 0
        """Index of the chosen column."""
        self.lane = scenario.lanes[0]
        """The lane of the chosen row."""
        self.host_comparisons: dict[str, HostComparison] = {}
        """Measurements on this machine by lane, including failed ones."""
        self.shows_measured = False
        self.start_at(scenario)

    def start_at(self, scenario: Scenario) -> None:
        """Take the scenario of a race; known rows are kept."""
        self.scenario = replace(scenario, fault="")
        self.racing = frozenset(scenario.lanes)

    # -- keys -----------------------------------------------------------------------------

    def climb_fds(self, direction: int) -> None:
        """Choose the next larger (1) or smaller (-1) number of connections."""
        rungs = sorted({*LADDER, self.scenario.fds})
        self.scenario = self.scenario.with_fds(_neighbour(rungs, self.scenario.fds, direction))

    def climb_active(self, direction: int) -> None:
        """Choose the next larger (1) or smaller (-1) number of active connections."""
        fds = self.scenario.fds
        counts: dict[int, Active] = {}
        for rung in (self.scenario.active, *ACTIVE_LADDER):
            if isinstance(rung, Share) or rung <= fds:
                counts.setdefault(rung.of(fds) if isinstance(rung, Share) else rung, rung)
        now = _neighbour(sorted(counts), self.scenario.active_count, direction)
        self.scenario = replace(self.scenario, active=counts[now])

    def climb_rate(self, direction: int) -> None:
        """Choose the next higher (1) or lower (-1) rate."""
        rate = _neighbour(sorted({*RATES, self.scenario.rate}), self.scenario.rate, direction)
        self.scenario = replace(self.scenario, rate=rate)

    def move(self, rows: int, columns: int) -> None:
        """Choose the row ``rows`` below and the column ``columns`` to the right."""
        lanes = [lane for lane, _ in self.rows()]
        self.lane = lanes[min(len(lanes) - 1, max(0, lanes.index(self.lane) + rows))]
        self.column = min(len(COLUMNS) - 1, max(0, self.column + columns))

    def sort(self) -> None:
        """Order the rows by the chosen column: ascending, then descending, then by lane."""
        column = COLUMNS[self.column]
        if self.sorted_by is not column:
            self.sorted_by, self.descending = column, False
        elif not self.descending:
            self.descending = True
        else:
            self.sorted_by = None

    # -- rows -----------------------------------------------------------------------------

    def row_of(self, lane: str) -> ComparisonRow | None:
        """The row of a lane; None if it is not known yet."""
        return self._known.get(lane_scenario(lane, self.scenario))

    def rows(self) -> list[tuple[str, ComparisonRow | None]]:
        """Each lane with its row, in the chosen order; lanes without a figure come last."""
        rows = [(lane, self.row_of(lane)) for lane in LANES]
        column = self.sorted_by
        if column is None:
            return rows
        valued = [(value, row) for row in rows if row[1] and (value := column.value_of(row[1])) is not None]
        valued.sort(key=lambda pair: -pair[0] if self.descending else pair[0])
        found = [row for _, row in valued]
        return found + [row for row in rows if row not in found]

    def known(self) -> list[ComparisonRow]:
        """Known rows in the order of the lanes."""
        return [facts for lane in LANES if (facts := self.row_of(lane)) is not None]

    def trying(self) -> str | None:
        """The lane whose trial runs; None if all rows are known."""
        missing = self.missing()
        return missing[0] if missing else None

    def missing(self) -> list[str]:
        """Lanes without a row, the lanes of the race first."""
        return missing_lanes(self.racing, self.is_known)

    def compute(self, work_ns: int = FRAME_WORK_NS) -> bool:
        """Continue with at most this much work. Returns True if a row was missing."""
        missing = self.missing()
        compute_lanes(missing, work_ns, self._compute_lane)
        return bool(missing)

    def is_known(self, lane: str) -> bool:
        """True if the row of this lane is known."""
        return self.row_of(lane) is not None

    def _compute_lane(self, lane: str, budget_ns: int) -> int:
        """Continue the trial of one lane. Returns the rest of the budget, in ns."""
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
    """The next rung above (1) or below (-1) ``value``; ``value`` itself if there is none."""
    beyond = [rung for rung in rungs if (rung > value if direction > 0 else rung < value)]
    if not beyond:
        return value
    return min(beyond) if direction > 0 else max(beyond)
