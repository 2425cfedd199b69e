"""The simulated kernel and the race on it; imports the standard library and NumPy only.

The names below are loaded when they are first asked for, so that reading a scenario (or asking
the command line for help) does not pay for loading NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.kernel import Kernel
    from sim.race import Race
    from sim.scenario import Scenario

__all__ = ["Kernel", "Race", "Scenario"]

_HOME = {"Kernel": "sim.kernel", "Race": "sim.race", "Scenario": "sim.scenario"}


def __getattr__(name: str) -> object:
    """One of the names in ``__all__``, loaded now."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
