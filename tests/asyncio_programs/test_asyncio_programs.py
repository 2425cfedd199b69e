"""The same asyncio programs on the host's kernel and on a simulated one: the same log."""

from __future__ import annotations

import pytest

import sim
from tests.asyncio_programs.programs import names, on_host, simulated

NAMES = names()
MANY = "programs_streams.many_clients_at_once"
MORE_LOOKS = 2


@pytest.mark.parametrize("name", NAMES)
def test_both_kernels_give_the_same_log_and_every_run_takes_the_same_virtual_time(name):
    first, second = sim.Kernel(), sim.Kernel()
    seen, host_saw = simulated(name, first), on_host(name)
    for _ in range(MORE_LOOKS):
        # On a busy host a timer can fire so late that another one overtakes it: a difference counts only if
        # it appears again.
        if seen != host_saw:
            host_saw = on_host(name)
    assert seen == host_saw
    assert seen
    assert first.table.files == {}, "nothing is left open"
    assert simulated(name, second) == seen
    assert first.now_ns == second.now_ns
    assert first.journal.records == second.journal.records


def test_there_are_enough_programs():
    assert len(NAMES) >= 40


def test_more_clients_than_select_could_watch():
    assert simulated(MANY, count=2_500) == ["True 2500"]
