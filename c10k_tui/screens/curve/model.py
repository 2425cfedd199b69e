"""The state of the curve screen, changed by its keys: no Textual, no thread, no clock.

The model knows the points of its curves, their simulated costs, and the measured rows. It does not compute
the costs of its curves: :meth:`CurveModel.missing` returns the points without a known cost, a worker thread
of the screen (or a test) computes them, and :meth:`CurveModel.learn` takes the results. Why not compute here:
one point may take longer than a frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from c10k_tui.charts.benchmark_charts import WAIT_WORDS, curves_of
from c10k_tui.charts.chart import Chart, ChartPoint, span_of
from c10k_tui.session.measured_figures import PointMeasured
from c10k_tui.text.cost_table_names import table_words
from c10k_tui.text.styled_text import Line
from sim.host.measuring.points import MECHANISMS, WAITS, Point, active_count
from sim.machine.costs import CostTable
from sim.scenario.scenario import LADDER, Active, Scenario, Share
from sim.studies.benchmark import BenchmarkRow, simulated_ns
from sim.studies.published_papers import PAPERS, Paper, ours_ns, rest_ns

FDS_GRID = (*(step * 10**power for power in range(1, 6) for step in (1, 2, 5)), 1_000_000)
"""Numbers of descriptors at which the curves have points."""
SHARE_GRID = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
"""Active shares at which the curves have points, in hundredths of a per cent."""
ACTIVE_RUNGS: tuple[Active, ...] = (1, 3, 10, 100, Share(100), Share(1_000), Share(10_000))
"""Values that the keys for active descriptors choose from."""
READY_LIMIT = 100_000
"""Most ready descriptors of a point; each is an object of the simulated kernel."""
PAPER_MARGIN = 1.15
"""Factor by which the x axis extends beyond a paper's points, so that none lies on the edge."""
AXES = ("fds", "share")


