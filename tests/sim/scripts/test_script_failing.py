"""Scripts that fail, and files that are not Python: one line that names the script's line."""

from __future__ import annotations

import re

import pytest

from sim.scripts.script import Script
from sim.scripts.script_error import ScriptError
from tests.support.script_files import Written, failure

FAILS = {
    "raises": (
        """
        import asyncio
        async def main():
            await asyncio.sleep(1)
            {}["key"]  #: here
        asyncio.run(main())
        """,
        "main",
        r"KeyError: 'key'",
    ),
    "raises in a task that is awaited": (
        """
        import asyncio
        async def work():
            raise ValueError("no")  #: here
        async def main():
            async with asyncio.timeout(1):
                await asyncio.gather(work())
        asyncio.run(main())
        """,
        "work",
        "ValueError: no",
    ),
    "waits for what never comes": (
        """
        import socket
        listener = socket.create_server(("127.0.0.1", 80))
        listener.accept()  #: here
        """,
        "<module>",
        "socket.accept on descriptor 3 waits, and nothing in this kernel can ever wake it",
    ),
    "uses the network": (
        """
        import asyncio
        import urllib.request
        async def main():
            urllib.request.urlopen("http://192.0.2.1/")  #: here
        asyncio.run(main())
        """,
        "main",
        r"socket\.\w+ \(made by urllib.request\) reaches for the host's network",
    ),
    "uses the network and keeps it to itself": (
        """
        import http.client
        try:
            http.client.HTTPConnection("192.0.2.1").connect()  #: here
        except Exception:
            pass
        """,
        "<module>",
        r"socket\.\w+ \(made by http.client\) reaches for the host's network",
    ),
    "uses the network in a thread": (
        """
        import asyncio
        import http.client
        def fetch():
            http.client.HTTPConnection("192.0.2.1").connect()  #: here
        asyncio.run(asyncio.to_thread(fetch))
        """,
        "fetch",
        r"socket\.\w+ \(made by http.client\) reaches for the host's network",
    ),
    "starts a process": (
        """
        import subprocess
        subprocess.run(["true"])  #: here
        """,
        "<module>",
        r"subprocess.Popen \(made by subprocess\) starts a process of the host",
    ),
    "forks": (
        """
        import os
        os.fork()  #: here
        """,
        "<module>",
        "os.fork starts a process of the host",
    ),
    "asks at the keyboard": (
        """
        input("name? ")  #: here
        """,
        "<module>",
        "input waits for real; a simulated run never waits for the host",
    ),
    "opens a descriptor": (
        """
        import os
        os.open("file", 0)  #: here
        """,
        "<module>",
        "NotImplementedError: os.open is left out of a simulated run.*use open()",
    ),
    "ends the whole process": (
        """
        import os
        os._exit(3)  #: here
        """,
        "<module>",
        "NotImplementedError: os._exit is left out of a simulated run, .*: use sys.exit",
    ),
    "does what the loop leaves out": (
        """
        import asyncio
        async def main():
            await asyncio.create_subprocess_exec("true")  #: here
        asyncio.run(main())
        """,
        "main",
        "NotImplementedError: a subprocess is left out of the simulated kernel's event loop",
    ),
}


@pytest.mark.parametrize("name", FAILS)
def test_a_script_that_fails_names_its_line(script_of, name):
    source, function, message = FAILS[name]
    program, script = script_of(source)
    error = failure(script)
    place = re.escape(program.place("here", function))
    assert re.match(f"{place}: {message}", str(error)), str(error)
    assert "\n" not in str(error)
    assert script.error is error


def test_the_error_holds_the_traceback(script_of):
    program, script = script_of("def f():\n    1 / 0  #: here\nf()")
    error = failure(script)
    assert f'File "{program.path}", line 2, in f' in error.details
    assert "sim/scripts/script.py" not in error.details
    assert (error.place.line, error.place.text) == (2, "1 / 0  #: here")


def test_tasks_that_wait_for_ever_are_named(script_of):
    program, script = script_of("""
        import asyncio
        async def main():
            await asyncio.Event().wait()  #: here
        asyncio.run(main())
    """)
    assert f"suspended: Task-1 at {program.place('here', 'main')}" in str(failure(script))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = = 1", "program.py:1: invalid syntax"),
        ("async def f():\n    yield from g()", "program.py:2: 'yield from' inside async function"),
        ("x = '\0'", r"^program\.py(:1)?: source code .*cannot contain null bytes"),
        ("# -*- coding: none -*-", r"^program\.py: unknown encoding: none"),
    ],
)
def test_a_file_that_is_not_python(tmp_path, source, message):
    program = Written(tmp_path, source)
    with pytest.raises(ScriptError, match=message):
        program.start()


def test_no_such_file(tmp_path):
    with pytest.raises(ScriptError, match=r"nowhere\.py: No such file"):
        Script(tmp_path / "nowhere.py")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("3", "ended with exit status 3"),
        ("0", None),
        ("", None),
        ("'it broke'", "it broke"),
        ("'one\\ntwo'", "one two"),
        ("' '", "ended with exit status 1"),
    ],
)
def test_exit_codes(script_of, code, message):
    _, script = script_of(f"import sys\nsys.exit({code})")
    script.advance()
    assert (script.error and str(script.error)) == (message and f"program.py: {message}")
