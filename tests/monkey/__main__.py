"""The monkey for a given number of keys and mouse events: ``python -m tests.monkey 100000``.

Several processes play rounds at the same time. Each round has its own seed. The exit code is 0 if no app
failed, else 1; then the seed and a short sequence that fails are printed. A round that does not end within
:data:`~tests.monkey.worker.PATIENCE_S` is a failure too; then the process prints where it hangs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import secrets
import sys
import time

from tests.monkey.worker import work


def main() -> int:
    """Play rounds. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make monkey", description="random keys, clicks and sizes")
    parser.add_argument("events", type=int, help="number of keys and mouse events after which to stop")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31), help="seed of the first round")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="rounds at the same time")
    parser.add_argument("--minutes", type=float, default=60.0, help="wall time after which to stop")
    given = parser.parse_args()
    end_s = time.monotonic() + 60 * given.minutes
    context = multiprocessing.get_context("spawn")
    events = context.Value("q", 0)
    begun_s = time.monotonic()
    workers = [
        context.Process(target=work, args=(given.seed + number, given.processes, given.events, end_s, events))
        for number in range(given.processes)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    spent_s = time.monotonic() - begun_s
    failed = any(worker.exitcode for worker in workers)
    result = "FAILED" if failed else "no failure"
    print(f"{events.value} events in {spent_s:.0f} s, from seed {given.seed}: {result}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
