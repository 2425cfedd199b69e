"""Misuse raises the errno that Linux gives."""

from __future__ import annotations

import errno

import pytest

from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_DEL, CTL_MOD
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import bitmap, pairs, raises, reading

CLOSED = 999


@pytest.fixture
def kernel():
    return Kernel()


def test_epoll_ctl(kernel):
    (fd, other), _ = pairs(kernel, 2)
    epfd = kernel.sys_epoll_create1()
    kernel.sys_epoll_ctl(epfd, CTL_ADD, fd, poll_bits.IN)
    raises(errno.EEXIST, kernel.sys_epoll_ctl, epfd, CTL_ADD, fd, poll_bits.IN)
    raises(errno.ENOENT, kernel.sys_epoll_ctl, epfd, CTL_MOD, other, poll_bits.IN)
    raises(errno.ENOENT, kernel.sys_epoll_ctl, epfd, CTL_DEL, other)
    raises(errno.EBADF, kernel.sys_epoll_ctl, epfd, CTL_ADD, CLOSED, poll_bits.IN)
    raises(errno.EBADF, kernel.sys_epoll_ctl, CLOSED, CTL_ADD, fd, poll_bits.IN)
    raises(errno.EINVAL, kernel.sys_epoll_ctl, fd, CTL_ADD, other, poll_bits.IN)
    raises(errno.EINVAL, kernel.sys_epoll_ctl, epfd, CTL_ADD, epfd, poll_bits.IN)
    raises(errno.EINVAL, kernel.sys_epoll_ctl, epfd, 4, fd, poll_bits.IN)
    # A refused call changes nothing.
    kernel.sys_epoll_ctl(epfd, CTL_DEL, fd)
    raises(errno.ENOENT, kernel.sys_epoll_ctl, epfd, CTL_DEL, fd)


def test_exclusive_watches_are_set_once_and_for_all(kernel):
    (fd, other), _ = pairs(kernel, 2)
    epfd, inner = kernel.sys_epoll_create1(), kernel.sys_epoll_create1()
    exclusive = poll_bits.IN | poll_bits.EPOLLEXCLUSIVE
    kernel.sys_epoll_ctl(epfd, CTL_ADD, fd, exclusive)
    kernel.sys_epoll_ctl(epfd, CTL_ADD, other, poll_bits.IN)
    raises(errno.EINVAL, kernel.sys_epoll_ctl, epfd, CTL_MOD, fd, poll_bits.IN)
    raises(errno.EINVAL, kernel.sys_epoll_ctl, epfd, CTL_MOD, other, exclusive)
    raises(errno.EINVAL, kernel.sys_epoll_ctl, epfd, CTL_ADD, inner, exclusive)
    kernel.sys_epoll_ctl(epfd, CTL_DEL, other)
    raises(errno.EINVAL, kernel.sys_epoll_ctl, epfd, CTL_ADD, other, exclusive | poll_bits.EPOLLONESHOT)


def test_epoll_wait(kernel):
    (fd,), _ = pairs(kernel, 1)
    epfd = kernel.sys_epoll_create1()
    for maxevents in (0, -1):
        raises(errno.EINVAL, kernel.complete, kernel.sys_epoll_wait(epfd, maxevents, 0))
    raises(errno.EINVAL, kernel.complete, kernel.sys_epoll_wait(fd, 8, 0))
    raises(errno.EBADF, kernel.complete, kernel.sys_epoll_wait(CLOSED, 8, 0))


def test_select(kernel):
    (fd,), _ = pairs(kernel, 1)
    twin = kernel.sys_dup(fd)
    hole = kernel.sys_dup(fd)
    kernel.sys_dup(fd)
    kernel.sys_close(hole)
    nfds = kernel.table.end
    readable = bitmap([fd, hole], nfds)
    raises(errno.EBADF, kernel.complete, kernel.sys_select(nfds, readable, None, None, 0))
    assert readable.tolist() == bitmap([fd, hole], nfds).tolist()  # an error writes nothing back
    raises(errno.EBADF, kernel.complete, kernel.sys_select(nfds, None, None, bitmap([hole], nfds), 0))
    raises(errno.EINVAL, kernel.complete, kernel.sys_select(-1, None, None, None, 0))
    assert kernel.complete(kernel.sys_select(hole, bitmap([twin, hole], nfds), None, None, 0)) == 0


