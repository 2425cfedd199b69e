"""The work of ``c10k-tui bench``: every point simulated, then measured on this machine's kernel.

The rows can be read at any time, also when Ctrl-C has ended the work early. A row then says that its point
was not measured, or that no second round has confirmed it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from c10k_tui.cli.interruption import Interrupted, interruption_raised
from sim.host.measuring.measurement import CannotMeasure
from sim.host.measuring.meter import Meter
from sim.host.measuring.points import Point
from sim.host.measuring.survey import Survey
from sim.machine.costs import CostTable
from sim.studies.benchmark import BenchmarkRow, simulated_ns

ProgressReport = Callable[[float, str], None]
"""Takes the finished part, 0 to 1, and words for the step at hand."""
_UNMEASURED = "not all points were measured before Ctrl-C"
_UNCONFIRMED = "Ctrl-C came before a second round of measurements"
_SIMULATING = 0.3
"""Part of the work that is simulation, if points are measured too."""


class BenchRun:
    """The points of one call of the command.

    Args:
        points: The points, in the order of the table.
        costs: Prices of the simulated side.
        host: True to measure, too.
    """

    def __init__(self, points: Sequence[Point], costs: CostTable, *, host: bool) -> None:
        self.points = points
        self.costs = costs
        self.host = host
        self.warnings: list[str] = []
        """Conditions that make the measured figures less exact, a line each."""
        self.interrupted = False
        """True if Ctrl-C has ended the work early."""
        self._simulated: dict[Point, int] = {}
        self._survey: Survey | None = None
        self._why_not: str | None = None

    def run(self, report: ProgressReport) -> None:
        """Simulate and measure, up to the end or to Ctrl-C."""
        try:
            self._simulate(report)
            if self.host:
                self._measure(report)
        except Interrupted:
            self.interrupted = True

    def _simulate(self, report: ProgressReport) -> None:
        part = _SIMULATING if self.host else 1.0
        with interruption_raised():  # a point with a million descriptors takes seconds
            for number, point in enumerate(self.points):
                report(part * number / len(self.points), f"simulating {_words(point)}")
                self._simulated[point] = simulated_ns(point, self.costs)

    def _measure(self, report: ProgressReport) -> None:
        def measuring(done: int, due: int, step: str) -> None:
            report(_SIMULATING + (1 - _SIMULATING) * done / max(1, due), f"measuring {step}")

        try:
            with interruption_raised(), Meter() as meter:
                self.warnings += meter.warnings
                self._survey = Survey(self.points, meter)
                self._survey.run(measuring)
        except CannotMeasure as why_not:
            self._why_not = str(why_not)
            self.warnings.append(f"nothing is measured: {why_not}")

    @property
    def state(self) -> str:
        """Words for the work that is done."""
        if self._survey is None:
            return f"after simulating {len(self._simulated)} of {len(self.points)} points"
        measured = sum(self._survey.ns(point) is not None for point in self.points)
        return f"after measuring {measured} of {len(self.points)} points"

    def rows(self) -> list[BenchmarkRow]:
        """The rows of all points that are simulated."""
        return [self._row(point, predicted_ns) for point, predicted_ns in self._simulated.items()]

    def _row(self, point: Point, predicted_ns: int) -> BenchmarkRow:
        if not self.host:
            return BenchmarkRow(point, predicted_ns, None)
        survey, interrupted = self._survey, self.interrupted
        if survey is None:
            return BenchmarkRow(point, predicted_ns, None, _UNMEASURED if interrupted else self._why_not)
        measured_ns, why_not, noise = survey.ns(point), survey.why_not.get(point), survey.noise(point)
        if interrupted and why_not is None and measured_ns is None:
            why_not = _UNMEASURED
        if interrupted and len(survey.rounds[point]) == 1:
            noise = _UNCONFIRMED
        return BenchmarkRow(point, predicted_ns, measured_ns, why_not, noisy=noise)


def _words(point: Point) -> str:
    return f"{point.mechanism}, {point.fds:,} descriptors"
