"""Jumps back in time: a seek in a session of a minute, the cost of checkpoints, and their memory.

The session is the same as on the screen: a frame every 33 ms for a minute, and in each frame as much of the
race as the budget of wall time allows (speed ``max``). No frame is drawn, so the session takes only the sum
of the budgets and not a minute.
"""

from __future__ import annotations

import random
import statistics
import time
from dataclasses import replace

from benchmarks.report import Figure
from c10k_tui.session.pacer import BUDGET_S
from sim.race.race import Race
from sim.race.time_travel.checkpoint import take_checkpoint
from sim.scenario.scenario import PRESETS, Scenario, Share

FRAMES = 60 * 30
"""One minute at 30 frames a second."""
SEEKS = 40
SEEK_LIMIT_MS = 150
FRAME_MS = 33
_SEED = 1
_ALL = Share(10_000)
THREE = ("select", "poll", "epoll")


def session(
    scenario: Scenario, history_bytes: int | None = None, frames: int = FRAMES
) -> tuple[Race, list[float]]:
    """Run a race for a minute of frames at top speed.

    Returns:
        The race, and the wall time in ms that each frame spent on it.
    """
    race = Race(scenario) if history_bytes is None else Race(scenario, history_bytes=history_bytes)
    step_ns, took_ms = 100_000.0, []
    for _ in range(frames):
        begin_s = time.perf_counter()
        race.advance(race.now_ns + int(step_ns))
        spent_s = time.perf_counter() - begin_s
        race.frame()
        took_ms.append(1_000 * spent_s)
        # Like the pacer: as much as fits into the budget, and at most twice the last step.
        step_ns *= min(2.0, 0.8 + 0.2 * BUDGET_S / max(spent_s, 1e-6))
    return race, took_ms


def seeks_ms(race: Race) -> list[float]:
    """Wall time in ms of each of several seeks across the session, each with its frame and a lookup."""
    chance = random.Random(_SEED)
    took = []
    end_ns = race.end_ns
    for _ in range(SEEKS):
        at_ns = chance.randrange(end_ns)
        begin_s = time.perf_counter()
        race.seek(at_ns)
        race.frame()
        took.append(1_000 * (time.perf_counter() - begin_s))
    return took


def of_session(name: str, scenario: Scenario, limit_ms: float | None) -> list[Figure]:
    """Time of seeks in a session, and memory of its checkpoints."""
    race, frames_ms = session(scenario)
    kept = race._time_line.checkpoints
    count, size_mb = kept.count, kept.size_bytes / 1e6
    virtual_s = race.end_ns / 1e9
    took = seeks_ms(race)
    slowest_ms = sorted(frames_ms)[-len(frames_ms) // 1_000 or -1]
    note = f"{SEEKS} seeks in {virtual_s:.1f} virtual s; median {statistics.median(took):.0f} ms"
    return [
        Figure(f"{name}: the slowest seek", max(took), "ms", limit_ms, note=note),
        Figure(f"{name}: checkpoints", size_mb, "MB", kept.limit_bytes / 1e6, note=f"{count} of them"),
        Figure(f"{name}: the race's part of a frame, 1 in 1,000 is longer", slowest_ms, "ms", FRAME_MS),
    ]


def of_checkpoint(name: str, scenario: Scenario) -> list[Figure]:
    """Cost of taking and of restoring a checkpoint, by lane."""
    race = Race(scenario)
    while race.now_ns < 300_000_000:
        race.advance(race.now_ns + 5_000_000)
    parts, longest_ms = [], 0.0
    for lane in race._time_line.lanes.values():
        bases = race._time_line.checkpoints._bases.setdefault(lane.name, [])
        begin_s = time.perf_counter()
        checkpoint = take_checkpoint(lane, 1, bases)
        taken_s = time.perf_counter()
        assert checkpoint is not None
        checkpoint.restore(race._time_line.settings.workload)
        took_ms, back_ms = 1_000 * (taken_s - begin_s), 1_000 * (time.perf_counter() - taken_s)
        longest_ms = max(longest_ms, took_ms)
        kilobytes = checkpoint.size_bytes / 1e3
        parts.append(f"{lane.name} {took_ms:.1f} ms, {kilobytes:.0f} kB, back {back_ms:.1f} ms")
    return [Figure(f"a checkpoint: {name}", longest_ms, "ms", note="; ".join(parts))]


def overhead(name: str, scenario: Scenario, until_ns: int) -> Figure:
    """Slowdown of a race that keeps checkpoints, measured in turns with a race that does not."""

    def run_s(history_bytes: int) -> float:
        race = Race(scenario, history_bytes=history_bytes)
        begin_s = time.process_time()
        while race.now_ns < until_ns:
            race.advance(race.now_ns + until_ns // 200)
        return time.process_time() - begin_s

    rounds = [(run_s(64 * 1024 * 1024), run_s(0)) for _ in range(5)]
    with_s, without_s = (statistics.median(times) for times in zip(*rounds, strict=True))
    percent = 100 * (with_s / without_s - 1)
    return Figure(f"checkpoints, of the race's own time: {name}", percent, "%", note=f"{without_s:.2f} s")


def figures() -> list[Figure]:
    """Seeks and checkpoints, and their costs."""
    found: list[Figure] = []
    for name, scenario, limit_ms in (
        ("100,000 fds", Scenario(fds=100_000), SEEK_LIMIT_MS),
        ("100,000 fds, 3 lanes", Scenario(fds=100_000, lanes=THREE), SEEK_LIMIT_MS),
        ("100,000 fds, all active", replace(PRESETS["all-active"][1], fds=100_000, lanes=THREE), None),
        ("a million fds, 3 lanes", Scenario(fds=1_000_000, lanes=THREE), None),
        ("16 fds drowned in 1M requests/s", Scenario(fds=16, rate=1_000_000, lanes=THREE), None),
    ):
        found += of_session(name, scenario, limit_ms)
    for fds in (10_000, 100_000, 1_000_000):
        found += of_checkpoint(f"{fds:,} fds", Scenario(fds=fds, lanes=THREE))
        busy = replace(PRESETS["all-active"][1], fds=fds, active=_ALL, lanes=THREE)
        found += of_checkpoint(f"{fds:,} fds, all active", busy)
    found.append(overhead("10,000 fds, 3 lanes", Scenario(lanes=THREE), 1_000_000_000))
    found.append(
        overhead("10,000 fds, all active", replace(PRESETS["all-active"][1], lanes=THREE), 200_000_000)
    )
    return found
