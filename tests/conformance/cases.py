"""The register of cases: every function that a topic module marks with :func:`case`."""

from __future__ import annotations

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
    """Where the behaviour is written down: a man page, a kernel function, a CPython module."""
    see: Callable[[World], Any]
    """Takes a world, returns what it saw."""


CASES: list[Case] = []


def load_all() -> list[Case]:
    """Import every topic; all cases."""
    for topic in sorted(Path(__file__).parent.glob("case_*.py")):
        import_module(f"tests.conformance.{topic.stem}")
    return CASES


def case(source: str) -> Callable[[Callable[[World], Any]], Callable[[World], Any]]:
    """Mark a function as a case."""

    def register(function: Callable[[World], Any]) -> Callable[[World], Any]:
        topic = function.__module__.rpartition(".")[2]
        CASES.append(Case(topic, function.__name__, source, function))
        return function

    return register