class CurveModel:
    """The state of the curve screen.

    Args:
        scenario: The current race. At first the rule is at its number of descriptors.
        costs: Prices of the simulated calls.
        own_costs_problem: The reason why the user's own cost table is not used; None if it is used or there
            is none.
    """

    def __init__(self, scenario: Scenario, costs: CostTable, own_costs_problem: str | None = None) -> None:
        self.costs = costs
        self.own_costs_problem = own_costs_problem
        self.axis = "fds"
        """The x axis: ``fds``, or the active ``share`` of them."""
        self.wait = "slept"
        self.start_at(scenario)
        self.simulated: dict[Point, int] = {}
        self.measured: dict[Point, BenchmarkRow] = {}
        """Measured rows by point, including points that could not be measured."""
        self._break_even: dict[tuple[str, Active, str], int | None] = {}

    def start_at(self, scenario: Scenario) -> None:
        """Move the rule to the place of a race; known costs are kept."""
        self.race_fds = scenario.fds
        self.active: Active = scenario.active
        self.fds = scenario.fds
        """Place of the rule on the axis of descriptors; on the other axis, the number of descriptors."""
        self.paper: Paper | None = None

    # -- keys -----------------------------------------------------------------------------

    def turn_axis(self) -> None:
        """Change to the other x axis."""
        self.paper = None
        self.axis = AXES[1 - AXES.index(self.axis)]

    def turn_wait(self) -> None:
        """Change to the other kind of call."""
        self.paper = None
        self.wait = WAITS[1 - WAITS.index(self.wait)]

    def climb_fds(self, direction: int) -> None:
        """Move the rule, or on the other axis change the number of descriptors; 1 for more, -1 for fewer."""
        self.paper = None
        self.fds = _neighbour(sorted({*LADDER, self.race_fds}), self.fds, direction)

    def climb_active(self, direction: int) -> None:
        """Choose the next larger (1) or smaller (-1) number of active descriptors."""
        self.paper = None
        rungs: dict[int, Active] = {}
        for rung in (self.active, *ACTIVE_RUNGS):
            rungs.setdefault(active_count(rung, self.fds), rung)
        now = active_count(self.active, self.fds)
        self.active = rungs[_neighbour(sorted(rungs), now, direction)]

    def turn_paper(self, direction: int = 1) -> None:
        """Choose the next (1) or previous (-1) paper; after the last paper comes none."""
        choices: list[Paper | None] = [None, *PAPERS]
        self.paper = choices[(choices.index(self.paper) + direction) % len(choices)]

    # -- points ---------------------------------------------------------------------------

    @property
    def active_now(self) -> int:
        """Number of active descriptors at the rule."""
        return active_count(self.active, self.fds)

    def points(self) -> list[Point]:
        """The points of the curves, the cheapest to compute first."""
        if self.paper is not None:
            return self._paper_points(self.paper)
        if self.axis == "share":
            shares = {active_count(Share(step), self.fds) for step in SHARE_GRID} | {self.active_now}
            places = [(self.fds, active) for active in shares]
        else:
            places = [(fds, active_count(self.active, fds)) for fds in sorted({*FDS_GRID, self.fds})]
        return [
            Point(name, fds, active, self.wait)
            for fds, active in sorted(places, key=lambda place: (place[1], place[0]))
            if active <= READY_LIMIT
            for name in MECHANISMS
        ]

    def _paper_points(self, paper: Paper) -> list[Point]:
        """Points of a paper's curves, and of its baseline if it has one."""
        low, high = paper.fds_range
        grid = [fds for fds in FDS_GRID if low <= fds <= high]
        sizes = sorted({low, *grid, *(one.fds for one in paper.published), high})
        names = {*paper.mechanisms, *([paper.baseline.mechanism] if paper.baseline else [])}
        return [
            Point(name, fds, min(paper.ready, fds), "ready")
            for fds in sizes
            for name in MECHANISMS
            if name in names
        ]

    def missing(self) -> list[Point]:
        """Points without a known simulated cost."""
        return [point for point in self.points() if point not in self.simulated]

    def learn(self, costs_ns: Iterable[tuple[Point, int]]) -> None:
        """Take simulated costs in ns."""
        self.simulated.update(costs_ns)

    def break_even_missing(self) -> list[tuple[str, Active, str]]:
        """Mechanism, active number and kind of call of each exact break-even that is not known yet.

        Exact break-evens exist only if the active number does not depend on the number of descriptors. For an
        active share, the crossing of the drawn lines is used (:func:`c10k_tui.charts.chart.crossing`). Why
        not an exact search: each of its steps would simulate a call that finds thousands of descriptors
        ready.
        """
        if self.paper is not None or self.axis != "fds" or isinstance(self.active, Share):
            return []
        wanted = [(name, self.active, self.wait) for name in ("select", "poll")]
        return [key for key in wanted if key not in self._break_even]

    def learn_break_even(self, key: tuple[str, Active, str], fds: int | None) -> None:
        """Take the smallest number of descriptors at which epoll is cheaper; None if epoll never is."""
        self._break_even[key] = fds

    def break_even(self, mechanism: str) -> tuple[bool, int | None]:
        """True if the break-even is known; and the smallest number of descriptors at which epoll is cheaper,
        or None.
        """
        key = (mechanism, self.active, self.wait)
        return key in self._break_even, self._break_even.get(key)

    def take(self, rows: Iterable[BenchmarkRow]) -> None:
        """Take measured rows."""
        for row in rows:
            self.measured[row.point] = row
            self.simulated[row.point] = row.simulated_ns

    def take_measured(self, figure: PointMeasured) -> None:
        """Take a measured point; its simulated cost is known already, or is computed now."""
        point = figure.point
        known_ns = self.simulated.get(point)
        cost_ns = simulated_ns(point, self.costs) if known_ns is None else known_ns
        self.take([BenchmarkRow(point, cost_ns, figure.measured_ns, figure.why_not, noisy=figure.noisy)])

    def known(self, names: Sequence[str] = MECHANISMS) -> list[tuple[Point, int]]:
        """Points with a known simulated cost, and the cost in ns."""
        return [
            (point, self.simulated[point])
            for point in self.points()
            if point.mechanism in names and point in self.simulated
        ]

    # -- the picture ----------------------------------------------------------------------

    def chart(self) -> Chart:
        """The chart in its current state."""
        if self.paper is not None:
            return self._paper_chart(self.paper)
        of_share = self.axis == "share"
        marks = tuple(
            ChartPoint(
                point.mechanism,
                "measured",
                point.active / point.fds if of_share else point.fds,
                row.measured_ns,
            )
            for point in self.points()
            if (row := self.measured.get(point)) is not None and row.measured_ns is not None
        )
        busy = "" if of_share else f", {self.active_words()}"
        held = f", {self.fds:,} descriptors" if of_share else ""
        known = self.known()
        rule = self.active_now / self.fds if of_share else float(self.fds)
        places = (point.active / point.fds if of_share else float(point.fds) for point in self.points())
        return Chart(
            title=f"One wake-up{busy}{held}: a call that {WAIT_WORDS[self.wait]}",
            x_label="share of the descriptors that is active" if of_share else "descriptors watched",
            # The rule may lie beyond all points: a point with too many ready descriptors is not computed.
            x_range=span_of((*places, rule), (1, 10)),
            curves=curves_of(known, of_share),
            marks=marks,
            rule=rule,
            rule_label=self._rule_words(),
            x_per_cent=of_share,
        )

    def _rule_words(self) -> str:
        here = "the race: " if self.fds == self.race_fds else ""
        if self.axis == "share":
            return f"{here}{self.active_now:,} of {self.fds:,} active"
        return f"{here}{self.fds:,} fds"

    def active_words(self) -> str:
        """``3 active``, ``10% active``, ``all active``."""
        if self.active == Share(10_000):
            return "all active"
        return f"{self.active:,} active" if isinstance(self.active, int) else f"{self.active} active"

    def _paper_chart(self, paper: Paper) -> Chart:
        """The published points over the simulated lines, both in the paper's unit."""
        lines = [
            (point, ours)
            for point, _ in self.known(paper.mechanisms)
            if (ours := self.paper_cost(paper, point.mechanism, point.fds)) is not None
        ]
        low, high = paper.fds_range
        return Chart(
            title=f"{paper.title}: published points over our simulated lines",
            x_label="descriptors watched",
            x_range=(low / PAPER_MARGIN, high * PAPER_MARGIN),
            curves=curves_of(lines),
            marks=tuple(
                ChartPoint(one.mechanism, "published", one.fds, one.cost_ns) for one in paper.published
            ),
        )

    def paper_cost(self, paper: Paper, mechanism: str, fds: int) -> int | None:
        """Simulated cost of a paper's unit in ns; None while a cost that it depends on is unknown."""
        try:
            return ours_ns(paper, mechanism, fds, self.simulated.__getitem__)
        except KeyError:
            return None

    def paper_rest_ns(self, paper: Paper) -> int | None:
        """Cost in ns added to a simulated wake-up to get the cost of a paper's unit; None if not known
        yet.
        """
        try:
            return rest_ns(paper, self.simulated.__getitem__)
        except KeyError:
            return None

    def file_stem(self) -> str:
        """Name of a picture's file, without its suffix."""
        if self.paper is not None:
            return f"c10k-curve-{self.paper.key}"
        active = str(self.active).replace("%", "pc")
        held = f"{self.fds}-fds" if self.axis == "share" else f"{active}-active"
        return f"c10k-curve-{held}-{self.wait}"

    def notes(self) -> tuple[Line, ...]:
        """Lines below an exported picture: the cost table, and the paper if one is shown."""
        lines: list[Line] = [((f"simulated by the cost table {table_words(self.costs)}", "dim"),)]
        if self.paper is not None:
            lines += [((words, "dim"),) for words in (self.paper.reference, self.paper.unit)]
        return tuple(lines)


def _neighbour(rungs: Sequence[int], value: int, direction: int) -> int:
    """The next rung above (1) or below (-1) ``value``; ``value`` itself if there is none."""
    beyond = [rung for rung in rungs if (rung > value if direction > 0 else rung < value)]
    if not beyond:
        return value
    return beyond[0] if direction > 0 else beyond[-1]
