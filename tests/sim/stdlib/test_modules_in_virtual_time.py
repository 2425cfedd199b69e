"""The modules in virtual time: programs that would take hours on a host, or never end."""

from __future__ import annotations

import builtins
import errno
import re
import socket as host_socket
import sys

import pytest

import sim
from sim.kernel import poll_bits
from sim.kernel.sleeper import sleep_on
from sim.machine.task import Program
from sim.stdlib.kernel import Kernel

SECOND = 1_000_000_000
ADDRESS = ("127.0.0.1", 7000)


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


def deadlock(call, *arguments) -> str:
    """The message of a call that can never return."""
    with pytest.raises(sim.Deadlock) as caught:
        call(*arguments)
    return str(caught.value)


# -- for ever -----------------------------------------------------------------------------


def test_a_receive_that_nothing_can_end_names_the_waiting_call(kernel):
    a, _ = kernel.socket.socketpair()
    assert deadlock(a.recv, 1) == (
        "socket.recv on descriptor 3 waits, and nothing in this kernel can ever wake it"
    )


def test_each_waiting_call_has_a_name_in_a_deadlock(kernel):
    a, b = kernel.socket.socketpair()
    server = kernel.socket.create_server(ADDRESS)
    epoll, poll = kernel.select.epoll(), kernel.select.poll()
    epoll.register(b, 1)
    epoll.register(a, 1)
    poll.register(server, 1)
    told = [
        deadlock(a.recv_into, bytearray(1)),
        deadlock(server.accept),
        deadlock(kernel.os.read, 4, 1),
        deadlock(kernel.select.select, [b], [], [a]),
        deadlock(poll.poll),
        deadlock(epoll.poll),
        deadlock(kernel.select.epoll().poll),
        deadlock(kernel.select.select, [], [], []),
    ]
    assert [text.removesuffix(" waits, and nothing in this kernel can ever wake it") for text in told] == [
        "socket.recv_into on descriptor 3",
        "socket.accept on descriptor 5",
        "os.read on descriptor 4",
        "select.select on descriptors 3, 4",
        "poll.poll on descriptor 5",
        "epoll.poll on descriptor 6, which watches 3, 4,",
        "epoll.poll on descriptor 7, which watches nothing,",
        "select.select on no descriptors",
    ]


def test_a_send_into_a_full_buffer_that_nobody_reads(kernel):
    a, b = kernel.socket.socketpair()
    assert "socket.sendall on descriptor 3" in deadlock(a.sendall, bytes(1 << 20))
    b.setblocking(False)
    assert len(b.recv(1 << 20)) > 100_000


def test_after_a_deadlock_the_kernel_goes_on(kernel):
    a, b = kernel.socket.socketpair()
    epoll = kernel.select.epoll()
    epoll.register(a, 1)
    for call in (lambda: a.recv(1), epoll.poll, lambda: kernel.select.select([a], [], [])):
        deadlock(call)
    b.send(b"x")
    assert epoll.poll() == [(3, 1)]
    assert a.recv(10) == b"x"
    assert (kernel.scans, kernel.running, list(kernel.runnable)) == ([], None, [])
    assert all(not waiting.waiters for waiting in kernel.epoll_calls.epolls)
    assert all(not kernel.table.file(fd).wait_queue.entries for fd in (4,))


# -- time ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 1e-9, 0.02, 1, 86_400 * 365])
def test_sleep_takes_as_long_as_it_says_and_hardly_longer(kernel, seconds):
    before_ns = kernel.time.monotonic_ns()
    kernel.time.sleep(seconds)
    assert 0 <= kernel.time.monotonic_ns() - before_ns - seconds * SECOND < 5_000


@pytest.mark.parametrize("seconds", [0.001, 0.02, 3600])
def test_timeouts_are_never_early_and_hardly_late(kernel, seconds):
    a, _ = kernel.socket.socketpair()
    epoll, poll = kernel.select.epoll(), kernel.select.poll()
    epoll.register(a, 1)
    poll.register(a, 1)
    a.settimeout(seconds)

    def timed_out():
        with pytest.raises(TimeoutError):
            a.recv(1)

    waits = (
        lambda: epoll.poll(seconds),
        lambda: poll.poll(seconds * 1000),
        lambda: kernel.select.select([a], [], [], seconds),
        lambda: kernel.select.select([], [], [], seconds),
        timed_out,
    )
    for wait in waits:
        before_ns = kernel.time.monotonic_ns()
        assert not any(wait() or ())
        assert 0 <= kernel.time.monotonic_ns() - before_ns - seconds * SECOND < 20_000


