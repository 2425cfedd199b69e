"""One-shot items: reported once, then disabled until they are modified."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt


@case("epoll_ctl(2): EPOLLONESHOT; LTP epoll_wait07")
def disabled_after_one_report(world: World) -> Any:
    events = 1 | world.select.EPOLLONESHOT
    a, b = world.unix()
    epoll = world.epoll((a, events))
    b.send(b"x")
    seen = [world.wait(epoll), world.wait(epoll)]
    b.send(b"y")
    seen.append(world.wait(epoll))
    epoll.modify(a, events)
    return [*seen, world.wait(epoll), world.wait(epoll)]


@case("fs/eventpoll.c: a disabled item is still there")
def a_disabled_item_is_still_watched(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 1 | world.select.EPOLLONESHOT))
    b.send(b"x")
    world.wait(epoll)
    return attempt(epoll.register, a, 1), attempt(epoll.unregister, a), attempt(epoll.register, a, 1)


@case("fs/eventpoll.c: ep_send_events disables only what it reports")
def a_stale_event_does_not_disable(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 1 | world.select.EPOLLONESHOT))
    b.send(b"x")
    a.recv(1)
    seen = [world.wait(epoll)]
    b.send(b"x")
    return [*seen, world.wait(epoll), world.wait(epoll)]


@case("fs/eventpoll.c: what does not fit into maxevents stays armed")
def the_unreported_stay_armed(world: World) -> Any:
    epoll = world.epoll()
    for names in ("ax", "by", "cz"):
        left, right = world.unix(names)
        epoll.register(left, 1 | world.select.EPOLLONESHOT)
        right.send(b"x")
    return [world.wait(epoll, 0, 2) for _ in range(3)]


@case("fs/eventpoll.c: one event disables all bits")
def one_event_for_both_directions(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 5 | world.select.EPOLLONESHOT))
    b.send(b"x")
    return world.wait(epoll), world.wait(epoll)


@case("fs/eventpoll.c: EP_PRIVATE_BITS, hang-up included")
def a_disabled_item_does_not_report_a_hang_up(world: World) -> Any:
    events = 1 | world.select.EPOLLONESHOT
    a, b = world.unix()
    epoll = world.epoll((a, events))
    b.send(b"x")
    world.wait(epoll)
    b.close()
    seen = [world.wait(epoll), world.mask(a)]
    epoll.modify(a, events)
    return [*seen, world.wait(epoll), world.wait(epoll)]


@case("fs/eventpoll.c: ONESHOT with ET")
def edge_triggered_and_one_shot(world: World) -> Any:
    events = 1 | world.select.EPOLLONESHOT | world.select.EPOLLET
    a, b = world.tcp()
    epoll = world.epoll((a, events))
    b.send(b"x")
    seen = [world.wait(epoll)]
    b.send(b"y")
    seen.append(world.wait(epoll))
    epoll.modify(a, events)
    return [*seen, world.wait(epoll), world.wait(epoll)]


@case("epoll_ctl(2): EPOLLEXCLUSIVE, nobody blocked")
def exclusive_items_without_sleepers_all_hear(world: World) -> Any:
    a, b = world.unix()
    events = 1 | world.select.EPOLLEXCLUSIVE
    epolls = [world.epoll((a, events)) for _ in range(3)]
    b.send(b"x")
    return [world.wait(epoll) for epoll in epolls]
