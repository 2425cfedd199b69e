"""select: sets, limits and results."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt, message


@case("fs/select.c: POLLIN_SET, POLLOUT_SET, POLLEX_SET")
def in_which_sets_states_turn_up(world: World) -> Any:
    a, b = world.unix()
    c, d = world.tcp("cd")
    seen = [world.sets(a), world.sets(c), world.sets(world.fresh())]
    a.send(b"x")
    seen += [world.sets(a, b)]
    c.send(b"unread")
    d.close()
    b.close()
    return [*seen, world.sets(a), world.sets(c)]


@case("select(2): EBADF")
def a_closed_descriptor(world: World) -> Any:
    a, b = world.unix()
    number = a.fileno()
    a.close()
    select = world.select.select
    return [attempt(select, [number], [], [], 0), attempt(select, [b], [b], [b, number], 0)]


@case("Modules/selectmodule.c: seq2set; FD_SETSIZE")
def numbers_an_fd_set_has_no_room_for(world: World) -> Any:
    select = world.select.select
    sets = [message(select, [number], [], [], 0) for number in (1024, 1 << 20, -1)]
    a, _ = world.unix()
    crowd = [a] * 1025
    return sets, attempt(select, [1 << 40], [], [], 0), message(select, [], crowd, [], 0)


@case("Modules/selectmodule.c: 1024 entries are the most")
def as_many_entries_as_an_fd_set_has_bits(world: World) -> Any:
    a, _ = world.unix()
    return [len(result) for result in world.select.select([], [a] * 1024, [], 0)]


@case("Lib/test/test_select.py: test_error_conditions")
def arguments_are_checked(world: World) -> Any:
    a, _ = world.unix()
    closed = world.fresh()
    closed.close()
    select = world.select.select
    bad: list[Any] = [(1, 2, 3), ([a], [], [], "x"), ([a], [], [], -1), ([a], [], [], -1e-100)]
    bad += [([], [a], [], float("nan")), ([closed], [], [], 0), (["3"], [], [], 0), ([a], []), ()]
    bad += [([a], [], [], 1e300), ([a], [], [], 1 << 70)]
    return [message(select, *given) for given in bad[:7]], [attempt(select, *given) for given in bad]


@case("Modules/selectmodule.c: set2list gives back the objects themselves")
def results_are_the_objects_given(world: World) -> Any:
    a, b = world.unix()
    b.send(b"x")
    number = a.fileno()
    readable, writable, exceptional = world.select.select([number, a, number], (a,), {b}, 0)
    kinds = [type(result) for result in (readable, writable, exceptional)]
    return [found is a for found in readable], writable == [a], exceptional, kinds


@case("Modules/selectmodule.c: any iterable will do")
def other_iterables(world: World) -> Any:
    a, b = world.unix()
    readable, writable, _ = world.select.select(iter([]), (end for end in (a, b)), {}, 0)
    return readable, [end is other for end, other in zip(writable, (a, b), strict=True)]


@case("Lib/test/test_select.py: test_select_mutated")
def a_list_that_changes_under_way(world: World) -> Any:
    a, _ = world.unix()
    given: list[Any] = []

    class Shrinking:
        def fileno(self) -> int:
            del given[-1]
            number: int = a.fileno()
            return number

    given[:] = [Shrinking() for _ in range(10)]
    return [found == given[:5] for found in world.select.select([], given, [], 0)]


@case("fs/select.c: results in the order given, each set for itself")
def the_order_of_results(world: World) -> Any:
    pairs = [world.unix(names) for names in ("ax", "by", "cz")]
    for _, other in pairs:
        other.send(b"x")
    ends = [pairs[place][0] for place in (2, 0, 1)]
    return world.sets(*ends)


@case("select(2): nothing to watch")
def empty_sets(world: World) -> Any:
    select = world.select.select
    return select([], [], [], 0), select((), (), (), 0.001)


@case("fs/select.c: listening and refused sockets")
def listening_and_connecting_sockets(world: World) -> Any:
    server = world.listener()
    seen = [world.sets(server)]
    client = world.connecting(server.getsockname())
    refused = world.connecting(world.free_port(), "r")
    waiting = world.listener(0, "w")
    world.connecting(waiting.getsockname(), "x")
    stuck = world.connecting(waiting.getsockname(), "y")
    return [*seen, world.sets(server, client), world.sets(refused), world.sets(stuck)]