def test_a_failed_call_leaves_no_wait_queue_entry(kernel):
    (fd, hole), _ = pairs(kernel, 2)
    kernel.sys_close(hole)
    nfds = kernel.table.end
    raises(errno.EBADF, kernel.complete, kernel.sys_select(nfds, bitmap([fd, hole], nfds), None, None, 0))
    assert kernel.scans == []
    assert kernel.complete(kernel.sys_poll(reading([fd]), 0)) == 0


def test_descriptors_run_out():
    kernel = Kernel(nofile=8)
    pairs(kernel, 2)
    kernel.sys_socket()
    raises(errno.EMFILE, kernel.sys_socket)
    raises(errno.EMFILE, kernel.sys_dup, 3)
    raises(errno.EMFILE, kernel.sys_epoll_create1)
    raises(errno.EMFILE, kernel.sys_socketpair)
    kernel.sys_close(5)
    assert kernel.sys_dup(3) == 5  # the lowest free number
    raises(errno.EMFILE, kernel.sys_dup, 3)


def test_accept_without_room_for_a_descriptor_leaves_the_connection_waiting():
    kernel = Kernel(nofile=5)
    listener, client = kernel.sys_socket(), kernel.sys_socket()
    kernel.sys_bind(listener, ("127.0.0.1", 80))
    kernel.sys_listen(listener, 4)
    raises(errno.EINPROGRESS, kernel.sys_connect, client, ("127.0.0.1", 80))
    raises(errno.EMFILE, kernel.sys_accept4, listener)
    kernel.sys_close(client)
    assert kernel.sys_accept4(listener) == client


def test_a_failed_socketpair_leaves_no_half_open():
    kernel = Kernel(nofile=4)
    raises(errno.EMFILE, kernel.sys_socketpair)
    assert kernel.sys_socket() == 3


def test_closed_and_unfit_descriptors(kernel):
    (fd,), _ = pairs(kernel, 1)
    epfd, fresh = kernel.sys_epoll_create1(), kernel.sys_socket()
    for bad in (CLOSED, -1, 0):
        raises(errno.EBADF, kernel.sys_read, bad, 1)
        raises(errno.EBADF, kernel.sys_write, bad, b"x")
        raises(errno.EBADF, kernel.sys_close, bad)
        raises(errno.EBADF, kernel.sys_dup, bad)
    raises(errno.EAGAIN, kernel.sys_read, fd, 1)
    raises(errno.EINVAL, kernel.sys_read, epfd, 1)
    raises(errno.EINVAL, kernel.sys_accept4, fd)
    raises(errno.ENOTSOCK, kernel.sys_listen, epfd, 1)
    address = ("127.0.0.1", 80)
    raises(errno.ENOTSOCK, kernel.sys_connect, epfd, address)
    raises(errno.EINPROGRESS, kernel.sys_connect, fresh, address)
    raises(errno.ECONNREFUSED, kernel.sys_connect, fresh, address)
    raises(errno.EISCONN, kernel.sys_connect, fd, address)
    kernel.sys_listen(fresh, 1)
    raises(errno.EAGAIN, kernel.sys_accept4, fresh)
    raises(errno.EADDRINUSE, kernel.sys_bind, kernel.sys_socket(), kernel.sys_getsockname(fresh))


def test_blocking_errors_have_the_standard_library_s_classes(kernel):
    (here,), (there,) = pairs(kernel, 1)
    with pytest.raises(BlockingIOError):
        kernel.sys_read(here, 1)
    kernel.sys_close(there)
    assert kernel.sys_write(here, b"x") == 1  # the kernel does not know yet that there is no reader
    with pytest.raises(BrokenPipeError):
        kernel.sys_write(here, b"x")


def test_dup3_returns_the_number_it_was_asked_for(kernel):
    fd = pairs(kernel, 1)[0][0]
    assert kernel.file_calls.dup3(fd, 77) == 77
    assert not kernel.file_calls.get_inheritable(77)
