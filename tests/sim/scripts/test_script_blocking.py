"""Scripts that block for real: their line is found, and they are ended or waited for."""

from __future__ import annotations

import re
import signal
import threading
import time

import pytest

from tests.support.script_files import failure


def test_a_script_that_never_gives_control_back_is_found_at_its_line(script_of):
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


def test_a_script_that_gives_control_back_late_continues(script_of, monkeypatch):
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


def test_the_guard_does_not_refuse_other_code(script_of):
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


SIGNALS = {
    "alarm": "alarm(1)",
    "setitimer": "setitimer(signal.ITIMER_REAL, 1)",
    "raise_signal": "raise_signal(signal.SIGTERM)",
    "signal": "signal(signal.SIGINT, signal.SIG_DFL)",
    "pause": "pause()",
}


@pytest.mark.parametrize("name", SIGNALS)
def test_the_host_s_signals_are_not_a_script_s(script_of, name):
    program, script = script_of(
        f"import signal\nprint(signal.SIGINT.name)\nsignal.{SIGNALS[name]}  #: here\n"
    )
    text = str(failure(script))
    assert text.startswith(
        f"{program.place('here', '<module>')}: NotImplementedError: signal.{name} is left out"
    )
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_script_that_has_not_given_control_back_is_reported_in_a_sentence(script_of):
    _, script = script_of("while True:\n    ...  #: here\n")
    text = str(failure(script, patience_s=0.1))
    script.close()
    assert re.match(r"program\.py:(1|2) in <module>: (while True|\.\.\.  #: here): has not come back", text)


def test_output_during_its_end_is_dropped(script_of, capsys):
    _, script = script_of("""
        import asyncio
        async def main():
            try:
                await asyncio.sleep(1)
            finally:
                print("cleaned up")
        asyncio.run(main())
    """)
    script.advance(turns=1)
    script.close()
    assert capsys.readouterr().out == ""
