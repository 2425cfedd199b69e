"""The register of cases: every function that a topic module marks with :func:`case`."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from tests.conformance.world import World


class Case(NamedTuple):
    """One behaviour of the kernel, or of the modules on top of it."""

    topic: str
    name: str
    source: str
    """The source of the behaviour: a man page, a kernel function, a CPython module."""
    see: Callable[[World], Any]
    """Takes a world, and returns the results to compare."""
    needs_bytes: int = 0
    """Memory that the host's side needs at one time, if it is large; else 0."""

    @property
    def left_out(self) -> str | None:
        """The reason why the case cannot run on this machine; None if it can."""
        if not self.needs_bytes:
            return None
        try:
            mmap.mmap(-1, self.needs_bytes).close()
        except (OSError, MemoryError):
            return f"{self.name} needs {self.needs_bytes / 1e9:.1f} GB of memory"
        return None


MOST_EVENTS_BYTES = 2_200_000_000
"""CPython allocates 12 bytes for each of ``maxevents`` before it calls the kernel: at most 2.1 GB."""

CASES: list[Case] = []


def load_all() -> list[Case]:
    """Import every topic, and return all cases."""
    for topic in sorted(Path(__file__).parent.glob("case_*.py")):
        import_module(f"tests.conformance.{topic.stem}")
    return CASES


def case(source: str, needs_bytes: int = 0) -> Callable[[Callable[[World], Any]], Callable[[World], Any]]:
    """Mark a function as a case."""

    def register(function: Callable[[World], Any]) -> Callable[[World], Any]:
        topic = function.__module__.rpartition(".")[2]
        CASES.append(Case(topic, function.__name__, source, function, needs_bytes))
        return function

    return register
