"""Wall time, measured so that it means something: medians, and rivals in turns."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

Job = Callable[[], object]


def time_ns(job: Job) -> int:
    """Wall time of one run."""
    begin_ns = time.perf_counter_ns()
    job()
    return time.perf_counter_ns() - begin_ns


def median_ns(job: Job, repetitions: int = 9) -> float:
    """The median wall time of several runs, after one to warm up."""
    job()
    gc.collect()
    return statistics.median(time_ns(job) for _ in range(repetitions))


def rivals_ns(*jobs: Job, repetitions: int = 7) -> list[float]:
    """The median wall time of each job, the jobs taking turns."""
    for job in jobs:
        job()
    gc.collect()
    rounds = [[time_ns(job) for job in jobs] for _ in range(repetitions)]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]
