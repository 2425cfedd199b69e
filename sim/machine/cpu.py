"""One CPU: tasks that run on it, interrupts that take it from them, and where its time went.

A task is a generator: the server's own code, with system calls in it. A call that costs time *pays*
for it, which moves the moment at which the CPU is free again, and yields, so that time can pass. Up to that
moment the task is busy; packets that arrive meanwhile interrupt it and push the moment
back by what they cost. A call that must wait blocks its task first: with no other task to run, the
CPU idles.

What a call does happens at the start of the time it takes. The exception is a scan of select or
poll, which can take milliseconds: it is a :class:`~sim.kernel.waiting.scan.ScanPass` that knows at every
moment how far it has come, so a packet arriving behind its front is missed by it, as in Linux.

The CPU can be stopped at any nanosecond, in the middle of a call too, and :meth:`Cpu.totals`
says exactly what was spent up to then. Running to a time in one go or in a thousand steps is the
same. All CPU time is accounted for: the ledger's sum is :attr:`Cpu.free_ns`, always.

Simplified: a single CPU; no kernel threads but io_uring's polling one, which has a CPU of its own
(:mod:`sim.kernel.waiting.io_uring.sq_thread`). Without a :class:`~sim.machine.scheduler.Scheduler` tasks are
not preempted by each other: the one that runs goes on until it blocks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Protocol

from sim.machine.accounts import Account, Charge, Ledger, Part, Tally
from sim.machine.clock import NEVER, Timers

if TYPE_CHECKING:
    from sim.kernel.waiting.scan import ScanPass
    from sim.machine.scheduler import RunQueue, Scheduler

Program = Generator[None, None, Any]
"""Code that runs as a task: yields where time may pass, returns its result."""
_RECENT_CHARGES = 128
"""More than any server pays for in one go: at a completion port 64 accepts are posted at the start."""


class Deadlock(Exception):
    """A call waits for something that nothing can ever cause."""


class Task:
    """A thread of control."""

    __slots__ = ("at_end", "blocked", "done", "error", "name", "result", "send", "vain_wakes", "wakes")

    def __init__(self, program: Program, name: str) -> None:
        self.send = program.send
        self.name = name
        self.blocked = False
        self.wakes = 0
        """How often it was woken."""
        self.vain_wakes = 0
        """How often, of these, it found nothing in epoll_wait or a pool's queue, and went back to sleep."""
        self.done = False
        self.result: Any = None
        self.error: Exception | None = None
        """What ended it, if that was an exception."""
        self.at_end: Callable[[], None] | None = None
        """Called at the moment at which it is over."""

    def close(self) -> None:
        """End its program where it stands, from the outside in: it is never run again."""
        program = getattr(self.send, "__self__", None)
        if isinstance(program, Generator):
            program.close()


class Device(Protocol):
    """Something that raises interrupts at known times."""

    due_ns: int
    """When the next one is due; :data:`~sim.machine.clock.NEVER` if none is."""

    def interrupt(self) -> None:
        """Handle the one that is due now."""


class NoDevice:
    """Nothing attached."""

    due_ns = NEVER

    def interrupt(self) -> None:
        """Never called: it is never due."""


