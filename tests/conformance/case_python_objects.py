"""The objects of the modules: their classes, their attributes, and the operations that they refuse."""

from __future__ import annotations

import copy
import pickle
import weakref
from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import HOST, World, attempt, message


@case("Modules/selectmodule.c: no Py_TPFLAGS_BASETYPE")
def classes_that_are_no_bases(world: World) -> Any:
    epoll, poll = world.select.epoll, type(world.select.poll())
    return [message(type, "Derived", (base,), {}) for base in (epoll, poll)]


@case("Modules/selectmodule.c, Lib/socket.py: __getstate__; none can be pickled or copied")
def objects_that_cannot_be_pickled(world: World) -> Any:
    objects = world.epoll(), world.select.poll(), world.fresh()
    calls = pickle.dumps, copy.copy, copy.deepcopy
    return [message(call, each) for each in objects for call in calls]


@case("Lib/socket.py: __slots__, family and type are properties; Modules/socketmodule.c: proto and timeout")
def attributes_of_a_socket(world: World) -> Any:
    plain = world.fresh()
    names = ("family", "type", "proto", "timeout", "anything")
    seen = [attempt(setattr, plain, name, 1) for name in names]
    return seen, attempt(weakref.ref, plain) is not None, attempt(getattr, plain, "anything")


@case("Modules/selectmodule.c: closed is read-only, and there are no other attributes")
def attributes_of_an_epoll(world: World) -> Any:
    epoll, poll = world.epoll(), world.select.poll()
    seen = [attempt(setattr, each, name, 1) for each in (epoll, poll) for name in ("closed", "anything")]
    return seen, attempt(delattr, epoll, "closed"), attempt(weakref.ref, epoll), attempt(len, epoll)


@case("Lib/socket.py: a derived class; dup keeps it, accept does not")
def a_class_derived_from_socket(world: World) -> Any:
    class Derived(world.socket.socket):  # type: ignore[misc, name-defined]
        """A subclass, which has a ``__dict__`` like every class written in Python."""

    plain = Derived()
    plain.note = 1
    twin = plain.dup()
    world.keep("p", plain)
    world.keep("t", twin)
    seen = [plain.note, type(twin) is Derived, hasattr(twin, "note")]
    server = world.keep("l", Derived(fileno=world.listener().detach()))
    world.connecting(server.getsockname())
    accepted = world.keep("a", server.accept()[0])
    return [*seen, type(accepted) is Derived, isinstance(accepted, world.socket.socket)]


@case("Lib/socket.py: _intenum_converter, numbers without a name stay numbers")
def families_without_a_name(world: World) -> Any:
    a, _ = world.unix()
    seen = []
    for family, kind in ((77, 99), (1, 99), (77, 1), (-2, -3)):
        other = world.keep("o", world.socket.fromfd(a.fileno(), family, kind))
        seen.append(
            (int(other.family), int(other.type), type(other.family).__name__, type(other.type).__name__)
        )
    return seen


@case("Modules/socketmodule.c: socket.gaierror and socket.herror")
def classes_of_errors(world: World) -> Any:
    errors = world.socket.gaierror, world.socket.herror
    told = [(error.__name__, error.__module__, [base.__name__ for base in error.__mro__]) for error in errors]
    return told, message(world.fresh().bind, ("no.such.name.invalid.", 0)).partition(":")[0]


@case("Modules/selectmodule.c: select_epoll___exit__ takes anything, or nothing")
def leaving_without_arguments(world: World) -> Any:
    epoll, plain = world.epoll(), world.fresh()
    seen = [attempt(epoll.__exit__), epoll.closed, attempt(epoll.__enter__), attempt(plain.__exit__, 1)]
    return [*seen, plain.fileno()]


@case("Modules/selectmodule.c: the descriptor is converted before the object is looked at")
def a_closed_epoll_and_wrong_arguments(world: World) -> Any:
    epoll = world.epoll()
    epoll.close()
    calls = (epoll.register, None), (epoll.register, -1), (epoll.modify, "x", 1), (epoll.unregister, 0)
    return [attempt(*call) for call in calls], attempt(epoll.poll, "x"), attempt(epoll.poll, 0, 0)


@case("Modules/selectmodule.c: newPyEpoll_Object, fromfd(-1) makes an epoll")
def fromfd_of_no_descriptor(world: World) -> Any:
    epoll = world.keep("e", world.select.epoll.fromfd(-1))
    a, b = world.unix()
    epoll.register(a, 1)
    b.send(b"x")
    return epoll.closed, world.wait(epoll)


