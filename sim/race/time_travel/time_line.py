"""The course of a race: its lanes, run along the branch that is on, to any moment and back.

Running forward applies the changes of settings that are logged on the way, each at its moment, so that
going on in the past plays what happened, up to where the branch ends; from there on it is new. Going to
a moment, back or forth, takes each lane from its latest checkpoint before it (or builds it, as it was
built then) and runs it up to there. What was there before makes no difference: lanes are deterministic,
and a checkpoint taken or not changes nothing in what they do.
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
"""Work after which a lane's run is interrupted to see whether a checkpoint is due."""
_LONGEST_STRIDE_NS = 1_000_000_000
_MOST_WORK_BESIDE_NS = 60_000_000
"""Work after which a copy of a lane is given up on: somebody waits for it."""


class RaceTimeLine:
    """Lanes on the same arrivals, and their history.

    Attributes:
        now_ns: where it is.
        changes: how many entries of the branch's path have happened.
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
        """What holds now."""
        return self.history.branch.path[self.changes - 1]

    def _built(self, name: str, settings: SettingsChange) -> Lane:
        lane = Lane(name, settings.scenario, self.costs, settings.workload, settings.at_ns)
        self.checkpoints.resume(lane, None)
        return lane

    # -- running --------------------------------------------------------------------------

    def run(self, until_ns: int) -> None:
        """Let time pass; what is logged on the way happens again."""
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
        """Run one lane, leaving checkpoints on the way; whether there was one.

        Args:
            patience_ns: work for which a checkpoint that is due may be put off, so that not all
                lanes take theirs at once.
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
        """Write down what there is to go back to."""
        for kind, at_ns in (("failed", lane.failed_ns), ("dropped", lane.network.first_drop_ns)):
            if at_ns is not None:
                self._mark(Marker(at_ns, kind, lane.name), changes)
        if lane.kernel.faults is not None:
            for fault, strike in lane.kernel.faults.by_kind.items():
                self._mark(Marker(strike.first_ns, "struck", lane.name, fault=fault), changes)

    def _mark(self, marker: Marker, changes: int) -> None:
        self.history.branch.owner(marker.at_ns, changes).noted.add(marker)

    # -- changes --------------------------------------------------------------------------

    def change(self, scenario: Scenario) -> None:
        """Let other settings hold from now on; in the past, that begins a branch."""
        change = self.settings.then(scenario, self.now_ns)
        self.history.record(change, self.changes)
        self._apply(change)

    def _apply(self, change: SettingsChange) -> None:
        """Let a change happen that is the next entry of the path."""
        before = self.settings
        self.changes += 1
        kept = {name: lane for name, lane in self.lanes.items() if name in change.scenario.lanes}
        for lane in kept.values():
            lane.change(before, change)
        self.lanes = {name: kept.get(name) or self._built(name, change) for name in change.scenario.lanes}
        for lane in self.lanes.values():
            self._note(lane, self.changes)

    def forget_elsewhere(self) -> None:
        """Drop what comes after now on the branch that is on, and every other branch."""
        branch = self.history.branch
        self.history.cut(self.now_ns, self.changes)
        self.checkpoints.keep_only(branch)

    # -- going to a moment ----------------------------------------------------------------

    def keep(self) -> None:
        """Take a checkpoint of every lane now."""
        for lane in self.lanes.values():
            self.checkpoints.put(lane, self.history.branch, self.changes)

    def go(self, branch: Branch, at_ns: int) -> None:
        """Go to a moment of a branch, after the changes made at that moment."""
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

    # -- beside the race ------------------------------------------------------------------

    def lane_copy(self, name: str, at_ns: int, heard: Callable[[Record], object]) -> Lane | None:
        """A second copy of a lane at a moment of the branch that is on; the race does not notice.

        Args:
            heard: told of each record that it makes on its way there, and from then on.

        Returns:
            None where the lane takes no part then, or is too much work to be run again.
        """
        branch = self.history.branch
        path, changes = branch.path, branch.changes_at(at_ns)
        if name not in path[changes - 1].scenario.lanes:
            return None
        born = _born(path, name, changes)
        checkpoint = self.checkpoints.latest(name, branch, at_ns, changes, born)
        if checkpoint is not None:
            here = checkpoint.changes
            lane = checkpoint.restore(path[here - 1].workload)
        else:
            here, first = born, path[born - 1]
            lane = Lane(name, first.scenario, self.costs, first.workload, first.at_ns)
        if self._work_to(lane, at_ns) > _MOST_WORK_BESIDE_NS:
            return None
        lane.tell(heard)
        while here < changes:
            lane.run_until(path[here].at_ns)
            lane.change(path[here - 1], path[here])
            here += 1
        lane.run_until(at_ns)
        return lane

    def _work_to(self, lane: Lane, at_ns: int) -> int:
        """About how much work a lane has to do up to a moment, judged by what it did in the race."""
        ran = self.lanes.get(lane.name)
        if ran is None or ran.kernel.now_ns <= lane.kernel.now_ns:
            return 0
        done_ns, span_ns = ran.work_ns - lane.work_ns, ran.kernel.now_ns - lane.kernel.now_ns
        return done_ns * (at_ns - lane.kernel.now_ns) // span_ns

    def _lane_at(self, name: str, at_ns: int, changes: int, here: int) -> Lane:
        """A lane at a moment of the branch that is on.

        Args:
            changes: entries of the path that have happened by then.
            here: the same for the lanes that run now, if the moment lies ahead of them; otherwise 0.
        """
        branch = self.history.branch
        path = branch.path
        born = _born(path, name, changes)
        lane = self.lanes.get(name) if here >= born else None
        checkpoint = self.checkpoints.latest(name, branch, at_ns, changes, born)
        if checkpoint is not None and (lane is None or checkpoint.at_ns > lane.kernel.now_ns):
            lane, here = checkpoint.restore(path[checkpoint.changes - 1].workload), checkpoint.changes
            self.checkpoints.resume(lane, checkpoint)
        elif lane is None:
            lane, here = self._built(name, path[born - 1]), born
        while here < changes:
            self._run(lane, path[here].at_ns, here)
            lane.change(path[here - 1], path[here])
            here += 1
        self._run(lane, at_ns, changes)
        return lane


def _born(path: list[SettingsChange], name: str, changes: int) -> int:
    """The entry of a path with which the life of a lane began that is on after so many, plus 1."""
    born = changes
    while born > 1 and name in path[born - 2].scenario.lanes:
        born -= 1
    return born
