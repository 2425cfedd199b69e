"""A chart of costs as a plain value, independent of how it is drawn.

Both scales are logarithmic: a cost that grows with the number of descriptors is a rising line, a constant
cost a level line. The terminal (:mod:`c10k_tui.screens.curve.views.plot`), SVG and PNG
(:mod:`c10k_tui.charts.svg`, :mod:`c10k_tui.charts.png`) draw the same value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from c10k_tui.text.styled_text import Line
from sim.scenario.units import format_duration

MECHANISM_LETTERS = {"select": "s", "poll": "p", "epoll": "e"}
DASHED = frozenset(("poll",))
"""Curves drawn as dashed lines, so that a curve below them stays visible."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A named line through points."""

    name: str
    """The mechanism; decides the colour and is written at the end of the line."""
    points: tuple[tuple[float, float], ...]
    """Ascending in x; all values above 0."""

    def at(self, x: float) -> float | None:
        """The cost at ``x``, on a line that is straight on logarithmic scales; None beyond its ends."""
        if not self.points or not self.points[0][0] <= x <= self.points[-1][0]:
            return None
        for (x0, y0), (x1, y1) in pairwise(self.points):
            if x0 <= x <= x1:
                part = (log10(x) - log10(x0)) / (log10(x1) - log10(x0))
                return float(10 ** (log10(y0) + part * (log10(y1) - log10(y0))))
        return self.points[0][1]


def crossing(one: Curve, other: Curve) -> float | None:
    """The lowest x at which two lines cross; None if they do not cross where both are drawn."""
    places = sorted({x for curve in (one, other) for x, _ in curve.points})
    both = [(x, a / b) for x in places if (a := one.at(x)) and (b := other.at(x))]
    for (x0, ratio0), (x1, ratio1) in pairwise(both):
        if (ratio0 > 1) != (ratio1 > 1):
            part = log10(ratio0) / (log10(ratio0) - log10(ratio1))
            return float(10 ** (log10(x0) + part * (log10(x1) - log10(x0))))
    return None


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A single point: a measured or a published cost."""

    name: str
    """The mechanism."""
    kind: str
    """``measured`` or ``published``."""
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves, single points and one vertical rule."""

    title: str
    x_label: str
    x_range: tuple[float, float]
    """The values at the ends of the x axis. They enclose everything drawn, the rule too."""
    curves: tuple[Curve, ...]
    marks: tuple[ChartPoint, ...] = ()
    rule: float | None = None
    """The x of the vertical rule; None for no rule. Each curve's cost is written where the curve meets the
    rule.
    """
    rule_label: str = ""
    x_per_cent: bool = False
    """True if x is a share, written in per cent."""
    notes: tuple[Line, ...] = ()
    """Lines of text below the chart, for exported pictures."""

    def y_range(self) -> tuple[float, float]:
        """The costs at the ends of the y axis: round figures that enclose everything drawn."""
        values = [y for curve in self.curves for _, y in curve.points] + [mark.y for mark in self.marks]
        if not values:
            return 100.0, 1_000_000.0
        low, high = min(values), max(values)
        if high < 10 * low:
            return _round_below(low / 1.05), _round_above(high * 1.05)
        return 10.0 ** floor(log10(low)), 10.0 ** ceil(log10(high))

    def readings(self) -> list[tuple[str, float]]:
        """Each curve's cost at the rule, the highest first."""
        if self.rule is None:
            return []
        found = [(curve.name, curve.at(self.rule)) for curve in self.curves]
        return sorted(((name, y) for name, y in found if y is not None), key=lambda pair: -pair[1])

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of points in the chart, ``measured`` first."""
        return tuple(
            kind for kind in ("measured", "published") if any(mark.kind == kind for mark in self.marks)
        )


def x_ticks(chart: Chart) -> list[tuple[float, str]]:
    """Round figures on the x axis with their texts."""
    return [(x, _x_words(x, chart.x_per_cent)) for x in _round_between(*chart.x_range)]


def y_ticks(chart: Chart) -> list[tuple[float, str]]:
    """Round costs on the y axis with their texts: ``1 µs``, ``10 µs`` …"""
    return [(y, round_words(y)) for y in _round_between(*chart.y_range())]


def round_words(cost_ns: float) -> str:
    """A round cost as short text."""
    for scale, unit in ((10**9, "s"), (10**6, "ms"), (10**3, "µs")):
        if cost_ns >= scale:
            return f"{round(cost_ns / scale):,} {unit}"
    return f"{round(cost_ns):,} ns"


def _x_words(x: float, per_cent: bool) -> str:
    return f"{round(x * 100, 6):g} %" if per_cent else f"{x:,.10g}"


def _round_between(low: float, high: float) -> list[float]:
    """Powers of ten within a range; if there are fewer than two, also their multiples by 2 and 5."""
    powers = range(floor(log10(low)) - 1, ceil(log10(high)) + 1)
    for steps in ((1,), (1, 2, 5)):
        found = [step * 10.0**power for power in powers for step in steps]
        within = [value for value in found if low * 0.999 <= value <= high * 1.001]
        if len(within) > 1:
            break
    return within


def _round_below(value: float) -> float:
    power = 10.0 ** floor(log10(value))
    return max(step * power for step in (1, 2, 5) if step * power <= value * 1.0001)


def _round_above(value: float) -> float:
    power = 10.0 ** floor(log10(value))
    return min(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.9999)


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions near the wanted ones, in the same order, at least ``gap`` apart, from ``low`` to ``high``."""
    placed: list[float] = []
    for place in wanted:
        placed.append(max(place, placed[-1] + gap) if placed else max(place, low))
    limit = high
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - gap
    return placed


def cost_words(cost_ns: float) -> str:
    """A cost as text, ``12.3 µs``."""
    return format_duration(cost_ns)


def span_of(values: Iterable[float], default: tuple[float, float]) -> tuple[float, float]:
    """Lowest and highest value; ``default`` if there are none."""
    known = list(values)
    return (min(known), max(known)) if known else default
