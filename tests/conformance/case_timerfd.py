"""timerfd: expiries and their count. No case depends on the lateness of a timer."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt

MS = 1_000_000
LONG = 3600 * 1000 * MS


def _expiries(world: World, timer: int) -> Any:
    data = attempt(world.os.read, timer, 8)
    return int.from_bytes(data, "little") if isinstance(data, bytes) else data


@case("timerfd_create(2): not set at first; gVisor TimerfdTest: IsInitiallyStopped")
def a_new_timer(world: World) -> Any:
    t, os = world.timerfd(), world.os
    seen = [os.timerfd_gettime(t), os.timerfd_gettime_ns(t), world.mask(t), world.sets(t)]
    return [*seen, attempt(os.read, t, 8), os.get_inheritable(t), os.get_blocking(t)]


@case("timerfd_create(2): once")
def a_single_expiry(world: World) -> Any:
    t, os = world.timerfd(), world.os
    start = world.time.monotonic()
    seen: list[Any] = [os.timerfd_settime_ns(t, initial=5 * MS)]
    seen += [world.sets(t, timeout=None), world.time.monotonic() - start >= 0.005]
    every = 0xFFFF & ~world.select.POLLMSG
    seen += [world.mask(t, every), os.timerfd_gettime_ns(t), _expiries(world, t), _expiries(world, t)]
    return [*seen, world.mask(t)]


@case("fs/timerfd.c: what it was set to; the rest until it expires")
def asking_and_setting_again(world: World) -> Any:
    t, os = world.timerfd(), world.os
    os.timerfd_settime_ns(t, initial=LONG, interval=2 * LONG)
    rest, period = os.timerfd_gettime_ns(t)
    seen: list[Any] = [LONG // 2 < rest <= LONG, period == 2 * LONG]
    seconds, interval = os.timerfd_gettime(t)
    seen += [type(seconds), interval, 1800 < seconds <= 3600]
    rest, period = os.timerfd_settime_ns(t, initial=3 * LONG)
    seen += [LONG // 2 < rest <= LONG, period == 2 * LONG, os.timerfd_gettime_ns(t)[1]]
    rest, period = os.timerfd_settime(t)
    return [*seen, 9000 < rest <= 10_800, period, os.timerfd_gettime(t), world.mask(t)]


@case("timerfd_settime(2): TFD_TIMER_ABSTIME; epoll-shim: absolute_timer_in_the_past")
def a_time_in_the_past(world: World) -> Any:
    t, os = world.timerfd(), world.os
    world.time.sleep(0.001)
    os.timerfd_settime_ns(t, flags=os.TFD_TIMER_ABSTIME, initial=1)
    seen: list[Any] = [world.sets(t, timeout=None), _expiries(world, t), os.timerfd_gettime_ns(t)]
    return [*seen, _expiries(world, t)]


@case("timerfd_settime(2): TFD_TIMER_ABSTIME on each clock")
def a_time_to_come(world: World) -> Any:
    time, os = world.time, world.os
    seen: list[Any] = []
    for clock in (time.CLOCK_MONOTONIC, time.CLOCK_REALTIME, time.CLOCK_BOOTTIME):
        t = world.keep_number("t", os.timerfd_create(clock, flags=os.TFD_NONBLOCK))
        at_ns = time.clock_gettime_ns(clock) + 3 * MS
        os.timerfd_settime_ns(t, flags=os.TFD_TIMER_ABSTIME, initial=at_ns)
        seen += [world.sets(t, timeout=None), time.clock_gettime_ns(clock) >= at_ns, _expiries(world, t)]
    return seen


@case("timerfd_read: the periods that went by; test_posix test_timerfd_interval")
def periods_that_were_missed(world: World) -> Any:
    t, os, time = world.timerfd(), world.os, world.time
    os.timerfd_settime_ns(t, initial=MS, interval=MS)
    time.sleep(0.02)
    seen: list[Any] = [_expiries(world, t) >= 20]
    world.sets(t, timeout=None)
    return [*seen, _expiries(world, t) >= 1]


@case("timerfd_read: periods since a time long past")
def periods_since_a_time_in_the_past(world: World) -> Any:
    t, os, time = world.timerfd(), world.os, world.time
    time.sleep(0.005)
    first_ns = time.monotonic_ns() - 4 * MS
    os.timerfd_settime_ns(t, flags=os.TFD_TIMER_ABSTIME, initial=max(first_ns, 1), interval=LONG)
    seen: list[Any] = [world.sets(t, timeout=None), _expiries(world, t), _expiries(world, t)]
    rest, period = os.timerfd_gettime_ns(t)
    return [*seen, 0 < rest <= LONG, period == LONG]


@case("timerfd_gettime: expiries that nobody read stay")
def asking_takes_no_expiry(world: World) -> Any:
    t, os = world.timerfd(), world.os
    os.timerfd_settime_ns(t, initial=MS, interval=LONG)
    seen: list[Any] = [world.sets(t, timeout=None)]
    rest, _ = os.timerfd_gettime_ns(t)
    return [*seen, 0 < rest <= LONG, world.mask(t), _expiries(world, t), world.mask(t)]


@case("timerfd_setup: a new setting drops unread expiries")
def setting_forgets_expiries(world: World) -> Any:
    t, os = world.timerfd(), world.os
    seen: list[Any] = []
    for again in ({}, {"initial": LONG}, {"initial": LONG, "interval": MS}):
        os.timerfd_settime_ns(t, initial=MS)
        seen.append(world.sets(t, timeout=None))
        os.timerfd_settime_ns(t, **again)
        seen += [world.mask(t), _expiries(world, t)]
    return seen


@case("timerfd_triggered: one edge per expiry that was started")
def edges(world: World) -> Any:
    t, os = world.timerfd(), world.os
    epoll = world.epoll((t, world.select.EPOLLIN | world.select.EPOLLET))
    os.timerfd_settime_ns(t, initial=MS)
    seen = [world.wait(epoll, None), world.wait(epoll), world.mask(t)]
    os.timerfd_settime_ns(t, initial=MS)
    seen += [world.wait(epoll, None), world.wait(epoll)]
    _expiries(world, t)
    return [*seen, world.wait(epoll)]


@case("timerfd_triggered: a periodic timer that nobody reads is not started again")
def a_periodic_timer_makes_no_edge_until_it_is_read(world: World) -> Any:
    t, os = world.timerfd(), world.os
    epoll = world.epoll((t, world.select.EPOLLIN | world.select.EPOLLET))
    os.timerfd_settime_ns(t, initial=MS, interval=MS)
    seen: list[Any] = [world.wait(epoll, None), world.wait(epoll, 0.01), _expiries(world, t) >= 10]
    return [*seen, world.wait(epoll, None)]


@case("do_timerfd_gettime starts a periodic timer again")
def asking_makes_a_periodic_timer_go_on(world: World) -> Any:
    t, os = world.timerfd(), world.os
    epoll = world.epoll((t, world.select.EPOLLIN | world.select.EPOLLET))
    os.timerfd_settime_ns(t, initial=MS, interval=MS)
    seen: list[Any] = [world.wait(epoll, None), world.wait(epoll, 0.005)]
    os.timerfd_gettime_ns(t)
    return [*seen, world.wait(epoll, None)]


@case("epoll(7): level-triggered, one-shot")
def level_triggered_and_one_shot(world: World) -> Any:
    t, os, select = world.timerfd(), world.os, world.select
    epoll = world.epoll((t, 1), name="e")
    other = world.epoll((t, select.EPOLLIN | select.EPOLLONESHOT), name="o")
    os.timerfd_settime_ns(t, initial=MS)
    seen = [world.wait(epoll, None), world.wait(epoll), world.wait(other), world.wait(other)]
    _expiries(world, t)
    seen.append(world.wait(epoll))
    os.timerfd_settime_ns(t, initial=MS)
    seen += [world.wait(epoll, None), world.wait(other)]
    other.modify(t, select.EPOLLIN | select.EPOLLONESHOT)
    return [*seen, world.wait(other), world.wait(other)]


@case("epoll(7): timers are reported in the order in which they expire")
def order_of_timers(world: World) -> Any:
    timers = [world.timerfd(name) for name in "tuv"]
    epoll = world.epoll(*((t, 1) for t in timers))
    for t, when in zip(timers, (60, 1, 30), strict=True):
        world.os.timerfd_settime_ns(t, initial=when * MS)
    world.sets(timers[0], timeout=None)
    return world.wait(epoll), world.wait(epoll, maxevents=2), world.wait(epoll, maxevents=2)


@case("timerfd_release: closed, it does not expire; a duplicate keeps it going")
def closing_a_timer(world: World) -> Any:
    t, os = world.timerfd(), world.os
    twin = world.keep_number("d", os.dup(t))
    epoll = world.epoll((twin, 1))
    os.timerfd_settime_ns(t, initial=MS)
    world.drop(t)
    seen = [world.wait(epoll, None)]
    os.timerfd_settime_ns(twin, initial=MS)
    world.drop(twin)
    return [*seen, world.wait(epoll, 0.005)]


@case("timerfd_create(2), timerfd_settime(2): ERRORS; epoll-shim: timerfd__argument_checks")
def errors(world: World) -> Any:
    t, os = world.timerfd(), world.os
    r, _ = world.pipe()
    seen = [attempt(os.timerfd_create, clock) for clock in (2, 3, -1, 77)]
    seen.append(attempt(lambda: os.timerfd_create(1, flags=1)))
    for fd in (t, r, 999, -5):
        for given in ({"initial": -1}, {"interval": -1}, {"flags": 8}, {"flags": -1}, {"initial": 0}):
            if fd >= 0:
                seen.append(attempt(lambda: os.timerfd_settime_ns(fd, **given)))  # noqa: B023 (called here)
    seen += [attempt(os.timerfd_gettime_ns, fd) for fd in (r, 999)]
    calls: list[Any] = [(os.write, t, b"x" * 8), (os.read, t, 7), (os.read, t, 0), (os.read, t, 8)]
    return [*seen, *(attempt(*call) for call in calls)]


@case("Modules/posixmodule.c: seconds are rounded down")
def less_than_a_nanosecond(world: World) -> Any:
    t, os = world.timerfd(), world.os
    os.timerfd_settime(t, initial=0.5e-9, interval=1.0)
    seen: list[Any] = [os.timerfd_gettime_ns(t)]
    os.timerfd_settime(t, initial=1000.0, interval=0.25)
    return [*seen, os.timerfd_gettime(t)[1], os.timerfd_gettime_ns(t)[1], world.mask(t)]


@case("timerfd_create(2): a blocking read waits for the expiry")
def a_blocking_read(world: World) -> Any:
    os = world.os
    t = world.keep_number("t", os.timerfd_create(world.time.CLOCK_MONOTONIC))
    start = world.time.monotonic()
    os.timerfd_settime(t, initial=0.005)
    return os.get_blocking(t), _expiries(world, t), world.time.monotonic() - start >= 0.005
