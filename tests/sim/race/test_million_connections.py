"""A million connections: idle ones are entries in arrays, and only touched ones are objects."""

from __future__ import annotations

import numpy as np

from sim.kernel import poll_bits
from sim.kernel.descriptors import DescriptorTable
from sim.kernel.waiting.epoll.epoll_file import CTL_DEL, CTL_MOD
from sim.kernel.waiting.scan_request import bit_numbers, set_bits, words_for
from sim.machine.costs import BUILT_IN
from sim.race.lane import Lane
from sim.race.race import Race
from sim.scenario.scenario import Scenario
from sim.scenario.workload import Workload
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import ROUND_COSTS, Script, connections, measure
from tests.support.races import MS, check_accounts

MILLION = 1_000_000


def test_idle_connections_are_an_entry_in_an_array_and_nothing_else():
    kernel = Kernel(ROUND_COSTS)
    _, fds = connections(kernel, MILLION, Script([(1_000, 5), (2_000, 999_999), (3_000, 5)]))
    assert len(kernel.table.files) == 1  # the listening socket
    kernel.run_until(MS)
    assert sorted(kernel.table.files) == [3, fds[5], fds[-1]]
    assert kernel.table.poll_masks.nbytes < 3 * MILLION
    ready = np.flatnonzero(kernel.table.poll_masks[: kernel.table.end] & poll_bits.IN)
    assert ready.tolist() == [fds[5], fds[-1]]


def test_a_select_over_a_million_charges_for_a_million():
    kernel = Kernel(ROUND_COSTS)
    _, fds = connections(kernel, MILLION, Script([(1_000, 999_999)]))
    kernel.run_until(MS)
    nfds = fds[-1] + 1
    readable = words_for(nfds)
    set_bits(readable, fds[0], fds[-1])
    work = measure(kernel, kernel.sys_select(nfds, readable, timeout_ns=0))
    assert work.result == 1
    assert bit_numbers(readable, nfds).tolist() == [fds[-1]]
    assert (work.scanned, work.scan, work.hooks) == (MILLION, 10 * MILLION, 0)


def test_a_race_of_a_million_touches_only_active_connections():
    scenario = Scenario(fds=MILLION, active=3, lanes=("select", "poll", "epoll"))
    workload = Workload(scenario)
    lanes = [Lane(name, scenario, BUILT_IN, workload, 0) for name in scenario.lanes]
    for lane in lanes:
        lane.run_until(100 * MS)
        # Three clients, the listening socket, and the epoll or a spare number of the listening socket.
        assert len(lane.kernel.table.files) <= 5
        assert lane.server.registered == MILLION
    race = Race(scenario)
    race.advance(100 * MS)
    frame = race.frame()
    check_accounts(frame)
    select, _, epoll = frame.lanes
    assert select.counters.scanned > MILLION
    assert epoll.counters.scanned < 20_000
    assert epoll.counters.requests > 1_000


def test_everything_works_on_a_connection_that_was_never_touched():
    lane = Lane("epoll", Scenario(fds=1_000, rate=0), BUILT_IN, Workload(Scenario(rate=0)), 0)
    kernel, first = lane.kernel, lane.first_fd
    epfd = first - 1
    kernel.sys_epoll_ctl(epfd, CTL_MOD, first + 10, poll_bits.OUT)
    kernel.sys_epoll_ctl(epfd, CTL_DEL, first + 11)
    assert lane.server.registered == 999
    kernel.sys_close(first + 12)
    assert lane.server.registered == 998
    twin = kernel.sys_dup(first + 13)
    kernel.sys_close(first + 13)
    assert lane.server.registered == 998  # the file stays open
    kernel.sys_close(twin)
    assert lane.server.registered == 997


def test_blocks_follow_each_other_and_numbers_below_are_used_again():
    table = DescriptorTable([])
    kernel = Kernel(ROUND_COSTS)
    network, _ = connections(kernel, 1, Script([]))
    first = table.install_idle(5_000, poll_bits.OUT, network.make)
    second = table.install_idle(3, poll_bits.OUT, network.make)
    assert (first.first, first.last, second.first, second.last) == (3, 5_002, 5_003, 5_005)
    assert table.is_open(5_005)
    assert not table.is_open(5_006)
    assert table.file(4_000) is table.file(4_000)
    assert table.end == 5_006
