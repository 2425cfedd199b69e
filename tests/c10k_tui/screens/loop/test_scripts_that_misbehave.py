"""A watched script may fail or block: the app stays up and shows the error and its line."""

from __future__ import annotations

import threading

import pytest

from c10k_tui.session.pacer import FRAMES_PER_S
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
    "exits": (
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
async def test_a_failure_is_shown_with_its_line_and_the_app_stays_up(tmp_path, name, size):
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


PATIENCE_S = 30.0
"""Seconds after which a script that does not come back fails a test."""


class Meeting:
    """A line at which the script of a test arrives and waits, in real time.

    Attributes:
        reached: Set by the script when it arrives.
        gate: The script acquires it, and the test releases it.
    """

    def __init__(self, monkeypatch):
        self.reached = threading.Event()
        self.gate = threading.Semaphore(0)
        monkeypatch.setattr("builtins.meeting", self, raising=False)


async def run_until_reached(it, meeting):
    """Run frames until the script is at its line. A frame waits for the script, at most for its patience."""
    for _ in range(1_000):
        await it.run(1 / FRAMES_PER_S)
        if it.app.loop_model.is_stuck and meeting.reached.wait(PATIENCE_S):
            return
    raise AssertionError("the script does not block")


async def run_until_over(it):
    """Run frames to the script's end, and wait in each until the script has given control back."""
    paused = it.script._thread._paused
    for _ in range(1_000):
        if it.script.over:
            return
        if it.script.is_stuck:
            assert paused.acquire(timeout=PATIENCE_S), "the script does not come back"
            paused.release()
        await it.run(0.1)
    raise AssertionError("the script does not end")


async def test_a_busy_loop_is_found_at_its_line_and_can_be_left(tmp_path, monkeypatch):
    meeting = Meeting(monkeypatch)
    program = Written(
        tmp_path,
        """
        import asyncio, builtins
        async def main():
            await asyncio.sleep(1)
            while True:
                builtins.meeting.reached.set()  #: here
        asyncio.run(main())
        """,
    )
    async with watched(program.path, paused=False, speed=None, patience_s=0.05) as it:
        await run_until_reached(it, meeting)
        await it.run(1.5)
        assert it.app.loop_model.is_stuck
        shown = it.text()
        assert "BLOCKS THE LOOP" in shown
        assert "culprit, at this moment" in shown
        assert any(f"program.py:{line} in main" in shown for line in (5, 6))
        await it.press("s")
        assert "cannot be stepped" in it.text("#loop-head")
    assert it.script.over


async def test_a_script_that_comes_back_goes_on(tmp_path, monkeypatch):
    meeting = Meeting(monkeypatch)
    program = Written(
        tmp_path,
        """
        import asyncio, builtins
        async def main():
            await asyncio.sleep(1)
            builtins.meeting.reached.set() or builtins.meeting.gate.acquire()  #: here
            await asyncio.sleep(1)
        asyncio.run(main())
        """,
    )
    async with watched(program.path, paused=False, speed=None, patience_s=0.05) as it:
        await run_until_reached(it, meeting)
        await it.run(1.5)
        assert f"program.py:{program.line('here')}" in it.text("#loop-note")
        meeting.gate.release()
        await run_until_over(it)
        assert it.script.error is None
        assert "BLOCKS" not in it.text()


async def test_before_the_script_has_a_loop_the_screen_accuses_no_line(tmp_path, monkeypatch):
    meeting = Meeting(monkeypatch)
    waits = "builtins.meeting.reached.set() or builtins.meeting.gate.acquire()"
    program = Written(tmp_path, f"import builtins\n{waits}\n")
    async with watched(program.path, paused=False, speed=None, patience_s=0.05) as it:
        await run_until_reached(it, meeting)
        await it.run(1.5)
        assert "without an event loop, now at program.py:2" in it.text("#loop-note")
        assert "BLOCKS" not in it.text()
        meeting.gate.release()
        await run_until_over(it)


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


async def test_the_name_of_a_task_is_plain_text(tmp_path):
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
