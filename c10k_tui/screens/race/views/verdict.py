"""The result of the race so far, in one line.

Each verdict has several wordings, from the longest to the shortest, and the first that fits is shown. A
shorter wording first loses words, and only then numbers, keys and names. "Same answers" never includes a lane
that dropped something, failed, or is far behind.
"""

from __future__ import annotations

from c10k_tui.screens.race.views.cpu import busy_percent
from c10k_tui.screens.race.views.event_loop_words import loop_verdict
from c10k_tui.screens.race.views.verdict_failed import failed_verdicts
from c10k_tui.screens.race.views.verdict_others import other_verdicts
from c10k_tui.screens.race.views.warning import cured_herd, struck_verdict, unmade_fault
from c10k_tui.text.messages import _
from c10k_tui.text.ratios import ratio_text
from c10k_tui.text.styled_text import Line, Span, Wordings, clip, width_of
from sim.frames.frame import Frame, LaneFrame
from sim.scenario.lanes import REFERENCE
from sim.scenario.units import format_duration, format_short

BUSY_CHECKS = 20
"""If at least one check in this number finds a ready descriptor, scanning wastes little, and so epoll's lead
is small.
"""
FEW_FDS = 64
"""With at most this number of descriptors, a scan takes hardly any time."""
HELD_UP_PERCENT = 95
"""If interrupts take at least this percentage of the CPU time, a server makes no progress: receive livelock.
"""
HELD_UP_AFTER_NS = 2_000_000
"""Before this time, one burst of packets can be most of the time."""
FEW_ANSWERS = 100
"""With fewer answers than this, a lead in answers only shows which lane got a request first."""


def verdict(frame: Frame, width: int) -> Line:
    """The verdict on the race, in at most ``width`` cells."""
    bodies = _bodies(frame)
    choices = [(*opening, *body) for body in bodies for opening in _openings(frame)]
    return next((line for line in choices if width_of(line) <= width), clip(choices[-1], width))


def held_up(lane: LaneFrame) -> bool:
    """True if interrupts leave the lane's server almost no CPU time."""
    cost_ns = lane.counters.cost_ns
    total_ns = sum(cost_ns.values())
    return total_ns >= HELD_UP_AFTER_NS and cost_ns["interrupt"] * 100 >= total_ns * HELD_UP_PERCENT


def _bodies(frame: Frame) -> Wordings:
    failed = next((lane for lane in frame.lanes if lane.failure is not None), None)
    if failed is not None:
        return failed_verdicts(frame, failed)
    if any(held_up(lane) for lane in frame.lanes):
        return _livelock(frame)
    if (of_fault := struck_verdict(frame) or unmade_fault(frame.scenario)) is not None:
        return of_fault
    if len(frame.lanes) == 1:
        return _alone(frame.lanes[0])
    if not all(lane.kind.scans or lane.name == REFERENCE for lane in frame.lanes):
        herd = None if any(lane.kind.scans for lane in frame.lanes) else cured_herd(frame)
        return herd or loop_verdict(frame) or other_verdicts(frame)
    if all(lane.kind.scans for lane in frame.lanes):
        return _all_scan(frame)
    scan = next(lane for lane in frame.lanes if lane.kind.scans)
    epoll = next(lane for lane in frame.lanes if lane.name == REFERENCE)
    lead = _lead(scan, epoll)
    if lead is None:
        return _to_come(scan)
    if frame.scenario.fds > FEW_FDS and scan.counters.ready * BUSY_CHECKS >= scan.counters.scanned:
        return _busy(scan, lead)
    if frame.scenario.churn and epoll.counters.epoll_ctl:
        return _churning(epoll, lead)
    return _few(frame, lead) if frame.scenario.fds <= FEW_FDS else _consequences(scan, epoll)


