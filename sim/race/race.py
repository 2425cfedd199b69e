"""The race: lanes that wait in different ways for the same packets.

All lanes are run to the same virtual time, each by its own kernel; they share nothing but the
schedule of arrivals. Running to a time in one step or in many gives the same frame, and the same
scenario with the same changes at the same times gives the same race, always.

Settings can change at any moment. The rate and the burst change what arrives from then on; the
number of descriptors, churn, the payload and FD_SETSIZE rebuild the servers on the spot
(:mod:`sim.race.lane`); a lane that is added starts at that moment, and the accounts of all start over
with it, because sums over different times cannot be compared.

The race can be taken back to any moment, exactly, and from there into another future: see
:mod:`sim.race.history` for the branches that makes, :mod:`sim.race.time_travel.time_line` for how a moment
is come to, and :mod:`sim.race.time_travel.checkpoint_store` for the checkpoints that make it fast. A moment
is meant as everywhere here: what happens *at* it, changes of settings included, has happened when the race
is at it.
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
"""Which records a step looks for."""
_MOST_STEPS = 10_000
"""Events after which a step gives up: where interrupts take all the CPU, no call ever comes."""
_STEPS_AT_ONE_TIME = 1_000
_LOOKS_BACK = 10
"""How often the newest records, as many as are known after a jump, are looked through for a descriptor."""
_NEAR_NS = 1_000
_FARTHER = 8
"""How far back to look first where no record is known, and how much farther where nothing was found."""


class Race:
    """Lanes on the same arrivals.

    Args:
        scenario: what the race is about.
        costs: what each step costs.
        history_bytes: what checkpoints may take together; with none (0) going back runs everything
            again from the start.
    """

    def __init__(
        self, scenario: Scenario, costs: CostTable = BUILT_IN, history_bytes: int = LIMIT_BYTES
    ) -> None:
        self.costs = costs
        self._time_line = RaceTimeLine(scenario, costs, history_bytes)

    @property
    def now_ns(self) -> int:
        """Where the race is."""
        return self._time_line.now_ns

    @property
    def scenario(self) -> Scenario:
        """What it is about now."""
        return self._time_line.settings.scenario

    # -- time -----------------------------------------------------------------------------

    def advance(self, until_ns: int) -> None:
        """Run every lane to a virtual time. In the past that plays what happened, changes included.

        Raises:
            ValueError: that time has passed.
        """
        if until_ns < self.now_ns:
            raise ValueError(
                f"the race is at {self.now_ns} ns and cannot go back to {until_ns} ns: seek does"
            )
        self._time_line.run(until_ns)

    def next_event_ns(self) -> int | None:
        """When the next thing happens in any lane; None if nothing ever will."""
        due_ns = min(lane.kernel.next_due_ns() for lane in self._time_line.lanes.values())
        return None if due_ns >= NEVER else due_ns

    def step_event(self) -> None:
        """Run to the next moment at which something happens: a packet, or the end of a step."""
        before_ns = self.now_ns
        for _ in range(_STEPS_AT_ONE_TIME):
            due_ns = self.next_event_ns()
            if due_ns is None:
                return
            self.advance(due_ns)
            if self.now_ns > before_ns:
                return

    def step_syscall(self) -> bool:
        """Run until some lane enters a system call, returns from one, or goes to sleep in one.

        Returns:
            Whether one did: not when all servers are gone, or interrupts take all the CPU.
        """
        if all(lane.failure is not None for lane in self._time_line.lanes.values()):
            return False
        return self._step_to(_is_of_a_call)

    def step_to_fd(self, fd: int) -> bool:
        """Run until something happens to a descriptor in some lane: a packet, a read, a write, its close.

        Returns:
            Whether it did, within the next 10,000 events.
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
        """What one select pass over all descriptors costs."""
        fds = self.scenario.fds
        return max(1, fds * self.costs.each_ps(self.costs.scan_ps, fds) // 1000)

    @property
    def gap_ns(self) -> int:
        """Mean time between two bursts of arrivals; a very long time if nothing arrives."""
        return mean_gap_ns(self.scenario)

    @property
    def work_ns(self) -> int:
        """About how long running the lanes up to here has taken a present-day machine, by a price list."""
        return sum(lane.work_ns for lane in self._time_line.lanes.values())

    @property
    def workload(self) -> Workload:
        """The schedule of arrivals: reading it changes nothing in the race."""
        return self._time_line.settings.workload

    # -- settings -------------------------------------------------------------------------

    @property
    def past(self) -> tuple[tuple[int, Scenario], ...]:
        """The changes that led to this moment, in order: when, and the settings from then on."""
        course = self._time_line
        return tuple(
            (change.at_ns, change.scenario) for change in course.history.branch.path[1 : course.changes]
        )

    @property
    def log(self) -> tuple[tuple[int, Scenario], ...]:
        """The settings of the branch that is on, those ahead of now included: from when on, and which."""
        return tuple((change.at_ns, change.scenario) for change in self._time_line.history.branch.path)

    def change(self, scenario: Scenario) -> None:
        """Let other settings hold from now on. In the past that begins a branch, which is on from then."""
        if scenario != self.scenario:
            self._time_line.change(scenario)

    # -- back and forth -------------------------------------------------------------------

    @property
    def end_ns(self) -> int:
        """How far the branch that is on was ever run; before that the race is in the past."""
        return self._time_line.history.branch.end_ns

    def seek(self, at_ns: int) -> None:
        """Go to a moment of the branch that is on, back or forth, beyond its end too.

        The next frame is that of a race run straight to there, but that its records are the newest
        :data:`~sim.machine.journal.RECALLED` up to that moment, and none count as lost.

        Raises:
            ValueError: before the start.
        """
        self.go_to(BranchMoment(self._time_line.history.branch.number, at_ns))

    def snapshot(self) -> BranchMoment:
        """This moment, to come back to with :meth:`go_to`; a checkpoint is taken, so that it is near."""
        self._time_line.keep()
        return BranchMoment(self._time_line.history.branch.number, self.now_ns)

    def go_to(self, moment: BranchMoment) -> None:
        """Go to a moment of any branch, which is on from then.

        Raises:
            ValueError: there is no such branch, or the moment is before the start.
        """
        branches = self._time_line.history.branches
        if moment.at_ns < 0:
            raise ValueError(f"the race began at 0 ns: there is no {moment.at_ns} ns")
        if not 0 <= moment.branch < len(branches):
            raise ValueError(f"there is no branch {moment.branch}: the last one is {len(branches) - 1}")
        self._time_line.go(branches[moment.branch], moment.at_ns)

    def step_back_event(self) -> None:
        """Go back to the latest moment before this one at which something happened, or to the start."""
        self._step_back(None)

    def step_back_syscall(self) -> None:
        """Go back to where a system call last began, ended or went to sleep, or to the start."""
        self._step_back(_is_of_a_call)

    def step_back_to_fd(self, fd: int) -> bool:
        """Go back to where something last happened to a descriptor in some lane.

        Returns:
            Whether something did, within some 10,000 records of each lane; if not, the race is where it was.
        """
        here_ns, wanted = self.now_ns, _is_of(fd)
        until_ns = here_ns - 1
        for _ in range(_LOOKS_BACK):
            # Only as many records as are there after any jump: what was shown before must not matter.
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
        """Go to the last moment before this one that a step forward would stop at.

        The journals say where to look: at the latest record before now, or, where none is known,
        farther and farther back. Nothing is run beyond now, where it has not been decided yet.
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
        """By lane, how many records there have been."""
        return {name: lane.journal.made for name, lane in self._time_line.lanes.items()}

    def _made_since(self, made: dict[str, int], wanted: Wanted) -> bool:
        """Whether a lane has made such a record since then."""
        return any(
            wanted(record)
            for name, lane in self._time_line.lanes.items()
            for record in lane.journal.since(made.get(name, 0))
        )

    def forget_elsewhere(self) -> None:
        """Let what comes after this moment, and every other branch, never have been."""
        self._time_line.forget_elsewhere()

    # -- branches and markers -------------------------------------------------------------

    @property
    def branch(self) -> int:
        """The number of the branch that is on."""
        return self._time_line.history.branch.number

    def branches(self) -> tuple[BranchView, ...]:
        """Every course of events there has been, in the order in which they began."""
        return self._time_line.history.views()

    def markers(self) -> tuple[Marker, ...]:
        """Moments worth going to on the branch that is on, in order; forks that leave it included."""
        return tuple(self._time_line.history.markers())

    def next_marker(self) -> Marker | None:
        """The first one after now."""
        return next((marker for marker in self.markers() if marker.at_ns > self.now_ns), None)

    def previous_marker(self) -> Marker | None:
        """The last one before now."""
        return next((marker for marker in reversed(self.markers()) if marker.at_ns < self.now_ns), None)

    # -- beside it ------------------------------------------------------------------------

    def lane_copy(self, lane: str, at_ns: int, heard: Callable[[Record], object]) -> Lane | None:
        """A second copy of a lane at any moment of the branch that is on, beyond its end too, to look into.

        The race does not notice. See :meth:`sim.race.time_travel.time_line.RaceTimeLine.lane_copy`.
        """
        return self._time_line.lane_copy(lane, at_ns, heard)

    def settings_at(self, at_ns: int) -> SettingsChange:
        """What holds at a moment of the branch that is on."""
        branch = self._time_line.history.branch
        return branch.path[branch.changes_at(at_ns) - 1]

    # -- what it shows --------------------------------------------------------------------

    def frame(self) -> Frame:
        """The race at this moment; its records are those since the last frame."""
        settings = self._time_line.settings
        return Frame(
            now_ns=self.now_ns,
            since_ns=settings.since_ns,
            scenario=settings.scenario,
            lanes=tuple(lane.frame(settings.scenario) for lane in self._time_line.lanes.values()),
        )

    def inspect(self, lane: str, first_fd: int, last_fd: int) -> FdView:
        """What can be said about the descriptors ``first_fd … last_fd`` of a lane."""
        return self._time_line.lanes[lane].inspect(first_fd, last_fd)


def _is_any(_record: Record) -> bool:
    return True


def _is_of_a_call(record: Record) -> bool:
    return record[1] not in (Kind.PACKET, Kind.DROP, Kind.STRIKE)


def _is_of(fd: int) -> Wanted:
    return lambda record: record[2] == fd
