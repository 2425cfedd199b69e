"""Methods that forbid subclassing, copying and pickling, as CPython's classes written in C do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn


def sealed_methods(name: str) -> dict[str, Callable[..., Any]]:
    """Methods for a class's namespace that refuse subclassing, copying and pickling.

    Args:
        name: the class's name in error messages.
    """

    def init_subclass(_cls: type, **_given: object) -> NoReturn:
        raise TypeError(f"type {name!r} is not an acceptable base type")

    def reduce_ex(_self: object, _protocol: object, /) -> NoReturn:
        raise TypeError(f"cannot pickle {name!r} object")

    return {"__init_subclass__": init_subclass, "__reduce_ex__": reduce_ex}
