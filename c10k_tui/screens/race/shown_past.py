"""The traces of earlier frames on the screen: the cost curve, scans between two frames, warnings that last.

A frame does not always follow from the one before it. The user may have started another race, jumped in time,
or changed a setting, which may have rebuilt the servers. :meth:`ShownPast.meet` detects this, and drops the
traces that are no longer true.
"""

from __future__ import annotations

from enum import Enum, auto

from c10k_tui.screens.race.views.cost_curve import WakeupCostHistory
from c10k_tui.screens.race.views.warning import LastingWarnings
from c10k_tui.session.session import Session
from sim.frames.frame import Frame


class Continuity(Enum):
    """The relation of a frame to the frame before it."""

    CONTINUES = auto()
    """The same race without a change or a jump, at the same or a later time."""
    CHANGED = auto()
    """A setting changed: servers may have been rebuilt, or a branch began."""
    ELSEWHERE = auto()
    """Another race, or another time of the same race."""


class ScanCounts:
    """Scans that each scanning lane finished between two frames."""

    def __init__(self) -> None:
        self.finished: dict[str, int] = {}
        """Number of finished scans between the last two frames, by lane."""
        self._passes: dict[str, int] = {}

    def count(self, frame: Frame) -> None:
        """Compare a frame with the one before it."""
        passes = {lane.name: lane.counters.passes for lane in frame.lanes if lane.kind.scans}
        self.finished = {
            name: max(0, count - self._passes.get(name, count)) for name, count in passes.items()
        }
        self._passes = passes

    def forget(self) -> None:
        """Start over: the next frame does not follow from the last one."""
        self._passes.clear()
        self.finished.clear()


class ShownPast:
    """The screen's memory of earlier frames.

    Args:
        session: The race and its pace.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.warnings = LastingWarnings()
        self.scans = ScanCounts()
        self.costs = WakeupCostHistory()
        self._seen = (0, 0, 0)
        """Numbers of races, changes and jumps at the last frame."""
        self._branch = 0

    def meet(self, frame: Frame) -> Continuity:
        """Compare a frame with the last one, and drop what is no longer true."""
        session = self._session
        before, self._seen = self._seen, (session.races, session.changes, session.travel.jumps)
        if self._seen == before:
            return Continuity.CONTINUES
        another_race, jumped = self._seen[0] != before[0], self._seen[2] != before[2]
        self.warnings.forget()
        if another_race or jumped:
            self.scans.forget()
        branch, self._branch = self._branch, session.race.branch
        if another_race or (jumped and branch != self._branch):
            self.costs.forget()
        elif jumped:
            self.costs.go_to(frame)
        elif branch != self._branch:
            self.costs.cut(frame.now_ns)
        return Continuity.ELSEWHERE if another_race or jumped else Continuity.CHANGED
