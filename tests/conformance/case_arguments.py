"""Wrong arguments: every function of the modules, with each argument replaced by values that do not fit.

One case is one function. It is called with valid arguments, then with each argument replaced by each bad
value in turn. Then it is called with one argument less, with one more, and with an unknown keyword. The
result is the type of the exception and its errno, or ``ok``. The tables have only values that cannot block or
reach other machines, because the host runs them too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.conformance.bad_values import (
    ADDRESSES,
    BAD,
    CLOSED,
    CONNECTIONS,
    DATA,
    FD,
    FLAGS,
    FROMFD,
    HOSTS,
    INT,
    ITERABLES,
    LARGE,
    SECONDS,
    SIZES,
    SOCKET_FD,
)
from tests.conformance.cases import CASES, MOST_EVENTS_BYTES, Case
from tests.conformance.world import HOST, World, attempt


class Call(NamedTuple):
    """One function under test."""

    name: str
    find: Callable[[World], Callable[..., Any]]
    """The function in a world, ready to be called."""
    right: Callable[[World], tuple[Any, ...]]
    """Valid arguments."""
    wrong: tuple[dict[str, Any], ...]
    """The replacements for each argument, by name."""


def _see(call: Call, world: World) -> list[str]:
    seen = []

    def tell(label: str, *arguments: Any, **named: Any) -> None:
        result = attempt(lambda: call.find(world)(*arguments, **named))
        failed = isinstance(result, str) and "Error" in result
        seen.append(f"{label}: {result if failed else 'ok'}")
        _close(world, result)

    for place, values in enumerate(call.wrong):
        for label, value in values.items():
            arguments = list(call.right(world))
            arguments[place] = value
            tell(f"{place}={label}", *arguments)
    right = call.right(world)
    tell("too many", *right, *[0] * 9)
    tell("unknown keyword", *right, unknown=1)
    if right:
        tell("none at all")
    return seen


def _close(world: World, result: Any) -> None:
    """Close the descriptors that a call has opened."""
    for opened in result if isinstance(result, tuple) else (result,):
        if hasattr(opened, "close"):
            attempt(opened.close)


def _ready(world: World) -> Any:
    """A socket that is always ready."""
    a, b = world.unix()
    attempt(b.send, b"ready")
    return a


def _poll(world: World) -> Any:
    poll = world.select.poll()
    poll.register(_ready(world), 1)
    return poll


def _connected(world: World) -> Any:
    a, b = world.tcp()
    b.send(b"some bytes")
    return a


def _number(world: World) -> tuple[Any, ...]:
    return (_ready(world).fileno(),)


def _known(world: World) -> tuple[Any, Any]:
    """A polling object, and a descriptor that is registered in it."""
    a = _ready(world)
    poll = world.select.poll()
    poll.register(a, 1)
    return poll, a


def _method(find: Callable[[World], Any], name: str) -> Callable[[World], Callable[..., Any]]:
    return lambda world: getattr(find(world), name)


SELECT = [
    Call(
        "select.select",
        lambda world: world.select.select,
        lambda world: ([_ready(world)], [], [], 0),
        (ITERABLES, ITERABLES, ITERABLES, SECONDS),
    ),
    Call("select.poll", lambda world: world.select.poll, lambda _: (), ()),
    Call("poll.register", _method(_poll, "register"), lambda world: (_ready(world), 1), (FD, INT)),
    Call("poll.modify", _method(_poll, "modify"), lambda world: (_ready(world), 1), (FD, INT)),
    Call("poll.unregister", _method(_poll, "unregister"), lambda world: (_ready(world),), (FD,)),
    Call("poll.poll", _method(_poll, "poll"), lambda _: (0,), ({**SECONDS, **LARGE},)),
    Call("select.epoll", lambda world: world.select.epoll, lambda _: (-1, 0), (INT, INT)),
    Call("epoll.fromfd", lambda world: world.select.epoll.fromfd, _number, (FROMFD,)),
    Call(
        "epoll.register",
        lambda world: world.epoll().register,
        lambda world: (_ready(world), 1),
        (FD, INT),
    ),
    Call("epoll.modify", lambda world: world.epoll().modify, lambda world: (_ready(world), 1), (FD, INT)),
    Call("epoll.unregister", lambda world: world.epoll().unregister, lambda world: (_ready(world),), (FD,)),
    Call(
        "epoll.poll",
        lambda world: world.epoll((_ready(world), 1)).poll,
        lambda _: (0, 1),
        ({**SECONDS, **LARGE}, {**BAD, "0": 0, "too many": (2**31 - 1) // 12 + 1}),
    ),
]
_LEVELS = {**BAD, "9999": 9999}
SOCKETS = [
    Call("socket.socket", lambda world: world.socket.socket, lambda _: (2, 1, 0), (INT, INT, INT)),
    Call(
        "socket.socket fileno",
        lambda world: world.socket.socket,
        lambda _: (2, 1, 0, CLOSED),
        ({}, {}, {}, {name: value for name, value in SOCKET_FD.items() if name != "None"}),
    ),
    Call("socket.socketpair", lambda world: world.socket.socketpair, lambda _: (1, 1, 0), (INT, INT, INT)),
    Call(
        "socket.fromfd",
        lambda world: world.socket.fromfd,
        lambda world: (_ready(world).fileno(), 1, 1, 0),
        (SOCKET_FD, INT, INT, INT),
    ),
    Call("socket.close", lambda world: world.socket.close, lambda _: (CLOSED,), (SOCKET_FD,)),
    Call(
        "socket.setdefaulttimeout",
        lambda world: world.socket.setdefaulttimeout,
        lambda _: (None,),
        (SECONDS,),
    ),
    Call("socket.bind", lambda world: world.fresh().bind, lambda _: ((HOST, 0),), (ADDRESSES,)),
    Call("socket.connect", lambda world: world.fresh().connect, lambda _: ((HOST, 1),), (ADDRESSES,)),
    Call("socket.connect_ex", lambda world: world.fresh().connect_ex, lambda _: ((HOST, 1),), (ADDRESSES,)),
    Call("socket.listen", lambda world: world.fresh().listen, lambda _: (1,), (INT,)),
    Call("socket.accept", lambda world: world.listener().accept, lambda _: (), ()),
    Call("socket.shutdown", lambda world: _ready(world).shutdown, lambda _: (0,), ({**INT, "3": 3},)),
    Call("socket.recv", lambda world: _ready(world).recv, lambda _: (1, 0), (SIZES, FLAGS)),
    Call(
        "socket.recv_into",
        lambda world: _ready(world).recv_into,
        lambda _: (bytearray(4), 1, 0),
        ({**DATA, "bytes": b"fixed", "empty": bytearray()}, SIZES, FLAGS),
    ),
    Call("socket.recvfrom", lambda world: _ready(world).recvfrom, lambda _: (1, 0), (SIZES, FLAGS)),
    Call(
        "socket.recvfrom_into",
        lambda world: _ready(world).recvfrom_into,
        lambda _: (bytearray(4), 1, 0),
        ({**DATA, "bytes": b"fixed", "empty": bytearray()}, SIZES, FLAGS),
    ),
    Call(
        "socket.sendto",
        lambda world: _connected(world).sendto,
        lambda _: (b"x", 0, (HOST, 9)),
        (DATA, FLAGS, ADDRESSES),
    ),
    Call("socket.set_inheritable", lambda world: _ready(world).set_inheritable, lambda _: (False,), (INT,)),
    Call("socket.send", lambda world: _ready(world).send, lambda _: (b"x", 0), (DATA, FLAGS)),
    Call("socket.sendall", lambda world: _ready(world).sendall, lambda _: (b"x", 0), (DATA, FLAGS)),
    Call("socket.settimeout", lambda world: _ready(world).settimeout, lambda _: (None,), (SECONDS,)),
    Call("socket.setblocking", lambda world: _ready(world).setblocking, lambda _: (False,), (BAD,)),
    Call(
        "socket.getsockopt",
        lambda world: _connected(world).getsockopt,
        lambda _: (1, 4, 4),
        (_LEVELS, _LEVELS, {**BAD, "1025": 1025}),
    ),
    Call(
        "socket.getsockopt of a UNIX socket",
        lambda world: _ready(world).getsockopt,
        lambda _: (1, 4, 4),
        ({"IP": 0, "TCP": 6, "9999": 9999}, {"-1": -1, "9999": 9999}, {}),
    ),
    Call(
        "socket.setsockopt of a UNIX socket",
        lambda world: _ready(world).setsockopt,
        lambda _: (1, 2, 1),
        ({"IP": 0, "TCP": 6, "9999": 9999}, {"-1": -1, "9999": 9999}, {}),
    ),
    Call(
        "socket.setsockopt",
        lambda world: _connected(world).setsockopt,
        lambda _: (1, 2, 1),
        (_LEVELS, _LEVELS, {**BAD, "empty": b"", "short": b"123"}),
    ),
    Call(
        "socket.setsockopt with a null pointer",
        lambda world: _connected(world).setsockopt,
        lambda _: (1, 2, None, 4),
        ({}, {}, {"int": 1, "bytes": b"1234"}, {**BAD, "0": 0, "3": 3}),
    ),
    Call(
        "socket.create_server",
        lambda world: world.socket.create_server,
        lambda _: ((HOST, 0),),
        (HOSTS,),
    ),
    Call(
        "socket.create_connection",
        lambda world: world.socket.create_connection,
        lambda world: (world.free_port(), 1),
        (CONNECTIONS,),
    ),
    *(
        Call(f"a socket.{name}", _method(_connected, name), lambda _: (), ())
        for name in (
            "close",
            "detach",
            "dup",
            "fileno",
            "getblocking",
            "getpeername",
            "getsockname",
            "gettimeout",
        )
    ),
]
OTHERS = [
    Call("os.read", lambda world: world.os.read, lambda world: (*_number(world), 1), (FD, SIZES)),
    Call("os.write", lambda world: world.os.write, lambda world: (*_number(world), b"x"), (FD, DATA)),
    Call("os.close", lambda world: world.os.close, lambda _: (CLOSED,), (FD,)),
    Call("os.dup", lambda world: world.os.dup, lambda _: (CLOSED,), (FD,)),
    Call("os.dup2", lambda world: world.os.dup2, lambda _: (CLOSED, CLOSED + 1), (FD, FD)),
    Call("os.get_blocking", lambda world: world.os.get_blocking, _number, (FD,)),
    Call(
        "os.set_blocking",
        lambda world: world.os.set_blocking,
        lambda world: (*_number(world), False),
        (FD, BAD),
    ),
    Call("os.get_inheritable", lambda world: world.os.get_inheritable, _number, (FD,)),
    Call(
        "os.set_inheritable",
        lambda world: world.os.set_inheritable,
        lambda world: (*_number(world), 0),
        (FD, BAD),
    ),
    Call("os.pipe", lambda world: world.os.pipe, lambda _: (), ()),
    Call("os.pipe2", lambda world: world.os.pipe2, lambda _: (1 << 30,), (INT,)),
    Call("os.eventfd", lambda world: world.os.eventfd, lambda _: (0, 1 << 30), ({}, INT)),
    Call("os.eventfd_read", lambda world: world.os.eventfd_read, lambda _: (CLOSED,), (FD,)),
    Call("os.eventfd_write", lambda world: world.os.eventfd_write, lambda _: (CLOSED, 1), (FD, INT)),
    Call("time.sleep", lambda world: world.time.sleep, lambda _: (0,), (SECONDS,)),
    *(
        Call(f"time.{name}", lambda world, name=name: getattr(world.time, name), lambda _: (), ())  # type: ignore[misc]
        for name in ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "time", "time_ns")
    ),
]

for _call in (*SELECT, *SOCKETS, *OTHERS):
    CASES.append(
        Case(
            "case_arguments",
            _call.name.replace(".", "_").replace(" ", "_"),
            "CPython: argument conversion; Linux: errno",
            lambda world, call=_call: _see(call, world),  # type: ignore[misc]
            MOST_EVENTS_BYTES if _call.name == "epoll.poll" else 0,
        )
    )
