"""Second copies of standard library modules for one kernel: the same source, with other imports.

asyncio's event loop is plain Python that says ``import socket`` and ``import selectors`` at its top. If the
same source is executed again, and these imports get a kernel's modules, the result is an event loop on
simulated sockets, and all of its code is the standard library's.

The imports are redirected by ``__import__``: a module's globals may contain their own ``__builtins__``, and
every ``import`` statement of that module calls the ``__import__`` found there.

Why not patch the modules in ``sys.modules``: the process has its own sockets and its own event loop, and two
kernels can be in use at the same time. The copies are not in ``sys.modules``, and the interpreter's modules
do not change.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any


class PatchedModule(ModuleType):
    """A module with some names replaced.

    Args:
        module: the module from which all other names come.
        names: the replacements.
    """

    def __init__(self, module: Any, **names: Any) -> None:
        super().__init__(getattr(module, "__name__", None) or module.module, getattr(module, "__doc__", None))
        self.__dict__["_module"] = module
        self.__dict__.update(names)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_module"], name)

    def __dir__(self) -> list[str]:
        own = {name for name in self.__dict__ if name != "_module"}
        return sorted(own | set(dir(self.__dict__["_module"])))


class RedirectedImports:
    """An ``__import__`` that returns stand-ins for some modules, and imports all others as usual.

    Args:
        stand_ins: the module that an import returns, by the full name of the imported module.
    """

    def __init__(self, stand_ins: Mapping[str, Any]) -> None:
        self.stand_ins = dict(stand_ins)
        self.builtins = {**vars(builtins), "__import__": self.import_}
        """``__builtins__`` for a module whose imports are redirected."""

    def import_(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002 (the names of ``__import__``)
        locals: Mapping[str, Any] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """``__import__``: returns package ``a`` for ``import a.b``, and ``a.b`` for ``from a.b import c``."""
        package = str((globals or {}).get("__package__") or "")
        full_name = importlib.util.resolve_name("." * level + name, package) if level else name
        if fromlist:
            return self._with_names(full_name, fromlist, globals, locals)
        if full_name not in self.stand_ins:
            self.load_real(name, globals, locals, (), level)
        top_name = full_name.partition(".")[0]
        found = self.stand_ins.get(top_name)
        return found if found is not None else importlib.import_module(top_name)

    def _with_names(
        self,
        full_name: str,
        names: Sequence[str],
        globals: Mapping[str, Any] | None,  # noqa: A002
        locals: Mapping[str, Any] | None,  # noqa: A002
    ) -> Any:
        """The module from which ``from full_name import names`` takes its names."""
        module = self.stand_ins.get(full_name)
        if module is None:
            module = self.load_real(full_name, globals, locals, tuple(names), 0)
        elif "*" in names and not hasattr(module, "__all__"):
            return _spread(module)
        known = {name: self.stand_ins.get(f"{full_name}.{name}") for name in names}
        standing_in = {name: value for name, value in known.items() if value is not None}
        return PatchedModule(module, **standing_in) if standing_in else module

    def load_real(self, *given: Any) -> Any:
        """Import a module that has no stand-in, as the interpreter does."""
        return __import__(*given)

    def copy(self, name: str) -> ModuleType:
        """Execute a second copy of a module, with its imports redirected; it becomes a stand-in."""
        spec = importlib.util.find_spec(name)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        module.__dict__["__builtins__"] = self.builtins
        exec(_code_of(spec), module.__dict__)
        self.stand_ins[name] = module
        return module


def _code_of(spec: ModuleSpec) -> CodeType:
    """A module's compiled code; it is read again only if the source file has changed."""
    try:
        version = Path(str(spec.origin)).stat()
    except OSError:  # in a zip archive, for example
        return _read_code(spec.name, spec.loader, str(spec.origin))
    return _code_of_version(spec.name, spec.loader, str(spec.origin), version.st_mtime_ns, version.st_size)


@lru_cache(maxsize=64)
def _code_of_version(name: str, loader: Any, origin: str, mtime_ns: int, size_bytes: int) -> CodeType:
    return _read_code(name, loader, origin)


def _read_code(name: str, loader: Any, origin: str) -> CodeType:
    if hasattr(loader, "get_code"):  # it finds the compiled code
        code: CodeType = loader.get_code(name)
        return code
    return compile(Path(origin).read_bytes(), origin, "exec", dont_inherit=True)


def _spread(stand_in: Any) -> ModuleType:
    """A real module with the public names of a stand-in, for ``from … import *``."""
    module = ModuleType(str(getattr(stand_in, "__name__", "")))
    vars(module).update({name: getattr(stand_in, name) for name in dir(stand_in) if name[0] != "_"})
    return module
