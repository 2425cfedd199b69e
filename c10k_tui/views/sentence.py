"""What a lane has just done, in plain words, for whoever never heard of epoll.

Every number comes from the call it tells of: looks for nothing are descriptors looked at less
those found ready, over all passes of that call.
"""

from __future__ import annotations

from c10k_tui.spans import Line
from c10k_tui.views.loop_words import loop_activity, loop_sentences
from c10k_tui.views.verdict import held_up, verdict
from sim.frame import CallView, LaneFrame, PassView
from sim.mechanism import LoopView
from sim.scenario import SCANNING_LANES

__all__ = ["activity", "brief_sentence", "sentence", "verdict"]


def sentence(lane: LaneFrame) -> Line:
    """The lane's most recent waiting call, as one sentence."""
    if lane.failure is not None:
        return ((lane.failure, "alarm"),)
    if lane.call is None:
        return _before_the_first(lane)
    if isinstance(lane.mechanism, LoopView):
        return loop_sentences(lane.mechanism)[0]
    return _of_scan(lane.call) if lane.name in SCANNING_LANES else _of_epoll(lane.call)


def brief_sentence(lane: LaneFrame) -> Line:
    """The same in half the words, for narrow lanes."""
    call = lane.call
    if lane.failure is not None or call is None:
        return sentence(lane)
    if isinstance(lane.mechanism, LoopView):
        return loop_sentences(lane.mechanism)[1]
    wasted = max(0, call.scanned - call.ready)
    if lane.name not in SCANNING_LANES:
        return ((f"{call.ready:,}", "strong"), (" ready, picked up: ", "text"), ("no search", "good"))
    return (
        (f"{call.scanned:,}", "strong"),
        (" looks, ", "text"),
        (f"{call.ready:,}", "strong"),
        (" ready: ", "text"),
        (f"{wasted:,} for nothing", "wasted" if wasted else "good"),
    )


def _before_the_first(lane: LaneFrame) -> Line:
    if held_up(lane):
        return (("interrupts take all the CPU", "alarm"), (": it has answered nothing yet", "text"))
    if lane.name == "iocp":
        return (
            ("a receive is under way on each of ", "text"),
            (f"{lane.registered:,}", "strong"),
            (": results will come by themselves", "text"),
        )
    if lane.name not in SCANNING_LANES:
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
    if held_up(lane):
        return (("held up", "alarm"), (" by interrupts", "dim"))
    if lane.activity == "sleeping":
        return (("asleep", "strong"), (": nothing to do until an interrupt", "dim"))
    if lane.activity == "scanning":
        return _scanning(lane.passes[-1] if lane.passes else None)
    if isinstance(lane.mechanism, LoopView) and (told := loop_activity(lane, lane.mechanism)):
        return told
    if lane.activity == "collecting" and lane.name == "epoll" and not lane.ready_listed:
        return (("entering", "epoll"), (" epoll_wait", "dim"))
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
