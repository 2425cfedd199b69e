"""The programs: every public ``async def`` of the modules ``programs_*``.

A program takes ``log`` and calls it with what it sees. It is plain asyncio. On the host its module is
imported as usual; on a simulated kernel a second copy is loaded, and its ``import socket`` and ``import
time`` get the kernel's modules (:mod:`sim.stdlib.module_copies`).
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
from pathlib import Path
from typing import Any

import sim

PACKAGE = "tests.asyncio_programs"


def names() -> list[str]:
    """All programs, as ``module.function``."""
    found = []
    for path in sorted(Path(__file__).parent.glob("programs_*.py")):
        module = importlib.import_module(f"{PACKAGE}.{path.stem}")
        for name, value in vars(module).items():
            if name[0] != "_" and inspect.iscoroutinefunction(value) and value.__module__ == module.__name__:
                found.append(f"{path.stem}.{name}")
    return found


class Log(list):
    """The calls of ``log``, in order."""

    def __call__(self, *what: Any) -> None:
        self.append(" ".join(map(str, what)))


def on_host(name: str, **given: Any) -> Log:
    """Run a program on the host's asyncio."""
    module_name, _, function = name.partition(".")
    log = Log()
    program = getattr(importlib.import_module(f"{PACKAGE}.{module_name}"), function)
    asyncio.run(program(log, **given))
    return log


def simulated(name: str, kernel: sim.Kernel | None = None, **given: Any) -> Log:
    """Run a program on a simulated kernel."""
    module_name, _, function = name.partition(".")
    kernel = kernel or sim.Kernel()
    log = Log()
    program = getattr(kernel.asyncio.imports.copy(f"{PACKAGE}.{module_name}"), function)
    with kernel.threading:
        kernel.asyncio.run(program(log, **given))
    return log
