"""Races that go back in time, and races that run straight on, for comparison."""

from __future__ import annotations

from sim.machine.journal import RECALLED
from sim.race.race import Race
from sim.scenario.scenario import Scenario
from tests.support.races import shown

Log = list[tuple[int, Scenario]]
"""Changes of settings: virtual time, and the scenario from then on."""


def everything(race: Race) -> list[object]:
    """All that a race shows right after a jump to its own current time: the frame, descriptors, and the next
    event.
    """
    race.seek(race.now_ns)
    frame = race.frame()
    looks = []
    for lane in frame.lanes:
        last_fd = lane.first_fd + lane.fds - 1
        runs = [(lane.first_fd, last_fd), (0, lane.first_fd)]
        runs += [(fd, fd) for fd in range(lane.first_fd, last_fd, 1 + lane.fds // 25)]
        looks.append([race.inspect(lane.name, *run) for run in runs])
        assert len(lane.records) <= RECALLED
        assert lane.records_lost == 0
    return [*shown(frame), frame.scenario, looks, race.next_event_ns()]


def straight(scenario: Scenario, log: Log, at_ns: int) -> Race:
    """A race that has run straight to a moment, without jumps and checkpoints."""
    race = Race(scenario, history_bytes=0)
    for change_ns, settings_ in log:
        if change_ns <= at_ns:
            race.advance(change_ns)
            race.change(settings_)
    race.advance(at_ns)
    return race


def densely_kept(scenario: Scenario, history_bytes: int, spacing_ns: int) -> Race:
    """A race with many checkpoints, taken after little work."""
    race = Race(scenario, history_bytes=history_bytes)
    kept = race._time_line.checkpoints
    kept.spacing_ns, kept.cost_factor = spacing_ns, 0
    for lane in race._time_line.lanes.values():
        kept.resume(lane, None)
    return race
