"""Locks, events, semaphores, conditions, barriers and queues: waiting tasks continue in order."""

from __future__ import annotations

import asyncio


async def a_lock_is_given_in_order(log):
    lock = asyncio.Lock()

    async def worker(name):
        async with lock:
            log(name, "has it")
            await asyncio.sleep(0.001)

    await asyncio.gather(*map(worker, "abc"))
    log(lock.locked())


async def a_cancelled_waiter_leaves_the_queue(log):
    lock = asyncio.Lock()

    async def worker(name):
        async with lock:
            log(name)

    await lock.acquire()
    tasks = [asyncio.create_task(worker(name)) for name in "abc"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    lock.release()
    await asyncio.wait(tasks)
    log([task.cancelled() for task in tasks])


async def an_event_wakes_everybody(log):
    event = asyncio.Event()

    async def waiter(name):
        log(name, await event.wait())

    tasks = [asyncio.create_task(waiter(name)) for name in "abc"]
    await asyncio.sleep(0.001)
    log("set", event.is_set())
    event.set()
    await asyncio.wait(tasks)
    event.clear()
    log(event.is_set())


async def a_semaphore_lets_two_in(log):
    semaphore = asyncio.Semaphore(2)
    inside = 0

    async def worker(name):
        nonlocal inside
        async with semaphore:
            inside += 1
            log(name, inside)
            await asyncio.sleep(0.002)
            inside -= 1

    await asyncio.gather(*map(worker, "abcde"))
    bounded = asyncio.BoundedSemaphore(1)
    try:
        bounded.release()
    except ValueError as error:
        log(str(error))


async def a_condition_wakes_some(log):
    condition = asyncio.Condition()
    ready: list[int] = []

    async def waiter(name):
        async with condition:
            await condition.wait_for(lambda: len(ready) >= 2)
            log(name, len(ready))

    tasks = [asyncio.create_task(waiter(name)) for name in "ab"]
    for number in range(3):
        await asyncio.sleep(0.001)
        async with condition:
            ready.append(number)
            condition.notify_all()
            log("notified", number)
    await asyncio.wait(tasks)


async def notify_wakes_one_after_the_other(log):
    condition = asyncio.Condition()

    async def waiter(name):
        async with condition:
            await condition.wait()
            log(name)

    tasks = [asyncio.create_task(waiter(name)) for name in "abc"]
    await asyncio.sleep(0)
    for count in (1, 2):
        async with condition:
            condition.notify(count)
        await asyncio.sleep(0.001)
        log(sum(task.done() for task in tasks))


async def a_barrier_waits_for_three(log):
    barrier = asyncio.Barrier(3)

    async def party(name, delay_s):
        await asyncio.sleep(delay_s)
        log(name, "arrives", barrier.n_waiting)
        place = await barrier.wait()
        return name, place

    log(await asyncio.gather(party("a", 0.001), party("b", 0.01), party("c", 0.02)))


async def a_broken_barrier_tells_everybody(log):
    barrier = asyncio.Barrier(3)

    async def party(name):
        try:
            await barrier.wait()
        except asyncio.BrokenBarrierError:
            log(name, "broken")

    tasks = [asyncio.create_task(party(name)) for name in "ab"]
    await asyncio.sleep(0)
    await barrier.abort()
    await asyncio.wait(tasks)
    log(barrier.broken)


async def a_queue_between_two(log):
    queue: asyncio.Queue[int | None] = asyncio.Queue(maxsize=2)

    async def producer():
        for number in range(6):
            await queue.put(number)
            log("put", number)
        await queue.put(None)

    async def consumer():
        while (item := await queue.get()) is not None:
            await asyncio.sleep(0.001)
            log("got", item)

    await asyncio.gather(producer(), consumer())


async def workers_share_a_queue(log):
    queue: asyncio.Queue[int] = asyncio.Queue()
    seen = []

    async def worker(name):
        while True:
            item = await queue.get()
            seen.append((name, item))
            await asyncio.sleep(0)
            queue.task_done()

    workers = [asyncio.create_task(worker(name)) for name in "ab"]
    for number in range(8):
        queue.put_nowait(number)
    await queue.join()
    log(seen)
    for task in workers:
        task.cancel()
    log([repr(one) for one in await asyncio.gather(*workers, return_exceptions=True)])


async def queues_with_another_order(log):
    queues: list[asyncio.Queue[int]] = [asyncio.PriorityQueue(), asyncio.LifoQueue(), asyncio.Queue(3)]
    for queue in queues:
        for number in (2, 3, 1):
            queue.put_nowait(number)
        log([await queue.get() for _ in range(3)])
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty:
        log("empty")


async def a_future_is_settled_once(log):
    future = asyncio.get_running_loop().create_future()

    async def waiter(name):
        log(name, await future)

    tasks = [asyncio.create_task(waiter(name)) for name in "ab"]
    asyncio.get_running_loop().call_later(0.001, future.set_result, 42)
    await asyncio.wait(tasks)
    try:
        future.set_result(43)
    except asyncio.InvalidStateError:
        log("settled already", future.result())
