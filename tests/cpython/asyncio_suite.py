"""The interpreter's own asyncio tests, on asyncio's loop on a simulated kernel.

A second copy of each test module and its helpers is executed, with imports redirected to a kernel's package
(:mod:`sim.stdlib.asyncio.package`), as a script's are. ``IsolatedAsyncioTestCase`` makes its loops there
too. One part is replaced: some tests talk to the standard library's HTTP server, which wraps sockets in file
objects; here they talk to a server on plain sockets that gives the same answers.
"""

from __future__ import annotations

import importlib
import importlib.util
import unittest
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import SimpleNamespace
from typing import Any

from sim.scripts.script_imports import os_module
from sim.stdlib.kernel import Kernel
from sim.stdlib.module_copies import PatchedModule

PACKAGE = "test.test_asyncio"
MODULES = (
    *("test_streams", "test_sock_lowlevel", "test_server", "test_buffered_proto", "test_selector_events"),
    *("test_timeouts", "test_waitfor", "test_taskgroups", "test_locks", "test_queues", "test_runners"),
)


def installed() -> bool:
    """True if the interpreter's own asyncio tests are installed."""
    return importlib.util.find_spec("test") is not None and all(
        importlib.util.find_spec(f"{PACKAGE}.{name}") is not None for name in MODULES
    )


def names() -> list[str]:
    """All tests, as ``module.class.method``."""
    found = []
    for module_name in MODULES:
        module = importlib.import_module(f"{PACKAGE}.{module_name}")
        for name, kind in vars(module).items():
            if isinstance(kind, type) and issubclass(kind, unittest.TestCase):
                found += [
                    f"{module_name}.{name}.{method}"
                    for method in unittest.defaultTestLoader.getTestCaseNames(kind)
                ]
    return found


def run(name: str) -> unittest.TestResult:
    """Run one test on a new kernel."""
    module_name, class_name, method = name.split(".")
    kernel = Kernel()
    imports = kernel.asyncio.imports
    imports.stand_ins["os"] = os_module(kernel)
    isolated: Any = imports.copy("unittest.async_case")
    imports.stand_ins["unittest"] = PatchedModule(
        unittest, IsolatedAsyncioTestCase=isolated.IsolatedAsyncioTestCase
    )
    helpers: Any = imports.copy(f"{PACKAGE}.utils")
    helpers.run_test_server = partial(http_server, kernel)
    imports.copy(f"{PACKAGE}.functional")
    module: Any = imports.copy(f"{PACKAGE}.{module_name}")
    result = unittest.TestResult()
    with kernel.threading, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as the interpreter's own runner has them: reported, no errors
        getattr(module, class_name)(method).run(result)
    return result


@contextmanager
def http_server(
    kernel: Kernel, *, host: str = "127.0.0.1", port: int = 0, use_ssl: bool = False
) -> Iterator[Any]:
    """``run_test_server``: it answers "Test message", and under /loop sends the request's body back."""
    if use_ssl:
        raise unittest.SkipTest("TLS")
    listener = kernel.socket.create_server((host, port))
    serving = ["until the block ends"]

    def serve() -> None:
        while serving:
            connection, _ = listener.accept()
            with connection, suppress(ConnectionError):  # a client need not wait for the answer
                answer(connection)

    def answer(connection: Any) -> None:
        head, _, body = _until_blank_line(connection).partition(b"\r\n\r\n")
        connection.sendall(b"HTTP/1.0 200 OK\r\nContent-type: text/plain\r\n\r\n")
        if b" /loop " not in head:
            connection.sendall(b"Test message")
            return
        left = int(head.lower().partition(b"content-length:")[2].split()[0])
        while left:
            connection.sendall(body)
            left -= len(body)
            body = connection.recv(min(left, 65_536))

    server = kernel.threading.Thread(target=serve, daemon=True)
    server.start()
    address: Any = listener.getsockname()
    yield SimpleNamespace(address=address)
    serving.clear()
    kernel.socket.create_connection(address).close()  # ends the last accept
    server.join()
    listener.close()


def _until_blank_line(connection: Any) -> bytes:
    """A request's head, and the part of its body that came with it."""
    seen = b""
    while b"\r\n\r\n" not in seen:
        data = connection.recv(65_536)
        if not data:
            return seen
        seen += data
    return seen
