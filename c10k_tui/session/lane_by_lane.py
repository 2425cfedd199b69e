"""Work on every lane, one lane after the other, a little in each frame.

Amounts of work are nanoseconds of the price list of :attr:`sim.race.race.Race.work_ns`, not wall time. So a
frame does the same work on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from sim.scenario.lanes import LANES


def missing_lanes(racing: Collection[str], is_known: Callable[[str], bool]) -> list[str]:
    """Lanes without a result, in the order in which they are computed: the lanes of the race come first.

    Args:
        racing: The lanes of the current race.
        is_known: Returns True if a lane has its result.
    """
    lanes = [lane for lane in LANES if not is_known(lane)]
    return sorted(lanes, key=lambda lane: lane not in racing)


def compute_lanes(lanes: Iterable[str], work_ns: int, compute_lane: Callable[[str, int], int]) -> None:
    """Compute lanes in order until the work is used up.

    Args:
        lanes: Lanes without a result.
        work_ns: Work to do at most. The last piece may exceed it.
        compute_lane: Continues one lane with at most this much work, and returns the work that is left.
    """
    for lane in lanes:
        work_ns = compute_lane(lane, work_ns)
        if work_ns <= 0:
            return
