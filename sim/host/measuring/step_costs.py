"""The cost of single steps that no point of the curve shows: copies, epoll_ctl, packets, interrupts.

Each figure is a difference of two measurements that differ in that step alone. Their common parts (the loop,
entering the kernel) cancel out. Packets are packets of the loopback interface, where the receiver's softirq
work is part of the sender's ``send`` (``net/ipv4``, ``__netif_rx`` → ``process_backlog``).

Why a timer's interrupt and not a network card's? No program knows when a card's next packet arrives. A timer
fires at a chosen moment, and the way into and out of an interrupt is the same.
"""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

import numpy as np

from sim.host.host_kernel import EPOLL_EVENT, HostKernel, listen
from sim.host.measuring.asyncio_costs import loop_callback, loop_turn
from sim.host.measuring.descriptor_set import tcp_sockets
from sim.host.measuring.measurement import Measurement, summary
from sim.host.measuring.timed_calls import TimedCall, cpu_ns, function_and_stub, prepared_call
from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_DEL, CTL_MOD

ROUNDS = 40
MESSAGE = 64
"""Bytes of a request, as in the race."""
LARGE_READ, SMALL_READ = 65_536, 4_096
HIGH_FD = 4_096
"""Number of the only descriptor in a sparse bitmap: 64 words below it are empty.

If the limit does not allow it, a lower number is used, and the figure is scaled to 64 words."""
CONNECTIONS = 32
"""Connections accepted and closed in a round."""
WATCHERS = 16
"""Epolls that watch the eventfd of :func:`callback`."""
TICK_NS = 50_000
"""Time in ns between two timer interrupts."""
SPIN = 40_000
"""Turns of the computation that interrupts lengthen."""
_LONG, _INT, _POINTER = ctypes.c_long, ctypes.c_int, ctypes.c_void_p


