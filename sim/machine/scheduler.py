"""The scheduler: several tasks on the lane's one CPU, in turns.

Linux (``kernel/sched/fair.c``, EEVDF since 6.6) keeps a *run queue* of runnable tasks. Each has a
virtual runtime, the time it has run; the one that lags behind most, among those with the nearest
deadline, runs next, for a slice. What is simplified here:

- All tasks have the same weight and the same slice, so the nearest deadline is the least virtual
  runtime: the queue is ordered by it, and by arrival where it is equal.
- *Wake-up placement*: who slept has no credit for it. A task that wakes is placed at its own virtual
  runtime or at the least of those that are runnable, whichever is later (``place_entity``, without lag).
- *No wake-up preemption*: who runs goes on until it blocks or its slice is over (RUN_TO_PARITY). With
  nobody else runnable it goes on beyond.
- At the end of a slice the task with the least virtual runtime runs, which may be the same one. The
  slice ends to the nanosecond (HRTICK); without that Linux finds out at the next tick. Each time a
  task gets the CPU it gets a whole slice. Interrupts count as the run time of whom they interrupt. A
  pass of select or poll is not cut.

*What a switch costs.* Directly: saving and loading registers and stacks (``context_switch``), and in
another address space its page tables (``switch_mm``). A sleep with nobody else runnable is two
switches, to the idle task and back; from one task to another is one. Indirectly: a task's *working
set* was pushed out of the cache by those that ran meanwhile, and has to be brought back. Li, Ding and
Shen ("Quantifying the cost of context switch", 2007) found that part to be from nothing to a hundred
times the direct one, by whether the working sets fit into the cache together. The model is that: a
cache of so many bytes, the same working set for each task; a task finds its set as it left it if it and
those of all tasks switched to since fit, else it brings all of it back, at so much a byte. The idle task
touches nothing. What a working set is and costs: :mod:`sim.machine.costs`.

Threads are not condemned to be dear: von Behren, Condit and Brewer ("Why events are a bad idea (for
high-concurrency servers)", HotOS 2003) ran 100,000 of them with stacks of a few pages, switched in user
space. What is dear is the kernel's share of each, and there a blocked thread costs memory only.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from heapq import heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING

from sim.machine.accounts import Account, Charge, Count, Part
from sim.machine.clock import NEVER
from sim.machine.cpu import Program, Task

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel

_NEVER_RAN = -(1 << 40)


class ScheduledTask(Task):
    """A task that shares the CPU with others."""

    __slots__ = ("fd", "owed", "ran_at", "space", "vruntime_ns")

    def __init__(self, name: str, fd: int, space: int) -> None:
        super().__init__(_no_program(), name)
        self.fd = fd
        """The connection it serves now; -1 for none."""
        self.space = space
        """Which address space it runs in."""
        self.vruntime_ns = 0
        """Time it has run, or was placed at."""
        self.ran_at = _NEVER_RAN
        """How many switches to another task there had been when it last got the CPU."""
        self.owed: tuple[Part, ...] = ()
        """What is left of the step in which it was preempted."""


Body = Callable[[ScheduledTask], Program]
"""Makes a task's program, which may know its task."""


def _no_program() -> Program:
    """What a task has until it gets its program."""
    yield


