"""What is found out about every lane, one lane after the other and a little in each frame."""

from __future__ import annotations

from typing import ClassVar

from sim.scenario.lanes import LANES


class LaneByLane:
    """The state of a screen with a row for each lane; those that race now come first."""

    FRAME_WORK_NS: ClassVar[int]
    """Work for one frame, by the price list of :attr:`sim.race.race.Race.work_ns`."""

    racing: frozenset[str]
    """The lanes of the race that is on."""

    def is_known(self, lane: str) -> bool:
        """Whether a lane's row is there."""
        raise NotImplementedError

    def _compute_lane(self, lane: str, budget_ns: int) -> int:
        """Go on with one lane; what is left of the work."""
        raise NotImplementedError

    def missing(self) -> list[str]:
        """Lanes whose row is still to be found, those that race first."""
        lanes = [lane for lane in LANES if not self.is_known(lane)]
        return sorted(lanes, key=lambda lane: lane not in self.racing)

    def compute(self, budget_ns: int | None = None) -> bool:
        """Go on, for so much work or one frame's; whether there was anything to do.

        Args:
            budget_ns: By the price list of :attr:`sim.race.race.Race.work_ns`.
        """
        missing = self.missing()
        left_ns = self.FRAME_WORK_NS if budget_ns is None else budget_ns
        for lane in missing:
            left_ns = self._compute_lane(lane, left_ns)
            if left_ns <= 0:
                break
        return bool(missing)
