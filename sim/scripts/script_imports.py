"""The modules that a script's imports find: the kernel's for waiting, fresh copies, or the process's own.

A script says ``import socket``, and so do the packages that it uses. The script, and every module that could
wait for something, is executed with an ``__import__`` that answers these names with the kernel's modules
(:mod:`sim.stdlib.module_copies`). Such a module is called *fresh*. The decision is made for each package:

- Modules of the standard library are not fresh: they are the interpreter's own.
- Modules in the script's folder are fresh.
- An installed package is fresh if one of its files imports ``socket``, ``select``, ``selectors``, or another
  fresh package; and if it has no compiled modules and imports ``time``. The compiled modules of a fresh
  package cannot be imported, because C code does not call our ``__import__``; most such packages have the
  same code in Python.
- All other packages are those that this process has.

While the script runs, fresh modules are in ``sys.modules`` under their names, as any module. When it ends
they are removed, and the modules that were there before are restored.

Why not simply replace ``sys.modules["socket"]``: the screen that shows the script runs in the same process,
and its own sockets, threads and event loop must stay real.
"""

from __future__ import annotations

import calendar
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sim.stdlib.module_copies import PatchedModule, RedirectedImports

if TYPE_CHECKING:
    from sim.stdlib.kernel import Kernel

WAITING = frozenset({"socket", "select", "selectors"})
"""A package that imports one of these may wait for something."""
_IMPORT = re.compile(r"^\s*(?:from|import)\s+([A-Za-z_]\w*)", re.MULTILINE)
_STANDARD_STREAMS = range(3)
_KERNEL_MAKES = ("pipe", "pipe2", "eventfd", "eventfd_read", "eventfd_write")
_KERNEL_HAS = ("read", "write", "close", "dup", "get_blocking", "set_blocking", "get_inheritable")
_NO_DESCRIPTORS = ("open", "fdopen", "openpty", "memfd_create", "pidfd_open")
_NO_ENDINGS = ("_exit", "abort", "kill", "killpg")
"""Functions that would end the host's process, which runs more than the script."""
_NO_SIGNALS = (
    *("signal", "siginterrupt", "set_wakeup_fd", "pthread_sigmask", "alarm", "setitimer"),
    *("raise_signal", "pthread_kill", "pidfd_send_signal", "pause", "sigwait", "sigwaitinfo", "sigtimedwait"),
)
"""Signals would reach the host's process: an alarm would end it, and the screen with it."""


