"""The log of a race: changes of settings, and the branches of the past.

A race is decided by its scenario and by the changes made to it. So its past is not stored; it can be run
again. Only this log is stored.

A change of a setting in the past keeps the old future and begins a *branch*. A branch consists of its parent,
the time of the fork, and the changes made on it. The branches form a tree. The *path* of a branch is the list
of changes from the root on. A branch also holds the time up to which it was ever run, and the markers noted
on the way (:class:`Marker`).

A log entry takes about a kilobyte. The serial numbers of its arrivals take 8 bytes for every 2,048 packets.

Why not a snapshot for each change: a lane of a million connections takes megabytes, and a race can have
thousands of changes. Checkpoints (:mod:`sim.race.time_travel.checkpoint_store`) only make going back faster.
Each of them can be dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.scenario.scenario import Scenario
from sim.scenario.workload import Workload

SERVER_SETTINGS = ("fds", "payload", "buffer", "fd_setsize", "seed", "fault")
ARRIVAL_SETTINGS = ("fds", "active", "rate", "burst", "payload", "churn", "seed")


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """Settings that hold from a moment on. The first entry of a path is the start of the race."""

    at_ns: int
    scenario: Scenario
    since_ns: int
    """Virtual time from which the counters count."""
    workload: Workload

    def then(self, scenario: Scenario, at_ns: int) -> SettingsChange:
        """The next entry of the path: other settings from a later moment on."""
        workload = self.workload
        if differs(self.scenario, scenario, ARRIVAL_SETTINGS):
            workload = Workload(scenario, at_ns, workload.serial_at(at_ns))
            self.workload.free_windows()
        joins = set(scenario.lanes) - set(self.scenario.lanes)
        return SettingsChange(at_ns, scenario, at_ns if joins else self.since_ns, workload)


def differs(old: Scenario, new: Scenario, names: tuple[str, ...]) -> bool:
    """True if any of the named settings differs."""
    return any(getattr(old, name) != getattr(new, name) for name in names)


@dataclass(frozen=True, slots=True, order=True)
class Marker:
    """A moment that is marked on the time line."""

    at_ns: int
    kind: str
    """``changed`` (a setting), ``failed`` (the server of a lane stopped), ``struck`` (a fault showed in a
    lane for the first time since its server started), ``dropped`` (the first loss in a lane) or ``fork``."""
    lane: str = ""
    """The lane concerned; empty if there is none."""
    branch: int = 0
    """For a fork: the branch that begins here or, on that branch itself, its parent."""
    fault: str = ""
    """For ``struck``: a name of :data:`sim.scenario.faults.STRIKING`."""


@dataclass(frozen=True, slots=True)
class BranchMoment:
    """A moment on a branch."""

    branch: int
    at_ns: int


@dataclass(frozen=True, slots=True)
class BranchView:
    """A branch as a value, for screens."""

    number: int
    parent: int | None
    """Number of the parent; None for the first branch."""
    fork_ns: int
    """Virtual time at which it left its parent."""
    end_ns: int
    """Virtual time up to which it was ever run."""
    changes: tuple[tuple[int, Scenario], ...]
    """The changes made on it: the time, and the settings from then on."""


@dataclass(slots=True)
class Branch:
    """One future of the race.

    Attributes:
        number: 0 for the first branch.
        parent: branch that it was forked from; None for the first branch.
        fork_ns: virtual time of the fork.
        shared: number of entries at the start of its path that are also its parent's.
        path: all changes from the root on.
        end_ns: virtual time up to which it was ever run.
        noted: failures, faults and first drops, found while it ran.
    """

    number: int
    parent: Branch | None
    fork_ns: int
    shared: int
    path: list[SettingsChange]
    end_ns: int
    noted: set[Marker] = field(default_factory=set)

    def changes_at(self, at_ns: int) -> int:
        """Number of entries of the path at or before a moment; at least 1."""
        path = self.path
        count = len(path)
        while count > 1 and path[count - 1].at_ns > at_ns:
            count -= 1
        return count

    def lineage(self) -> Iterator[tuple[Branch, int, int]]:
        """This branch and its ancestors, each with the time and the number of changes at which it ends."""
        branch: Branch | None = self
        until_ns, changes = self.end_ns, len(self.path)
        while branch is not None:
            yield branch, until_ns, changes
            until_ns, changes = min(until_ns, branch.fork_ns), min(changes, branch.shared)
            branch = branch.parent

    def owner(self, at_ns: int, changes: int) -> Branch:
        """The oldest branch of the lineage that contains a moment."""
        branch = self
        while branch.parent is not None and at_ns <= branch.fork_ns and changes <= branch.shared:
            branch = branch.parent
        return branch


class History:
    """The tree of branches, and the current branch."""

    def __init__(self, first: SettingsChange) -> None:
        self.branches = [Branch(0, None, 0, 0, [first], 0)]
        self.branch = self.branches[0]

    def record(self, change: SettingsChange, changes: int) -> None:
        """Add a change of settings. In the past, it begins a branch, which becomes the current one.

        Args:
            change: the new entry.
            changes: number of entries of the current path that come before it.
        """
        branch = self.branch
        if change.at_ns < branch.end_ns or changes < len(branch.path):
            path = branch.path[:changes]
            branch = Branch(len(self.branches), branch, change.at_ns, changes, path, change.at_ns)
            self.branches.append(branch)
            self.branch = branch
        branch.path.append(change)

    def truncate(self, at_ns: int, changes: int) -> None:
        """Cut the current branch after ``changes`` entries, at ``at_ns``, and drop the other branches."""
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
        """All branches as values, in the order in which they began."""
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
        """The markers of the current branch in order, with the forks that leave it."""
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
