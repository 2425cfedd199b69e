"""Everything that decides what a recording shows, except for the keys.

A recording is run again from these values, so they are limited: a race may begin late and have many changes,
but running up to its beginning must not take minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from c10k_tui.recording.cast.race_prices import cost_s_per_ns
from sim.machine.costs import BUILT_IN, CostTable
from sim.scenario.scenario import Scenario

THEMES = ("c10k-dark", "c10k-light", "c10k-ansi")
LEAST_COLUMNS, LEAST_ROWS = 80, 24
MOST_COLUMNS, MOST_ROWS = 500, 200
LONGEST_START_NS = 600_000_000_000
"""Where a recording may begin, in virtual time: it has to be run up to there again."""
LONGEST_START_S = 120.0
"""What that may cost, by the price list of :mod:`~c10k_tui.recording.live.frame_pacer`."""
MOST_CHANGES = 10_000


@dataclass(frozen=True, slots=True)
class RecordingStart:
    """Where a race stood when its recording began.

    Attributes:
        scenario: What the race began with.
        changes: Virtual time and new scenario of each change of a setting since, in order.
        at_ns: Virtual time at which the recording begins.
    """

    scenario: Scenario
    changes: tuple[tuple[int, Scenario], ...] = ()
    at_ns: int = 0

    def why_not(self) -> str | None:
        """Why a race cannot be run up to here again, or None if it can."""
        if self.at_ns > LONGEST_START_NS or len(self.changes) > MOST_CHANGES:
            return "the race has gone on for too long"
        cost_s, scenario, since_ns = 0.0, self.scenario, 0
        for time_ns, changed in (*self.changes, (self.at_ns, self.scenario)):
            cost_s += (time_ns - since_ns) * cost_s_per_ns(scenario)
            since_ns, scenario = time_ns, changed
        return "the race has done too much" if cost_s > LONGEST_START_S else None


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """All that decides what a recording shows, but for the keys."""

    start: RecordingStart = field(default_factory=lambda: RecordingStart(Scenario()))
    width: int = 120
    height: int = 36
    """Rows of the picture, the caption's among them."""
    speed: float | None = 2.0
    paused: bool = False
    theme: str = THEMES[0]
    no_color: bool = False
    caption: bool = False
    title: str = ""
    cast_version: int = 2
    frames_per_s: int = 30
    costs: CostTable = BUILT_IN
    """What each simulated step costs: another machine has another table."""
