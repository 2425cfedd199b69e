"""Watched pipes: the operations that make an edge, order, one-shot, closing."""

from __future__ import annotations

from typing import Any

from tests.conformance.case_pipes import write_until_full
from tests.conformance.cases import case
from tests.conformance.world import World, attempt


@case("pipe_write wakes its readers at every write, once somebody polls (poll_usage)")
def each_write_is_an_edge_for_the_reader(world: World) -> Any:
    r, w = world.pipe()
    epoll = world.epoll((r, world.select.EPOLLIN | world.select.EPOLLET))
    seen = []
    for _ in range(2):
        world.os.write(w, b"x")
        seen += [world.wait(epoll), world.wait(epoll)]
    world.os.read(r, 1)
    seen.append(world.wait(epoll))
    world.os.write(w, b"")
    return [*seen, world.wait(epoll)]


@case("pipe_write wakes its readers even if it found no room")
def a_write_that_fails_is_an_edge_for_the_reader(world: World) -> Any:
    r, w = world.pipe()
    epoll = world.epoll((r, world.select.EPOLLIN | world.select.EPOLLET))
    world.os.write(w, b"x" * 65536)
    seen = [world.wait(epoll), world.wait(epoll), attempt(world.os.write, w, b"y")]
    return [*seen, world.wait(epoll), world.wait(epoll)]


@case("fs/eventpoll.c: ep_send_events asks again")
def an_edge_is_dropped_if_all_was_read(world: World) -> Any:
    r, w = world.pipe()
    epoll = world.epoll((r, world.select.EPOLLIN | world.select.EPOLLET))
    world.os.write(w, b"x")
    world.os.read(r, 1)
    return world.wait(epoll), world.mask(r)


@case("pipe_read wakes writers only if the pipe was full and a slot came free; LTP epoll_wait06")
def edges_for_the_writer(world: World) -> Any:
    r, w = world.pipe()
    epoll = world.epoll((w, world.select.EPOLLOUT | world.select.EPOLLET))
    seen = [world.wait(epoll), world.wait(epoll)]
    write_until_full(world, w, 4096)
    for size in (100, 4096 - 101, 1, 4096):
        world.os.read(r, size)
        seen.append(world.wait(epoll))
    seen.append(str(write_until_full(world, w, 4096)))
    world.os.read(r, 4096)
    return [*seen, world.wait(epoll), world.wait(epoll)]


@case("pipe_write does not wake waiting writers")
def a_write_is_no_edge_for_the_writer(world: World) -> Any:
    r, w = world.pipe()
    epoll = world.epoll((w, world.select.EPOLLOUT | world.select.EPOLLET))
    seen = [world.wait(epoll)]
    world.os.write(w, b"x")
    seen.append(world.wait(epoll))
    world.os.read(r, 1)
    return [*seen, world.wait(epoll)]


@case("pipe_release: a wake-up without a key; epoll-shim: pipe__poll_write_end_after_read_end_close")
def the_reader_goes(world: World) -> Any:
    seen = []
    for full in (False, True):
        r, w = world.pipe()
        if full:
            write_until_full(world, w, 4096)
        epoll = world.epoll((w, world.select.EPOLLOUT | world.select.EPOLLET))
        seen.append(world.wait(epoll))
        world.drop(r)
        seen += [world.wait(epoll), world.wait(epoll)]
    return seen


@case("pipe_release: the writer goes, with and without data behind")
def the_writer_goes(world: World) -> Any:
    seen = []
    for data in (b"", b"x"):
        r, w = world.pipe()
        world.os.write(w, data)
        epoll = world.epoll((r, world.select.EPOLLIN | world.select.EPOLLET))
        seen.append(world.wait(epoll))
        world.drop(w)
        seen += [world.wait(epoll), world.wait(epoll)]
    return seen


@case("pipe_release: only the last descriptor of an end counts")
def one_of_two_writers_goes(world: World) -> Any:
    r, w = world.pipe()
    twin = world.keep_number("d", world.os.dup(w))
    epoll = world.epoll((r, world.select.EPOLLIN | world.select.EPOLLET))
    world.drop(w)
    seen = [world.wait(epoll)]
    world.drop(twin)
    return [*seen, world.wait(epoll)]


