"""The scheduler: several tasks take turns on the one CPU of a lane.

Linux (``kernel/sched/fair.c``, EEVDF since 6.6) keeps a *run queue* of runnable tasks. Each has a virtual
runtime, the time it has run. Of the tasks that have not run more than their share, the one with the nearest
deadline runs next, for a slice. Simplified here:

- All tasks have the same weight and the same slice. So the nearest deadline is the least virtual runtime, and
  the queue is ordered by virtual runtime, then by arrival.
- *Wake-up placement*: a task gets no credit for having slept. A task that wakes is placed at its own virtual
  runtime or at the least one of the runnable tasks, whichever is later (``place_entity``, without lag).
- *No wake-up preemption*: a running task goes on until it blocks or its slice is over (RUN_TO_PARITY). If no
  other task is runnable, it goes on after its slice.
- At the end of a slice the task with the least virtual runtime runs, which may be the same task. The slice
  ends to the nanosecond (HRTICK); without HRTICK Linux notices the end at the next tick. Each time a task
  gets the CPU it gets a whole slice. An interrupt counts as run time of the task that it interrupts. A pass
  of select or poll is never cut.

*The cost of a switch.* Directly: registers and stacks are saved and loaded (``context_switch``), and page
tables too if the address space changes (``switch_mm``). A sleep with no other task runnable is two switches,
to the idle task and back; from one task to another it is one. Indirectly: tasks that ran meanwhile pushed the
*working set* of the task out of the cache, and it must be loaded again. Li, Ding and Shen ("Quantifying the
cost of context switch", 2007) found that this part is between nothing and a hundred times the direct part. It
is small if the working sets fit into the cache together. The model follows them: the cache has a fixed size,
and all tasks have working sets of the same size. A task finds its working set in the cache if it fits there
together with the working sets of all tasks that ran since. Otherwise the task loads all of it again, at a
price per byte. The idle task touches nothing. :mod:`sim.machine.costs` has the sizes and prices.

Threads need not be expensive. Von Behren, Condit and Brewer ("Why events are a bad idea (for high-concurrency
servers)", HotOS 2003) ran 100,000 of them with stacks of a few pages, switched in user space. The expensive
part is the kernel's share of each thread, and a blocked thread costs the kernel only memory.

Why not otherwise: the scheduler could be a part of the CPU. But most lanes have one task, and for them
:meth:`sim.machine.cpu.Cpu.run_until` needs no queue. So the CPU asks a dispatcher only if it has one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from heapq import heappop, heappush
from itertools import islice

from sim.machine.accounts import Account, Charge, Count, Part
from sim.machine.clock import NEVER
from sim.machine.cpu import Cpu
from sim.machine.task import Program, Task

_NEVER_RAN = -(1 << 40)


class ScheduledTask(Task):
    """A task that shares the CPU with others.

    Args:
        name: Used in messages.
        fd: The connection it serves; -1 for none.
        space: The address space in which it runs.
    """

    __slots__ = ("fd", "owed", "ran_at", "space", "vruntime_ns")

    def __init__(self, name: str, fd: int, space: int) -> None:
        super().__init__(_no_program(), name)
        self.fd = fd
        """The connection that it serves now; -1 for none."""
        self.space = space
        """Number of the address space in which it runs."""
        self.vruntime_ns = 0
        """Virtual runtime in ns: the time it has run, or where it was placed."""
        self.ran_at = _NEVER_RAN
        """Number of switches between tasks up to the moment at which it last got the CPU."""
        self.owed: tuple[Part, ...] = ()
        """The rest of the step in which it was preempted."""


Body = Callable[[ScheduledTask], Program]
"""Makes the program of a task."""


def _no_program() -> Program:
    """The program of a task that has not got its own yet."""
    yield


class RunQueue:
    """Runnable tasks by virtual runtime, without the running one."""

    __slots__ = ("_entries", "_scheduler", "_serial", "floor_ns")

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._entries: list[tuple[int, int, ScheduledTask]] = []
        self._serial = 0
        self.floor_ns = 0
        """The least virtual runtime (``min_vruntime``); no task is placed before it."""

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def fds(self) -> list[int]:
        """Descriptors that the queued tasks serve, in no order."""
        return [task.fd for _, _, task in self._entries]

    def first(self, count: int) -> list[ScheduledTask]:
        """The next tasks in the order in which they will run, at most ``count``.

        The successors of an entry of a heap are in two places, so only those are compared.
        """
        return list(islice(self._in_order(), count))

    def _in_order(self) -> Iterator[ScheduledTask]:
        entries = self._entries
        nearest = [(entries[0][:2], 0)] if entries else []
        while nearest:
            _, place = heappop(nearest)
            yield entries[place][2]
            for below in (2 * place + 1, 2 * place + 2):
                if below < len(entries):
                    heappush(nearest, (entries[below][:2], below))

    @property
    def least_ns(self) -> int:
        """Virtual runtime of the next task."""
        return self._entries[0][0]

    def append(self, task: Task) -> None:
        """Place a task that has become runnable."""
        assert isinstance(task, ScheduledTask)
        self.advance(self._scheduler.run_ns())
        task.vruntime_ns = max(task.vruntime_ns, self.floor_ns)
        self._serial += 1
        heappush(self._entries, (task.vruntime_ns, self._serial, task))

    def advance(self, running_ns: int) -> None:
        """Raise the floor to the virtual runtime of the running task, or of one that lags behind it."""
        if self._entries and self._entries[0][0] < running_ns:
            running_ns = self._entries[0][0]
        self.floor_ns = max(self.floor_ns, running_ns)

    def clear(self) -> None:
        """Remove all tasks."""
        self._entries.clear()

    def popleft(self) -> ScheduledTask:
        """Take the next task."""
        vruntime_ns, _, task = heappop(self._entries)
        self.floor_ns = max(self.floor_ns, vruntime_ns)
        return task


class Scheduler:
    """Shares a CPU between its tasks.

    Args:
        cpu: The CPU; it has no task yet.
        working_set_bytes: Memory that each task touches when it runs.
    """

    def __init__(self, cpu: Cpu, working_set_bytes: int) -> None:
        self.cpu = cpu
        self.queue = cpu.runnable = RunQueue(self)
        self.preemptions = 0
        """Number of times a task lost the CPU at the end of its slice."""
        self.failed: Task | None = None
        """The first task that an exception ended."""
        self._on_cpu: ScheduledTask | None = None
        """The task on the CPU; None while the idle task runs, and until the switch away from it."""
        self._last: ScheduledTask | None = None
        """The task that ran last, not counting the idle task."""
        self._switches = 0
        """Switches from one task to another, not counting the idle task."""
        self._since_ns = 0
        """Time at which the task on the CPU got it."""
        self._slice_end_ns = NEVER
        self._kept_tasks = cpu.costs.cache_bytes // working_set_bytes
        """Working sets that fit into the cache together."""
        self._refill_ns = -(-working_set_bytes * cpu.costs.refill_ps // 1000)
        self._charges = cpu.ledger.page()
        cpu.scheduler = self

    # -- tasks ----------------------------------------------------------------------------

    def start(self, body: Body, name: str, fd: int = -1, space: int = 0) -> ScheduledTask:
        """Make a program a task, ready to run."""
        task = self.make_blocked(body, name, fd, space)
        self.cpu.book_idle()
        self.cpu.wake(task)
        return task

    def make_blocked(self, body: Body, name: str, fd: int, space: int) -> ScheduledTask:
        """Make a task that sleeps already: its program begins when the task is woken."""
        task = ScheduledTask(name, fd, space)
        task.send = body(task).send
        task.blocked = True
        return task

    @property
    def running(self) -> ScheduledTask | None:
        """The task that has the CPU or gets it next."""
        task = self.cpu.running
        assert task is None or isinstance(task, ScheduledTask)
        return task

    # -- running --------------------------------------------------------------------------

    def run_ns(self) -> int:
        """Virtual runtime, up to now, of the task on the CPU; 0 if there is none."""
        task = self._on_cpu
        if task is None or task is not self.cpu.running:
            return 0
        return task.vruntime_ns + max(0, self.cpu.now_ns - self._since_ns)

    def step_ends_ns(self) -> int:
        """Time at which the running task's step or slice ends, whichever is first."""
        cpu = self.cpu
        on_cpu = cpu.running is self._on_cpu and cpu.scan is None
        if on_cpu and self.queue and self._slice_end_ns < cpu.free_ns:
            return self._slice_end_ns
        return cpu.free_ns

    def let_run(self, task: Task, limit_ns: int) -> None:
        """Run a task as long as its steps end by ``limit_ns`` and no other task has to run."""
        assert isinstance(task, ScheduledTask)
        cpu, queue = self.cpu, self.queue
        if task is not self._on_cpu:
            if cpu.free_ns > limit_ns:
                return
            cpu.now_ns = cpu.free_ns
            self._switch_to(task)
        timers, send = cpu.timers, task.send
        try:
            while True:
                step_ns = cpu.free_ns
                if queue and step_ns >= self._slice_end_ns and cpu.scan is None:
                    end_ns = max(self._slice_end_ns, cpu.now_ns)
                    if end_ns > limit_ns:
                        return
                    cpu.now_ns = end_ns
                    if self._slice_over(task):
                        return
                    continue
                if step_ns > limit_ns:
                    return
                cpu.now_ns = step_ns
                send(None)
                if cpu.running is not task:
                    self._left(task)
                    return
                if timers.due_ns < limit_ns:
                    return
        except StopIteration as stop:
            task.result = stop.value
            cpu.end_task(task)
            self._left(task)
        except Exception as error:
            task.error = error
            self.failed = self.failed or task
            cpu.end_task(task)
            cpu.process_failed()
            self._left(task)

    def _slice_over(self, task: ScheduledTask) -> bool:
        """The slice is over; True if another task runs now."""
        cpu = self.cpu
        task.vruntime_ns += cpu.now_ns - self._since_ns
        self._since_ns = cpu.now_ns
        self._slice_end_ns = cpu.now_ns + cpu.costs.slice_ns
        if self.queue.least_ns > task.vruntime_ns:
            return False
        self.preemptions += 1
        task.owed = cpu.cut_step()
        self.queue.append(task)
        cpu.running = self.queue.popleft()
        return True

    def _left(self, task: ScheduledTask) -> None:
        """Go on after a task has blocked or ended: switch to the idle task if no other task can run."""
        cpu = self.cpu
        task.vruntime_ns += cpu.free_ns - self._since_ns
        if cpu.running is None:
            self._on_cpu = None
            self.queue.advance(task.vruntime_ns)
            cpu.pay(self._charges.get("idle") or self._charge("idle", cpu.costs.context_switch_ns))

    def _switch_to(self, task: ScheduledTask) -> None:
        """Give a task the CPU. It pays for the switch, for the cache, and for the rest of a step that was
        cut.
        """
        cpu, last = self.cpu, self._last
        task.vruntime_ns = max(task.vruntime_ns, self.queue.floor_ns)
        if task is not last:
            self._switches += 1
        cold = self._switches - task.ran_at > self._kept_tasks and task is not last
        moved = last is not None and last.space != task.space
        task.ran_at = self._switches
        cpu.pay(self._charges.get((cold, moved)) or self._switch_charge(cold, moved))
        self._since_ns = cpu.free_ns
        self._slice_end_ns = cpu.free_ns + cpu.costs.slice_ns
        if task.owed:
            cpu.charge(task.owed)
            task.owed = ()
        self._on_cpu = self._last = task

    def _switch_charge(self, cold: bool, moved: bool) -> Charge:
        costs = self.cpu.costs
        spent_ns = costs.context_switch_ns
        if cold:
            spent_ns += self._refill_ns
        if moved:
            spent_ns += costs.address_space_ns
        return self._charge((cold, moved), spent_ns)

    def _charge(self, key: Hashable, spent_ns: int) -> Charge:
        charge = self._charges[key] = Charge(
            ((Account.CONTEXT_SWITCH, spent_ns),), ((Count.CONTEXT_SWITCHES, 1),)
        )
        return charge
