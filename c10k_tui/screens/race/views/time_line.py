"""The row of the time line: the current branch, the position on it, and its markers.

The row has the line between two keys, its end time, and the words of the marker nearest to the position. The
place and the length of the line depend only on the width, so that the line does not move while the mouse
drags along it. A cell stands for a stretch of time; a cell with a marker stands for that marker's time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from c10k_tui.session.time_line import TimeLineMark, TimeView
from c10k_tui.text import glyphs
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, Span, clip, width_of
from sim.scenario.units import format_duration

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
"""Glyph and role of each kind of marker. If a cell has several markers, the first kind of this list is
shown."""
_KINDS = list(_LOOKS)


@dataclass(frozen=True, slots=True)
class TimeLineLayout:
    """The place of the line in a row of one width."""

    first_x: int
    cells: int

    def x_of(self, at_ns: int, span_ns: int) -> int:
        """The column of a time, on a line that stands for this much time."""
        part = at_ns * (self.cells - 1) / span_ns if span_ns else 0.0
        return self.first_x + min(self.cells - 1, max(0, round(part)))

    def moment_at(self, x: int, view: TimeView) -> int:
        """The time that a column stands for: a marker's time if it shows one, else the middle of its
        stretch.
        """
        cell = min(self.cells - 1, max(0, x - self.first_x))
        marks = [mark for mark in view.marks if self.x_of(mark.at_ns, view.span_ns) == self.first_x + cell]
        if marks:
            return _foremost(marks).at_ns
        return view.span_ns * cell // max(1, self.cells - 1)


def layout_of(width: int) -> TimeLineLayout:
    """The place of the line in a row of this width."""
    beside = len(BACK) + len(FORTH) + 2 + _END_WIDTH + _words_width(width)
    return TimeLineLayout(len(BACK) + 1, max(2, width - beside))


def _words_width(width: int) -> int:
    return min(64, max(32, width * 3 // 8))


def time_line(view: TimeView, width: int) -> Line:
    """The row, at most ``width`` cells."""
    place = layout_of(width)
    spans: list[Span] = [(BACK, "key"), ("├", "frame"), *_signs(view, place), ("┤", "frame"), (FORTH, "key")]
    if view.now_ns < view.end_ns:
        spans.append((f" {format_duration(view.now_ns)} ", "cursor"))
        spans.append((_(" of {end_ns} ", end_ns=format_duration(view.end_ns)), "dim"))
    else:
        spans.append((f" {format_duration(view.now_ns)} ".ljust(_END_WIDTH), "strong"))
    return clip((*spans, *_words(view, width - width_of(spans))), width)


def _signs(view: TimeView, place: TimeLineLayout) -> Iterator[Span]:
    """The cells of the line. The position covers markers, and markers cover the line."""
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
    """The branch, if there are several, and the words and the time of the nearest marker."""
    if view.branches == 1 and not view.marks:
        return ((_("b: back"), "dim"),)
    spans: list[Span] = []
    if view.branches > 1:
        spans = [(_("branch {branch}/{branches} ", branch=view.branch + 1, branches=view.branches), "strong")]
    marks = sorted(view.nearest(), key=lambda mark: _KINDS.index(mark.kind))
    marker_words: list[Span] = []
    for mark in marks:
        glyph, role = _LOOKS[mark.kind]
        marker_words += [(f"{glyph} ", role), (f"{mark.words} ", "text")]
    when: Line = ((f"{format_duration(marks[0].at_ns)} ", "dim"),) if marks else ()
    whole = (*spans, *when, *marker_words)
    return whole if width_of(whole) <= width else clip((*spans, *marker_words), width)
