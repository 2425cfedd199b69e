"""The words for a fault that occurs in a lane: the fault, and the correct way of a program.

Many faults last only a microsecond, so a warning stays after its fault has struck. Its words describe the
present, or the last strike. The longest wording that fits is shown, and no wording is cut inside a word.
"""

from __future__ import annotations

from dataclasses import replace

from c10k_tui.text.fault_words import struck_words
from c10k_tui.text.glyphs import ARROW
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, Span, Wordings, clip, text_of, width_of, wrap
from sim.frames.frame import FaultView, Frame, LaneFrame
from sim.scenario.faults import FAULTS, FD_SETSIZE, HERD, STRIKING
from sim.scenario.lanes import maker_of
from sim.scenario.scenario import Scenario
from sim.scenario.units import format_short

KEY = "u"
"""The key that cures a fault, or makes it again."""


HOLD_S = 1.5
"""Wall seconds that a warning keeps its words while the race runs."""


class LastingWarnings:
    """Warnings that stay long enough to be read while a race runs.

    For a while, a warning keeps its descriptor and its word "now" or "last time". Its figures are always the
    frame's.
    """

    def __init__(self) -> None:
        self._held: dict[str, tuple[FaultView, float]] = {}

    def forget(self) -> None:
        """Drop all warnings: another race, or another time of it, comes next."""
        self._held.clear()

    def hold(self, frame: Frame, now_s: float, *, moving: bool) -> Frame:
        """The frame with its earlier warnings kept; the same frame if no warning is kept.

        Args:
            frame: The race now.
            now_s: Wall time.
            moving: True if the race runs. A paused race shows the warnings of its own time.
        """
        if not moving:
            self.forget()
            return frame
        lanes = tuple(self._hold_lane(lane, now_s) for lane in frame.lanes)
        same = all(new is old for new, old in zip(lanes, frame.lanes, strict=True))
        return frame if same else replace(frame, lanes=lanes)

    def _hold_lane(self, lane: LaneFrame, now_s: float) -> LaneFrame:
        view = lane.warning
        held, since_s = self._held.get(lane.name, (None, 0.0))
        if view is None:
            self._held.pop(lane.name, None)
            return lane
        if held is None or held.kind != view.kind or now_s - since_s >= HOLD_S:
            self._held[lane.name] = view, now_s
            return lane
        if (held.fd, held.present) == (view.fd, view.present):
            return lane  # The same warning, with the figures of this frame.
        warning = replace(
            view, text=held.text, brief=held.brief, fd=held.fd, count=held.count, present=held.present
        )
        return replace(lane, warning=warning)


def curable(warning: FaultView, scenario: Scenario) -> bool:
    """True if the key cures this fault: the scenario makes it. A fault that arose otherwise has no key."""
    return warning.kind == (FD_SETSIZE if scenario.fd_setsize and not scenario.fault else scenario.fault)


def warning_lines(warning: FaultView, width: int, rows: int, *, with_key: bool) -> list[Line]:
    """The warning in at most ``rows`` lines of ``width`` cells.

    Args:
        warning: The fault.
        width: Cells in a line.
        rows: Number of lines.
        with_key: True if a key cures the fault.
    """
    for wording in _wordings(warning, with_key=with_key):
        lines = wrap(wording, width, rows)
        if not text_of(lines[-1]).endswith("…"):
            return lines
    return lines


def _wordings(warning: FaultView, *, with_key: bool) -> Wordings:
    instead: Line = ((_("Instead: "), "text"), (warning.cure, "strong"))
    key: Line = ((_(" ({key}: cure it)", key=KEY), "good"),) if with_key else ()
    short_key: Line = ((f" ({KEY})", "good"),) if with_key else ()
    history: Line = ((f" · {struck_words(warning)}", "dim"),) if warning.strikes > 1 else ()
    text: Line = ((f"{warning.text}. ", "alarm"),)
    brief: Line = ((f"{warning.brief}. ", "alarm"),)
    return (
        (*text, *instead, *key, *history),
        (*text, *instead, *key),
        (*brief, *instead, *key, *history),
        (*brief, *instead, *key),
        (*brief, *instead, *short_key),
        ((f"{warning.brief} {ARROW} ", "alarm"), (warning.cure, "strong"), *short_key),
        ((f"{warning.brief} {ARROW} ", "alarm"), (warning.cure, "strong")),
        ((f"{warning.kind} {ARROW} ", "alarm"), (warning.cure, "strong")),
    )


