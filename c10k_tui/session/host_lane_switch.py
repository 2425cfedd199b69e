"""The host lane as the race screen keeps it: on or off, by which mechanism, and its share of a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.host.host_lane import HostLane, HostView
    from sim.scenario.workload import Workload

MECHANISMS = tuple(kind.name for kind in LANES.values() if kind.on_host)
"""The lanes that a host lane can run."""
MakeLane = Callable[[str, int, Callable[[], float]], "HostLane"]
"""Mechanism, connections, clock."""

BUDGET_S = 0.008
"""What a frame may spend on real sockets: about a quarter of the 33 ms between frames."""


class ArrivalSource(Protocol):
    """What the host lane needs of a race, all of it read only."""

    @property
    def scenario(self) -> Scenario: ...
    @property
    def now_ns(self) -> int: ...
    @property
    def workload(self) -> Workload: ...


def _make_lane(mechanism: str, fds: int, clock: Callable[[], float]) -> HostLane:
    from sim.host.host_lane import HostLane

    return HostLane(mechanism, fds, clock)


class HostLaneSwitch:
    """At most one host lane.

    Args:
        clock: Seconds on a clock that never goes back.
        make_lane: Makes a host lane.
    """

    def __init__(self, clock: Callable[[], float], make_lane: MakeLane = _make_lane) -> None:
        self._clock = clock
        self._make_lane = make_lane
        self._lane: HostLane | None = None
        self.mechanism = MECHANISMS[0]
        """By which the lane waits, or will when it is on."""

    @property
    def on(self) -> bool:
        """Whether there is a host lane."""
        return self._lane is not None

    def toggle(self, scenario: Scenario) -> str:
        """Host lane on or off; gives what to say."""
        if self._lane is not None:
            self.close()
            return "host lane off"
        self._open(scenario)
        return f"host lane: a real {self.mechanism} server on this machine (H: another mechanism)"

    def turn(self, scenario: Scenario) -> str:
        """The next mechanism; turns the lane on if it is off."""
        if self._lane is not None:
            self.close()
            self.mechanism = MECHANISMS[(MECHANISMS.index(self.mechanism) + 1) % len(MECHANISMS)]
        self._open(scenario)
        return f"host lane: a real {self.mechanism} server on this machine"

    def _open(self, scenario: Scenario) -> None:
        self._lane = self._make_lane(self.mechanism, scenario.fds, self._clock)

    def step(self, race: ArrivalSource) -> None:
        """A frame's share of work; another number of descriptors needs other connections."""
        if self._lane is None:
            return
        if self._lane.asked != race.scenario.fds:
            self.close()
            self._open(race.scenario)
        self._lane.step(race.workload, race.now_ns, BUDGET_S)

    def view(self) -> HostView | None:
        """What the lane has to show, if there is one."""
        return None if self._lane is None else self._lane.view()

    def close(self) -> None:
        """End the server and its connections."""
        lane, self._lane = self._lane, None
        if lane is not None:
            lane.close()
