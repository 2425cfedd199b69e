"""A client sends what the window has room for, and holds the rest back until the server reads."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernel.files.tcp import StreamSocket
from sim.machine.accounts import Count
from sim.machine.costs import BUILT_IN
from sim.machine.records import Kind
from sim.race.held_requests import ROUND_TRIP_NS, SEGMENT_BYTES, SEND_BUFFER_BYTES, HeldRequests
from sim.race.lane import Lane
from sim.race.network import Network
from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from sim.scenario.workload import Workload
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import Script, connections
from tests.support.races import MS, records_of

AT_NS = 1_000
REQUEST = bytes(range(256)) * 250
"""64,000 bytes: two fill the receive buffer of 131,072 but for two segments and a rest."""


def client_of(count: int, request: bytes = REQUEST, hangs_up: bool = False) -> tuple[Kernel, Network, int]:
    """A client that makes requests one after the other, and may then hang up; nobody has read anything."""
    kernel = Kernel()
    packets = [(AT_NS + number, 0) for number in range(count)]
    packets += [(AT_NS + count, ~0)] if hangs_up else []
    network, (fd,) = connections(kernel, 1, Script(packets, request))
    kernel.run_until(AT_NS + count + 1)
    return kernel, network, fd


def held_at(kernel: Kernel, fd: int) -> HeldRequests:
    file = kernel.table.file(fd)
    assert isinstance(file, StreamSocket)
    assert isinstance(file.held, HeldRequests)
    return file.held


def read_all(kernel: Kernel, fd: int, size: int) -> bytes:
    """Read until nothing comes any more, with a pause longer than a round trip after each read."""
    data = b""
    while True:
        try:
            part = kernel.sys_read(fd, size)
        except BlockingIOError:
            return data
        if not part:
            return data
        data += part
        kernel.run_until(kernel.now_ns + 2 * ROUND_TRIP_NS)


@pytest.mark.parametrize("size", [5_000, 65_536, 1_000_000])
def test_all_bytes_arrive_in_order_whatever_the_reads_are(size):
    kernel, network, fd = client_of(5)
    assert held_at(kernel, fd).arrived_bytes == 2 * SEGMENT_BYTES
    assert held_at(kernel, fd).count == 2
    assert read_all(kernel, fd, size) == 5 * REQUEST
    assert network.first_drop_ns is None


def test_the_window_opens_a_round_trip_after_a_read_that_makes_room_enough():
    kernel, _, fd = client_of(3)
    kernel.sys_read(fd, 8_000)
    assert kernel.timers.due_ns > kernel.now_ns + ROUND_TRIP_NS, "less than a sixteenth of the buffer is free"
    kernel.sys_read(fd, 8_000)
    assert kernel.timers.due_ns == kernel.now_ns + ROUND_TRIP_NS
    before = held_at(kernel, fd).arrived_bytes
    kernel.run_until(kernel.timers.due_ns)
    came = [record for record in kernel.journal.records if record[1] == Kind.PACKET][-1]
    assert came[3] == held_at(kernel, fd).arrived_bytes - before > 0
    assert came[3] % SEGMENT_BYTES == 0
    assert came[5] < 0, "it belongs to no arrival of the schedule"


def test_a_hang_up_comes_behind_the_data():
    kernel, _, fd = client_of(4, hangs_up=True)
    assert read_all(kernel, fd, 50_000) == 4 * REQUEST
    assert kernel.sys_read(fd, 1) == b""


def test_a_client_whose_send_buffer_is_full_makes_no_request():
    made = SEND_BUFFER_BYTES // len(REQUEST) + 50
    kernel, _, fd = client_of(made)
    unsent = kernel.totals()[1][Count.UNSENT]
    assert 0 < unsent < 50
    assert 0 <= held_at(kernel, fd).waiting_bytes - SEND_BUFFER_BYTES < len(REQUEST)
    assert read_all(kernel, fd, 1_000_000) == (made - unsent) * REQUEST


@given(st.integers(1, 70_000), st.lists(st.integers(0, 140_000), min_size=1, max_size=30))
def test_a_window_takes_whole_segments_or_the_rest_of_a_request(size, rooms):
    request = bytes(size)
    held = HeldRequests(request)
    for due_ns in range(20):
        held.add(due_ns)
    taken_bytes = 0
    begun_ns: list[int] = []
    for room_bytes in rooms:
        before = held.waiting_bytes
        parts, their_ns = held.take(room_bytes)
        begun_ns += their_ns
        came = sum(map(len, parts))
        taken_bytes += came
        assert came <= room_bytes
        assert held.waiting_bytes == before - came == 20 * size - taken_bytes
        assert held.arrived_bytes == taken_bytes % size
        assert not held.waiting_bytes or room_bytes - came < SEGMENT_BYTES
    assert begun_ns == list(range(-(-taken_bytes // size)))


@pytest.mark.parametrize("lane", LANES)
def test_every_lane_answers_all_requests_in_the_end(lane):
    scenario = Scenario(fds=8, active=4, rate=60_000, burst=4, payload=50_000, churn=400, lanes=(lane,))
    race = Race(scenario, history_bytes=0)
    race.advance(4 * MS)
    race.change(replace(scenario, rate=0))
    race.advance(80 * MS)
    counters = race.frame().lanes[0].counters
    workload = Workload(scenario)
    made = sum(slot >= 0 for slot in _slots_until(workload, 4 * MS))
    assert (counters.requests, counters.dropped, counters.unsent) == (made, 0, 0)


def _slots_until(workload: Workload, until_ns: int) -> list[int]:
    """The clients of all arrivals up to a time, in order."""
    slots, number = [], 0
    while workload.start_ns + number * workload.window_ns <= until_ns:
        window = workload.window(number)
        slots += [
            slot for slot, at_ns in zip(window.slots, window.times_ns, strict=False) if at_ns <= until_ns
        ]
        number += 1
    return slots


def test_a_rebuilt_lane_takes_over_what_its_clients_held_back():
    scenario = Scenario(fds=4, active=1, rate=100_000, burst=1, payload=60_000, lanes=("epoll",))
    lane = Lane("epoll", scenario, BUILT_IN, Workload(scenario), 0)
    lane.run_until(MS // 2)
    (busy,) = lane.network.unanswered()
    assert isinstance(busy.held, HeldRequests)
    made = len(busy.unanswered_ns) + busy.held.count
    silent = replace(scenario, rate=0)
    lane.rebuild(silent, Workload(silent, MS // 2))
    (again,) = lane.network.unanswered()
    assert isinstance(again.held, HeldRequests)
    assert len(again.unanswered_ns) + again.held.count == made
    lane.run_until(100 * MS)
    assert not lane.network.unanswered()


def test_no_request_is_made_twice_or_lost_on_the_way_back():
    scenario = Scenario(fds=6, active=3, rate=50_000, burst=3, payload=65_536, lanes=("select", "epoll"))
    race = Race(scenario)
    records = records_of(race, 6 * MS)
    whole = race.frame().lanes
    race.seek(3 * MS)
    race.advance(6 * MS)
    assert [lane.counters for lane in race.frame().lanes] == [lane.counters for lane in whole]
    assert any(record[1] == Kind.HELD for record in records["select"])
