"""The checkpoints of a race: their order, and which one is dropped when the memory is full.

Checkpoints are taken lane by lane, each after a certain amount of work since the last one. So running a lane
from the nearest checkpoint takes about the same time for every moment. All checkpoints together stay within a
memory limit; arrays that several checkpoints share count once. When the limit is reached, the store drops the
checkpoint whose neighbours are nearest to each other, relative to its age. So the gaps grow with the distance
from the latest moments. Old moments and old branches can still be reached, but it takes longer.

Between two checkpoints nothing is stored, neither for a change nor for a frame. Only the log
(:mod:`sim.race.history`) grows without a limit.

Why not at equal virtual times: a second of an idle lane takes microseconds to run, and a second of a busy one
takes seconds.
"""

from __future__ import annotations

from bisect import bisect_right
from math import sqrt

from sim.race.history import Branch
from sim.race.lane import Lane
from sim.race.time_travel.checkpoint import Checkpoint, take_checkpoint
from sim.race.time_travel.shared_arrays import BaseArray

LIMIT_BYTES = 64 * 1024 * 1024
"""Memory of all checkpoints of a race together."""
SPACING_NS = 25_000_000
"""Least work of a lane between two checkpoints (:attr:`sim.race.lane.Lane.work_ns`)."""
COST_FACTOR = 10
"""The work between two checkpoints is at least this many times the cost of one."""
Place = tuple[int, str]
"""Number of the branch, name of the lane."""


class CheckpointStore:
    """Checkpoints by branch and lane, in order of time.

    Args:
        limit_bytes: memory of all checkpoints together; 0 for no checkpoints.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.spacing_ns = SPACING_NS
        self.cost_factor = COST_FACTOR
        self.size_bytes = 0
        self._places: dict[Place, list[Checkpoint]] = {}
        self._bases: dict[str, list[BaseArray]] = {}
        self._taken = 0
        self._next_ns: dict[str, int] = {}
        """By lane: the work at which its next checkpoint is due."""

    @property
    def count(self) -> int:
        """Number of checkpoints."""
        return sum(len(kept) for kept in self._places.values())

    def overdue_ns(self, lane: Lane) -> int:
        """Work of a lane since its checkpoint was due; negative if it is not due yet."""
        return lane.work_ns - self._next_ns[lane.name]

    def resume(self, lane: Lane, checkpoint: Checkpoint | None) -> None:
        """Plan the next checkpoint of a lane that goes on from ``checkpoint``; None if it was just built."""
        if checkpoint is None:
            self._next_ns[lane.name] = lane.work_ns + self.spacing_ns
        else:
            spacing_ns = max(self.spacing_ns, self.cost_factor * checkpoint.cost_ns)
            self._next_ns[lane.name] = checkpoint.work_ns + spacing_ns

    def put(self, lane: Lane, branch: Branch, changes: int) -> None:
        """Take a checkpoint of a lane, unless there is one nearby."""
        if not self.limit_bytes:
            return
        place = branch.owner(lane.kernel.now_ns, changes).number, lane.name
        kept = self._places.setdefault(place, [])
        index = bisect_right(kept, (lane.kernel.now_ns, changes), key=_order)
        for near in kept[max(0, index - 1) : index + 1]:
            if abs(near.work_ns - lane.work_ns) < self.spacing_ns // 3 and near.changes == changes:
                self.resume(lane, near)
                return
        bases = self._bases.setdefault(lane.name, [])
        known = len(bases)
        checkpoint = take_checkpoint(lane, changes, bases)
        if checkpoint is None:
            self.resume(lane, None)
            return
        self._taken += 1
        checkpoint.serial = self._taken
        kept.insert(index, checkpoint)
        self.resume(lane, checkpoint)
        self.size_bytes += checkpoint.size_bytes + sum(base.size_bytes for base in bases[known:])
        self._thin()

    def latest(
        self, name: str, branch: Branch, at_ns: int, changes: int, started_by: int
    ) -> Checkpoint | None:
        """The last checkpoint of a lane before a moment.

        Args:
            name: the lane.
            branch: the branch.
            at_ns: the moment.
            changes: number of entries of the path at or before the moment.
            started_by: 1-based index of the change that started this lane.

        Returns:
            None if there is no such checkpoint.
        """
        for owner, until_ns, upto in branch.lineage():
            kept = self._places.get((owner.number, name), [])
            end = bisect_right(kept, (min(at_ns, until_ns), min(changes, upto)), key=_order)
            for checkpoint in reversed(kept[:end]):
                if checkpoint.changes <= min(changes, upto):
                    return checkpoint if checkpoint.changes >= started_by else None
        return None

    # -- the limit ------------------------------------------------------------------------

    def _thin(self) -> None:
        """Drop the least useful checkpoints until the rest is within the limit."""
        while self.size_bytes > self.limit_bytes and (least := self._least_missed()) is not None:
            place, index = least
            self._drop(self._places[place].pop(index), place[1])

    def _drop(self, gone: Checkpoint, lane: str) -> None:
        """Subtract the size of a removed checkpoint, and drop arrays that no other one of its lane uses."""
        self.size_bytes -= gone.size_bytes
        for array in gone.arrays:
            if (base := array.base) is not None:
                base.users -= 1
                if not base.users:
                    self._bases[lane].remove(base)
                    self.size_bytes -= base.size_bytes

    def keep_only(self, branch: Branch) -> None:
        """Keep only the checkpoints on a branch and its ancestors. The branch becomes branch 0."""
        before, self._places = self._places, {}
        spans = {owner.number: (until_ns, upto) for owner, until_ns, upto in branch.lineage()}
        for (number, lane), kept in before.items():
            until_ns, upto = spans.get(number, (-1, 0))
            place = self._places.setdefault((0, lane), [])
            for checkpoint in kept:
                if checkpoint.at_ns <= until_ns and checkpoint.changes <= upto:
                    place.append(checkpoint)
                else:
                    self._drop(checkpoint, lane)
            place.sort(key=_order)

    def _least_missed(self) -> tuple[Place, int] | None:
        """The checkpoint whose neighbours are nearest to each other, relative to its age.

        Gaps grow with the square root of the age. So the widest gap is at most twice what it would be with
        equal gaps, and the latest moments stay near a checkpoint.
        """
        least: tuple[float, Place, int] | None = None
        for place, kept in self._places.items():
            before_ns = 0
            for index, checkpoint in enumerate(kept):
                after = (
                    kept[index + 1].work_ns if index + 1 < len(kept) else checkpoint.work_ns + self.spacing_ns
                )
                missed = (after - before_ns) / sqrt(self._taken + 1 - checkpoint.serial)
                if least is None or missed < least[0]:
                    least = missed, place, index
                before_ns = checkpoint.work_ns
        return None if least is None else least[1:]


def _order(checkpoint: Checkpoint) -> tuple[int, int]:
    return checkpoint.at_ns, checkpoint.changes
