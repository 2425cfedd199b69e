"""The interpreter's own tests, unchanged from its ``test`` package, on a simulated kernel.

A second copy of a test module is loaded while ``select``, ``socket``, ``os``, ``time``, ``threading`` and
``selectors`` are a kernel's. The modules that it uses (``test.support``, ``unittest`` …) are loaded before
and have the host's. Two more things are the kernel's instead of the machine's: the limit on descriptors, and
the standard output and error, which are the ends of a socket pair. A test that opens and closes a file only
to get a number that is not open gets such a number of the kernel's.

A module that skips itself on this host (test_kqueue, because Linux has no kqueue) is loaded on a kernel's
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
    """True if the interpreter's own tests are installed."""
    return importlib.util.find_spec("test") is not None and all(
        importlib.util.find_spec(f"test.{name}") is not None for name in MODULES
    )


def _load(name: str) -> ModuleType:
    """A second copy of a standard library module, which imports the modules that are in place now."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def standing_in(modules: dict[str, Any]) -> Iterator[None]:
    """Within this context, imports of these names return these modules."""
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
    """Open 1 and 2, as in any program, and make the table as large as the host's may be."""
    os = kernel.os
    for number, end in zip((1, 2), kernel.socket.socketpair(), strict=True):
        os.dup2(end.fileno(), number)
        end.close()
    os.dup2(1, NOFILE - 1)
    os.close(NOFILE - 1)


@contextmanager
def _on(kernel: Kernel) -> Iterator[None]:
    """Within this context, the modules that a test imports are a kernel's."""
    modules: dict[str, Any] = {
        called: getattr(kernel, called) for called in ("select", "socket", "os", "time", "threading")
    }
    modules["resource"] = _limits(kernel)
    with kernel.threading, standing_in(modules), standing_in({"selectors": _load("selectors")}):
        yield


def names() -> list[str]:
    """All tests, as ``module.class.method``."""
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
    """Load the modules that a test module uses, on the host's modules."""
    with suppress(unittest.SkipTest):
        importlib.import_module(f"test.{module_name}")


def _closed_numbers(module: Any, kernel: Kernel) -> None:
    """Make ``os_helper.make_bad_fd`` return a closed number of the kernel; the host's could be open."""

    def make_bad_fd() -> int:
        fd = kernel.os.dup(1)
        kernel.os.close(fd)
        return fd

    if hasattr(module, "os_helper"):
        module.os_helper = SimpleNamespace(**{**vars(module.os_helper), "make_bad_fd": make_bad_fd})


def run(name: str) -> unittest.TestResult:
    """Run one test on a new kernel."""
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
