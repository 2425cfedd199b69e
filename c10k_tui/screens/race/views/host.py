"""The words of the host lane. Each of its figures is measured and is called measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from c10k_tui.text.ratios import ratio_text
from c10k_tui.text.styled_text import Line, Span, clip, width_of
from sim.frames.frame import Frame
from sim.scenario.lanes import LANES
from sim.scenario.units import format_duration, format_short

if TYPE_CHECKING:
    from sim.host.host_view import HostView

LINES = 3
"""With fewer lines than this, the first line also says how many arrivals were not played."""
DEARER = 1.5
"""From this factor on between measured and simulated cost, a call needs an explanation."""


def host_title(view: HostView) -> str:
    """The title of the frame: the origin of the figures."""
    return f"{view.mechanism} ─ MEASURED on this machine's kernel"


def host_subtitle(view: HostView, width: int) -> str:
    """The subtitle of the frame: the number of connections, and why they are fewer than in the race."""
    count = f"{view.opened:,} TCP connections over loopback"
    if view.opened < view.requested:
        count = f"{view.opened:,} of {view.requested:,} TCP connections"
        if view.why_fewer:
            words = f"{count}: {view.why_fewer}"
            return (
                words
                if len(words) + 6 <= width
                else f"{view.opened:,} of {view.requested:,}: {view.why_fewer}"
            )
    return count


def host_lines(view: HostView, frame: Frame, width: int, height: int) -> list[Line]:
    """The lane in at most ``height`` lines, the most important first."""
    if view.failure is not None:
        lines: list[Line] = [((f"cannot run: {view.failure}", "alarm"),)]
    elif view.state != "running":
        lines = [_opening(view), ((_ABOUT, "dim"),)]
    elif view.median_ns is None:
        lines = [
            (
                (f"waiting in a real {_call_of(view.mechanism)} call", "strong"),
                (" for the next burst", "text"),
            )
        ]
        lines.append(((_ABOUT, "dim"),))
    else:
        room = width - 1
        lines = [
            _first(_last(view, height < LINES), room),
            _first(_beside(view, frame), room),
            _played(view, room),
        ]
    return [clip(((" ", "text"), *line), width) for line in lines[:height]]


def _first(wordings: Sequence[Line], width: int) -> Line:
    """The first wording that fits; the last if none does."""
    return next((line for line in wordings if width_of(line) <= width), wordings[-1])


_ABOUT = "a real server answers the same clients; its waiting calls are measured"


def _call_of(mechanism: str) -> str:
    """Name of the call in which a server waits: the mechanism's name, or for an event loop the name of the
    real call.
    """
    return LANES[mechanism].waiting_call if LANES[mechanism].event_loop else mechanism


def _opening(view: HostView) -> Line:
    done = f"{view.opened:,} of {view.requested:,}" if view.state == "opening" else "server starting"
    return (("opening real connections: ", "strong"), (done, "text"))


def _last(view: HostView, with_skipped: bool) -> list[Line]:
    """The last wake-up; also the arrivals that were not played, if they have no line of their own."""
    what = "wake-up" if LANES[view.mechanism].event_loop else "call"
    cost: Line = ((f"last {what} ", "text"), (format_duration(view.last_ns or 0), "strong"))
    were = "descriptor was" if view.last_ready == 1 else "descriptors were"
    how = "slept, then " if view.last_slept else ""
    long = f" of CPU time: {how}{view.last_ready:,} of {view.opened:,} {were} ready"
    wakeups: Line = ((f" · wake-ups {format_short(view.wakeups)}", "dim"),)
    tail: Line = ()
    if with_skipped and view.skipped:
        tail = ((f" · {format_short(view.skipped)} not played", "wasted"),)
    brief = f" of CPU: {how}{view.last_ready:,} of {view.opened:,} ready"
    return [
        (*cost, (long, "text"), *wakeups, *tail),
        (*cost, (long, "text"), *tail),
        (*cost, (brief, "text"), *tail),
        (*cost, *tail),
    ]


def _beside(view: HostView, frame: Frame) -> list[Line]:
    """The usual cost, beside the cost in the simulated lane of the same mechanism."""
    assert view.median_ns is not None
    median: Line = (("measured ", "good"), (f"{format_duration(view.median_ns)}", "strong"))
    best = format_duration(view.best_ns or 0)
    each = "a wake-up, its loop included" if LANES[view.mechanism].event_loop else "a call"
    long, brief = (
        (*median, (words, "text")) for words in (f" {each} (median; best {best})", f" (best {best})")
    )
    lane = next((lane for lane in frame.lanes if lane.name == view.mechanism), None)
    simulated_ns = None if lane is None else lane.counters.wakeup_ns
    if not simulated_ns:
        return [long, brief]
    simulated: Line = ((" · simulated ", "dim"), (format_duration(simulated_ns), view.mechanism))
    ratio: Line = ((f" · {ratio_text(view.median_ns, simulated_ns)}×", "strong"),)
    whole = (*long, *simulated, (" a wake-up", "dim"), *ratio)
    why: Line = ((": real sockets, cold caches", "dim"),) if view.median_ns > DEARER * simulated_ns else ()
    return [(*whole, *why), whole, (*long, *simulated, *ratio), (*brief, *simulated, *ratio)]


def _played(view: HostView, width: int) -> Line:
    """Number of the race's arrivals that the host lane has received."""
    answered: Span = (f"{format_short(view.answered)} requests answered, a burst at a time", "text")
    if not view.skipped:
        return (answered,)
    brief: Line = (answered, (f" · {format_short(view.skipped)} not played", "wasted"))
    why = ": real calls take real time, a frame has 8 ms for them"
    return _first([(*brief, (why, "dim")), brief], width)
