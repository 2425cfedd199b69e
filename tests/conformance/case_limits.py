"""No more descriptors: the calls that fail with EMFILE, and the state that they leave unchanged."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt


@case("RLIMIT_NOFILE: EMFILE from every call that opens something; epoll-shim: epoll__fd_exhaustion")
def every_call_that_opens(world: World) -> Any:
    os, socket = world.os, world.socket
    a, _ = world.unix()
    calls: list[tuple[Any, ...]] = [
        (world.select.epoll,),
        (world.select.epoll.fromfd, -1),
        (socket.socket,),
        (socket.socketpair,),
        (socket.fromfd, a.fileno(), 1, 1),
        (a.dup,),
        (os.dup, a.fileno()),
        (os.pipe,),
        (os.pipe2, 0),
        (os.eventfd, 0),
        (os.timerfd_create, world.time.CLOCK_MONOTONIC),
    ]
    with world.few_numbers(0):
        return [attempt(*call) for call in calls], world.mask(a), world.sets(a)


@case("pipe(2), socketpair(2): two numbers or none")
def one_number_for_two(world: World) -> Any:
    with world.few_numbers(1):
        seen = [attempt(world.os.pipe), attempt(world.socket.socketpair)]
        last = world.keep_number("v", world.os.eventfd(0))
        seen.append(attempt(world.os.eventfd, 0))
        world.drop(last)
    return seen


@case("accept(2): EMFILE comes first, and the connection stays where it is")
def accepting_without_a_number(world: World) -> Any:
    server = world.listener()
    epoll = world.epoll((server, 1))
    edge = world.epoll((server, 1 | world.select.EPOLLET), name="t")
    client = world.connecting(server.getsockname())
    with world.few_numbers(0):
        seen = [world.wait(edge), attempt(server.accept), world.wait(epoll), world.wait(edge)]
    accepted = world.keep("a", server.accept()[0])
    client.send(b"x")
    return [*seen, world.wait(epoll), accepted.recv(1)]


@case("accept(2): EMFILE though there is no connection")
def accepting_nothing_without_a_number(world: World) -> Any:
    server = world.listener()
    a, _ = world.unix()
    with world.few_numbers(0):
        return attempt(server.accept), attempt(a.accept)


@case("dup2(2): EBADF beyond the limit; onto a number in use it needs none")
def dup2_at_the_limit(world: World) -> Any:
    a, b = world.unix()
    v = world.eventfd(1)
    with world.few_numbers(0):
        seen = [attempt(world.os.dup2, a.fileno(), 1_000_000), world.os.dup2(a.fileno(), v) == v]
        seen.append(attempt(world.os.dup, v))
    b.send(b"x")
    return [*seen, world.os.read(v, 5)]


@case("getrlimit(2): what is open beyond a lowered limit goes on; gVisor: SetrlimitCallNOFILE")
def a_limit_below_what_is_open(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll()
    b.send(b"x")
    with world.few_numbers(0):
        epoll.register(a, 1)
        seen = [world.wait(epoll), world.mask(a), world.sets(a, b), a.recv(1)]
        epoll.modify(a, 4)
        return [*seen, world.wait(epoll), attempt(epoll.unregister, a)]
