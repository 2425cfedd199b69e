"""A call that waits, as an object: what it knows lies in it and not in a generator.

The calls of kqueue, io_uring and completion ports are made of *steps*. A step pays for what it does
and then either lets that time pass, or has put the task to sleep. Between two steps all that the call
knows lies in its attributes, so its generator (:meth:`WaitingCall.run`) can be thrown away and made
anew at any yield, and goes on where the old one was.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator

from sim.kernel.core import KernelCore
from sim.machine.task import Task


class WaitingCall(ABC):
    """A system call under way that may sleep.

    Args:
        timeout_ns: how long to wait at most; None is for ever, 0 not at all.
    """

    def __init__(self, kernel: KernelCore, timeout_ns: int | None) -> None:
        self.kernel = kernel
        self.timeout_ns = timeout_ns
        self.over = False
        """The result is known; only the time that the way out takes has to pass."""
        self.slept = False
        self.wakeup_unpaid = False
        """It was put to sleep, and the way back to the CPU is not paid yet."""
        self.timed_out = False
        self.serial = kernel.next_serial()
        self.cost_ns = 0
        """CPU time of this call so far, sleeping excluded."""
        self._sleeper: Task | None = None
        self._timer: int | None = None

    def run(self) -> Generator[None, None, None]:
        """The call, from where it stands to its return."""
        try:
            while not self.over:
                self.step()
                yield
        except GeneratorExit:  # given up by whoever called
            if not self.over:
                self.end()
            raise

    @abstractmethod
    def step(self) -> None:
        """Do what comes next, up to where time has to pass.

        Raises:
            OSError: the call fails; nothing is left of it.
        """

    def end(self) -> None:
        """The call is over: let go of what it holds."""
        self.over = True
        if self._timer is not None:
            self.kernel.timers.cancel(self._timer)
            self._timer = None

    # -- sleeping -------------------------------------------------------------------------

    @property
    def must_return(self) -> bool:
        """Whether it must return now, whatever it has."""
        return self.timed_out or self.timeout_ns == 0

    @property
    def asleep(self) -> Task | None:
        """The task that sleeps in it."""
        return self._sleeper

    def sleep(self) -> None:
        """Put the running task to sleep in this call, until :meth:`wake` or the timeout."""
        kernel = self.kernel
        if self.timeout_ns and self._timer is None:
            self._timer = kernel.timers.set(kernel.now_ns + self.timeout_ns, self._time_is_up)
        self.slept = self.wakeup_unpaid = True
        self._sleeper = kernel.block()

    def pay_awakening(self) -> None:
        """If it was asleep: the way back to the CPU."""
        if self.wakeup_unpaid:
            self.wakeup_unpaid = False
            self.cost_ns += self.kernel.pay_switch()

    def wake(self) -> bool:
        """Make its task runnable; whether it slept."""
        task = self._sleeper
        self._awake()
        return task is not None and self.kernel.wake(task)

    def _awake(self) -> None:
        self._sleeper = None

    def _time_is_up(self) -> None:
        self._timer = None
        self.timed_out = True
        self.wake()