def test_every_call_takes_time_and_the_accounts_agree(kernel):
    a, b = kernel.socket.socketpair()
    epoll = kernel.select.epoll()
    a.setblocking(False)

    def refused():
        with pytest.raises(BlockingIOError):
            a.recv(1)

    calls = (
        lambda: b.send(b"x"),
        lambda: a.recv(1),
        refused,
        lambda: epoll.register(a, 1),
        lambda: epoll.poll(0),
        lambda: kernel.select.select([a], [b], [], 0),
        kernel.time.monotonic,
        lambda: kernel.socket.socket().close(),
    )
    for call in calls:
        before_ns = kernel.now_ns
        call()
        assert before_ns < kernel.now_ns == kernel.free_ns == sum(kernel.totals()[0])


def test_a_program_that_polls_the_clock_ends(kernel):
    end = kernel.time.monotonic() + 0.0001
    while kernel.time.monotonic() < end:
        pass
    assert 0 <= kernel.time.monotonic() - end < 1e-6


def test_the_wall_clock_starts_at_the_epoch(kernel):
    kernel.time.sleep(2.5)
    assert 2.5 <= kernel.time.time() < 2.6
    assert kernel.time.time() < kernel.time.perf_counter() < kernel.time.monotonic()


# -- with other tasks ---------------------------------------------------------------------


def echo(kernel: Kernel, listener_fd: int) -> Program:
    """A server inside the kernel: it waits in epoll and serves one connection at a time."""
    epfd = kernel.sys_epoll_create1()
    kernel.sys_epoll_ctl(epfd, 1, listener_fd, poll_bits.IN)
    while True:
        for fd, _ in (yield from kernel.sys_epoll_wait(epfd, 8)):
            if fd == listener_fd:
                kernel.sys_epoll_ctl(epfd, 1, kernel.sys_accept4(fd), poll_bits.IN)
            elif data := kernel.sys_read(fd, 4096):
                kernel.sys_write(fd, data.upper())
            else:
                kernel.sys_close(fd)
            yield


def test_a_blocking_client_and_a_server_task(kernel):
    server = kernel.socket.create_server(ADDRESS)
    kernel.start(echo(kernel, server.fileno()), "echo")
    with kernel.socket.create_connection(ADDRESS) as client:
        for word in (b"one", b"two"):
            client.sendall(word)
            assert client.recv(100) == word.upper()
        client.settimeout(1)
        client.sendall(b"three")
        assert client.recv(100) == b"THREE"
    kernel.time.sleep(0.001)
    assert kernel.table.room == kernel.table.limit - 5


def test_a_blocking_send_continues_when_the_reader_reads(kernel):
    a, b = kernel.socket.socketpair()
    taken: list[int] = []

    def reader() -> Program:
        while sum(taken) < 1 << 20:
            try:
                taken.append(len(kernel.sys_read(4, 1 << 16)))
                yield
            except BlockingIOError:
                yield from sleep_on(kernel, kernel.table.file(4))

    kernel.start(reader(), "reader")
    assert a.send(bytes(1 << 20)) == 1 << 20
    kernel.time.sleep(0.01)
    assert sum(taken) == 1 << 20
    assert b.fileno() == 4


def test_a_dropped_syn_is_sent_again_after_a_second(kernel):
    server = kernel.socket.create_server(ADDRESS, backlog=0)
    clients = [kernel.socket.socket() for _ in range(2)]
    clients[0].connect(ADDRESS)
    clients[1].settimeout(0.5)
    with pytest.raises(TimeoutError):
        clients[1].connect(ADDRESS)
    server.accept()
    assert clients[1].connect_ex(ADDRESS) == errno.EALREADY
    start_ns = kernel.time.monotonic_ns()
    clients[1].setblocking(True)
    clients[1].connect(ADDRESS)
    assert 0.49 * SECOND < kernel.time.monotonic_ns() - start_ns < 0.51 * SECOND
    assert clients[1].getpeername() == ADDRESS


