"""The tasks of a loop as rows: state, reason for waiting, and the exact lines of the stack."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.lessons import watched_loop
from sim.lessons.coroutine import CoroutineTask, gather, readable, sleep, writable
from sim.scripts import task_rows
from tests.support.script_files import Written

PROGRAM = """
    import asyncio
    import socket

    async def sleeps():
        await asyncio.sleep(3600)  #: sleeps

    async def reads(reader):
        return await reader.readexactly(  #: reads
            10
        )

    async def drains(writer):
        writer.write(bytes(16 << 20))
        await writer.drain()  #: drains

    async def sock(loop, end):
        await loop.sock_recv(end, 1)  #: sock

    async def sends(loop, end):
        await loop.sock_sendall(end, bytes(8 << 20))  #: sends

    async def gets(queue):
        await queue.get()  #: gets

    async def locked(lock):
        async with lock:  #: locked
            pass

    async def limited():
        async with asyncio.timeout(60):
            await asyncio.Event().wait()  #: limited

    async def waits_for(seconds):
        await asyncio.wait_for(asyncio.Event().wait(), seconds)  #: waits_for

    async def joins(task):
        await task  #: joins

    async def collects(*tasks):
        await asyncio.gather(*tasks)  #: collects

    async def grouped():
        async with asyncio.TaskGroup() as group:  #: grouped
            group.create_task(asyncio.sleep(3600), name="in the group")

    async def several(*tasks):
        await asyncio.wait(tasks)  #: several

    async def deep(depth):
        if depth:
            await deep(depth - 1)  #: deep
        else:
            await asyncio.sleep(7200)  #: bottom

    async def numbers():
        yield 1
        await asyncio.sleep(3600)  #: numbers

    async def iterates():
        async for _ in numbers():  #: iterates
            pass

    async def futures(future):
        await future  #: futures

    class Custom:
        def __await__(self):
            yield from asyncio.sleep(3600).__await__()  #: custom

    async def custom():
        await Custom()  #: awaits_custom

    async def serve(reader, writer):
        try:
            await asyncio.sleep(3600)  #: serve
        finally:
            writer.close()

    async def main():
        loop = asyncio.get_running_loop()
        server = await asyncio.start_server(serve, "127.0.0.1", 8080)
        reader, writer = await asyncio.open_connection("127.0.0.1", 8080)
        here, there = socket.socketpair()
        lock = asyncio.Lock()
        await lock.acquire()
        for end in (here, there):
            end.setblocking(False)
        made = {}
        def task(coroutine, name):
            made[name] = asyncio.create_task(coroutine, name=name)
        task(sleeps(), "sleeps")
        task(reads(reader), "reads")
        task(drains(writer), "drains")
        task(sock(loop, here), "sock")
        task(sends(loop, there), "sends")
        task(gets(asyncio.Queue()), "gets")
        task(locked(lock), "locked")
        task(limited(), "limited")
        task(waits_for(30), "waits_for")
        task(joins(made["sleeps"]), "joins")
        task(collects(made["sleeps"], made["gets"]), "collects")
        task(grouped(), "grouped")
        task(several(made["sleeps"]), "several")
        task(deep(2), "deep")
        task(iterates(), "iterates")
        task(futures(loop.create_future()), "futures")
        task(custom(), "custom")
        try:
            await asyncio.sleep(1)  #: first
            task(sleeps(), "begun now")
            await asyncio.sleep(0)  #: second
            await asyncio.sleep(3600)
        finally:
            writer.close()
            server.close()

    asyncio.run(main())
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return Written(tmp_path_factory.mktemp("rows"), PROGRAM)


@pytest.fixture(scope="module")
def rows_by_name(program):
    """The rows while main sleeps for a second."""
    script = program.start()
    while script.advance():
        found = {row.name: row for row in task_rows.task_rows(script.loop)}
        main = found["Task-1"]
        if main.place and main.place.line == program.line("first") and found["deep"].state == "suspended":
            yield found
            script.close()
            return
    raise AssertionError(script.error)


SUSPENDED = {
    "sleeps": ("timer", None),
    "reads": ("fd readable", None),
    "drains": ("fd writable", None),
    "sends": ("fd writable", None),
    "gets": ("Queue.get", None),
    "locked": ("Lock.acquire", None),
    "limited": ("Event.wait", None),
    "joins": ("sleeps", None),
    "collects": ("gather of 2", None),
    "grouped": ("TaskGroup.__aexit__", None),
    "several": ("wait", None),
    "iterates": ("timer", "numbers"),
    "custom": ("timer", "custom"),
    "futures": ("a future", None),
}


@pytest.mark.parametrize("name", SUSPENDED)
def test_each_task_s_reason_for_waiting_and_its_line(program, rows_by_name, name):
    row = rows_by_name[name]
    waits_for, innermost = SUSPENDED[name]
    assert row.state == "suspended"
    if waits_for.startswith("fd "):
        assert row.waiting.text == waits_for.replace("fd", f"fd {row.waiting.fd}")
        assert row.waiting.fd > 5
    else:
        assert row.waiting.text == waits_for
    assert row.place.line == program.line(innermost or name)
    assert row.place.text.endswith(f"#: {innermost or name}")
    assert row.stack[0].function == name


