"""Descriptors closed while poll and select sleep on them (fs/select.c: __pollwait holds the file).

The call is in the wait queue of the open file, so only this file can wake it. When it wakes, it looks the
descriptor's number up again.
"""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.threads import Threads
from tests.conformance.world import World, attempt

SOON_MS = 250


def _asleep_on(world: World, number: int) -> Threads:
    """A thread in poll and one in select, both waiting for a descriptor to become readable."""

    def poll() -> list[int]:
        polling = world.select.poll()
        polling.register(number, world.select.POLLIN)
        return [mask for _, mask in polling.poll(SOON_MS)]

    def select() -> list[int]:
        return [len(found) for found in world.select.select([number], [], [number], SOON_MS / 1000)]

    threads = Threads(world)
    threads.start("poll", poll)
    threads.start("select", select)
    return threads


@case("__pollwait: the open file lives on under another number, and still wakes")
def another_number_is_left(world: World) -> Any:
    a, b = world.unix()
    threads = _asleep_on(world, a.fileno())
    world.keep("d", a.dup())
    a.close()
    seen = [threads.back(0)]
    b.send(b"x")
    return [*seen, threads.back(2)]


@case("__pollwait: no number is left, and the file lives until the calls return")
def no_number_is_left(world: World) -> Any:
    a, b = world.unix()
    threads = _asleep_on(world, a.fileno())
    twin = a.dup()
    a.close()
    twin.close()
    seen: list[Any] = [world.mask(b), attempt(b.send, b"x"), threads.back(2)]
    return [*seen, world.mask(b)]


@case("__pollwait: the end of a pipe, closed under the calls")
def the_end_of_a_pipe(world: World) -> Any:
    r, w = world.pipe()
    threads = _asleep_on(world, r)
    world.drop(r)
    return world.mask(w), attempt(world.os.write, w, b"x"), threads.back(2), world.mask(w)


@case("do_poll, do_select: a file that has got the number wakes nobody, and is found at the timeout")
def the_number_is_used_again(world: World) -> Any:
    a, _ = world.unix()
    number = a.fileno()
    threads = _asleep_on(world, number)
    a.close()
    counter = world.eventfd(1)
    world.os.eventfd_write(counter, 1)
    return counter == number, threads.back(0), threads.back(2)


@case("do_poll, do_select: dup2 over the number; the old file wakes, the new one is asked")
def another_file_under_the_number(world: World) -> Any:
    a, _ = world.unix()
    old, b = world.unix("ob")
    number = old.fileno()
    kept = world.keep("k", old.dup())
    threads = _asleep_on(world, number)
    world.os.dup2(a.fileno(), number)
    seen = [threads.back(0)]
    b.send(b"x")
    seen.append(threads.back(0))
    return [*seen, threads.back(2), kept.recv(1)]


@case("do_poll, do_select: the same file under its number again")
def the_same_file_again(world: World) -> Any:
    a, b = world.unix()
    number = a.fileno()
    threads = _asleep_on(world, number)
    twin = world.keep("d", a.dup())
    a.close()
    again = world.keep_number("n", world.os.dup(twin.fileno()))
    b.send(b"x")
    return again == number, threads.back(2)


@case("__pollwait: an epoll, closed under the calls")
def an_epoll_that_is_closed(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 1))
    threads = _asleep_on(world, epoll.fileno())
    world.keep_number("d", world.os.dup(epoll.fileno()))
    epoll.close()
    b.send(b"x")
    return threads.back(2)
