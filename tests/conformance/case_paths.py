"""Epolls that watch epolls: the limit on the paths of a wake-up (fs/eventpoll.c: reverse_path_check)."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt


def _chain(world: World, length: int, *watched: tuple[Any, int]) -> list[Any]:
    """A chain of epolls, each of which watches the one before; the first watches ``watched``."""
    epolls = [world.epoll(*watched, name="e0")]
    for number in range(1, length):
        epolls.append(world.epoll((epolls[-1], 1), name=f"e{number}"))
    return epolls


def _watchers(world: World, epoll: Any, count: int) -> list[Any]:
    """The results of registering one epoll in ``count`` others, each with its number of occurrences."""
    results = [attempt(world.epoll(name=f"o{number}").register, epoll, 1) for number in range(count)]
    return [(result, results.count(result)) for result in dict.fromkeys(results)]


@case("reverse_path_check: 10 ways through five epolls, 50 through four, 100 through three")
def ways_through_chains(world: World) -> Any:
    seen = []
    for length, most in ((4, 10), (3, 50), (2, 100)):
        counter = world.eventfd(1)
        seen.append(_watchers(world, _chain(world, length, (counter, 1))[-1], most + 2))
    return seen


@case("reverse_path_check: 500 ways through two epolls")
def ways_through_two(world: World) -> Any:
    counter = world.eventfd(1)
    epoll = world.epoll((counter, 1))
    return _watchers(world, epoll, 501), world.wait(epoll)


@case("path_count_inc: any number of epolls that nobody watches")
def epolls_side_by_side(world: World) -> Any:
    counter = world.eventfd(1)
    return _watchers(world, counter, 600)


@case("ep_insert: what is refused is not watched; DEL makes room again")
def a_way_that_is_refused(world: World) -> Any:
    counter, other = world.eventfd(1), world.eventfd(1, name="x")
    epolls = _chain(world, 4, (counter, 1))
    top = epolls[-1]
    outer = [world.epoll((top, 1), name=f"o{number}") for number in range(10)]
    late = world.epoll(name="l")
    seen: list[Any] = [attempt(late.register, top, 1), world.wait(late), attempt(late.unregister, top)]
    outer[0].unregister(top)
    seen += [attempt(late.register, top, 1), world.wait(late), attempt(epolls[0].register, other, 1)]
    return [*seen, attempt(outer[0].register, top, 1), world.wait(epolls[0])]


@case("reverse_path_check: a file under two numbers is two ways")
def two_numbers_are_two_ways(world: World) -> Any:
    counter = world.eventfd(1)
    twin = world.keep_number("d", world.os.dup(counter))
    epolls = _chain(world, 4, (counter, 1))
    seen: list[Any] = [_watchers(world, epolls[-1], 6)]
    seen += [attempt(epolls[0].register, twin, 1), attempt(epolls[3].register, twin, 1)]
    return [*seen, world.wait(epolls[0]), world.wait(epolls[3])]


@case("reverse_path_check looks at files, and there is none yet")
def a_file_comes_after_the_epolls(world: World) -> Any:
    epolls = _chain(world, 4)
    seen: list[Any] = [_watchers(world, epolls[-1], 12)]
    counter = world.eventfd(1)
    seen += [attempt(epoll.register, counter, 1) for epoll in epolls]
    return [*seen, world.wait(epolls[0]), world.wait(epolls[-1])]
