"""Exact costs that are not counts times prices: cache misses, skipped words, stale items."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD
from sim.machine.costs import BUILT_IN, PUBLISHED
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import (
    ROUND_COSTS,
    arrive,
    bitmap,
    measure,
    pairs,
    reading,
    socket_at,
    totals,
)


def test_a_pass_pays_more_for_descriptors_beyond_the_cache():
    costs = replace(ROUND_COSTS, scan_miss_ps=4_000, cache_fds=60)
    for count, each_ps in ((1, 10_000), (60, 10_000), (61, 10_065), (80, 11_000), (240, 13_000)):
        assert costs.each_ps(costs.scan_ps, count) == each_ps
        kernel = Kernel(costs)
        fds = pairs(kernel, count)[0]
        nfds = max(fds) + 1
        for work in (
            measure(kernel, kernel.sys_select(nfds, bitmap(fds, nfds), timeout_ns=0)),
            measure(kernel, kernel.sys_poll(reading(fds), timeout_ns=0)),
        ):
            assert work.scan == -(-count * each_ps // 1000)


def test_select_and_poll_have_prices_of_their_own():
    kernel = Kernel(replace(ROUND_COSTS, poll_scan_ps=20_000))
    fds = pairs(kernel, 50)[0]
    nfds = max(fds) + 1
    assert measure(kernel, kernel.sys_select(nfds, bitmap(fds, nfds), timeout_ns=0)).scan == 500
    assert measure(kernel, kernel.sys_poll(reading(fds), timeout_ns=0)).scan == 1_000


def test_words_without_a_descriptor_are_walked_and_paid_for_in_every_pass():
    kernel = Kernel(replace(ROUND_COSTS, word_ps=5_000))
    fds = pairs(kernel, 320)[0]  # numbers up to 641
    asked = [fd for fd in fds if fd < 64] + fds[-1:]
    nfds = asked[-1] + 1
    words = -(-nfds // 64) - 2
    assert words == 9
    work = measure(kernel, kernel.sys_select(nfds, bitmap(asked, nfds), timeout_ns=0))
    assert work.scan == -(-(len(asked) * 10_000 + words * 5_000 // len(asked) * len(asked)) // 1000)
    arrive(kernel, asked[0], kernel.now_ns + 10_000_000)
    assert measure(kernel, kernel.sys_select(nfds, bitmap(asked, nfds))).passes == 2


def test_woken_descriptors_beyond_the_cache_cost_more_only_after_a_sleep():
    kernel = Kernel(replace(ROUND_COSTS, woken_miss_ps=7_000, cache_fds=30))
    fds = pairs(kernel, 50)[0]
    for fd in fds[:40]:
        arrive(kernel, fd, 10_000_000)
    slept = measure(kernel, kernel.sys_poll(reading(fds)))
    at_once = measure(kernel, kernel.sys_poll(reading(fds)))
    assert (slept.result, at_once.result) == (40, 40)
    assert slept.wait_queue == 50 * 30 + 10 * 7
    assert at_once.wait_queue == 30


def test_stale_items_have_a_price_of_their_own_and_both_kinds_miss_the_cache():
    costs = replace(
        ROUND_COSTS, epoll_stale_ps=50_000, item_miss_ps=20_000, stale_miss_ps=30_000, cache_items=10
    )
    assert costs.items_ps(10, 10) == 10 * 170_000 + 10 * 50_000
    assert costs.items_ps(14, 12) == 14 * 170_000 + 4 * 20_000 + 12 * 50_000 + 2 * 30_000
    kernel = Kernel(costs)
    fds = pairs(kernel, 20)[0]
    epfd = kernel.sys_epoll_create1()
    for fd in fds:
        kernel.sys_epoll_ctl(epfd, CTL_ADD, fd, poll_bits.IN)
        arrive(kernel, fd, 0)
    kernel.run_until(1_000_000)
    assert measure(kernel, kernel.sys_epoll_wait(epfd, 64)).scan == 20 * 170 + 10 * 20
    for fd in fds:
        socket_at(kernel, fd).read(100)
    assert measure(kernel, kernel.sys_epoll_wait(epfd, 64, 0)).scan == 20 * 50 + 10 * 30


def test_the_front_of_a_pass_always_moves():
    assert ROUND_COSTS.each_ps(0, 1_000) == 1
    assert ROUND_COSTS.each_ps(0, 0) == 1


@pytest.mark.parametrize("table", [BUILT_IN, *PUBLISHED.values()], ids=lambda table: table.name)
def test_every_table_says_where_it_comes_from(table):
    assert table.name
    assert table.source
    assert table.date


def test_a_read_that_finds_nothing_costs_a_read_and_copies_nothing():
    kernel = Kernel(replace(BUILT_IN, read_ns=1_000))
    near, far = kernel.socket.socketpair()
    near.setblocking(False)
    cost_ns, copied = {}, {}
    for found, message in (("nothing", b""), ("a byte", b"x")):
        if message:
            far.send(message)
        before = totals(kernel)
        with suppress(BlockingIOError):
            near.recv(1)
        cost_ns[found] = totals(kernel)["socket_io"] - before["socket_io"]
        copied[found] = totals(kernel)["copied_out_bytes"] - before["copied_out_bytes"]
    assert cost_ns["nothing"] == 1_000 < cost_ns["a byte"]
    assert copied == {"nothing": 0, "a byte": 1}
