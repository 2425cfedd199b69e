"""One CPU: the tasks that run on it, the interrupts that take it from them, and the accounts of its time.

A task is a generator (:mod:`sim.machine.task`). A call that takes time *pays* for it: that moves
:attr:`Cpu.free_ns`, the moment at which the CPU is free again, and the task then yields so that the time can
pass. Up to that moment the task is busy. A packet that arrives meanwhile interrupts the task, and the
interrupt moves the moment by its own cost. A call that must wait blocks its task first. If no other task can
run, the CPU is idle.

The effect of a call happens at the start of the time it takes. The exception is a scan of select or poll,
which can take milliseconds. Such a :class:`LongStep` knows at every moment how far it has come, so that a
packet that arrives behind its front is missed, as in Linux.

The CPU can stop at any nanosecond, in the middle of a call too, and :meth:`Cpu.totals` gives exactly what was
spent up to then. Running to a time in one go gives the same result as running there in a thousand steps. All
CPU time is accounted for: the sum over the ledger's accounts always equals :attr:`Cpu.free_ns`.

Simplified: there is one CPU. The only kernel thread is io_uring's polling thread, which has a CPU of its own
(:mod:`sim.kernel.waiting.io_uring.sq_thread`). Without a scheduler (:mod:`sim.machine.scheduler`) a task runs
until it blocks.

Why not otherwise: an event queue with one event for each step (as in SimPy) costs a heap operation for each
system call, and most events are calls. Here a plain loop runs a task as long as its steps end before the next
timer or interrupt. Only timers and interrupts are ordered by time.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Protocol

from sim.machine.accounts import Account, Charge, Count, Ledger, Part, Tally
from sim.machine.clock import NEVER, Timers
from sim.machine.costs import CostTable
from sim.machine.device import Device, NoDevice
from sim.machine.task import Program, Task, TaskQueue

_RECENT_CHARGES = 128
"""Number of charges kept. No server pays for more at once: at a completion port, 64 accepts at the start."""
_SYSCALL = ((Count.SYSCALLS, 1),)


class Deadlock(Exception):
    """A call waits, and nothing that is due can ever wake it."""


class LongStep(Protocol):
    """A step that takes so long that its progress matters: a pass of select or poll."""

    def spent(self, now_ns: int) -> tuple[Part, ...]:
        """CPU time of the step up to a moment, by account."""

    def counted(self, now_ns: int) -> tuple[Tally, ...]:
        """Counts of the step up to a moment."""

    def interrupted(self, stolen_ns: int) -> None:
        """An interrupt takes the CPU for ``stolen_ns`` from now on."""

    def finish_ns(self) -> int:
        """Time at which the step ends if nothing more interrupts it."""


class Dispatcher(Protocol):
    """Shares the CPU between several tasks (:class:`sim.machine.scheduler.Scheduler`)."""

    failed: Task | None
    """The first task that an exception ended."""

    def let_run(self, task: Task, limit_ns: int) -> None:
        """Run a task as long as its steps end by ``limit_ns`` and no other task has to run."""

    def step_ends_ns(self) -> int:
        """Time at which the running task's step or slice ends."""


