"""A process of the monkey: plays rounds, and reports the first that fails."""

from __future__ import annotations

import faulthandler
import sys
import time
import traceback
from multiprocessing.sharedctypes import Synchronized

from tests.monkey.hands import Crash
from tests.monkey.rounds import Round, round_of, smallest

PATIENCE_S = 180
"""Wall seconds after which a round counts as hanging."""


def work(seed: int, step: int, wanted: int, end_s: float, events: Synchronized[int]) -> None:
    """Play every ``step``-th round from a seed, until all processes together have had enough events."""
    while events.value < wanted and time.monotonic() < end_s:
        playing = round_of(seed)
        print(f"seed {seed}: {playing.situation.name}", flush=True)
        faulthandler.dump_traceback_later(PATIENCE_S, exit=True)
        try:
            played = playing.play()
        except Crash as crash:
            faulthandler.cancel_dump_traceback_later()
            report(crash, playing)
            sys.exit(1)
        with events.get_lock():
            events.value += played
        seed += step


def report(crash: Crash, failed: Round) -> None:
    """Print a failure, and a short sequence that leads to it."""
    traceback.print_exception(crash.error)
    print(
        f"seed {failed.seed}: {failed.situation.name} failed; leaving out what it does not need", flush=True
    )
    print(f"race: {failed.race}\nopened by: {list(failed.situation.keys)}")
    for act in smallest(crash, failed):
        print(f"  {act!r}", flush=True)