def _difference(more: Sequence[float], less: Sequence[float], parts: float = 1.0) -> Measurement:
    """Difference of two measurements, divided by ``parts``."""
    base_ns = sorted(less)[len(less) // 4]
    return summary([max(0.0, ns - base_ns) / parts for ns in more])


def _timed(call: TimedCall, times: int, rounds: int = ROUNDS) -> Measurement:
    """Time of a call that can be repeated with nothing in between, without the empty loop."""
    samples = [call.real_ns(times) for _ in range(rounds)]
    return summary(samples, call.empty_ns(times))


def copy() -> Measurement:
    """Copying :data:`LARGE_READ` bytes, minus copying :data:`SMALL_READ`."""
    fd = os.memfd_create("copied", os.MFD_CLOEXEC)
    try:
        os.write(fd, bytes(LARGE_READ))
        into = ctypes.create_string_buffer(LARGE_READ)
        real, nothing = function_and_stub("pread", _LONG, _INT, _POINTER, ctypes.c_size_t, _LONG)
        large, small = (
            TimedCall(real, nothing, (fd, ctypes.addressof(into), size, 0), None)
            for size in (LARGE_READ, SMALL_READ)
        )
        pairs = [(large.real_ns(20), small.real_ns(20)) for _ in range(ROUNDS)]
    finally:
        os.close(fd)
    return _difference([ns for ns, _ in pairs], [ns for _, ns in pairs])


def empty_words() -> Measurement:
    """A select over one high descriptor minus a select over one low one: walking :data:`HIGH_FD` / 64 empty
    words.
    """
    fd = os.eventfd(0, os.EFD_CLOEXEC)
    try:
        number = min(HIGH_FD, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 1)
        high = os.dup2(fd, number, inheritable=False)
        figures_ns = []
        for number in (high, fd):
            with prepared_call("select", [number], 1, 0) as call:
                figures_ns.append(_timed(call, 100).ns)
        os.close(high)
    finally:
        os.close(fd)
    words = max(1, (high - fd) // 64)
    return summary([max(0, figures_ns[0] - figures_ns[1]) * (HIGH_FD // 64) / words])


def epoll_ctl() -> Measurement:
    """One epoll_ctl: the mean of ADD, MOD and DEL, with 500 watched descriptors."""
    kernel = HostKernel()
    epfd = kernel.sys_epoll_create1()
    fds = [os.eventfd(0, os.EFD_CLOEXEC) for _ in range(500)]
    real, nothing = function_and_stub("epoll_ctl", _INT, _INT, _INT, _INT, _POINTER)
    event = np.zeros(1, dtype=EPOLL_EVENT)
    event["events"] = poll_bits.IN
    pointer = event.ctypes.data

    def all_of(function: Callable[..., int]) -> float:
        begin_ns = cpu_ns()
        for fd in fds:
            function(epfd, CTL_ADD, fd, pointer)
        for op in (CTL_MOD, CTL_DEL):
            for fd in fds:
                function(epfd, op, fd, pointer)
        return (cpu_ns() - begin_ns) / (3 * len(fds))

    try:
        samples = [all_of(real) for _ in range(ROUNDS)]
        empties = [all_of(nothing) for _ in range(ROUNDS)]
    finally:
        for fd in [*fds, epfd]:
            os.close(fd)
    return summary(samples, summary(empties).ns)


@contextmanager
def _connection() -> Generator[tuple[socket.socket, socket.socket], None, None]:
    ours, theirs = tcp_sockets()
    with ours, theirs:
        for end in (ours, theirs):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            end.setblocking(False)
        yield ours, theirs


def _transfer(name: str, fd: int, flags: int) -> TimedCall:
    """A ``send`` or ``recv`` of one message. The buffer lives as long as the arguments of the call."""
    real, nothing = function_and_stub(name, _LONG, _INT, ctypes.c_char_p, ctypes.c_size_t, _INT)
    return TimedCall(real, nothing, (fd, ctypes.create_string_buffer(MESSAGE), MESSAGE, flags), None)


def read() -> Measurement:
    """A recv of :data:`MESSAGE` bytes that have arrived."""
    with _connection() as (ours, theirs):
        call = _transfer("recv", ours.fileno(), 0)
        samples = []
        for _ in range(ROUNDS):
            theirs.sendall(bytes(100 * MESSAGE))
            samples.append(call.real_ns(100))
        return summary(samples, call.empty_ns(100))


def write() -> Measurement:
    """A send that stays in the sender's buffer (MSG_MORE): the call and the copy, without a packet."""
    return _sending(getattr(socket, "MSG_MORE", 0x8000))


def packet() -> Measurement:
    """A send whose packet goes through TCP and IP into the receiver's buffer."""
    return _sending(0)


def _sending(flags: int) -> Measurement:
    with _connection() as (ours, theirs):
        call = _transfer("send", theirs.fileno(), flags)
        samples = []
        for _ in range(ROUNDS):
            samples.append(call.real_ns(100))
            theirs.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # sends the held-back data
            _empty(ours)
        return summary(samples, call.empty_ns(100))


def _empty(end: socket.socket) -> None:
    try:
        while end.recv(65_536):
            pass
    except BlockingIOError:
        pass


def callback() -> Measurement:
    """One ``ep_poll_callback``: a write to an eventfd that epolls watch, minus a write to an unwatched
    one.
    """
    kernel = HostKernel()
    fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
    epolls: list[int] = []
    call = TimedCall(*function_and_stub("eventfd_write", _INT, _INT, ctypes.c_uint64), (fd, 1), None)
    try:
        alone = [call.real_ns(200) for _ in range(ROUNDS)]
        for _ in range(WATCHERS):
            epolls.append(kernel.sys_epoll_create1())
            kernel.sys_epoll_ctl(epolls[-1], CTL_ADD, fd, poll_bits.IN)
        watched = [call.real_ns(200) for _ in range(ROUNDS)]
    finally:
        for number in [*epolls, fd]:
            os.close(number)
    return _difference(watched, alone, WATCHERS)


def accept() -> Measurement:
    """An accept4 that finds a connection waiting."""
    return _accepting()[0]


def close() -> Measurement:
    """The close of a connected TCP socket, including its FIN."""
    return _accepting()[1]


def _accepting() -> tuple[Measurement, Measurement]:
    accept4, nothing = function_and_stub("accept4", _INT, _INT, _POINTER, _POINTER, _INT)
    closing = function_and_stub("close", _INT, _INT)[0]
    accepts, closes, empties = [], [], []
    with listen() as listener:
        fd = listener.fileno()
        for _ in range(10):
            clients = [socket.create_connection(listener.getsockname()) for _ in range(CONNECTIONS)]
            accepted: list[int] = []
            begin_ns = cpu_ns()
            for _ in range(CONNECTIONS):
                accepted.append(accept4(fd, None, None, 0))
            middle_ns = cpu_ns()
            for number in accepted:
                closing(number)
            end_ns = cpu_ns()
            for _ in range(CONNECTIONS):
                accepted.append(nothing(fd, None, None, 0))
            empties.append((cpu_ns() - end_ns) / CONNECTIONS)
            accepts.append((middle_ns - begin_ns) / CONNECTIONS)
            closes.append((end_ns - middle_ns) / CONNECTIONS)
            for client in clients:
                client.close()
    empty_ns = summary(empties).ns
    return summary(accepts, empty_ns), summary(closes, empty_ns)


def interrupt() -> Measurement:
    """A timer's interrupt: the extra time of a computation that is interrupted, for each interrupt.

    The wall clock measures it, because some kernels charge the time of an interrupt to no task.
    """
    fd = _libc.timerfd_create(time.CLOCK_MONOTONIC, os.O_CLOEXEC)
    setting = np.array([0, TICK_NS, 0, TICK_NS], dtype=np.int64)  # a struct itimerspec: every 50 µs
    silence = np.zeros(4, dtype=np.int64)
    samples, quiet_ns = [], []
    try:
        for _ in range(ROUNDS):
            _libc.timerfd_settime(fd, 0, _POINTER(silence.ctypes.data), None)
            quiet_ns.append(_spin_ns())
            _libc.timerfd_settime(fd, 0, _POINTER(setting.ctypes.data), None)
            spent_ns = _spin_ns()
            samples.append((spent_ns, int.from_bytes(os.read(fd, 8), "little")))
    finally:
        os.close(fd)
    base_ns = sorted(quiet_ns)[len(quiet_ns) // 4]
    return summary([max(0.0, spent_ns - base_ns) / ticks for spent_ns, ticks in samples])


def _spin_ns() -> int:
    """Wall time in ns of a computation of constant length."""
    begin_ns = time.perf_counter_ns()
    for _ in range(SPIN):
        pass
    return time.perf_counter_ns() - begin_ns


_libc = ctypes.PyDLL(None)
_ALL = (copy, empty_words, epoll_ctl, read, write, packet, callback, accept, close, interrupt)
STEPS: dict[str, Callable[[], Measurement]] = {
    step.__name__: step for step in (*_ALL, loop_turn, loop_callback)
}
"""Steps that can be measured, by name."""
