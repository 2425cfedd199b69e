"""A lane: one kernel with one server, its network, and its counters.

The connections exist before the race begins. Accepting ten thousand connections and registering them with
epoll is work too, but it is not the work that the race compares. It takes no virtual time, and is shown as a
separate figure (``setup_ns``).

When a setting changes on which the server depends (the number of connections, FD_SETSIZE), the lane is
rebuilt at that moment. A new kernel at the same virtual time continues the counters. Requests that are not
answered yet are sent again with their times of arrival, or count as dropped if their connection is gone. A
call in progress is abandoned, so that a change from a million descriptors to sixteen does not wait for the
end of a scan over a million.

Why not rebuild when the call ends: all lanes must have the new settings at the same virtual time.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.frames.frame import CallView, Counters, FaultView, FdView, LaneFrame, PassView
from sim.kernel import poll_bits
from sim.kernel.files.tcp import IDLE_MASK
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.scan import ScanPass
from sim.machine.accounts import Account, Count
from sim.machine.costs import CostTable
from sim.machine.journal import Journal
from sim.machine.records import Record
from sim.machine.task import Task
from sim.race.descriptor_view import fd_view
from sim.race.faults.diagnosis import of_failure, warning
from sim.race.faults.fault_log import FaultLog
from sim.race.history import SERVER_SETTINGS, SettingsChange, differs
from sim.race.latency import Latencies
from sim.race.network import Network
from sim.race.task_views import memory_view, task_view
from sim.scenario.faults import BACKLOG as BACKLOG_FAULT
from sim.scenario.faults import SHORT_BACKLOG, SLOW_READER
from sim.scenario.scenario import Scenario
from sim.scenario.workload import Workload, active_slots
from sim.servers.base import BACKLOG, ServerFailure, ServerSettings
from sim.servers.registry import server_of

RECORD_WORK_NS = 2_000
"""Computing time of one record, which stands for a packet or a step of a server, in ns."""
SCANNED_WORK_NS = 15
PASS_WORK_NS = 60_000
"""Computing time of a scan, without its descriptors, in ns."""
BUILT_WORK_NS = 5
"""Computing time of a connection when a lane is built, in ns."""
_ACCOUNT_LABELS = tuple(account.label for account in Account)


class Lane:
    """A lane of a race.

    Args:
        name: a name of :data:`sim.scenario.lanes.LANES`.
        scenario: the settings at the start.
        costs: price of each step.
        workload: the schedule of arrivals.
        now_ns: virtual time at which it starts.
    """

    def __init__(
        self, name: str, scenario: Scenario, costs: CostTable, workload: Workload, now_ns: int
    ) -> None:
        self.name = name
        self.costs = costs
        self.journal = Journal()
        self.latencies = Latencies()
        self._built_work_ns = 0
        self._build(scenario, now_ns)
        self.setup_ns = self.kernel.begin_accounts(now_ns, [0] * len(Account), [0] * len(Count))
        self._baseline = self.kernel.totals()
        self._start(workload)

    # -- building -------------------------------------------------------------------------

    def _build(self, scenario: Scenario, now_ns: int) -> None:
        made = self.journal.made
        self._built_work_ns += BUILT_WORK_NS * scenario.fds
        kernel = self.kernel = RawKernel(self.costs, now_ns=now_ns, journal=self.journal)
        settings = ServerSettings(
            scenario.payload,
            bool(scenario.churn),
            poll_bits.FD_SETSIZE if scenario.fd_setsize else None,
            SHORT_BACKLOG if scenario.fault == BACKLOG_FAULT else BACKLOG,
            scenario.buffer,
        )
        self.failure: str | None = None
        self.failed_ns: int | None = None
        """Virtual time at which the server stopped; None while it runs."""
        self.server = server_of(self.name, scenario.fault)(kernel, settings)
        if scenario.fault == SLOW_READER:
            self.server.restartable = False  # it can sleep in the middle of a request
        self.faults = kernel.faults = FaultLog(kernel, self.server.listener)
        self.first_fd = kernel.table.end
        self.fds = scenario.fds
        self.network = Network(kernel, self.server.listener, self.first_fd, self.latencies)
        block = kernel.table.install_idle(scenario.fds, IDLE_MASK, self.network.make)
        if scenario.fault == SLOW_READER:
            self.network.slow = frozenset(active_slots(scenario)[:1].tolist())
        kernel.charge(((Account.SOCKET_IO, scenario.fds * self.costs.accept_ns),))
        try:
            self.server.check_memory(scenario.fds)
            self.server.adopt(block)
        except ServerFailure as failure:
            self._fail(str(failure))
        self.journal.take_back(made)

    def _start(self, workload: Workload) -> None:
        self.kernel.device = self.network
        self.network.attach(workload)
        self.task: Task | None = None
        if self.failure is None:
            self.task = self.server.start()
            self.task.at_end = self._server_ended

    def _server_ended(self) -> None:
        """The program of the server has ended, which only an error can cause."""
        assert self.task is not None
        error = self.task.error
        if error is not None and not isinstance(error, ServerFailure):
            raise error
        self._fail(str(error))

    def _fail(self, why: str) -> None:
        """Note that the process has ended, and close its connections."""
        self.failure = why
        self.failed_ns = self.kernel.now_ns
        self.network.disconnect_all()

    def change(self, before: SettingsChange, after: SettingsChange) -> None:
        """Apply a change of settings to a lane that takes part before and after it."""
        old, new = before.scenario, after.scenario
        if differs(old, new, SERVER_SETTINGS) or bool(old.churn) != bool(new.churn):
            self.rebuild(new, after.workload)
        elif after.workload is not before.workload:
            self.network.attach(after.workload)
        if set(new.lanes) - set(old.lanes):
            self.restart_counters()

    def rebuild(self, scenario: Scenario, workload: Workload) -> None:
        """Start the server again at this moment, with other settings. The counters go on."""
        first_drop_ns = self.network.first_drop_ns
        old_kernel, old_network, old_task = self.kernel, self.network, self.task
        spent_ns, counted = old_kernel.totals()
        self._build(scenario, old_kernel.now_ns)
        self.setup_ns = self.kernel.begin_accounts(old_kernel.start_ns, spent_ns, counted)
        self.kernel.call_serial = old_kernel.call_serial
        self._start(workload)
        self.network.first_drop_ns = first_drop_ns
        for socket in old_network.unanswered():
            kept = socket.slot < scenario.fds and old_network.socket_of(socket.slot) is socket
            self.network.take_over(socket, kept)
        if old_task is not None:
            old_task.close()  # or the garbage collector could end the call in which it sleeps before it

    def restart_counters(self) -> None:
        """Count from zero again: a lane was added, and the counters of all lanes must cover the same time."""
        self._baseline = self.kernel.totals()
        self.latencies.clear()

    # -- running --------------------------------------------------------------------------

    def listen(self, heard: Callable[[Record], object]) -> None:
        """Call ``heard`` with each record from now on.

        This is allowed only before a new or restored lane runs.
        """
        self.journal.listen(heard)
        self.network.journal_changed()

    def run_until(self, until_ns: int) -> None:
        """Run the lane to a virtual time."""
        self.kernel.run_until(until_ns)
        scheduler = self.kernel.scheduler
        if scheduler is not None and scheduler.failed is not None and scheduler.failed is not self.task:
            assert scheduler.failed.error is not None
            raise scheduler.failed.error

    @property
    def work_ns(self) -> int:
        """Estimated computing time of the lane up to now, in ns, on a present-day machine.

        It decides only where checkpoints are taken. It never decreases, not even when the lane is rebuilt.
        """
        counted = self.kernel.ledger.counted
        scans = 0 if self.kernel.epoll_calls.epolls else counted[Count.PASSES]
        return (
            self._built_work_ns
            + self.journal.made * RECORD_WORK_NS
            + scans * PASS_WORK_NS
            + counted[Count.SCANNED] * SCANNED_WORK_NS
        )

    # -- frames ---------------------------------------------------------------------------

    def frame(self, scenario: Scenario) -> LaneFrame:
        """Make the lane's part of a frame."""
        kernel = self.kernel
        records, lost = self.journal.drain()
        masks = kernel.table.poll_masks[:]
        masks.flags.writeable = False
        return LaneFrame(
            name=self.name,
            activity=self._activity(),
            failure=self.failure,
            first_fd=self.first_fd,
            fds=scenario.fds,
            registered=self.server.registered,
            serving_fd=self.server.now_serving,
            poll_mask=masks,
            passes=tuple(_pass_view(scan, kernel.now_ns) for scan in kernel.scan_calls.passes),
            call=None if kernel.last_call is None else CallView(*kernel.last_call),
            records=records,
            records_lost=lost,
            ready_listed=sum(len(epoll.ready) for epoll in kernel.epoll_calls.epolls),
            counters=self._counters(),
            setup_ns=self.setup_ns,
            mechanism=self.server.view() if self.failure is None else None,
            tasks=task_view(self.server, self.first_fd, scenario.fds),
            memory=memory_view(self.server),
            warning=self._warning(),
        )

    def _warning(self) -> FaultView | None:
        kernel = self.kernel
        if self.failure is not None:
            failed_ns = kernel.start_ns if self.failed_ns is None else self.failed_ns
            return of_failure(kernel, self.failure, self._needed_bytes(), failed_ns)
        return warning(kernel, self.faults)

    def _activity(self) -> str:
        kernel = self.kernel
        if self.failure is not None:
            return "failed"
        if kernel.scan is not None:
            return "scanning"
        if kernel.running is None:
            return "sleeping"
        return "collecting" if self.server.now_serving is None else "serving"

    def _counters(self) -> Counters:
        spent_ns, counted = (
            [now - before for now, before in zip(current, base, strict=True)]
            for current, base in zip(self.kernel.totals(), self._baseline, strict=True)
        )
        p50, p99 = self.latencies.percentiles(50, 99)
        return Counters(
            wakeups=counted[Count.WAKEUPS],
            syscalls=counted[Count.SYSCALLS],
            scanned=counted[Count.SCANNED],
            wasted=counted[Count.SCANNED] - counted[Count.READY],
            ready=counted[Count.READY],
            copied_in_bytes=counted[Count.COPIED_IN_BYTES],
            copied_out_bytes=counted[Count.COPIED_OUT_BYTES],
            requests=counted[Count.REQUESTS],
            dropped=counted[Count.DROPPED],
            passes=counted[Count.PASSES],
            hooks=counted[Count.HOOKS],
            context_switches=counted[Count.CONTEXT_SWITCHES],
            interrupts=counted[Count.INTERRUPTS],
            packets=counted[Count.PACKETS],
            epoll_ctl=counted[Count.EPOLL_CTL],
            latency_p50_ns=p50,
            latency_p99_ns=p99,
            cost_ns=self._costs(spent_ns),
            spurious_wakes=counted[Count.SPURIOUS_WAKES],
            empty_reads=counted[Count.EMPTY_READS],
            changes=counted[Count.CHANGES],
            filter_runs=counted[Count.FILTER_RUNS],
            sqes=counted[Count.SQES],
            cqes=counted[Count.CQES],
            task_work=counted[Count.TASK_WORK],
            operations=counted[Count.OPERATIONS],
            completions=counted[Count.COMPLETIONS],
            sq_thread_work_ns=counted[Count.SQ_THREAD_WORK_NS],
            sq_thread_spin_ns=counted[Count.SQ_THREAD_SPIN_NS],
            sq_thread_sleep_ns=counted[Count.SQ_THREAD_SLEEP_NS],
            turns=counted[Count.TURNS],
            callbacks=counted[Count.CALLBACKS],
            unsent=counted[Count.UNSENT],
        )

    def _needed_bytes(self) -> int:
        """Memory for all connections, also for those for which the machine has none."""
        return self.server.connection_bytes * max(self.fds, self.server.registered)

    def _costs(self, spent_ns: list[int]) -> dict[str, int]:
        """CPU time by account. Starting tasks and the loop are left out in lanes that have neither."""
        costs = dict(zip(_ACCOUNT_LABELS, spent_ns, strict=True))
        if self.kernel.scheduler is None:
            del costs[Account.TASK_START.label]
        if not self.server.kind.event_loop:
            del costs[Account.LOOP.label], costs[Account.CALLBACK.label]
        return costs

    # -- one descriptor -------------------------------------------------------------------

    def inspect(self, first_fd: int, last_fd: int) -> FdView:
        """Make the view of a run of descriptors."""
        return fd_view(self.network, self.first_fd, first_fd, last_fd)


def _pass_view(scan: ScanPass, now_ns: int) -> PassView:
    position = scan.position(now_ns)
    return PassView(
        call=scan.call.serial,
        number=scan.number,
        start_ns=scan.start_ns,
        end_ns=scan.end_ns,
        count=scan.request.count,
        position=position,
        front_fd=scan.request.fd_at(position),
    )
