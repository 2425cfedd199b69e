"""Threads blocked on the same epoll, or on the same file: the threads that wake, and the threads that keep
sleeping.
"""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.threads import Threads
from tests.conformance.world import World, attempt


def _waiters(world: World, epoll: Any, count: int, maxevents: int = -1) -> Threads:
    """Threads t1, t2 … blocked in epoll_wait, in this order."""
    threads = Threads(world)
    for number in range(1, count + 1):
        threads.start(f"t{number}", world.wait, epoll, None, maxevents)
    return threads


@case("fs/eventpoll.c: ep_send_events puts level-triggered items back; KST epoll9")
def two_waiters_of_a_level_triggered_file_both_return(world: World) -> Any:
    a, b = world.unix()
    threads = _waiters(world, world.epoll((a, world.select.EPOLLIN)), 2)
    seen = [threads.back(0), b.send(b"x"), threads.back(2)]
    return seen, threads.finish(lambda: b.send(b"y"))


@case("epoll(7): EPOLLET wakes one; KST epoll10")
def two_waiters_of_an_edge_only_one_returns(world: World) -> Any:
    a, b = world.unix()
    threads = _waiters(world, world.epoll((a, world.select.EPOLLIN | world.select.EPOLLET)), 2)
    b.send(b"x")
    seen = [len(threads.back(1)), threads.returned[0][1]]
    return seen, threads.finish(lambda: b.send(b"y"))


@case("fs/eventpoll.c: ep_poll adds waiters at the head of the epoll's queue")
def waiters_of_an_epoll_are_woken_last_come_first(world: World) -> Any:
    a, b = world.unix()
    threads = _waiters(world, world.epoll((a, world.select.EPOLLIN | world.select.EPOLLET)), 3)
    seen = []
    for count in (1, 2, 3):
        b.send(b"x")
        threads.back(count)
        seen.append(list(threads.returned))
    return seen


@case("epoll_ctl(2): EPOLLONESHOT")
def two_waiters_of_a_one_shot_item_only_one_returns(world: World) -> Any:
    a, b = world.unix()
    events = world.select.EPOLLIN | world.select.EPOLLONESHOT
    epoll = world.epoll((a, events))
    threads = _waiters(world, epoll, 2)
    b.send(b"x")
    b.send(b"y")  # wakes the other one too; either may be first, so the case does not report which
    seen = [[events for _, events in threads.back(1)]]
    epoll.modify(a, events)
    return [*seen, threads.back(2), threads.finish(lambda: epoll.modify(a, events))]


@case("fs/eventpoll.c: ep_send_events, what maxevents leaves wakes the next waiter")
def two_events_for_two_waiters_of_one_each(world: World) -> Any:
    (a, b), (c, d) = world.unix("ab"), world.unix("cd")
    one_shot = world.select.EPOLLIN | world.select.EPOLLONESHOT
    threads = _waiters(world, world.epoll((a, one_shot), (c, one_shot)), 2, maxevents=1)
    b.send(b"x")
    d.send(b"y")
    threads.back(2)
    return sorted(events for _, events in threads.returned)


@case("fs/eventpoll.c: ep_modify; KST epoll59")
def a_change_of_mask_wakes_a_waiter(world: World) -> Any:
    a, _ = world.unix()
    epoll = world.epoll((a, world.select.EPOLLIN))
    threads = _waiters(world, epoll, 1)
    seen = [threads.back(0)]
    epoll.modify(a, world.select.EPOLLOUT)
    return [*seen, threads.back(1)]