def struck_verdict(frame: Frame) -> Wordings | None:
    """The verdict on a race in which a fault has struck; None if none has."""
    lanes = [lane for lane in frame.lanes if lane.warning is not None and lane.failure is None]
    if not lanes:
        return None
    first = lanes[0]
    assert first.warning is not None
    others = [lane for lane in frame.lanes if lane.warning is None and lane.failure is None]
    who = tuple(span for lane in lanes for span in ((lane.name, lane.name), (_(" and "), "text")))[:-1]
    what: Line = ((f": {first.warning.kind} ", "alarm"), (_history(lanes), "text"))
    place = "" if first.warning.fd is None else _(", fd {fd:,}", fd=first.warning.fd)
    last: Line = ((place, "text"),)
    spared: Line = ()
    if others:
        spared = ((". ", "text"), (others[0].name, others[0].name), (_(" is spared"), "text"))
    if len(others) > 1:
        spared = ((_(". The others are spared"), "text"),)
    key: Line = ((".", "text"),)
    if curable(first.warning, frame.scenario):
        key = ((" · ", "dim"), (_("{key}: cure it", key=KEY), "good"), (".", "text"))
    each: Wordings = ()
    if len(lanes) > 1:
        each = ((*_each(lanes), *key), (*_each(lanes), (".", "text")))
    return (
        *each,
        (*who, *what, *last, *spared, *key),
        (*who, *what, *last, *key),
        (*who, *what, *key),
        (*who, (f": {first.warning.kind}", "alarm"), *key),
    )


def _each(lanes: list[LaneFrame]) -> Line:
    """The fault in each of several lanes."""
    spans: list[Span] = []
    for lane in lanes:
        if lane.warning is not None:
            spans += [("; ", "text")] if spans else []
            spans += [(lane.name, lane.name), (": ", "text"), (lane.warning.brief, "alarm")]
    return tuple(spans)


def _history(lanes: list[LaneFrame]) -> str:
    """Number of strikes in all these lanes, and the time of the first."""
    views = [lane.warning for lane in lanes if lane.warning is not None]
    first_ns = min(view.first_ns for view in views)
    return struck_words(replace(views[0], strikes=sum(view.strikes for view in views), first_ns=first_ns))


def strike_row(lane: str, kind: int, count: int, fd: int, width: int) -> Line:
    """The feed's row for a strike, in at most ``width`` cells.

    Args:
        lane: The lane.
        kind: Index in :data:`sim.scenario.faults.STRIKING`.
        count: Number of strikes by then.
        fd: The descriptor concerned; -1 for none.
        width: Cells.
    """
    fault = STRIKING[kind]
    often = "strikes" if count == 1 else _("has struck {count:,} times", count=count)
    where = "" if fd < 0 else _(", fd {fd}", fd=fd)
    meaning = f": {FAULTS[fault]}" if fault in FAULTS and count == 1 else ""
    choices: Wordings = (
        ((f"! {lane}: {fault} {often}{where}", "alarm"), (meaning, "text")),
        ((f"! {lane}: {fault} {often}{where}", "alarm"),),
        ((f"! {lane}: {fault} ×{count:,}", "alarm"),),
        ((f"! {fault} ×{count:,}", "alarm"),),
    )
    return next((line for line in choices if width_of(line) <= width), clip(choices[-1], width))


def unmade_fault(scenario: Scenario) -> Wordings | None:
    """The verdict on a race with a fault that none of its lanes can make; None if one can."""
    maker = maker_of(scenario.fault)
    if maker is None or maker in scenario.lanes:
        return None
    fault: Line = ((scenario.fault, "alarm"), (_(" is a mistake that "), "text"), (maker, "strong"))
    return (
        (*fault, (_(" makes, which is not in this race. P: presets that show one."), "text")),
        (*fault, (_(" makes, which is not in this race."), "text")),
    )


def cured_herd(frame: Frame) -> Wordings | None:
    """The verdict if EPOLLEXCLUSIVE keeps the herd small, but larger than one; None if the race does not show
    it.
    """
    lane = next((lane for lane in frame.lanes if HERD in lane.kind.mistakes), None)
    if lane is None or len(frame.lanes) > 2 or not frame.scenario.churn or not lane.counters.spurious_wakes:
        return None
    who: Line = ((lane.name, lane.name),)
    counts: Line = (
        (_(": {wakeups} wake-ups, ", wakeups=format_short(lane.counters.wakeups)), "text"),
        (
            _("{spurious_wakes} more in vain", spurious_wakes=format_short(lane.counters.spurious_wakes)),
            "strong",
        ),
    )
    return (
        (*who, *counts, (_(": while one is busy, the next one is woken for its connection too."), "text")),
        (*who, *counts, (_(": one was busy, another woken."), "text")),
        (*who, *counts, (".", "text")),
    )
