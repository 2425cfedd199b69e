"""close and dup, and their effect on watchers."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt


@case("epoll(7): Q6, closing the only descriptor; epoll-shim: epoll__remove_closed")
def closing_a_watched_socket(world: World) -> Any:
    a, b = world.unix()
    number = a.fileno()
    epoll = world.epoll((a, 1))
    b.send(b"x")
    seen = [world.wait(epoll)]
    a.close()
    return [*seen, world.wait(epoll), attempt(epoll.unregister, number)]


@case("epoll(7): Q6, a duplicate keeps the open file and its item alive")
def closing_one_of_two_descriptors(world: World) -> Any:
    a, b = world.unix()
    epoll, number = world.epoll((a, 1)), a.fileno()
    twin = world.os.dup(number)
    a.close()
    b.send(b"x")
    seen = [world.wait(epoll), attempt(epoll.unregister, number), attempt(epoll.modify, twin, 1)]
    world.os.close(twin)
    return [*seen, world.wait(epoll)]


@case("fs/eventpoll.c: the key is the file and the number; epoll-shim: remove_closed_when_same_fd_open")
def a_number_that_is_used_again(world: World) -> Any:
    a, b = world.unix()
    epoll, number = world.epoll((a, 1)), a.fileno()
    a.close()
    c, d = world.unix("cd")
    same = c.fileno() == number
    seen = [attempt(epoll.unregister, c), attempt(epoll.register, c, 1)]
    b.close()
    d.send(b"x")
    return same, seen, world.wait(epoll)


@case("fs/eventpoll.c: eventpoll_release_file, still reachable through a duplicate's number")
def a_number_used_again_while_a_duplicate_lives(world: World) -> Any:
    a, b = world.unix("ab")
    epoll, number = world.epoll((a, 1)), a.fileno()
    twin = world.os.dup(number)
    a.close()
    c, d = world.unix("cd")
    seen = [c.fileno() == number, attempt(epoll.register, c, 1)]
    b.send(b"x")
    d.send(b"y")
    found = len(epoll.poll(0))
    world.os.close(twin)
    return seen, found, world.wait(epoll)


@case("epoll(7): closing the epoll leaves the files alone")
def closing_the_epoll(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 1))
    epoll.close()
    b.send(b"x")
    return world.mask(a), a.recv(10)


@case("epoll(7): a batch that was reported stays reported")
def removing_in_the_middle_of_a_batch(world: World) -> Any:
    a, b = world.unix()
    c, d = world.unix("cd")
    epoll = world.epoll((a, 1), (c, 1))
    b.send(b"x")
    d.send(b"x")
    batch = epoll.poll(0)
    epoll.unregister(c)
    c.close()
    return world.events(batch), world.wait(epoll)


@case("close(2): EBADF")
def closing_twice(world: World) -> Any:
    a, _ = world.unix()
    number = a.detach()
    os = world.os
    return [attempt(os.close, number), attempt(os.close, number), attempt(os.close, -1)]


@case("Lib/socket.py: what a closed socket object still does")
def a_closed_socket_object(world: World) -> Any:
    a, _ = world.unix()
    a.close()
    a.close()
    calls = [(a.recv, 1), (a.recv, 0), (a.send, b"x"), (a.shutdown, 0), (a.getsockname,), (a.accept,)]
    calls += [(a.setblocking, True), (a.listen,), (a.detach,)]
    return a.fileno(), [attempt(*call) for call in calls]


@case("Lib/socket.py: detach")
def a_detached_descriptor(world: World) -> Any:
    a, b = world.unix()
    number = a.detach()
    b.send(b"x")
    data = world.os.read(number, 10)
    again = world.keep("a", world.socket.socket(fileno=number))
    kinds = again.family == world.socket.AF_UNIX, again.type == world.socket.SOCK_STREAM
    return a.fileno(), data, kinds, attempt(again.recv, 1)


@case("Lib/socket.py: context manager")
def leaving_a_socket_s_block(world: World) -> Any:
    a, b = world.unix()
    with a as entered:
        inside = entered is a, a.fileno() >= 0
    return inside, a.fileno(), world.mask(b)


@case("dup(2): one open file, O_NONBLOCK included")
def duplicates_share_the_open_file(world: World) -> Any:
    a, b = world.unix()
    os = world.os
    twin = os.dup(a.fileno())
    seen = [os.get_blocking(twin)]
    os.set_blocking(twin, True)
    seen.append(os.get_blocking(a.fileno()))
    os.set_blocking(twin, False)
    b.send(b"xy")
    seen += [os.read(twin, 1), a.recv(1)]
    a.close()
    seen.append(world.mask(b))
    os.close(twin)
    return [*seen, world.mask(b), attempt(os.dup, twin), attempt(os.get_blocking, twin)]


@case("close(2): the lowest free number is given out next")
def numbers_are_used_again_from_the_lowest(world: World) -> Any:
    sockets = [world.fresh(name) for name in "pqrs"]
    numbers = [socket.fileno() for socket in sockets]
    sockets[2].close()
    sockets[0].close()
    again = [world.fresh().fileno() for _ in range(2)]
    return again == [numbers[0], numbers[2]]