@case("fs/eventpoll.c: ep_insert")
def adding_a_ready_file_wakes_a_waiter(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll()
    threads = _waiters(world, epoll, 1)
    b.send(b"x")
    seen = [threads.back(0)]
    epoll.register(a, world.select.EPOLLIN)
    return [*seen, threads.back(1)]


@case("fs/select.c: pollwake is not exclusive")
def every_poller_of_a_file_returns(world: World) -> Any:
    a, b = world.unix()
    threads = Threads(world)
    for name in ("t1", "t2", "t3"):
        threads.start(name, _poll, world, a, world.select.POLLIN)
    seen = [threads.back(0), b.send(b"x"), threads.back(3)]
    return seen, threads.finish(lambda: b.send(b"y"))


@case("fs/select.c: pollwake is not exclusive")
def every_selecter_of_a_file_returns(world: World) -> Any:
    a, b = world.unix()
    threads = Threads(world)
    for name in ("t1", "t2"):
        threads.start(name, lambda: world.select.select([a], [], [])[0] == [a])
    seen = [threads.back(0), b.send(b"x"), threads.back(2)]
    return seen, threads.finish(lambda: b.send(b"y"))


def _poll(world: World, descriptor: Any, events: int, timeout: int | None = None) -> str:
    poll = world.select.poll()
    poll.register(descriptor, events)
    return world.events(poll.poll(timeout))


@case("fs/select.c: pollwake, only a key that was asked for wakes")
def a_poller_sleeps_on_when_something_else_happens(world: World) -> Any:
    a, b = world.unix()
    threads = Threads(world)
    threads.start("t1", _poll, world, a, world.select.POLLPRI)
    b.send(b"x")
    seen = [threads.back(0)]
    b.shutdown(world.socket.SHUT_WR)
    seen.append(threads.back(0))
    b.close()
    return [*seen, threads.back(1)]


@case("gVisor: ShutdownWakesHangupOnlyPoller, PeerWriteShutdownWakesRdHupOnlyPoller")
def shutdown_wakes_who_asked_for_nothing_else(world: World) -> Any:
    seen = []
    for pair in (world.unix, world.tcp):
        for events, end, how in ((0, 0, 2), (0, 1, 2), (world.select.POLLRDHUP, 1, 1)):
            ends = pair()
            threads = Threads(world)
            threads.start("t", _poll, world, ends[0], events)
            ends[end].shutdown(how)
            if pair == world.tcp and events == 0:  # each side still has one open direction
                ends[1 - end].shutdown(how)
            seen.append(threads.back(1))
    return seen


@case("gVisor: EpollListeningSocket")
def a_connection_wakes_who_waits_for_the_listener(world: World) -> Any:
    server = world.listener()
    threads = _waiters(world, world.epoll((server, world.select.EPOLLIN)), 1)
    seen = [threads.back(0)]
    world.connecting(server.getsockname())
    return [*seen, threads.back(1)]


# -- EPOLLEXCLUSIVE -----------------------------------------------------------------------


def _epolls(world: World, watched: Any, masks: list[int]) -> tuple[list[Any], Threads]:
    """One epoll for each mask, which watches the file, and one thread blocked in each."""
    epolls = [world.epoll((watched, mask), name=f"e{number}") for number, mask in enumerate(masks, 1)]
    threads = Threads(world)
    for number, epoll in enumerate(epolls, 1):
        threads.start(f"t{number}", world.wait, epoll, None)
    return epolls, threads


@case("epoll_ctl(2): EPOLLEXCLUSIVE")
def of_exclusive_epolls_the_first_is_woken(world: World) -> Any:
    a, b = world.unix()
    _, threads = _epolls(world, a, [world.select.EPOLLIN | world.select.EPOLLEXCLUSIVE] * 3)
    b.send(b"x")
    return threads.back(1), threads.finish(lambda: b.send(b"y"))


@case("epoll_ctl(2): without EPOLLEXCLUSIVE all are woken")
def of_plain_epolls_all_are_woken(world: World) -> Any:
    a, b = world.unix()
    _, threads = _epolls(world, a, [world.select.EPOLLIN] * 3)
    b.send(b"x")
    return threads.back(3)


@case("epoll_ctl(2): EPOLLEXCLUSIVE beside epolls without it")
def plain_epolls_are_woken_whatever_the_exclusive_ones_do(world: World) -> Any:
    a, b = world.unix()
    plain, exclusive = world.select.EPOLLIN, world.select.EPOLLIN | world.select.EPOLLEXCLUSIVE
    _, threads = _epolls(world, a, [exclusive, plain, exclusive, plain])
    b.send(b"x")
    return threads.back(3), threads.finish(lambda: b.send(b"y"))


@case("fs/eventpoll.c: ep_poll_callback, an exclusive epoll without a waiter does not count")
def an_exclusive_epoll_without_a_waiter_passes_the_wake_up_on(world: World) -> Any:
    a, b = world.unix()
    exclusive = world.select.EPOLLIN | world.select.EPOLLEXCLUSIVE
    idle = world.epoll((a, exclusive))
    _, threads = _epolls(world, a, [exclusive, exclusive])
    b.send(b"x")
    return threads.back(1), world.wait(idle), threads.finish(lambda: b.send(b"y"))


@case("net/unix/af_unix.c: unix_state_change wakes all, exclusive or not")
def a_shutdown_reaches_every_exclusive_epoll(world: World) -> Any:
    a, b = world.unix()
    _, threads = _epolls(world, a, [world.select.EPOLLIN | world.select.EPOLLEXCLUSIVE] * 3)
    b.shutdown(world.socket.SHUT_WR)
    return threads.back(3)


@case("epoll_ctl(2): EPOLLEXCLUSIVE against the thundering herd")
def one_connection_wakes_one_exclusive_epoll(world: World) -> Any:
    server = world.listener()
    exclusive = world.select.EPOLLIN | world.select.EPOLLEXCLUSIVE
    _, threads = _epolls(world, server, [exclusive] * 2)
    world.connecting(server.getsockname())
    seen = [threads.back(1)]
    world.connecting(server.getsockname(), "d")
    return [*seen, threads.back(2)]


# -- nested epolls ------------------------------------------------------------------------


def _nested(world: World, outer_flags: int, inner_flags: int) -> Any:
    a, b = world.unix()
    inner = world.epoll((a, world.select.EPOLLIN | inner_flags), name="inner")
    outer = world.epoll((inner, world.select.EPOLLIN | outer_flags), name="outer")
    threads = _waiters(world, outer, 2)
    b.send(b"x")
    returned = len(threads.back(1 if outer_flags else 2))
    return returned, threads.finish(lambda: b.send(b"y"))


@case("KST epoll25, epoll27: outer level-triggered")
def two_waiters_of_a_level_triggered_outer_epoll(world: World) -> Any:
    return _nested(world, 0, 0), _nested(world, 0, world.select.EPOLLET)


@case("KST epoll26, epoll28: outer edge-triggered")
def two_waiters_of_an_edge_triggered_outer_epoll(world: World) -> Any:
    edge = world.select.EPOLLET
    return _nested(world, edge, 0), _nested(world, edge, edge)


@case("KST epoll53 to epoll58: two inner epolls, two waiters")
def two_inner_epolls_and_two_waiters(world: World) -> Any:
    (a, b), (c, d) = world.unix("ab"), world.unix("cd")
    inner = [world.epoll((end, world.select.EPOLLIN), name=f"i{n}") for n, end in enumerate((a, c))]
    edge = world.select.EPOLLIN | world.select.EPOLLET
    threads = _waiters(world, world.epoll(*((each, edge) for each in inner)), 2, maxevents=1)
    b.send(b"x")
    d.send(b"y")
    threads.back(2)
    return sorted(events for _, events in threads.returned)


# -- closed under a waiter ----------------------------------------------------------------


@case("fs/eventpoll.c: a call holds the file it waits on")
def an_epoll_closed_under_its_waiter_still_delivers(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, world.select.EPOLLIN))
    threads = _waiters(world, epoll, 1)
    epoll.close()
    seen = [threads.back(0)]
    b.send(b"x")
    return [*seen, threads.back(1), attempt(epoll.fileno)]


@case("fs/select.c: do_poll looks a number up again at every pass")
def a_file_closed_under_a_poller(world: World) -> Any:
    a, _ = world.unix()
    threads = Threads(world)
    threads.start("t1", _poll, world, a, world.select.POLLIN, 200)
    a.close()
    return threads.back(0), threads.back(1)
