"""What a script imports: the kernel's modules where they wait, its own modules afresh, the rest as it is.

A script says ``import socket``; so do the libraries it uses. Its module, and every module it brings in
that could wait for anything, is executed with an ``__import__`` that answers those names with the
kernel's faces (:mod:`sim.stdlib.module_copies`). Which modules are executed so is decided by package:

- the standard library is not: its modules are the interpreter's own;
- modules beside the script are;
- an installed package is, if one of its files imports ``socket``, ``select`` or ``selectors``, or another
  package that is; and if it is plain Python and imports ``time``. Its compiled modules are withheld,
  because C code does not ask our ``__import__``: such packages mostly have the same in Python. All other
  packages are the ones that this process has.

While the script runs, these modules are in ``sys.modules`` under their names, as any module is; when it
is over they are taken out, and what was there before is put back.
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
"""Modules whose import says that a package may wait for something."""
_IMPORT = re.compile(r"^\s*(?:from|import)\s+([A-Za-z_]\w*)", re.MULTILINE)
_STANDARD_STREAMS = range(3)
_KERNEL_MAKES = ("pipe", "pipe2", "eventfd", "eventfd_read", "eventfd_write")
_KERNEL_HAS = ("read", "write", "close", "dup", "get_blocking", "set_blocking", "get_inheritable")
_NO_DESCRIPTORS = ("open", "fdopen", "openpty", "memfd_create", "pidfd_open")
_NO_ENDINGS = ("_exit", "abort", "kill", "killpg")
"""Of the host's process, which runs more than the script."""
_NO_SIGNALS = (
    *("signal", "siginterrupt", "set_wakeup_fd", "pthread_sigmask", "alarm", "setitimer"),
    *("raise_signal", "pthread_kill", "pidfd_send_signal", "pause", "sigwait", "sigwaitinfo", "sigtimedwait"),
)
"""Signals are the host's process's: an alarm would end it, and with it what watches the script."""


class ScriptImports(RedirectedImports):
    """A kernel as a script sees it.

    Args:
        kernel: whose modules they are.
        folder: where the script lies; modules there are its own.
        here: says whether the script is who runs now, in this thread of the host's.
    """

    def __init__(self, kernel: Kernel, folder: Path, here: Callable[[], bool]) -> None:
        stand_ins = dict(kernel.asyncio.imports.stand_ins)
        super().__init__({
            **stand_ins, "os": os_module(kernel), "time": time_module(kernel), "signal": signal_module(),
        })  # fmt: skip
        self.folder = folder
        self._here = here
        self._fresh: dict[str, bool] = {}
        self._path = [str(folder)]  # before the interpreter's own, which stays as it is
        self._put_back: dict[str, ModuleType] = {}

    # -- which modules are executed here --------------------------------------------------

    def is_fresh(self, package: str) -> bool:
        """Whether a package is executed anew for this world."""
        known = self._fresh.get(package)
        if known is None:
            self._fresh[package] = False  # two packages that import each other do not ask for ever
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
        """An import that no stand-in answers; room is made first for a package executed anew."""
        name, level = given[0], given[4]
        if not level:
            package = name.partition(".")[0]
            if package not in self._fresh and self.is_fresh(package):
                self._take_out(package)
        return super().load_real(*given)

    def _take_out(self, package: str) -> None:
        """Put a package that this process has aside."""
        for name in [name for name in sys.modules if name == package or name.startswith(package + ".")]:
            self._put_back[name] = sys.modules.pop(name)

    # -- a finder, asked before all others ------------------------------------------------

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """``sys.meta_path``: where a module is, if it is to be executed here."""
        if not self._here() or not self.is_fresh(name.partition(".")[0]):
            return None
        spec = PathFinder.find_spec(name, self._path + sys.path if path is None else path, target)
        if spec is None or spec.loader is None:
            return spec
        if isinstance(spec.loader, ExtensionFileLoader):
            raise ImportError(f"{name} is compiled, and cannot be given simulated sockets", name=name)
        spec.loader = _Loader(spec.loader, self.builtins)  # type: ignore[assignment]
        return spec

    @contextmanager
    def in_place(self, main: ModuleType) -> Iterator[None]:
        """While this lasts, imports go through this world, and ``__main__`` is the script."""
        before = set(sys.modules)
        main_before = sys.modules.get("__main__")
        sys.modules["__main__"] = main
        sys.meta_path.insert(0, self)
        try:
            yield
        finally:
            sys.meta_path.remove(self)
            for name in set(sys.modules) - before | set(self._put_back):
                if self._fresh.get(name.partition(".")[0]):
                    sys.modules.pop(name, None)
            sys.modules.update(self._put_back)
            if main_before is not None:
                sys.modules["__main__"] = main_before


class _Loader:
    """A loader whose modules get their ``__builtins__`` before they are executed."""

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
    """What a package's files import, and whether some of them are compiled."""
    files = [root] if root.is_file() else list(root.rglob("*"))
    imported: set[str] = set()
    for file in files:
        if file.suffix == ".py":
            imported.update(_IMPORT.findall(file.read_text(encoding="utf-8", errors="replace")))
    return imported, any(file.name.endswith(tuple(EXTENSION_SUFFIXES)) for file in files)


def time_module(kernel: Kernel) -> PatchedModule:
    """The time module for a script: the kernel's clocks, and a calendar at UTC, whose time begins in 1970."""

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
    """The os module for a script: descriptors are the kernel's, but for the three standard streams."""

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
    """The signal module for a script: its names and numbers, and no signals."""
    why = "whose machine has no signals"
    return PatchedModule(signal, **{name: _refused(f"signal.{name}", why) for name in _NO_SIGNALS})


def _refused(call: str, why: str) -> Callable[..., Any]:
    def refuse(*_given: Any, **_named: Any) -> Any:
        raise NotImplementedError(f"{call} is left out of a simulated run, {why}")

    return refuse
