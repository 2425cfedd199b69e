"""Timeouts: never early; and the meaning of the arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt, message


def _not_early(world: World, seconds: float, call: Callable[..., Any], *arguments: Any) -> Any:
    """The result of a call, and True if it took at least ``seconds``."""
    start = world.time.monotonic()
    seen = attempt(call, *arguments)
    return seen, world.time.monotonic() - start >= seconds


@case("epoll_wait(2), poll(2), select(2): timeout")
def nothing_happens(world: World) -> Any:
    a, _ = world.unix()
    epoll, poll = world.epoll((a, 1)), world.select.poll()
    poll.register(a, 1)
    return [
        _not_early(world, 0.01, epoll.poll, 0.01),
        _not_early(world, 0.01, poll.poll, 10),
        _not_early(world, 0.01, world.select.select, [a], [], [], 0.01),
    ]


@case("select(2): with nothing to watch it sleeps")
def nothing_to_watch(world: World) -> Any:
    return [
        _not_early(world, 0.01, world.epoll().poll, 0.01),
        _not_early(world, 0.01, world.select.poll().poll, 10),
        _not_early(world, 0.01, world.select.select, [], [], [], 0.01),
    ]


@case("Modules/selectmodule.c: epoll rounds up to milliseconds")
def epoll_rounds_up(world: World) -> Any:
    epoll = world.epoll()
    return [_not_early(world, 0.001, epoll.poll, seconds) for seconds in (1e-9, 0.0005, 0.001)]


@case("Modules/selectmodule.c: a tiny negative timeout of epoll is none at all")
def epoll_rounds_towards_zero_from_below(world: World) -> Any:
    epoll = world.epoll()
    return epoll.poll(-1e-100), epoll.poll(-0.0), epoll.poll(False)


@case("Modules/selectmodule.c: None and negative timeouts wait for ever, here for what is there")
def waiting_for_ever_for_what_is_ready(world: World) -> Any:
    a, b = world.unix()
    b.send(b"x")
    epoll, poll = world.epoll((a, 1)), world.select.poll()
    poll.register(a, 1)
    seen = [world.wait(epoll, timeout) for timeout in (None, -1, -0.1, -5)]
    seen += [world.events(poll.poll(timeout)) for timeout in (None, -1, -1e-100, -0.5, -(2**31))]
    seen += [
        attempt(lambda limit: world.events(poll.poll(limit)), timeout)
        for timeout in (-(2**31) - 1, -(2**31) - 0.5, 2**31)
    ]
    return [*seen, world.sets(a, timeout=None)]


@case("Modules/selectmodule.c: select_epoll_poll_impl, timeouts are checked")
def timeouts_that_are_none(world: World) -> Any:
    epoll = world.epoll()
    bad: list[Any] = ["1", [], 1e300, 1 << 70, float("nan"), 1e10]
    return [attempt(epoll.poll, timeout) for timeout in bad], message(epoll.poll, "1")


@case("Modules/socketmodule.c: sock_call_ex, timed out")
def a_socket_s_timeout(world: World) -> Any:
    a, _ = world.unix()
    server = world.listener()
    a.settimeout(0.01)
    server.settimeout(0.01)
    seen = [_not_early(world, 0.01, a.recv, 1), _not_early(world, 0.01, server.accept)]
    return [*seen, message(a.recv, 1), a.gettimeout(), world.os.get_blocking(a.fileno())]


@case("Modules/socketmodule.c: sendall's timeout is for all of it")
def sending_all_with_a_timeout(world: World) -> Any:
    a, b = world.unix()
    a.settimeout(0.01)
    seen = [_not_early(world, 0.01, a.sendall, b"x" * (1 << 22)), attempt(a.send, b"y")]
    b.close()
    return [*seen, attempt(a.sendall, b"z")]


@case("Modules/timemodule.c: time_sleep")
def sleeping(world: World) -> Any:
    sleep = world.time.sleep
    seen = [_not_early(world, seconds, sleep, seconds) for seconds in (0.01, 0, 0.0001)]
    bad: list[Any] = [-1, -0.001, "1", None, float("nan"), 1e300]
    return seen, [attempt(sleep, given) for given in bad], message(sleep, -1), attempt(sleep)


@case("Modules/timemodule.c: clocks")
def clocks_go_on(world: World) -> Any:
    time = world.time
    clocks = [time.monotonic, time.monotonic_ns, time.perf_counter, time.perf_counter_ns, time.time]
    clocks.append(time.time_ns)
    before = [clock() for clock in clocks]
    time.sleep(0.001)
    after = [clock() for clock in clocks]
    return [type(reading) for reading in before], [
        late > early for early, late in zip(before, after, strict=True)
    ]


@case("Modules/socketmodule.c: settimeout, setblocking")
def timeouts_of_a_socket_are_checked(world: World) -> Any:
    socket = world.fresh()
    seen: list[Any] = []
    for value in (None, 0, 0.0, 1, 2.5, True):
        socket.settimeout(value)
        seen.append((socket.gettimeout(), socket.getblocking(), socket.timeout))
    for flag in (False, True, 0, 1):
        socket.setblocking(flag)
        seen.append((socket.gettimeout(), world.os.get_blocking(socket.fileno())))
    bad: list[Any] = [-1, -0.5, "1", float("nan"), 1e300]
    return seen, [attempt(socket.settimeout, value) for value in bad], message(socket.settimeout, -1)


@case("Modules/socketmodule.c: setdefaulttimeout")
def the_default_timeout(world: World) -> Any:
    module = world.socket
    seen = [module.getdefaulttimeout(), attempt(module.setdefaulttimeout, -1)]
    module.setdefaulttimeout(2)
    try:
        server = world.keep("l", module.socket())
        seen += [server.gettimeout(), module.getdefaulttimeout()]
        a, b = module.socketpair()
        seen += [a.gettimeout(), world.os.get_blocking(a.fileno())]
        world.keep("a", a).close()
        world.keep("b", b).close()
    finally:
        module.setdefaulttimeout(None)
    return [*seen, world.fresh().gettimeout()]
