"""The time line of a race: its lanes, run along the current branch to any moment and back.

Running forward applies the logged changes of settings, each at its time. So running in the past replays all
events up to the end of the branch; after the end, the future is new. To go to a moment, each lane is restored
from its latest checkpoint before that moment, or is built again, and runs up to the moment. The result is the
same either way: lanes are deterministic, and taking a checkpoint changes nothing in a lane.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.machine.costs import CostTable
from sim.machine.records import Record
from sim.race.history import Branch, History, Marker, SettingsChange
from sim.race.lane import Lane
from sim.race.time_travel.checkpoint_store import CheckpointStore
from sim.scenario.scenario import Scenario
from sim.scenario.workload import Workload

_SLICE_NS = 8_000_000
"""Approximate work of a lane, in ns, between two checks whether a checkpoint is due."""
_LONGEST_STRIDE_NS = 1_000_000_000
_MOST_WORK_BESIDE_NS = 60_000_000
"""Largest work, in ns, for a copy of a lane. The user waits for the copy, so longer ones are not made."""


class RaceTimeLine:
    """Lanes on the same arrivals, and their history.

    Args:
        scenario: the settings at the start.
        costs: price of each step.
        history_bytes: memory for all checkpoints together.

    Attributes:
        now_ns: virtual time of all lanes.
        changes: number of entries of the branch's path at or before now.
        lanes: by name, in the scenario's order.
    """

    def __init__(self, scenario: Scenario, costs: CostTable, history_bytes: int) -> None:
        first = SettingsChange(0, scenario, 0, Workload(scenario))
        self.costs = costs
        self.history = History(first)
        self.checkpoints = CheckpointStore(history_bytes)
        self.now_ns = 0
        self.changes = 1
        self._strides_ns: dict[str, int] = {}
        self.lanes = {name: self._built(name, first) for name in scenario.lanes}

    @property
    def settings(self) -> SettingsChange:
        """The settings now."""
        return self.history.branch.path[self.changes - 1]

    def _built(self, name: str, settings: SettingsChange) -> Lane:
        lane = Lane(name, settings.scenario, self.costs, settings.workload, settings.at_ns)
        self.checkpoints.resume(lane, None)
        return lane

    # -- running --------------------------------------------------------------------------

    def run(self, until_ns: int) -> None:
        """Run all lanes to a virtual time, and apply the logged changes on the way."""
        path = self.history.branch.path
        while self.changes < len(path) and path[self.changes].at_ns <= until_ns:
            self._run_lanes(path[self.changes].at_ns)
            self._apply(path[self.changes])
        self._run_lanes(until_ns)
        self.now_ns = until_ns
        branch = self.history.branch
        branch.end_ns = max(branch.end_ns, until_ns)

    def _run_lanes(self, until_ns: int) -> None:
        took = False
        for lane in self.lanes.values():
            took |= self._run(lane, until_ns, self.changes, self.checkpoints.spacing_ns // 2 if took else 0)

    def _run(self, lane: Lane, until_ns: int, changes: int, patience_ns: int = 0) -> bool:
        """Run one lane, and take checkpoints on the way.

        Args:
            lane: the lane.
            until_ns: virtual time at which it stops.
            changes: number of changes that have happened.
            patience_ns: work by which a due checkpoint may be delayed, so that not all lanes take theirs at
                the same time.

        Returns:
            True if a checkpoint was taken.
        """
        took = False
        while True:
            stride_ns = self._strides_ns.get(lane.name, 1_000_000)
            work_ns = lane.work_ns
            stop_ns = min(until_ns, lane.kernel.now_ns + stride_ns)
            lane.run_until(stop_ns)
            done_ns = lane.work_ns - work_ns
            if done_ns > _SLICE_NS:
                self._strides_ns[lane.name] = max(1_000, stride_ns // 2)
            elif done_ns < _SLICE_NS // 4 and stop_ns < until_ns:
                self._strides_ns[lane.name] = min(_LONGEST_STRIDE_NS, 2 * stride_ns)
            if self.checkpoints.overdue_ns(lane) > patience_ns:
                self.checkpoints.put(lane, self.history.branch, changes)
                took = True
            if stop_ns == until_ns:
                self._note(lane, changes)
                return took

    def _note(self, lane: Lane, changes: int) -> None:
        """Note the markers of a lane."""
        for kind, at_ns in (("failed", lane.failed_ns), ("dropped", lane.network.first_drop_ns)):
            if at_ns is not None:
                self._mark(Marker(at_ns, kind, lane.name), changes)
        for fault, strike in lane.faults.by_kind.items():
            self._mark(Marker(strike.first_ns, "struck", lane.name, fault=fault), changes)

    def _mark(self, marker: Marker, changes: int) -> None:
        self.history.branch.owner(marker.at_ns, changes).noted.add(marker)

    # -- changes --------------------------------------------------------------------------

    def change(self, scenario: Scenario) -> None:
        """Change the settings from now on. In the past, this begins a branch."""
        change = self.settings.then(scenario, self.now_ns)
        self.history.record(change, self.changes)
        self._apply(change)

    def _apply(self, change: SettingsChange) -> None:
        """Apply the next entry of the path."""
        before = self.settings
        self.changes += 1
        kept = {name: lane for name, lane in self.lanes.items() if name in change.scenario.lanes}
        for lane in kept.values():
            lane.change(before, change)
        self.lanes = {name: kept.get(name) or self._built(name, change) for name in change.scenario.lanes}
        for lane in self.lanes.values():
            self._note(lane, self.changes)

    def forget_elsewhere(self) -> None:
        """Drop the future of the current branch, and all other branches."""
        branch = self.history.branch
        self.history.truncate(self.now_ns, self.changes)
        self.checkpoints.keep_only(branch)

    # -- going to a moment ----------------------------------------------------------------

    def keep(self) -> None:
        """Take a checkpoint of every lane now."""
        for lane in self.lanes.values():
            self.checkpoints.put(lane, self.history.branch, self.changes)

    def go(self, branch: Branch, at_ns: int) -> None:
        """Go to a moment of a branch. The changes at this moment have happened."""
        target_ns = min(at_ns, branch.end_ns)
        changes = branch.changes_at(target_ns)
        here = self.changes if branch is self.history.branch and self.now_ns <= target_ns else 0
        self.history.branch = branch
        names = branch.path[changes - 1].scenario.lanes
        self.lanes = {name: self._lane_at(name, target_ns, changes, here) for name in names}
        self.now_ns, self.changes = target_ns, changes
        if at_ns > target_ns:
            self.run(at_ns)
        for lane in self.lanes.values():
            lane.journal.recall()

    # -- copies of lanes ------------------------------------------------------------------

    def lane_copy(self, name: str, at_ns: int, heard: Callable[[Record], object]) -> Lane | None:
        """Make a copy of a lane at a moment of the current branch. The race does not change.

        Args:
            name: the lane.
            at_ns: the moment.
            heard: called with each record that the copy makes, on its way to the moment and after it.

        Returns:
            None if the lane does not take part at this moment, or if it needs too much work.
        """
        branch = self.history.branch
        path, changes = branch.path, branch.changes_at(at_ns)
        if name not in path[changes - 1].scenario.lanes:
            return None
        started_by = _started_by(path, name, changes)
        checkpoint = self.checkpoints.latest(name, branch, at_ns, changes, started_by)
        if checkpoint is not None:
            here = checkpoint.changes
            lane = checkpoint.restore(path[here - 1].workload)
        else:
            here, first = started_by, path[started_by - 1]
            lane = Lane(name, first.scenario, self.costs, first.workload, first.at_ns)
        if self._work_to(lane, at_ns) > _MOST_WORK_BESIDE_NS:
            return None
        lane.listen(heard)
        while here < changes:
            lane.run_until(path[here].at_ns)
            lane.change(path[here - 1], path[here])
            here += 1
        lane.run_until(at_ns)
        return lane

    def _work_to(self, lane: Lane, at_ns: int) -> int:
        """Estimated work of a lane up to a moment, in ns, from its work in the race."""
        ran = self.lanes.get(lane.name)
        if ran is None or ran.kernel.now_ns <= lane.kernel.now_ns:
            return 0
        done_ns, span_ns = ran.work_ns - lane.work_ns, ran.kernel.now_ns - lane.kernel.now_ns
        return done_ns * (at_ns - lane.kernel.now_ns) // span_ns

    def _lane_at(self, name: str, at_ns: int, changes: int, here: int) -> Lane:
        """Bring a lane to a moment of the current branch.

        Args:
            name: the lane.
            at_ns: the moment.
            changes: number of entries of the path at or before the moment.
            here: number of entries at or before now, if the running lanes can go on to the moment; otherwise
                0.
        """
        branch = self.history.branch
        path = branch.path
        started_by = _started_by(path, name, changes)
        lane = self.lanes.get(name) if here >= started_by else None
        checkpoint = self.checkpoints.latest(name, branch, at_ns, changes, started_by)
        if checkpoint is not None and (lane is None or checkpoint.at_ns > lane.kernel.now_ns):
            lane, here = checkpoint.restore(path[checkpoint.changes - 1].workload), checkpoint.changes
            self.checkpoints.resume(lane, checkpoint)
        elif lane is None:
            lane, here = self._built(name, path[started_by - 1]), started_by
        while here < changes:
            self._run(lane, path[here].at_ns, here)
            lane.change(path[here - 1], path[here])
            here += 1
        self._run(lane, at_ns, changes)
        return lane


def _started_by(path: list[SettingsChange], name: str, changes: int) -> int:
    """1-based index of the change that started this lane, seen from entry ``changes`` of the path."""
    started_by = changes
    while started_by > 1 and name in path[started_by - 2].scenario.lanes:
        started_by -= 1
    return started_by
