"""The interpreter's own tests, taken from its ``test`` package as they are and run on a simulated kernel.

A test module is loaded afresh while ``select``, ``socket``, ``os``, ``time``, ``threading`` and
``selectors`` are a kernel's; those that it uses underneath (``test.support``, ``unittest`` …) were
loaded before and have the host's. Two things more are the machine's there and the kernel's here: the
limit on descriptors, and the standard output and error, which are the ends of a socket pair. Where a test
opens and closes a file only to have a number that is not open, it is given one of the kernel's.

A module that skips itself on this host (test_kqueue, for there is no kqueue) is loaded on a kernel's
modules only.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import unittest
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType, SimpleNamespace
from typing import Any

from sim.stdlib.kernel import Kernel

MODULES = ("test_epoll", "test_kqueue", "test_poll", "test_select", "test_selectors")
NOFILE = 4096
"""Descriptors a test can have; one of them takes all there are."""
MISSING = (
    "this interpreter comes without its own tests (the package `test`): install them, "
    f"on Debian with: apt install libpython{sys.version_info.major}.{sys.version_info.minor}-testsuite"
)


def installed() -> bool:
    """Whether the interpreter's own tests are there."""
    return importlib.util.find_spec("test") is not None and all(
        importlib.util.find_spec(f"test.{name}") is not None for name in MODULES
    )


def _load(name: str) -> ModuleType:
    """A copy of a module of the standard library, with the modules it imports as they stand now."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def standing_in(modules: dict[str, Any]) -> Iterator[None]:
    """While this lasts, importing these names gives these modules."""
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def _limits(kernel: Kernel) -> Any:
    limit = (kernel.table.limit, kernel.table.limit)
    return SimpleNamespace(RLIMIT_NOFILE=7, getrlimit=lambda _: limit, setrlimit=lambda _, asked: None)


def _open_standard_streams(kernel: Kernel) -> None:
    """Have 1 and 2 open, as they are in any program, and a table as large as the host's may be."""
    os = kernel.os
    for number, end in zip((1, 2), kernel.socket.socketpair(), strict=True):
        os.dup2(end.fileno(), number)
        end.close()
    os.dup2(1, NOFILE - 1)
    os.close(NOFILE - 1)


@contextmanager
def _on(kernel: Kernel) -> Iterator[None]:
    """While this lasts, the modules that a test imports are a kernel's."""
    modules: dict[str, Any] = {
        called: getattr(kernel, called) for called in ("select", "socket", "os", "time", "threading")
    }
    modules["resource"] = _limits(kernel)
    with kernel.threading, standing_in(modules), standing_in({"selectors": _load("selectors")}):
        yield


def names() -> list[str]:
    """Every test there is, as ``module.class.method``."""
    found = []
    for module_name in MODULES:
        _load_beneath(module_name)
        with _on(Kernel(nofile=NOFILE)):
            module = _load(f"test.{module_name}")
        for name, kind in vars(module).items():
            if isinstance(kind, type) and issubclass(kind, unittest.TestCase):
                found += [
                    f"{module_name}.{name}.{method}"
                    for method in unittest.defaultTestLoader.getTestCaseNames(kind)
                ]
    return found


def _load_beneath(module_name: str) -> None:
    """Load what a test module needs on the host's modules."""
    with suppress(unittest.SkipTest):
        importlib.import_module(f"test.{module_name}")


def _closed_numbers(module: Any, kernel: Kernel) -> None:
    """Have ``os_helper.make_bad_fd`` give a number that is closed here: the host's could be open."""

    def make_bad_fd() -> int:
        fd = kernel.os.dup(1)
        kernel.os.close(fd)
        return fd

    if hasattr(module, "os_helper"):
        module.os_helper = SimpleNamespace(**{**vars(module.os_helper), "make_bad_fd": make_bad_fd})


def run(name: str) -> unittest.TestResult:
    """Run one test on a kernel of its own."""
    module_name, class_name, method = name.split(".")
    kernel = Kernel(nofile=NOFILE)
    _open_standard_streams(kernel)
    result = unittest.TestResult()
    _load_beneath(module_name)
    with _on(kernel):
        module: Any = _load(f"test.{module_name}")
        _closed_numbers(module, kernel)
        getattr(module, class_name)(method).run(result)
    return result
