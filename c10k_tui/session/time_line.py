"""The time line as values: the current branch, the position on it, and its markers in words.

The session's notices name markers and branches, recordings name them too, and the race screen draws them
(:mod:`c10k_tui.screens.race.views.time_line`). So the values and their words are here, below all three.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from c10k_tui.session.race_protocol import RaceProtocol
from sim.race.history import Marker
from sim.scenario.scenario import Scenario, Share
from sim.scenario.units import format_count


@dataclass(frozen=True, slots=True)
class TimeLineMark:
    """A marker of the race, in words."""

    at_ns: int
    """Virtual time of the marker."""
    kind: str
    """A kind of :class:`sim.race.history.Marker`, or ``left`` (this branch began here), or ``cured``
    (a change removed a fault)."""
    words: str


@dataclass(frozen=True, slots=True)
class TimeView:
    """The current branch as the time line shows it. Times are virtual, in ns."""

    now_ns: int
    end_ns: int
    """End of the branch: the latest time to which it was run."""
    branch: int
    """0-based number of the branch."""
    branches: int
    """Number of branches."""
    marks: tuple[TimeLineMark, ...]
    left_end_ns: int = 0
    """End of the parent branch; 0 for the first branch. The line extends to this time, but shows nothing
    after its own end.
    """

    @property
    def span_ns(self) -> int:
        """Virtual time that the whole line stands for."""
        return max(self.end_ns, self.left_end_ns)

    def at(self, at_ns: int) -> list[TimeLineMark]:
        """All markers at one time."""
        return [mark for mark in self.marks if mark.at_ns == at_ns]

    def nearest(self) -> list[TimeLineMark]:
        """All markers at the marked time nearest to now; the earlier one of two equally near."""
        if not self.marks:
            return []
        return self.at(min(self.marks, key=lambda mark: abs(mark.at_ns - self.now_ns)).at_ns)


def time_view(race: RaceProtocol) -> TimeView:
    """The time line of a race."""
    branches = race.branches()
    parents = {branch.number: branch.parent for branch in branches}
    ancestors = set(_ancestors(parents, race.branch))
    log = race.log
    marks = [_mark(marker, log, ancestors) for marker in race.markers()]
    parent = parents[race.branch]
    left_end_ns = 0 if parent is None else branches[parent].end_ns
    return TimeView(race.now_ns, race.end_ns, race.branch, len(parents), tuple(marks), left_end_ns)


def _ancestors(parents: dict[int, int | None], branch: int) -> Iterator[int]:
    parent = parents[branch]
    while parent is not None:
        yield parent
        parent = parents[parent]


def _mark(marker: Marker, log: Sequence[tuple[int, Scenario]], ancestors: set[int]) -> TimeLineMark:
    if marker.kind == "fork":
        left = marker.branch in ancestors
        words = f"left {branch_name(marker.branch)}" if left else f"{branch_name(marker.branch)} parts"
        return TimeLineMark(marker.at_ns, "left" if left else "fork", words)
    if marker.kind == "changed":
        before = max(0, bisect_left(log, marker.at_ns, key=itemgetter(0)) - 1)
        after = bisect_right(log, marker.at_ns, key=itemgetter(0)) - 1
        old, new = log[before][1], log[after][1]
        cured = bool(old.fault) and not new.fault
        return TimeLineMark(marker.at_ns, "cured" if cured else "changed", change_words(old, new))
    if marker.kind == "struck":
        return TimeLineMark(marker.at_ns, "struck", f"{marker.lane}: {marker.fault} strikes")
    outcome = {"failed": "failed", "dropped": "first drop"}[marker.kind]
    return TimeLineMark(marker.at_ns, marker.kind, f"{marker.lane}: {outcome}")


def branch_name(number: int) -> str:
    """Name of a branch on the screen, counted from 1.

    Args:
        number: 0-based number of the branch.
    """
    return f"branch {number + 1}"


def change_words(before: Scenario, after: Scenario) -> str:
    """The settings that differ between two scenarios, each with its old and new value."""
    words = []
    if before.fds != after.fds:
        words.append(f"fds {before.fds:,}→{after.fds:,}")
    if before.active != after.active:
        words.append(f"active {_active(before)}→{_active(after)}")
    if before.rate != after.rate:
        words.append(f"{format_count(before.rate)}→{format_count(after.rate)} req/s")
    for name in ("burst", "payload", "buffer", "churn", "seed"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            words.append(f"{name} {old:,}→{new:,}")
    words += [f"{name} on" for name in after.lanes if name not in before.lanes]
    words += [f"{name} off" for name in before.lanes if name not in after.lanes]
    if before.fd_setsize != after.fd_setsize:
        words.append(f"FD_SETSIZE {'on' if after.fd_setsize else 'off'}")
    if before.fault != after.fault:
        words.append(f"{after.fault} made" if after.fault else f"{before.fault} cured")
    return ", ".join(words) or "changed and back"


def _active(scenario: Scenario) -> str:
    return "all" if scenario.active == Share(10_000) else str(scenario.active)
