"""The event loop of the lessons and its coroutines, on the host's kernel and on a simulated one."""

from __future__ import annotations

import select
import socket
import time
from types import SimpleNamespace

import pytest

import sim
from sim.lessons.coroutine import Cancelled, CoroutineTask, Future, gather, readable, run, sleep, writable
from sim.lessons.event_loop import EventLoop


def host():
    return SimpleNamespace(select=select, socket=socket, time=time)


@pytest.fixture(params=[host, sim.Kernel], ids=["host", "simulated"])
def world(request):
    return request.param()


@pytest.fixture
def loop(world):
    loop = EventLoop(world.select, world.time)
    yield loop
    loop.close()


@pytest.fixture
def pair(world):
    here, there = world.socket.socketpair()
    here.setblocking(False)
    there.setblocking(False)
    yield here, there
    here.close()
    there.close()


def turns(loop, count):
    for _ in range(count):
        loop.run_once()


# -- the loop --------------------------------------------------------------------------------------


def test_a_turn_is_timers_then_wait_then_callbacks(world):
    steps: list[object] = []
    loop = EventLoop(world.select, world.time, steps.append)
    loop.call_later(0, steps.append, "timer")
    loop.call_soon(steps.append, "callback")
    loop.run_once()
    assert steps == ["timers", "wait", "callbacks", "callback", "timer"]
    loop.close()


def test_callbacks_that_a_callback_adds_run_in_the_next_turn(loop):
    seen: list[object] = []

    def again():
        seen.append(len(seen))
        loop.call_soon(again)

    loop.call_soon(again)
    turns(loop, 3)
    assert seen == [0, 1, 2]


def test_timers_run_in_the_order_of_their_moments(loop):
    seen: list[object] = []
    for delay_s in (0.003, 0.001, 0.002):
        loop.call_later(delay_s, seen.append, delay_s)
    loop.call_later(0.001, seen.append, "the second of 1 ms")
    before_s = loop.time()
    while len(seen) < 4:
        loop.run_once()
    assert seen == [0.001, "the second of 1 ms", 0.002, 0.003]
    assert loop.time() - before_s >= 0.003


def test_a_cancelled_callback_is_not_called(loop):
    seen: list[object] = []
    loop.call_soon(seen.append, 1).cancel()
    loop.call_later(3600, seen.append, 2).cancel()
    loop.call_later(0.001, loop.stop)
    loop.run_forever()
    assert seen == []


def test_a_reader_is_called_as_long_as_there_is_something_to_read(loop, pair):
    here, there = pair
    seen: list[object] = []
    loop.add_reader(here.fileno(), seen.append, "readable")
    there.send(b"ab")
    turns(loop, 2)
    assert seen == ["readable"] * 2
    here.recv(2)
    loop.call_soon(seen.append, "soon")
    loop.run_once()
    assert seen[2:] == ["soon"]


def test_reader_and_writer_of_one_descriptor(loop, pair):
    here, there = pair
    seen: list[str] = []
    loop.add_writer(here.fileno(), seen.append, "writable")
    loop.add_reader(here.fileno(), seen.append, "readable")
    there.send(b"x")
    loop.run_once()
    assert sorted(seen) == ["readable", "writable"]
    loop.remove_writer(here.fileno())
    loop.run_once()
    assert seen[2:] == ["readable"]
    loop.remove_reader(here.fileno())
    loop.remove_reader(here.fileno())  # a second call does nothing
    loop.call_soon(lambda: None)
    loop.run_once()
    assert len(seen) == 3


def test_a_callback_can_remove_another_callback_of_the_same_turn(loop, world):
    (a, a_peer), (b, b_peer) = world.socket.socketpair(), world.socket.socketpair()
    seen: list[str] = []

    def first(name, other):
        seen.append(name)
        loop.remove_reader(other.fileno())

    loop.add_reader(a.fileno(), first, "a", b)
    loop.add_reader(b.fileno(), first, "b", a)
    a_peer.send(b"x")
    b_peer.send(b"x")
    loop.run_once()
    assert len(seen) == 1
    for end in (a, a_peer, b, b_peer):
        end.close()


