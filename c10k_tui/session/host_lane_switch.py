"""The host lane of the race screen: a real server on this machine's kernel, switched on and off by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.host.host_lane import HostLane
    from sim.host.host_view import HostView
    from sim.scenario.workload import Workload

MECHANISMS = tuple(kind.name for kind in LANES.values() if kind.on_host)
"""Names of the lanes that can run on the host."""
MakeLane = Callable[[str, int, Callable[[], float]], "HostLane"]
"""Makes a host lane from a mechanism, a number of connections and a clock."""

BUDGET_S = 0.008
"""Wall seconds that a frame may spend on real sockets: about a quarter of the 33 ms between frames."""


class ArrivalSource(Protocol):
    """The members of a race that the host lane reads."""

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
    """Owns the host lane, if there is one.

    Args:
        clock: Seconds on a clock that never goes back.
        make_lane: Makes a host lane.
    """

    def __init__(self, clock: Callable[[], float], make_lane: MakeLane = _make_lane) -> None:
        self._clock = clock
        self._make_lane = make_lane
        self._lane: HostLane | None = None
        self.mechanism = MECHANISMS[0]
        """The mechanism with which the lane waits now, or will wait when it is switched on."""

    @property
    def on(self) -> bool:
        """True if there is a host lane."""
        return self._lane is not None

    def toggle(self, scenario: Scenario) -> str:
        """Switch the host lane on or off. Returns the notice to show."""
        if self._lane is not None:
            self.close()
            return "host lane off"
        self._open(scenario)
        return f"host lane: a real {self.mechanism} server on this machine (H: another mechanism)"

    def next_mechanism(self, scenario: Scenario) -> str:
        """Switch to the next mechanism, or the lane on if it is off. Returns the notice to show."""
        if self._lane is not None:
            self.close()
            self.mechanism = MECHANISMS[(MECHANISMS.index(self.mechanism) + 1) % len(MECHANISMS)]
        self._open(scenario)
        return f"host lane: a real {self.mechanism} server on this machine"

    def _open(self, scenario: Scenario) -> None:
        self._lane = self._make_lane(self.mechanism, scenario.fds, self._clock)

    def step(self, race: ArrivalSource) -> None:
        """Do one frame's share of work. If the number of descriptors of the race has changed, open the
        connections again.
        """
        if self._lane is None:
            return
        if self._lane.requested != race.scenario.fds:
            self.close()
            self._open(race.scenario)
        self._lane.step(race.workload, race.now_ns, BUDGET_S)

    def view(self) -> HostView | None:
        """The state of the lane to show; None without a lane."""
        return None if self._lane is None else self._lane.view()

    def close(self) -> None:
        """End the server and its connections."""
        lane, self._lane = self._lane, None
        if lane is not None:
            lane.close()
