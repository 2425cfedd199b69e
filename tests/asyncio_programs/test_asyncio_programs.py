"""The same asyncio programs on the host's kernel and on a simulated one: the same log."""

from __future__ import annotations

import pytest

import sim
from tests.asyncio_programs.programs import names, on_host, simulated

NAMES = names()
MANY = "programs_streams.many_clients_at_once"


@pytest.mark.parametrize("name", NAMES)
def test_both_kernels_give_the_same_log(name):
    seen = simulated(name)
    assert seen == on_host(name)
    assert seen


@pytest.mark.parametrize("name", NAMES)
def test_a_second_run_takes_the_same_virtual_time(name):
    first, second = sim.Kernel(), sim.Kernel()
    assert simulated(name, first) == simulated(name, second)
    assert first.now_ns == second.now_ns
    assert first.journal.records == second.journal.records


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_open(name):
    kernel = sim.Kernel()
    simulated(name, kernel)
    assert kernel.table.files == {}


def test_there_are_enough_programs():
    assert len(NAMES) >= 40


def test_ten_thousand_clients():
    assert simulated(MANY, count=10_000) == ["True 10000"]
