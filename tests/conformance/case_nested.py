"""An epoll that watches epolls."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt


@case("fs/eventpoll.c: ep_eventpoll_poll; selftests epoll5, epoll7; epoll(7): Q3")
def an_epoll_descriptor_is_readable_or_nothing(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 1))
    seen = [world.mask(epoll), world.sets(epoll)]
    b.send(b"x")
    seen += [world.mask(epoll, 0xFFFF), world.sets(epoll), world.mask(epoll)]
    a.recv(10)
    return [*seen, world.mask(epoll), world.sets(epoll)]


@case("fs/eventpoll.c: a socket ready before the epoll is asked")
def an_epoll_that_nobody_watched_while_it_became_ready(world: World) -> Any:
    a, b = world.unix()
    inner = world.epoll((a, 1), name="i")
    b.send(b"x")
    outer = world.epoll((inner, 1), name="o")
    return world.wait(outer), world.mask(outer), world.sets(inner, outer)


@case("selftests epoll18")
def level_outside_edge_inside(world: World) -> Any:
    a, b = world.unix()
    inner = world.epoll((a, 1 | world.select.EPOLLET), name="i")
    outer = world.epoll((inner, 1), name="o")
    b.send(b"x")
    seen = [world.wait(outer), world.wait(outer), world.wait(inner), world.wait(outer)]
    b.send(b"y")
    return [*seen, world.wait(outer)]


@case("selftests epoll20")
def edge_outside_edge_inside(world: World) -> Any:
    a, b = world.unix()
    edge = world.select.EPOLLET
    outer = world.epoll((world.epoll((a, 1 | edge), name="i"), 1 | edge), name="o")
    seen = []
    for _ in range(2):
        b.send(b"x")
        seen += [world.wait(outer), world.wait(outer)]
    return seen


@case("selftests epoll49, epoll52")
def two_inner_epolls(world: World) -> Any:
    seen = []
    for extra in (0, world.select.EPOLLET):
        outer = world.epoll(name="o")
        for names, inner in (("ab", "i"), ("cd", "j")):
            left, right = world.unix(names)
            outer.register(world.epoll((left, 1), name=inner), 1 | extra)
            right.send(b"x")
        seen += [world.wait(outer), world.wait(outer)]
    return seen


@case("fs/eventpoll.c: ep_loop_check; LTP epoll_ctl04")
def how_deep_they_nest(world: World) -> Any:
    a, b = world.unix()
    chain = [world.epoll((a, 1))]
    seen = []
    for _ in range(6):
        outer = world.epoll()
        seen.append(attempt(outer.register, chain[-1], 1))
        chain.append(outer)
    b.send(b"x")
    return seen, [len(epoll.poll(0)) for epoll in chain]


@case("fs/eventpoll.c: ep_loop_check, upwards too")
def how_deep_they_nest_from_the_top(world: World) -> Any:
    chain = [world.epoll()]
    seen = []
    for _ in range(6):
        inner = world.epoll()
        seen.append(attempt(chain[-1].register, inner, 1))
        chain.append(inner)
    return seen


@case("epoll_ctl(2): ELOOP")
def a_cycle(world: World) -> Any:
    first, second, third = (world.epoll(name=name) for name in "ijk")
    seen = [attempt(first.register, second, 1), attempt(second.register, first, 1)]
    seen += [attempt(second.register, third, 1), attempt(third.register, first, 1)]
    return [*seen, attempt(third.unregister, first), attempt(first.register, second, 1)]


@case("fs/eventpoll.c: an epoll is never writable")
def watched_for_writing(world: World) -> Any:
    a, _ = world.unix()
    inner = world.epoll((a, 4), name="i")
    outer = world.epoll((inner, 4), name="o")
    return world.wait(inner), world.wait(outer)


@case("fs/eventpoll.c: ep_free, eventpoll_release")
def closing_inside_a_nest(world: World) -> Any:
    a, b = world.unix()
    inner = world.epoll((a, 1), name="i")
    outer = world.epoll((inner, 1), name="o")
    b.send(b"x")
    seen = [world.wait(outer)]
    a.close()
    seen += [world.wait(outer), world.wait(inner)]
    inner.close()
    return [*seen, world.wait(outer)]


@case("fs/eventpoll.c: ep_modify wakes only for an item that gets listed")
def what_is_an_edge_for_the_outer_one(world: World) -> Any:
    edge = world.select.EPOLLET
    a, b = world.unix()
    c, d = world.unix("cd")
    inner = world.epoll((a, 1), name="i")
    outer = world.epoll((inner, 1 | edge), name="o")
    b.send(b"x")
    d.send(b"x")
    seen = [world.wait(outer)]
    inner.modify(a, 1)
    seen.append(world.wait(outer))
    inner.register(c, 1)
    return [*seen, world.wait(outer), world.wait(outer)]


@case("fs/eventpoll.c: a one-shot item inside")
def a_one_shot_item_inside(world: World) -> Any:
    a, b = world.unix()
    inner = world.epoll((a, 1 | world.select.EPOLLONESHOT), name="i")
    outer = world.epoll((inner, 1), name="o")
    b.send(b"x")
    seen = [world.wait(outer), world.wait(outer), world.wait(inner)]
    return [*seen, world.wait(outer), world.mask(inner)]


@case("epoll-shim: epoll__recursive_register")
def changing_the_registration_of_an_inner_one(world: World) -> Any:
    inner, outer = world.epoll(name="i"), world.epoll(name="o")
    calls = (outer.register, inner, 1), (outer.modify, inner, 5), (outer.unregister, inner)
    return [attempt(*call) for call in (*calls, (outer.unregister, inner))]
