"""Four lanes on one screen, 120 by 36, 10,000 descriptors: CPU and frames.

The heaviest four lanes depend on the kind of work: most to simulate (scans, switches), most to draw (heat
that moves over two grids), or most packets (all connections active). Each kind has a row. A frame is sent
only when something on the screen has changed. Lanes without scans stand still between two bursts, so their
frames are counted at a speed at which something always changes.
"""

from __future__ import annotations

import statistics
import time

from benchmarks import terminal
from benchmarks.report import Figure
from sim.scenario.lanes import LANES

WARM_UP_S, WINDOW_S, PATIENCE_S = 2.0, 1.0, 20.0
WINDOWS = 5
CPU_PERCENT, FRAMES_A_SECOND = 40, 30
FOURS = (
    ("thread", "select", "epoll", "io_uring"),
    ("process", "thread", "pool", "select"),
    ("thread", "select", "poll", "epoll"),
    ("epoll-et", "epoll-oneshot", "epoll-exclusive", "pool"),
    ("kqueue", "io_uring", "io_uring-sqpoll", "iocp"),
)
ALL_ACTIVE = ("--active", "all", "--rate", "100k", "--burst", "50")
LOADS = (
    ("3 active", ()),
    ("all active, 100k req/s", ALL_ACTIVE),
    ("1% active, 5,000 reconnects/s", ("--active", "1%", "--churn", "5000")),
)
FAST = ("--speed", "100")


def figures() -> list[Figure]:
    """Every combination of lanes under every load."""
    found = []
    for lanes in FOURS:
        loads = [*LOADS]
        scans = any(LANES[lane].scans for lane in lanes)
        if not scans:
            loads.append(("all active, 100k req/s, 50 times as fast", (*ALL_ACTIVE, *FAST)))
        for load, words in loads:
            cpu_percent, frames = watch("--fds", "10000", "--lanes", ",".join(lanes), *words)
            name = f"{', '.join(lanes)}: {load}"
            each = f"{10 * cpu_percent / frames:.1f} ms a frame" if frames else ""
            found.append(Figure(name, cpu_percent, "% of a core", CPU_PERCENT, note=each))
            limit = FRAMES_A_SECOND if scans or words[-2:] == FAST else None
            found.append(Figure("  frames a second", frames, "", limit, at_least=True))
    return found


def watch(*words: str) -> tuple[float, float]:
    """Start a screen and watch it.

    Returns:
        CPU in per cent of a core, and frames a second: medians over seconds.
    """
    screen = terminal.start(*words)
    cpu_percent, frames = [], []
    try:
        screen.wait_for(lambda new: b"wake-ups" in new, PATIENCE_S)
        screen.watch(WARM_UP_S)
        for _ in range(WINDOWS):
            begin, begin_s, begin_cpu_s = len(screen.output), time.monotonic(), screen.cpu_s()
            screen.watch(WINDOW_S)
            took_s = time.monotonic() - begin_s
            cpu_percent.append(100 * (screen.cpu_s() - begin_cpu_s) / took_s)
            frames.append(bytes(screen.output[begin:]).count(terminal.FRAME_BEGIN) / took_s)
    finally:
        screen.close()
    return statistics.median(cpu_percent), round(statistics.median(frames))
