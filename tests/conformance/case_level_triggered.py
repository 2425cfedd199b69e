"""Level-triggered items: reported as long as they are ready."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World


@case("fs/eventpoll.c: ep_send_events; selftests epoll1")
def reported_until_it_is_drained(world: World) -> Any:
    seen = []
    for a, b in (world.unix(), world.tcp()):
        epoll = world.epoll((a, 1))
        b.send(b"xy")
        seen += [world.wait(epoll), world.wait(epoll)]
        a.recv(1)
        seen.append(world.wait(epoll))
        a.recv(1)
        seen.append(world.wait(epoll))
    return seen


@case("epoll(7): Q7")
def two_arrivals_are_one_event(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 1))
    b.send(b"x")
    b.send(b"y")
    return world.wait(epoll), a.recv(10)


@case("fs/eventpoll.c: ep_insert asks the file at once")
def ready_before_it_is_watched(world: World) -> Any:
    a, b = world.tcp()
    b.send(b"x")
    return world.wait(world.epoll((a, 1)))


@case("fs/eventpoll.c: ep_item_poll at the wait")
def drained_before_the_wait(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 1))
    b.send(b"x")
    a.recv(1)
    return world.wait(epoll)


@case("epoll(7): reading through a duplicate drains the open file")
def drained_through_a_duplicate(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 1))
    b.send(b"x")
    twin = world.os.dup(a.fileno())
    before = world.wait(epoll)
    data = world.os.read(twin, 10)
    world.os.close(twin)
    return before, data, world.wait(epoll)


@case("gVisor epoll: PollAroundAccept")
def a_listening_socket_until_the_last_accept(world: World) -> Any:
    server = world.listener()
    epoll = world.epoll((server, 1))
    seen = [world.wait(epoll)]
    for name in "cd":
        world.connecting(server.getsockname(), name)
    for _ in range(2):
        seen.append(world.wait(epoll))
        world.keep("x", server.accept()[0])
    return seen, world.wait(epoll)


@case("fs/eventpoll.c: the mask is what the file says now, not what the wake-up said")
def the_mask_is_taken_at_the_wait(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, world.select.EPOLLIN | world.select.EPOLLRDHUP))
    b.send(b"x")
    b.shutdown(world.socket.SHUT_WR)
    first = world.wait(epoll)
    a.recv(10)
    return first, world.wait(epoll)


@case("epoll_ctl(2): EPOLLERR and EPOLLHUP are always reported")
def hang_up_with_an_empty_mask(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 0))
    before = world.wait(epoll)
    b.close()
    return before, world.wait(epoll), world.wait(epoll)


@case("tcp_poll: RDHUP only if asked for")
def end_of_file_by_mask_asked(world: World) -> Any:
    seen = []
    for a, b in (world.unix(), world.tcp()):
        epoll = world.epoll((a, 0))
        b.shutdown(world.socket.SHUT_WR)
        for events in (0, 1, 4, world.select.EPOLLRDHUP, 1 | world.select.EPOLLRDHUP):
            epoll.modify(a, events)
            seen.append(world.wait(epoll))
    return seen


@case("net/ipv4/tcp_input.c: tcp_fin")
def end_of_file_stays_readable(world: World) -> Any:
    a, b = world.tcp()
    epoll = world.epoll((a, 1))
    b.send(b"x")
    b.close()
    seen = [world.wait(epoll), a.recv(10), world.wait(epoll), a.recv(10), world.wait(epoll)]
    return [*seen, a.recv(10)]


@case("fs/eventpoll.c: several epolls, each with an item of its own")
def two_epolls_on_one_socket(world: World) -> Any:
    a, b = world.unix()
    first, second = world.epoll((a, 1)), world.epoll((a, 1))
    b.send(b"x")
    seen = [world.wait(first), world.wait(second)]
    a.recv(1)
    return seen, world.wait(first), world.wait(second)


@case("selftests epoll: writable and readable in one event")
def both_directions_in_one_event(world: World) -> Any:
    a, b = world.tcp()
    epoll = world.epoll((a, 5))
    seen = [world.wait(epoll)]
    b.send(b"x")
    return seen, world.wait(epoll)
