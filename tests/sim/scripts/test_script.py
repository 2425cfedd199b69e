"""Scripts on a simulated kernel: run, stepped, and ended in the middle."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys

import pytest

import sim
from sim.scripts.script import Script
from tests.support.script_files import Written

SERVER = """
    import asyncio
    import time
    import beside

    async def handle(reader, writer):
        writer.write((await reader.readline()).upper())
        writer.close()

    async def main():
        server = await asyncio.start_server(handle, "localhost", 8080)
        reader, writer = await asyncio.open_connection("localhost", 8080)
        writer.write(b"hello\\n")
        beside.seen.append(await reader.read())
        writer.close()
        await asyncio.sleep(3600)
        beside.seen.append(int(time.monotonic()))

    if __name__ == "__main__":
        asyncio.run(main())
"""
BESIDE = """
    import os, socket, sys, time
    seen = [sys.argv[1:], socket.gethostname(), os.getpid(), time.gmtime()[:3], time.strftime("%H:%M")]
"""


@pytest.fixture
def server(tmp_path):
    Written(tmp_path, BESIDE, "beside.py")
    return Written(tmp_path, SERVER)


# -- running ---------------------------------------------------------------------------------------


def test_a_server_and_its_client(server):
    seen = []

    class Kept(Script):
        def _told(self, error):  # pragma: no cover (the script does not fail)
            raise AssertionError from error

    script = Kept(server.path, argv=["a", "b"])
    modules, argv, main = set(sys.modules), sys.argv, sys.modules["__main__"]
    while script.advance():
        beside = sys.modules.get("beside")
        if beside is not None:
            seen = beside.seen
    assert script.error is None
    assert seen == [["a", "b"], "localhost", os.getpid(), (1970, 1, 1), "00:00", b"HELLO\n", 3600]
    assert (sys.argv, sys.modules["__main__"]) == (argv, main)
    assert "beside" not in set(sys.modules) - modules


def test_one_turn_at_a_time(server):
    script = server.start()
    turns = 0
    while script.advance():
        turns += 1
        assert script.record.counters().turns == turns
        assert script.record.now == "over"
    assert script.over
    assert not script.advance()


def test_one_step_at_a_time(server):
    script = server.start()
    steps = []
    while script.step():
        steps.append(script.record.now)
    assert steps[:4] == ["wait", "timers", "callbacks", "over"]
    assert set(itertools.pairwise(steps)) <= {
        ("wait", "timers"),
        ("timers", "callbacks"),
        ("timers", "over"),
        ("callbacks", "over"),
        ("over", "wait"),
    }


def test_many_turns_at_once(server):
    script = server.start()
    script.advance(turns=7)
    assert script.record.counters().turns == 7
    script.close()
    assert script.over


def test_every_run_is_the_same(server):
    kernels = sim.Kernel(), sim.Kernel()
    for kernel in kernels:
        server.start(kernel=kernel).run()
    first, second = kernels
    assert first.now_ns == second.now_ns
    assert first.journal.records == second.journal.records


def test_it_runs_beside_another_loop(server):
    async def app():
        script = server.start()
        while script.advance():
            await asyncio.sleep(0)
        return script.error

    assert asyncio.run(app()) is None


def test_without_an_event_loop_it_runs_to_its_end(script_of):
    _, script = script_of("""
        import select, socket, time
        a, b = socket.socketpair()
        poll = select.poll()
        poll.register(a, select.POLLIN)
        assert poll.poll(1000) == []
        b.send(b"x")
        assert poll.poll() and time.monotonic() >= 1
        a.close(), b.close()
    """)
    assert script.advance() is False
    assert script.error is None


def test_selectors_threads_and_descriptors_are_the_kernel_s(script_of):
    _, script = script_of("""
        import os, selectors, socket, threading, time
        from concurrent.futures import ThreadPoolExecutor
        from socket import *
        reader, writer = os.pipe()
        with selectors.DefaultSelector() as selector:
            selector.register(reader, selectors.EVENT_READ)
            thread = threading.Thread(target=lambda: (time.sleep(60), os.write(writer, b"x")))
            thread.start()
            assert selector.select() and os.read(reader, 9) == b"x"
            thread.join()
        with ThreadPoolExecutor() as pool:
            assert list(pool.map(lambda x: time.sleep(x) or x, [3, 1, 2])) == [3, 1, 2]
        assert 63 < time.time() < 63.01 and AF_INET == 2
        os.close(reader), os.close(writer)
        assert os.path.basename(__file__) == "program.py" and os.get_inheritable(1)
    """)
    script.run()


def test_an_ended_script_cleans_up(script_of):
    _, script = script_of("""
        import asyncio
        kept = []
        async def main():
            try:
                await asyncio.sleep(3600)
            finally:
                await asyncio.sleep(0.001)
                kept.append("cleaned up")
        try:
            asyncio.run(main())
        finally:
            import beside_it
            beside_it.kept.extend(kept)
    """)
    Written(script.path.parent, "kept = []", "beside_it.py")
    kept = []
    original = script.imports.in_place

    def looked_at(main):
        kept.append(main)
        return original(main)

    script.imports.in_place = looked_at
    script.advance(turns=2)
    script.close()
    assert script.over
    assert script.error is None
    assert kept[0].kept == ["cleaned up"]


def test_a_script_that_cleans_up_for_long_is_still_ended(script_of):
    _, script = script_of("""
        import asyncio
        async def main():
            for _ in range(10_000):
                try:
                    await asyncio.sleep(0.001)
                except BaseException:
                    pass
        asyncio.run(main())
    """)
    script.advance(turns=3)
    script.close()
    assert script.over


def test_many_cancelled_tasks_print_nothing(script_of, caplog):
    _, script = script_of("""
        import asyncio
        async def serve(reader, writer):
            await reader.read()
        async def main():
            await asyncio.start_server(serve, "localhost", 80, backlog=300)
            ends = [await asyncio.open_connection("localhost", 80) for _ in range(200)]
            await asyncio.sleep(3600)
        asyncio.run(main())
    """)
    while not script.loop or script.loop._ready or not script.loop._scheduled:
        script.advance()
    script.close()
    assert script.over
    assert not caplog.records
