"""Memory and start-up time of a race with a million descriptors."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

from benchmarks.report import Figure

FDS = 1_000_000
LIMIT_MB = 200
LIMIT_S = 2.0
REPETITIONS = 3
PATIENCE_S = 60
# Each measurement has its own process, because a process seldom gives memory back. Everything is imported and
# warm before the first reading. The second reading is the peak of a race that has run for a while.
CODE = """
import json, sys, time
from sim.race.race import Race
from sim.scenario.scenario import Scenario

def status(name):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024

lanes = tuple(sys.argv[2].split("+"))
Race(Scenario(fds=16, lanes=lanes)).advance(10_000_000)
before = status("VmRSS")
begin = time.perf_counter()
race = Race(Scenario(fds=int(sys.argv[1]), lanes=lanes))
race.advance(1_000_000)
race.frame()
took = time.perf_counter() - begin
race.advance(200_000_000)
race.frame()
print(json.dumps([status("VmHWM") - before, took]))
"""


def measure(lanes: str) -> tuple[float, float]:
    """Bytes added at the peak, and seconds to the first frame: medians."""
    runs = []
    for _ in range(REPETITIONS):
        command = [sys.executable, "-c", CODE, str(FDS), lanes]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
        runs.append(json.loads(done.stdout))
    added, took = (statistics.median(values) for values in zip(*runs, strict=True))
    return added, took


def figures() -> list[Figure]:
    """Memory and start-up, for the default pair of lanes and for all lanes."""
    found = []
    for lanes in ("select+epoll", "select+poll+epoll"):
        added, took = measure(lanes)
        name = f"a race of {FDS:,} fds, {lanes}"
        found.append(Figure(f"{name}: added memory", added / 1e6, "MB", LIMIT_MB, note="peak, resident"))
        found.append(Figure(f"{name}: start", took, "s", LIMIT_S, note="built, run for 1 ms, first frame"))
    return found
