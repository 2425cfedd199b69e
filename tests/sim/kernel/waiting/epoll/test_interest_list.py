"""The life of an item on the interest list: removal, close, dup, several watchers, nesting."""

from __future__ import annotations

import errno

import pytest

from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_DEL, CTL_MOD
from sim.machine.accounts import Account
from sim.machine.cpu import Deadlock
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import (
    ROUND_COSTS,
    arrive,
    bitmap,
    measure,
    pairs,
    raises,
    reading,
    settle,
    socket_at,
)


def ready_now(kernel: Kernel, epfd: int) -> list[int]:
    return [fd for fd, _ in measure(kernel, kernel.sys_epoll_wait(epfd, 64, timeout_ns=0)).result]


def epoll_over(kernel: Kernel, *fds: int, events: int = poll_bits.IN) -> int:
    epfd = kernel.sys_epoll_create1()
    for fd in fds:
        kernel.sys_epoll_ctl(epfd, CTL_ADD, fd, events)
    return epfd


def test_removed_while_on_the_ready_list():
    kernel = Kernel(ROUND_COSTS)
    fds, _ = pairs(kernel, 3)
    epfd = epoll_over(kernel, *fds)
    for fd in fds:
        socket_at(kernel, fd).deliver(b"x")
    kernel.sys_epoll_ctl(epfd, CTL_DEL, fds[1])
    assert ready_now(kernel, epfd) == [fds[0], fds[2]]
    kernel.sys_epoll_ctl(epfd, CTL_ADD, fds[1], poll_bits.IN)
    assert ready_now(kernel, epfd) == [fds[0], fds[2], fds[1]]


def test_close_removes_the_items_and_pays_for_each_watch():
    kernel = Kernel(ROUND_COSTS)
    (fd, other), _ = pairs(kernel, 2)
    epolls = [epoll_over(kernel, fd, other) for _ in range(3)]
    socket_at(kernel, fd).deliver(b"x")
    settle(kernel)
    before = kernel.totals()[0][Account.INTEREST_LIST]
    kernel.sys_close(fd)
    settle(kernel)
    assert kernel.totals()[0][Account.INTEREST_LIST] - before == 3 * 1_500
    for epfd in epolls:
        assert ready_now(kernel, epfd) == []
        raises(errno.EBADF, kernel.sys_epoll_ctl, epfd, CTL_DEL, fd)


def test_a_dup_keeps_the_item_and_its_number():
    kernel = Kernel(ROUND_COSTS)
    (fd,), _ = pairs(kernel, 1)
    epfd = epoll_over(kernel, fd)
    twin = kernel.sys_dup(fd)
    kernel.sys_close(fd)
    socket_at(kernel, twin).deliver(b"x")
    # The known trap: the item is reported under a closed number, and cannot be removed by that number.
    assert ready_now(kernel, epfd) == [fd]
    raises(errno.EBADF, kernel.sys_epoll_ctl, epfd, CTL_DEL, fd)
    raises(errno.ENOENT, kernel.sys_epoll_ctl, epfd, CTL_DEL, twin)
    kernel.sys_close(twin)
    assert ready_now(kernel, epfd) == []


def test_a_number_used_again_is_another_file():
    kernel = Kernel(ROUND_COSTS)
    (fd, keep), _ = pairs(kernel, 2)
    epfd = epoll_over(kernel, fd)
    kernel.sys_close(fd)
    assert kernel.sys_dup(keep) == fd
    raises(errno.ENOENT, kernel.sys_epoll_ctl, epfd, CTL_MOD, fd, poll_bits.IN)
    kernel.sys_epoll_ctl(epfd, CTL_ADD, fd, poll_bits.IN)
    socket_at(kernel, fd).deliver(b"x")
    assert ready_now(kernel, epfd) == [fd]


def test_two_numbers_of_one_file_are_two_items():
    kernel = Kernel(ROUND_COSTS)
    (fd,), _ = pairs(kernel, 1)
    twin = kernel.sys_dup(fd)
    epfd = epoll_over(kernel, fd, twin)
    socket_at(kernel, fd).deliver(b"x")
    assert sorted(ready_now(kernel, epfd)) == [fd, twin]


def test_every_watching_epoll_lists_its_item_and_wakes_its_waiter():
    kernel = Kernel(ROUND_COSTS)
    (fd,), _ = pairs(kernel, 1)
    epolls = [epoll_over(kernel, fd) for _ in range(3)]
    tasks = [kernel.start(kernel.sys_epoll_wait(epfd, 8)) for epfd in epolls]
    kernel.run_until(1_000_000)
    socket_at(kernel, fd).deliver(b"x")
    kernel.run_until(2_000_000)
    assert [task.result for task in tasks] == [[(fd, poll_bits.IN)]] * 3


def test_exclusive_watchers_wake_one_and_the_first_to_register_gets_it():
    kernel = Kernel(ROUND_COSTS)
    (fd,), _ = pairs(kernel, 1)
    epolls = [epoll_over(kernel, fd, events=poll_bits.IN | poll_bits.EPOLLEXCLUSIVE) for _ in range(3)]
    tasks = [kernel.start(kernel.sys_epoll_wait(epfd, 8)) for epfd in epolls]
    kernel.run_until(1_000_000)
    socket_at(kernel, fd).deliver(b"x")
    kernel.run_until(2_000_000)
    assert [task.done for task in tasks] == [True, False, False]
    socket_at(kernel, fd).deliver(b"y")
    kernel.run_until(3_000_000)
    # No task waits at the first epoll now, so a task at the next epoll is woken.
    assert [task.done for task in tasks] == [True, True, False]


