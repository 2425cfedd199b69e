"""Scripts that block for real: found at their line, and ended or waited for."""

from __future__ import annotations

import re
import threading
import time

from tests.loop.scripts import failure


def test_one_that_never_comes_back_is_found_at_its_line(script_of):
    program, script = script_of("""
        import asyncio
        async def main():
            await asyncio.sleep(1)
            while True:
                pass  #: here
        asyncio.run(main())
    """)
    error = failure(script, patience_s=0.3)
    assert re.match(r"program\.py:(5|6) in main: .* has not come back for 0\.3 s", str(error))
    assert str(script.where()) in {f"program.py:{line} in main" for line in (5, 6)}
    assert program.line("here") == 6
    script.close()
    assert script.over


def test_one_that_comes_back_late_goes_on(script_of, monkeypatch):
    program, script = script_of("""
        import asyncio, builtins
        async def main():
            builtins.gate_of_the_test.acquire()  #: here
            await asyncio.sleep(1)
        asyncio.run(main())
    """)
    gate = threading.Semaphore(0)
    monkeypatch.setattr("builtins.gate_of_the_test", gate, raising=False)
    error = failure(script, patience_s=0.3)
    assert str(error).startswith(f"{program.place('here', 'main')}: builtins.gate_of_the_test.acquire()")
    gate.release()
    script.run()
    assert script.over


def test_the_guard_leaves_everybody_else_alone(script_of):
    import socket

    _, script = script_of("""
        import asyncio
        asyncio.run(asyncio.sleep(10))
    """)
    script.advance()
    with socket.socket() as ours:
        assert ours.fileno() >= 0
    time.sleep(0)
    script.run()
