"""Studies that are computed only once in a test run: the trials of the comparison, the probes of the
capacity.

The result of a trial or a probe depends only on its arguments. Many tests open the same tables. The first
test computes them; the others get the same progress, step by step, and the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from c10k_tui.screens.comparison import model as comparison_model
from sim.studies import capacity, comparison

StandIn = tuple[object, str, object]
"""An object, the name of an attribute, and the value that it has while the tests of a folder run."""


def shared_studies() -> list[StandIn]:
    """Stand-ins that compute no trial and no probe twice."""
    trial = computed_once(comparison.trial, lambda: None)
    probe = computed_once(capacity.probe_in_pieces, lambda: capacity.RACE_NS)
    return [
        (comparison, "trial", trial),
        (comparison_model, "trial", trial),
        (capacity, "probe_in_pieces", probe),
    ]


def computed_once(steps: Callable[..., Generator[Any, None, Any]], setting: Callable[[], Any]) -> Any:
    """A generator function that replays a finished run with the same arguments and setting, if there is
    one.
    """
    known: dict[Any, tuple[list[Any], Any]] = {}

    def run_or_replay(*given: Any) -> Generator[Any, None, Any]:
        key = (setting(), given)
        if key in known:
            yielded, result = known[key]
            yield from yielded
            return result
        yielded, running = [], steps(*given)
        while True:
            try:
                yielded.append(next(running))
            except StopIteration as stop:
                known[key] = (yielded, stop.value)
                return stop.value
            yield yielded[-1]

    return run_or_replay
