"""The columns of the comparison: their titles, figures and explanations.

The comparison screen (:mod:`c10k_tui.screens.comparison.views.table`) and ``c10k-tui compare`` show the same
columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from c10k_tui.text.messages import N_
from sim.scenario.lanes import LANES
from sim.scenario.units import format_bytes, format_duration, format_short
from sim.studies.comparison import ComparisonRow

UNKNOWN = "–"
"""Shown instead of a figure if the lane had no event, or no memory for one."""
ABOUT = "~"
"""Sign before an estimated figure."""


@dataclass(frozen=True, slots=True)
class ComparisonColumn:
    """One figure of each lane."""

    key: str
    """Its name in JSON: a field of :class:`~sim.studies.comparison.ComparisonRow`."""
    title: str
    short: str
    """The title where there is little room."""
    width: int
    """Cells needed by the figures and the short title."""
    value_of: Callable[[ComparisonRow], float | None]
    words_of: Callable[[float], str]
    meaning: str
    """Explanation in plain words."""
    verb: str
    """Verb for the lane with the highest figure: ``scans most``."""
    unit: str
    """Text after the figure in that sentence."""

    def cell(self, facts: ComparisonRow) -> str:
        """The text of a lane's figure."""
        value = self.value_of(facts)
        if value is None:
            return UNKNOWN
        words = self.words_of(value)
        estimated = self.key == "wakeup_ns" and LANES[facts.lane].prices.estimated
        return f"{ABOUT}{words}" if estimated else words


def count_words(value: float) -> str:
    """A mean count with at most three significant figures: ``0.32``, ``11.8``, ``488``, ``333k``."""
    if value >= 1_000:
        return format_short(round(value))
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 9.95 else f"{value:.2f}".removesuffix(".00")


def _bytes_words(value: float) -> str:
    return format_bytes(round(value))


COLUMNS: tuple[ComparisonColumn, ...] = (
    ComparisonColumn(
        "calls_per_event",
        "calls",
        "calls",
        5,
        lambda facts: facts.calls_per_event,
        count_words,
        N_("system calls of every kind, waiting, reading and writing, for each event"),
        N_("makes most calls"),
        "",
    ),
    ComparisonColumn(
        "examined_per_event",
        "examined",
        "scans",
        6,
        lambda facts: facts.examined_per_event,
        count_words,
        N_("descriptors whose state the kernel looked up, for each event: who scans"),
        N_("scans most"),
        N_(" descriptors an event"),
    ),
    ComparisonColumn(
        "copied_in_per_event",
        N_("copied in"),
        "in",
        7,
        lambda facts: facts.copied_in_per_event,
        _bytes_words,
        N_("bytes of lists handed to the kernel, for each event, requests left out: who copies"),
        N_("copies most"),
        N_(" an event"),
    ),
    ComparisonColumn(
        "copied_out_per_event",
        N_("copied out"),
        "out",
        7,
        lambda facts: facts.copied_out_per_event,
        _bytes_words,
        N_("bytes of results handed back by the kernel, for each event"),
        N_("copies most out of it"),
        "",
    ),
    ComparisonColumn(
        "switches_per_event",
        "switches",
        "switch",
        6,
        lambda facts: facts.switches_per_event,
        count_words,
        N_("context switches, away from a task or to one, for each event: who has to be woken"),
        N_("switches most"),
        N_(" an event"),
    ),
    ComparisonColumn(
        "wakeup_ns",
        "wake-up",
        "wake-up",
        8,
        lambda facts: facts.wakeup_ns,
        format_duration,
        N_("CPU time of waiting for each wake-up, at this number of connections"),
        N_("pays most for a wake-up"),
        "",
    ),
    ComparisonColumn(
        "connection_bytes",
        "memory",
        "memory",
        7,
        lambda facts: facts.connection_bytes,
        _bytes_words,
        N_("kernel and stack memory of one connection, its buffers left out"),
        N_("takes most memory"),
        N_(" a connection"),
    ),
)
"""The columns from left to right. In each of them, a lower figure is better."""
BY_KEY = {column.key: column for column in COLUMNS}
KEEPER_MEANING = N_("who holds the list of what is waited for, while nobody waits")
LIMIT_MEANING = N_("what gives way when there are many connections")
