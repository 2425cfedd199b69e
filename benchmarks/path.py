"""Time to follow a packet, at ten thousand and at a million descriptors."""

from __future__ import annotations

from benchmarks.report import Figure
from benchmarks.timing import median_ns
from sim.machine.records import Kind
from sim.path.packet_path import follow
from sim.path.path_values import FollowedPacket
from sim.race.race import Race
from sim.scenario.scenario import Scenario

RACED_NS = 300_000_000
MOST_MS = 1_000


def follow_ms(fds: int) -> float:
    """Milliseconds from the key to the whole path of a race's newest packet."""
    race = Race(Scenario(fds=fds))
    race.advance(RACED_NS)
    record = [record for record in race.frame().lanes[-1].records if record[1] == Kind.PACKET][-1]
    return median_ns(lambda: follow(race, FollowedPacket(record[0], record[5])), 5) / 1e6


def figures() -> list[Figure]:
    """Time to follow the newest packet."""
    return [
        Figure(f"a packet's path, {fds:,} descriptors", follow_ms(fds), "ms", MOST_MS)
        for fds in (10_000, 1_000_000)
    ]