@case("epoll(7): level-triggered")
def level_triggered(world: World) -> Any:
    r, w = world.pipe()
    epoll = world.epoll((r, 1), (w, 4))
    seen = [world.wait(epoll), world.wait(epoll)]
    world.os.write(w, b"xy")
    seen += [world.wait(epoll), world.wait(epoll)]
    world.os.read(r, 1)
    seen.append(world.wait(epoll))
    world.os.read(r, 1)
    return [*seen, world.wait(epoll)]


@case("epoll(7): Q6; closing one end takes its item, the other one hears of it")
def closing_watched_ends(world: World) -> Any:
    seen = []
    for first in (0, 1):
        ends = world.pipe()
        epoll = world.epoll((ends[0], 1), (ends[1], 4))
        world.drop(ends[first])
        seen += [world.wait(epoll), attempt(epoll.unregister, ends[first])]
        world.drop(ends[1 - first])
        seen.append(world.wait(epoll))
    return seen


@case("fs/eventpoll.c: the key is the file and the number; epoll-shim: remove_closed_when_same_fd_open")
def the_same_numbers_again(world: World) -> Any:
    r, w = world.pipe()
    epoll = world.epoll((r, 1), (w, 4))
    world.drop(r)
    world.drop(w)
    again = world.pipe()
    seen: list[Any] = [again == (r, w), world.wait(epoll), attempt(epoll.unregister, r)]
    return [*seen, attempt(epoll.register, r, 1), attempt(epoll.register, w, 4), world.wait(epoll)]


@case("epoll_ctl(2): EPOLLONESHOT; gVisor EpollTest: Oneshot")
def one_shot(world: World) -> Any:
    r, w = world.pipe()
    events = world.select.EPOLLIN | world.select.EPOLLONESHOT
    epoll = world.epoll((r, events))
    world.os.write(w, b"x")
    seen = [world.wait(epoll), world.wait(epoll)]
    world.os.write(w, b"x")
    seen.append(world.wait(epoll))
    epoll.modify(r, events)
    seen += [world.wait(epoll), world.wait(epoll)]
    world.drop(w)
    return [*seen, world.wait(epoll), attempt(epoll.register, r, 1)]


@case("fs/eventpoll.c: ep_send_events, order under maxevents; LTP epoll_wait14")
def order_of_pipes(world: World) -> Any:
    pipes = [world.pipe(name + name.upper()) for name in "abcd"]
    epoll = world.epoll(*((r, 1) for r, _ in pipes))
    for index in (2, 0, 3, 1):
        world.os.write(pipes[index][1], b"x")
    seen = [world.wait(epoll, maxevents=3) for _ in range(3)]
    world.os.read(pipes[0][0], 1)
    world.os.write(pipes[0][1], b"y")
    return [*seen, world.wait(epoll, maxevents=3), world.wait(epoll)]


@case("pipe_release: writers that go, in the order in which they go")
def order_of_ends(world: World) -> Any:
    pipes = [world.pipe(name + name.upper()) for name in "abcd"]
    epoll = world.epoll(*((r, 1) for r, _ in pipes))
    for index in (2, 0, 3, 1):
        world.drop(pipes[index][1])
    return world.wait(epoll), world.wait(epoll, maxevents=1)


@case("epoll_ctl(2): both ends, each with a mask that never comes")
def masks_that_never_come(world: World) -> Any:
    r, w = world.pipe()
    epoll = world.epoll((r, 4), (w, 1))
    world.os.write(w, b"x")
    seen = [world.wait(epoll)]
    world.drop(w)
    return [*seen, world.wait(epoll), world.wait(epoll)]


@case("poll(2): a sleeping call is not late for what is there already, nor early")
def timeouts_on_a_pipe(world: World) -> Any:
    r, w = world.pipe()
    start = world.time.monotonic()
    seen = [world.epoll((r, 1)).poll(0.01), world.sets(r, timeout=0.01)]
    slept = world.time.monotonic() - start >= 0.02
    world.os.write(w, b"x")
    return seen, slept, world.sets(r, timeout=None), world.wait(world.epoll((r, 1)), -1)
