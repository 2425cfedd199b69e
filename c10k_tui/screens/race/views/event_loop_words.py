"""The words of a lane with an event loop: its loop's work on the events, and the cost of that work beyond
epoll.

Figures are of the loop's last round. A round lasts from one idle moment of the loop to the next. The
verdict's figures are means since the counters began.
"""

from __future__ import annotations

from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, Wordings
from sim.frames.frame import Frame, LaneFrame
from sim.frames.mechanism import LoopView
from sim.scenario.lanes import REFERENCE
from sim.scenario.units import format_duration


def loop_sentences(loop: LoopView) -> Wordings:
    """The loop's last round, or the current one if it has lasted long."""
    last_round = loop.round
    events, callbacks, turns = (
        (_count(count, one), "strong")
        for count, one in (
            (last_round.events, "event"),
            (last_round.callbacks, "callback"),
            (last_round.turns, "turn"),
        )
    )
    loop_cost = (format_duration(last_round.loop_ns), "wasted")
    epoll_cost = (format_duration(last_round.epoll_ns), "good")
    counted: Line = (events, (" → ", "text"), callbacks, (", ", "text"), turns)
    so_far = _(": loop ") if loop.finished else _(" and no rest: loop ")
    return (
        (*counted, (so_far, "text"), loop_cost, (_(" on top of epoll's "), "text"), epoll_cost),
        ((_("loop "), "text"), loop_cost, (_(" over epoll's "), "text"), epoll_cost),
        ((_("loop "), "text"), loop_cost),
    )


def _count(count: int, one: str) -> str:
    return f"{count:,} {one}{'' if count == 1 else 's'}"


def loop_activity(lane: LaneFrame, loop: LoopView) -> Line | None:
    """The loop's current action; None if the lane sleeps, or if something other than its loop is busy."""
    if lane.activity == "collecting":
        where = _("in epoll_wait, or about to be") if loop.polling else _("between two callbacks")
        return ((_("the loop's turn"), "strong"), (f": {where}", "dim"))
    if lane.activity == "serving" and lane.serving_fd is not None:
        more = _(", {left:,} more this turn", left=loop.left) if loop.left else ""
        return (
            (_("a callback"), "good"),
            (_(" of fd {serving_fd}{more}", serving_fd=lane.serving_fd, more=more), "dim"),
        )
    return None


def loop_verdict(frame: Frame) -> Wordings | None:
    """The cost that the loop adds to a wake-up, compared with a server that waits in epoll alone; None
    without both lanes.
    """
    epoll = next((lane for lane in frame.lanes if lane.name == REFERENCE), None)
    loop = next((lane for lane in frame.lanes if lane.kind.event_loop), None)
    if epoll is None or loop is None:
        return None
    epoll_ns, loop_ns = epoll.counters.wakeup_ns, loop.counters.wakeup_ns
    if epoll_ns is None or loop_ns is None:
        return None
    costs: Line = (
        (epoll.name, epoll.name),
        (f" {format_duration(epoll_ns)}", "strong"),
        (", ", "text"),
        (loop.name, loop.name),
        (f" {format_duration(loop_ns)}", "strong"),
    )
    own = format_duration(loop.counters.loop_ns // loop.counters.wakeups)
    return (
        (
            (_("A wake-up costs "), "text"),
            *costs,
            (_(": its loop takes "), "text"),
            (own, "wasted"),
            (".", "text"),
        ),
        ((_("A wake-up costs "), "text"), *costs, (".", "text")),
        (*costs, (".", "text")),
    )