class RunQueue:
    """Runnable tasks, but for the running one, by virtual runtime."""

    __slots__ = ("_entries", "_scheduler", "_serial", "floor_ns")

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._entries: list[tuple[int, int, ScheduledTask]] = []
        self._serial = 0
        self.floor_ns = 0
        """Nobody is placed before it: the least virtual runtime there is (``min_vruntime``)."""

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def fds(self) -> list[int]:
        """What those who wait for the CPU serve, in no order."""
        return [task.fd for _, _, task in self._entries]

    def first(self, count: int) -> list[ScheduledTask]:
        """The next ones, at most so many, in the order in which they will run.

        What comes behind an entry of a heap lies in two places, so none but those have to be looked at.
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
        """The virtual runtime of the next one."""
        return self._entries[0][0]

    def append(self, task: Task) -> None:
        """Place a task that has become runnable."""
        assert isinstance(task, ScheduledTask)
        self.advance(self._scheduler.run_ns())
        task.vruntime_ns = max(task.vruntime_ns, self.floor_ns)
        self._serial += 1
        heappush(self._entries, (task.vruntime_ns, self._serial, task))

    def advance(self, running_ns: int) -> None:
        """Let the floor follow the virtual runtime of the one that runs, as far as nobody lags behind it."""
        if self._entries and self._entries[0][0] < running_ns:
            running_ns = self._entries[0][0]
        self.floor_ns = max(self.floor_ns, running_ns)

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()

    def popleft(self) -> ScheduledTask:
        """Take the next one."""
        vruntime_ns, _, task = heappop(self._entries)
        self.floor_ns = max(self.floor_ns, vruntime_ns)
        return task


class Scheduler:
    """Shares the CPU of a kernel out among its tasks.

    Args:
        kernel: whose; it has no task yet.
        working_set_bytes: what each task touches when it runs.
    """

    def __init__(self, kernel: RawKernel, working_set_bytes: int) -> None:
        self.kernel = kernel
        self.queue = kernel.runnable = RunQueue(self)
        self.preemptions = 0
        """Tasks that had to give way at the end of a slice."""
        self.failed: Task | None = None
        """The first task that an exception ended."""
        self._on_cpu: ScheduledTask | None = None
        """Whom the CPU runs; None while it runs the idle task, or before the switch away from it."""
        self._last: ScheduledTask | None = None
        """Whom it ran last, the idle task left out."""
        self._switches = 0
        """Switches from one task to another, the idle task left out."""
        self._since_ns = 0
        """When the one on the CPU got it."""
        self._slice_end_ns = NEVER
        self._kept_tasks = kernel.costs.cache_bytes // working_set_bytes
        """Working sets that the cache holds together."""
        self._refill_ns = -(-working_set_bytes * kernel.costs.refill_ps // 1000)
        self._charges = kernel.ledger.page()
        kernel.scheduler = self

    # -- tasks ----------------------------------------------------------------------------

    def start(self, body: Body, name: str, fd: int = -1, space: int = 0) -> ScheduledTask:
        """Make a program a task, ready to run."""
        task = self.make_blocked(body, name, fd, space)
        self.kernel.catch_up()
        self.kernel.wake(task)
        return task

    def make_blocked(self, body: Body, name: str, fd: int, space: int) -> ScheduledTask:
        """Make a program a task that has been asleep for long: it begins when it is woken."""
        task = ScheduledTask(name, fd, space)
        task.send = body(task).send
        task.blocked = True
        return task

    @property
    def running(self) -> ScheduledTask | None:
        """Who has the CPU, or has been picked to get it."""
        task = self.kernel.running
        assert task is None or isinstance(task, ScheduledTask)
        return task

    # -- running --------------------------------------------------------------------------

    def run_ns(self) -> int:
        """The virtual runtime, up to now, of the one on the CPU; 0 if none is."""
        task = self._on_cpu
        if task is None or task is not self.kernel.running:
            return 0
        return task.vruntime_ns + max(0, self.kernel.now_ns - self._since_ns)

    def step_ends_ns(self) -> int:
        """When the running task comes to the end of its step, or of its slice."""
        kernel = self.kernel
        on_cpu = kernel.running is self._on_cpu and kernel.scan is None
        if on_cpu and self.queue and self._slice_end_ns < kernel.free_ns:
            return self._slice_end_ns
        return kernel.free_ns

    def let_run(self, task: Task, limit_ns: int) -> None:
        """Let a task go on as long as its steps end by ``limit_ns``, or until another one has to."""
        assert isinstance(task, ScheduledTask)
        kernel, queue = self.kernel, self.queue
        if task is not self._on_cpu:
            if kernel.free_ns > limit_ns:
                return
            kernel.now_ns = kernel.free_ns
            self._switch_to(task)
        timers, send = kernel.timers, task.send
        try:
            while True:
                step_ns = kernel.free_ns
                if queue and step_ns >= self._slice_end_ns and kernel.scan is None:
                    end_ns = max(self._slice_end_ns, kernel.now_ns)
                    if end_ns > limit_ns:
                        return
                    kernel.now_ns = end_ns
                    if self._slice_over(task):
                        return
                    continue
                if step_ns > limit_ns:
                    return
                kernel.now_ns = step_ns
                send(None)
                if kernel.running is not task:
                    self._left(task)
                    return
                if timers.due_ns < limit_ns:
                    return
        except StopIteration as stop:
            task.result = stop.value
            kernel.end_task(task)
            self._left(task)
        except Exception as error:
            task.error = error
            self.failed = self.failed or task
            kernel.end_task(task)
            self._stop()
            self._left(task)

    def _stop(self) -> None:
        """The process is gone, with all its tasks: nobody is runnable, and nobody will be woken."""
        kernel = self.kernel
        kernel.running = None
        self.queue.clear()
        for file in kernel.full_senders:
            file.wait_queue.entries.clear()

    def _slice_over(self, task: ScheduledTask) -> bool:
        """The slice is over: whether another task runs now."""
        kernel = self.kernel
        task.vruntime_ns += kernel.now_ns - self._since_ns
        self._since_ns = kernel.now_ns
        self._slice_end_ns = kernel.now_ns + kernel.costs.slice_ns
        if self.queue.least_ns > task.vruntime_ns:
            return False
        self.preemptions += 1
        task.owed = kernel.cut_step()
        self.queue.append(task)
        kernel.running = self.queue.popleft()
        return True

    def _left(self, task: ScheduledTask) -> None:
        """A task blocked, or is over: switch to the idle task if nobody else can run."""
        kernel = self.kernel
        task.vruntime_ns += kernel.free_ns - self._since_ns
        if kernel.running is None:
            self._on_cpu = None
            self.queue.advance(task.vruntime_ns)
            kernel.pay(self._charges.get("idle") or self._charge("idle", kernel.costs.context_switch_ns))

    def _switch_to(self, task: ScheduledTask) -> None:
        """Give a task the CPU: pay for the switch, for its cache, and for what it was preempted in."""
        kernel, last = self.kernel, self._last
        task.vruntime_ns = max(task.vruntime_ns, self.queue.floor_ns)
        if task is not last:
            self._switches += 1
        cold = self._switches - task.ran_at > self._kept_tasks and task is not last
        moved = last is not None and last.space != task.space
        task.ran_at = self._switches
        kernel.pay(self._charges.get((cold, moved)) or self._switch_charge(cold, moved))
        self._since_ns = kernel.free_ns
        self._slice_end_ns = kernel.free_ns + kernel.costs.slice_ns
        if task.owed:
            kernel.charge(task.owed)
            task.owed = ()
        self._on_cpu = self._last = task

    def _switch_charge(self, cold: bool, moved: bool) -> Charge:
        costs = self.kernel.costs
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
