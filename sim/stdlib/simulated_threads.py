"""Simulated threads of one process, and the order in which they run.

A simulated thread runs ordinary code on the kernel's modules. The program outside is the first thread,
``MainThread``. A thread blocks in the middle of a plain function, so it needs its own stack. So each thread
but the first runs on a thread of the host. Only the thread that has the *turn* runs; all other threads wait
for the turn. Two threads never run at the same moment: the model has one CPU.

A thread gives up the turn only in a call that really waits: not between two lines of Python, and not in a
call that finds data at once. The thread that falls asleep lets virtual time run until the call of a sleeping
thread is done, and gives the turn to that thread. If several calls are done, the thread whose call was done
first gets the turn. Nothing here depends on the host's scheduler or clock, so a program runs the same way
every time.

If no call is done and nothing is due in the kernel, no thread can ever go on. Then the first thread raises
:class:`~sim.machine.cpu.Deadlock`, which names the waiting calls. The other threads stay suspended. They go
on if the program wakes them later. :meth:`ThreadScheduler.end` unwinds them.

Why not generators, as for the servers of a race: a program on these modules calls ``recv`` in plain
functions, and Python cannot suspend a plain function without a stack for it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, TypeVar

from sim.machine.clock import NEVER
from sim.machine.cpu import Deadlock

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel

Result = TypeVar("Result")


class ThreadUnwound(BaseException):
    """Raised from the call in which a thread waits, to unwind it; programs should not catch it."""


class SimulatedThread:
    """One thread; it runs only while it has the turn.

    Args:
        name: its name in messages.
    """

    __slots__ = ("_turn", "ending", "error", "host", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.host: threading.Thread | None = None
        """The thread of the host that it runs on; None for the first thread and before the start."""
        self.error: BaseException | None = None
        """The error that its waiting call raises when it gets the turn; None for none."""
        self.ending = False
        """True while it is unwound: every call that could wait raises at once."""
        self._turn = threading.Lock()
        self._turn.acquire()

    def give_turn(self) -> None:
        """Let it run; the caller must stop running."""
        self._turn.release()

    def await_turn(self) -> None:
        """Stop until it has the turn."""
        self._turn.acquire()


class ThreadScheduler:
    """All threads of one process.

    Args:
        kernel: the kernel whose virtual time runs while all threads sleep.
    """

    def __init__(self, kernel: RawKernel) -> None:
        self.kernel = kernel
        self.main = SimulatedThread("MainThread")
        self.current = self.main
        """The thread that has the turn."""
        self.ready: deque[SimulatedThread] = deque()
        """Threads that could run, in the order in which they became ready."""
        self.waiting: dict[SimulatedThread, Callable[[], str]] = {}
        """Threads in a waiting call, each with a function that returns the call's description."""
        self.alive: list[SimulatedThread] = []
        """Threads that were started and have not ended, in order of start; without the first."""

    # -- waiting --------------------------------------------------------------------------

    def wait(self, program: Generator[None, None, Result], describe: Callable[[], str]) -> Result:
        """Make a call that may wait, as :meth:`sim.stdlib.process.SimulatedProcess.wait`; others run
        meanwhile.

        Raises:
            Deadlock: nothing can ever wake any thread, and this is the first one.
        """
        kernel, thread = self.kernel, self.current
        if thread.ending:
            raise ThreadUnwound
        followed = self._followed(thread, program)
        task = kernel.start(followed, thread.name)
        try:
            while not (task.done or task.blocked):
                kernel.run_until(kernel.next_due_ns())
            if not task.done:
                self.waiting[thread] = describe
                self._give_way(thread)
        finally:
            self.waiting.pop(thread, None)
            followed.close()
            kernel.run_until(max(kernel.free_ns, kernel.now_ns))
        if task.error is not None:
            raise task.error
        result: Result = task.result
        return result

    def _followed(
        self, thread: SimulatedThread, program: Generator[None, None, Result]
    ) -> Generator[None, None, Result]:
        """The call; at its end its thread becomes ready."""
        try:
            return (yield from program)
        finally:
            if self.waiting.pop(thread, None) is not None:
                self.ready.append(thread)

    def _give_way(self, thread: SimulatedThread) -> None:
        """Let others run until it is this thread's turn again."""
        following = self._next()
        if following is not thread:
            self._hand_over(following)
            thread.await_turn()
        error, thread.error = thread.error, None
        if error is not None:
            raise error

    def _hand_over(self, thread: SimulatedThread) -> None:
        self.current = thread
        thread.give_turn()

    def _next(self) -> SimulatedThread:
        """The thread to run next: virtual time runs until one is ready."""
        kernel = self.kernel
        while not self.ready:
            due_ns = kernel.next_due_ns()
            if due_ns >= NEVER:
                self.main.error = Deadlock(self._deadlock_text())
                return self.main
            kernel.run_until(due_ns)
        return self.ready.popleft()

    def _deadlock_text(self) -> str:
        calls = [(thread.name, describe()) for thread, describe in self.waiting.items()]
        if len(calls) == 1:
            return f"{calls[0][1]} waits, and nothing in this kernel can ever wake it"
        named = "; ".join(f"{name} in {call}" for name, call in calls)
        return f"{len(calls)} threads wait, and nothing in this kernel can ever wake them: {named}"

    # -- beginning and ending -------------------------------------------------------------

    def start(self, thread: SimulatedThread, body: Callable[[], None], ended: Callable[[], None]) -> None:
        """Start a thread: it runs ``body`` once another thread waits.

        Args:
            thread: a new thread.
            body: the thread's code; its exceptions go to ``threading.excepthook``, as in a real thread.
            ended: called after the body, while the thread still has the turn.
        """
        thread.host = threading.Thread(
            target=self._run, args=(thread, body, ended), name=thread.name, daemon=True
        )
        self.alive.append(thread)
        self.ready.append(thread)
        thread.host.start()

    def _run(self, thread: SimulatedThread, body: Callable[[], None], ended: Callable[[], None]) -> None:
        thread.await_turn()
        try:
            if not thread.ending:
                body()
        except (ThreadUnwound, SystemExit):
            pass
        except BaseException as error:
            raised = (type(error), error, error.__traceback__, thread.host)
            threading.excepthook(threading.ExceptHookArgs(raised))
        self.alive.remove(thread)
        ended()
        self._hand_over(self._next())

    def end(self) -> None:
        """Unwind every thread but the caller, also threads that are started meanwhile."""
        caller = self.current
        while others := [thread for thread in self.alive if thread is not caller]:
            thread = others[0]
            thread.ending = True
            if self.waiting.pop(thread, None) is not None:
                thread.error = ThreadUnwound()
            else:
                self.ready.remove(thread)
            self.ready.appendleft(caller)
            self._hand_over(thread)
            caller.await_turn()
            self.reap(thread)

    def reap(self, thread: SimulatedThread) -> None:
        """Join the host's thread of a thread that has ended."""
        if thread.host is not None:
            thread.host.join()
