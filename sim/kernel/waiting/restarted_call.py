"""Restart: the state with which a waiting call goes on in a program that was started again.

A program is a generator, and a generator cannot be copied into a checkpoint. But a program that passes a
:class:`Restart` to its calls can be started again in the middle of a call. It makes the same call with the
same arguments, and the call continues from its stored state, as Linux continues a call that a stop signal
interrupted (``restart_block``, ``restart_syscall(2)``).
"""

from __future__ import annotations

from collections import deque

from sim.kernel.waiting.scan import ScanCall
from sim.machine.cpu import Cpu
from sim.machine.task import Task


class Deadline:
    """The armed timeout of an epoll_wait.

    Args:
        cpu: The CPU on which the call waits; its running task is the one that waits.
        waiters: The epoll's waiting tasks. They include the task while it sleeps.
        timeout_ns: Time from now to the timeout.
    """

    __slots__ = ("cpu", "over", "serial", "task", "waiters")

    def __init__(self, cpu: Cpu, waiters: deque[Task], timeout_ns: int) -> None:
        self.over = False
        """True once the time is up."""
        self.cpu = cpu
        self.waiters = waiters
        self.task = cpu.running
        self.serial = cpu.timers.set(cpu.now_ns + timeout_ns, self.fire)
        """Number of the timer."""

    def fire(self) -> None:
        """The time is up: wake the task if it still sleeps."""
        self.over = True
        if self.task is not None and self.task in self.waiters:
            self.waiters.remove(self.task)
            self.cpu.wake(self.task)


class Restart:
    """State of the waiting call that a program is in; empty between calls."""

    __slots__ = ("asleep", "events", "scan")

    def __init__(self) -> None:
        self.scan: ScanCall | None = None
        """The call of select or poll under way."""
        self.asleep: tuple[int, int, int, int, Deadline | None] | None = None
        """An epoll_wait that sleeps: serial, items checked, passes, cost so far in ns, timeout."""
        self.events: list[tuple[int, int]] | None = None
        """Events that an epoll_wait is about to return."""