class Cpu:
    """Virtual time, tasks and accounts of one simulated processor.

    Args:
        costs: The price of each step.
        now_ns: The time at which it starts.
    """

    def __init__(self, costs: CostTable, now_ns: int = 0) -> None:
        self.costs = costs
        self.now_ns = now_ns
        self.start_ns = now_ns
        """The time at which the ledger began."""
        self.free_ns = now_ns
        """Time at which the CPU is free again; while it is idle, the time at which it became idle."""
        self.timers = Timers()
        self.device: Device = NoDevice()
        self.running: Task | None = None
        self.runnable: TaskQueue = deque()
        self.scheduler: Dispatcher | None = None
        """Shares the CPU between several tasks; None if one task runs until it blocks."""
        self.scan: LongStep | None = None
        """The pass of select or poll under way; None if there is none."""
        self.ledger = Ledger()
        self.recent: deque[Charge] = deque(maxlen=_RECENT_CHARGES)
        """The latest charges: :meth:`totals` subtracts those that lie in the future."""
        self.stolen_ns = 0
        """CPU time in ns that interrupts have taken from the step under way."""
        self.stolen_until_ns = now_ns
        """:attr:`free_ns` after the latest interrupt; if they differ now, that step is over."""
        self._fixed = self.ledger.page()
        self._work = self.ledger.page()

    # -- paying ---------------------------------------------------------------------------

    def pay(self, charge: Charge) -> None:
        """Charge a step: the CPU is busy for its time.

        The calls that every request makes contain these three lines themselves, because calling this method
        costs more than the lines do.
        """
        charge.times += 1
        self.free_ns += charge.ns
        self.recent.append(charge)

    def charge(self, parts: tuple[Part, ...], counts: tuple[Tally, ...] = ()) -> None:
        """Charge a step whose price differs each time."""
        charge = Charge(parts, counts)
        self.ledger.post(charge.parts, charge.counts)
        self.free_ns += charge.ns
        self.recent.append(charge)

    def copy_ns(self, count: int) -> int:
        """Cost in ns of copying ``count`` bytes between user and kernel space, rounded up."""
        return -(-count * self.costs.copy_ps // 1000)

    def pay_call(self, account: Account, ns: int) -> None:
        """Charge one system call with a fixed price."""
        charge = self._fixed.get((account, ns))
        if charge is None:
            charge = self._fixed[account, ns] = Charge(((account, ns),), _SYSCALL)
        self.pay(charge)

    def work(self, ns: int) -> None:
        """Charge computation of the running program."""
        charge = self._work.get(ns)
        if charge is None:
            charge = self._work[ns] = Charge(((Account.APPLICATION, ns),))
        self.pay(charge)

    @property
    def switches_per_sleep(self) -> int:
        """Context switches that a waiting call pays on its way to sleep, and again on its way back.

        It is 0 under a scheduler, which books each real switch: there, the switch away from one task is also
        the switch to the next one.
        """
        return 0 if self.scheduler is not None else 1

    def pay_switch(self) -> int:
        """Charge one context switch, away from a task or back to it.

        Returns:
            Its cost in ns; 0 under a scheduler.
        """
        if not self.switches_per_sleep:
            return 0
        switch_ns = self.costs.context_switch_ns
        charge = self._fixed.get("switch")
        if charge is None:
            parts = ((Account.CONTEXT_SWITCH, switch_ns),)
            charge = self._fixed["switch"] = Charge(parts, ((Count.CONTEXT_SWITCHES, 1),))
        self.pay(charge)
        return switch_ns

    # -- tasks ----------------------------------------------------------------------------

    def start(self, program: Program, name: str = "task") -> Task:
        """Make a task that runs a program; it is ready to run."""
        task = Task(program, name)
        task.blocked = True
        self.book_idle()
        self.wake(task)
        return task

    def block(self) -> Task:
        """Take the running task off the CPU until :meth:`wake`. Its program must yield next."""
        task = self.running
        assert task is not None
        task.blocked = True
        self.running = self.runnable.popleft() if self.runnable else None
        return task

    def wake(self, task: Task) -> bool:
        """Make a blocked task runnable (``try_to_wake_up``).

        Returns:
            True if the task was blocked.
        """
        if not task.blocked:
            return False
        task.blocked = False
        task.wakes += 1
        if self.running is None:
            self.running = task
        else:
            self.runnable.append(task)
        return True

    def book_idle(self) -> None:
        """Book the CPU's idle time up to now. It is called before anything that may wake a task."""
        idle_ns = self.now_ns - self.free_ns
        if idle_ns > 0:
            self.ledger.spent_ns[Account.IDLE] += idle_ns
            self.free_ns = self.now_ns

    # -- running --------------------------------------------------------------------------

    def run_until(self, until_ns: int) -> None:
        """Run until virtual time is exactly ``until_ns``."""
        timers, device = self.timers, self.device
        let_run = self._let_run if self.scheduler is None else self.scheduler.let_run
        while True:
            due_ns = device.due_ns if device.due_ns < timers.due_ns else timers.due_ns
            task = self.running
            if task is not None:
                let_run(task, due_ns if due_ns < until_ns else until_ns)
                if timers.due_ns < due_ns or (self.running is not None and self.running is not task):
                    continue
            if due_ns > until_ns:
                break
            self.now_ns = due_ns
            if timers.due_ns == due_ns:
                self.book_idle()
                timers.fire()
            else:
                device.interrupt()
        self.now_ns = until_ns

    def _let_run(self, task: Task, limit_ns: int) -> None:
        """Run a task step by step until it blocks, or until its step ends after ``limit_ns``."""
        timers, send = self.timers, task.send
        try:
            while self.free_ns <= limit_ns:
                self.now_ns = self.free_ns
                send(None)
                if self.running is not task or timers.due_ns < limit_ns:
                    return
        except StopIteration as stop:
            task.result = stop.value
            self.end_task(task)
        except Exception as error:
            # An exception in a program ends that program, not the simulator.
            task.error = error
            self.end_task(task)

    def end_task(self, task: Task) -> None:
        """The program of the running task is over."""
        task.done = True
        self.running = self.runnable.popleft() if self.runnable else None
        if task.at_end is not None:
            task.at_end()

    def process_failed(self) -> None:
        """An exception ended a task, which ends the whole process: no task runs any more."""
        self.running = None
        self.runnable.clear()

    def next_due_ns(self) -> int:
        """Time of the next event; :data:`~sim.machine.clock.NEVER` if nothing is due."""
        due_ns = min(self.device.due_ns, self.timers.due_ns)
        if self.running is None:
            return due_ns
        step_ns = self.free_ns if self.scheduler is None else self.scheduler.step_ends_ns()
        return min(due_ns, max(step_ns, self.now_ns))

    def complete(self, program: Program, name: str = "main") -> Any:
        """Run a program to its end. Code outside the simulation makes blocking calls in this way.

        Returns:
            The program's result.

        Raises:
            Deadlock: The program waits, and nothing is due that can wake it.
        """
        task = self.start(program, name)
        while not task.done:
            due_ns = self.next_due_ns()
            if due_ns >= NEVER:
                raise Deadlock(f"{name} waits, and nothing in this kernel can ever wake it")
            self.run_until(due_ns)
        if task.error is not None:
            raise task.error
        return task.result

    # -- totals ---------------------------------------------------------------------------

    def totals(self) -> tuple[list[int], list[int]]:
        """CPU time and counts up to exactly now, calls under way included.

        Returns:
            Nanoseconds by :class:`~sim.machine.accounts.Account`, whose sum is the time since the start, and
            counts by :class:`~sim.machine.accounts.Count`.
        """
        self.ledger.fold()
        spent_ns = self.ledger.spent_ns[:]
        counted = self.ledger.counted[:]
        if self.scan is not None:
            for account, ns in self.scan.spent(self.now_ns):
                spent_ns[account] += ns
            for count, value in self.scan.counted(self.now_ns):
                counted[count] += value
        ahead_ns = sum(spent_ns) - (self.now_ns - self.start_ns)
        if ahead_ns < 0:
            spent_ns[Account.IDLE] -= ahead_ns
        elif ahead_ns > 0:
            self._take_back(spent_ns, ahead_ns)
        return spent_ns, counted

    def _take_back(self, spent_ns: list[int], ahead_ns: int) -> None:
        """Subtract time in the future: first interrupts, then the latest steps, the last one first."""
        if self.free_ns == self.stolen_until_ns:
            back_ns = min(ahead_ns, self.stolen_ns)
            spent_ns[Account.INTERRUPT] -= back_ns
            ahead_ns -= back_ns
        for charge in reversed(self.recent):
            for account, ns in reversed(charge.parts):
                back_ns = min(ns, ahead_ns, spent_ns[account])
                spent_ns[account] -= back_ns
                ahead_ns -= back_ns
            if not ahead_ns:
                return
        while ahead_ns:  # calls from outside made no time pass, and older charges are no longer kept
            account = Account(max(range(len(spent_ns)), key=spent_ns.__getitem__))
            back_ns = min(spent_ns[account], ahead_ns)
            spent_ns[account] -= back_ns
            ahead_ns -= back_ns

    def cut_step(self) -> tuple[Part, ...]:
        """Stop the step under way now (preemption).

        Returns:
            The part of the step that is left; the task pays for it when it goes on.
        """
        self.ledger.fold()
        spent_ns = self.ledger.spent_ns
        before_ns = spent_ns[:]
        self._take_back(spent_ns, self.free_ns - self.now_ns)
        self.free_ns = self.now_ns
        self.recent.clear()
        self.stolen_ns = 0
        return tuple(
            (Account(account), before - now)
            for account, (before, now) in enumerate(zip(before_ns, spent_ns, strict=True))
            if before != now
        )

    def begin_accounts(self, start_ns: int, spent_ns: list[int], counted: list[int]) -> int:
        """Begin the accounts now. All work so far was preparation and took no time.

        Args:
            start_ns: The time from which on time is accounted for.
            spent_ns: CPU time by account that the kernel which this one replaces had spent since then.
            counted: Counts of that kernel.

        Returns:
            The cost of the preparation in ns, which is not part of the accounts.
        """
        self.ledger.fold()
        prepared_ns = sum(self.ledger.spent_ns)
        self.ledger.spent_ns[:] = spent_ns
        self.ledger.counted[:] = counted
        self.start_ns = start_ns
        self.free_ns = self.now_ns
        self.recent.clear()
        self.stolen_ns = 0
        return prepared_ns
