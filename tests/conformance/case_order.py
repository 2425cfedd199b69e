"""The order of an epoll's reports, within a call and from call to call."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World


def _watched(world: World, count: int, events: int = 1) -> tuple[Any, list[Any]]:
    """An epoll over ``count`` pairs named a, b, c …; the ends to write to."""
    epoll, others = world.epoll(), []
    for name in "abcdefgh"[:count]:
        end, other = world.unix(name + name.upper())
        epoll.register(end, events)
        others.append(other)
    return epoll, others


@case("fs/eventpoll.c: ep_send_events, what was reported goes to the tail; LTP epoll_wait14")
def rotation_under_maxevents(world: World) -> Any:
    epoll, others = _watched(world, 5)
    for other in others:
        other.send(b"x")
    return [world.wait(epoll, 0, 2) for _ in range(6)]


@case("fs/eventpoll.c: ep_done_scan, unreported items first, then items that came during the scan")
def a_newcomer_takes_its_place(world: World) -> Any:
    epoll, others = _watched(world, 6)
    for other in others[:5]:
        other.send(b"x")
    seen = [world.wait(epoll, 0, 3), world.wait(epoll, 0, 3)]
    others[5].send(b"x")
    return [*seen, *(world.wait(epoll, 0, 3) for _ in range(3))]


@case("fs/eventpoll.c: ep_insert appends")
def ready_files_in_the_order_of_their_adding(world: World) -> Any:
    epoll = world.epoll()
    pairs = [world.unix(names) for names in ("ax", "by", "cz")]
    for _, other in pairs:
        other.send(b"x")
    for end, _ in reversed(pairs):
        epoll.register(end, 1)
    return world.wait(epoll)


@case("fs/eventpoll.c: ep_poll_callback appends")
def arrivals_in_their_order(world: World) -> Any:
    epoll, others = _watched(world, 4)
    for place in (2, 0, 3, 1):
        others[place].send(b"x")
    first = world.wait(epoll)
    others[3].send(b"again")
    return first, world.wait(epoll)


@case("fs/eventpoll.c: an item that is listed already keeps its place")
def drained_and_filled_again_between_two_waits(world: World) -> Any:
    epoll, others = _watched(world, 3)
    for other in others:
        other.send(b"x")
    a = world.socket.socket(fileno=epoll.poll(0, 1)[0][0])
    seen = [world.wait(epoll, 0, 1)]
    a.recv(10)
    others[0].send(b"y")
    a.detach()
    return [*seen, world.wait(epoll)]


@case("fs/eventpoll.c: level- and edge-triggered in one list")
def an_edge_triggered_item_among_others(world: World) -> Any:
    epoll = world.epoll()
    ends = []
    for names, extra in (("ax", 0), ("by", world.select.EPOLLET), ("cz", 0)):
        end, other = world.unix(names)
        epoll.register(end, 1 | extra)
        ends.append(other)
    for other in ends:
        other.send(b"x")
    return [world.wait(epoll, 0, 1) for _ in range(6)]


@case("fs/eventpoll.c: a stale item takes no slot")
def stale_items_do_not_count(world: World) -> Any:
    epoll, others = _watched(world, 3)
    for other in others:
        other.send(b"x")
    first = world.socket.socket(fileno=epoll.poll(0, 1)[0][0])
    first.recv(10)
    first.detach()
    return world.wait(epoll, 0, 2), world.wait(epoll, 0, 2)


@case("fs/eventpoll.c: ep_eventpoll_poll drops stale items at the head, and moves nothing")
def polling_the_epoll_drops_stale_items(world: World) -> Any:
    epoll, others = _watched(world, 3)
    for other in others:
        other.send(b"x")
    reported = dict(epoll.poll(0))
    first = world.socket.socket(fileno=next(iter(reported)))
    first.recv(10)
    seen = [world.mask(epoll)]
    others[0].send(b"back")
    first.detach()
    return [*seen, world.wait(epoll)]


@case("fs/eventpoll.c: polling another file leaves this list alone")
def polling_something_else_drops_nothing(world: World) -> Any:
    epoll, others = _watched(world, 3)
    for other in others:
        other.send(b"x")
    first = world.socket.socket(fileno=next(iter(dict(epoll.poll(0)))))
    first.recv(10)
    seen = [world.mask(others[0]), world.sets(others[1])]
    others[0].send(b"back")
    first.detach()
    return [*seen, world.wait(epoll)]


@case("unix_release_sock: hang-ups in the order of the closes")
def closed_peers_in_the_order_of_closing(world: World) -> Any:
    epoll, others = _watched(world, 4)
    for place in (2, 0, 3, 1):
        others[place].close()
    return world.wait(epoll)


@case("fs/eventpoll.c: ep_modify puts nothing further back")
def modifying_keeps_the_place(world: World) -> Any:
    epoll, others = _watched(world, 3)
    for other in others:
        other.send(b"x")
    first = epoll.poll(0, 3)[0][0]
    epoll.modify(first, 5)
    return world.wait(epoll)