def test_a_hang_up_reaches_every_watcher(loop, pair):
    here, there = pair
    seen: list[object] = []
    loop.add_writer(here.fileno(), seen.append, "told")
    while True:
        try:
            here.send(b"x" * 65_536)
        except BlockingIOError:
            break
    there.close()
    loop.run_once()
    assert seen == ["told"]


def test_a_descriptor_that_cannot_be_watched_leaves_nothing_behind(loop, pair):
    here, _ = pair
    fd = here.fileno()
    here.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        loop.add_reader(fd, lambda: None)
    loop.remove_reader(fd)


def test_run_forever_until_stop(loop):
    loop.call_later(0.001, loop.stop)
    loop.run_forever()


# -- futures and tasks -----------------------------------------------------------------------------


def test_a_task_returns_what_its_coroutine_returns(loop):
    async def work():
        await sleep(loop, 0.001)
        return 42

    assert run(loop, work()) == 42


def test_generators_are_coroutines_too(loop):
    def work():
        yield from sleep(loop, 0.001)
        return 42

    assert run(loop, work()) == 42


def test_await_waits_for_a_descriptor(loop, pair):
    here, there = pair

    async def reader():
        await readable(loop, here.fileno())
        return here.recv(10)

    async def writer():
        await writable(loop, there.fileno())
        there.send(b"hello")

    async def both():
        return await gather(loop, CoroutineTask(loop, reader()), CoroutineTask(loop, writer()))

    assert run(loop, both()) == [b"hello", None]


def test_an_error_comes_out_where_it_is_awaited(loop):
    async def fails():
        raise ValueError("no")

    async def waits():
        try:
            await CoroutineTask(loop, fails())
        except ValueError as error:
            return str(error)

    assert run(loop, waits()) == "no"


def test_a_cancelled_task_cleans_up(loop):
    seen: list[object] = []

    async def sleeps():
        try:
            await sleep(loop, 3600)
        finally:
            seen.append("cleaned up")

    task = CoroutineTask(loop, sleeps())
    loop.run_once()
    assert task.awaiting is not None
    task.cancel()
    while not task.done:
        loop.run_once()
    assert seen == ["cleaned up"]
    assert [task.awaiting] == [None]
    with pytest.raises(Cancelled):
        task.result()


def test_cancelled_before_it_begins(loop):
    async def never():
        raise AssertionError

    task = CoroutineTask(loop, never())
    task.cancel()
    loop.run_once()
    assert isinstance(task.error, Cancelled)


def test_cancelling_a_task_cancels_the_future_that_it_awaits(loop):
    async def inner():
        await sleep(loop, 3600)

    async def outer(task):
        await task

    below = CoroutineTask(loop, inner())
    above = CoroutineTask(loop, outer(below))
    loop.run_once()
    above.cancel()
    while not above.done:
        loop.run_once()
    assert isinstance(below.error, Cancelled)
    assert isinstance(above.error, Cancelled)


def test_a_task_may_refuse_to_be_cancelled(loop):
    async def stubborn():
        try:
            await sleep(loop, 3600)
        except Cancelled:
            await sleep(loop, 0.001)
        return "done all the same"

    task = CoroutineTask(loop, stubborn())
    loop.run_once()
    task.cancel()
    while not task.done:
        loop.run_once()
    assert task.result() == "done all the same"


def test_gather_cancels_the_rest_when_one_fails(loop):
    async def fails():
        await sleep(loop, 0.001)
        raise ValueError("no")

    other = sleep(loop, 3600)
    together = gather(loop, CoroutineTask(loop, fails()), other)
    while not other.done:
        loop.run_once()
    assert isinstance(together.error, ValueError)
    assert isinstance(other.error, Cancelled)
    assert gather(loop).result() == []


def test_the_first_result_counts(loop):
    future = Future(loop)
    future.settle(1)
    future.settle(2)
    future.cancel()
    assert future.result() == 1