def _openings(frame: Frame) -> Wordings:
    """The words before the verdict: they say if the lanes have given the same answers."""
    lanes = frame.lanes
    if any(lane.failure is not None or held_up(lane) or lane.warning is not None for lane in lanes):
        return ((),)
    dropped = [lane for lane in lanes if lane.counters.dropped]
    if dropped:
        counts = ", ".join(
            f"{lane.name} {'' if index else 'dropped '}{format_short(lane.counters.dropped)}"
            for index, lane in enumerate(dropped)
        )
        long = _("Same packets, but {counts}. ", counts=counts) if len(lanes) > 1 else f"{counts}. "
        total = format_short(sum(lane.counters.dropped for lane in dropped))
        return tuple(
            ((words, "alarm"),) for words in (long, f"{counts}. ", _("{total} dropped. ", total=total))
        )
    if len(lanes) == 1:
        return ((),)
    if not all(lane.counters.wakeups for lane in lanes):
        return (((_("Same packets. "), "text"),), ())
    answered = [lane.counters.requests for lane in lanes]
    if max(answered) >= FEW_ANSWERS and min(answered) * 4 < max(answered) * 3:
        counts = ", ".join(f"{lane.name} {format_short(lane.counters.requests)}" for lane in lanes)
        return (
            ((_("Same packets, answered so far: {counts}. ", counts=counts), "text"),),
            ((_("Some have answered less. "), "text"),),
            (),
        )
    return (((_("Same packets, same answers. "), "text"),), ())


def _livelock(frame: Frame) -> Wordings:
    held = [lane for lane in frame.lanes if held_up(lane)]
    served = max(lane.counters.requests for lane in held)
    runs = (
        _("no server gets to run") if not served else _("only {served} answered", served=format_short(served))
    )
    if len(held) < len(frame.lanes):
        names = " and ".join(lane.name for lane in held)
        runs = (
            _("{names} cannot run", names=names) if not served else _("{names} hardly can run", names=names)
        )
    lost = max(lane.counters.dropped for lane in held)
    drops = _("{lost} requests dropped.", lost=format_short(lost)) if lost else _("nothing dropped yet.")
    return (
        ((_("Interrupts take all the CPU"), "alarm"), (f": {runs}, ", "text"), (drops, "strong")),
        ((_("Interrupts take all the CPU"), "alarm"), (": ", "text"), (drops, "strong")),
    )


def _alone(lane: LaneFrame) -> Wordings:
    who, counters = (lane.name, lane.name), lane.counters
    figures = _("wasted checks: {wasted}", wasted=format_short(counters.wasted))
    if lane.kind.task_each:
        figures = _("switches: {context_switches}", context_switches=format_short(counters.context_switches))
    elif lane.kind.completes:
        figures = _("system calls: {syscalls}", syscalls=format_short(counters.syscalls))
    figures += _(" so far, for {requests} answered", requests=format_short(counters.requests))
    keys = (_("Keys 1 2 3 and L bring others in."), "dim")
    return (
        (who, (_(" alone, {figures}. ", figures=figures), "text"), keys),
        (who, (f", {figures}.", "text")),
    )


def _all_scan(frame: Frame) -> Wordings:
    """The verdict on a race of scanning lanes only."""
    counts: list[tuple[str, str]] = []
    for index, lane in enumerate(frame.lanes):
        counts += [(", " if index else "", "text"), (lane.name, lane.name)]
        counts.append((f" {format_short(lane.counters.wasted)}", "strong"))
    fds = f"{frame.scenario.fds:,}"
    return (
        (
            (_("Both check all {fds} in every call. Wasted checks: ", fds=fds), "text"),
            *counts,
            (_(". Key 3: epoll."), "dim"),
        ),
        ((_("Both check all. Wasted checks: "), "text"), *counts, (".", "text")),
    )


def _to_come(scan: LaneFrame) -> Wordings:
    """The words before both lanes had a wake-up: they say what to watch."""
    who, epoll = (scan.name, scan.name), ("epoll", "epoll")
    reports = (_(" gets only the ready ones."), "text")
    return (
        (who, (_(" has to check every connection; "), "text"), epoll, reports),
        (who, (_(" checks every connection; "), "text"), epoll, reports),
        (who, (_(" checks all; "), "text"), epoll, (_(" does not."), "text")),
    )


