"""Charts made from the rows of a benchmark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from c10k_tui.charts.chart import Chart, ChartPoint, Curve, span_of
from c10k_tui.text.cost_table_names import table_words
from c10k_tui.text.messages import N_, _
from sim.host.measuring.points import MECHANISMS, Point
from sim.machine.costs import CostTable
from sim.studies.benchmark import BenchmarkRow

WAIT_WORDS = {"ready": N_("finds them ready at once"), "slept": N_("sleeps first and is woken")}
"""Words for the two kinds of calls."""

Busy = int | Fraction
"""Active descriptors along a line: a number, or a share of all descriptors."""


def charts_of_rows(rows: Sequence[BenchmarkRow], costs: CostTable) -> list[Chart]:
    """A chart for each kind of call and each number or share of active descriptors; x is the descriptors."""
    charts = []
    for wait in dict.fromkeys(row.point.wait for row in rows):
        of_wait = [row for row in rows if row.point.wait == wait]
        for busy in _lines_of({(row.point.fds, row.point.active) for row in of_wait}):
            charts.append(_chart([row for row in of_wait if _is_on(row.point, busy)], busy, wait, costs))
    return charts


def _lines_of(places: set[tuple[int, int]]) -> list[Busy]:
    """The lines through these points (descriptors, active descriptors): lines of equal numbers first, then
    lines of equal shares.
    """
    sizes = {fds for fds, _ in places}
    numbers = sorted({active for _, active in places})
    common = [
        number
        for number in numbers
        if len(sizes) == 1 or sum(1 for _, active in places if active == number) > 1
    ]
    return [*common, *sorted({Fraction(active, fds) for fds, active in places if active not in common})]


def _is_on(point: Point, busy: Busy) -> bool:
    if isinstance(busy, Fraction):
        return point.active == max(1, int(point.fds * busy))
    return point.active == busy


def busy_words(busy: Busy) -> str:
    """``3 active``, ``10 % active``, ``all active``."""
    if isinstance(busy, Fraction):
        return _("all active") if busy == 1 else _("{float:.3g} % active", float=float(busy * 100))
    return _("{busy:,} active", busy=busy)


def _chart(rows: Sequence[BenchmarkRow], busy: Busy, wait: str, costs: CostTable) -> Chart:
    low, high = span_of((row.point.fds for row in rows), (10, 1_000_000))
    return Chart(
        title=_(
            "One wake-up, {busy_words}: a call that {wait_words}",
            busy_words=busy_words(busy),
            wait_words=_(WAIT_WORDS[wait]),
        ),
        x_label=_("descriptors watched"),
        x_range=(low, high) if high > low else (low / 2, high * 2),
        curves=curves_of((row.point, row.simulated_ns) for row in rows),
        marks=tuple(
            ChartPoint(row.point.mechanism, "measured", row.point.fds, row.measured_ns)
            for row in rows
            if row.measured_ns
        ),
        notes=(((_("simulated by the cost table {table_words}", table_words=table_words(costs)), "dim"),),),
    )


def curves_of(costs: Iterable[tuple[Point, int]], of_share: bool = False) -> tuple[Curve, ...]:
    """A curve for each mechanism; x is the number of descriptors or, with ``of_share``, the active share."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for point, cost_ns in costs:
        x = point.active / point.fds if of_share else float(point.fds)
        lines.setdefault(point.mechanism, []).append((x, float(max(1, cost_ns))))
    return tuple(Curve(name, tuple(sorted(lines[name]))) for name in MECHANISMS if name in lines)
