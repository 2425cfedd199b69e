"""``python -m benchmarks [NAMES] [--json FILE]``."""

from __future__ import annotations

import argparse
import importlib
import time
from pathlib import Path

from benchmarks.report import Figure, save, show

NAMES = {
    "scan": "a scan, simulated and on the host",
    "events": "an epoll wake-up and SimPy's events",
    "stdlib": "the time that the standard library's modules add to the raw calls",
    "connections": "ten thousand asyncio connections",
    "wakeup": "epoll at a thousand and at a million descriptors",
    "accuracy": "the error of predictions on this machine's kernel",
    "libevent": "a message along 5,000 socketpairs",
    "tasks": "a request in each lane and the thundering herd, simulated and on the host",
    "memory": "a race of a million descriptors",
    "seek": "going back in time, and the cost of checkpoints",
    "faults": "a step back in races with a mistake",
    "path": "the time to follow a packet",
    "startup": "the time until the commands answer",
    "screen": "the screen: CPU, frames, keys",
    "wire": "bytes to the terminal, and keys on slow terminals",
    "lanes": "four lanes on the screen: CPU and frames",
    "watch": "the loop screen with a thousand tasks",
    "recording": "recording: its cost per frame, and its size",
}
"""Benchmarks by module of this package, in the order in which they run."""


def main() -> None:
    """Run the named benchmarks, or all of them, and show their figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and memory.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)} (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to a file")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}")
    figures: list[Figure] = []
    for name in arguments.names or NAMES:
        begin_s = time.monotonic()
        module = importlib.import_module(f"benchmarks.{name}")
        some = module.figures()
        show(some, f"{name}: {NAMES[name]} ({time.monotonic() - begin_s:.0f} s)")
        figures += some
    if arguments.json:
        save(figures, arguments.json)


if __name__ == "__main__":
    main()
