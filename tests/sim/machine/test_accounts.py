"""All CPU time is accounted for at every moment, and no account ever decreases."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.machine.accounts import Account, Charge, Count, Ledger
from sim.race.race import Race
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import ROUND_COSTS, Script, bitmap, connections, reading, totals
from tests.support.races import MS, SCENARIOS, check_accounts, scenarios


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_the_sum_is_exact_at_every_moment(scenario):
    race, chance = Race(scenario), random.Random(scenario.seed)
    frame = race.frame()
    for _ in range(400):
        race.advance(race.now_ns + chance.choice([0, 1, 17, 300, 2_000, 40_000]))
        frame, before = race.frame(), frame
        check_accounts(frame, before)


@settings(max_examples=33)
@given(scenarios(), st.lists(st.integers(0, 200_000), max_size=40))
def test_the_sum_is_exact_for_any_race_and_any_steps(scenario, steps):
    race = Race(scenario)
    frame = race.frame()
    for step_ns in steps:
        race.advance(race.now_ns + step_ns)
        frame, before = race.frame(), frame
        check_accounts(frame, before)


@settings(max_examples=66)
@given(
    st.sampled_from(["select", "poll", "epoll"]),
    st.integers(0, 28_000),
    st.lists(st.tuples(st.integers(0, 24_000), st.integers(0, 11)), min_size=1, max_size=24),
)
def test_nanosecond_by_nanosecond_exactly_one_account_grows_by_one(way, begin_ns, packets):
    # Interrupts come during every kind of step, and during other interrupts.
    costs = replace(ROUND_COSTS, scan_ps=150_000, hook_ps=270_500)
    kernel = Kernel(costs)
    _, fds = connections(kernel, 12, Script(sorted(packets)))
    nfds = fds[-1] + 1
    if way == "epoll":
        epfd = kernel.sys_epoll_create1()
        for fd in fds:
            kernel.sys_epoll_ctl(epfd, 1, fd, 1)

    def serving():
        while True:
            if way == "epoll":
                ready = [fd for fd, _ in (yield from kernel.sys_epoll_wait(epfd, 4))]
            elif way == "select":
                readable = bitmap(fds, nfds)
                yield from kernel.sys_select(nfds, readable, timeout_ns=19_000)
                ready = [fd for fd in fds if int(readable[0]) >> fd & 1]
            else:
                entries = reading(fds)
                yield from kernel.sys_poll(entries)
                ready = [int(entry["fd"]) for entry in entries if entry["revents"]]
            for fd in ready:
                kernel.sys_read(fd, 100)
                kernel.work(500)
                yield

    kernel.start(serving())
    kernel.run_until(begin_ns)
    before = totals(kernel)
    for now_ns in range(begin_ns + 1, begin_ns + 600):
        kernel.run_until(now_ns)
        now = totals(kernel)
        grown = [account.label for account in Account if now[account.label] != before[account.label]]
        assert len(grown) == 1, (now_ns, grown)
        assert now[grown[0]] == before[grown[0]] + 1
        before = now


def test_a_storm_of_interrupts_starves_the_server_and_the_accounts_show_it():
    storm = [(10_000 + 100 * index, 0) for index in range(2_000)]
    kernel = Kernel(ROUND_COSTS)
    connections(kernel, 1, Script(storm, b"x"))

    def computing():
        kernel.work(12_000)
        yield
        kernel.work(5_000)
        yield

    kernel.start(computing())
    before = totals(kernel)
    end_ns = 17_000 + 2_000 * 1_700
    for now_ns in range(1_000, end_ns + 5_000, 997):
        kernel.run_until(now_ns)
        now = totals(kernel)
        assert all(now[account.label] >= before[account.label] for account in Account), now_ns
        assert sum(now[account.label] for account in Account) == now_ns
        before = now
    assert before["application"] == 17_000
    assert before["interrupt"] == 2_000 * 1_700


def test_a_charge_is_paid_in_the_order_of_its_parts():
    kernel = Kernel(ROUND_COSTS)

    def program():
        kernel.pay(charge)
        yield

    charge = Charge(((Account.COPY_IN, 10), (Account.SCAN, 0), (Account.COPY_OUT, 5)), ((Count.READY, 2),))
    kernel.ledger.page()["it"] = charge
    kernel.start(program())
    spent = []
    for now_ns in range(17):
        kernel.run_until(now_ns)
        now = totals(kernel)
        spent.append((now["copy_in"], now["copy_out"], now["idle"]))
    assert spent == [(min(t, 10), min(max(t - 10, 0), 5), max(t - 15, 0)) for t in range(17)]
    assert totals(kernel)["ready"] == 2


def test_a_ledger_adds_up_charges_and_postings():
    ledger = Ledger()
    page = ledger.page()
    charge = page["a"] = Charge(((Account.SCAN, 7), (Account.SYSCALL, 3)), ((Count.SYSCALLS, 1),))
    assert charge.ns == 10
    charge.times += 3
    assert ledger.post(((Account.SCAN, 100), (Account.IDLE, 1)), ((Count.HOOKS, 4),)) == 101
    ledger.fold()
    ledger.fold()
    assert (ledger.spent_ns[Account.SCAN], ledger.spent_ns[Account.SYSCALL]) == (121, 9)
    assert (ledger.counted[Count.SYSCALLS], ledger.counted[Count.HOOKS]) == (3, 4)


def test_calls_before_the_accounts_begin_are_preparation():
    kernel = Kernel(ROUND_COSTS)
    kernel.sys_socketpair()
    assert kernel.begin_accounts(0, [0] * len(Account), [0] * len(Count)) == 2_500
    kernel.run_until(10 * MS)
    assert totals(kernel)["idle"] == 10 * MS
    assert totals(kernel)["socket_io"] == 0
