"""The figures of a loop: turns, steps, callbacks, shares of time, and callbacks that hold it up."""

from __future__ import annotations

import asyncio

import pytest

import sim
from sim.lessons.coroutine import CoroutineTask, sleep
from sim.lessons.watched_loop import WatchedLoop
from sim.scripts.loop_figures import LoopRecord
from tests.support.script_files import Written


def watched(kernel, at=lambda step: None):
    """An asyncio loop and its record."""
    loop = kernel.asyncio.new_event_loop()
    loop.watcher = LoopRecord(kernel, at)
    return loop, loop.watcher


@pytest.fixture
def kernel():
    return sim.Kernel()


def test_the_steps_of_a_turn(kernel):
    steps: list[object] = []
    loop, record = watched(kernel, steps.append)
    loop.run_until_complete(asyncio.sleep(1))
    # begin; sleep; the timer and what it wakes; the task's end; stop
    assert steps == ["wait", "timers", "callbacks", "over"] * 4
    assert record.now == "over"
    loop.close()


def test_a_turn_without_callbacks(kernel):
    steps: list[object] = []
    loop, _ = watched(kernel, steps.append)
    loop.call_later(1, loop.stop)
    loop.call_later(0.5, print).cancel()
    loop.run_forever()
    assert steps[:4] == ["wait", "timers", "callbacks", "over"]
    loop.close()


def test_callbacks_are_counted_by_turn(kernel):
    seen = []
    loop, record = watched(kernel)
    for _ in range(3):
        loop.call_soon(lambda: seen.append(record.counters().turn_callbacks))
    loop.call_later(1, loop.stop)
    loop.run_forever()
    counters = record.counters()
    assert seen == [0, 1, 2]
    assert (counters.callbacks, counters.most_callbacks, counters.turn_callbacks) == (4, 3, 1)
    assert counters.turns == loop.turns == 2
    loop.close()


def test_all_time_belongs_to_poll_callbacks_or_loop(kernel):
    loop, record = watched(kernel)
    begin_ns = kernel.now_ns

    async def sleeps():
        await asyncio.sleep(2)
        kernel.time.sleep(1)
        await asyncio.sleep(3)

    loop.run_until_complete(sleeps())
    counters = record.counters()
    assert counters.poll_ns + counters.callbacks_ns + counters.loop_ns == kernel.now_ns - begin_ns
    assert counters.poll_ns == pytest.approx(5e9, rel=1e-3)
    assert counters.callbacks_ns == pytest.approx(1e9, rel=1e-3)
    assert 0 < counters.loop_ns < 1e6
    loop.close()


def test_a_callback_s_time_is_its_price_and_its_calls(kernel):
    loop, record = watched(kernel)
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert record.counters().callbacks_ns == kernel.costs.loop_callback_ns
    loop.close()


SLEEPER = """
    import asyncio
    import time

    def waits():
        time.sleep(0.25)  #: sleeps

    async def culprit():
        await asyncio.sleep(1)
        waits()
        await asyncio.sleep(1)  #: innocent

    async def main():
        asyncio.get_running_loop().call_later(3, time.sleep, 0.125)
        asyncio.create_task(culprit(), name="the culprit")
        await asyncio.sleep(4)

    asyncio.run(main())
"""


def test_the_callback_that_holds_up_the_loop_is_named_with_its_line(tmp_path):
    program = Written(tmp_path, SLEEPER)
    script = program.start()
    script.run()
    first, second = script.record.culprits
    assert (first.name, str(first.place)) == ("the culprit", program.place("sleeps", "waits"))
    assert first.spent_ns == pytest.approx(0.25e9, rel=1e-3)
    assert second.spent_ns == pytest.approx(0.125e9, rel=1e-3)
    assert "sleep" in second.name
    assert script.record.counters().longest == first
    assert str(first).startswith("the culprit held up the loop for 250.0")


def test_a_blocking_socket_holds_up_the_loop_too(tmp_path):
    program = Written(
        tmp_path,
        """
        import asyncio, socket, threading, time

        def answers(end):
            time.sleep(0.5)
            end.send(b"x")

        async def main():
            here, there = socket.socketpair()
            threading.Thread(target=answers, args=(there,)).start()
            await asyncio.sleep(0)
            here.recv(1)  #: blocks
            here.close()
            there.close()

        asyncio.run(main())
        """,
    )
    script = program.start()
    script.run()
    (culprit,) = script.record.culprits
    assert str(culprit.place) == program.place("blocks", "main")
    assert culprit.spent_ns == pytest.approx(0.5e9, rel=1e-3)


def test_the_longest_callback_is_known_even_if_no_callback_waits(kernel):
    loop, record = watched(kernel)

    async def sends():
        for _ in range(50):
            here.send(b"x" * 100)
        await asyncio.sleep(0)

    here, there = kernel.socket.socketpair()
    loop.run_until_complete(sends())
    longest = record.counters().longest
    assert longest.name == "Task-1"
    assert longest.place.line == sends.__code__.co_firstlineno + 3
    assert not record.culprits
    here.close()
    there.close()
    loop.close()


def test_threads_beside_the_loop_are_no_culprits(kernel):
    loop, record = watched(kernel)
    loop.run_until_complete(asyncio.wait_for(asyncio.sleep(0), 1))

    async def elsewhere():
        await asyncio.to_thread(kernel.time.sleep, 5)

    loop.run_until_complete(elsewhere())
    loop.run_until_complete(loop.shutdown_default_executor())
    assert not record.culprits
    assert record.counters().longest.spent_ns < 1e6
    loop.close()


# -- our own loop ----------------------------------------------------------------------------------


def test_the_steps_of_our_own_loop(kernel):
    steps: list[object] = []
    loop = WatchedLoop(kernel, steps.append)
    loop.call_soon(lambda: steps.append("called"))
    loop.run_once()
    assert steps == ["timers", "wait", "callbacks", "called", "over"]
    loop.close()


def test_the_figures_of_our_own_loop(kernel):
    loop = WatchedLoop(kernel)

    async def sleeps():
        await sleep(loop, 2)
        kernel.time.sleep(0.5)
        await sleep(loop, 1)

    begin_ns = kernel.now_ns
    task = CoroutineTask(loop, sleeps())
    loop.call_soon(lambda: None).cancel()
    while not task.done:
        loop.run_once()
    counters = loop.record.counters()
    assert counters.poll_ns + counters.callbacks_ns + counters.loop_ns == kernel.now_ns - begin_ns
    assert counters.poll_ns == pytest.approx(3e9, rel=1e-3)
    (culprit,) = loop.record.culprits
    assert culprit.place is not None
    assert culprit.place.line == sleeps.__code__.co_firstlineno + 2
    assert culprit.name.endswith("sleeps")
    assert counters.turns == 7  # begin; wait, timer, go on; wait, timer, go on
    assert counters.longest == culprit
    loop.close()
