"""Modules of the standard library, loaded once more for one kernel, unchanged.

asyncio's event loop is plain Python that says ``import socket`` and ``import selectors`` at its top.
Executing the same source again, with those statements answered differently, gives an event loop whose
sockets are a simulated kernel's, and not a line of it is ours. What answers is ``__import__``: a
module's globals may bring their own ``__builtins__``, and every ``import`` in that module goes through
the ``__import__`` found there. Nothing of the interpreter is changed, and ``sys.modules`` knows nothing
of the copies.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any


class PatchedModule(ModuleType):
    """A module as it is, but for some names.

    Args:
        module: where all other names come from.
        names: what stands in place of the module's own.
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
    """An ``__import__`` that answers some names with stand-ins, and all others as usual.

    Args:
        stand_ins: what importing a module gives, by the module's full name.
    """

    def __init__(self, stand_ins: Mapping[str, Any]) -> None:
        self.stand_ins = dict(stand_ins)
        self.builtins = {**vars(builtins), "__import__": self.import_}
        """``__builtins__`` of a module whose imports are answered here."""

    def import_(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002 (the names of ``__import__``)
        locals: Mapping[str, Any] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """``__import__``: a package for ``import a.b``, the module itself for ``from a.b import c``."""
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
        """What ``from full_name import names`` is to take its names from."""
        module = self.stand_ins.get(full_name)
        if module is None:
            module = self.load_real(full_name, globals, locals, tuple(names), 0)
        elif "*" in names and not hasattr(module, "__all__"):
            return _spread(module)
        known = {name: self.stand_ins.get(f"{full_name}.{name}") for name in names}
        standing_in = {name: value for name, value in known.items() if value is not None}
        return PatchedModule(module, **standing_in) if standing_in else module

    def load_real(self, *given: Any) -> Any:
        """What no stand-in answers: the interpreter's own import."""
        return __import__(*given)

    def copy(self, name: str) -> ModuleType:
        """Execute a module of the standard library once more, with its imports answered here."""
        spec = importlib.util.find_spec(name)
        assert spec is not None
        loader: Any = spec.loader
        module = importlib.util.module_from_spec(spec)
        module.__dict__["__builtins__"] = self.builtins
        if hasattr(loader, "get_code"):  # which finds it compiled already
            code = loader.get_code(name)
        else:
            code = compile(Path(str(spec.origin)).read_bytes(), str(spec.origin), "exec", dont_inherit=True)
        exec(code, module.__dict__)
        self.stand_ins[name] = module
        return module


def _spread(stand_in: Any) -> ModuleType:
    """A module of all public names of something that is none, for ``from … import *``."""
    module = ModuleType(str(getattr(stand_in, "__name__", "")))
    vars(module).update({name: getattr(stand_in, name) for name in dir(stand_in) if name[0] != "_"})
    return module
