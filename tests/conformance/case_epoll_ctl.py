"""epoll_ctl: the calls that succeed, the calls that fail, and their errors."""

from __future__ import annotations

import warnings
from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt, message


@case("Lib/test/test_epoll.py: test_badcreate")
def sizehint_and_flags_are_checked(world: World) -> Any:
    epoll = world.select.epoll
    bad = [(0,), (-2,), (1.5,), ("1",), (-1, 1), (1 << 31,)]
    return [message(epoll, *arguments) for arguments in bad[:2]], [attempt(epoll, *given) for given in bad]


@case("Modules/selectmodule.c: select_epoll_impl")
def creation_takes_a_sizehint_and_cloexec(world: World) -> Any:
    made = [
        world.keep("e", world.select.epoll(sizehint=5)),
        world.keep("e", world.select.epoll(-1, world.select.EPOLL_CLOEXEC)),
        world.keep("e", world.select.epoll(flags=0)),
    ]
    return [type(epoll.fileno()) for epoll in made], [epoll.closed for epoll in made]


@case("Modules/selectmodule.c: pyepoll_err_closed")
def a_closed_object_refuses_everything_but_close(world: World) -> Any:
    a, _ = world.unix()
    epoll = world.select.epoll()
    epoll.close()
    epoll.close()
    calls = [(epoll.fileno,), (epoll.poll, 0), (epoll.register, a, 1), (epoll.modify, a, 1)]
    calls += [(epoll.unregister, a), (epoll.__enter__,)]
    return epoll.closed, [message(*call) for call in calls]


@case("Modules/selectmodule.c: select_epoll___exit__")
def the_context_manager_closes(world: World) -> Any:
    with world.select.epoll() as epoll:
        inside = epoll.closed, epoll.fileno() >= 0
    return inside, epoll.closed


@case("Lib/test/test_epoll.py: test_fromfd")
def fromfd_shares_the_interest_list(world: World) -> Any:
    a, b = world.unix()
    first = world.epoll((a, world.select.EPOLLIN))
    second = world.select.epoll.fromfd(first.fileno())
    b.send(b"x")
    seen = world.wait(second), isinstance(second, world.select.epoll)
    second.close()
    return seen, attempt(first.poll, 0)


@case("epoll_ctl(2): EEXIST")
def adding_twice(world: World) -> Any:
    a, _ = world.unix()
    epoll = world.epoll((a, 1))
    return attempt(epoll.register, a, 4), attempt(epoll.register, a.fileno(), 4)


@case("epoll_ctl(2): ENOENT; LTP epoll_ctl02")
def modifying_and_removing_what_is_not_watched(world: World) -> Any:
    a, _ = world.unix()
    epoll = world.epoll()
    return attempt(epoll.modify, a, 1), attempt(epoll.unregister, a)


@case("epoll_ctl(2): EBADF")
def a_descriptor_that_is_closed(world: World) -> Any:
    a, _ = world.unix()
    epoll, number = world.epoll((a, 1)), a.fileno()
    a.close()
    calls = (epoll.register, number, 1), (epoll.modify, number, 1), (epoll.unregister, number)
    return [attempt(*call) for call in calls]


@case("epoll_ctl(2): EINVAL")
def an_epoll_cannot_watch_itself(world: World) -> Any:
    epoll = world.epoll()
    return attempt(epoll.register, epoll.fileno(), 1), attempt(epoll.modify, epoll, 1)


@case("fs/eventpoll.c: do_epoll_ctl, target is checked before the epoll")
def the_epoll_descriptor_is_something_else(world: World) -> Any:
    a, b = world.unix()
    epoll = world.select.epoll.fromfd(a.fileno())
    seen = [attempt(epoll.register, b, 1), attempt(epoll.register, a, 1), attempt(epoll.poll, 0)]
    world.select.epoll.fromfd(a.detach()).close()
    return seen, attempt(epoll.poll, 0), attempt(epoll.register, b, 1)


@case("Lib/test/test_epoll.py: test_add, test_errors")
def what_stands_for_a_descriptor(world: World) -> Any:
    class Answer:
        def __init__(self, number: Any) -> None:
            self.number = number

        def fileno(self) -> Any:
            return self.number

    a, b = world.unix()
    number = b.fileno()
    epoll = world.epoll((Answer(number), 1))
    closed = world.fresh()
    closed.close()
    bad = [-1, None, "3", 1.5, object(), Answer("x"), Answer(-1), closed, 1 << 40]
    a.send(b"x")
    return [message(epoll.register, given, 1) for given in bad], world.wait(epoll)


