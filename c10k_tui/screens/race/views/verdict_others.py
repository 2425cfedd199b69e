"""The verdict on lanes other than select, poll and epoll alone: the cost of waiting for one request, in each.

A wake-up is not the same in every lane: a thread's brings one request, epoll's may bring a hundred. So the
verdict compares all CPU time spent on waiting (:attr:`sim.frames.frame.Counters.wait_ns`) per answered
request. The winner is the winner of this race only. With few connections that are all busy, threads do as
well as epoll or better, and the verdict says so. If the kernel reports the ready descriptors to every lane
and no lane has several tasks, the costs are close. Then the number of calls distinguishes the lanes.
"""

from __future__ import annotations

from itertools import chain

from c10k_tui.text.lanes import LANE_TEXTS
from c10k_tui.text.messages import _
from c10k_tui.text.ratios import ratio_text
from c10k_tui.text.styled_text import Line, Span, Wordings, marked
from sim.frames.frame import Frame, LaneFrame
from sim.scenario.units import format_bytes, format_duration, format_short

ALIKE_PERCENT = 5
"""Costs that differ by less than this percentage are called alike."""


def other_verdicts(frame: Frame) -> Wordings:
    """The verdicts about these lanes, two or more."""
    lanes = frame.lanes
    if not all(lane.counters.requests and lane.counters.wakeups for lane in lanes):
        return _to_come(lanes)
    starting = max(lanes, key=lambda lane: lane.counters.cost_ns.get("task_start", 0))
    start_ns = starting.counters.cost_ns.get("task_start", 0)
    if frame.scenario.churn and start_ns * 2 > starting.counters.wait_ns:
        return (*_starting(starting, start_ns), *_costs(lanes))
    if any(lane.kind.has_tasks or lane.kind.scans for lane in lanes):
        return _pair(*lanes) if len(lanes) == 2 else _costs(lanes)
    return _calls(lanes)


def _named(lane: LaneFrame) -> Span:
    return lane.name, lane.name


def _list(lanes: tuple[LaneFrame, ...], words: dict[str, str]) -> Line:
    """``thread 1.52 µs, epoll 1.60 µs``."""
    spans = [
        ((", " if index else "", "text"), _named(lane), *marked(f" *{words[lane.name]}*"))
        for index, lane in enumerate(lanes)
    ]
    return tuple(chain.from_iterable(spans))


def _to_come(lanes: tuple[LaneFrame, ...]) -> Wordings:
    """The words before each lane has answered a request: they say what to watch."""

    def costs_of(some: tuple[LaneFrame, ...]) -> Line:
        spans = [
            (_named(lane), (f" {_(LANE_TEXTS[lane.name].learns)}", "text"), (end, "text"))
            for lane, end in zip(some, [*["; "] * (len(some) - 1), "."], strict=True)
        ]
        return tuple(chain.from_iterable(spans))

    return costs_of(lanes), costs_of((lanes[0], lanes[-1])), costs_of(lanes[-1:])


def _starting(lane: LaneFrame, start_ns: int) -> Wordings:
    """Under churn, most of the cost of a task for each connection is its start."""
    each = (_("a new {name} each", name=lane.name), "strong")
    spent = f"*{format_duration(start_ns)}*"
    return (
        (
            (_("Connections come and go, "), "text"),
            each,
            *marked(
                _(": starting them took {spent} so far, more than half of what waiting costs.", spent=spent)
            ),
        ),
        (
            (_("Connections come and go, "), "text"),
            each,
            *marked(_(": {spent} so far to start them.", spent=spent)),
        ),
        (*marked(_("{spent} so far to start ", spent=spent)), each, (".", "text")),
    )


def _request_ns(lane: LaneFrame) -> int:
    """CPU time spent on waiting, per answered request."""
    return lane.counters.wait_ns // max(1, lane.counters.requests)


def _cost_words(lane: LaneFrame) -> str:
    words = format_duration(_request_ns(lane))
    return _("{words} + a CPU", words=words) if lane.kind.second_cpu else words


