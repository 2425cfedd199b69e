"""What was done in a race: settings changed at certain moments, and the branches that makes.

A race is its scenario and the changes made to it, so its past need not be stored: it can be run again.
What is stored is this log. Going back and changing something leaves the old future as it was and begins
a *branch*: its parent, the moment of the fork, and the changes made on it. The branches form a tree, and
the *path* to a moment is the list of changes from the root to it. A branch holds nothing else but how far
it was ever run, and what was noted on the way (:class:`Marker`).

A log entry takes about a kilobyte, its arrivals' serial numbers 8 bytes for every 2,048 packets run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.scenario.scenario import Scenario
from sim.scenario.workload import Workload

SERVER_SETTINGS = ("fds", "payload", "fd_setsize", "seed", "fault")
ARRIVAL_SETTINGS = ("fds", "active", "rate", "burst", "payload", "churn", "seed")


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """Settings that hold from a moment on; the first entry of a path is the start of the race."""

    at_ns: int
    scenario: Scenario
    since_ns: int
    """Since when the accounts run from here on."""
    workload: Workload

    def then(self, scenario: Scenario, at_ns: int) -> SettingsChange:
        """What follows this one: other settings at a later moment."""
        workload = self.workload
        if differs(self.scenario, scenario, ARRIVAL_SETTINGS):
            workload = Workload(scenario, at_ns, workload.serial_at(at_ns))
            self.workload.rest()
        joins = set(scenario.lanes) - set(self.scenario.lanes)
        return SettingsChange(at_ns, scenario, at_ns if joins else self.since_ns, workload)


def differs(old: Scenario, new: Scenario, names: tuple[str, ...]) -> bool:
    """Whether any of these settings is another one."""
    return any(getattr(old, name) != getattr(new, name) for name in names)


@dataclass(frozen=True, slots=True, order=True)
class Marker:
    """A moment worth going to."""

    at_ns: int
    kind: str
    """``changed`` (a setting), ``failed`` (a lane's server), ``struck`` (a fault in a lane, the first
    time since its server was started), ``dropped`` (a lane's first loss), ``fork``."""
    lane: str = ""
    """Which lane, where it is one's."""
    branch: int = 0
    """Of a fork: the branch that begins here or, on that branch itself, the one it left."""
    fault: str = ""
    """Which one has struck: one of :data:`sim.scenario.faults.STRIKING`."""


@dataclass(frozen=True, slots=True)
class BranchMoment:
    """A place in the tree of branches."""

    branch: int
    at_ns: int


@dataclass(frozen=True, slots=True)
class BranchView:
    """A branch as others may know it."""

    number: int
    parent: int | None
    """None for the first."""
    fork_ns: int
    """When it left its parent."""
    end_ns: int
    """How far it was ever run."""
    changes: tuple[tuple[int, Scenario], ...]
    """The changes made on it: when, and the settings that held from then on."""


@dataclass(slots=True)
class Branch:
    """One course of events.

    Attributes:
        number: 0 for the first one.
        parent: what it was forked from; None for the first.
        fork_ns: when.
        shared: how many entries of its parent's path are its own too.
        path: all entries from the root on.
        end_ns: how far it was ever run.
        noted: failures and first drops, as found in running it.
    """

    number: int
    parent: Branch | None
    fork_ns: int
    shared: int
    path: list[SettingsChange]
    end_ns: int
    noted: set[Marker] = field(default_factory=set)

    def changes_at(self, at_ns: int) -> int:
        """How many entries of the path have happened by a moment, those of that very moment included."""
        path = self.path
        count = len(path)
        while count > 1 and path[count - 1].at_ns > at_ns:
            count -= 1
        return count

    def lineage(self) -> Iterator[tuple[Branch, int, int]]:
        """This branch and those it comes from: each, and up to when and to which entry it counts."""
        branch: Branch | None = self
        until_ns, changes = self.end_ns, len(self.path)
        while branch is not None:
            yield branch, until_ns, changes
            until_ns, changes = min(until_ns, branch.fork_ns), min(changes, branch.shared)
            branch = branch.parent

    def owner(self, at_ns: int, changes: int) -> Branch:
        """Which branch of the lineage a moment on the path belongs to: the oldest that has it."""
        branch = self
        while branch.parent is not None and at_ns <= branch.fork_ns and changes <= branch.shared:
            branch = branch.parent
        return branch


class History:
    """The tree of branches, and the one that is on."""

    def __init__(self, first: SettingsChange) -> None:
        self.branches = [Branch(0, None, 0, 0, [first], 0)]
        self.branch = self.branches[0]

    def record(self, change: SettingsChange, changes: int) -> None:
        """A setting was changed after ``changes`` entries of the path: in the past that begins a branch."""
        branch = self.branch
        if change.at_ns < branch.end_ns or changes < len(branch.path):
            path = branch.path[:changes]
            branch = Branch(len(self.branches), branch, change.at_ns, changes, path, change.at_ns)
            self.branches.append(branch)
            self.branch = branch
        branch.path.append(change)

    def cut(self, at_ns: int, changes: int) -> None:
        """End the branch that is on after so many entries of its path; nothing is left but what led there."""
        branch = self.branch
        branch.path = branch.path[:changes]
        branch.end_ns = at_ns
        noted = {
            marker
            for part, until_ns, _ in branch.lineage()
            for marker in part.noted
            if marker.at_ns <= until_ns
        }
        self.branch = Branch(0, None, 0, 0, branch.path, at_ns, noted)
        self.branches = [self.branch]

    def views(self) -> tuple[BranchView, ...]:
        """All branches, in the order in which they began."""
        return tuple(
            BranchView(
                branch.number,
                None if branch.parent is None else branch.parent.number,
                branch.fork_ns,
                branch.end_ns,
                tuple((change.at_ns, change.scenario) for change in branch.path[max(1, branch.shared) :]),
            )
            for branch in self.branches
        )

    def markers(self) -> list[Marker]:
        """What there is to go to on the branch that is on, in order; forks that leave it included."""
        found = {Marker(change.at_ns, "changed") for change in self.branch.path[1:]}
        for branch, until_ns, changes in self.branch.lineage():
            found.update(marker for marker in branch.noted if marker.at_ns <= until_ns)
            if branch.parent is not None:
                found.add(Marker(branch.fork_ns, "fork", branch=branch.parent.number))
            for other in self.branches:
                if other.parent is branch and other.fork_ns <= until_ns and other.shared <= changes:
                    found.add(Marker(other.fork_ns, "fork", branch=other.number))
        own = {branch.number for branch, _, _ in self.branch.lineage()}
        left = {branch.parent.number for branch, _, _ in self.branch.lineage() if branch.parent is not None}
        return sorted(m for m in found if m.kind != "fork" or m.branch not in own or m.branch in left)
