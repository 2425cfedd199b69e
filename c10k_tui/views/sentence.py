"""What a lane has just done, in plain words, for whoever never heard of epoll.

Every number comes from the call it tells of: looks for nothing are descriptors looked at less
those found ready, over all passes of that call.
"""

from __future__ import annotations

from c10k_tui.spans import Line, clip, width_of
from sim.frame import CallView, Frame, LaneFrame, PassView
from sim.units import format_duration, format_short

BUSY_LOOKS = 20
"""If at least one look in so many finds something, that is why epoll's lead is small."""
FEW_FDS = 64
"""So few descriptors that a scan is over in no time."""


def sentence(lane: LaneFrame) -> Line:
    """The lane's most recent waiting call, as one sentence."""
    if lane.failure is not None:
        return ((lane.failure, "alarm"),)
    if lane.call is None:
        return _before_the_first(lane)
    return _of_epoll(lane.call) if lane.name == "epoll" else _of_scan(lane.call)


def brief_sentence(lane: LaneFrame) -> Line:
    """The same in half the words, for narrow lanes."""
    call = lane.call
    if lane.failure is not None or call is None:
        return sentence(lane)
    wasted = max(0, call.scanned - call.ready)
    if lane.name == "epoll":
        return ((f"{call.ready:,}", "strong"), (" ready, picked up: ", "text"), ("no search", "good"))
    return (
        (f"{call.scanned:,}", "strong"),
        (" looks, ", "text"),
        (f"{call.ready:,}", "strong"),
        (" ready: ", "text"),
        (f"{wasted:,} for nothing", "wasted" if wasted else "good"),
    )


def _before_the_first(lane: LaneFrame) -> Line:
    if lane.name == "epoll":
        return (
            ("the kernel holds the list of all ", "text"),
            (f"{lane.registered:,}", "strong"),
            (": it will say which are ready", "text"),
        )
    return (
        ("every call hands over all ", "text"),
        (f"{lane.registered:,}", "strong"),
        (" and has each one looked at", "text"),
    )


def _of_scan(call: CallView) -> Line:
    wasted = call.scanned - call.ready
    asked: Line = (("asked about ", "text"), (f"{call.asked:,}", "strong"))
    if call.passes == 2:
        asked = (("looked twice at all ", "text"), (f"{call.asked:,}", "strong"))
    elif call.passes > 2:
        asked = ((f"looked {call.passes} times at all ", "text"), (f"{call.asked:,}", "strong"))
    found = (*asked, (", ", "text"), (f"{call.ready:,}", "strong"), (f" {_were(call.ready)} ready: ", "text"))
    if wasted <= 0:
        return (*found, ("no look for nothing", "good"))
    looks = "look" if wasted == 1 else "looks"
    return (*found, (f"{wasted:,} {looks} for nothing", "wasted"))


def _of_epoll(call: CallView) -> Line:
    picked: Line = (
        (f"{call.ready:,}", "strong"),
        (f" {_were(call.ready)} ready, ", "text"),
        (f"{call.ready:,}", "strong"),
        (" picked up: ", "text"),
    )
    wasted = call.scanned - call.ready
    if wasted <= 0:
        return (*picked, ("no look for nothing", "good"))
    return (*picked, ("no search", "good"), (f" ({wasted:,} looked at again)", "text"))


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def activity(lane: LaneFrame) -> Line:
    """What the lane is doing this very moment."""
    if lane.activity == "failed":
        return (("stopped", "alarm"),)
    if lane.activity == "sleeping":
        return (("asleep", "strong"), (": nothing to do until an interrupt", "dim"))
    if lane.activity == "scanning":
        return _scanning(lane.passes[-1] if lane.passes else None)
    if lane.activity == "collecting" and lane.name == "epoll":
        return (("collecting", "epoll"), (" from the ready list", "dim"))
    if lane.activity == "collecting":
        return (("in the call", "strong"), (": copying, wait queues", "dim"))
    if lane.serving_fd is not None:
        return (("serving", "good"), (f" fd {lane.serving_fd}", "dim"))
    return (("serving", "good"),)


