"""One callback blocks and all tasks wait: time.sleep where asyncio.sleep was meant.

The ticker wants to run every 100 ms. The worker sleeps with the whole thread, not only with its task, so no
task runs meanwhile. The last time it gives the sleep to another thread, and the ticker is on time again.
"""

import asyncio
import time


async def ticker():
    last = time.monotonic()
    for _ in range(15):
        await asyncio.sleep(0.1)
        now = time.monotonic()
        print(f"tick after {1000 * (now - last):.0f} ms")
        last = now


def look_up(name):
    time.sleep(0.35)  # a database driver that knows nothing of asyncio
    return name.title()


async def worker():
    for name in ("ada", "grace"):
        await asyncio.sleep(0.25)
        print(look_up(name))
    await asyncio.sleep(0.25)
    print(await asyncio.to_thread(look_up, "barbara"))


async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(ticker(), name="ticker")
        group.create_task(worker(), name="worker")


asyncio.run(main())
