"""Task groups, exceptions in tasks, async generators, and the exception handler."""

from __future__ import annotations

import asyncio
import gc


async def _fails(log, after_s, kind=ValueError):
    await asyncio.sleep(after_s)
    log("fails", kind.__name__)
    raise kind("no")


async def _waits(log, name, delay_s=3600.0):
    try:
        await asyncio.sleep(delay_s)
        log(name, "done")
    except asyncio.CancelledError:
        log(name, "cancelled")
        raise


async def a_group_waits_for_all(log):
    async with asyncio.TaskGroup() as group:
        for name, delay_s in (("a", 0.02), ("b", 0.01)):
            group.create_task(_waits(log, name, delay_s))
        log("body over")
    log("group over")


async def a_failing_task_ends_the_group(log):
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_waits(log, "other"))
            group.create_task(_fails(log, 0.002))
            await _waits(log, "body")
    except* ValueError as errors:
        log([repr(error) for error in errors.exceptions])


async def several_errors_come_together(log):
    try:
        async with asyncio.TaskGroup() as group:
            for kind in (ValueError, KeyError, OSError):
                group.create_task(_fails(log, 0, kind))
    except ExceptionGroup as errors:
        log([type(error).__name__ for error in errors.exceptions])


async def an_error_in_the_body_cancels_the_tasks(log):
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_waits(log, "task"))
            await asyncio.sleep(0)
            raise LookupError("body")
    except* LookupError as errors:
        log([str(error) for error in errors.exceptions])


async def a_group_cancelled_from_outside(log):
    async def work():
        async with asyncio.TaskGroup() as group:
            group.create_task(_fails_when_cancelled(log))

    task = asyncio.create_task(work())
    await asyncio.sleep(0.001)
    task.cancel()
    try:
        await task
    except BaseException as error:
        log(type(error).__name__)


async def _fails_when_cancelled(log):
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        log("cancelled, and fails")
        raise RuntimeError("worse") from None


async def groups_within_groups(log):
    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(_waits(log, "outer"))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(_fails(log, 0.001))
    except* ValueError as errors:
        log(len(errors.exceptions), type(errors.exceptions[0]).__name__)


async def an_error_nobody_awaits_goes_to_the_handler(log):
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(
        lambda _, context: log(context["message"].partition(" <")[0], repr(context["exception"]))
    )

    def callback():
        raise ValueError("in a callback")

    loop.call_soon(callback)
    await asyncio.sleep(0)
    task = asyncio.create_task(_fails(log, 0))
    await asyncio.sleep(0.001)
    del task
    gc.collect()
    loop.set_exception_handler(None)


async def async_generators_are_closed_where_they_stand(log):
    async def numbers():
        try:
            for number in range(10):
                await asyncio.sleep(0)
                yield number
        finally:
            await asyncio.sleep(0)
            log("generator closed")

    generator = numbers()
    async for number in generator:
        log(number)
        if number == 2:
            break
    await generator.aclose()
    log([number async for number in numbers() if number % 4 == 0])


async def async_generators_take_what_is_sent(log):
    async def echo():
        value = None
        while value != "stop":
            await asyncio.sleep(0)
            value = yield value

    generator = echo()
    log(await generator.asend(None), await generator.asend("a"))
    try:
        await generator.asend("stop")
    except StopAsyncIteration:
        log("over")
    generator = echo()
    await generator.asend(None)
    try:
        await generator.athrow(KeyError("thrown"))
    except KeyError as error:
        log(repr(error))


async def context_managers_enter_and_leave(log):
    class Managed:
        async def __aenter__(self):
            await asyncio.sleep(0)
            log("enter")
            return self

        async def __aexit__(self, kind, *_) -> bool:
            await asyncio.sleep(0)
            log("exit", kind and kind.__name__)
            return kind is ValueError  # that one goes no further

    async def raises():
        async with Managed():
            raise ValueError
        log("after it")

    await raises()
    async with Managed(), Managed():
        log("inside")
