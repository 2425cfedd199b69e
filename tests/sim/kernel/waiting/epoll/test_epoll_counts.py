"""epoll does the same work as Linux's: ready items are paid for, and nothing else."""

from __future__ import annotations

import pytest

from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_DEL, CTL_MOD
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import ROUND_COSTS, arrive, measure, pairs, socket_at


def watching(count: int, events: int = poll_bits.IN) -> tuple[Kernel, int, list[int]]:
    """A kernel, an epoll, and ``count`` idle connections on its interest list."""
    kernel = Kernel(ROUND_COSTS)
    fds = pairs(kernel, count)[0]
    epfd = kernel.sys_epoll_create1()
    for fd in fds:
        kernel.sys_epoll_ctl(epfd, CTL_ADD, fd, events)
    return kernel, epfd, fds


def come_in(kernel: Kernel, fds: list[int]) -> None:
    """Deliver one byte to each connection now."""
    for fd in fds:
        assert socket_at(kernel, fd).deliver(b"x")


@pytest.mark.parametrize("registered", [1, 10, 1_000])
def test_the_cost_of_a_wait_that_slept_depends_on_ready_items_only(registered):
    kernel, epfd, fds = watching(registered)
    arrive(kernel, fds[-1], 50_000_000)
    work = measure(kernel, kernel.sys_epoll_wait(epfd, 64))
    assert work.result == [(fds[-1], poll_bits.IN)]
    assert (work.scanned, work.ready, work.passes, work.hooks) == (1, 1, 1, 1)
    assert (work.copied_in_bytes, work.copied_out_bytes) == (0, 12)
    assert (work.syscalls, work.wakeups, work.context_switches) == (1, 1, 2)
    assert (work.syscall, work.scan, work.wait_queue) == (1_000, 170, 30)
    assert (work.copy_in, work.copy_out, work.context_switch) == (0, 12, 2_200)


@pytest.mark.parametrize("ready", [1, 2, 7, 64])
def test_ready_at_once_hooks_nothing_and_copies_twelve_bytes_an_event(ready):
    kernel, epfd, fds = watching(100)
    come_in(kernel, fds[:ready])
    work = measure(kernel, kernel.sys_epoll_wait(epfd, 64))
    assert [fd for fd, _ in work.result] == fds[:ready]
    assert (work.scanned, work.hooks, work.context_switches) == (ready, 0, 0)
    assert work.copied_out_bytes == 12 * ready
    assert work.scan == 170 * ready


def test_a_reported_level_triggered_item_is_asked_again_and_dropped():
    kernel, epfd, fds = watching(10)
    come_in(kernel, fds[:3])
    assert len(measure(kernel, kernel.sys_epoll_wait(epfd, 64)).result) == 3
    for fd in fds[:3]:
        kernel.sys_read(fd, 64)
    again = measure(kernel, kernel.sys_epoll_wait(epfd, 64, timeout_ns=0))
    assert (again.result, again.scanned, again.ready, again.passes) == ([], 3, 0, 1)
    empty = measure(kernel, kernel.sys_epoll_wait(epfd, 64, timeout_ns=0))
    assert (empty.result, empty.scanned, empty.passes) == ([], 0, 0)


def test_a_level_triggered_item_with_unread_data_is_reported_and_paid_for_each_time():
    kernel, epfd, fds = watching(10)
    come_in(kernel, fds[:1])
    for _ in range(5):
        work = measure(kernel, kernel.sys_epoll_wait(epfd, 64))
        assert (work.result, work.scanned, work.copied_out_bytes) == ([(fds[0], poll_bits.IN)], 1, 12)


def test_edge_triggered_reports_once_and_asks_once():
    kernel, epfd, fds = watching(10, poll_bits.IN | poll_bits.EPOLLET)
    come_in(kernel, fds[:3])
    first = measure(kernel, kernel.sys_epoll_wait(epfd, 64))
    assert (len(first.result), first.scanned) == (3, 3)
    again = measure(kernel, kernel.sys_epoll_wait(epfd, 64, timeout_ns=0))
    assert (again.result, again.scanned) == ([], 0)
    come_in(kernel, fds[1:2])
    assert measure(kernel, kernel.sys_epoll_wait(epfd, 64)).result == [(fds[1], poll_bits.IN)]


def test_a_one_shot_item_reports_nothing_until_it_is_armed_again():
    kernel, epfd, fds = watching(2, poll_bits.IN | poll_bits.EPOLLONESHOT)
    come_in(kernel, fds[:1])
    assert measure(kernel, kernel.sys_epoll_wait(epfd, 64)).result == [(fds[0], poll_bits.IN)]
    come_in(kernel, fds[:1])
    quiet = measure(kernel, kernel.sys_epoll_wait(epfd, 64, timeout_ns=0))
    assert (quiet.result, quiet.scanned) == ([], 0)
    kernel.sys_epoll_ctl(epfd, CTL_MOD, fds[0], poll_bits.IN | poll_bits.EPOLLONESHOT)
    armed = measure(kernel, kernel.sys_epoll_wait(epfd, 64, timeout_ns=0))
    assert armed.result == [(fds[0], poll_bits.IN)]


