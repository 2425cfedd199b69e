"""The words of the host lane. Each of its figures is measured and is called measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from c10k_tui.text.messages import N_, _
from c10k_tui.text.ratios import ratio_text
from c10k_tui.text.styled_text import Line, Span, clip, width_of
from sim.frames.frame import Frame, LaneFrame
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
    return _("{mechanism} ─ MEASURED on this machine's kernel", mechanism=view.mechanism)


def host_subtitle(view: HostView, width: int) -> str:
    """The subtitle of the frame: the number of connections, and why they are fewer than in the race."""
    count = _("{opened:,} TCP connections over loopback", opened=view.opened)
    if view.opened < view.requested:
        count = _("{opened:,} of {requested:,} TCP connections", opened=view.opened, requested=view.requested)
        if view.why_fewer:
            words = f"{count}: {view.why_fewer}"
            return (
                words
                if cell_len(words) + 6 <= width
                else _(
                    "{opened:,} of {requested:,}: {why_fewer}",
                    opened=view.opened,
                    requested=view.requested,
                    why_fewer=view.why_fewer,
                )
            )
    return count


def host_lines(view: HostView, frame: Frame, width: int, height: int) -> list[Line]:
    """The lane in at most ``height`` lines, the most important first."""
    if view.failure is not None:
        lines: list[Line] = [((_("cannot run: {failure}", failure=view.failure), "alarm"),)]
    elif view.state != "running":
        lines = [_opening(view), ((_(_ABOUT), "dim"),)]
    elif view.median_ns is None:
        lines = [
            (
                (_("waiting in a real {call_of} call", call_of=_call_of(view.mechanism)), "strong"),
                (_(" for the next burst"), "text"),
            )
        ]
        lines.append(((_(_ABOUT), "dim"),))
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


_ABOUT = N_("a real server answers the same clients; its waiting calls are measured")


def _call_of(mechanism: str) -> str:
    """Name of the call in which a server waits: the mechanism's name, or for an event loop the name of the
    real call.
    """
    return LANES[mechanism].waiting_call if LANES[mechanism].event_loop else mechanism


def _opening(view: HostView) -> Line:
    done = (
        _("{opened:,} of {requested:,}", opened=view.opened, requested=view.requested)
        if view.state == "opening"
        else _("server starting")
    )
    return ((_("opening real connections: "), "strong"), (done, "text"))


def _last(view: HostView, with_skipped: bool) -> list[Line]:
    """The last wake-up; also the arrivals that were not played, if they have no line of their own."""
    what = "wake-up" if LANES[view.mechanism].event_loop else "call"
    cost: Line = ((_("last {what} ", what=what), "text"), (format_duration(view.last_ns or 0), "strong"))
    were = _("descriptor was") if view.last_ready == 1 else _("descriptors were")
    how = _("slept, then ") if view.last_slept else ""
    long = _(
        " of CPU time: {how}{last_ready:,} of {opened:,} {were} ready",
        how=how,
        last_ready=view.last_ready,
        opened=view.opened,
        were=were,
    )
    wakeups: Line = ((_(" · wake-ups {wakeups}", wakeups=format_short(view.wakeups)), "dim"),)
    tail: Line = ()
    if with_skipped and view.skipped:
        tail = ((_(" · {skipped} not played", skipped=format_short(view.skipped)), "wasted"),)
    brief = _(
        " of CPU: {how}{last_ready:,} of {opened:,} ready",
        how=how,
        last_ready=view.last_ready,
        opened=view.opened,
    )
    return [
        (*cost, (long, "text"), *wakeups, *tail),
        (*cost, (long, "text"), *tail),
        (*cost, (brief, "text"), *tail),
        (*cost, *tail),
    ]


def _beside(view: HostView, frame: Frame) -> list[Line]:
    """The usual cost, beside the cost in the simulated lane of the same mechanism.

    Calls that had to wait are compared with calls that had to wait, and calls that found data at once with
    their like. A wake-up of an event loop is compared whole.
    """
    assert view.median_ns is not None
    lane = next((lane for lane in frame.lanes if lane.name == view.mechanism), None)
    measured_ns, simulated_ns, kind = _like_with_like(view, lane)
    median: Line = ((_("measured "), "good"), (f"{format_duration(measured_ns)}", "strong"))
    best = format_duration(view.best_ns or 0)
    each = (
        _("a wake-up, its loop included")
        if LANES[view.mechanism].event_loop
        else _("a call{kind}", kind=kind)
    )
    notes = (
        (_(" (median)"), "")
        if kind
        else (_(" (median; best {best})", best=best), _(" (best {best})", best=best))
    )
    long, brief = (*median, (f" {each}{notes[0]}", "text")), (*median, (notes[1], "text"))
    if lane is None:
        return [long, brief]
    if not simulated_ns:
        return [(*long, (_(" · simulated: no such call yet"), "dim")), long, brief]
    simulated: Line = ((_(" · simulated "), "dim"), (format_duration(simulated_ns), view.mechanism))
    ratio: Line = ()
    if measured_ns >= simulated_ns:
        ratio = ((f" · {ratio_text(measured_ns, simulated_ns)}×", "strong"),)
    whole = (*long, *simulated, *ratio)
    why: Line = ((_(": real sockets, cold caches"), "dim"),) if measured_ns > DEARER * simulated_ns else ()
    return [(*whole, *why), whole, (*brief, *simulated, *ratio)]


def _like_with_like(view: HostView, lane: LaneFrame | None) -> tuple[int, int | None, str]:
    """Measured and simulated cost of one kind of call in ns, and words for the kind.

    It is a kind that both have: calls that had to wait, else calls that found data at once. If they have none
    in common, the simulated cost is None.
    """
    assert view.median_ns is not None
    if LANES[view.mechanism].event_loop:
        return view.median_ns, None if lane is None else lane.counters.wakeup_ns, ""
    counters = None if lane is None else lane.counters
    slept_ns = None if counters is None else counters.slept_call_ns
    at_once_ns = None if counters is None else counters.at_once_call_ns
    kinds: list[tuple[int, int | None, str]] = []
    if view.slept_median_ns is not None:
        kinds.append((view.slept_median_ns, slept_ns, _(" that had to wait")))
    if view.at_once_median_ns is not None:
        kinds.append((view.at_once_median_ns, at_once_ns, _(" that found data at once")))
    if not kinds:  # a recording of before the kinds were told apart
        return view.median_ns, None, ""
    return next((kind for kind in kinds if kind[1]), kinds[0])


def _played(view: HostView, width: int) -> Line:
    """Number of the race's arrivals that the host lane has received."""
    answered: Span = (
        _("{answered} requests answered, a burst at a time", answered=format_short(view.answered)),
        "text",
    )
    if not view.skipped:
        return (answered,)
    brief: Line = (answered, (_(" · {skipped} not played", skipped=format_short(view.skipped)), "wasted"))
    why = _(": real calls take real time, a frame has 8 ms for them")
    return _first([(*brief, (why, "dim")), brief], width)
