"""The classic mistakes as small programs, each beside the same program without the mistake.

The symptom of a mistake is the work that the program has done, and the kernel's report on the descriptor
afterwards. Both kernels must show the same symptom.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.conformance.cases import case
from tests.conformance.threads import Threads
from tests.conformance.world import World, attempt, drain

REQUEST = b"1234"


def _serve(epoll: Any, serve: Callable[[int], None]) -> None:
    """Serve all reported descriptors until none is reported; at most ten rounds."""
    for _ in range(10):
        found = epoll.poll(0)
        for fd, _ in found:
            serve(fd)
        if not found:
            return


def _read(world: World, fd: int, size: int) -> int:
    """Bytes read; 0 if there is nothing."""
    data = attempt(world.os.read, fd, size)
    return 0 if data == "BlockingIOError EAGAIN" else len(data)


@case("epoll(7): edge-triggered; no-drain")
def who_reads_once_an_edge_leaves_a_connection_starving(world: World) -> Any:
    seen: list[Any] = []
    for drains in (False, True):
        a, b = world.tcp()
        epoll = world.epoll((a, world.select.EPOLLIN | world.select.EPOLLET))
        read = [0]

        def serve(fd: int, drains: bool = drains, read: list[int] = read) -> None:
            while size := _read(world, fd, len(REQUEST)):
                read[0] += size
                if not drains:
                    break

        for burst in (3, 1):
            b.send(burst * REQUEST)
            _serve(epoll, serve)
            seen.append((read[0], world.wait(epoll), world.mask(a, world.select.POLLIN)))
        seen.append(drain(a))
    return seen


@case("epoll_ctl(2): EPOLLONESHOT; no-rearm")
def who_does_not_arm_again_hears_of_each_connection_once(world: World) -> Any:
    seen = []
    events = world.select.EPOLLIN | world.select.EPOLLONESHOT
    for rearms in (False, True):
        a, b = world.tcp()
        epoll = world.epoll((a, events))
        read = [0]

        def serve(fd: int, rearms: bool = rearms, read: list[int] = read, epoll: Any = epoll) -> None:
            while size := _read(world, fd, 100):
                read[0] += size
            if rearms:
                epoll.modify(fd, events)

        for _ in range(3):
            b.send(REQUEST)
            _serve(epoll, serve)
        seen.append((read[0], world.wait(epoll), world.mask(a, world.select.POLLIN)))
    return seen


@case("inet_csk_reqsk_queue_add wakes once for each connection; accept-one")
def who_accepts_one_an_edge_leaves_the_others_in_the_queue(world: World) -> Any:
    seen = []
    for loops in (False, True):
        server = world.listener()
        epoll = world.epoll((server, world.select.EPOLLIN | world.select.EPOLLET))
        accepted: list[Any] = []

        def serve(_: int, loops: bool = loops, accepted: list[Any] = accepted, server: Any = server) -> None:
            while not isinstance(got := attempt(server.accept), str):
                accepted.append(world.keep("c", got[0]))
                if not loops:
                    break

        for burst in (3, 1):
            for _ in range(burst):
                world.connecting(server.getsockname())
            _serve(epoll, serve)
            seen.append((len(accepted), world.wait(epoll), world.mask(server, world.select.POLLIN)))
    return seen


@case("epoll(7): Q6, closing a descriptor; dup")
def a_closed_number_is_reported_while_its_dup_is_open(world: World) -> Any:
    seen = []
    for forgets in (True, False):
        a, b = world.unix()
        epoll = world.epoll((a, world.select.EPOLLIN))
        number = a.fileno()
        copy = world.keep_number("copy", world.os.dup(number))
        if not forgets:
            epoll.unregister(a)
        a.close()
        b.send(REQUEST)
        seen += [[world.wait(epoll) for _ in range(3)], attempt(epoll.unregister, number)]
        seen += [attempt(world.os.read, number, 10), attempt(world.os.read, copy, 10), world.wait(epoll)]
    return seen


@case("fs/eventpoll.c: a number that is another file's by now; dup")
def a_number_used_again_is_reported_for_the_file_before(world: World) -> Any:
    a, b = world.unix("ab")
    epoll = world.epoll((a, world.select.EPOLLIN))
    number = a.fileno()
    world.keep_number("copy", world.os.dup(number))
    a.close()
    c, _ = world.unix("cd")
    assert c.fileno() == number
    b.send(REQUEST)
    return world.wait(epoll), world.mask(c, world.select.POLLIN), attempt(c.recv, 10)


def _workers(world: World, server: Any, events: int, count: int) -> tuple[Threads, list[Any]]:
    """Threads w1, w2 … each asleep in its own epoll that watches the listening socket."""
    threads = Threads(world)
    epolls = [world.epoll((server, events)) for _ in range(count)]
    for number, epoll in enumerate(epolls, 1):
        threads.start(f"w{number}", world.wait, epoll, None)
    return threads, epolls


@case("epoll_ctl(2): EPOLLEXCLUSIVE; herd")
def a_connection_wakes_the_whole_herd_or_one(world: World) -> Any:
    seen = []
    for flag in (0, world.select.EPOLLEXCLUSIVE):
        server = world.listener()
        threads, _ = _workers(world, server, world.select.EPOLLIN | flag, 4)
        seen.append(threads.back(0))
        world.connecting(server.getsockname())
        seen.append(threads.back(1 if flag else 4))
        threads.finish(partial(world.connecting, server.getsockname()))
    return seen


@case("fs/eventpoll.c: ep_poll_callback returns 0 where nobody waits; herd")
def a_worker_that_is_awake_does_not_end_the_walk(world: World) -> Any:
    """So EPOLLEXCLUSIVE wakes more than one worker if one is busy: the busy one also finds the connection in
    its list.
    """
    server = world.listener()
    exclusive = world.select.EPOLLIN | world.select.EPOLLEXCLUSIVE
    busy = world.epoll((server, exclusive))
    threads, _ = _workers(world, server, exclusive, 2)
    world.connecting(server.getsockname())
    seen = [threads.back(1), world.wait(busy)]
    return seen, threads.finish(lambda: world.connecting(server.getsockname()))


@case("tcp_v4_syn_recv_sock, sk_acceptq_is_full; backlog")
def who_accepts_too_late_has_connections_that_do_not_come_about(world: World) -> Any:
    server = world.listener(backlog=2)
    clients = [world.connecting(server.getsockname(), f"c{number}") for number in range(5)]
    seen = [[world.mask(client, world.select.POLLOUT) for client in clients]]
    while not isinstance(got := attempt(server.accept), str):
        world.keep("s", got[0])
    return [*seen, [world.mask(client, world.select.POLLOUT) for client in clients[:3]]]


@case("sk_stream_wait_memory; slow-reader")
def a_write_to_a_slow_reader_waits_until_it_reads(world: World) -> Any:
    a, b = world.tcp()
    a.setblocking(True)
    threads = Threads(world)
    threads.start("writer", a.sendall, bytes(20_000_000))
    seen = [threads.back(0), world.mask(a, world.select.POLLOUT)]
    return [*seen, threads.finish(lambda: drain(b)), threads.returned]


@case("__FD_SETSIZE, CPython: selectmodule.c; fd-setsize")
def select_takes_no_descriptor_beyond_1023(world: World) -> Any:
    a, b = world.unix()
    b.send(REQUEST)
    seen = []
    for number in (1_023, 1_024):
        world.keep_number("x", world.os.dup2(a.fileno(), number))
        seen.append((attempt(world.sets, number), world.mask(number, world.select.POLLIN)))
    return seen
