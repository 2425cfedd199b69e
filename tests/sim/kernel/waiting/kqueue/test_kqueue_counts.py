"""The counts of kqueue: a filter run for each packet and each queued knote, 64 bytes each way."""

from __future__ import annotations

import pytest

from sim.kernel.waiting.kqueue.kevent import Kevent
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import ROUND_COSTS, Script, arrive, connections, measure, totals
from tests.support.kqueue_under_test import Rig
from tests.support.races import MS


@pytest.mark.parametrize("registered", [1, 10, 1_000])
def test_the_cost_of_a_call_depends_on_queued_knotes_and_not_on_registered_ones(registered):
    rig = Rig(registered)
    rig.add(*rig.ours)
    arrive(rig.kernel, rig.ours[-1], 50 * MS)
    work = measure(rig.kernel, rig.kernel.sys_kevent(rig.fd, [], 64))
    assert [event.ident for event in work.result] == [rig.ours[-1]]
    assert (work.scanned, work.ready, work.passes, work.hooks, work.filter_runs) == (1, 1, 1, 1, 1)
    assert (work.copied_in_bytes, work.copied_out_bytes) == (0, 64)
    assert (work.syscalls, work.wakeups, work.context_switches) == (1, 1, 2)
    assert (work.syscall, work.scan, work.wait_queue) == (1_000, 170, 30)
    assert (work.copy_out, work.context_switch) == (64, 2_200)


@pytest.mark.parametrize("changes", [1, 8, 40])
def test_changes_share_one_call_and_cost_64_bytes_each(changes):
    rig = Rig(changes)
    work = measure(rig.kernel, rig.kernel.sys_kevent(rig.fd, [*map(Kevent, rig.ours)], 0, 0))
    assert (work.syscalls, work.changes) == (1, changes)
    assert work.copied_in_bytes == 64 * changes + 16  # and the timeout
    assert work.interest_list == changes * rig.kqueue.costs.change_ns


def test_the_filter_runs_for_every_packet_and_queues_once():
    kernel = Kernel(ROUND_COSTS)
    _, fds = connections(kernel, 100, Script([(MS + 1_000 * step, step % 3) for step in range(1, 31)]))
    kqfd = kernel.sys_kqueue()
    kernel.complete(kernel.sys_kevent(kqfd, [*map(Kevent, fds)], 0))
    kernel.run_until(2 * MS)
    assert totals(kernel)["filter_runs"] == totals(kernel)["packets"] == 30
    work = measure(kernel, kernel.sys_kevent(kqfd, [], 64, 0))
    assert (len(work.result), work.scanned, work.ready) == (3, 3, 3)


def test_a_knote_whose_data_was_read_meanwhile_is_dropped_without_an_event():
    rig = Rig()
    rig.add(*rig.ours)
    rig.come_in(*rig.ours)
    rig.kernel.sys_read(rig.ours[1], 64)
    work = measure(rig.kernel, rig.kernel.sys_kevent(rig.fd, [], 64, 0))
    assert [event.ident for event in work.result] == [rig.ours[0], rig.ours[2]]
    assert (work.scanned, work.ready, work.copied_out_bytes) == (3, 2, 128)


def test_more_ready_items_than_maxevents_take_turns():
    rig = Rig(5)
    rig.add(*rig.ours)
    rig.come_in(*rig.ours)
    turns = []
    for _ in range(5):
        work = measure(rig.kernel, rig.kernel.sys_kevent(rig.fd, [], 2))
        assert (work.scanned, work.copied_out_bytes) == (2, 128)
        turns.append("".join("abcde"[rig.ours.index(event.ident)] for event in work.result))
    assert turns == ["ab", "cd", "ea", "bc", "de"]
