"""The running screen, 120 by 36, select and epoll at the default speed: CPU, frames and keys."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

from benchmarks import terminal
from benchmarks.report import Figure
from benchmarks.startup import painted

WARM_UP_S, WATCH_S, PATIENCE_S = 2.0, 6.0, 20.0
PRESSES = 30
BETWEEN_KEYS_S = 0.13
FRAMES_A_SECOND, CPU_PERCENT, FRAME_KB, KEY_MS = 30, 25, 8, 50
GROWTH = 1.2
"""Largest ratio of the CPU at a million descriptors to that at ten thousand."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Figures of a running screen."""

    cpu_percent: float
    frames_a_second: float
    frame_bytes: float
    """Median size of a frame in bytes."""
    keys_ms: list[float]
    """Milliseconds until each key shows its effect, ascending."""


def watch(fds: int, rungs: tuple[tuple[bytes, int], tuple[bytes, int]]) -> Watched:
    """Run the screen, watch it, then press two keys in turn.

    Args:
        fds: Number of descriptors at the start.
        rungs: The two keys, each with the number of descriptors after it.
    """
    screen = terminal.start("--fds", str(fds))
    screen.look()
    try:
        screen.wait_for(painted, PATIENCE_S)
        screen.watch(WARM_UP_S)
        begin, begin_s, begin_cpu_s = len(screen.output), time.monotonic(), screen.cpu_s()
        screen.watch(WATCH_S)
        took_s = time.monotonic() - begin_s
        cpu_s = screen.cpu_s() - begin_cpu_s
        frames = bytes(screen.output[begin:]).split(terminal.FRAME_BEGIN)[1:]
        keys_ms = []
        for press in range(PRESSES):
            # The waits are uneven, so that keys arrive at all phases of a frame.
            screen.watch(BETWEEN_KEYS_S + press % 7 * 0.005)
            key, leads_to = rungs[press % 2]
            shown = f"{leads_to:,} connections"
            screen.type(key)
            keys_ms.append(1000 * screen.wait_until_shown(shown, PATIENCE_S))
    finally:
        screen.close()
    size = statistics.median(map(len, frames)) if frames else 0.0
    return Watched(100 * cpu_s / took_s, len(frames) / took_s, size, sorted(keys_ms))


def figures() -> list[Figure]:
    """The screen at ten thousand and at a million descriptors."""
    few = watch(10_000, ((b"+", 20_000), (b"-", 10_000)))
    many = watch(1_000_000, ((b"-", 500_000), (b"+", 1_000_000)))
    found = [
        Figure("CPU at 10,000 fds", few.cpu_percent, "% of a core", CPU_PERCENT),
        Figure(
            "CPU at 1,000,000 fds ÷ at 10,000",
            many.cpu_percent / few.cpu_percent,
            "×",
            GROWTH,
            note=f"{many.cpu_percent:.0f} %",
        ),
    ]
    for name, seen in (("10,000 fds", few), ("1,000,000 fds", many)):
        found += [
            Figure(
                f"frames a second at {name}", round(seen.frames_a_second), "", FRAMES_A_SECOND, at_least=True
            ),
            Figure(f"bytes in a frame at {name}", seen.frame_bytes / 1000, "kB", FRAME_KB, note="median"),
            Figure(f"key to effect at {name}, p50", seen.keys_ms[len(seen.keys_ms) // 2], "ms"),
            Figure(
                f"key to effect at {name}, p95",
                seen.keys_ms[-(-95 * len(seen.keys_ms) // 100) - 1],
                "ms",
                KEY_MS,
                note=f"{PRESSES} presses of + and -",
            ),
        ]
    return found
