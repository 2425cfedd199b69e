"""The figures that tell the lanes apart: the rows of a comparison table.

All figures come from a frame's counters. They are those of the race at hand, with its number of connections
and its load. An *event* is a descriptor that a waiting call reported as ready. With a thread for each
connection, it is a blocking read that returned data. With rings and ports, which report finished operations,
it is an answered request. Bytes are those that waiting itself copies: the content of requests and answers is
left out.

:func:`trial` makes the frame. It is a short race of one lane, alone, with the arrivals that a race of that
scenario would have. After :data:`REQUESTS` answers to :data:`EVENTS` events nothing more arrives. The trial
ends when the server sleeps, so every counted call has its answers counted too. If the lane is too slow or the
load too small, the trial ends after :data:`LIMIT_NS` of virtual time, or after :data:`WORK_LIMIT_NS` of
computing. The row has the number of events that its figures are means of.

The race runs piece by piece, so that the caller can do other work in between. Each piece gives its work by
the price list of :attr:`sim.race.lane.Lane.work_ns`, which is the same on every machine. Why not limit the
trial by a clock? The figures would then depend on the speed of the machine.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from sim.frames.frame import Frame, LaneFrame
from sim.machine.costs import BUILT_IN, CostTable
from sim.race.race import Race
from sim.scenario.scenario import Scenario

REQUESTS, EVENTS = 1_000, 100
"""Answers, and events, after which nothing more arrives."""
LIMIT_NS = 4_000_000_000
"""Virtual time after which a trial ends, regardless of its events."""
WORK_LIMIT_NS = 250_000_000
"""Work after which a trial ends, by the price list."""
PIECE_PACKETS = 40
"""Approximate number of packets that arrive in a piece."""
PIECE_NS = 50_000_000
"""Longest piece, in virtual time."""
MOST_PIECES = 1_500
"""Pieces after which a trial ends. Where connections are replaced by the million, the price list is too
low."""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One lane's row of the table. A figure is None before the first event."""

    lane: str
    events: int
    """Number of events that the figures are means of."""
    failure: str | None
    """Reason, in one sentence, for which the lane's server stopped; None if it did not stop."""
    calls_per_event: float | None
    """System calls of every kind: waiting, epoll_ctl, futex, read, write."""
    examined_per_event: float | None
    """Descriptors whose state the kernel looked up."""
    copied_in_per_event: float | None
    """Bytes copied into the kernel."""
    copied_out_per_event: float | None
    """Bytes copied out of the kernel."""
    switches_per_event: float | None
    keeper: str
    connection_bytes: int | None
    """Memory of a connection in bytes, without its buffers."""
    limit: str
    wakeup_ns: int | None
    """CPU time of waiting for each call that found data, of both kinds."""
    at_once_call_ns: int | None = None
    """Mean CPU time of a call that found data at once."""
    slept_call_ns: int | None = None
    """Mean CPU time of a call that had to wait."""


def comparison_rows(frame: Frame) -> tuple[ComparisonRow, ...]:
    """The rows of the table, in the order of the lanes."""
    return tuple(_comparison_row(lane, frame.scenario.payload) for lane in frame.lanes)


def _comparison_row(lane: LaneFrame, payload: int) -> ComparisonRow:
    counters, kind = lane.counters, lane.kind
    content_bytes = counters.requests * payload
    events = counters.requests if kind.posts_results else counters.ready
    return ComparisonRow(
        lane=lane.name,
        events=events,
        failure=lane.failure,
        calls_per_event=_per(counters.syscalls, events),
        examined_per_event=_per(counters.scanned, events),
        copied_in_per_event=_per(max(0, counters.copied_in_bytes - content_bytes), events),
        copied_out_per_event=_per(max(0, counters.copied_out_bytes - content_bytes), events),
        switches_per_event=_per(counters.context_switches, events),
        keeper=kind.keeper,
        connection_bytes=None if lane.memory is None else lane.memory.connection_bytes,
        limit=kind.limit,
        wakeup_ns=counters.wakeup_ns,
        at_once_call_ns=counters.at_once_call_ns,
        slept_call_ns=counters.slept_call_ns,
    )


def _per(count: int, events: int) -> float | None:
    return count / events if events else None


@dataclass(frozen=True, slots=True)
class TrialProgress:
    """Progress of a trial."""

    done: float
    """Part that is done, 0 to 1."""
    work_ns: int
    """Work so far, by the price list."""


def lane_scenario(lane: str, scenario: Scenario) -> Scenario:
    """The race in which a lane is tried: alone, and without a mistake."""
    return replace(scenario, lanes=(lane,), fault="")


def trial(
    lane: str, scenario: Scenario, costs: CostTable = BUILT_IN
) -> Generator[TrialProgress, None, ComparisonRow]:
    """Run a trial piece by piece.

    Yields:
        The progress, after each piece.

    Returns:
        The lane's row of the table.
    """
    scenario = lane_scenario(lane, scenario)
    race = Race(scenario, costs, history_bytes=0)
    yield TrialProgress(0.0, race.work_ns)
    packets_per_s = scenario.rate + 3 * scenario.churn  # a reconnection is worth three packets
    piece_ns = min(PIECE_NS, max(1_000, PIECE_PACKETS * 1_000_000_000 // max(1, packets_per_s)))
    for _ in range(MOST_PIECES):
        race.advance(min(LIMIT_NS, race.now_ns + piece_ns))
        frame = race.frame()
        (row,), lane_frame = comparison_rows(frame), frame.lanes[0]
        enough = lane_frame.counters.requests >= REQUESTS and row.events >= EVENTS
        if not race.scenario.rate and enough and lane_frame.activity == "sleeping":
            break
        if row.failure is not None or race.now_ns >= LIMIT_NS or race.work_ns >= WORK_LIMIT_NS:
            break
        if race.scenario.rate and enough:
            race.change(replace(scenario, rate=0))
        answered = min(lane_frame.counters.requests / REQUESTS, row.events / EVENTS)
        yield TrialProgress(
            min(1.0, max(answered, race.now_ns / LIMIT_NS, race.work_ns / WORK_LIMIT_NS)), race.work_ns
        )
    return row


def trial_result(lane: str, scenario: Scenario, costs: CostTable = BUILT_IN) -> ComparisonRow:
    """Run a whole trial; returns the lane's row of the table."""
    pieces = trial(lane, scenario, costs)
    while True:
        try:
            next(pieces)
        except StopIteration as stop:
            row: ComparisonRow = stop.value
            return row
