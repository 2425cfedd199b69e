"""A message along a chain of socketpairs, measured here, beside libevent's own benchmark.

libevent's ``test/bench.c -n 5000 -a 1 -w 1000`` passes one byte along 5000 socketpairs, 10,000 descriptors.
Raw calls do the same here (:mod:`sim.host.measuring.message_chain`). The ratios between the methods are
compared, because libevent's program adds the cost of its loop. That program is not part of this project.
``LIBEVENT_BENCH=/path/to/bench`` names a built one, which then runs in turns with ours.
"""

from __future__ import annotations

import os
import subprocess

from benchmarks.report import Figure
from sim.host.measuring.measurement import CannotMeasure
from sim.host.measuring.meter import Meter
from sim.host.measuring.points import MECHANISMS
from sim.host.measuring.waker import FIFO, MEASURED

PAIRS, WRITES = 5_000, 1_000
TURNS = 3
AGREE = 0.2


def quietly() -> None:
    """Set the conditions of the measuring process: one CPU, and real-time priority if that is allowed."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    try:
        os.sched_setscheduler(0, FIFO, MEASURED)
    except OSError:
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def theirs_ns(program: str, method: str) -> float:
    """Time of a wake-up in libevent's program: the lower quartile of the 25 rounds that it prints."""
    words = [program, "-n", str(PAIRS), "-a", "1", "-w", str(WRITES), "-m", method]
    # This process has one thread, so no lock can be held while it forks.
    done = subprocess.run(words, capture_output=True, check=True, text=True, preexec_fn=quietly)
    rounds_us = sorted(int(line) for line in done.stdout.split())
    return 1_000 * rounds_us[len(rounds_us) // 4] / (WRITES + 1)


def figures() -> list[Figure]:
    """Ratios of the two slow methods to epoll, and to each other."""
    program = os.environ.get("LIBEVENT_BENCH")
    ours: dict[str, float] = {}
    libevents: dict[str, float] = {}
    try:
        with Meter() as meter:
            for _ in range(TURNS):
                for method in MECHANISMS:
                    ns = meter.chain(method, PAIRS, WRITES if method == "epoll" else WRITES // 4).ns
                    ours[method] = min(ours.get(method, ns), ns)
                    if program:
                        other = theirs_ns(program, method)
                        libevents[method] = min(libevents.get(method, other), other)
    except (CannotMeasure, OSError, subprocess.CalledProcessError) as why_not:
        return [Figure("a message round 5,000 socketpairs", 0, "", note=str(why_not))]
    found = []
    for upper, lower in (("select", "epoll"), ("poll", "epoll"), ("select", "poll")):
        ratio = ours[upper] / ours[lower]
        note = f"{ours[upper] / 1_000:,.1f} and {ours[lower] / 1_000:,.2f} µs a wake-up"
        found.append(Figure(f"a message round 5,000 socketpairs: {upper} ÷ {lower}", ratio, "×", note=note))
        if program:
            other = libevents[upper] / libevents[lower]
            apart = f"{libevents[upper] / 1_000:,.1f} and {libevents[lower] / 1_000:,.2f} µs"
            note = f"libevent: {other:.3g} ({apart})"
            name = "  how far from libevent's ratio"
            found.append(Figure(name, abs(ratio / other - 1), "", AGREE, note=note))
    return found
