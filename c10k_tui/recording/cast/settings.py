"""Everything that decides what a recording shows, except for the keys.

A replay starts from these values, so they have limits. A recording may begin late in a race and after many
changes, but running the race to that point must not take minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from c10k_tui.recording.cast.race_prices import cost_s_per_ns
from c10k_tui.text.messages import LANGUAGES
from sim.machine.costs import BUILT_IN, CostTable
from sim.scenario.scenario import Scenario

THEMES = ("c10k-dark", "c10k-light", "c10k-ansi")
LEAST_COLUMNS, LEAST_ROWS = 80, 24
MOST_COLUMNS, MOST_ROWS = 500, 200
LONGEST_START_NS = 600_000_000_000
"""Latest beginning of a recording, in virtual ns; a replay runs the race from its start to there."""
LONGEST_START_S = 120.0
"""Highest cost of running the race to the beginning, in seconds by
:mod:`~c10k_tui.recording.cast.race_prices`.
"""
MOST_CHANGES = 10_000


@dataclass(frozen=True, slots=True)
class RecordingStart:
    """The state of a race at the beginning of its recording.

    Attributes:
        scenario: The race's first scenario.
        changes: Virtual time and new scenario of each later change of a setting, in order.
        at_ns: Virtual time at which the recording begins.
    """

    scenario: Scenario
    changes: tuple[tuple[int, Scenario], ...] = ()
    at_ns: int = 0

    def why_not(self) -> str | None:
        """The reason why a replay cannot run the race to this state; None if it can."""
        if self.at_ns > LONGEST_START_NS or len(self.changes) > MOST_CHANGES:
            return "the race ran for too long"
        cost_s, scenario, since_ns = 0.0, self.scenario, 0
        for time_ns, changed in (*self.changes, (self.at_ns, self.scenario)):
            cost_s += (time_ns - since_ns) * cost_s_per_ns(scenario)
            since_ns, scenario = time_ns, changed
        return "the race did too much work" if cost_s > LONGEST_START_S else None


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """Everything that decides what a recording shows, except for the keys."""

    start: RecordingStart = field(default_factory=lambda: RecordingStart(Scenario()))
    width: int = 120
    height: int = 36
    """Rows of the picture, including the caption."""
    speed: float | None = 2.0
    """See :mod:`c10k_tui.session.pacer`; None for full speed."""
    paused: bool = False
    theme: str = THEMES[0]
    no_color: bool = False
    caption: bool = False
    title: str = ""
    cast_version: int = 2
    frames_per_s: int = 30
    language: str = LANGUAGES[0]
    costs: CostTable = BUILT_IN
    """Prices of the simulated steps; kept because another machine may use another table."""
    pace_is_steady: bool = True
    """False in recordings of versions before 0.3.0: a change of the number of descriptors changed the pace.
    """
