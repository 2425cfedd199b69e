"""Details of epoll that are easy to get wrong, each taken from a random or an unusual program."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import MOST_EVENTS_BYTES, case
from tests.conformance.world import World, attempt


@case("fs/eventpoll.c: do_epoll_ctl refuses MOD with EPOLLEXCLUSIVE before it looks for the item")
def modify_to_exclusive_without_an_item(world: World) -> Any:
    a, _ = world.unix()
    epoll = world.epoll()
    exclusive = world.select.EPOLLEXCLUSIVE
    return attempt(epoll.modify, a, exclusive), attempt(epoll.modify, a, 1)


@case("Modules/selectmodule.c: select_epoll_close_impl never raises what close(2) says")
def closing_an_epoll_object_whose_number_is_closed(world: World) -> Any:
    epoll = world.epoll()
    world.os.close(epoll.fileno())
    return attempt(epoll.close), epoll.closed


@case("net/core/sock.c: sock_def_readable wakes for a connection too, with RDNORM and PRI in the key")
def a_connection_wakes_who_asks_for_rdnorm(world: World) -> Any:
    select = world.select
    server = world.listener()
    flags = 0, select.EPOLLET, select.EPOLLONESHOT, select.EPOLLEXCLUSIVE
    epolls = [world.epoll(name=f"e{number}") for number in range(8)]
    bits = [select.EPOLLRDNORM, select.EPOLLPRI, select.EPOLLRDBAND, select.EPOLLIN]
    pairs = [(bit, flag) for bit in bits[:2] for flag in flags]
    seen = [
        attempt(epoll.register, server, bit | flag) for epoll, (bit, flag) in zip(epolls, pairs, strict=True)
    ]
    seen += [world.wait(epoll) for epoll in epolls]
    world.connecting(server.getsockname())
    return [*seen, *(world.wait(epoll) for epoll in epolls), *(world.mask(server, bit) for bit in bits)]


@case("fs/eventpoll.c: ep_check_params, an epoll object on what is no epoll; epoll-shim: epoll__invalid_op")
def an_epoll_object_on_something_else(world: World) -> Any:
    r, w = world.pipe()
    epoll = world.select.epoll.fromfd(world.os.dup(r))
    seen = [attempt(epoll.poll, 0), attempt(epoll.register, r, 1), attempt(epoll.modify, w, 1)]
    world.os.close(epoll.fileno())
    seen += [attempt(epoll.poll, 0), attempt(epoll.register, r, 1), attempt(epoll.unregister, r)]
    return [*seen, attempt(epoll.close), epoll.closed]


@case("do_epoll_wait: maxevents up to EP_MAX_EVENTS", needs_bytes=MOST_EVENTS_BYTES)
def the_most_events(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 4), (b, 4))
    most = (2**31 - 1) // 12
    return [attempt(world.wait, epoll, 0, count) for count in (1, 1000, 100_000, most + 1)]
