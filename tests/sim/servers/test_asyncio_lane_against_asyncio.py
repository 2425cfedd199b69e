"""The race's asyncio lane beside the interpreter's own asyncio on the same kernel: they must be equal.

They are equal to the nanosecond: every record of the journal (packets and calls with their order, arguments,
results and times), every account, every count, every latency, and the rest of the frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given, settings

from sim.kernel.files.tcp import StreamSocket
from sim.machine.costs import BUILT_IN
from sim.machine.records import Kind
from sim.race.lane import Lane
from sim.scenario.scenario import Scenario, Share
from sim.scenario.workload import Workload
from sim.servers import asyncio_streams
from sim.servers.registry import SERVERS
from sim.stdlib.kernel import Kernel
from tests.support.races import MS, scenarios
from tests.support.real_asyncio_lane import RealAsyncioServer

RACES = {
    "quiet": Scenario(fds=10),
    "silent": Scenario(fds=5, rate=0),
    "bursts": Scenario(fds=30, active=20, rate=100_000, burst=15),
    "all at once": Scenario(fds=64, active=Share(10_000), rate=200_000, burst=64, seed=3),
    "churn": Scenario(fds=20, active=10, rate=20_000, churn=20_000),
    "nothing but churn": Scenario(fds=50, rate=0, churn=50_000, seed=9),
    "more churn than it can take": Scenario(fds=8, active=4, rate=50_000, churn=300_000),
    "a short backlog": Scenario(fds=50, churn=100_000, fault="backlog"),
    "one byte": Scenario(fds=16, active=8, rate=60_000, payload=1),
    "several reads for a request": Scenario(fds=10, active=2, rate=50_000, payload=60_000),
    "the largest request": Scenario(fds=4, active=2, rate=3_000, payload=65_536),
    "many reads for a request": Scenario(fds=10, active=2, rate=5_000, payload=60_000, buffer=1_000),
    "saturated": Scenario(fds=10, active=5, rate=140_000, burst=1, payload=5_000),
    "drowning": Scenario(fds=10, active=5, rate=1_000_000, burst=1),
    "a slow reader": Scenario(fds=10, active=2, rate=10_000, payload=10_000, fault="slow-reader"),
    "a slow reader that is sent much": Scenario(
        fds=4, active=2, rate=3_000, payload=30_000, fault="slow-reader"
    ),
}
SLOW_MS = {"a slow reader": 400, "a slow reader that is sent much": 1_500, "the largest request": 200}
"""Virtual time in ms of the races with few events; the others run 20 ms."""


NOT_COMPARED = {"poll_mask", "mechanism", "setup_ns", "activity", "serving_fd"}
"""Fields that are not compared: an array, which is compared as a list; the cost of building the lane; and the
server's activity and descriptor."""


@contextmanager
def both(scenario: Scenario) -> Iterator[tuple[Lane, Lane]]:
    """The lane of a race, and the same lane with asyncio itself."""
    workload = Workload(scenario)
    with pytest.MonkeyPatch.context() as patch:
        # The connections of a race have no address, and asyncio asks for it.
        patch.setattr(StreamSocket, "name", lambda socket: ("127.0.0.1", 80), raising=False)
        lane = Lane("asyncio", scenario, BUILT_IN, workload, 0)
        patch.setitem(SERVERS, ("asyncio", ""), RealAsyncioServer)
        patch.setattr("sim.race.lane.RawKernel", Kernel)  # real asyncio needs its socket module
        real = Lane("asyncio", scenario, BUILT_IN, workload, 0)
        assert isinstance(real.server, RealAsyncioServer)
        try:
            yield lane, real
        finally:
            real.server.process.finish()


def shown(lane: Lane, scenario: Scenario) -> list[object]:
    """Everything known about a lane, except the fields that are not compared."""
    frame = lane.frame(scenario)
    return [
        lane.kernel.totals(),
        {name: getattr(frame, name) for name in frame.__dataclass_fields__ if name not in NOT_COMPARED},
        frame.poll_mask.tolist(),
        sorted(lane.latencies.samples),
        lane.kernel.free_ns,
        [(item.fd, item.events, item.listed, item.checked_ns) for item in lane.server.epoll.ready],  # type: ignore[attr-defined]
    ]


