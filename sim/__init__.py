"""A simulated kernel: how servers wait for I/O, step by step, in virtual time.

The rooms, from the top down. A room imports only from the rooms below it.

- :mod:`sim.studies`: results of many runs: benchmark, capacity, comparison, papers, calibration.
- :mod:`sim.path`: one packet, followed from the wire to the server's code.
- :mod:`sim.lessons`: programs to read: an event loop, coroutines, echo servers.
- :mod:`sim.race`: lanes that serve the same packets side by side; time travel; a log of faults.
- :mod:`sim.host`: the same calls on the real kernel, measured.
- :mod:`sim.scripts`: a user's asyncio script, run turn by turn and watched.
- :mod:`sim.servers`: one server for each way to wait.
- :mod:`sim.stdlib`: ``Kernel`` with select, socket, os, time, threading and asyncio for Python programs.
- :mod:`sim.frames`: the state of a lane at one moment, as plain values.
- :mod:`sim.kernel`: system calls, descriptors, files; select, poll, epoll, kqueue, io_uring and ports.
- :mod:`sim.scenario`: the settings of a race: sizes, rates, the packets' times, the lanes, the faults.
- :mod:`sim.machine`: clock, CPU, scheduler, prices, accounts, and the journal of events.
- :mod:`sim.stacks`: source lines of Python programs, and stacks of suspended coroutines.

The names of ``__all__`` are the public interface of the library. Each is imported when it is first used, so
that a program that needs only a scenario does not load NumPy, and one that needs no asyncio does not load
asyncio.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.frames.frame import Frame as Frame
    from sim.machine.costs import CostTable as CostTable
    from sim.machine.cpu import Deadlock as Deadlock
    from sim.path.packet_path import follow as follow
    from sim.path.packet_path import next_packet as next_packet
    from sim.race.race import Race as Race
    from sim.scenario.scenario import Scenario as Scenario
    from sim.scenario.scenario import ScenarioError as ScenarioError
    from sim.scripts.script import Script as Script
    from sim.scripts.script_error import ScriptError as ScriptError
    from sim.stdlib.kernel import Kernel as Kernel
    from sim.stdlib.kernel import asyncio_loop as asyncio_loop

_MODULES = {
    "CostTable": "sim.machine.costs",
    "Deadlock": "sim.machine.cpu",
    "Frame": "sim.frames.frame",
    "Kernel": "sim.stdlib.kernel",
    "Race": "sim.race.race",
    "Scenario": "sim.scenario.scenario",
    "ScenarioError": "sim.scenario.scenario",
    "Script": "sim.scripts.script",
    "ScriptError": "sim.scripts.script_error",
    "asyncio_loop": "sim.stdlib.kernel",
    "follow": "sim.path.packet_path",
    "next_packet": "sim.path.packet_path",
}
"""The module of each public name."""
__all__ = [
    "CostTable",
    "Deadlock",
    "Frame",
    "Kernel",
    "Race",
    "Scenario",
    "ScenarioError",
    "Script",
    "ScriptError",
    "asyncio_loop",
    "follow",
    "next_packet",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
