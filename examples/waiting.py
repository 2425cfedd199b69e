"""Ways to wait for several things: gather, a timeout, a task group that fails as one.

An hour's sleep takes no longer to watch than any other: the wait in epoll_wait is skipped over.
"""

import asyncio


async def fetch(name, seconds):
    await asyncio.sleep(seconds)
    return f"{name} after {seconds} s"


async def all_of_them():
    print(await asyncio.gather(fetch("a", 1), fetch("b", 3), fetch("c", 2)))


async def not_for_long():
    try:
        async with asyncio.timeout(60):
            print(await fetch("the slow one", 3600))
    except TimeoutError:
        print("given up after a minute")


async def fails(seconds):
    await asyncio.sleep(seconds)
    raise ValueError("this one fails, so its siblings are cancelled")


async def one_for_all():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fetch("sibling", 3600), name="sibling")
            group.create_task(fails(5), name="the one that fails")
    except* ValueError as errors:
        print(*errors.exceptions)


async def main():
    await all_of_them()
    await not_for_long()
    await one_for_all()
    print(await fetch("an hour", 3600))


asyncio.run(main())