def test_more_ready_items_than_maxevents_take_turns():
    kernel, epfd, fds = watching(5)
    come_in(kernel, fds)
    turns = []
    for _ in range(5):
        work = measure(kernel, kernel.sys_epoll_wait(epfd, 2))
        assert (work.scanned, work.copied_out_bytes) == (2, 24)
        turns.append("".join("abcde"[fds.index(fd)] for fd, _ in work.result))
    assert turns == ["ab", "cd", "ea", "bc", "de"]


def test_the_ready_list_is_in_the_order_of_arrival():
    kernel, epfd, fds = watching(6)
    order = [fds[index] for index in (3, 0, 5, 1, 4, 2)]
    come_in(kernel, order)
    come_in(kernel, order[::-1])  # listed already: keeps its place
    work = measure(kernel, kernel.sys_epoll_wait(epfd, 64))
    assert [fd for fd, _ in work.result] == order


def test_unreported_items_come_first_then_reported_ones_then_new_ones():
    kernel, epfd, fds = watching(5)
    come_in(kernel, fds[:3])
    assert [fd for fd, _ in measure(kernel, kernel.sys_epoll_wait(epfd, 2)).result] == fds[:2]
    come_in(kernel, fds[3:])
    work = measure(kernel, kernel.sys_epoll_wait(epfd, 64))
    assert [fd for fd, _ in work.result] == [fds[2], fds[0], fds[1], fds[3], fds[4]]


def test_a_stale_item_costs_a_check_but_takes_no_event():
    kernel, epfd, fds = watching(4)
    come_in(kernel, fds)
    for fd in fds[:2]:
        kernel.sys_read(fd, 64)
    work = measure(kernel, kernel.sys_epoll_wait(epfd, 2))
    assert [fd for fd, _ in work.result] == fds[2:]
    assert (work.scanned, work.ready, work.copied_out_bytes) == (4, 2, 24)


def test_timeout_zero_and_timeout_over():
    kernel, epfd, _ = watching(4)
    at_once = measure(kernel, kernel.sys_epoll_wait(epfd, 64, timeout_ns=0))
    assert (at_once.result, at_once.hooks, at_once.context_switches, at_once.scanned) == ([], 0, 0, 0)
    begin_ns = kernel.now_ns
    late = measure(kernel, kernel.sys_epoll_wait(epfd, 64, timeout_ns=1_000_000))
    assert (late.result, late.hooks, late.context_switches, late.wakeups) == ([], 1, 2, 0)
    assert kernel.now_ns - begin_ns >= 1_000_000


@pytest.mark.parametrize(("op", "copied"), [(CTL_ADD, 12), (CTL_MOD, 12), (CTL_DEL, 0)])
def test_the_bytes_that_epoll_ctl_copies(op, copied):
    kernel, epfd, fds = watching(3)
    if op == CTL_ADD:
        kernel.sys_epoll_ctl(epfd, CTL_DEL, fds[0])

    def program():
        kernel.sys_epoll_ctl(epfd, op, fds[0], poll_bits.IN)
        yield

    work = measure(kernel, program())
    assert (work.copied_in_bytes, work.copied_out_bytes, work.epoll_ctl) == (copied, 0, 1)
    assert (work.interest_list, work.copy_in) == (1_500, copied)


@pytest.mark.parametrize("op", [CTL_ADD, CTL_MOD])
def test_adding_and_modifying_check_once_and_list_a_ready_item(op):
    kernel, epfd, fds = watching(2, poll_bits.EPOLLONESHOT)
    come_in(kernel, fds[:1])
    if op == CTL_ADD:
        kernel.sys_epoll_ctl(epfd, CTL_DEL, fds[0])
    assert measure(kernel, kernel.sys_epoll_wait(epfd, 8, timeout_ns=0)).result == []
    kernel.sys_epoll_ctl(epfd, op, fds[0], poll_bits.IN)
    assert measure(kernel, kernel.sys_epoll_wait(epfd, 8, timeout_ns=0)).result == [(fds[0], poll_bits.IN)]


def test_an_item_that_is_always_ready_costs_a_check_and_twelve_bytes_in_every_call():
    kernel, epfd, _ = watching(50, poll_bits.IN | poll_bits.OUT)
    for _ in range(3):
        work = measure(kernel, kernel.sys_epoll_wait(epfd, 64))
        assert (len(work.result), work.scanned, work.copied_out_bytes) == (50, 50, 600)


def test_end_and_error_are_reported_though_not_asked_for():
    kernel = Kernel(ROUND_COSTS)
    (here,), (there,) = pairs(kernel, 1)
    epfd = kernel.sys_epoll_create1()
    kernel.sys_epoll_ctl(epfd, CTL_ADD, here, 0)
    kernel.sys_write(here, b"never read")
    kernel.sys_close(there)
    work = measure(kernel, kernel.sys_epoll_wait(epfd, 8, timeout_ns=0))
    assert work.result == [(here, poll_bits.HUP | poll_bits.ERR)]
