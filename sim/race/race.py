"""The race: lanes that wait in different ways for the same packets.

All lanes run to the same virtual time, each on its own kernel. They share nothing but the schedule of
arrivals. Running to a time in one step or in many gives the same frame. The same scenario with the same
changes at the same times always gives the same race.

Settings can change at any moment. The rate and the burst change the arrivals from then on. The number of
descriptors, churn, the payload, the buffer and FD_SETSIZE rebuild the servers at that moment
(:mod:`sim.race.lane`). A lane that is added starts at that moment, and the counters of all lanes start again,
because sums over different times cannot be compared.

The race can go back to any moment exactly, and from there into another future. :mod:`sim.race.history` holds
the branches, :mod:`sim.race.time_travel.time_line` goes to a moment, and
:mod:`sim.race.time_travel.checkpoint_store` holds the checkpoints that make it fast. When the race is at a
moment, all events of this moment have happened, changes of settings included.

Why not run the lanes one after the other: a frame shows all lanes at one virtual time, and a change of
settings comes at one virtual time in all of them.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.frames.frame import FdView, Frame
from sim.machine.clock import NEVER
from sim.machine.costs import BUILT_IN, CostTable
from sim.machine.records import Kind, Record
from sim.race.history import BranchMoment, BranchView, Marker, SettingsChange
from sim.race.lane import Lane
from sim.race.time_travel.checkpoint_store import LIMIT_BYTES
from sim.race.time_travel.time_line import RaceTimeLine
from sim.scenario.scenario import Scenario
from sim.scenario.workload import Workload, mean_gap_ns

Wanted = Callable[[Record], bool]
"""True for a record at which a step stops."""
_MOST_STEPS = 10_000
"""Number of events after which a step gives up: if interrupts take all the CPU, no call is ever made."""
_STEPS_AT_ONE_TIME = 1_000
_LOOKS_BACK = 10
"""Number of jumps back in search of a descriptor. After each, the newest records are searched."""
_NEAR_NS = 1_000
_FARTHER = 8
"""The first jump back if no record is known, in ns, and the factor by which each further jump is longer."""


class Race:
    """Lanes on the same arrivals.

    Args:
        scenario: the settings at the start.
        costs: price of each step.
        history_bytes: memory for all checkpoints together. With 0, going back runs everything again from the
            start.
    """

    def __init__(
        self, scenario: Scenario, costs: CostTable = BUILT_IN, history_bytes: int = LIMIT_BYTES
    ) -> None:
        self.costs = costs
        self._time_line = RaceTimeLine(scenario, costs, history_bytes)

    @property
    def now_ns(self) -> int:
        """Virtual time of the race."""
        return self._time_line.now_ns

    @property
    def scenario(self) -> Scenario:
        """The settings now."""
        return self._time_line.settings.scenario

    # -- time -----------------------------------------------------------------------------

    def advance(self, until_ns: int) -> None:
        """Run every lane to a virtual time. In the past, this replays all events, changes included.

        Raises:
            ValueError: the time lies before now.
        """
        if until_ns < self.now_ns:
            raise ValueError(
                f"the race is at {self.now_ns} ns and cannot go back to {until_ns} ns: seek does"
            )
        self._time_line.run(until_ns)

    def next_event_ns(self) -> int | None:
        """Time of the next event in any lane; None if nothing will ever happen."""
        due_ns = min(lane.kernel.next_due_ns() for lane in self._time_line.lanes.values())
        return None if due_ns >= NEVER else due_ns

    def step_event(self) -> None:
        """Run to the next event: a packet, or the end of a step."""
        before_ns = self.now_ns
        for _ in range(_STEPS_AT_ONE_TIME):
            due_ns = self.next_event_ns()
            if due_ns is None:
                return
            self.advance(due_ns)
            if self.now_ns > before_ns:
                return

    def step_syscall(self) -> bool:
        """Run until a lane enters a system call, returns from one, or goes to sleep in one.

        Returns:
            False if no lane did, because all servers have stopped or interrupts take all the CPU.
        """
        if all(lane.failure is not None for lane in self._time_line.lanes.values()):
            return False
        return self._step_to(_is_of_a_call)

    def step_to_fd(self, fd: int) -> bool:
        """Run until something happens to a descriptor in a lane: a packet, a read, a write, its close.

        Returns:
            False if nothing happened within the next 10,000 events.
        """
        return self._step_to(_is_of(fd))

    def _step_to(self, wanted: Wanted) -> bool:
        for _ in range(_MOST_STEPS):
            made, before_ns = self._made(), self.now_ns
            self.step_event()
            if self._made_since(made, wanted):
                return True
            if self.now_ns == before_ns:
                return False
        return False

    @property
    def scan_ns(self) -> int:
        """Cost of one pass of select over all descriptors, in ns."""
        fds = self.scenario.fds
        return max(1, fds * self.costs.each_ps(self.costs.scan_ps, fds) // 1000)

    @property
    def gap_ns(self) -> int:
        """Mean time between two bursts, in ns; :data:`~sim.machine.clock.NEVER` if nothing arrives."""
        return mean_gap_ns(self.scenario)

    @property
    def work_ns(self) -> int:
        """Estimated computing time of all lanes up to now, in ns (:attr:`sim.race.lane.Lane.work_ns`)."""
        return sum(lane.work_ns for lane in self._time_line.lanes.values())

    @property
    def workload(self) -> Workload:
        """The schedule of arrivals. Reading it changes nothing in the race."""
        return self._time_line.settings.workload

    # -- settings -------------------------------------------------------------------------

    @property
    def past(self) -> tuple[tuple[int, Scenario], ...]:
        """The changes up to now, in order: the time, and the settings from then on."""
        course = self._time_line
        return tuple(
            (change.at_ns, change.scenario) for change in course.history.branch.path[1 : course.changes]
        )

    @property
    def log(self) -> tuple[tuple[int, Scenario], ...]:
        """All settings of the current branch, also future ones, each with the time from which it holds."""
        return tuple((change.at_ns, change.scenario) for change in self._time_line.history.branch.path)

    def change(self, scenario: Scenario) -> None:
        """Change the settings from now on. In the past, this begins a branch and makes it current."""
        if scenario != self.scenario:
            self._time_line.change(scenario)

    # -- back and forth -------------------------------------------------------------------

    @property
    def end_ns(self) -> int:
        """Virtual time up to which the current branch was ever run. Before it, the race is in the past."""
        return self._time_line.history.branch.end_ns

    def seek(self, at_ns: int) -> None:
        """Go to a moment of the current branch, in either direction, also beyond its end.

        The next frame equals that of a race run straight to this moment, with one exception: its records are
        the newest :data:`~sim.machine.journal.RECALLED` up to this moment, and none count as lost.

        Raises:
            ValueError: the moment lies before the start.
        """
        self.go_to(BranchMoment(self._time_line.history.branch.number, at_ns))

    def snapshot(self) -> BranchMoment:
        """This moment, for :meth:`go_to`. A checkpoint is taken, so that coming back is fast."""
        self._time_line.keep()
        return BranchMoment(self._time_line.history.branch.number, self.now_ns)

    def go_to(self, moment: BranchMoment) -> None:
        """Go to a moment of any branch, which becomes the current one.

        Raises:
            ValueError: there is no such branch, or the moment lies before the start.
        """
        branches = self._time_line.history.branches
        if moment.at_ns < 0:
            raise ValueError(f"the race began at 0 ns: there is no {moment.at_ns} ns")
        if not 0 <= moment.branch < len(branches):
            raise ValueError(f"there is no branch {moment.branch}: the last one is {len(branches) - 1}")
        self._time_line.go(branches[moment.branch], moment.at_ns)

    def step_back_event(self) -> None:
        """Go back to the previous event, or to the start."""
        self._step_back(None)

    def step_back_syscall(self) -> None:
        """Go back to the previous moment at which a system call began, ended or slept, or to the start."""
        self._step_back(_is_of_a_call)

    def step_back_to_fd(self, fd: int) -> bool:
        """Go back to the previous moment at which something happened to a descriptor in a lane.

        Returns:
            False if nothing happened within about 10,000 records of each lane. The race has then not moved.
        """
        here_ns, wanted = self.now_ns, _is_of(fd)
        until_ns = here_ns - 1
        for _ in range(_LOOKS_BACK):
            # Only the records that every jump leaves: frames taken earlier must not change the result.
            recalled = [lane.journal.recalled() for lane in self._time_line.lanes.values()]
            since_ns = max(known_ns for _, known_ns in recalled)
            times = [r[0] for records, _ in recalled for r in records if wanted(r) and r[0] <= until_ns]
            last_ns = max(times, default=-1)
            if last_ns >= since_ns:
                self.seek(last_ns)
                return True
            if not since_ns:
                break
            until_ns = min(since_ns, until_ns)
            self.seek(until_ns)
        self.seek(here_ns)
        return False

    def _step_back(self, wanted: Wanted | None) -> None:
        """Go to the last moment before now at which a step forward would stop.

        The search begins at the latest record before now in the journals. If no record is known, the search
        goes back in growing jumps. Nothing is run beyond now.
        """
        before_ns = self.now_ns
        sort = wanted or _is_any
        known = [lane.journal.latest_before(before_ns, sort) for lane in self._time_line.lanes.values()]
        last_ns = max(at_ns for at_ns, _ in known)
        if any(since_ns > last_ns for _, since_ns in known):
            last_ns = -1
        distance_ns = before_ns - last_ns if last_ns >= 0 else _NEAR_NS
        while True:
            self.seek(max(0, before_ns - distance_ns))
            made = self._made()
            while (due_ns := self.next_event_ns()) is not None and due_ns < before_ns:
                self.advance(due_ns)
                if wanted is None or self._made_since(made, wanted):
                    last_ns, made = self.now_ns, self._made()
            if last_ns >= 0 or distance_ns >= before_ns:
                break
            distance_ns *= _FARTHER
        self.seek(max(last_ns, 0))

    def _made(self) -> dict[str, int]:
        """Number of records so far, by lane."""
        return {name: lane.journal.made for name, lane in self._time_line.lanes.items()}

    def _made_since(self, made: dict[str, int], wanted: Wanted) -> bool:
        """True if a lane has made a wanted record after the first ``made`` ones."""
        return any(
            wanted(record)
            for name, lane in self._time_line.lanes.items()
            for record in lane.journal.since(made.get(name, 0))
        )

    def forget_elsewhere(self) -> None:
        """Drop the future of the current branch, and all other branches."""
        self._time_line.forget_elsewhere()

    # -- branches and markers -------------------------------------------------------------

    @property
    def branch(self) -> int:
        """Number of the current branch."""
        return self._time_line.history.branch.number

    def branches(self) -> tuple[BranchView, ...]:
        """All branches, in the order in which they began."""
        return self._time_line.history.views()

    def markers(self) -> tuple[Marker, ...]:
        """The markers of the current branch, in order, with the forks that leave it."""
        return tuple(self._time_line.history.markers())

    def next_marker(self) -> Marker | None:
        """The first marker after now; None if there is none."""
        return next((marker for marker in self.markers() if marker.at_ns > self.now_ns), None)

    def previous_marker(self) -> Marker | None:
        """The last marker before now; None if there is none."""
        return next((marker for marker in reversed(self.markers()) if marker.at_ns < self.now_ns), None)

    # -- copies ---------------------------------------------------------------------------

    def lane_copy(self, lane: str, at_ns: int, heard: Callable[[Record], object]) -> Lane | None:
        """Make a copy of a lane at any moment of the current branch, also beyond its end.

        The race does not change. See :meth:`sim.race.time_travel.time_line.RaceTimeLine.lane_copy`.
        """
        return self._time_line.lane_copy(lane, at_ns, heard)

    def settings_at(self, at_ns: int) -> SettingsChange:
        """The settings at a moment of the current branch."""
        branch = self._time_line.history.branch
        return branch.path[branch.changes_at(at_ns) - 1]

    # -- what it shows --------------------------------------------------------------------

    def frame(self) -> Frame:
        """Make the frame of this moment. Its records are those since the last frame."""
        settings = self._time_line.settings
        return Frame(
            now_ns=self.now_ns,
            since_ns=settings.since_ns,
            scenario=settings.scenario,
            lanes=tuple(lane.frame(settings.scenario) for lane in self._time_line.lanes.values()),
        )

    def inspect(self, lane: str, first_fd: int, last_fd: int) -> FdView:
        """Make the view of the descriptors ``first_fd … last_fd`` of a lane."""
        return self._time_line.lanes[lane].inspect(first_fd, last_fd)


def _is_any(_record: Record) -> bool:
    return True


def _is_of_a_call(record: Record) -> bool:
    return record[1] not in (Kind.PACKET, Kind.HELD, Kind.DROP, Kind.STRIKE)


def _is_of(fd: int) -> Wanted:
    return lambda record: record[2] == fd
