"""The fault that a race shows, found in the scenarios it has had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from sim.scenario.fault_presets import FAULT_PRESETS
from sim.scenario.faults import FD_SETSIZE
from sim.scenario.scenario import Scenario


def fault_shown(states: Sequence[Scenario]) -> str | None:
    """The fault that a race shows, made or cured: a name in ``FAULTS``, or ``fd-setsize``; None if it shows
    none.

    A fault that was cured in this race counts. So does the fault of a preset that, without its fault, equals
    the current scenario.

    Args:
        states: The scenarios of the race, from its first to the current one.
    """
    now = states[-1]
    made = [scenario.fault for scenario in states if scenario.fault]
    if made:
        return made[-1]
    for name, (_words, scenario) in FAULT_PRESETS.items():
        plain = replace(scenario, fault="", fd_setsize=False, seed=now.seed)
        if plain == replace(now, fd_setsize=False):
            return scenario.fault or name
    return None


def fault_to_cure(states: Sequence[Scenario]) -> str | None:
    """The present fault, else the one that the latest change removed or made; None if there is none.

    The limit of select counts as a fault here: a screen that names it offers the cure.

    Args:
        states: The scenarios of the race, from its first to the current one.
    """
    now = states[-1]
    if now.fault:
        return now.fault
    for before, after in reversed(list(pairwise(states))):
        if before.fd_setsize != after.fd_setsize:
            return FD_SETSIZE
        if before.fault and not after.fault:
            return before.fault
    return FD_SETSIZE if now.fd_setsize else fault_shown(states)
