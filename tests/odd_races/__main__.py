"""A search through odd races for a given number: ``python -m tests.odd_races 5000``.

Each race has one lane and settings at the edges of their ranges, and all figures are checked on its way
(:mod:`tests.support.odd_races`). The exit code is 0 if all of them hold. Otherwise the smallest race that was
found is printed, and its assertion.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time

from hypothesis import HealthCheck, given, seed, settings

from tests.support.odd_races import check_race, odd_scenarios

_ROUND = 500
"""Races between two lines of output."""


def main() -> int:
    """Run the search. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make races", description="one lane at the edges of every setting")
    parser.add_argument("races", type=int, help="number of races")
    parser.add_argument("--arrivals", type=int, default=800, help="packets of a race, about (800)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32), help="seed of the first round")
    chosen = parser.parse_args()
    begun, done, number = time.monotonic(), 0, chosen.seed
    while done < chosen.races:
        count = min(_ROUND, chosen.races - done)
        _search(count, chosen.arrivals, number)
        done += count
        print(f"seed {number}: {done} races, {time.monotonic() - begun:.0f} s, all figures hold", flush=True)
        number += 1
    return 0


def _search(count: int, arrivals: int, number: int) -> None:
    @seed(number)
    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(odd_scenarios(arrivals))
    def search(race: tuple[object, list[int]]) -> None:
        check_race(*race)  # type: ignore[arg-type]

    search()


if __name__ == "__main__":
    sys.exit(main())
