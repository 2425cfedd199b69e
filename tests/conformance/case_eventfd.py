"""eventfd: counting, semaphores, edges."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt, message

MOST = 2**64 - 2


@case("eventfd(2): reads take all, writes add up; LTP eventfd01, eventfd02")
def counting(world: World) -> Any:
    os = world.os
    v = world.eventfd(20)
    seen = [attempt(os.eventfd_write, v, 3), os.eventfd_read(v), attempt(os.eventfd_read, v)]
    os.eventfd_write(v, 0)
    return [*seen, attempt(os.eventfd_read, v), os.eventfd_write(v, 1), os.eventfd_read(v)]


@case("eventfd(2): EFD_SEMAPHORE; test_posix test_eventfd_semaphore")
def a_semaphore(world: World) -> Any:
    os = world.os
    v = world.eventfd(2, os.EFD_SEMAPHORE)
    os.eventfd_write(v, 1)
    return [attempt(os.eventfd_read, v) for _ in range(4)], world.mask(v)


@case("fs/eventfd.c: eventfd_poll, every bit; LTP eventfd03, eventfd04")
def masks(world: World) -> Any:
    every = 0xFFFF & ~world.select.POLLMSG
    v = world.eventfd()
    seen = [world.mask(v, every), world.sets(v)]
    world.os.eventfd_write(v, 1)
    seen += [world.mask(v, every), world.sets(v)]
    world.os.eventfd_write(v, MOST - 1)
    return [*seen, world.mask(v, every), world.sets(v), world.os.eventfd_read(v) == MOST, world.mask(v)]


@case("eventfd_write: the largest count")
def overflowing(world: World) -> Any:
    os = world.os
    v = world.eventfd()
    calls = [MOST + 1, MOST, 0, 1, MOST]
    seen = [attempt(os.eventfd_write, v, value) for value in calls]
    os.eventfd_read(v)
    return seen, attempt(os.eventfd_write, v, 1), world.mask(v)


@case("fs/eventfd.c: read and write take 8 bytes; gVisor EventfdTest: SmallRead, BigRead")
def plain_reads_and_writes(world: World) -> Any:
    os = world.os
    v = world.eventfd(7)
    seen = [attempt(os.read, v, size) for size in (0, 7, 8, 8)]
    eight = (5).to_bytes(8, "little")
    seen += [attempt(os.write, v, data) for data in (b"", eight[:7], eight, b"\xff" * 8)]
    return [*seen, os.read(v, 100)]


@case("Modules/posixmodule.c: os.eventfd, its flags and its number")
def making_one(world: World) -> Any:
    os = world.os
    seen: list[Any] = []
    for flags in ((), (0,), (os.EFD_CLOEXEC,), (os.EFD_NONBLOCK,), (os.EFD_SEMAPHORE | os.EFD_NONBLOCK,)):
        v = world.keep_number("v", os.eventfd(2**32 - 1, *flags))
        seen.append((os.get_blocking(v), os.get_inheritable(v), os.eventfd_read(v)))
    bad: list[Any] = [(-1,), (2**32,), ("x",), (1.0,), (0, 2), (0, -1), (0, "x"), (0, 2**31), (None,)]
    return seen, [attempt(os.eventfd, *given) for given in bad], message(os.eventfd, -1)


@case("Modules/posixmodule.c: eventfd_read and eventfd_write, their arguments")
def arguments(world: World) -> Any:
    os = world.os
    v = world.eventfd(1)

    class Holder:
        def fileno(self) -> int:
            return v

    seen = [attempt(os.eventfd_read, Holder())]
    bad: list[Any] = [-1, 2**64, "x", 1.0, None]
    seen += [attempt(os.eventfd_write, v, value) for value in bad]
    seen += [attempt(os.eventfd_read, fd) for fd in (-1, "x", None, 2**31)]
    r, w = world.pipe()
    seen += [attempt(os.eventfd_write, r, 1), attempt(os.eventfd_read, w), attempt(os.eventfd_read, r)]
    world.drop(v)
    return [*seen, attempt(os.eventfd_read, v), attempt(os.eventfd_write, v, 1)]


@case("eventfd_write wakes at every write, one of 0 too; gVisor EventfdTest: NotifyNonZero")
def each_write_is_an_edge(world: World) -> Any:
    v = world.eventfd()
    epoll = world.epoll((v, world.select.EPOLLIN | world.select.EPOLLET))
    seen = [world.wait(epoll)]
    for value in (0, 1, 1, 0):
        world.os.eventfd_write(v, value)
        seen += [world.wait(epoll), world.wait(epoll)]
    world.os.eventfd_read(v)
    return [*seen, world.wait(epoll)]


@case("eventfd_read wakes waiting writers")
def each_read_is_an_edge_for_writers(world: World) -> Any:
    v = world.eventfd()
    epoll = world.epoll((v, world.select.EPOLLIN | world.select.EPOLLOUT | world.select.EPOLLET))
    seen = [world.wait(epoll), world.wait(epoll)]
    world.os.eventfd_write(v, MOST)
    seen += [world.wait(epoll), world.wait(epoll)]
    world.os.eventfd_read(v)
    seen += [world.wait(epoll), world.wait(epoll)]
    attempt(world.os.eventfd_read, v)
    return [*seen, world.wait(epoll)]


@case("eventfd_read of a semaphore is nothing for readers")
def a_semaphore_edge_triggered(world: World) -> Any:
    v = world.eventfd(3, world.os.EFD_SEMAPHORE)
    epoll = world.epoll((v, world.select.EPOLLIN | world.select.EPOLLET))
    seen = [world.wait(epoll), world.wait(epoll)]
    world.os.eventfd_read(v)
    seen += [world.wait(epoll), world.mask(v)]
    world.os.eventfd_write(v, 1)
    return [*seen, world.wait(epoll), world.wait(epoll)]


@case("epoll(7): level-triggered; gVisor EpollTest: AllWritable, LastReadable, LastNonWritable")
def three_of_them(world: World) -> Any:
    files = [world.eventfd(name=name) for name in "uvw"]
    epoll = world.epoll(*((v, 5) for v in files))
    seen = [world.wait(epoll)]
    world.os.eventfd_write(files[2], 1)
    seen.append(world.wait(epoll))
    world.os.eventfd_write(files[2], MOST - 1)
    seen.append(world.wait(epoll))
    world.os.eventfd_read(files[2])
    return [*seen, world.wait(epoll)]


@case("ep_send_events: maxevents; LTP epoll_wait13")
def many_edges_in_portions(world: World) -> Any:
    files = [world.eventfd(1, name=f"v{index}") for index in range(100)]
    epoll = world.epoll(*((v, world.select.EPOLLIN | world.select.EPOLLET) for v in files))
    return [len(epoll.poll(0, 16)) for _ in range(8)]


@case("ep_send_events: one-shot, and what was not reported stays armed")
def one_shot_in_portions(world: World) -> Any:
    events = world.select.EPOLLIN | world.select.EPOLLONESHOT
    files = [world.eventfd(1, name=name) for name in "uvw"]
    epoll = world.epoll(*((v, events) for v in files))
    seen = [world.wait(epoll, maxevents=2) for _ in range(3)]
    epoll.modify(files[1], events)
    world.os.eventfd_read(files[1])
    seen.append(world.wait(epoll))
    world.os.eventfd_write(files[1], 1)
    return [*seen, world.wait(epoll), world.wait(epoll)]


@case("epoll(7): two numbers of one counter; closing them")
def duplicates_of_a_counter(world: World) -> Any:
    v = world.eventfd()
    twin = world.keep_number("d", world.os.dup(v))
    epoll = world.epoll((v, 1), (twin, 1 | world.select.EPOLLET))
    world.os.eventfd_write(twin, 2)
    seen = [world.wait(epoll), world.wait(epoll), world.os.eventfd_read(v), world.wait(epoll)]
    world.drop(v)
    world.os.eventfd_write(twin, 1)
    seen.append(world.wait(epoll))
    world.drop(twin)
    return [*seen, world.wait(epoll)]


@case("fs/eventpoll.c: an epoll that watches an epoll that watches a counter")
def a_counter_below_two_epolls(world: World) -> Any:
    v = world.eventfd()
    inner = world.epoll((v, 1 | world.select.EPOLLET), name="i")
    outer = world.epoll((inner, 1), name="o")
    seen = [world.wait(outer)]
    world.os.eventfd_write(v, 1)
    seen += [world.wait(outer), world.mask(inner), world.wait(inner), world.wait(outer)]
    world.os.eventfd_write(v, 1)
    world.os.eventfd_read(v)
    return [*seen, world.mask(inner), world.wait(outer)]
