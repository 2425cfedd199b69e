"""A lane that was stored as bytes and restored continues as the lane itself, record by record."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.kernel.files.tcp import StreamSocket
from sim.machine.clock import NEVER
from sim.machine.costs import BUILT_IN
from sim.race.lane import Lane
from sim.race.time_travel import connection_rows
from sim.race.time_travel.checkpoint import take_checkpoint
from sim.race.time_travel.shared_arrays import BaseArray, store_array
from sim.scenario.fault_presets import FAULT_PRESETS
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario, Share
from sim.scenario.workload import Workload
from sim.servers.registry import server_of
from tests.support.races import MS, SCENARIOS, scenarios

KEPT = sorted(name for name in LANES if server_of(name).restartable and server_of(name).storable)
NO_MASKS = np.zeros(0, dtype=np.uint16)


def seen(lane: Lane, scenario: Scenario) -> list[object]:
    """Everything that a lane shows, also for single descriptors, and the time of its next event."""
    lane.journal.recall()
    frame = lane.frame(scenario)
    runs = [(frame.first_fd, lane.kernel.table.end), (0, frame.first_fd + 5)]
    runs += [(fd, fd) for fd in range(0, lane.kernel.table.end, 1 + scenario.fds // 20)]
    return [
        replace(frame, poll_mask=NO_MASKS),
        frame.poll_mask.tolist(),
        [lane.inspect(*some) for some in runs],
        lane.kernel.next_due_ns(),
        lane.kernel.free_ns,
    ]


def copies(name: str, scenario: Scenario, moments: list[int], end_ns: int) -> None:
    """Run a lane, and a second one that is stored and restored at these moments."""
    workload = Workload(scenario)
    lane, other = (Lane(name, scenario, BUILT_IN, workload, 0) for _ in range(2))
    bases: list[BaseArray] = []
    for at_ns in sorted(moments):
        lane.run_until(at_ns)
        other.run_until(at_ns)
        checkpoint = take_checkpoint(other, 1, bases)
        assert checkpoint is not None
        wanted = seen(lane, scenario)
        assert seen(other, scenario) == wanted
        other = checkpoint.restore(workload)
        assert seen(other, scenario) == wanted
    lane.run_until(end_ns)
    other.run_until(end_ns)
    assert seen(other, scenario) == seen(lane, scenario)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(KEPT), scenarios(), st.lists(st.integers(0, 3 * MS), max_size=8))
def test_a_restored_lane_continues_as_the_lane_itself(name, scenario, moments):
    copies(name, scenario, moments, 3 * MS)


@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("buffer", [5_000, 65_536])
def test_a_restored_lane_keeps_what_its_clients_hold_back(name, buffer):
    scenario = Scenario(
        fds=6, active=3, rate=100_000, burst=3, payload=40_000, churn=1_000, buffer=buffer, lanes=(name,)
    )
    copies(name, scenario, list(range(0, 3 * MS, 170_000)), 3 * MS)


@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_a_restored_lane_continues_from_every_single_step(name, scenario):
    workload = Workload(scenario)
    lane, other = (Lane(name, scenario, BUILT_IN, workload, 0) for _ in range(2))
    bases: list[BaseArray] = []
    for _ in range(60):
        due_ns = lane.kernel.next_due_ns()
        if due_ns >= NEVER:
            break
        lane.run_until(due_ns)
        other.run_until(due_ns)
        checkpoint = take_checkpoint(other, 1, bases)
        assert checkpoint is not None
        other = checkpoint.restore(workload)
        assert other.kernel.next_due_ns() == lane.kernel.next_due_ns()
    assert seen(other, scenario) == seen(lane, scenario)


def test_servers_of_one_task_can_be_restarted():
    assert set(KEPT) >= {"select", "poll", "epoll", "epoll-et"}
    assert not any(server_of(name).restartable for name in ("thread", "process", "pool"))


@pytest.mark.parametrize("name", ["thread", "pool", "epoll-exclusive"])
def test_a_lane_of_several_tasks_has_no_checkpoint(name):
    scenario = Scenario(fds=16)
    assert take_checkpoint(Lane(name, scenario, BUILT_IN, Workload(scenario), 0), 1, []) is None


def test_a_lane_that_a_slow_reader_may_hold_up_has_no_checkpoint():
    scenario = Scenario(fds=16, fault="slow-reader")
    assert take_checkpoint(Lane("epoll", scenario, BUILT_IN, Workload(scenario), 0), 1, []) is None


FAULTY = [
    ("no-drain", "epoll-et"),
    ("accept-one", "epoll-et"),
    ("dup", "epoll"),
    ("backlog", "select"),
    ("backlog", "epoll"),
]


@pytest.mark.parametrize(("fault", "name"), FAULTY)
def test_a_restored_lane_keeps_its_mistake_and_its_log_of_faults(fault, name):
    _, scenario = FAULT_PRESETS[fault]
    workload = Workload(scenario)
    lane = Lane(name, scenario, BUILT_IN, workload, 0)
    moments: list[int] = []
    while len(moments) < 400 and lane.kernel.now_ns < 20 * MS:
        lane.run_until(lane.kernel.next_due_ns())
        moments.append(lane.kernel.now_ns)
    copies(name, scenario, moments[::40], 25 * MS)
    copies(name, scenario, [MS, 20 * MS, 30 * MS], 40 * MS)
    lane.run_until(25 * MS)
    struck = lane.frame(scenario).warning
    assert (struck is not None) == (name != "epoll" or fault == "dup")


@pytest.mark.parametrize("kept", [0, 5, connection_rows.OBJECTS_KEPT])
@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_a_restored_lane_continues_if_idle_connections_went_back_into_their_block(
    name, scenario, kept, monkeypatch
):
    monkeypatch.setattr(connection_rows, "OBJECTS_KEPT", kept)
    monkeypatch.setattr(connection_rows, "ROWS_FOR_RESTING", 0)
    copies(name, scenario, [MS // 3, 2 * MS, 3 * MS, 8 * MS], 10 * MS)


def test_idle_connections_lose_their_objects_if_there_are_many(monkeypatch):
    monkeypatch.setattr(connection_rows, "OBJECTS_KEPT", 50)
    scenario = Scenario(fds=1_000, active=Share(10_000), rate=50_000, burst=20)
    workload = Workload(scenario)
    lane = Lane("epoll", scenario, BUILT_IN, workload, 0)
    lane.run_until(20 * MS)
    before = seen(lane, scenario)
    assert len(lane.kernel.table.files) > 500
    checkpoint = take_checkpoint(lane, 1, [])
    assert checkpoint is not None
    assert len(lane.kernel.table.files) < 100
    assert seen(lane, scenario) == before
    assert len(checkpoint.restore(workload).kernel.table.files) < 100


def test_connections_in_a_full_backlog_are_restored_too():
    scenario = Scenario(fds=100, rate=0, churn=1_000_000, lanes=("select",))
    copies("select", scenario, [MS, 10 * MS], 20 * MS)


@pytest.mark.parametrize("name", KEPT)
def test_requests_half_read_and_half_answered_are_restored_too(name):
    scenario = Scenario(fds=3, active=1, payload=30_000, rate=40_000, burst=1)
    workload = Workload(scenario)
    lane = Lane(name, scenario, BUILT_IN, workload, 0)
    moments: list[int] = []
    while len(moments) < 5 and lane.kernel.now_ns < 50 * MS:
        lane.run_until(lane.kernel.next_due_ns())
        if any(
            isinstance(file, StreamSocket) and file.answered_bytes
            for file in lane.kernel.table.files.values()
        ):
            moments.append(lane.kernel.now_ns)
    assert len(moments) == 5
    copies(name, scenario, moments, moments[-1] + MS)


def test_a_lane_whose_server_cannot_be_restarted_has_no_checkpoint(monkeypatch):
    monkeypatch.setattr(server_of("poll"), "restartable", False)
    scenario = Scenario(fds=16)
    assert take_checkpoint(Lane("poll", scenario, BUILT_IN, Workload(scenario), 0), 1, []) is None


@given(
    st.integers(1, 5_000),
    st.lists(st.lists(st.tuples(st.integers(0, 4_999), st.integers(0, 255)), max_size=40), max_size=6),
    st.booleans(),
)
def test_a_stored_array_is_restored_exactly(length, rounds, noisy):
    array = np.random.default_rng(length).integers(0, 255 if noisy else 1, length, dtype=np.uint8)
    bases: list[BaseArray] = []
    kept = []
    for changes in rounds:
        for place, value in changes:
            array[place % length] = value
        kept.append((array.copy(), store_array(array.copy().data, bases)))
    for was, stored in kept:
        assert np.array_equal(stored.copy().view(np.uint8), was)


def test_an_array_that_hardly_changes_is_stored_whole_only_once():
    array = np.arange(100_000, dtype=np.int64)
    bases: list[BaseArray] = []
    first = store_array(array.view(np.uint8).data, bases)
    array[::1_000] = 0
    second = store_array(array.view(np.uint8).data, bases)
    assert len(bases) == 1
    assert second.base is first.base is bases[0]
    assert second.size_bytes < array.nbytes // 100
