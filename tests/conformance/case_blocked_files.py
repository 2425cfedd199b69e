"""Threads blocked on pipes, counters and timers: the threads that wake, and their results."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.conformance.case_pipes import write_until_full
from tests.conformance.cases import case
from tests.conformance.threads import Threads
from tests.conformance.world import World


def _pipe(world: World) -> tuple[int, int]:
    """A blocking pipe."""
    r, w = world.os.pipe()
    return world.keep_number("r", r), world.keep_number("w", w)


def _readers(world: World, fd: int, size: int, count: int) -> Threads:
    threads = Threads(world)
    for number in range(1, count + 1):
        threads.start(f"t{number}", world.os.read, fd, size)
    return threads


@case("pipe_read: blocked readers wait exclusively, the first to come is the first to be woken")
def readers_of_a_pipe_take_turns(world: World) -> Any:
    r, w = _pipe(world)
    threads = _readers(world, r, 10, 3)
    seen = []
    for count in (1, 2, 3):
        world.os.write(w, b"x")
        threads.back(count)
        seen.append(list(threads.returned))
    return seen


@case("pipe_read: a reader that leaves something wakes the next one (wake_next_reader)")
def one_write_for_several_readers(world: World) -> Any:
    r, w = _pipe(world)
    threads = _readers(world, r, 2, 4)
    world.os.write(w, b"abcde")
    seen = [sorted(data for _, data in threads.back(3))]
    world.os.write(w, b"f")
    return [*seen, sorted(data for _, data in threads.back(4))]


@case("pipe_release wakes all readers")
def the_last_writer_goes(world: World) -> Any:
    r, w = _pipe(world)
    threads = _readers(world, r, 10, 3)
    world.drop(w)
    return threads.back(3)


@case("pipe_write: a blocking write goes on until all is written")
def a_write_larger_than_the_pipe(world: World) -> Any:
    r, w = _pipe(world)
    threads = Threads(world)
    threads.start("t", world.os.write, w, b"x" * 100_000)
    seen: list[Any] = [threads.back(0), len(world.os.read(r, 10_000)), threads.back(0)]
    seen += [len(world.os.read(r, 60_000)), threads.back(1)]
    return [*seen, len(world.os.read(r, 100_000))]


@case("pipe_write: blocked writers wait exclusively; what is left of the room is for the next one")
def writers_of_a_full_pipe(world: World) -> Any:
    r, w = _pipe(world)
    world.os.set_blocking(w, False)
    write_until_full(world, w, 4096)
    world.os.set_blocking(w, True)
    threads = Threads(world)
    for name in ("t1", "t2", "t3"):
        threads.start(name, world.os.write, w, b"y" * 4096)
    seen: list[Any] = [threads.back(0)]
    world.os.read(r, 4096)
    seen.append(threads.back(1))
    world.os.read(r, 8192)
    return [*seen, threads.back(3)]


@case("pipe_release: the last reader goes; a write that had begun says how far it came")
def the_last_reader_goes(world: World) -> Any:
    seen = []
    for size in (100_000, 4096):
        r, w = _pipe(world)
        if size == 4096:
            world.os.write(w, b"x" * 65536)
        threads = Threads(world)
        for name in ("t1", "t2"):
            threads.start(name, world.os.write, w, b"y" * size)
        world.drop(r)
        seen.append(threads.back(2))
    return seen


@case("fs/pipe.c: an epoll and a blocked reader of one pipe, both hear of a write")
def an_epoll_and_a_reader(world: World) -> Any:
    r, w = _pipe(world)
    epoll = world.epoll((r, world.select.EPOLLIN | world.select.EPOLLET))
    threads = _readers(world, r, 1, 1)
    world.os.write(w, b"ab")
    seen = [threads.back(1), world.wait(epoll), world.wait(epoll)]
    world.os.write(w, b"c")
    return [*seen, world.wait(epoll), world.os.read(r, 9), world.wait(epoll)]


@case("eventfd_read: every reader is woken, who finds nothing sleeps on")
def readers_of_a_counter(world: World) -> Any:
    os = world.os
    seen: list[Any] = []
    for flags, written in ((0, 5), (os.EFD_SEMAPHORE, 1), (os.EFD_SEMAPHORE, 2)):
        v = world.keep_number("v", os.eventfd(0, flags))
        threads = Threads(world)
        for name in ("t1", "t2"):
            threads.start(name, os.eventfd_read, v)
        os.eventfd_write(v, written)
        seen.append([count for _, count in threads.back(written if flags else 1)])
        seen.append(threads.finish(partial(os.eventfd_write, v, 1)))
    return seen


@case("eventfd_write: a write that does not fit waits for a read")
def a_write_that_does_not_fit(world: World) -> Any:
    os = world.os
    v = world.keep_number("v", os.eventfd(5))
    threads = Threads(world)
    threads.start("t", os.eventfd_write, v, 2**64 - 2)
    seen: list[Any] = [threads.back(0), os.eventfd_read(v), threads.back(1)]
    return [*seen, os.eventfd_read(v) == 2**64 - 2]


@case("timerfd_read: an expiry is for one of two readers; setting a timer is heard by a reader that waits")
def readers_of_a_timer(world: World) -> Any:
    os = world.os
    t = world.keep_number("t", os.timerfd_create(world.time.CLOCK_MONOTONIC))
    threads = _readers(world, t, 8, 2)
    seen: list[Any] = [threads.back(0)]
    os.timerfd_settime_ns(t, initial=1_000_000)
    seen.append([data for _, data in threads.back(1)])
    return [*seen, threads.finish(partial(os.timerfd_settime_ns, t, initial=1_000_000))]
