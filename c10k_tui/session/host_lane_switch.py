"""The host lane of the race screen: a real server on this machine's kernel, switched on and off by keys.

The screen shows the state of the lane at the end of the last frame, so that a recording can keep it. In a
replay a lane without a server shows the recorded states.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from c10k_tui.session.measured_figures import MeasuredFigures
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.host.host_lane import HostLane
    from sim.host.host_view import HostView
    from sim.scenario.workload import Workload

MECHANISMS = tuple(kind.name for kind in LANES.values() if kind.on_host)
"""Names of the lanes that can run on the host."""
MakeLane = Callable[[str, int, Callable[[], float]], "SteppedLane"]
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


class SteppedLane(Protocol):
    """The members of a host lane that the switch needs."""

    @property
    def requested(self) -> int: ...
    def step(self, workload: Workload, now_ns: int, budget_s: float) -> None: ...
    def view(self) -> HostView: ...
    def close(self) -> None: ...


class RecordedHostLane:
    """A host lane without a server: its states are those of a recording.

    Args:
        figures: The recorded figures.
        first: The state before the first recorded one.
    """

    def __init__(self, figures: MeasuredFigures, first: HostView) -> None:
        self.requested = first.requested
        self._figures = figures
        self._first = first

    def step(self, workload: Workload, now_ns: int, budget_s: float) -> None:
        """Do nothing: the work was done when the recording was made."""

    def view(self) -> HostView:
        """The newest recorded state."""
        return self._figures.host_view or self._first

    def close(self) -> None:
        """Do nothing: there is no server."""


def _make_lane(mechanism: str, fds: int, clock: Callable[[], float]) -> HostLane:
    from sim.host.host_lane import HostLane

    return HostLane(mechanism, fds, clock)


class HostLaneSwitch:
    """Owns the host lane, if there is one.

    Args:
        clock: Seconds on a clock that never goes back.
        figures: The place that measured figures come from: a replay has no server.
        make_lane: Makes a host lane.
    """

    def __init__(
        self, clock: Callable[[], float], figures: MeasuredFigures, make_lane: MakeLane = _make_lane
    ) -> None:
        self._clock = clock
        self._figures = figures
        self._make_lane = make_lane
        self._lane: SteppedLane | None = None
        self._view: HostView | None = None
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
        from sim.host.host_view import starting_view

        self._view = starting_view(self.mechanism, scenario.fds)
        if self._figures.measures:
            self._lane = self._make_lane(self.mechanism, scenario.fds, self._clock)
        else:
            self._lane = RecordedHostLane(self._figures, self._view)

    def step(self, race: ArrivalSource) -> None:
        """Do one frame's share of work. If the number of descriptors of the race has changed, open the
        connections again. A lane of a replay gets a real server when the race is live again.
        """
        if self._lane is None:
            return
        was_recorded = self._figures.measures and isinstance(self._lane, RecordedHostLane)
        if was_recorded or self._lane.requested != race.scenario.fds:
            self.close()
            self._open(race.scenario)
        self._lane.step(race.workload, race.now_ns, BUDGET_S)
        self._view = self._lane.view()

    def view(self) -> HostView | None:
        """The state of the lane to show, at the end of the last frame; None without a lane."""
        return self._view

    def close(self) -> None:
        """End the server and its connections."""
        lane, self._lane, self._view = self._lane, None, None
        if lane is not None:
            lane.close()