class ScriptImports(RedirectedImports):
    """The imports of one script.

    Args:
        kernel: the kernel whose modules answer.
        folder: the script's folder; modules there are its own.
        runs_here: returns True if the caller is the script's code.
    """

    def __init__(self, kernel: Kernel, folder: Path, runs_here: Callable[[], bool]) -> None:
        stand_ins = dict(kernel.asyncio.imports.stand_ins)
        super().__init__({
            **stand_ins, "os": os_module(kernel), "time": time_module(kernel), "signal": signal_module(),
        })  # fmt: skip
        self.folder = folder
        self._runs_here = runs_here
        self._fresh: dict[str, bool] = {}
        self._path = [str(folder)]  # searched before the interpreter's own path, which is not changed
        self._set_aside: dict[str, ModuleType] = {}
        """Modules of this process that are restored when the script ends, by name."""

    # -- which modules are fresh ----------------------------------------------------------

    def is_fresh(self, package: str) -> bool:
        """True if a package is executed afresh for this script."""
        known = self._fresh.get(package)
        if known is None:
            self._fresh[package] = False  # ends the recursion of two packages that import each other
            known = self._fresh[package] = self._decide(package)
        return known

    def _decide(self, package: str) -> bool:
        if package in sys.stdlib_module_names or package in {"sim", "numpy"}:
            return False
        try:
            spec = PathFinder.find_spec(package, self._path + sys.path)
        except (ImportError, ValueError):
            return False
        if spec is None or not (spec.origin or spec.submodule_search_locations):
            return False
        root = Path(spec.origin) if spec.origin else Path(next(iter(spec.submodule_search_locations or ())))
        if root.is_relative_to(self.folder) and "site-packages" not in root.parts:
            return True
        imported, compiled = _contents(root.parent if spec.submodule_search_locations else root)
        if imported & WAITING or ("time" in imported and not compiled):
            return True
        others = imported - sys.stdlib_module_names - {package}
        return any(self.is_fresh(other) for other in sorted(others))

    def load_real(self, *given: Any) -> Any:
        """Import a module that has no stand-in; a fresh package first replaces the one of this process."""
        name, level = given[0], given[4]
        if not level:
            package = name.partition(".")[0]
            if package not in self._fresh and self.is_fresh(package):
                self._set_package_aside(package)
        return super().load_real(*given)

    def _set_package_aside(self, package: str) -> None:
        """Set a package of this process aside."""
        for name in [name for name in sys.modules if name == package or name.startswith(package + ".")]:
            self._set_aside[name] = sys.modules.pop(name)

    # -- a finder, called before all others -----------------------------------------------

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a fresh module (``sys.meta_path``); None leaves the import to the other finders."""
        if not self._runs_here() or not self.is_fresh(name.partition(".")[0]):
            return None
        spec = PathFinder.find_spec(name, self._path + sys.path if path is None else path, target)
        if spec is None or spec.loader is None:
            return spec
        if isinstance(spec.loader, ExtensionFileLoader):
            raise ImportError(f"{name} is compiled, and cannot be given simulated sockets", name=name)
        spec.loader = _FreshModuleLoader(spec.loader, self.builtins)  # type: ignore[assignment]
        return spec

    @contextmanager
    def in_place(self, main: ModuleType) -> Iterator[None]:
        """Within this context, imports come here first, and ``__main__`` is the script.

        Args:
            main: the script's module.
        """
        before = set(sys.modules)
        main_before = sys.modules.get("__main__")
        sys.modules["__main__"] = main
        sys.meta_path.insert(0, self)
        try:
            yield
        finally:
            sys.meta_path.remove(self)
            for name in set(sys.modules) - before | set(self._set_aside):
                if self._fresh.get(name.partition(".")[0]):
                    sys.modules.pop(name, None)
            sys.modules.update(self._set_aside)
            if main_before is not None:
                sys.modules["__main__"] = main_before


class _FreshModuleLoader:
    """A loader that gives a module its ``__builtins__`` before the module is executed.

    Args:
        loader: finds the module's code.
        builtins: ``__builtins__``, with the script's ``__import__``.
    """

    def __init__(self, loader: Any, builtins: dict[str, Any]) -> None:
        self._loader, self._builtins = loader, builtins

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__builtins__"] = self._builtins
        self._loader.exec_module(module)


def _contents(root: Path) -> tuple[set[str], bool]:
    """The names that a package's files import, and True if some of its files are compiled.

    Args:
        root: the package's folder, or its only file.
    """
    files = [root] if root.is_file() else list(root.rglob("*"))
    imported: set[str] = set()
    for file in files:
        if file.suffix == ".py":
            imported.update(_IMPORT.findall(file.read_text(encoding="utf-8", errors="replace")))
    return imported, any(file.name.endswith(tuple(EXTENSION_SUFFIXES)) for file in files)


def time_module(kernel: Kernel) -> PatchedModule:
    """The time module for a script: the kernel's clocks, and a calendar in UTC that begins in 1970."""

    def gmtime(seconds: float | None = None, /) -> time.struct_time:
        return time.gmtime(kernel.time.time() if seconds is None else seconds)

    def strftime(form: str, moment: tuple[int, ...] | time.struct_time | None = None, /) -> str:
        return time.strftime(form, gmtime() if moment is None else time.struct_time(moment))

    def asctime(moment: tuple[int, ...] | time.struct_time | None = None, /) -> str:
        return time.asctime(gmtime() if moment is None else time.struct_time(moment))

    def ctime(seconds: float | None = None, /) -> str:
        return time.asctime(gmtime(seconds))

    def mktime(moment: Any, /) -> float:
        return float(calendar.timegm(moment))

    names = {"gmtime": gmtime, "localtime": gmtime, "strftime": strftime, "asctime": asctime, "ctime": ctime}
    fixed = {"timezone": 0, "altzone": 0, "daylight": 0, "tzname": ("UTC", "UTC")}
    same = {"struct_time": time.struct_time, "strptime": time.strptime, "mktime": mktime}
    return PatchedModule(kernel.time, **names, **fixed, **same)


def os_module(kernel: Kernel) -> PatchedModule:
    """The os module for a script: all descriptors but the three standard streams are the kernel's."""

    def made_by_kernel(name: str) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(kernel.os, name)
        return function

    def by_number(name: str) -> Callable[..., Any]:
        simulated, real = getattr(kernel.os, name), getattr(os, name)

        def call(fd: int, *given: Any) -> Any:
            ours = fd in kernel.table.files or fd not in _STANDARD_STREAMS
            return (simulated if ours else real)(fd, *given)

        return call

    no_descriptors = "which has no files with descriptors: use open()"
    no_endings = "which shares its process with others: use sys.exit()"

    names = {
        **{name: made_by_kernel(name) for name in _KERNEL_MAKES},
        **{name: by_number(name) for name in _KERNEL_HAS},
        **{name: _refused(f"os.{name}", no_descriptors) for name in _NO_DESCRIPTORS},
        **{name: _refused(f"os.{name}", no_endings) for name in _NO_ENDINGS},
    }
    return PatchedModule(os, **names)


def signal_module() -> PatchedModule:
    """The signal module for a script: its names and numbers, without signals."""
    why = "whose machine has no signals"
    return PatchedModule(signal, **{name: _refused(f"signal.{name}", why) for name in _NO_SIGNALS})


def _refused(call: str, why: str) -> Callable[..., Any]:
    def refuse(*_given: Any, **_named: Any) -> Any:
        raise NotImplementedError(f"{call} is left out of a simulated run, {why}")

    return refuse
