"""Fuzzing for a given number of steps: ``python -m tests.fuzz 200000``.

Programs are drawn in rounds. Each round has its own seed, which is printed: the same seed draws the same
programs. The exit code is 0 if the kernels never differed, else 1; then a script that shows the difference is
printed.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from typing import NoReturn

from tests.fuzz.differences import Difference, smallest
from tests.fuzz.machine import Machine
from tests.fuzz.rounds import play

PROGRAMS_PER_ROUND = 200


def main() -> int:
    """Run the fuzzing. Returns the exit code."""
    parser = _Parser(prog="make fuzz", description="random programs on both kernels")
    parser.add_argument("steps", type=_positive, help="number of calls after which to stop")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32), help="seed of the first round")
    given = parser.parse_args()
    begun, seed = time.monotonic(), given.seed
    while Machine.steps < given.steps:
        try:
            play(PROGRAMS_PER_ROUND, seed=seed)
        except Difference as found:
            print(
                f"seed {seed}: a difference, after {Machine.steps} steps; leaving out what it does not need"
            )
            print(smallest(found).script())
            return 1
        rate = Machine.steps / (time.monotonic() - begun)
        print(
            f"seed {seed}: {Machine.programs} programs, {Machine.steps} steps, {rate:.0f}/s, no difference"
            + (f" ({Machine.unsteady} did not show again)" if Machine.unsteady else ""),
            flush=True,
        )
        seed += 1
    return 0


class _Parser(argparse.ArgumentParser):
    """A parser whose error messages are one line."""

    def error(self, message: str) -> NoReturn:
        """Print the message and exit with code 2."""
        self.exit(2, f"{self.prog}: {message}, as in: make fuzz STEPS=200000\n")


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"must be a number from 1 up, not {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
