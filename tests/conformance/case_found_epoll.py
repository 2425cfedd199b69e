"""Differences that random programs found, in epoll: each was one, and is none any more."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
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
