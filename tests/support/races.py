"""Races under test: the properties that hold in every race at every moment, and digests of frames and
records.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import strategies as st

from sim.frames.frame import Counters, Frame, LaneFrame
from sim.kernel import poll_bits
from sim.machine.records import Kind, Record
from sim.race.held_requests import HeldRequests
from sim.race.race import Race
from sim.scenario.scenario import Scenario, Share

MS = 1_000_000
COUNTS = (
    "wakeups",
    "syscalls",
    "scanned",
    "ready",
    "copied_in_bytes",
    "copied_out_bytes",
    "requests",
    "dropped",
    "unsent",
    "passes",
    "hooks",
    "context_switches",
    "interrupts",
    "packets",
    "epoll_ctl",
)

SCENARIOS = [
    Scenario(fds=16, seed=1, lanes=("select", "poll", "epoll")),
    Scenario(fds=1_000, seed=2, lanes=("select", "poll", "epoll")),
    Scenario(
        fds=200, active=Share(10_000), rate=200_000, burst=50, seed=3, lanes=("select", "poll", "epoll")
    ),
    Scenario(fds=64, active=8, rate=50_000, churn=20_000, seed=4, lanes=("select", "poll", "epoll")),
    Scenario(fds=3_000, active=40, rate=30_000, burst=7, payload=3_000, seed=5, lanes=("poll", "epoll")),
    Scenario(fds=10, active=2, rate=1_000_000, burst=1, seed=6, lanes=("select", "poll", "epoll")),
    Scenario(fds=100, rate=0, churn=30_000, seed=7, lanes=("select", "poll", "epoll")),
    Scenario(fds=5, rate=0, lanes=("select", "epoll")),
]
"""Races of different kinds: idle, busy, bursty, with churn, overloaded, silent."""


def scenarios() -> st.SearchStrategy[Scenario]:
    """Small races of every kind."""

    def build(fds: int, active: int, rate: int, burst: int, payload: int, churn: int, seed: int) -> Scenario:
        return Scenario(
            fds=fds,
            active=min(active, fds),
            rate=rate,
            burst=burst,
            payload=payload,
            churn=churn,
            seed=seed,
            lanes=("select", "poll", "epoll"),
        )

    return st.builds(
        build,
        fds=st.sampled_from([1, 3, 16, 100, 1_500]),
        active=st.sampled_from([1, 2, 16, 300]),
        rate=st.sampled_from([0, 1_000, 20_000, 150_000, 1_000_000]),
        burst=st.sampled_from([1, 3, 40]),
        payload=st.sampled_from([1, 64, 5_000]),
        churn=st.sampled_from([0, 0, 5_000, 60_000]),
        seed=st.integers(0, 9),
    )


def check_accounts(frame: Frame, before: Frame | None = None) -> None:
    """Check that all time is accounted for, that no figure is negative, and that no figure decreases."""
    for lane in frame.lanes:
        cost_ns = lane.counters.cost_ns
        assert sum(cost_ns.values()) == frame.now_ns - frame.since_ns, lane.name
        assert min(cost_ns.values()) >= 0, (lane.name, cost_ns)
        assert lane.counters.wasted == lane.counters.scanned - lane.counters.ready >= 0
        earlier = (
            _lane(before, lane.name) if before is not None and before.since_ns == frame.since_ns else None
        )
        if earlier is not None:
            for account, ns in earlier.cost_ns.items():
                assert cost_ns[account] >= ns, (lane.name, account, before and before.now_ns, frame.now_ns)
            for name in COUNTS:
                assert getattr(lane.counters, name) >= getattr(earlier, name), (lane.name, name)


def _lane(frame: Frame | None, name: str) -> Counters | None:
    return next((lane.counters for lane in frame.lanes if lane.name == name), None) if frame else None


def shown(frame: Frame, *, records: bool = True) -> list[object]:
    """Everything in a frame, as values that can be compared."""
    return [
        frame.now_ns,
        frame.since_ns,
        [
            (
                lane.name,
                lane.activity,
                lane.failure,
                lane.registered,
                lane.serving_fd,
                lane.passes,
                lane.call,
                lane.ready_listed,
                lane.counters,
                lane.setup_ns,
                lane.poll_mask.tolist(),
                list(lane.records) if records else None,
            )
            for lane in frame.lanes
        ],
    ]


def records_of(race: Race, until_ns: int, step_ns: int = MS) -> dict[str, list[Record]]:
    """Run a race in steps. Returns all records of each lane."""
    records: dict[str, list[Record]] = {lane.name: list(lane.records) for lane in race.frame().lanes}
    while race.now_ns < until_ns:
        race.advance(min(until_ns, race.now_ns + step_ns))
        for lane in race.frame().lanes:
            assert lane.records_lost == 0
            records[lane.name] += lane.records
    return records


def arrivals(records: Iterable[Record]) -> list[tuple[int, int]]:
    """Times of all arrivals of the schedule, received, held back or dropped: ``(time_ns, serial)``."""
    kinds = (Kind.PACKET, Kind.HELD, Kind.DROP)
    return [(record[0], record[5]) for record in records if record[1] in kinds and record[5] >= 0]


def waiting_bytes(race: Race, lane: str) -> int:
    """Bytes that the clients of a lane hold back, because their windows are full."""
    held = (socket.held for socket in race._time_line.lanes[lane].network.unanswered())
    return sum(one.waiting_bytes for one in held if isinstance(one, HeldRequests))


def digest(records: dict[str, list[Record]]) -> str:
    """A fingerprint of all records."""
    plain = {name: [tuple(map(int, record)) for record in lane] for name, lane in records.items()}
    return hashlib.sha256(repr(sorted(plain.items())).encode()).hexdigest()


def check_change(before: Scenario, after: Scenario, change_ns: int, cuts: list[int], end_ns: int) -> None:
    """Check that a change gives the same race if time passes in one step and in several."""
    whole, pieces = Race(before), Race(before)
    whole.advance(change_ns)
    for cut_ns in sorted(cut for cut in cuts if cut < change_ns):
        pieces.advance(cut_ns)
    pieces.advance(change_ns)
    whole.change(after)
    pieces.change(after)
    for cut_ns in sorted(cut for cut in cuts if cut >= change_ns):
        pieces.advance(cut_ns)
    whole.advance(end_ns)
    pieces.advance(end_ns)
    assert shown(whole.frame()) == shown(pieces.frame())


def check_churn(name: str) -> tuple[Scenario, LaneFrame, list[int]]:
    """Check that churn keeps the number of connections. Returns scenario, last frame, and kinds of the
    records.
    """
    scenario = Scenario(fds=50, active=10, rate=5_000, churn=5_000, lanes=(name,))
    race = Race(scenario)
    records = records_of(race, 50 * MS)[name]
    race.change(replace(scenario, rate=0, churn=1))
    race.advance(100 * MS)
    frame = race.frame().lanes[0]
    kinds = [record[1] for record in records]
    assert kinds.count(Kind.ACCEPT) > 200
    assert kinds.count(Kind.CLOSE) > 200
    assert frame.registered == scenario.fds + 1  # one more: the listening socket
    open_fds = sum(1 for mask in frame.poll_mask if not mask & poll_bits.NVAL)
    assert open_fds == scenario.fds + 2  # two more: the listening socket, and the epoll or a spare
    requests = sum(1 for record in records if record[1] == Kind.PACKET and record[3] > 0)
    assert frame.counters.requests == requests
    return scenario, frame, kinds
