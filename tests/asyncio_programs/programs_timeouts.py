"""Timeouts: wait_for, timeout, timeout_at, and the fate of the awaited task."""

from __future__ import annotations

import asyncio


async def wait_for_in_time(log):
    log(await asyncio.wait_for(asyncio.sleep(0.001, "in time"), 60))


async def wait_for_too_late(log):
    async def slow():
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            log("cancelled")
            raise

    try:
        await asyncio.wait_for(slow(), 0.005)
    except TimeoutError:
        log("timeout")


async def wait_for_nothing_at_all(log):
    future = asyncio.get_running_loop().create_future()
    try:
        await asyncio.wait_for(future, 0)
    except TimeoutError:
        log("timeout", future.cancelled())
    future = asyncio.get_running_loop().create_future()
    future.set_result("there")
    log(await asyncio.wait_for(future, 0))


async def wait_for_passes_the_error_on(log):
    async def fails():
        await asyncio.sleep(0)
        raise KeyError("lost")

    try:
        await asyncio.wait_for(fails(), 60)
    except KeyError as error:
        log(repr(error))


async def timeout_around_a_block(log):
    try:
        async with asyncio.timeout(0.005) as deadline:
            await asyncio.sleep(3600)
    except TimeoutError:
        log("timeout", deadline.expired())
    async with asyncio.timeout(60) as deadline:
        await asyncio.sleep(0)
    log(deadline.expired())


async def timeouts_within_each_other(log):
    try:
        async with asyncio.timeout(0.02):
            try:
                async with asyncio.timeout(0.005):
                    await asyncio.sleep(3600)
            except TimeoutError:
                log("inner")
            await asyncio.sleep(3600)
    except TimeoutError:
        log("outer")


async def a_timeout_put_off(log):
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(0.005) as deadline:
        deadline.reschedule(loop.time() + 60)
        await asyncio.sleep(0.01)
        log("still here", deadline.expired())
    async with asyncio.timeout(None):
        log("never")
    try:
        async with asyncio.timeout_at(loop.time() - 1):
            await asyncio.sleep(0)
            log("not reached")
    except TimeoutError:
        log("in the past")


async def cancelled_from_outside_is_no_timeout(log):
    async def work():
        try:
            async with asyncio.timeout(60):
                await asyncio.sleep(3600)
        except BaseException as error:
            log(type(error).__name__)
            raise

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    log(await asyncio.gather(task, return_exceptions=True))


async def a_timeout_ends_a_read(log):
    async def silent(reader, writer):
        log("server saw", await reader.read())
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        async with asyncio.timeout(0.01):
            await reader.read(1)
    except TimeoutError:
        log("timeout")
    writer.close()
    log(await reader.read())
    await writer.wait_closed()
    server.close()
    await server.wait_closed()
