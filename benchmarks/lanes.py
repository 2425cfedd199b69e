"""Up to four lanes on one screen, 120 by 36, 10,000 descriptors, at the default speed: CPU and frames.

Which four are the heaviest depends on what one asks: the most work to simulate (scans, switches), the
most to draw (heat that moves over two grids), or the most packets (all connections active). There is a
row for each.
"""

from __future__ import annotations

import time

from benchmarks import terminal
from benchmarks.report import Figure
from benchmarks.startup import painted

WARM_UP_S, WATCH_S, PATIENCE_S = 2.0, 5.0, 20.0
CPU_PERCENT, FRAMES_A_SECOND = 40, 30
FOURS = (
    ("thread", "select", "epoll", "io_uring"),
    ("process", "thread", "pool", "select"),
    ("select", "poll", "thread", "epoll"),
    ("pool", "epoll-oneshot", "epoll-exclusive", "epoll-et"),
    ("io_uring", "io_uring-sqpoll", "iocp", "kqueue"),
)
LOADS = (
    ("3 active", ()),
    ("all active, 100k req/s", ("--active", "all", "--rate", "100k", "--burst", "50")),
    ("churn", ("--active", "1%", "--churn", "5000")),
)


def figures() -> list[Figure]:
    """Every combination under every load."""
    found = []
    for lanes in FOURS:
        for load, words in LOADS:
            cpu_percent, frames_a_second = watch("--fds", "10000", "--lanes", ",".join(lanes), *words)
            name = f"{' '.join(lanes)}, {load}"
            found += [
                Figure(f"CPU: {name}", cpu_percent, "% of a core", CPU_PERCENT),
                Figure(
                    f"frames a second: {name}", round(frames_a_second), "", FRAMES_A_SECOND, at_least=True
                ),
            ]
    return found


def watch(*words: str) -> tuple[float, float]:
    """CPU in per cent of a core, and frames a second, of the screen started with these words."""
    screen = terminal.start(*words)
    try:
        screen.wait_for(painted, PATIENCE_S)
        screen.watch(WARM_UP_S)
        begin, begin_s, begin_cpu_s = len(screen.output), time.monotonic(), screen.cpu_s()
        screen.watch(WATCH_S)
        took_s, cpu_s = time.monotonic() - begin_s, screen.cpu_s() - begin_cpu_s
        frames = bytes(screen.output[begin:]).count(terminal.FRAME_BEGIN)
    finally:
        screen.close()
    return 100 * cpu_s / took_s, frames / took_s
