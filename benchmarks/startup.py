"""Time until the commands answer: ``--help``, and the first whole screen."""

from __future__ import annotations

import statistics
import subprocess
import time

from benchmarks import terminal
from benchmarks.report import Figure
from benchmarks.timing import time_ns

HELP_LIMIT_S, FRAME_LIMIT_S = 0.2, 0.8
REPETITIONS = 7
PATIENCE_S = 20
LAST_PART = "who has data"
"""Words on the first complete screen."""


def help_s() -> float:
    """Wall time of ``c10k-tui --help`` in seconds."""

    def job() -> None:
        subprocess.run(
            [*terminal.COMMAND, "--help"], stdout=subprocess.DEVNULL, check=True, timeout=PATIENCE_S
        )

    job()
    return statistics.median(time_ns(job) for _ in range(REPETITIONS)) / 1e9


def first_frame_s(*words: str) -> float:
    """Seconds from the start of the program to its first complete screen."""
    times = []
    for _ in range(REPETITIONS):
        screen = terminal.start(*words)
        try:
            screen.wait_for(painted, PATIENCE_S)
            times.append(time.monotonic() - screen.started_s)
        finally:
            screen.close()
    return statistics.median(times)


def painted(output: bytes) -> bool:
    """True if the output contains a whole frame of the race."""
    whole = output[: output.rfind(terminal.FRAME_END) + 1]
    return LAST_PART in terminal.text(whole)


def figures() -> list[Figure]:
    """Both times; the time of the first screen also with a million descriptors."""
    return [
        Figure("c10k-tui --help", help_s(), "s", HELP_LIMIT_S),
        Figure(
            "first frame, 10,000 fds", first_frame_s(), "s", FRAME_LIMIT_S, note="from exec to a whole screen"
        ),
        Figure("first frame, 1,000,000 fds", first_frame_s("--fds", "1M"), "s", FRAME_LIMIT_S),
    ]