def test_threads_that_share_an_epoll_are_woken_one_by_one_the_last_first():
    kernel = Kernel(ROUND_COSTS)
    (fd,), _ = pairs(kernel, 1)
    epfd = epoll_over(kernel, fd, events=poll_bits.IN | poll_bits.EPOLLET)
    tasks = [kernel.start(kernel.sys_epoll_wait(epfd, 8)) for _ in range(3)]
    kernel.run_until(1_000_000)
    done = []
    for number in range(3):
        socket_at(kernel, fd).deliver(b"x")
        kernel.run_until((2 + number) * 1_000_000)
        done.append([task.done for task in tasks])
    assert done == [[False, False, True], [False, True, True], [True, True, True]]


def test_level_triggered_wakes_the_next_thread_while_something_is_left():
    kernel = Kernel(ROUND_COSTS)
    (fd,), _ = pairs(kernel, 1)
    epfd = epoll_over(kernel, fd)
    tasks = [kernel.start(kernel.sys_epoll_wait(epfd, 8)) for _ in range(3)]
    kernel.run_until(1_000_000)
    socket_at(kernel, fd).deliver(b"x")
    kernel.run_until(2_000_000)
    assert all(task.done for task in tasks)


@pytest.mark.parametrize("way", ["select", "poll", "epoll"])
@pytest.mark.parametrize("early", [True, False])
def test_an_epoll_is_itself_something_to_wait_for(way, early):
    kernel = Kernel(ROUND_COSTS)
    (fd,), _ = pairs(kernel, 1)
    inner = epoll_over(kernel, fd)
    outer = epoll_over(kernel, inner) if way == "epoll" else -1
    settle(kernel)
    if early:
        socket_at(kernel, fd).deliver(b"x")
    else:
        arrive(kernel, fd, kernel.now_ns + 1_000_000)
    program = {
        "select": lambda: kernel.sys_select(inner + 1, bitmap([inner], inner + 1)),
        "poll": lambda: kernel.sys_poll(reading([inner])),
        "epoll": lambda: kernel.sys_epoll_wait(outer, 8),
    }[way]()
    result = measure(kernel, program).result
    assert result == ([(inner, poll_bits.IN)] if way == "epoll" else 1)
    assert ready_now(kernel, inner) == [fd]


@pytest.mark.parametrize("way", ["select", "poll", "epoll"])
def test_an_epoll_whose_items_went_stale_is_not_ready(way):
    kernel = Kernel(ROUND_COSTS)
    (fd,), _ = pairs(kernel, 1)
    inner = epoll_over(kernel, fd)
    outer = epoll_over(kernel, inner)
    socket_at(kernel, fd).deliver(b"x")
    kernel.sys_read(fd, 8)
    program = {
        "select": lambda: kernel.sys_select(inner + 1, bitmap([inner], inner + 1), timeout_ns=0),
        "poll": lambda: kernel.sys_poll(reading([inner]), timeout_ns=0),
        "epoll": lambda: kernel.sys_epoll_wait(outer, 8, timeout_ns=0),
    }[way]()
    assert not measure(kernel, program).result


def test_a_chain_of_epolls_reports_through_all_of_them():
    kernel = Kernel(ROUND_COSTS)
    (fd,), _ = pairs(kernel, 1)
    chain = [epoll_over(kernel, fd)]
    for _ in range(4):
        chain.append(epoll_over(kernel, chain[-1]))
    arrive(kernel, fd, 10_000_000)
    assert measure(kernel, kernel.sys_epoll_wait(chain[-1], 8)).result == [(chain[-2], poll_bits.IN)]


def test_cycles_of_epolls_are_refused():
    kernel = Kernel(ROUND_COSTS)
    first, second, third = (kernel.sys_epoll_create1() for _ in range(3))
    kernel.sys_epoll_ctl(first, CTL_ADD, second, poll_bits.IN)
    kernel.sys_epoll_ctl(second, CTL_ADD, third, poll_bits.IN)
    raises(errno.ELOOP, kernel.sys_epoll_ctl, third, CTL_ADD, first, poll_bits.IN)
    raises(errno.ELOOP, kernel.sys_epoll_ctl, second, CTL_ADD, first, poll_bits.IN)
    raises(errno.EINVAL, kernel.sys_epoll_ctl, first, CTL_ADD, first, poll_bits.IN)


def test_a_wait_that_nothing_can_end_is_a_deadlock():
    kernel = Kernel(ROUND_COSTS)
    (fd,), _ = pairs(kernel, 1)
    with pytest.raises(Deadlock):
        kernel.complete(kernel.sys_epoll_wait(epoll_over(kernel, fd), 8))
    kernel = Kernel(ROUND_COSTS)
    (fd,), _ = pairs(kernel, 1)
    with pytest.raises(Deadlock):
        kernel.complete(kernel.sys_poll(reading([fd])))
