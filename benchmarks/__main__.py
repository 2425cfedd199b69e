"""``python -m benchmarks [NAMES] [--json FILE]``."""

from __future__ import annotations

import argparse
import importlib
import time
from pathlib import Path

from benchmarks.report import Figure, save, show

NAMES = {
    "scan": "a scan, simulated and the host's",
    "events": "an epoll wake-up and SimPy's events",
    "faces": "what the faces add to the raw calls",
    "connections": "ten thousand asyncio connections",
    "wakeup": "epoll at a thousand and at a million descriptors",
    "accuracy": "predictions, and this machine's own kernel",
    "libevent": "a message round 5,000 socketpairs",
    "tasks": "threads, processes and epoll's modes, simulated and the host's",
    "memory": "a race of a million descriptors",
    "seek": "going back in time, and what checkpoints cost",
    "startup": "how soon the commands answer",
    "screen": "the screen: CPU, frames, keys",
    "watch": "the Loop screen with a thousand tasks",
    "recording": "recording: its part of a frame, its size",
}
"""Modules of this package, in the order in which they run, and what they measure."""


def main() -> None:
    """Measure what was asked for, or everything, and show it."""
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