class Cpu:
    """Virtual time, tasks and accounts of one simulated processor."""

    def __init__(self, now_ns: int = 0) -> None:
        self.now_ns = now_ns
        self.start_ns = now_ns
        """Since when the ledger has been kept."""
        self.free_ns = now_ns
        """Until when the CPU has work (or, idle, since when it has none)."""
        self.timers = Timers()
        self.device: Device = NoDevice()
        self.running: Task | None = None
        self.runnable: deque[Task] | RunQueue = deque()
        self.scheduler: Scheduler | None = None
        """Who shares the CPU out among several tasks; None where one runs until it blocks."""
        self.scan: ScanPass | None = None
        """The pass of select or poll under way."""
        self.ledger = Ledger()
        self.recent: deque[Charge] = deque(maxlen=_RECENT_CHARGES)
        """The latest steps paid for, to take back what lies ahead of a statement's moment."""
        self.stolen_ns = 0
        """What interrupts have taken from the step under way (which comes before them in the books)."""
        self.stolen_until_ns = now_ns
        """:attr:`free_ns` after the latest of them: if it is another one now, that step is over."""

    # -- paying ---------------------------------------------------------------------------

    def pay(self, charge: Charge) -> None:
        """Charge a step: the CPU is busy for so much longer.

        The three calls that every request makes do these three lines themselves: the call would
        cost more than they do.
        """
        charge.times += 1
        self.free_ns += charge.ns
        self.recent.append(charge)

    def charge(self, parts: tuple[Part, ...], counts: tuple[Tally, ...] = ()) -> None:
        """Charge a step that has no fixed price."""
        charge = Charge(parts, counts)
        self.ledger.post(charge.parts, charge.counts)
        self.free_ns += charge.ns
        self.recent.append(charge)

    # -- tasks ----------------------------------------------------------------------------

    def start(self, program: Program, name: str = "task") -> Task:
        """Make a program a task, ready to run."""
        task = Task(program, name)
        task.blocked = True
        self.catch_up()
        self.wake(task)
        return task

    def block(self) -> Task:
        """Take the running task off the CPU until :meth:`wake`; its program must yield next."""
        task = self.running
        assert task is not None
        task.blocked = True
        self.running = self.runnable.popleft() if self.runnable else None
        return task

    def wake(self, task: Task) -> bool:
        """Make a blocked task runnable (``try_to_wake_up``).

        Returns:
            Whether it was blocked.
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

    def catch_up(self) -> None:
        """If the CPU idled until now, book that (before anything that may wake a task)."""
        idle_ns = self.now_ns - self.free_ns
        if idle_ns > 0:
            self.ledger.spent_ns[Account.IDLE] += idle_ns
            self.free_ns = self.now_ns

    # -- running --------------------------------------------------------------------------

    def run_until(self, until_ns: int) -> None:
        """Let virtual time pass to ``until_ns`` exactly."""
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
                self.catch_up()
                timers.fire()
            else:
                device.interrupt()
        self.now_ns = until_ns

    def _let_run(self, task: Task, limit_ns: int) -> None:
        """Let a task go on, step by step, as long as its steps end by ``limit_ns``, or it blocks."""
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
            # What goes wrong in a program is that program's end, not the simulator's.
            task.error = error
            self.end_task(task)

    def end_task(self, task: Task) -> None:
        """The program of the running task is over."""
        task.done = True
        self.running = self.runnable.popleft() if self.runnable else None
        if task.at_end is not None:
            task.at_end()

    def next_due_ns(self) -> int:
        """When the next thing happens; :data:`~sim.machine.clock.NEVER` if nothing will."""
        due_ns = min(self.device.due_ns, self.timers.due_ns)
        if self.running is None:
            return due_ns
        step_ns = self.free_ns if self.scheduler is None else self.scheduler.step_ends_ns()
        return min(due_ns, max(step_ns, self.now_ns))

    def complete(self, program: Program, name: str = "main") -> Any:
        """Run a program to its end and give its result: how code outside makes a blocking call.

        Raises:
            Deadlock: it waits, and nothing is due that could wake it.
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

    # -- the statement --------------------------------------------------------------------

    def totals(self) -> tuple[list[int], list[int]]:
        """What was spent and counted up to exactly now, calls under way included.

        Returns:
            Nanoseconds by :class:`~sim.machine.accounts.Account`, summing to the time since the start,
            and the counts by :class:`~sim.machine.accounts.Count`.
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
        """Unspend what lies in the future: interrupts, and before them the last steps, the last one first."""
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
        while ahead_ns:  # calls made from outside, without letting time pass, pushed out the older ones
            account = Account(max(range(len(spent_ns)), key=spent_ns.__getitem__))
            back_ns = min(spent_ns[account], ahead_ns)
            spent_ns[account] -= back_ns
            ahead_ns -= back_ns

    def cut_step(self) -> tuple[Part, ...]:
        """Stop the step under way here and now (preemption).

        Returns:
            What it has not done yet, and pays for when it goes on.
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
        """Begin the accounts at now: what was done so far was preparation, and took no time.

        Args:
            start_ns: since when time is accounted for.
            spent_ns: what another kernel, which this one replaces, had spent since then.
            counted: what that one had counted.

        Returns:
            What the preparation would have cost, in nanoseconds.
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
