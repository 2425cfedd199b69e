"""The raw calls on the real kernel: their results, also beyond FD_SETSIZE. Only loopback and local files are
used.
"""

from __future__ import annotations

import errno
import os
import sys

import numpy as np
import pytest

from sim.host import host_kernel
from sim.host.host_kernel import HostKernel, Nofile, NoHost, listen, raise_nofile, why_no_host
from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_DEL
from sim.kernel.waiting.scan_request import POLLFD, bit_numbers, words_for
from tests.support.kernel_under_test import bitmap, raises, reading

pytestmark = pytest.mark.skipif(why_no_host() is not None, reason="not a machine whose calls are known")


@pytest.fixture
def kernel():
    return HostKernel()


@pytest.fixture
def counters(kernel):
    fds = [kernel.sys_eventfd2(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC) for _ in range(5)]
    yield fds
    for fd in fds:
        kernel.sys_close(fd)


def test_select_writes_its_bitmaps(kernel, counters):
    os.eventfd_write(counters[2], 1)
    nfds = max(counters) + 1
    readable, writable = bitmap(counters, nfds), bitmap(counters[:2], nfds)
    assert kernel.sys_select(nfds, readable, writable, None, 0) == 3
    assert bit_numbers(readable, nfds).tolist() == [counters[2]]
    assert bit_numbers(writable, nfds).tolist() == counters[:2]


def test_select_goes_past_the_c_librarys_limit(kernel, counters):
    limit = raise_nofile()
    high = poll_bits.FD_SETSIZE + 500
    if limit.now <= high:
        pytest.skip(f"{limit.now} descriptors")
    os.dup2(counters[0], high, inheritable=False)
    try:
        os.eventfd_write(counters[0], 1)
        readable = bitmap([high, counters[1]], high + 1)
        assert kernel.sys_select(high + 1, readable, timeout_ns=1_000_000) == 1
        assert bit_numbers(readable, high + 1).tolist() == [high]
    finally:
        os.close(high)


def test_select_reports_bad_arguments(kernel, counters):
    closed = os.dup(counters[0])
    os.close(closed)
    raises(errno.EBADF, kernel.sys_select, closed + 1, bitmap([closed], closed + 1), None, None, 0)
    raises(errno.EINVAL, kernel.sys_select, -1, None, None, None, 0)
    # The kernel would write beyond the end of a bitmap with too few words.
    raises(errno.EFAULT, kernel.sys_select, 65, words_for(64), None, None, 0)
    raises(errno.EFAULT, kernel.sys_select, 1, np.zeros(1, dtype=np.int32), None, None, 0)


def test_poll_writes_every_revents(kernel, counters):
    os.eventfd_write(counters[4], 1)
    entries = reading(counters)
    assert kernel.sys_poll(entries, 0) == 1
    assert entries["revents"].tolist() == [0, 0, 0, 0, poll_bits.IN]
    raises(errno.EFAULT, kernel.sys_poll, np.zeros(4, dtype=np.int64), 0)
    raises(errno.EFAULT, kernel.sys_poll, np.zeros(4, dtype=POLLFD)[::2], 0)


def test_epoll_reports_ready_descriptors(kernel, counters):
    epfd = kernel.sys_epoll_create1()
    try:
        for fd in counters:
            kernel.sys_epoll_ctl(epfd, CTL_ADD, fd, poll_bits.IN)
        raises(errno.EEXIST, kernel.sys_epoll_ctl, epfd, CTL_ADD, counters[0], poll_bits.IN)
        assert kernel.sys_epoll_wait(epfd, 8, 0) == []
        for fd in counters[1:3]:
            os.eventfd_write(fd, 1)
        assert kernel.sys_epoll_wait(epfd, 8, 0) == [(fd, poll_bits.IN) for fd in counters[1:3]]
        assert len(kernel.sys_epoll_wait(epfd, 1, None)) == 1
        kernel.sys_epoll_ctl(epfd, CTL_DEL, counters[1])
        assert kernel.sys_epoll_wait(epfd, 8, 0) == [(counters[2], poll_bits.IN)]
        raises(errno.EINVAL, kernel.sys_epoll_wait, epfd, 0, 0)
    finally:
        kernel.sys_close(epfd)


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_sockets_are_connected_both_ways(kernel, kind):
    with listen() as listener:
        ours, theirs = kernel.sys_socketpair() if kind == "unix" else kernel.tcp_pair(listener)
    try:
        kernel.sys_write(theirs, b"hello")
        entries = reading([ours])
        assert kernel.sys_poll(entries, 1_000_000_000) == 1
        assert kernel.sys_read(ours, 64) == b"hello"
        kernel.sys_set_blocking(ours, False)
        raises(errno.EAGAIN, kernel.sys_read, ours, 64)
    finally:
        kernel.sys_close(ours)
        kernel.sys_close(theirs)


def test_the_soft_limit_is_raised_to_the_hard_one():
    limit = raise_nofile()
    assert limit.now == limit.hard
    assert raise_nofile() == Nofile(limit.now, limit.now, limit.hard)


def test_a_number_beyond_the_limit_is_reported():
    limit = Nofile(256, 1_024, 1_024)
    assert limit.shortfall(1_024 - host_kernel.SPARE_FDS) is None
    told = limit.shortfall(1_024)
    assert told is not None
    assert "1,024" in told
    assert "simulated only" in told


def test_another_system_is_refused_in_one_line(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(NoHost, match=r"not Linux"):
        HostKernel()
