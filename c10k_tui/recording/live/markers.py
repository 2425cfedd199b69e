"""What is worth a marker without anyone asking for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from c10k_tui.session.time_line import change_words
from sim.scenario.fault_presets import FAULT_PRESETS
from sim.scenario.scenario import PRESETS, Scenario


@dataclass(frozen=True, slots=True)
class RaceState:
    """What is raced in one frame."""

    races: int
    """How many races there have been."""
    scenario: Scenario
    forks: int = 0
    """How many branches have begun with a change in the past."""
    jumps: int = 0
    """How many jumps in time: other settings after one are no change."""


def between(before: RaceState, after: RaceState) -> list[str]:
    """The markers that a change from one frame to the next deserves."""
    old, new = before.scenario, after.scenario
    if before.races != after.races:
        return [_begun(old, new)]
    if before.forks != after.forks:
        return [f"fork: {change_words(old, new)}"]
    if before.jumps == after.jumps and old.fds != new.fds:
        return [f"fds {old.fds:,} → {new.fds:,}"]
    if before.jumps == after.jumps and old.fault != new.fault:
        return [change_words(old, new)]
    return []


def _begun(old: Scenario, new: Scenario) -> str:
    """Another race: a preset, another seed, or the same again."""
    if replace(old, seed=new.seed) == new:
        return f"seed {new.seed}" if old.seed != new.seed else "from the beginning"
    for name, (_, preset) in PRESETS.items():
        if replace(preset, lanes=new.lanes, seed=new.seed, fd_setsize=new.fd_setsize) == new:
            return f"preset {name}"
    for name, (_, preset) in FAULT_PRESETS.items():
        if replace(preset, seed=new.seed) == new:
            return f"preset {name}"
    return "another race"
