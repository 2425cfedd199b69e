"""The time line: the branch that is on from its start to its end, where the race is, and what happened.

One row: the line between two keys, when it ends, and beside it what there is at the marker nearest to
the position. The line has its place and length by the width alone, so that it stands still under a mouse
that drags; a cell stands for a stretch of time, and one with a marker for that marker's very moment.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from c10k_tui.session.race_protocol import RaceProtocol
from c10k_tui.text import glyphs
from c10k_tui.text.styled_text import Line, Span, clip, width_of
from sim.race.history import Marker
from sim.scenario.scenario import Scenario, Share
from sim.scenario.units import format_count, format_duration

BACK, FORTH = " < ", " > "
_END_WIDTH = 9
_LOOKS = {
    "failed": (glyphs.TIMES, "alarm"),
    "struck": (glyphs.STRUCK, "alarm"),
    "cured": (glyphs.CHANGED, "good"),
    "fork": (glyphs.FORK, "rule"),
    "left": (glyphs.LEFT, "rule"),
    "changed": (glyphs.CHANGED, "strong"),
    "dropped": (glyphs.DROPPED, "wasted"),
}
"""Glyph and role of what a marker stands for; of several in one cell the first of these is shown."""
_KINDS = list(_LOOKS)


@dataclass(frozen=True, slots=True)
class TimeLineMark:
    """A marker as it is shown."""

    at_ns: int
    kind: str
    """One of those that :class:`sim.race.history.Marker` has; or ``left``: this branch began here; or
    ``cured``: a change that took a fault away."""
    words: str


@dataclass(frozen=True, slots=True)
class TimeView:
    """The branch that is on, as the time line shows it."""

    now_ns: int
    end_ns: int
    branch: int
    branches: int
    marks: tuple[TimeLineMark, ...]
    left_end_ns: int = 0
    """How far the branch goes that this one left: of its future the line shows that there is one."""

    @property
    def span_ns(self) -> int:
        """What the whole line stands for."""
        return max(self.end_ns, self.left_end_ns)

    def at(self, at_ns: int) -> list[TimeLineMark]:
        """What there is at a moment."""
        return [mark for mark in self.marks if mark.at_ns == at_ns]

    def nearest(self) -> list[TimeLineMark]:
        """What there is at the marker nearest to now, the earlier one of two."""
        if not self.marks:
            return []
        return self.at(min(self.marks, key=lambda mark: abs(mark.at_ns - self.now_ns)).at_ns)


@dataclass(frozen=True, slots=True)
class TimeLineLayout:
    """Where the line is in a row of some width."""

    first_x: int
    cells: int

    def x_of(self, at_ns: int, span_ns: int) -> int:
        """The column of a moment on a line that stands for so much time."""
        part = at_ns * (self.cells - 1) / span_ns if span_ns else 0.0
        return self.first_x + min(self.cells - 1, max(0, round(part)))

    def moment_at(self, x: int, view: TimeView) -> int:
        """What a column means: a marker's moment if it shows one, else the middle of its stretch."""
        cell = min(self.cells - 1, max(0, x - self.first_x))
        marks = [mark for mark in view.marks if self.x_of(mark.at_ns, view.span_ns) == self.first_x + cell]
        if marks:
            return _foremost(marks).at_ns
        return view.span_ns * cell // max(1, self.cells - 1)


def layout_of(width: int) -> TimeLineLayout:
    """The line in a row of this width."""
    beside = len(BACK) + len(FORTH) + 2 + _END_WIDTH + _words_width(width)
    return TimeLineLayout(len(BACK) + 1, max(2, width - beside))


def _words_width(width: int) -> int:
    return min(64, max(32, width * 3 // 8))


def time_view(race: RaceProtocol) -> TimeView:
    """A race's time line."""
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
    said = {"failed": "failed", "dropped": "first drop"}[marker.kind]
    return TimeLineMark(marker.at_ns, marker.kind, f"{marker.lane}: {said}")


def branch_name(number: int) -> str:
    """How a branch is called: people count from 1."""
    return f"branch {number + 1}"


def change_words(before: Scenario, after: Scenario) -> str:
    """Which settings have changed, and how."""
    said = []
    if before.fds != after.fds:
        said.append(f"fds {before.fds:,}→{after.fds:,}")
    if before.active != after.active:
        said.append(f"active {_active(before)}→{_active(after)}")
    if before.rate != after.rate:
        said.append(f"{format_count(before.rate)}→{format_count(after.rate)} req/s")
    for name in ("burst", "payload", "churn", "seed"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            said.append(f"{name} {old:,}→{new:,}")
    said += [f"{name} on" for name in after.lanes if name not in before.lanes]
    said += [f"{name} off" for name in before.lanes if name not in after.lanes]
    if before.fd_setsize != after.fd_setsize:
        said.append(f"FD_SETSIZE {'on' if after.fd_setsize else 'off'}")
    if before.fault != after.fault:
        said.append(f"{after.fault} made" if after.fault else f"{before.fault} cured")
    return ", ".join(said) or "changed and back"


def _active(scenario: Scenario) -> str:
    return "all" if scenario.active == Share(10_000) else str(scenario.active)


def time_line(view: TimeView, width: int) -> Line:
    """The row, at most ``width`` cells."""
    place = layout_of(width)
    spans: list[Span] = [(BACK, "key"), ("├", "frame"), *_signs(view, place), ("┤", "frame"), (FORTH, "key")]
    spans.append((f" {format_duration(view.span_ns)}".ljust(_END_WIDTH), "dim"))
    return clip((*spans, *_words(view, width - width_of(spans))), width)


def _signs(view: TimeView, place: TimeLineLayout) -> Iterator[Span]:
    """The cells of the line: the position before all, the markers, and the line itself."""
    here, end = place.x_of(view.now_ns, view.span_ns), place.x_of(view.end_ns, view.span_ns)
    marks: dict[int, list[TimeLineMark]] = {}
    for mark in view.marks:
        marks.setdefault(place.x_of(mark.at_ns, view.span_ns), []).append(mark)
    for x in range(place.first_x, place.first_x + place.cells):
        if x == here:
            yield glyphs.POSITION, "rule" if view.now_ns < view.end_ns else "strong"
        elif x in marks:
            yield _LOOKS[_foremost(marks[x]).kind]
        elif x < here:
            yield glyphs.DONE, "dim"
        else:
            yield (glyphs.AHEAD if x <= end else glyphs.ELSEWHERE), "frame"


def _foremost(marks: Sequence[TimeLineMark]) -> TimeLineMark:
    return min(marks, key=lambda mark: _KINDS.index(mark.kind))


def _words(view: TimeView, width: int) -> Line:
    """Which branch this is, if there are several, and what there is at the nearest marker, and when."""
    if view.branches == 1 and not view.marks:
        return (("b < >: back in time", "dim"),)
    spans: list[Span] = []
    if view.branches > 1:
        spans = [(f"branch {view.branch + 1}/{view.branches} ", "strong")]
    marks = sorted(view.nearest(), key=lambda mark: _KINDS.index(mark.kind))
    told: list[Span] = []
    for mark in marks:
        glyph, role = _LOOKS[mark.kind]
        told += [(f"{glyph} ", role), (f"{mark.words} ", "text")]
    when: Line = ((f"{format_duration(marks[0].at_ns)} ", "dim"),) if marks else ()
    whole = (*spans, *when, *told)
    return whole if width_of(whole) <= width else clip((*spans, *told), width)