@case("Modules/socketmodule.c: recvfrom, recvfrom_into, sendto; nobody has an address to be told")
def receiving_from_and_sending_to(world: World) -> Any:
    socket = world.socket
    kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET)
    seen: list[Any] = []
    for a, b in (world.tcp(), *(world.unix(kind=kind) for kind in kinds)):
        seen.append([attempt(a.recvfrom, 0), attempt(a.recvfrom_into, bytearray(0)), attempt(a.recv, 0)])
        b.send(b"hello")
        buffer = bytearray(3)
        seen.append([a.recvfrom(2, socket.MSG_PEEK), a.recvfrom_into(buffer), bytes(buffer)])
        b.send(b"more")
        seen.append([a.recvfrom(0), attempt(a.recvfrom, 9), attempt(a.recvfrom, 9)])
        b.shutdown(socket.SHUT_WR)
        seen.append([attempt(a.recvfrom, 0), attempt(a.recvfrom, 9)])
    a, b = world.tcp()
    seen += [a.sendto(b"x", (HOST, 9)), a.sendto(b"y", 0, (HOST, 9)), b.recv(9)]
    a, b = world.unix()
    return [*seen, attempt(a.sendto, b"x", "name"), attempt(a.sendto, b"x", 1), attempt(a.sendto, b"x")]


@case("recv(2): nothing is asked for, with a low-water mark on a socket without connection")
def receiving_nothing_below_the_mark(world: World) -> Any:
    plain = world.fresh()
    plain.setsockopt(world.socket.SOL_SOCKET, world.socket.SO_RCVLOWAT, 4)
    a, b = world.tcp()
    a.setsockopt(world.socket.SOL_SOCKET, world.socket.SO_RCVLOWAT, 4)
    seen = [attempt(plain.recvfrom, 0), attempt(world.os.read, plain.fileno(), 0), attempt(a.recvfrom, 0)]
    b.send(b"x")
    return [*seen, attempt(a.recvfrom, 0), attempt(a.recvfrom, 9)]


@case("Lib/socket.py: create_server says on which address; create_connection, its timeout and its errors")
def servers_and_connections(world: World) -> Any:
    socket = world.socket
    server = world.keep("l", socket.create_server((HOST, 0), backlog=1, reuse_port=False))
    address = server.getsockname()
    seen: list[Any] = [message(socket.create_server, ("203.0.113.1", 0))]

    def connect(*given: Any, **named: Any) -> Any:
        with socket.create_connection(*given, **named) as client:
            accepted, peer = server.accept()
            accepted.close()
            return client.gettimeout(), client.proto, peer[0], peer == client.getsockname()

    socket.setdefaulttimeout(3)
    seen += [connect(address), connect(address, None), connect(address, timeout=2.5)]
    socket.setdefaulttimeout(None)
    seen += [connect(address, 1, ("127.0.0.2", 0)), connect((HOST.encode(), str(address[1])))]
    refused = world.free_port()
    seen += [message(lambda flag=flag: connect(refused, all_errors=flag)) for flag in (False, True)]
    return [*seen, attempt(lambda: socket.create_server((HOST, 0), dualstack_ipv6="").close())]


@case("Modules/posixmodule.c, Modules/socketmodule.c, Objects/longobject.c: messages")
def what_errors_say(world: World) -> Any:
    a, b = world.unix()
    plain, epoll, (r, _) = world.fresh(), world.epoll(), world.pipe()
    closed = world.keep("c", world.select.epoll())
    closed.close()
    calls: list[tuple[Any, ...]] = [
        (world.os.read, 2**31, 1),
        (world.os.read, r, 2**63),
        (world.os.read, r, 2**63 - 1),
        (world.os.write, r, "x"),
        (a.recv, 1, 2**31),
        (a.recv, 1, -(2**31) - 1),
        (a.recv, 1, 2**63),
        (a.recv, -1),
        (a.recvfrom, -1),
        (a.recv_into, b"x"),
        (a.recv_into, None),
        (a.recv_into, bytearray(1), 2),
        (a.send, "x"),
        (a.send, memoryview(b"abcd")[::2]),
        (plain.bind, ()),
        (plain.bind, "x"),
        (plain.bind, (HOST, -1)),
        (plain.bind, (HOST, 2**64)),
        (plain.connect_ex, (HOST, 65536)),
        (plain.connect_ex, None),
        (plain.setsockopt, 1, 2, 1.5),
        (plain.setsockopt, 1, 2, 3, 4),
        (plain.setblocking, "x"),
        (plain.settimeout, -1),
        (epoll.poll, 0, 0),
        (epoll.poll, "x"),
        (epoll.register, "x"),
        (epoll.register, -1),
        (closed.fileno,),
    ]
    return [message(*call) for call in calls], b.fileno() > a.fileno()
