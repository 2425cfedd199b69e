"""The checkpoints of a race stay within their limit, and a race without checkpoints can go back too."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from sim.servers.poll import PollServer
from tests.support.races import MS
from tests.support.time_travel import densely_kept, everything, straight

LANE_NAMES = tuple(LANES)


def test_checkpoints_stay_within_their_bound_and_reach_back_to_the_start():
    limit_bytes = 700_000
    race = densely_kept(Scenario(fds=2_000, lanes=LANE_NAMES), limit_bytes, 300_000)
    for number in range(30):
        race.advance(race.now_ns + 2 * MS)
        race.change(replace(race.scenario, rate=20_000 + number))
        assert race._time_line.checkpoints.size_bytes <= limit_bytes
    kept = race._time_line.checkpoints
    assert kept.count > 6
    assert kept.size_bytes == weighed(race)
    lanes = [[0, *(c.work_ns for c in some)] for some in kept._places.values() if some]
    widest_ns = max(late - early for works in lanes for early, late in pairwise(works))
    assert widest_ns < 4 * sum(works[-1] for works in lanes) / kept.count
    here = everything(race)
    race.seek(MS)
    race.seek(60 * MS)
    assert everything(race) == here


def weighed(race: Race) -> int:
    """The size in bytes of all checkpoints of a race, added one by one."""
    kept = [c for some in race._time_line.checkpoints._places.values() for c in some]
    bases = {id(array.base): array.base for c in kept for array in c.arrays if array.base is not None}
    return sum(c.size_bytes for c in kept) + sum(base.size_bytes for base in bases.values())


def test_a_server_that_cannot_be_restarted_runs_again_from_the_start(monkeypatch):
    monkeypatch.setattr(PollServer, "restartable", False)
    scenario = Scenario(fds=300, rate=100_000, lanes=("select", "poll", "epoll"))
    race = densely_kept(scenario, 400_000, 1_000_000)
    race.advance(40 * MS)
    assert {name for (_, name), kept in race._time_line.checkpoints._places.items() if kept} == {
        "select",
        "epoll",
    }
    race.seek(25 * MS)
    assert everything(race) == everything(straight(scenario, [], 25 * MS))
