"""A step back in races with a mistake, after ten seconds of watching.

At the default pace, ten seconds of watching are some milliseconds of the race. At top speed they are seconds;
this is the case measured here. Lanes with one task have checkpoints, except a lane that a slow reader stops
while it serves. Lanes with several tasks have none (:mod:`sim.servers.task_server`), so they run again from
the start.
"""

from __future__ import annotations

import time

from benchmarks.report import Figure
from benchmarks.seek import session
from sim.race.race import Race
from sim.scenario.fault_presets import FAULT_PRESETS
from sim.servers.task_server import TaskServer

FRAMES = 10 * 30
LIMIT_MS = 1_000


def figures() -> list[Figure]:
    """A step back in the race of each preset."""
    found = []
    for name, (_, scenario) in FAULT_PRESETS.items():
        race, _ = session(scenario, frames=FRAMES)
        begin_s = time.perf_counter()
        race.step_back_event()
        took_ms = 1_000 * (time.perf_counter() - begin_s)
        note = f"{race.end_ns / 1e6:,.0f} ms of virtual time, {race._time_line.checkpoints.count} checkpoints"
        limit = None if _replays(race) else LIMIT_MS
        found.append(Figure(f"{name}: a step back", took_ms, "ms", limit, note=note))
    return found


def _replays(race: Race) -> bool:
    """True if a lane with several tasks takes part."""
    return any(isinstance(lane.server, TaskServer) for lane in race._time_line.lanes.values())
