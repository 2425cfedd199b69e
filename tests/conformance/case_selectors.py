"""The standard library's own selectors module, unmodified, on the world's select, in whole programs."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

from tests.conformance.cases import case
from tests.conformance.threads import Threads
from tests.conformance.world import World, attempt

KINDS = ("DefaultSelector", "EpollSelector", "PollSelector", "SelectSelector")


def load_selectors(world: World) -> ModuleType:
    """A copy of the standard library's selectors module on the world's select."""
    found = importlib.util.find_spec("selectors")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    host = sys.modules["select"]
    sys.modules["select"] = world.select
    try:
        found.loader.exec_module(module)
    finally:
        sys.modules["select"] = host
    return module


@case("Lib/selectors.py: EpollSelector, PollSelector, SelectSelector")
def selectors_on_top(world: World) -> Any:
    module = load_selectors(world)
    seen: list[Any] = [module.DefaultSelector.__name__]
    for kind in KINDS:
        a, b = world.unix()
        with getattr(module, kind)() as selector:
            selector.register(a, module.EVENT_READ, "reading")
            selector.register(b, module.EVENT_READ | module.EVENT_WRITE, "both")
            seen.append(sorted((key.data, events) for key, events in selector.select(0)))
            b.send(b"x")
            seen.append(sorted((key.data, events) for key, events in selector.select(0)))
            selector.modify(a, module.EVENT_WRITE, "writing")
            selector.unregister(b)
            seen.append([(key.data, events) for key, events in selector.select(-1)])
            b.close()
            seen.append([(key.data, events) for key, events in selector.select(0.001)])
    return seen


@case("Lib/selectors.py: errors")
def selectors_refuse(world: World) -> Any:
    module = load_selectors(world)
    seen = []
    for kind in KINDS:
        a, _ = world.unix()
        with getattr(module, kind)() as selector:
            selector.register(a, module.EVENT_READ)
            seen += [attempt(selector.register, a, module.EVENT_READ), attempt(selector.register, a, 0)]
            a.close()
            seen += [
                attempt(selector.register, a, 1),
                len(selector.get_map()),
                attempt(selector.unregister, 1),
            ]
    return seen


def _echo(world: World, module: Any, kind: str) -> list[str]:
    """Run a server with three clients at once. Returns its actions.

    The order is not compared: SelectSelector asks in the order of a set of numbers, and the numbers differ.
    """
    server = world.listener()
    selector = getattr(module, kind)()
    selector.register(server, module.EVENT_READ, "listener")
    clients = [world.connecting(server.getsockname(), f"c{number}") for number in range(3)]
    for number, client in enumerate(clients):
        client.send(b"hello %d" % number)
    told: list[str] = []
    served = 0
    while served < 3:
        for key, events in selector.select(1):
            if key.data == "listener":
                connection = world.keep("s", key.fileobj.accept()[0])
                connection.setblocking(False)
                selector.register(connection, module.EVENT_READ, [b""])
                told.append("accept")
            elif events & module.EVENT_READ:
                key.data[0] = key.fileobj.recv(100)
                selector.modify(key.fileobj, module.EVENT_WRITE, key.data)
                told.append(f"read {key.data[0]!r}")
            else:
                key.fileobj.send(key.data[0].upper())
                selector.unregister(key.fileobj)
                served += 1
                told.append(f"answer {key.data[0]!r}")
    told += [f"{client.recv(100)!r}" for client in clients]
    selector.close()
    return [kind, *sorted(told)]


@case("Lib/selectors.py: a server")
def an_echo_server_on_every_selector(world: World) -> Any:
    module = load_selectors(world)
    return [_echo(world, module, kind) for kind in KINDS]


@case("Lib/selectors.py: HUP and ERR count as what was asked for")
def the_far_end_is_gone(world: World) -> Any:
    module = load_selectors(world)
    seen = []
    for kind in KINDS:
        for asked in (module.EVENT_READ, module.EVENT_WRITE, module.EVENT_READ | module.EVENT_WRITE):
            for pair in (world.unix, world.tcp):
                a, b = pair()
                with getattr(module, kind)() as selector:
                    selector.register(a, asked)
                    b.close()
                    seen.append([events for _, events in selector.select(0)])
    return seen


@case("Lib/selectors.py: pipes and event counters")
def descriptors_that_are_no_sockets(world: World) -> Any:
    module, os = load_selectors(world), world.os
    seen: list[Any] = []
    for kind in KINDS:
        (r, w), counter = os.pipe(), os.eventfd(0)
        with getattr(module, kind)() as selector:
            selector.register(r, module.EVENT_READ, "r")
            selector.register(w, module.EVENT_WRITE, "w")
            selector.register(counter, module.EVENT_READ | module.EVENT_WRITE, "counter")
            for act in (lambda w=w: os.write(w, b"x"), lambda c=counter: os.eventfd_write(c, 2)):
                seen.append(sorted((key.data, events) for key, events in selector.select()))
                act()
            seen.append(sorted((key.data, events) for key, events in selector.select()))
        for number in (r, w, counter):
            os.close(number)
    return seen


@case("Lib/selectors.py: the order is the kernel's, or that of registration")
def the_order_of_what_is_ready(world: World) -> Any:
    module = load_selectors(world)
    seen = []
    for kind in KINDS[:3]:  # SelectSelector uses the order of its own set
        pairs = [world.unix() for _ in range(4)]
        with getattr(module, kind)() as selector:
            for number in (2, 0, 3, 1):
                selector.register(pairs[number][0], module.EVENT_READ, number)
            for number in (1, 3, 0, 2):
                pairs[number][1].send(b"x")
            seen += [[key.data for key, _ in selector.select(0)] for _ in range(2)]
    return seen


@case("Lib/selectors.py: _key_from_fd; close and reuse of a number")
def a_number_closed_and_opened_again(world: World) -> Any:
    module = load_selectors(world)
    seen: list[Any] = []
    for kind in KINDS:
        a, b = world.unix()
        with getattr(module, kind)() as selector:
            selector.register(a, module.EVENT_WRITE, "old")
            number = a.fileno()
            a.close()
            fresh, _ = world.unix()
            seen += [fresh.fileno() == number, attempt(selector.register, fresh, 1)]
            seen += [[key.data for key, _ in selector.select(0)], selector.unregister(number).data]
            seen += [selector.register(fresh, module.EVENT_WRITE, "new").data, attempt(selector.get_key, b)]
            seen += [[key.data for key, _ in selector.select(0)]]
    return seen


@case("Lib/selectors.py: select without a timeout")
def a_selector_waits_in_a_thread(world: World) -> Any:
    module = load_selectors(world)
    seen = []
    for kind in KINDS:
        a, b = world.unix()
        with getattr(module, kind)() as selector:
            selector.register(a, module.EVENT_READ, "a")
            threads = Threads(world)
            threads.start(kind, lambda s=selector: [(key.data, events) for key, events in s.select()])
            seen.append(threads.back(0))
            b.send(b"x")
            seen.append(threads.back(1))
    return seen


@case("Lib/selectors.py: timeouts are rounded up, and what is registered is told")
def timeouts_and_maps(world: World) -> Any:
    module = load_selectors(world)
    seen: list[Any] = []
    for kind in KINDS:
        a, _ = world.unix()
        selector = getattr(module, kind)()
        selector.register(a, module.EVENT_READ, "a")
        for timeout in (0, -1, 1e-9, 0.0005, 0.01):
            start = world.time.monotonic()
            seen += [selector.select(timeout), world.time.monotonic() - start >= timeout]
        seen += [len(selector.get_map()), a in selector.get_map(), selector.get_key(a).data]
        selector.close()
        selector.close()
        seen += [selector.get_map(), attempt(selector.get_key, a)]
    return seen
