"""Buffers of sockets: low-water marks, sizes, and reports of room. No case counts TCP's bytes."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt, drain, fill


def _set(world: World, socket: Any, name: str, value: int) -> Any:
    return attempt(socket.setsockopt, world.socket.SOL_SOCKET, getattr(world.socket, name), value)


def _get(world: World, socket: Any, name: str) -> Any:
    return attempt(socket.getsockopt, world.socket.SOL_SOCKET, getattr(world.socket, name))


def _edges(world: World, socket: Any) -> Any:
    epoll = world.epoll((socket, 0x2005 | world.select.EPOLLET))
    epoll.poll(0)
    return epoll


@case("socket(7): SO_RCVLOWAT in tcp_poll; below it a read takes what is there all the same")
def a_low_water_mark(world: World) -> Any:
    a, b = world.tcp()
    _set(world, a, "SO_RCVLOWAT", 10)
    b.send(b"x" * 9)
    seen: list[Any] = [world.mask(a), world.sets(a), world.wait(world.epoll((a, 1)))]
    b.send(b"y")
    seen += [world.mask(a), world.sets(a), a.recv(1), world.mask(a), a.recv(100), world.mask(a)]
    return [*seen, attempt(a.recv, 1)]


@case("tcp_data_ready: below the mark nobody is woken")
def edges_and_a_low_water_mark(world: World) -> Any:
    a, b = world.tcp()
    _set(world, a, "SO_RCVLOWAT", 4)
    epoll = _edges(world, a)
    seen = []
    for _ in range(6):
        b.send(b"x")
        seen.append(world.wait(epoll))
    a.recv(3)
    b.send(b"x")
    seen += [world.wait(epoll), world.mask(a)]
    b.shutdown(world.socket.SHUT_WR)
    a.recv(3)
    return [*seen, world.wait(epoll), world.mask(a), a.recv(10), a.recv(10)]


@case("tcp_set_rcvlowat: lowered, it may wake at once")
def lowering_the_mark(world: World) -> Any:
    a, b = world.tcp()
    _set(world, a, "SO_RCVLOWAT", 10)
    epoll = _edges(world, a)
    b.send(b"xyz")
    seen = [world.wait(epoll)]
    for value in (4, 3, 2, 8, 1):
        _set(world, a, "SO_RCVLOWAT", value)
        seen += [world.wait(epoll), world.mask(a)]
    return seen


@case("tcp_data_ready: setting the mark at the end of the stream wakes, whatever is there")
def setting_the_mark_at_the_end_of_the_stream(world: World) -> Any:
    a, b = world.tcp()
    b.shutdown(world.socket.SHUT_WR)
    epoll = _edges(world, a)
    seen = [world.wait(epoll), _set(world, a, "SO_RCVLOWAT", 100), world.wait(epoll)]
    return [*seen, world.wait(epoll), a.recv(1)]


@case("tcp_poll: end of file counts, however little is there")
def a_mark_and_the_end_of_the_stream(world: World) -> Any:
    seen = []
    for close in (False, True):
        a, b = world.tcp()
        _set(world, a, "SO_RCVLOWAT", 10)
        b.send(b"x")
        seen.append(world.mask(a))
        if close:
            b.close()
        else:
            b.shutdown(world.socket.SHUT_WR)
        seen += [world.mask(a), a.recv(10), a.recv(10)]
    return [str(line) for line in seen]


@case("tcp_poll: an urgent byte that would be stepped over does not count")
def a_mark_and_an_urgent_byte(world: World) -> Any:
    a, b = world.tcp()
    _set(world, a, "SO_RCVLOWAT", 2)
    b.send(b"U", world.socket.MSG_OOB)
    seen = [world.mask(a)]
    for _ in range(2):
        b.send(b"x")
        seen.append(world.mask(a))
    return [*seen, a.recv(1, world.socket.MSG_OOB), world.mask(a), a.recv(10), world.mask(a)]


@case("unix_poll knows no SO_RCVLOWAT")
def a_mark_on_a_unix_pair(world: World) -> Any:
    seen = []
    for kind in (world.socket.SOCK_STREAM, world.socket.SOCK_DGRAM):
        a, b = world.unix(kind=kind)
        _set(world, a, "SO_RCVLOWAT", 10)
        b.send(b"x")
        seen += [world.mask(a), world.wait(world.epoll((a, 1))), str(a.recv(10))]
    return seen


@case("sock_setsockopt: values of SO_RCVLOWAT and SO_SNDLOWAT; accepted sockets inherit")
def values_of_low_water_marks(world: World) -> Any:
    seen: list[Any] = []
    server = world.listener()
    for socket in (world.unix()[0], world.fresh(), server, world.tcp("cd")[0]):
        seen += [_get(world, socket, "SO_RCVLOWAT"), _get(world, socket, "SO_SNDLOWAT")]
        for value in (7, 0, 1):
            seen += [_set(world, socket, "SO_RCVLOWAT", value), _get(world, socket, "SO_RCVLOWAT")]
        seen.append(_set(world, socket, "SO_SNDLOWAT", 5))
    _set(world, server, "SO_RCVLOWAT", 5)
    world.connecting(server.getsockname())
    accepted = world.keep("a", server.accept()[0])
    return [*seen, _get(world, accepted, "SO_RCVLOWAT")]


@case("tcp_set_rcvlowat: half of a buffer whose size was set is the most")
def the_largest_mark(world: World) -> Any:
    a, _ = world.tcp()
    seen = []
    for size in (5000, 20_000):
        _set(world, a, "SO_RCVBUF", size)
        for value in (-1, 1_000_000, 100):
            _set(world, a, "SO_RCVLOWAT", value)
            seen.append(_get(world, a, "SO_RCVLOWAT"))
    b, _ = world.unix()
    _set(world, b, "SO_RCVLOWAT", -1)
    return [*seen, _get(world, b, "SO_RCVLOWAT")]


@case("sock_rcvlowat: a blocking read returns with less than the mark only at the end")
def blocking_reads_and_the_mark(world: World) -> Any:
    seen = []
    for a, b in (world.tcp(), world.unix()):
        _set(world, a, "SO_RCVLOWAT", 4)
        a.setblocking(True)
        b.send(b"abcdef")
        seen += [a.recv(2), a.recv(100, world.socket.MSG_DONTWAIT)]
        b.send(b"xyz")
        b.shutdown(world.socket.SHUT_WR)
        seen += [a.recv(100), a.recv(100)]
    return seen


@case("sock_setsockopt: sizes are doubled, and have a least (the most is a sysctl's)")
def sizes_that_are_set(world: World) -> Any:
    seen: list[Any] = []
    for socket in (world.unix()[0], world.fresh(), world.unix("cd", world.socket.SOCK_DGRAM)[0]):
        for name in ("SO_SNDBUF", "SO_RCVBUF"):
            for value in (1, 0, 2304, 10_000, 100_000):
                _set(world, socket, name, value)
                seen.append(_get(world, socket, name))
    return seen


@case("sock_setsockopt: SO_SNDBUF wakes waiting writers, SO_RCVBUF wakes no task")
def edges_of_setting_a_size(world: World) -> Any:
    seen = []
    pairs = [world.unix(), world.tcp("cd"), world.unix("ef", world.socket.SOCK_DGRAM)]
    for a, _ in pairs:
        epoll = _edges(world, a)
        for name in ("SO_SNDBUF", "SO_RCVBUF", "SO_SNDBUF"):
            _set(world, a, name, 50_000)
            seen.append(world.wait(epoll))
    return seen


@case("sock_setsockopt: a larger SO_SNDBUF makes a full UNIX socket writable")
def growing_a_full_buffer(world: World) -> Any:
    seen = []
    for kind in (world.socket.SOCK_STREAM, world.socket.SOCK_DGRAM):
        a, _ = world.unix(kind=kind)
        _set(world, a, "SO_SNDBUF", 5000)
        fill(a, 500)
        epoll = _edges(world, a)
        seen += [world.mask(a), str(attempt(a.send, b"x"))]
        _set(world, a, "SO_SNDBUF", 100_000)
        seen += [world.wait(epoll), world.mask(a), str(attempt(a.send, b"x"))]
    return seen


@case("tcp_poll marks a full socket (SOCK_NOSPACE): poll asks to be told of space as a send does")
def a_poll_that_finds_it_full_is_told_of_room(world: World) -> Any:
    a, b = world.tcp()
    epoll = _edges(world, a)
    while "OUT" in world.mask(a):
        a.send(b"x" * 16_384)
    seen = [world.wait(epoll)]
    drain(b)
    return [*seen, world.wait(epoll), world.wait(epoll), world.mask(a)]


@case("ep_item_poll marks a full socket (SOCK_NOSPACE)")
def a_modify_that_finds_it_full_is_told_of_room(world: World) -> Any:
    a, b = world.tcp()
    events = world.select.EPOLLOUT | world.select.EPOLLET
    epoll = world.epoll((a, events))
    found = world.wait(epoll)
    while found != "nothing":
        a.send(b"x" * 16_384)
        epoll.modify(a, events)
        found = world.wait(epoll)
    drain(b)
    return world.wait(epoll), world.wait(epoll)


@case("sk_stream_write_space: one edge for one full buffer, though it is drained in parts")
def one_edge_for_one_full_buffer(world: World) -> Any:
    a, b = world.tcp()
    epoll = _edges(world, a)
    seen = []
    for _ in range(2):
        fill(a)
        edges = 0
        while drain(b):
            edges += world.wait(epoll) != "nothing"
        seen.append(edges + (world.wait(epoll) != "nothing"))
    return seen


@case("tcp_close: SO_LINGER with no time, edges at the other end")
def a_reset_by_linger_is_an_edge(world: World) -> Any:
    a, b = world.tcp()
    epoll = _edges(world, a)
    b.setsockopt(world.socket.SOL_SOCKET, world.socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    b.send(b"x")
    seen = [world.wait(epoll)]
    b.close()
    return [*seen, world.wait(epoll), world.wait(epoll), attempt(a.recv, 10), attempt(a.recv, 10)]
