"""The checkpoints of a race: where they lie, and which go when there is no more room.

Checkpoints are taken lane by lane, whenever a lane has done so much work since its last one, so that
running it on from the nearest one takes about as long everywhere, however much virtual time that is.
Together they stay within a bound, arrays that several share counted once. When it is reached, the one
goes that is missed least: whose neighbours lie near each other, for its age. So the gaps grow with the
distance from where the race was run last, the oldest moments and branches left long ago stay in reach,
and only take longer.

What is kept between two checkpoints is nothing: not a copy for a change, not one for a frame. What grows
without a bound is only the log (:mod:`sim.race.history`).
"""

from __future__ import annotations

from bisect import bisect_right
from math import sqrt

from sim.race.history import Branch
from sim.race.lane import Lane
from sim.race.time_travel.checkpoint import Checkpoint, take_checkpoint
from sim.race.time_travel.shared_arrays import BaseArray

LIMIT_BYTES = 64 * 1024 * 1024
"""What all checkpoints of a race may take together."""
SPACING_NS = 25_000_000
"""Work of a lane from one checkpoint to the next (:attr:`sim.race.lane.Lane.work_ns`)."""
COST_FACTOR = 10
"""The spacing is at least so many times what a checkpoint costs."""
Place = tuple[int, str]
"""Branch and lane."""


class CheckpointStore:
    """Checkpoints by branch and lane, in order.

    Args:
        limit_bytes: what they may take together.
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
        """By lane, at which point of its work the next one is due."""

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(len(kept) for kept in self._places.values())

    def overdue_ns(self, lane: Lane) -> int:
        """How much work a lane has done beyond the point at which it needs one."""
        return lane.work_ns - self._next_ns[lane.name]

    def resume(self, lane: Lane, checkpoint: Checkpoint | None) -> None:
        """A lane goes on from a checkpoint, or (None) from where it was built."""
        if checkpoint is None:
            self._next_ns[lane.name] = lane.work_ns + self.spacing_ns
        else:
            spacing_ns = max(self.spacing_ns, self.cost_factor * checkpoint.cost_ns)
            self._next_ns[lane.name] = checkpoint.work_ns + spacing_ns

    def put(self, lane: Lane, branch: Branch, changes: int) -> None:
        """Take a checkpoint of a lane, unless there is one near."""
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

    def latest(self, name: str, branch: Branch, at_ns: int, changes: int, born: int) -> Checkpoint | None:
        """The last checkpoint of a lane on the way to a moment.

        Args:
            changes: entries of the path that have happened by then.
            born: the entry of the path that this life of the lane began with, plus 1.
        """
        for owner, until_ns, upto in branch.lineage():
            kept = self._places.get((owner.number, name), [])
            end = bisect_right(kept, (min(at_ns, until_ns), min(changes, upto)), key=_order)
            for checkpoint in reversed(kept[:end]):
                if checkpoint.changes <= min(changes, upto):
                    return checkpoint if checkpoint.changes >= born else None
        return None

    # -- the bound ------------------------------------------------------------------------

    def _thin(self) -> None:
        """Let those go that are missed least, until the rest is within the bound."""
        while self.size_bytes > self.limit_bytes and (least := self._least_missed()) is not None:
            place, index = least
            self._drop(self._places[place].pop(index), place[1])

    def _drop(self, gone: Checkpoint, lane: str) -> None:
        """A checkpoint has been taken off: arrays that no other one of its lane shares go with it."""
        self.size_bytes -= gone.size_bytes
        for array in gone.arrays:
            if (base := array.base) is not None:
                base.users -= 1
                if not base.users:
                    self._bases[lane].remove(base)
                    self.size_bytes -= base.size_bytes

    def keep_only(self, branch: Branch) -> None:
        """Keep the checkpoints on the way to a branch's end, which is branch 0 from now on."""
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
        """Whose neighbours lie nearest to each other, for its age.

        With gaps that grow as the root of the age, the widest is no more than twice what it would be
        if all were alike, and the latest moments stay near.
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
