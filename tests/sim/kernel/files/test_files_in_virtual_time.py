"""Pipes, counters, timers and message sockets in virtual time: tests that a real kernel cannot run."""

from __future__ import annotations

import errno

import pytest

import sim

SECOND = 1_000_000_000


@pytest.fixture
def kernel():
    return sim.Kernel()


def test_a_new_pipe_takes_the_two_lowest_numbers(kernel):
    assert kernel.os.pipe() == (3, 4)
    kernel.os.close(3)
    assert kernel.os.eventfd(0) == 3
    assert kernel.os.pipe() == (5, 6)


def test_numbers_left_out_by_dup2_are_given_out_later(kernel):
    v = kernel.os.eventfd(1)
    assert kernel.os.dup2(v, 200) == 200
    assert [kernel.os.dup(v) for _ in range(3)] == [4, 5, 6]
    kernel.os.close(200)
    assert kernel.os.dup2(v, 7) == 7
    assert kernel.os.dup(v) == 8


def test_a_file_on_a_number_beyond_the_table_is_polled(kernel):
    v = kernel.os.eventfd(1)
    far = kernel.os.dup2(v, 1000)
    assert kernel.select.select([far], [], [], 0) == ([far], [], [])


def test_reading_from_a_pipe_that_nobody_writes_to_is_a_deadlock(kernel):
    r, _ = kernel.os.pipe()
    with pytest.raises(sim.Deadlock, match=rf"^os.read on descriptor {r} waits, and nothing"):
        kernel.os.read(r, 1)


def test_writing_more_than_a_pipe_holds_is_a_deadlock_that_leaves_it_full(kernel):
    r, w = kernel.os.pipe()
    with pytest.raises(sim.Deadlock, match=rf"^os.write on descriptor {w} waits, and nothing"):
        kernel.os.write(w, b"x" * 65_537)
    assert len(kernel.os.read(r, 100_000)) == 65_536


def test_waiting_for_a_counter_that_nobody_adds_to_is_a_deadlock(kernel):
    v = kernel.os.eventfd(0)
    with pytest.raises(sim.Deadlock, match=rf"^os.eventfd_read on descriptor {v} waits"):
        kernel.os.eventfd_read(v)
    with pytest.raises(sim.Deadlock, match=rf"^select.select on descriptor {v} waits"):
        kernel.select.select([v], [], [])


def test_waiting_for_a_timer_that_is_not_set_is_a_deadlock(kernel):
    t = kernel.os.timerfd_create(kernel.time.CLOCK_MONOTONIC)
    with pytest.raises(sim.Deadlock, match=rf"^os.read on descriptor {t} waits"):
        kernel.os.read(t, 8)


def test_a_timer_expires_to_the_nanosecond_however_far_ahead(kernel):
    t = kernel.os.timerfd_create(kernel.time.CLOCK_MONOTONIC)
    at_ns = 10**9 * SECOND + 7
    kernel.os.timerfd_settime_ns(t, flags=kernel.os.TFD_TIMER_ABSTIME, initial=at_ns)
    epoll = kernel.select.epoll()
    epoll.register(t)
    assert epoll.poll() == [(t, 1)]
    assert at_ns <= kernel.time.monotonic_ns() < at_ns + 100_000


def test_a_periodic_timer_counts_its_periods_exactly(kernel):
    t = kernel.os.timerfd_create(kernel.time.CLOCK_MONOTONIC)
    kernel.os.timerfd_settime(t, initial=1.0, interval=0.25)
    kernel.time.sleep(2.1)
    assert kernel.os.read(t, 8) == (5).to_bytes(8, "little")
    first, period = kernel.os.timerfd_gettime(t)
    assert 0.14 < first < 0.15
    assert period == 0.25
    start = kernel.time.monotonic()
    assert kernel.os.read(t, 8) == (1).to_bytes(8, "little")
    assert 0.14 < kernel.time.monotonic() - start < 0.16


def test_a_closed_timer_keeps_nothing_going(kernel):
    t = kernel.os.timerfd_create(kernel.time.CLOCK_MONOTONIC)
    v = kernel.os.eventfd(0)
    kernel.os.timerfd_settime(t, initial=5.0)
    kernel.os.close(t)
    with pytest.raises(sim.Deadlock):
        kernel.select.select([v], [], [])
    assert kernel.time.monotonic() < 1


def test_full_sockets_that_nobody_noticed_are_forgotten_with_their_descriptor(kernel):
    server = kernel.socket.create_server(("127.0.0.1", 0))
    client = kernel.socket.create_connection(server.getsockname())
    peer, _ = server.accept()
    client.setsockopt(kernel.socket.SOL_SOCKET, kernel.socket.SO_SNDBUF, 50_000)
    peer.setsockopt(kernel.socket.SOL_SOCKET, kernel.socket.SO_RCVBUF, 5_000)
    client.send(b"x" * 90_000)
    assert len(kernel.lazy_files) == 1
    assert kernel.select.select([], [client], [], 0) == ([], [], [])
    assert not kernel.lazy_files
    client.send(b"x" * 15_000)
    peer.close()
    client.close()
    assert not kernel.lazy_files


def test_a_poll_that_sleeps_on_a_full_socket_is_woken_when_it_is_drained(kernel):
    server = kernel.socket.create_server(("127.0.0.1", 0))
    client = kernel.socket.create_connection(server.getsockname())
    peer, _ = server.accept()
    client.setsockopt(kernel.socket.SOL_SOCKET, kernel.socket.SO_SNDBUF, 50_000)
    peer.setsockopt(kernel.socket.SOL_SOCKET, kernel.socket.SO_RCVBUF, 5_000)
    client.send(b"x" * 90_000)

    def drain():
        for _ in range(10):
            kernel.sys_read(peer.fileno(), 10_000)
            yield

    kernel.start(drain(), "drain")
    assert kernel.select.select([], [client], []) == ([], [client], [])


@pytest.mark.parametrize("calls", ["pipe", "socketpair"])
def test_a_pair_for_which_there_is_one_number_is_not_made(calls):
    kernel = sim.Kernel(nofile=6)
    kernel.os.pipe()
    make = kernel.os.pipe if calls == "pipe" else kernel.socket.socketpair
    with pytest.raises(OSError) as caught:
        make()
    assert caught.value.errno == errno.EMFILE
    assert kernel.os.eventfd(0) == 5
    with pytest.raises(OSError) as caught:
        kernel.os.timerfd_create(1)
    assert caught.value.errno == errno.EMFILE


def test_features_that_are_left_out_raise_an_error_that_says_so(kernel):
    a, b = kernel.socket.socketpair()
    calls = (
        lambda: a.send(b"x", kernel.socket.MSG_OOB),
        lambda: b.recv(1, kernel.socket.MSG_OOB),
        lambda: kernel.os.timerfd_create(8),
    )
    for call in calls:
        with pytest.raises(OSError, match="left out here"):
            call()
