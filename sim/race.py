"""The race: lanes that wait in different ways for the same packets.

All lanes are run to the same virtual time, each by its own kernel; they share nothing but the
schedule of arrivals. Running to a time in one step or in many gives the same frame, and the same
scenario with the same changes at the same times gives the same race, always.

Settings can change at any moment. The rate and the burst change what arrives from then on; the
number of descriptors, churn, the payload and FD_SETSIZE rebuild the servers on the spot
(:mod:`sim.lane`); a lane that is added starts at that moment, and the accounts of all start over
with it, because sums over different times cannot be compared.
"""

from __future__ import annotations

from sim.clock import NEVER
from sim.costs import BUILT_IN, CostTable
from sim.frame import FdView, Frame
from sim.lane import Lane
from sim.records import Kind
from sim.scenario import Scenario
from sim.workload import Workload, mean_gap_ns

_ARRIVAL_SETTINGS = ("fds", "active", "rate", "burst", "payload", "churn", "seed")
_SERVER_SETTINGS = ("fds", "payload", "fd_setsize", "seed")
_NO_CALLS = (Kind.PACKET, Kind.DROP)
_STEPS_TO_A_CALL = 10_000
"""Events after which the step gives up: where interrupts take all the CPU, no call ever comes."""
_STEPS_AT_ONE_TIME = 1_000


class Race:
    """Lanes on the same arrivals.

    Args:
        scenario: what the race is about.
        costs: what each step costs.
    """

    def __init__(self, scenario: Scenario, costs: CostTable = BUILT_IN) -> None:
        self.scenario = scenario
        self.costs = costs
        self.now_ns = 0
        self.since_ns = 0
        """Since when the accounts run."""
        self._workload = Workload(scenario)
        self._lanes = {name: Lane(name, scenario, costs, self._workload, 0) for name in scenario.lanes}

    # -- time -----------------------------------------------------------------------------

    def advance(self, until_ns: int) -> None:
        """Run every lane to a virtual time.

        Raises:
            ValueError: that time has passed.
        """
        if until_ns < self.now_ns:
            raise ValueError(f"the race is at {self.now_ns} ns and cannot go back to {until_ns} ns")
        for lane in self._lanes.values():
            lane.run_until(until_ns)
        self.now_ns = until_ns

    def next_event_ns(self) -> int | None:
        """When the next thing happens in any lane; None if nothing ever will."""
        due_ns = min(lane.kernel.next_due_ns() for lane in self._lanes.values())
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

    def step_syscall(self) -> None:
        """Run until some lane enters a system call, returns from one, or goes to sleep in one."""
        if all(lane.failure is not None for lane in self._lanes.values()):
            return
        journals = [lane.journal.records for lane in self._lanes.values()]
        for _ in range(_STEPS_TO_A_CALL):
            seen = [len(records) for records in journals]
            self.step_event()
            for records, count in zip(journals, seen, strict=True):
                if any(record[1] not in _NO_CALLS for record in records[count:]):
                    return

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
    def workload(self) -> Workload:
        """The schedule of arrivals: reading it changes nothing in the race."""
        return self._workload

    # -- settings -------------------------------------------------------------------------

    def change(self, scenario: Scenario) -> None:
        """Let other settings hold from now on."""
        old, self.scenario = self.scenario, scenario
        rebuild = any(getattr(old, name) != getattr(scenario, name) for name in _SERVER_SETTINGS)
        rebuild = rebuild or bool(old.churn) != bool(scenario.churn)
        kept = {name: lane for name, lane in self._lanes.items() if name in scenario.lanes}
        if any(getattr(old, name) != getattr(scenario, name) for name in _ARRIVAL_SETTINGS):
            self._workload = Workload(scenario, self.now_ns, self._workload.serial_at(self.now_ns))
            if not rebuild:
                for lane in kept.values():
                    lane.network.attach(self._workload)
        if rebuild:
            for lane in kept.values():
                lane.rebuild(scenario, self._workload)
        self._lanes = {
            name: kept.get(name) or Lane(name, scenario, self.costs, self._workload, self.now_ns)
            for name in scenario.lanes
        }
        if len(self._lanes) > len(kept):
            self.since_ns = self.now_ns
            for lane in kept.values():
                lane.restart_books()

    # -- what it shows --------------------------------------------------------------------

    def frame(self) -> Frame:
        """The race at this moment; its records are those since the last frame."""
        return Frame(
            now_ns=self.now_ns,
            since_ns=self.since_ns,
            scenario=self.scenario,
            lanes=tuple(lane.frame(self.scenario) for lane in self._lanes.values()),
        )

    def inspect(self, lane: str, first_fd: int, last_fd: int) -> FdView:
        """What can be said about the descriptors ``first_fd … last_fd`` of a lane."""
        return self._lanes[lane].inspect(first_fd, last_fd)
