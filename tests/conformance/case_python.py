"""Python's own part: constants, types, argument checks, and the modules built on the raw calls."""

from __future__ import annotations

import errno
import re
from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt, drain, fill, message

POLL_NAMES = (
    "IN",
    "PRI",
    "OUT",
    "ERR",
    "HUP",
    "NVAL",
    "RDHUP",
    "MSG",
    "RDNORM",
    "RDBAND",
    "WRNORM",
    "WRBAND",
)
EPOLL_NAMES = (*(name for name in POLL_NAMES if name != "NVAL"), "ET", "ONESHOT", "EXCLUSIVE")
SOCKET_NAMES = (
    *("AF_UNIX", "AF_INET", "SOCK_STREAM", "SOCK_NONBLOCK", "SOCK_CLOEXEC", "SOMAXCONN"),
    *("SHUT_RD", "SHUT_WR", "SHUT_RDWR", "MSG_PEEK", "MSG_DONTWAIT", "MSG_NOSIGNAL"),
    *("SOL_SOCKET", "SOL_TCP", "IPPROTO_IP", "IPPROTO_TCP", "INADDR_ANY", "INADDR_LOOPBACK"),
    *("SO_REUSEADDR", "SO_TYPE", "SO_ERROR", "SO_SNDBUF", "SO_RCVBUF", "SO_KEEPALIVE", "SO_LINGER"),
    *("SO_ACCEPTCONN", "TCP_NODELAY"),
)


@case("select(2), poll(2), epoll_ctl(2): the numbers")
def constants_of_select(world: World) -> Any:
    select = world.select
    poll = [getattr(select, f"POLL{name}") for name in POLL_NAMES]
    epoll = [getattr(select, f"EPOLL{name}") for name in EPOLL_NAMES]
    return poll, epoll, select.EPOLL_CLOEXEC, select.PIPE_BUF, select.error is OSError


@case("socket(7): the numbers")
def constants_of_socket(world: World) -> Any:
    socket = world.socket
    names = [(name, int(getattr(socket, name)), repr(getattr(socket, name))) for name in SOCKET_NAMES]
    return (
        names,
        socket.error is OSError,
        socket.timeout is TimeoutError,
        issubclass(socket.gaierror, OSError),
    )


@case("Modules/socketmodule.c: sock_recv, sock_recv_into")
def receiving(world: World) -> Any:
    a, b = world.unix()
    b.send(b"abcdefgh")
    buffer = bytearray(4)
    seen = [a.recv(0), a.recv_into(buffer, 2), bytes(buffer), a.recv_into(buffer), bytes(buffer), a.recv(9)]
    seen += [attempt(a.recv, 1), a.recv(0), attempt(a.recv, -1), attempt(a.recv, "1"), attempt(a.recv)]
    bad = [(buffer, -1), (buffer, 9), (b"fixed",), ("text",)]
    return seen, [attempt(a.recv_into, *given) for given in bad], message(a.recv, -1)


@case("Modules/socketmodule.c: sock_send, sock_sendall")
def sending(world: World) -> Any:
    a, b = world.unix()
    seen = [a.send(b"a"), a.send(bytearray(b"b")), a.send(memoryview(b"xcx")[1:2]), a.sendall(b"d" * 3)]
    seen += [b.recv(100), attempt(a.send, "text"), attempt(a.send, 5), attempt(a.sendall, None)]
    fill(a)
    seen += [attempt(a.send, b"x"), attempt(a.sendall, b"x" * 10), drain(b) > 0]
    b.close()
    return [*seen, attempt(a.send, b"x"), attempt(a.sendall, b"x"), a.fileno() >= 0]


@case("recv(2): MSG_DONTWAIT on a blocking socket")
def flags_for_one_call(world: World) -> Any:
    socket = world.socket
    a, b = world.unix()
    a.setblocking(True)
    seen = [attempt(a.recv, 1, socket.MSG_DONTWAIT)]
    b.send(b"xy", socket.MSG_NOSIGNAL)
    seen += [a.recv(1, socket.MSG_PEEK), a.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK), a.recv(5)]
    while attempt(a.send, b"f" * 65536, socket.MSG_DONTWAIT) == 65536:
        pass
    seen.append(attempt(a.send, b"f" * 65536, socket.MSG_DONTWAIT) == "BlockingIOError EAGAIN")
    return seen


@case("Modules/posixmodule.c: os_read_impl, os_write_impl")
def reading_and_writing_descriptors(world: World) -> Any:
    os = world.os
    a, b = world.unix()
    number = a.fileno()
    seen = [os.write(b.fileno(), b"abc"), os.read(number, 2), os.read(number, 10), os.read(number, 0)]
    seen += [attempt(os.read, number, 1), attempt(os.read, number, -1), attempt(os.read, -1, 1)]
    seen += [attempt(os.read, number, "1"), attempt(os.read, 1.5, 1), attempt(os.write, number, "text")]
    seen += [attempt(os.write, -1, b"x"), attempt(os.read, 1 << 40, 1), attempt(os.read, number)]
    epoll = world.epoll()
    return [*seen, attempt(os.read, epoll.fileno(), 8), attempt(os.write, epoll.fileno(), b"x" * 8)]


@case("Modules/posixmodule.c: os_get_blocking_impl, os_set_blocking_impl")
def blocking_mode(world: World) -> Any:
    os = world.os
    a, _ = world.unix()
    number = a.fileno()
    seen = [os.get_blocking(number), os.set_blocking(number, True), os.get_blocking(number), a.gettimeout()]
    calls = (os.get_blocking, -1), (os.set_blocking, -1, True), (os.set_blocking, number), (os.dup, -1)
    os.set_blocking(number, False)
    return seen, [attempt(*call) for call in calls], attempt(os.get_blocking, "x")


