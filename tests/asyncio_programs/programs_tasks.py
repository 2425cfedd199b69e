"""Tasks: cancelling, waiting for several, shielding; the order in which callbacks run."""

from __future__ import annotations

import asyncio
import contextvars


async def _sleeper(log, name, delay_s=3600.0):
    try:
        await asyncio.sleep(delay_s)
        log(name, "slept")
        return name
    except asyncio.CancelledError:
        log(name, "cancelled")
        raise
    finally:
        log(name, "cleans up")


async def cancelled_while_it_sleeps(log):
    task = asyncio.create_task(_sleeper(log, "a"))
    await asyncio.sleep(0)
    log(task.cancel("enough"), task.cancelling())
    try:
        await task
    except asyncio.CancelledError as error:
        log("seen", error.args)
    log(task.cancelled(), task.cancel())


async def cancelled_before_it_begins(log):
    task = asyncio.create_task(_sleeper(log, "never"))
    task.cancel()
    log(await asyncio.gather(task, return_exceptions=True))


async def a_task_that_refuses_to_be_cancelled(log):
    async def stubborn():
        for _ in range(2):
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                log("refused", task.uncancel())
        return "done"

    task = asyncio.create_task(stubborn())
    for _ in range(2):
        await asyncio.sleep(0.001)
        task.cancel()
    log(await task)


async def cancelling_goes_down_the_chain_of_awaits(log):
    async def middle():
        try:
            await _sleeper(log, "inner")
        finally:
            log("middle")

    task = asyncio.create_task(middle())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


async def cleaning_up_may_await(log):
    async def careful():
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0.002)
            log("cleaned up")

    task = asyncio.create_task(careful())
    await asyncio.sleep(0)
    task.cancel()
    log(await asyncio.gather(task, return_exceptions=True))


async def gathered_results_keep_their_order(log):
    log(await asyncio.gather(*(_sleeper(log, n, d) for n, d in (("a", 0.03), ("b", 0.01), ("c", 0.02)))))


async def gather_leaves_the_others_running_when_one_fails(log):
    async def fails():
        await asyncio.sleep(0.001)
        raise ValueError("no")

    other = asyncio.create_task(_sleeper(log, "other", 0.01))
    try:
        await asyncio.gather(fails(), other)
    except ValueError as error:
        log(repr(error), other.done())
    log(await other)


async def gather_can_collect_errors(log):
    async def fails(kind):
        raise kind("no")

    found = await asyncio.gather(
        fails(KeyError), _sleeper(log, "a", 0), fails(OSError), return_exceptions=True
    )
    log([repr(one) for one in found])


async def cancelling_a_gather_cancels_all(log):
    together = asyncio.gather(_sleeper(log, "a"), _sleeper(log, "b"))
    await asyncio.sleep(0)
    together.cancel()
    try:
        await together
    except asyncio.CancelledError:
        log("gather cancelled")


async def wait_for_the_first(log):
    tasks = [asyncio.create_task(_sleeper(log, n, d)) for n, d in (("a", 3600), ("b", 0.002))]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    log([task.result() for task in done], len(pending))
    for task in pending:
        task.cancel()
    await asyncio.wait(pending)


async def wait_for_the_first_error(log):
    async def fails():
        await asyncio.sleep(0.002)
        raise ValueError("no")

    tasks = [asyncio.create_task(fails()), asyncio.create_task(_sleeper(log, "a", 0.001))]
    slow = asyncio.create_task(_sleeper(log, "slow"))
    done, pending = await asyncio.wait([*tasks, slow], return_when=asyncio.FIRST_EXCEPTION)
    log(len(done), [task is slow for task in pending], repr(tasks[0].exception()))
    slow.cancel()


async def wait_gives_up_and_cancels_nothing(log):
    task = asyncio.create_task(_sleeper(log, "a", 0.05))
    done, pending = await asyncio.wait([task], timeout=0.001)
    log(len(done), len(pending), task.done())
    log(await task)


async def as_completed_gives_the_quick_ones_first(log):
    waiting = [_sleeper(log, n, d) for n, d in (("a", 0.03), ("b", 0.01), ("c", 0.02))]
    for one in asyncio.as_completed(waiting):
        log("next", await one)


async def a_shielded_task_lives_on(log):
    inner = asyncio.create_task(_sleeper(log, "inner", 0.01))
    outer = asyncio.ensure_future(asyncio.shield(inner))
    await asyncio.sleep(0)
    outer.cancel()
    try:
        await outer
    except asyncio.CancelledError:
        log("outer cancelled", inner.cancelled())
    log(await inner)


async def call_later_runs_in_the_order_of_time(log):
    loop = asyncio.get_running_loop()
    for delay_s in (0.03, 0.01, 0.02, 0):
        loop.call_later(delay_s, log, delay_s)
    cancelled = loop.call_later(0.015, log, "never")
    cancelled.cancel()
    loop.call_at(loop.time() + 0.05, log, "at")
    await asyncio.sleep(0.07)
    log(cancelled.cancelled())


async def call_soon_is_first_in_first_out(log):
    loop = asyncio.get_running_loop()

    def again(depth):
        log("again", depth)
        if depth:
            loop.call_soon(again, depth - 1)

    loop.call_soon(again, 2)
    loop.call_soon(log, "second")
    loop.call_soon_threadsafe(log, "third")
    for _ in range(4):
        log("turn")
        await asyncio.sleep(0)


async def done_callbacks_run_in_the_next_turn(log):
    task = asyncio.create_task(_sleeper(log, "a", 0))
    task.add_done_callback(lambda t: log("first", t.result()))
    task.add_done_callback(lambda t: log("second"))
    await task
    log("awaited")
    await asyncio.sleep(0)


async def context_variables_belong_to_the_task(log):
    variable = contextvars.ContextVar("variable", default=0)

    async def child(value):
        variable.set(value)
        await asyncio.sleep(0.001 * value)
        log(variable.get())

    await asyncio.gather(*(child(value) for value in (3, 1, 2)))
    log(variable.get())


async def an_hour_of_short_sleeps(log):
    """Twenty sleeps of a millisecond take at least 20 ms."""
    loop = asyncio.get_running_loop()
    begin_s = loop.time()
    for _ in range(20):
        await asyncio.sleep(0.001)
    log(loop.time() - begin_s >= 0.02)
