"""A task that sleeps on one file: the plain entry on a wait queue (``default_wake_function``)."""

from __future__ import annotations

from collections.abc import Generator

from sim.kernel.core import KernelCore
from sim.kernel.open_file import OpenFile
from sim.machine.records import Effect
from sim.machine.task import Task

WOKE_TASK = Effect.WOKE_TASK


class Sleeper:
    """A task asleep until its file changes.

    Args:
        kernel: The kernel of the task.
        task: The task, blocked.
        exclusive: True if a wake-up ends at this entry.
        in_write: True if the task waits for room to write, False if it waits for something to read.
    """

    __slots__ = ("exclusive", "in_write", "kernel", "task")

    def __init__(self, kernel: KernelCore, task: Task, exclusive: bool, in_write: bool = False) -> None:
        self.kernel = kernel
        self.task = task
        self.exclusive = exclusive
        self.in_write = in_write

    def wake(self, key: int) -> bool:
        """Make the task runnable; True if it slept."""
        woken = self.kernel.wake(self.task)
        if woken:
            self.kernel.effect |= WOKE_TASK
        return woken


def sleep_on(kernel: KernelCore, file: OpenFile, in_write: bool = False) -> Generator[None, None, None]:
    """Sleep until a file changes, as a blocking read or write does when it finds nothing."""
    if in_write and kernel.faults is not None:
        kernel.faults.write_waits(file)
    sleeper = Sleeper(kernel, kernel.block(), file.exclusive, in_write)
    file.wait_queue.add(sleeper)
    kernel.pay_switch()
    try:
        yield
    finally:
        file.wait_queue.remove(sleeper)
    kernel.pay_switch()
