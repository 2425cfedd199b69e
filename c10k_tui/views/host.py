"""What the host lane says: every figure of it is measured, and said to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from c10k_tui.spans import Line, Span, clip, width_of
from c10k_tui.views.verdict import ratio_text
from sim.frame import Frame
from sim.units import format_duration, format_short

if TYPE_CHECKING:
    from sim.hostlane import HostView


def host_title(view: HostView) -> str:
    """On the frame: whose figures these are."""
    return f"{view.mechanism} ─ MEASURED on this machine's kernel"


def host_subtitle(view: HostView, width: int) -> str:
    """On the frame: how many connections there are, and why not more."""
    count = f"{view.opened:,} TCP connections over loopback"
    if view.opened < view.asked:
        count = f"{view.opened:,} of {view.asked:,} TCP connections"
        if view.why_fewer:
            words = f"{count}: {view.why_fewer}"
            return (
                words if len(words) + 6 <= width else f"{view.opened:,} of {view.asked:,}: {view.why_fewer}"
            )
    return count


def host_lines(view: HostView, frame: Frame, width: int, height: int) -> list[Line]:
    """The lane in at most ``height`` lines, what matters most first."""
    if view.failure is not None:
        lines: list[Line] = [((f"cannot run: {view.failure}", "alarm"),)]
    elif view.state != "running":
        lines = [_opening(view), ((_ABOUT, "dim"),)]
    elif view.median_ns is None:
        lines = [((f"waiting in a real {view.mechanism} call", "strong"), (" for the next burst", "text"))]
        lines.append(((_ABOUT, "dim"),))
    else:
        lines = [_last(view), _beside(view, frame, width), _played(view, width)]
    return [clip(((" ", "text"), *line), width) for line in lines[:height]]


_ABOUT = "a real server answers the same clients; its waiting calls are measured"


def _opening(view: HostView) -> Line:
    done = f"{view.opened:,} of {view.asked:,}" if view.state == "opening" else "server starting"
    return (("opening real connections: ", "strong"), (done, "text"))


def _last(view: HostView) -> Line:
    """The last wake-up."""
    ready = "descriptor was" if view.last_ready == 1 else "descriptors were"
    how = "slept, then " if view.last_slept else ""
    return (
        ("last call ", "text"),
        (format_duration(view.last_ns or 0), "strong"),
        (f" of CPU time: {how}{view.last_ready:,} of {view.opened:,} {ready} ready", "text"),
        (f" · wake-ups {format_short(view.wakeups)}", "dim"),
    )


def _beside(view: HostView, frame: Frame, width: int) -> Line:
    """The usual cost, beside that of the simulated lane of the same mechanism."""
    assert view.median_ns is not None
    spans: list[Span] = [("measured ", "good"), (f"{format_duration(view.median_ns)}", "strong")]
    spans.append((f" a call (median; best {format_duration(view.best_ns or 0)})", "text"))
    lane = next((lane for lane in frame.lanes if lane.name == view.mechanism), None)
    simulated_ns = None if lane is None else lane.counters.wakeup_ns
    if not simulated_ns:
        return tuple(spans)
    spans += [
        (" · simulated ", "dim"),
        (format_duration(simulated_ns), view.mechanism),
        (" a wake-up", "dim"),
    ]
    ratio: Line = ((f" · {ratio_text(view.median_ns, simulated_ns)}×", "strong"),)
    why: Line = ((": real sockets, cold caches", "dim"),)
    for tail in ((*ratio, *why), ratio):
        if width_of((*spans, *tail)) < width - 1 and (tail is ratio or view.median_ns > 1.5 * simulated_ns):
            return (*spans, *tail)
    return tuple(spans)


def _played(view: HostView, width: int) -> Line:
    """How much of the race's arrivals it has been given."""
    spans: list[Span] = [(f"{format_short(view.answered)} requests answered, a burst at a time", "text")]
    if view.skipped:
        spans.append((f" · {format_short(view.skipped)} not played", "wasted"))
        why = ": real calls take real time, a frame has 8 ms for them"
        if width_of(spans) + len(why) < width - 1:
            spans.append((why, "dim"))
    return tuple(spans)