@case("Modules/selectmodule.c: eventmask is an unsigned int, bits above are dropped")
def masks_of_any_size(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll()
    seen = [attempt(epoll.register, a, mask) for mask in ("1", 1.0, None)]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        epoll.register(a, (1 << 40) | 1)
        b.send(b"x")
        seen.append(world.wait(epoll))
        epoll.modify(a, (1 << 33) | 5)
    return seen, world.wait(epoll), [str(warning.message) for warning in warned]


@case("Modules/selectmodule.c: the default mask is IN|PRI|OUT")
def the_default_mask(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll()
    epoll.register(a)
    before = world.wait(epoll)
    b.send(b"x")
    b.shutdown(world.socket.SHUT_WR)
    return before, world.wait(epoll), attempt(epoll.modify, a)


@case("fs/eventpoll.c: do_epoll_ctl, EPOLLEXCLUSIVE_OK_BITS")
def flags_that_go_with_exclusive(world: World) -> Any:
    select = world.select
    a, _ = world.unix()
    epoll = world.epoll()
    seen = []
    for name in ("IN", "OUT", "ERR", "HUP", "ET", "ONESHOT", "PRI", "RDHUP", "RDNORM"):
        result = attempt(epoll.register, a, select.EPOLLEXCLUSIVE | getattr(select, f"EPOLL{name}"))
        seen.append((name, result))
        if result is None:
            epoll.unregister(a)
    return seen


@case("epoll_ctl(2): EINVAL, EPOLLEXCLUSIVE and EPOLL_CTL_MOD")
def exclusive_items_cannot_be_modified(world: World) -> Any:
    exclusive = world.select.EPOLLEXCLUSIVE
    a, b = world.unix()
    epoll = world.epoll((a, 1), (b, 1 | exclusive))
    return (
        [attempt(epoll.modify, a, 1 | exclusive), attempt(epoll.modify, b, 1)],
        [attempt(epoll.register, b, 1 | exclusive), attempt(epoll.register, a, 2 | exclusive)],
        attempt(epoll.unregister, b),
    )


@case("fs/eventpoll.c: do_epoll_ctl, an epoll is not watched exclusively")
def an_epoll_with_exclusive(world: World) -> Any:
    inner, outer = world.epoll(), world.epoll()
    return attempt(outer.register, inner, 1 | world.select.EPOLLEXCLUSIVE)


@case("LTP epoll_ctl03: every combination is taken")
def modifying_to_any_combination(world: World) -> Any:
    select = world.select
    a, _ = world.unix()
    epoll = world.epoll((a, 0))
    names = ("IN", "OUT", "PRI", "ERR", "HUP", "ET", "ONESHOT", "RDHUP")
    bits = [getattr(select, f"EPOLL{name}") for name in names]
    combinations = [
        sum(bit for place, bit in enumerate(bits) if chosen >> place & 1) for chosen in range(256)
    ]
    return {attempt(epoll.modify, a, events) for events in combinations}


@case("fs/eventpoll.c: ep_modify; LTP epoll_ctl01")
def modifying_changes_what_is_reported(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 1))
    b.send(b"x")
    seen = [world.wait(epoll)]
    for events in (world.select.EPOLLOUT, world.select.EPOLLIN | world.select.EPOLLOUT, 0):
        epoll.modify(a, events)
        seen.append(world.wait(epoll))
    return seen


@case("fs/eventpoll.c: ep_remove")
def removing_an_item_that_is_ready(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 1))
    b.send(b"x")
    epoll.unregister(a)
    return world.wait(epoll), attempt(epoll.unregister, a)


@case("epoll(7): a number and its duplicate are two items; Q0, Q1")
def a_descriptor_and_its_duplicate(world: World) -> Any:
    a, b = world.unix()
    twin = world.keep("d", a.dup())
    epoll = world.epoll((a, world.select.EPOLLIN), (twin, world.select.EPOLLOUT))
    b.send(b"x")
    return sorted(world.wait(epoll).split())


@case("Modules/selectmodule.c: select_epoll_poll_impl")
def maxevents_is_checked(world: World) -> Any:
    a, _ = world.unix()
    epoll = world.epoll((a, world.select.EPOLLOUT))
    bad = [0, -2, "1", 1.5, 1 << 40]
    return (
        [message(epoll.poll, 0, most) for most in bad[:2]],
        [attempt(epoll.poll, 0, most) for most in bad],
        world.events(epoll.poll(timeout=0, maxevents=-1)),
    )
