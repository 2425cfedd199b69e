"""poll: the object, and the call behind it."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt, message


@case("poll(2): POLLERR, POLLHUP and POLLNVAL need not be asked for")
def an_empty_mask(world: World) -> Any:
    a, b = world.tcp()
    seen = [world.mask(a, 0)]
    b.shutdown(world.socket.SHUT_WR)
    seen.append(world.mask(a, 0))
    a.shutdown(world.socket.SHUT_WR)
    return [*seen, world.mask(a, 0)]


@case("poll(2): POLLNVAL")
def a_closed_descriptor(world: World) -> Any:
    a, b = world.unix()
    number = world.name("gone", a.fileno())
    poll = world.select.poll()
    poll.register(number, 0)
    poll.register(b, world.select.POLLOUT)
    a.close()
    return sorted(world.events(poll.poll()).split())


@case("Modules/selectmodule.c: a second registration replaces the mask")
def registering_twice(world: World) -> Any:
    a, b = world.unix()
    poll = world.select.poll()
    poll.register(a, world.select.POLLIN)
    poll.register(b, world.select.POLLOUT)
    poll.register(a.fileno(), world.select.POLLOUT)
    return world.events(poll.poll(0))


@case("Modules/selectmodule.c: poll_modify, poll_unregister")
def what_is_not_registered(world: World) -> Any:
    a, _ = world.unix()
    poll = world.select.poll()
    seen = [attempt(poll.modify, a, 1), attempt(poll.unregister, a)]
    poll.register(a)
    return [*seen, attempt(poll.modify, a, 4), attempt(poll.unregister, a), attempt(poll.unregister, a)]


@case("Lib/test/test_poll.py: test_poll3, test_poll_c_limits")
def arguments_are_checked(world: World) -> Any:
    a, _ = world.unix()
    poll = world.select.poll()
    masks = [message(poll.register, a, mask) for mask in (-1, 1 << 16)]
    masks += [attempt(poll.register, a, mask) for mask in (0xFFFF, "1", 1.5, 1 << 80)]
    fds = [message(poll.register, given) for given in (-1, None, "3", 1.5)]
    timeouts = [
        attempt(lambda limit: len(poll.poll(limit)), timeout)
        for timeout in ("1", 1 << 40, 1 << 70, float("nan"))
    ]
    return masks, fds, timeouts, attempt(poll.modify, a), attempt(poll.poll, 0, 1)


@case("Modules/selectmodule.c: the default mask is IN|PRI|OUT")
def the_default_mask(world: World) -> Any:
    a, b = world.unix()
    poll = world.select.poll()
    poll.register(a)
    b.send(b"x")
    b.shutdown(world.socket.SHUT_WR)
    return world.events(poll.poll(0))


@case("Modules/selectmodule.c: results in the order of registration")
def the_order_of_results(world: World) -> Any:
    poll = world.select.poll()
    pairs = [world.unix(names) for names in ("ax", "by", "cz")]
    for end, _ in reversed(pairs):
        poll.register(end, world.select.POLLIN)
    for place in (1, 2, 0):
        pairs[place][1].send(b"x")
    first = world.events(poll.poll())
    poll.unregister(pairs[1][0])
    poll.register(pairs[1][0], world.select.POLLIN)
    return first, world.events(poll.poll())


@case("Modules/selectmodule.c: the object stays as it is")
def polling_again_and_modifying(world: World) -> Any:
    a, b = world.tcp()
    poll = world.select.poll()
    poll.register(a, world.select.POLLIN)
    seen = [world.events(poll.poll(0))]
    poll.modify(a, world.select.POLLOUT)
    seen.append(world.events(poll.poll(0)))
    b.send(b"x")
    poll.modify(a, world.select.POLLIN | world.select.POLLOUT)
    return [*seen, world.events(poll.poll(0)), type(poll.poll(0)), type(poll.poll(0)[0])]


@case("fs/select.c: do_pollfd, a duplicate is asked like the original")
def duplicates_of_one_file(world: World) -> Any:
    a, b = world.unix()
    twin = world.keep("d", a.dup())
    poll = world.select.poll()
    poll.register(a, world.select.POLLIN)
    poll.register(twin, world.select.POLLOUT)
    b.send(b"x")
    return world.events(poll.poll(0))


@case("fs/select.c: a file's whole mask, limited to what was asked")
def bits_not_asked_for_are_not_reported(world: World) -> Any:
    a, b = world.unix()
    b.send(b"x")
    names = ("IN", "PRI", "OUT", "RDNORM", "RDBAND", "WRNORM", "WRBAND", "RDHUP")
    return [world.mask(a, getattr(world.select, f"POLL{name}")) for name in names]
