"""What the classes that CPython writes in C refuse: to be a base, and to be copied or pickled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn


def final(name: str) -> dict[str, Callable[..., Any]]:
    """The methods of a class, known by this name, that nobody can derive from, copy or pickle."""

    def init_subclass(_cls: type, **_given: object) -> NoReturn:
        raise TypeError(f"type {name!r} is not an acceptable base type")

    def reduce_ex(_self: object, _protocol: object, /) -> NoReturn:
        raise TypeError(f"cannot pickle {name!r} object")

    return {"__init_subclass__": init_subclass, "__reduce_ex__": reduce_ex}