def test_connect_gives_up_in_the_end(kernel):
    kernel.socket.create_server(ADDRESS, backlog=0)
    kernel.socket.create_connection(ADDRESS)
    with pytest.raises(TimeoutError) as caught:
        kernel.socket.create_connection(ADDRESS)
    assert caught.value.errno == errno.ETIMEDOUT
    assert 130 < kernel.time.monotonic() < 132


# -- left out -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "name"),
    [("os", "fork"), ("os", "open"), ("select", "devpoll"), ("socket", "sethostname")],
)
def test_features_that_are_left_out_raise_an_error_that_says_so(kernel, module, name):
    with pytest.raises(
        AttributeError, match=rf"^{module}\.{name} is left out of the simulated kernel; it has "
    ):
        getattr(getattr(kernel, module), name)
    assert not hasattr(getattr(kernel, module), name)


def test_kinds_and_flags_that_are_left_out_are_errors_that_say_so(kernel):
    a, _ = kernel.socket.socketpair()
    calls = (
        lambda: kernel.socket.socket(kernel.socket.AF_UNIX),
        lambda: kernel.socket.socket(type=2),
        lambda: a.send(b"x", 1),
        lambda: a.setsockopt(1, 15, 1),
    )
    for call in calls:
        with pytest.raises(OSError, match=r"left out|in UNIX pairs only|in pairs only"):
            call()


def test_names_are_not_looked_up(kernel):
    with pytest.raises(kernel.socket.gaierror, match="Name or service not known"):
        kernel.socket.socket().connect(("example.org", 80))
    server = kernel.socket.create_server(("localhost", 0))
    assert kernel.socket.create_connection(server.getsockname()).getpeername()[0] == "127.0.0.1"


def test_another_machine_cannot_be_reached(kernel):
    with pytest.raises(OSError, match="unreachable"):
        kernel.socket.create_connection(("192.0.2.1", 80))


# -- nothing touches the host -------------------------------------------------------------


def test_a_session_on_the_modules_makes_no_socket_of_the_host(kernel, monkeypatch):
    def touched(*_arguments, **_named):
        raise AssertionError("a call reached the host")

    for name in ("socket", "socketpair", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(host_socket, name, touched)
    for module, names in {
        "time": ("sleep", "monotonic", "time", "perf_counter"),
        "select": ("select", "poll", "epoll"),
        "os": ("read", "write", "close", "dup", "set_blocking", "get_blocking"),
    }.items():
        for name in names:
            monkeypatch.setattr(sys.modules[module], name, touched)
    monkeypatch.setattr(builtins, "open", touched)
    test_a_blocking_client_and_a_server_task(kernel)
    kernel.time.sleep(1)
    a, b = kernel.socket.socketpair()
    kernel.os.write(a.fileno(), b"x")
    assert kernel.os.read(kernel.os.dup(b.fileno()), 5) == b"x"
    monkeypatch.undo()


def test_two_kernels_know_nothing_of_each_other():
    first, second = Kernel(), Kernel()
    a, _ = first.socket.socketpair()
    assert not isinstance(a, second.socket.socket)
    assert second.socket.socket().fileno() == 3
    with pytest.raises(OSError, match=re.escape("[Errno 9]")):
        second.os.read(4, 1)
    assert second.time.monotonic_ns() < first.time.monotonic_ns() + 100_000


def test_the_same_program_takes_the_same_time_to_the_nanosecond():
    def session() -> tuple[int, list[int]]:
        kernel = Kernel()
        test_a_blocking_client_and_a_server_task(kernel)
        test_a_blocking_send_continues_when_the_reader_reads(Kernel())
        return kernel.now_ns, kernel.totals()[0]

    assert session() == session()


def test_descriptors_run_out():
    kernel = Kernel(nofile=5)
    first = kernel.socket.socket()
    with pytest.raises(OSError, match=re.escape("[Errno 24]")):
        kernel.socket.socketpair()
    epoll = kernel.select.epoll()
    for call in (kernel.socket.socket, kernel.select.epoll, first.dup, lambda: kernel.os.dup(3)):
        with pytest.raises(OSError, match=re.escape("[Errno 24]")):
            call()
    epoll.close()
    assert kernel.os.dup(3) == 4


def test_a_number_never_opened_is_no_descriptor(kernel):
    with pytest.raises(OSError, match=re.escape("[Errno 9]")):
        kernel.select.select([60], [], [], 0)
