"""A simulated kernel: how servers wait for I/O, step by step, in virtual time.

Names are imported on first use, so that a program that only needs a scenario does not load NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.machine.cpu import Deadlock as Deadlock
    from sim.race.race import Race as Race
    from sim.scenario.scenario import Scenario as Scenario
    from sim.stdlib.kernel import Kernel as Kernel

_HOMES = {
    "Deadlock": "sim.machine.cpu",
    "Kernel": "sim.stdlib.kernel",
    "Race": "sim.race.race",
    "Scenario": "sim.scenario.scenario",
}
__all__ = ["Deadlock", "Kernel", "Race", "Scenario"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
