"""Races at the edges of what a scenario can say, and a run through them that checks all figures of a lane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass

from hypothesis import strategies as st

from sim.frames.frame import Counters, LaneFrame
from sim.machine.accounts import Count
from sim.race.held_requests import HeldRequests
from sim.race.lane import Lane
from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Active, Scenario, Share
from sim.scenario.workload import SECOND_NS, Workload
from tests.support.lane_invariants import check_lane

_ACTIVE: tuple[Active, ...] = (1, Share(10_000), Share(10_000))
_NEGATIVE = frozenset({"running_fd", "fd", "serving_fd", "queue_fds", "first_fd"})
"""Figures that may be -1, for none."""


@st.composite
def odd_scenarios(draw: st.DrawFn, arrivals: int) -> tuple[Scenario, list[int]]:
    """One lane, at the edges of every setting, and moments within the time of about so many arrivals."""
    fds = draw(st.sampled_from((1, 2, 3, 17, 300)))
    scenario = Scenario(
        fds=fds,
        active=draw(st.sampled_from(_ACTIVE)),
        rate=draw(st.sampled_from((0, 3_000, 60_000, 400_000, 1_000_000))),
        burst=draw(st.sampled_from((1, 2, 40, 10_000))),
        payload=draw(st.sampled_from((1, 64, 1_459, 4_096, 5_000, 16_384, 40_000, 65_536))),
        buffer=draw(st.sampled_from((65_536, 65_536, 700, 4_096, 1_048_576))),
        churn=draw(st.sampled_from((0, 0, 900, 60_000, 1_000_000))),
        seed=draw(st.integers(0, 99)),
        lanes=(draw(st.sampled_from(tuple(LANES))),),
    )
    pieces = draw(st.lists(st.integers(1, 1_000), min_size=3, max_size=12))
    span_ns = SECOND_NS * arrivals // max(20_000, scenario.rate + scenario.churn)
    moments, passed = [], 0
    for piece in pieces:
        passed += piece
        moments.append(span_ns * passed // sum(pieces))
    return scenario, moments


def check_race(scenario: Scenario, moments_ns: Sequence[int]) -> Race:
    """Run a race of one lane through moments, go back to some of them, and check its figures at each.

    Returns:
        The race, at the last moment.
    """
    race = Race(scenario)
    seen: dict[int, Counters] = {}
    for at_ns in moments_ns:
        race.advance(at_ns)
        seen[at_ns] = _checked(race)
        if at_ns == moments_ns[len(moments_ns) // 3]:
            race.snapshot()
    for at_ns in (moments_ns[len(moments_ns) // 2], moments_ns[0], moments_ns[-1]):
        race.seek(at_ns)
        assert _checked(race) == seen[at_ns]
    return race


def _checked(race: Race) -> Counters:
    frame = race.frame()
    (shown,) = frame.lanes
    lane = race._time_line.lanes[shown.name]
    check_lane(lane)
    _check_figures(shown, frame.now_ns - frame.since_ns)
    _check_requests(lane, race.workload)
    return shown.counters


def _check_figures(lane: LaneFrame, elapsed_ns: int) -> None:
    """No figure is negative, and what must add up does."""
    counters = lane.counters
    assert sum(counters.cost_ns.values()) == elapsed_ns
    assert min(counters.cost_ns.values()) >= 0, counters.cost_ns
    assert counters.scanned == counters.ready + counters.wasted
    polling_ns = counters.sq_thread_work_ns + counters.sq_thread_spin_ns + counters.sq_thread_sleep_ns
    assert polling_ns == (elapsed_ns if LANES[lane.name].second_cpu else 0)
    values = (lane, counters, lane.tasks, lane.memory, lane.mechanism)
    negative = [(name, value) for part in values for name, value in _integers(part) if value < 0]
    assert not negative, f"{lane.name}: {negative}"
    if lane.tasks is not None and LANES[lane.name].task_each and lane.failure is None:
        assert lane.tasks.running + lane.tasks.runnable + lane.tasks.blocked > 0


def _integers(part: object) -> Iterator[tuple[str, int]]:
    """The names and values of all integers of a frame's part that stand for an amount."""
    if is_dataclass(part):
        for field in fields(part):
            value = getattr(part, field.name)
            if isinstance(value, int) and field.name not in _NEGATIVE:
                yield field.name, value


def _check_requests(lane: Lane, workload: Workload) -> None:
    """Each request made was answered, is waiting, was dropped or could not be sent."""
    waiting = 0
    for socket in lane.network.unanswered():
        waiting += len(socket.unanswered_ns)
        waiting += socket.held.count if isinstance(socket.held, HeldRequests) else 0
    counted = lane.kernel.totals()[1]
    dropped = counted[Count.DROPPED] - lane.network.listener.overflows
    known = counted[Count.REQUESTS] + waiting + dropped + counted[Count.UNSENT]
    assert known == requests_until(workload, lane.kernel.now_ns), (waiting, dropped)


def requests_until(workload: Workload, until_ns: int) -> int:
    """Number of requests that the schedule has up to a time."""
    made = number = 0
    while not workload.silent and workload.start_ns + number * workload.window_ns <= until_ns:
        window = workload.window(number)
        arrivals = zip(window.slots, window.times_ns, strict=False)
        made += sum(slot >= 0 and at_ns <= until_ns for slot, at_ns in arrivals)
        number += 1
    return made
