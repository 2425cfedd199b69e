"""Descriptor numbers: dup2, inheritable, and the registrations that remain."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt


@case("dup2(2): both numbers stand for one open file")
def one_file_under_two_numbers(world: World) -> Any:
    os = world.os
    r, w = world.pipe()
    spare = world.eventfd(5)
    seen: list[Any] = [os.dup2(r, spare) == spare, os.get_blocking(spare), attempt(os.eventfd_read, spare)]
    os.write(w, b"xy")
    seen += [os.read(spare, 1), os.read(r, 1), world.mask(spare)]
    os.set_blocking(spare, True)
    seen.append(os.get_blocking(r))
    world.drop(r)
    seen.append(world.mask(w))
    world.drop(spare)
    return [*seen, world.mask(w)]


@case("dup2(2): what the number stood for is closed")
def dup2_closes(world: World) -> Any:
    r, w = world.pipe()
    v = world.eventfd(1)
    epoll = world.epoll((r, 1))
    seen = [world.wait(epoll), world.os.dup2(v, w) == w, world.wait(epoll), world.os.read(r, 1)]
    seen += [world.os.dup2(v, r) == r, world.wait(epoll), world.mask(r)]
    return [*seen, attempt(epoll.unregister, r), attempt(epoll.register, r, 1), world.wait(epoll)]


@case("dup2(2): a descriptor onto itself")
def dup2_onto_itself(world: World) -> Any:
    os = world.os
    v = world.eventfd(3, os.EFD_CLOEXEC)
    epoll = world.epoll((v, 1))
    seen = [os.dup2(v, v) == v, os.get_inheritable(v), world.wait(epoll), attempt(os.dup2, v, v, False)]
    return [*seen, attempt(lambda: os.dup2(fd=v, fd2=v, inheritable=True) == v), os.eventfd_read(v)]


@case("dup2(2): ERRORS")
def errors_of_dup2(world: World) -> Any:
    os = world.os
    v, closed = world.eventfd(), world.eventfd(name="c")
    world.drop(closed)
    calls: list[Any] = [(closed, v), (closed, closed), (v, 2**30), (v, 2**40), ("x", v), (v, None), (v, 1.5)]
    return (
        [attempt(os.dup2, *given) for given in calls],
        attempt(os.dup2, closed, closed, False),
        world.mask(v),
    )


@case("Modules/posixmodule.c: what a started program would find open")
def inheritable(world: World) -> Any:
    os = world.os
    v = world.eventfd(0, os.EFD_CLOEXEC)
    twin = world.keep_number("d", os.dup(v))
    target = world.eventfd(0, os.EFD_CLOEXEC, name="u")
    a, _ = world.unix()
    epoll = world.epoll()
    seen = [os.get_inheritable(fd) for fd in (v, twin, target, a.fileno(), epoll.fileno())]
    for given in ((v, target), (v, target, False), (v, target, True)):
        os.dup2(*given)
        seen.append(os.get_inheritable(target))
    for value in (False, True, True):
        os.set_inheritable(twin, value)
        seen += [os.get_inheritable(twin), os.get_inheritable(v)]
    a.set_inheritable(True)
    return [*seen, a.get_inheritable(), os.get_inheritable(a.fileno())]


@case("fcntl(2): the close-on-exec flag belongs to the number, and goes with it")
def an_inheritable_number_that_is_closed(world: World) -> Any:
    os = world.os
    v = world.eventfd()
    os.set_inheritable(v, True)
    world.drop(v)
    seen: list[Any] = [attempt(os.get_inheritable, v), attempt(os.set_inheritable, v, True)]
    again = world.eventfd(0, os.EFD_CLOEXEC)
    return [*seen, again == v, os.get_inheritable(again)]


@case("dup2(2): a number above all used ones leaves the numbers between free")
def a_number_far_ahead(world: World) -> Any:
    os = world.os
    v = world.eventfd(1)
    far = world.keep_number("f", os.dup2(v, 900))
    near = world.eventfd(name="n")
    seen: list[Any] = [far, near < far, world.sets(v, far), attempt(os.get_blocking, far - 1)]
    world.drop(far)
    return [*seen, attempt(os.get_blocking, far), os.eventfd_read(v)]


@case("fs/eventpoll.c: an item goes with the open file, not with the number it was registered by")
def dup2_over_a_watched_number(world: World) -> Any:
    os = world.os
    v, u = world.eventfd(name="v"), world.eventfd(name="u")
    twin = world.keep_number("d", os.dup(v))
    epoll = world.epoll((v, 1))
    os.dup2(u, v)
    os.eventfd_write(twin, 1)
    seen = [world.wait(epoll), attempt(epoll.modify, v, 1), attempt(epoll.register, v, 1)]
    os.eventfd_write(u, 1)
    seen.append(world.wait(epoll))
    world.drop(twin)
    return [*seen, world.wait(epoll)]


@case("dup2(2): an epoll's descriptor")
def dup2_of_an_epoll(world: World) -> Any:
    v, spare = world.eventfd(1), world.os.eventfd(0)
    epoll = world.epoll((v, 1))
    world.os.dup2(epoll.fileno(), spare)
    other = world.keep("s", world.select.epoll.fromfd(spare))
    seen = [world.wait(other), attempt(other.register, v, 1), attempt(epoll.register, other, 1)]
    epoll.close()
    return [*seen, world.wait(other), world.mask(spare)]