def _scanning(scan: PassView | None) -> Line:
    if scan is None or scan.end_ns is not None:
        return (("scanning", "wasted"),)
    which = {1: "", 2: ", for the second time"}.get(scan.number, f", pass {scan.number}")
    return (("scanning", "wasted"), (f": {scan.position:,} of {scan.count:,} asked{which}", "dim"))


def verdict(frame: Frame, width: int) -> Line:
    """What the race shows so far, in one line of ``width`` cells."""
    line = _verdict(frame)
    opening: Line = (("Same packets, same answers. ", "text"),)
    if line[0][0].startswith("A wake-up") and width_of(line) + width_of(opening) <= width:
        return (*opening, *line)
    return clip(line, width)


def _verdict(frame: Frame) -> Line:
    scenario = frame.scenario
    scan = next((lane for lane in frame.lanes if lane.name != "epoll"), None)
    epoll = next((lane for lane in frame.lanes if lane.name == "epoll"), None)
    if scan is None or epoll is None:
        return _verdict_alone(frame.lanes[0])
    if scan.failure is not None:
        return (
            (scan.name, scan.name),
            (" has reached the limit of the C library; ", "text"),
            ("epoll", "epoll"),
            (" has no such limit. Press l to lift it.", "text"),
        )
    lead = _lead(scan, epoll)
    if lead is None:
        return (
            ("Same packets for both. ", "text"),
            (scan.name, scan.name),
            (" has to ask every descriptor; ", "text"),
            ("epoll", "epoll"),
            (" is told which are ready.", "text"),
        )
    if scenario.fds > FEW_FDS and scan.counters.ready * BUSY_LOOKS >= scan.counters.scanned:
        looks = ratio_text(scan.counters.scanned, scan.counters.ready)
        return (
            ("Many talk at once: one look in ", "text"),
            (looks, "strong"),
            (" finds something, so ", "text"),
            ("epoll", "epoll"),
            ("'s lead shrinks to ", "text"),
            (f"{lead}×", "strong"),
            (" a wake-up.", "text"),
        )
    if scenario.churn and epoll.counters.epoll_ctl:
        return (
            ("Connections come and go: each costs ", "text"),
            ("epoll", "epoll"),
            (" an ", "text"),
            ("epoll_ctl", "strong"),
            (f" ({epoll.counters.epoll_ctl:,} so far). Its lead: ", "text"),
            (f"{lead}×", "strong"),
            (" a wake-up.", "text"),
        )
    if scenario.fds <= FEW_FDS:
        return (
            (f"Only {scenario.fds} to ask: a scan is over in no time, and ", "text"),
            ("epoll", "epoll"),
            (" gains little: ", "text"),
            (f"{lead}×", "strong"),
            (" a wake-up.", "text"),
        )
    return (
        ("A wake-up costs ", "text"),
        (scan.name, scan.name),
        (f" {format_duration(scan.counters.wakeup_ns or 0)}, ", "text"),
        ("epoll", "epoll"),
        (f" {format_duration(epoll.counters.wakeup_ns or 0)}: ", "text"),
        (f"{lead}×", "strong"),
        (" less.", "text"),
    )


def _verdict_alone(lane: LaneFrame) -> Line:
    done = lane.counters
    return (
        (lane.name, lane.name),
        (f" alone: {format_short(done.wasted)} looks for nothing so far. ", "text"),
        ("Keys 1 2 3 bring the others in.", "dim"),
    )


def _lead(scan: LaneFrame, epoll: LaneFrame) -> str | None:
    """How many times cheaper a wake-up of epoll is, or None before both had one."""
    if not scan.counters.wakeup_ns or not epoll.counters.wakeup_ns:
        return None
    return ratio_text(scan.counters.wakeup_ns, epoll.counters.wakeup_ns)


def ratio_text(over: int, under: int) -> str:
    """``over`` ÷ ``under`` to two digits or more; ``under`` is not 0."""
    value = over / under
    if value < 0.095:
        return f"{value:.1g}"
    return f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}"
