"""Base class of the simulated standard library modules."""

from __future__ import annotations

from sim.stdlib.process import SimulatedProcess


class StdlibModule:
    """A module of the standard library, for one process.

    Args:
        process: the process whose calls these are.
    """

    module = ""
    """The module's name in the standard library."""

    def __init__(self, process: SimulatedProcess) -> None:
        self._process = process

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        names = {*dir(type(self)), *vars(self)} - {"module"}
        offered = ", ".join(sorted(key for key in names if key[0] != "_" and not key.isupper()))
        raise AttributeError(
            f"{self.module}.{name} is left out of the simulated kernel; it has {offered}",
            name=name,
            obj=self,
        )