@pytest.mark.parametrize("name", RACES)
def test_the_lane_does_the_same_as_asyncio(name):
    scenario = RACES[name]
    with both(scenario) as (lane, real):
        for at_ns in [
            *range(0, MS, 14_013),
            *range(MS, 20 * MS, 1_200_011),
            *range(20 * MS, SLOW_MS.get(name, 20) * MS, 99 * MS),
        ]:
            lane.run_until(at_ns)
            real.run_until(at_ns)
            assert lane.journal.records == real.journal.records
            assert shown(lane, scenario) == shown(real, scenario)


@settings(max_examples=15, deadline=None)
@given(scenarios())
def test_the_lane_does_the_same_as_asyncio_in_any_race(scenario):
    with both(scenario) as (lane, real):
        for at_ns in range(0, 4 * MS, 250_000):
            lane.run_until(at_ns)
            real.run_until(at_ns)
            assert lane.journal.records == real.journal.records
            assert shown(lane, scenario) == shown(real, scenario)


@pytest.mark.parametrize(
    ("name", "value", "race"),
    [
        ("RECEIVE_BYTES", 4_096, "the largest request"),
        ("READ_LIMIT_BYTES", 80_000, "a slow reader that is sent much"),
        ("HIGH_WATER_BYTES", 120_000, "a slow reader that is sent much"),
        ("LOW_WATER_BYTES", 60_000, "a slow reader that is sent much"),
    ],
)
def test_the_comparison_notices_each_of_its_numbers(monkeypatch, name, value, race):
    """Each constant of the model matters in the races above: with another value the comparison fails."""
    monkeypatch.setattr(asyncio_streams, name, value)
    _run_until_they_differ(RACES[race])


def test_the_comparison_notices_another_buffer(monkeypatch):
    monkeypatch.setattr(asyncio_streams, "_take", _take_with_a_small_buffer)
    _run_until_they_differ(RACES["the largest request"])


def _take_with_a_small_buffer(loop, stream, take=asyncio_streams._take):
    settings_ = loop.settings
    loop.settings = replace(settings_, buffer_bytes=4_096)
    take(loop, stream)
    loop.settings = settings_


def _run_until_they_differ(scenario: Scenario) -> None:
    with both(scenario) as (lane, real):
        at_ns = 0
        while lane.journal.records == real.journal.records:
            at_ns += 100 * MS
            assert at_ns <= 1_500 * MS, "the other number makes no difference"
            lane.run_until(at_ns)
            real.run_until(at_ns)


def counted(scenario: Scenario, run_ns: int) -> tuple[Lane, dict[int, int]]:
    """A race after its run, and its number of records of each kind."""
    lane = Lane("asyncio", scenario, BUILT_IN, Workload(scenario), 0)
    lane.run_until(run_ns)
    kinds = [record[1] for record in lane.journal.records]
    return lane, {kind: kinds.count(kind) for kind in set(kinds)}


def test_a_request_takes_two_turns_and_two_callbacks():
    lane, kinds = counted(Scenario(fds=4, active=1, burst=1, rate=1_000), 20 * MS)
    counters = lane.frame(Scenario(fds=4)).counters
    requests = kinds[Kind.READ]
    assert counters.requests == requests > 5
    assert (counters.turns, counters.callbacks) == (1 + 2 * requests, 2 * requests)
    assert kinds[Kind.RETURN] == 2 * requests, "each turn but the first one has come back from epoll_wait"


def test_a_new_connection_takes_seven_callbacks_and_one_that_ends_five():
    scenario = Scenario(fds=4, rate=0, churn=500)
    lane, kinds = counted(scenario, 20 * MS)
    counters = lane.frame(scenario).counters
    comings = kinds[Kind.ACCEPT]
    assert comings == kinds[Kind.CLOSE] > 5
    assert counters.callbacks == comings * (7 + 5)
    assert counters.epoll_ctl == 1 + 2 * comings, "the listening socket; then ADD and DEL for each"