def _busy(scan: LaneFrame, lead: str) -> Wordings:
    looks = (ratio_text(scan.counters.scanned, scan.counters.ready), "strong")
    epoll, times = ("epoll", "epoll"), (f"{lead}×", "strong")
    return (
        (
            (_("Many talk at once: one check in "), "text"),
            looks,
            (_(" finds something, so "), "text"),
            epoll,
            (_("'s lead shrinks to "), "text"),
            times,
            (".", "text"),
        ),
        (
            (_("One check in "), "text"),
            looks,
            (_(" finds something: "), "text"),
            epoll,
            (_("'s lead shrinks to "), "text"),
            times,
            (".", "text"),
        ),
        ((_("Many talk at once: "), "text"), epoll, (_("'s lead is "), "text"), times, (".", "text")),
    )


def _churning(epoll: LaneFrame, lead: str) -> Wordings:
    who, times = ("epoll", "epoll"), (f"{lead}×", "strong")
    calls = format_short(epoll.counters.epoll_ctl)
    return (
        (
            (_("Connections come and go: each costs "), "text"),
            who,
            (" an ", "text"),
            (_("epoll_ctl"), "strong"),
            (_(" ({epoll_ctl:,} so far). Its lead: ", epoll_ctl=epoll.counters.epoll_ctl), "text"),
            times,
            (_(" a wake-up."), "text"),
        ),
        (
            (_("Each connection costs "), "text"),
            who,
            (" an ", "text"),
            (_("epoll_ctl"), "strong"),
            (_(" ({calls} so far). Its lead: ", calls=calls), "text"),
            times,
            (".", "text"),
        ),
        (
            (_("epoll_ctl"), "strong"),
            (_(" calls: {calls}. ", calls=calls), "text"),
            who,
            (_("'s lead: "), "text"),
            times,
            (".", "text"),
        ),
    )


def _few(frame: Frame, lead: str) -> Wordings:
    epoll, times = ("epoll", "epoll"), (f"{lead}×", "strong")
    only = _("Only {fds} to ask: ", fds=frame.scenario.fds)
    gains = (_(" gains little: "), "text")
    return (
        (
            (_("{only}a scan is over in no time, and ", only=only), "text"),
            epoll,
            gains,
            times,
            (_(" a wake-up."), "text"),
        ),
        ((_("{only}a scan is quick, ", only=only), "text"), epoll, gains, times, (".", "text")),
        ((only, "text"), epoll, gains, times, (".", "text")),
    )


def _consequences(scan: LaneFrame, epoll: LaneFrame) -> Wordings:
    """The consequence of the costs for somebody who runs a server: CPU and response time."""
    lanes = [(lane, _share_of_core(lane), _after(lane)) for lane in (scan, epoll)]
    wordings = []
    for with_times in (True, False):
        spans: list[Span] = []
        for lane, share, after in lanes:
            time = f", {after}." if with_times else "."
            if spans:
                spans.append((" ", "text"))
                time = time.replace("answers after ", "")
            spans += [(lane.name, lane.name), (": ", "text"), (share, "strong"), (time, "text")]
        wordings.append(tuple(spans))
    return tuple(wordings)


def _share_of_core(lane: LaneFrame) -> str:
    percent = busy_percent(lane.counters.cost_ns) or 0
    return _("a whole core busy") if percent >= 100 else _("{percent} of a core", percent=str(percent) + " %")


def _after(lane: LaneFrame) -> str:
    """The median response time in words."""
    p50_ns = lane.counters.latency_p50_ns
    return (
        _("no answer yet") if p50_ns is None else _("answers after {p50_ns}", p50_ns=format_duration(p50_ns))
    )


def _lead(scan: LaneFrame, epoll: LaneFrame) -> str | None:
    """Factor by which epoll's wake-up is cheaper than the scanning lane's; None before both lanes had a
    wake-up.
    """
    if not scan.counters.wakeup_ns or not epoll.counters.wakeup_ns:
        return None
    return ratio_text(scan.counters.wakeup_ns, epoll.counters.wakeup_ns)
