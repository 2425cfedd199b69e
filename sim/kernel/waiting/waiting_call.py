"""A waiting call as an object: its state is in attributes and not in a generator.

The calls of kqueue, io_uring and completion ports consist of *steps*. A step pays for its work, and then
either lets that time pass or has put the task to sleep. Between two steps all state is in the call's
attributes. So its generator (:meth:`WaitingCall.run`) can be discarded at any yield, and a new generator
continues from the same state.

Why not otherwise: a plain generator, as select and epoll have, is shorter. But a checkpoint cannot copy a
generator, and these calls have too much state for a :class:`~sim.kernel.waiting.restarted_call.Restart`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator

from sim.kernel.core import KernelCore
from sim.machine.task import Task


class WaitingCall(ABC):
    """A system call under way that may sleep.

    Args:
        kernel: The kernel.
        timeout_ns: Longest time to wait; None waits forever, 0 not at all.
    """

    def __init__(self, kernel: KernelCore, timeout_ns: int | None) -> None:
        self.kernel = kernel
        self.timeout_ns = timeout_ns
        self.over = False
        """True if the result is known, and only the time of the return must pass."""
        self.slept = False
        self.wakeup_unpaid = False
        """True if it was put to sleep and has not paid the switch back yet."""
        self.timed_out = False
        self.serial = kernel.next_serial()
        self.cost_ns = 0
        """CPU time in ns of this call so far, without sleep."""
        self._sleeper: Task | None = None
        self._timer: int | None = None

    def run(self) -> Generator[None, None, None]:
        """Run the call from where it is to its return."""
        try:
            while not self.over:
                self.step()
                yield
        except GeneratorExit:  # the program was closed
            if not self.over:
                self.end()
            raise

    @abstractmethod
    def step(self) -> None:
        """Do the next step, up to a point at which time must pass.

        Raises:
            OSError: The call fails and is over.
        """

    def end(self) -> None:
        """The call is over: release what it holds."""
        self.over = True
        if self._timer is not None:
            self.kernel.timers.cancel(self._timer)
            self._timer = None

    # -- sleeping -------------------------------------------------------------------------

    @property
    def must_return(self) -> bool:
        """True if it must return now, also if it has found nothing."""
        return self.timed_out or self.timeout_ns == 0

    @property
    def asleep(self) -> Task | None:
        """The task that sleeps in the call; None if none does."""
        return self._sleeper

    def sleep(self) -> None:
        """Put the running task to sleep in this call, until :meth:`wake` or the timeout."""
        kernel = self.kernel
        if self.timeout_ns and self._timer is None:
            self._timer = kernel.timers.set(kernel.now_ns + self.timeout_ns, self._time_is_up)
        self.slept = self.wakeup_unpaid = True
        self._sleeper = kernel.block()

    def pay_awakening(self) -> None:
        """Pay the switch back to the CPU, if the call was asleep."""
        if self.wakeup_unpaid:
            self.wakeup_unpaid = False
            self.cost_ns += self.kernel.pay_switch()

    def wake(self) -> bool:
        """Make its task runnable; True if it slept."""
        task = self._sleeper
        self._awake()
        return task is not None and self.kernel.wake(task)

    def _awake(self) -> None:
        self._sleeper = None

    def _time_is_up(self) -> None:
        self._timer = None
        self.timed_out = True
        self.wake()
