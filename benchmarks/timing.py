"""Wall time of jobs: medians, with rivals measured in turns."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

Job = Callable[[], object]


def time_ns(job: Job) -> int:
    """Wall time of one run in ns."""
    begin_ns = time.perf_counter_ns()
    job()
    return time.perf_counter_ns() - begin_ns


def median_ns(job: Job, repetitions: int = 9) -> float:
    """Median wall time in ns of several runs, after one warm-up."""
    job()
    gc.collect()
    return statistics.median(time_ns(job) for _ in range(repetitions))


def rivals_ns(*jobs: Job, repetitions: int = 7) -> list[float]:
    """Median wall time in ns of each job. The jobs take turns."""
    for job in jobs:
        job()
    gc.collect()
    rounds = [[time_ns(job) for job in jobs] for _ in range(repetitions)]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]