@case("socketpair(2), Lib/socket.py")
def making_pairs(world: World) -> Any:
    socket = world.socket
    a, b = socket.socketpair()
    seen: list[Any] = [
        (end.family == socket.AF_UNIX, end.type == socket.SOCK_STREAM, end.gettimeout()) for end in (a, b)
    ]
    world.keep("a", a)
    world.keep("b", b)
    kind = socket.SOCK_STREAM | socket.SOCK_NONBLOCK
    c, d = socket.socketpair(socket.AF_UNIX, kind)
    seen.append((world.keep("c", c).gettimeout(), world.keep("d", d).type == socket.SOCK_STREAM))
    bad: list[Any] = [(socket.AF_INET,), (99,), (socket.AF_UNIX, socket.SOCK_STREAM, 77), ("x",)]
    return seen, [attempt(socket.socketpair, *given) for given in bad]


@case("socket(2), Modules/socketmodule.c: sock_initobj")
def making_sockets(world: World) -> Any:
    module = world.socket
    plain = world.fresh()
    seen = [plain.family == module.AF_INET, plain.type == module.SOCK_STREAM, plain.proto, plain.fileno() > 2]
    named = world.keep(
        "n", module.socket(family=module.AF_INET, type=module.SOCK_STREAM, proto=module.IPPROTO_TCP)
    )
    quick = world.keep("q", module.socket(module.AF_INET, module.SOCK_STREAM | module.SOCK_NONBLOCK))
    seen += [named.proto, quick.gettimeout(), quick.type == module.SOCK_STREAM, named.gettimeout()]
    bad: list[Any] = [{"family": 99}, {"proto": 77}, {"fileno": -1}, {"fileno": "3"}, {"fileno": 1000}]
    bad += [{"fileno": 1.5}, {"family": "x"}, {"fileno": world.epoll().fileno()}]
    return seen, [attempt(lambda given=given: module.socket(**given)) for given in bad]


@case("socket(7), tcp(7): options")
def options(world: World) -> Any:
    module = world.socket
    level = module.SOL_SOCKET
    tcp, (unix, _) = world.fresh(), world.unix()
    seen: list[Any] = []
    for socket in (tcp, unix):
        for name in ("SO_TYPE", "SO_ERROR", "SO_ACCEPTCONN", "SO_REUSEADDR", "SO_KEEPALIVE", "SO_LINGER"):
            seen.append((name, attempt(socket.getsockopt, level, getattr(module, name))))
        for size in (10_000, 1):
            socket.setsockopt(level, module.SO_SNDBUF, size)
            seen.append(socket.getsockopt(level, module.SO_SNDBUF))
        socket.setsockopt(level, module.SO_REUSEADDR, 5)
        seen += [socket.getsockopt(level, module.SO_REUSEADDR, 4), attempt(socket.getsockopt, level, 9999)]
        seen += [
            attempt(socket.setsockopt, level, module.SO_REUSEADDR, b""),
            attempt(socket.setsockopt, level, 9999, 1),
        ]
        seen += [
            attempt(socket.getsockopt, level, module.SO_TYPE, 2000),
            attempt(socket.setsockopt, level, 2, "x"),
        ]
    tcp.setsockopt(module.IPPROTO_TCP, module.TCP_NODELAY, 1)
    return seen, tcp.getsockopt(module.IPPROTO_TCP, module.TCP_NODELAY) != 0


@case("Lib/socket.py: create_server, create_connection")
def the_short_ways(world: World) -> Any:
    module = world.socket
    server = world.keep("l", module.create_server(("127.0.0.1", 0)))
    client = world.keep("c", module.create_connection(server.getsockname(), timeout=1))
    accepted = world.keep("a", server.accept()[0])
    client.sendall(b"hello")
    seen = [accepted.recv(10), client.gettimeout(), server.gettimeout(), accepted.gettimeout()]
    seen += [server.getsockopt(module.SOL_SOCKET, module.SO_REUSEADDR) != 0]
    refused = attempt(module.create_connection, world.free_port())
    return [*seen, refused, attempt(module.create_server, server.getsockname())]


@case("Lib/socket.py: dup, fromfd")
def duplicates_of_socket_objects(world: World) -> Any:
    module = world.socket
    a, b = world.unix()
    twin = world.keep("d", a.dup())
    third = world.keep("f", module.fromfd(a.fileno(), module.AF_UNIX, module.SOCK_STREAM))
    b.send(b"xyz")
    seen = [twin.recv(1), third.recv(1), a.recv(1), twin.gettimeout(), third.gettimeout()]
    return [*seen, len({a.fileno(), twin.fileno(), third.fileno()})]


@case("errno.h: exceptions by errno")
def exceptions_have_their_types(world: World) -> Any:
    a, b = world.unix()
    seen = []
    for call in (lambda: a.recv(1), lambda: world.os.close(-1), lambda: world.fresh().recv(1)):
        try:
            call()
        except OSError as error:
            seen.append((type(error), error.errno in errno.errorcode, error.args))
    b.close()
    try:
        a.send(b"x")
    except BrokenPipeError as error:
        seen.append((type(error), True, error.args))
    return seen


@case("Lib/socket.py: __repr__")
def what_a_socket_looks_like(world: World) -> Any:
    a, b = world.unix()
    server, fresh = world.listener(), world.fresh()
    client = world.connecting(server.getsockname())
    told = [repr(each) for each in (a, fresh, server, client)]
    b.close()
    told += [repr(a), repr(b)]
    return [re.sub(r"(fd=|127\.0\.0\.1', )\d+", r"\1N", text) for text in told]
