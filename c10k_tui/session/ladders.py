"""The numbers through which the keys for connections, senders and requests go."""

from __future__ import annotations

from collections.abc import Sequence

from sim.scenario.scenario import Active, Share

ACTIVE_LADDER: tuple[Active, ...] = (1, 3, 10, 30, 100, Share(100), Share(1_000), Share(10_000))
"""Steps of the keys for active connections. Steps that exceed the number of descriptors are left out."""
RATES = (0, 100, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
"""Steps of the keys for the rate, in requests per second."""


def next_rung(rungs: Sequence[int], value: int, direction: int) -> int | None:
    """The rung next to ``value``, above (1) or below (-1); None at the end of the ladder."""
    beyond = [rung for rung in rungs if (rung > value if direction > 0 else rung < value)]
    if not beyond:
        return None
    return beyond[0] if direction > 0 else beyond[-1]
