"""Whatever a watched script does, the app stays up and says what it was and where."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from tests.support.script_files import Written
from tests.support.watched_script import watched

FAILS = {
    "raises": (
        """
        import asyncio
        async def main():
            await asyncio.sleep(1)
            {}["key"]  #: here
        asyncio.run(main())
        """,
        "KeyError: 'key'",
    ),
    "is told to end": (
        """
        import asyncio, sys
        async def main():
            sys.exit("enough")
        asyncio.run(main())
        """,
        ".py: enough",
    ),
    "reaches for the network": (
        """
        import asyncio, urllib.request
        async def main():
            urllib.request.urlopen("http://192.0.2.1/")  #: here
        asyncio.run(main())
        """,
        "reaches for the host's network",
    ),
    "starts a process": (
        """
        import asyncio
        async def main():
            await asyncio.create_subprocess_exec("true")  #: here
        asyncio.run(main())
        """,
        "a subprocess is left out",
    ),
    "wants to end the process": (
        """
        import os
        os._exit(1)  #: here
        """,
        "os._exit is left out",
    ),
    "closes its loop": (
        """
        import asyncio
        async def main():
            asyncio.get_running_loop().close()  #: here
        asyncio.run(main())
        """,
        "Cannot close a running event loop",
    ),
    "asks at the keyboard": (
        """
        import sys
        sys.stdin.readline()  #: here
        """,
        "reading sys.stdin waits for real",
    ),
    "serves without clients": (
        """
        import asyncio
        async def main():
            server = await asyncio.start_server(print, "localhost", 80)
            await server.serve_forever()
        asyncio.run(main())  #: here
        """,
        "a server needs its clients in the same script",
    ),
}


@pytest.mark.parametrize("size", [(80, 24), (160, 40)])
@pytest.mark.parametrize("name", FAILS)
async def test_a_failure_is_told_with_its_line_and_the_app_stays_up(tmp_path, name, size):
    source, message = FAILS[name]
    program = Written(tmp_path, source)
    async with watched(program.path, size, paused=False, speed=None) as it:
        await it.run(1.0)
        assert it.script.over
        shown = " ".join(it.text().split())
        if "#: here" in source:
            assert f"program.py:{program.line('here')} in" in shown
        if size[0] > 80:
            assert message in shown
        await it.press("tab", "tab", "s", "space", "t")
        assert it.app.return_code is None


async def test_a_busy_loop_is_found_at_its_line_and_can_be_left(tmp_path):
    program = Written(
        tmp_path,
        """
        import asyncio
        async def main():
            await asyncio.sleep(1)
            while True:
                pass  #: here
        asyncio.run(main())
        """,
    )
    async with watched(program.path, paused=False, speed=None, patience_s=0.3) as it:
        await it.run(1.5)
        assert it.app.loop_model.is_stuck
        shown = it.text()
        assert "BLOCKS THE LOOP" in shown
        assert "culprit, at this moment" in shown
        assert any(f"program.py:{line} in main" in shown for line in (5, 6))
        await it.press("s")
        assert "cannot be stepped" in it.text("#loop-head")
    assert it.script.over


async def test_one_that_comes_back_goes_on(tmp_path, monkeypatch):
    gate = threading.Semaphore(0)
    monkeypatch.setattr("builtins.gate_of_the_test", gate, raising=False)
    program = Written(
        tmp_path,
        """
        import asyncio, builtins
        async def main():
            await asyncio.sleep(1)
            builtins.gate_of_the_test.acquire()  #: here
            await asyncio.sleep(1)
        asyncio.run(main())
        """,
    )
    async with watched(program.path, paused=False, speed=None, patience_s=0.3) as it:
        await it.run(1.5)
        assert f"program.py:{program.line('here')}" in it.text("#loop-note")
        gate.release()
        for _ in range(200):
            await it.run(0.1)
            if it.script.over:
                break
            await asyncio.sleep(0.01)
        assert it.script.error is None
        assert it.script.over
        assert "BLOCKS" not in it.text()


async def test_before_there_is_a_loop_nothing_is_accused(tmp_path, monkeypatch):
    gate = threading.Semaphore(0)
    monkeypatch.setattr("builtins.gate_of_the_test", gate, raising=False)
    program = Written(tmp_path, "import builtins\nbuiltins.gate_of_the_test.acquire()  #: here\n")
    async with watched(program.path, paused=False, speed=None, patience_s=0.3) as it:
        await it.run(1.5)
        assert "without an event loop, now at program.py:2" in it.text("#loop-note")
        assert "BLOCKS" not in it.text()
        gate.release()
        until = time.monotonic() + 20
        while not it.script.over and time.monotonic() < until:
            await it.run(0.1)
            await asyncio.sleep(0.01)
        assert it.script.over


async def test_threads_of_the_script_are_simulated_and_shown(tmp_path):
    program = Written(
        tmp_path,
        """
        import asyncio, time
        async def main():
            await asyncio.to_thread(time.sleep, 60)  #: here
        asyncio.run(main())
        """,
    )
    async with watched(program.path) as it:
        await it.turn(2)
        assert f"program.py:{program.line('here')}" in it.text("#loop-tasks")
        await it.press("S")
        assert it.script.kernel.now_ns > 60e9
        assert not it.record.culprits


async def test_a_name_is_neither_markup_nor_obeyed(tmp_path):
    program = Written(
        tmp_path,
        r"""
        import asyncio
        async def main():
            names = ("[/]", "[red]x", "a\n\x1b[mb")
            await asyncio.gather(*(asyncio.create_task(asyncio.sleep(9), name=name) for name in names))
        asyncio.run(main())
        """,
    )
    async with watched(program.path) as it:
        await it.turn(3)
        await it.press("up", "up", "up")  # to the first, Task-1
        for name in ("[/]", "[red]x", "a··[mb"):
            await it.press("down")
            assert f"awaits of {name} " in it.text()
            assert f" {name} " in it.text("#loop-tasks")