def _pair(one: LaneFrame, other: LaneFrame) -> Wordings:
    """Two lanes: the cost of waiting for a request, and the memory of a connection."""
    dear, cheap = sorted((one, other), key=_request_ns, reverse=True)
    costs = {lane.name: _cost_words(lane) for lane in (one, other)}
    said = _difference(dear, cheap)
    intro: Line = ((_("Waiting for a request costs "), "text"), *_list((dear, cheap), costs), (": ", "text"))
    memory = _memory(dear, cheap)
    return (
        (*intro, *said, (". ", "text"), *memory),
        (*intro, *said, (".", "text")),
        (*_list((dear, cheap), costs), (_(" a request: "), "text"), *said, (".", "text")),
        (*_list((dear, cheap), costs), (": ", "text"), *said, (".", "text")),
        (*_list((dear, cheap), costs), (_(" a request."), "text")),
        ((_("Cheaper: "), "text"), *_list((cheap,), costs), (".", "text")),
    )


def _difference(dear: LaneFrame, cheap: LaneFrame) -> Line:
    """The difference of the two costs. If a task for each connection costs less or about the same, it says
    so.
    """
    over, under = _request_ns(dear), _request_ns(cheap)
    alike = (over - under) * 100 < ALIKE_PERCENT * over
    words: Line = (
        marked(_("about the same"))
        if alike
        else marked(_("*{over}×* less", over=ratio_text(over, max(1, under))))
    )
    crew = next((lane for lane in (cheap, dear) if lane.kind.task_each), None)
    other = dear if crew is cheap else cheap
    if crew is None or other.kind.task_each or not (alike or crew is cheap):
        return words
    well = _("{tasks} do well here", tasks=_(LANE_TEXTS[crew.name].tasks))
    return (*words, (", ", "text"), (well, "good"))


def _memory(one: LaneFrame, other: LaneFrame) -> Line:
    if one.memory is None or other.memory is None:
        return ()
    words = {lane.name: format_bytes(lane.memory.connection_bytes) for lane in (one, other) if lane.memory}
    return ((_("Memory of a connection: "), "text"), *_list((one, other), words), (".", "text"))


def _costs(lanes: tuple[LaneFrame, ...]) -> Wordings:
    """Three or four lanes: the cost of waiting per request in each."""
    costs = _list(lanes, {lane.name: _cost_words(lane) for lane in lanes})
    dear, cheap = max(lanes, key=_request_ns), min(lanes, key=_request_ns)
    ends = {lane.name: _cost_words(lane) for lane in (dear, cheap)}
    most, least = _list((dear,), ends), _list((cheap,), ends)
    return (
        ((_("Waiting for a request costs "), "text"), *costs, (".", "text")),
        ((_("Waiting, a request: "), "text"), *costs, (".", "text")),
        ((_("Waiting: "), "text"), *costs, (_(" a request."), "text")),
        (*costs, (_(" a request."), "text")),
        (
            (_("Waiting, a request: dearest "), "text"),
            *most,
            (_("; cheapest "), "text"),
            *least,
            (".", "text"),
        ),
        (*most, (", ", "text"), *least, (_(" a request."), "text")),
        ((_("Cheapest: "), "text"), *least, (".", "text")),
    )


def _calls(lanes: tuple[LaneFrame, ...]) -> Wordings:
    """Lanes to which the kernel reports the ready descriptors: the number of calls per request in each."""
    calls = _list(
        lanes, {lane.name: ratio_text(lane.counters.syscalls, lane.counters.requests) for lane in lanes}
    )
    sums = _list(lanes, {lane.name: format_short(lane.counters.syscalls) for lane in lanes})
    opening: Line = (
        (_("None of them asks every descriptor"), "text"),
        (_(". Calls for a request: "), "text"),
    )
    if {lane.kind.completes for lane in lanes} == {True, False}:
        what = next(lane for lane in lanes if lane.kind.completes)
        which = next(lane for lane in lanes if not lane.kind.completes)
        opening = (
            _named(which),
            (_(" is told which are ready, "), "text"),
            _named(what),
            (_(" what came. Calls for a request: "), "text"),
        )
    return (
        (*opening, *calls, (".", "text")),
        ((_("Calls for a request: "), "text"), *calls, (".", "text")),
        ((_("Calls: "), "text"), *sums, (".", "text")),
        ((_("None of them asks every descriptor."), "text"),),
    )
