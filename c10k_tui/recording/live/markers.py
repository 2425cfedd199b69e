"""Markers that a recording sets without a key: presets, seeds, branches, numbers of descriptors, faults."""

from __future__ import annotations

from dataclasses import dataclass, replace

from c10k_tui.session.time_line import change_words
from sim.scenario.fault_presets import FAULT_PRESETS
from sim.scenario.scenario import PRESETS, Scenario


@dataclass(frozen=True, slots=True)
class RaceState:
    """The facts about the race in one frame that markers need."""

    races: int
    """Number of races so far."""
    scenario: Scenario
    forks: int = 0
    """Number of branches so far that began with a change in the past."""
    jumps: int = 0
    """Number of jumps in time so far. Settings that differ after a jump do not count as a change."""


def markers_between(before: RaceState, after: RaceState) -> list[str]:
    """The markers for the change from one frame to the next."""
    old, new = before.scenario, after.scenario
    if before.races != after.races:
        return [_start_words(old, new)]
    if before.forks != after.forks:
        return [f"fork: {change_words(old, new)}"]
    if before.jumps == after.jumps and old.fds != new.fds:
        return [f"fds {old.fds:,} → {new.fds:,}"]
    if before.jumps == after.jumps and old.fault != new.fault:
        return [change_words(old, new)]
    return []


def _start_words(old: Scenario, new: Scenario) -> str:
    """Words for another race: a preset, another seed, or the same race again."""
    if replace(old, seed=new.seed) == new:
        return f"seed {new.seed}" if old.seed != new.seed else "from the beginning"
    for name, (_, preset) in PRESETS.items():
        if replace(preset, lanes=new.lanes, seed=new.seed, fd_setsize=new.fd_setsize) == new:
            return f"preset {name}"
    for name, (_, preset) in FAULT_PRESETS.items():
        if replace(preset, seed=new.seed) == new:
            return f"preset {name}"
    return "another race"