def test_a_sock_call_and_its_descriptor(rows_by_name, program):
    assert rows_by_name["sock"].waiting.text == f"fd {rows_by_name['sock'].waiting.fd} readable"
    assert rows_by_name["sock"].place.line == program.line("sock")
    assert rows_by_name["sock"].waiting.fd + 1 == rows_by_name["sends"].waiting.fd  # a pair


def test_the_moment_a_timer_is_due(rows_by_name):
    due_ns = rows_by_name["sleeps"].waiting.due_ns
    assert 3600 < due_ns / 1e9 < 3601
    assert 7200 < rows_by_name["deep"].waiting.due_ns / 1e9 < 7201


def test_a_stack_of_awaits(program, rows_by_name):
    stack = [(place.function, place.line) for place in rows_by_name["deep"].stack]
    deep = ("deep", program.line("deep"))
    assert stack[:3] == [deep, deep, ("deep", program.line("bottom"))]
    assert stack[3][0] == "sleep"
    assert len(stack) == 4


def test_awaits_through_generators_and_iterators(program, rows_by_name):
    lines = [place.line for place in rows_by_name["iterates"].stack]
    assert lines[:2] == [program.line("iterates"), program.line("numbers")]
    lines = [place.line for place in rows_by_name["custom"].stack]
    assert lines[:2] == [program.line("awaits_custom"), program.line("custom")]
    functions = [place.function for place in rows_by_name["custom"].stack]
    assert functions == ["custom", "Custom.__await__", "sleep"]


def test_wait_for_is_named_by_the_library_function(program, rows_by_name):
    row = rows_by_name["waits_for"]
    assert row.place.line == program.line("waits_for")
    assert row.state == "suspended"


def test_the_server_s_own_task(program, rows_by_name):
    served = [row for row in rows_by_name.values() if row.place and row.place.function == "serve"]
    assert [row.place.line for row in served] == [program.line("serve")]


def test_ready_before_its_first_line_and_after_a_sleep_of_none(program):
    script = program.start()
    seen: set[object] = set()
    while script.advance() and ("Task-1", program.line("second"), None) not in seen:
        for row in task_rows.task_rows(script.loop):
            if row.state == "ready":
                seen.add((row.name, row.place and row.place.line, row.waiting))
    script.close()
    assert ("begun now", None, None) in seen
    assert ("Task-1", program.line("second"), None) in seen


def test_a_window_of_rows(program, rows_by_name):
    assert list(rows_by_name)[:1] == ["Task-1"]
    kernel = sim.Kernel()
    loop = kernel.asyncio.new_event_loop()
    tasks = [loop.create_task(kernel.asyncio.sleep(1)) for _ in range(5)]
    assert [row.name for row in task_rows.task_rows(loop, 1, 2)] == ["Task-2", "Task-3"]
    assert {row.state for row in task_rows.task_rows(loop)} == {"ready"}
    loop.run_until_complete(kernel.asyncio.wait(tasks))
    loop.close()


def test_the_task_that_runs():
    kernel = sim.Kernel()

    async def asks():
        loop = kernel.asyncio.get_running_loop()
        return [(row.state, row.waiting, row.place) for row in task_rows.task_rows(loop)]

    assert kernel.asyncio.run(asks()) == [("running", None, None)]


# -- our own loop ----------------------------------------------------------------------------------


def test_rows_of_our_own_loop():
    kernel = sim.Kernel()
    loop = watched_loop.WatchedLoop(kernel)
    here, there = kernel.socket.socketpair()
    seen: list[Any] = []

    async def sleeps():
        await sleep(loop, 60)

    async def reads():
        await readable(loop, here.fileno())

    def writes():
        yield from writable(loop, there.fileno())
        seen.extend(watched_loop.task_rows(loop))
        yield from sleep(loop, 60)

    async def joins(task):
        await task

    async def collects(*tasks):
        await gather(loop, *tasks)

    tasks = [CoroutineTask(loop, sleeps()), CoroutineTask(loop, reads()), CoroutineTask(loop, writes())]
    CoroutineTask(loop, joins(tasks[0]))
    CoroutineTask(loop, collects(*tasks[:2]))
    assert {(row.state, row.waiting) for row in watched_loop.task_rows(loop)} == {("ready", None)}
    for _ in range(3):
        loop.call_soon(lambda: None)
        loop.run_once()
    by_name: dict[str, Any] = {row.name.rpartition(".")[2]: row for row in watched_loop.task_rows(loop)}
    first = sleeps.__code__.co_firstlineno + 1
    assert [
        (name, by_name[name].waiting.text, by_name[name].place.line)
        for name in ("sleeps", "reads", "joins", "writes")
    ] == [
        ("sleeps", "timer", first),
        ("reads", f"fd {here.fileno()} readable", reads.__code__.co_firstlineno + 1),
        ("joins", by_name["sleeps"].name, joins.__code__.co_firstlineno + 1),
        ("writes", "timer", writes.__code__.co_firstlineno + 3),
    ]
    assert by_name["collects"].place.line == collects.__code__.co_firstlineno + 1
    running = [row.name.rpartition(".")[2] for row in seen if row.state == "running"]
    assert running == ["writes"]
