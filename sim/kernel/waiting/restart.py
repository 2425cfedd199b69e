"""What a waiting call goes on from when its program is made anew.

A program is a generator, and a generator cannot be copied. One that brings a :class:`Restart` to its
calls can be made anew in the middle of one all the same: it makes the same call with the same arguments,
and the call goes on where it was, as Linux goes on with a call that a stop signal cut short
(``restart_block``, ``restart_syscall(2)``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel
    from sim.kernel.waiting.epoll.epoll_file import Epoll, Event
    from sim.kernel.waiting.scan import ScanCall


class Deadline:
    """An armed timeout of epoll_wait."""

    __slots__ = ("epoll", "over", "serial", "task")

    def __init__(self, kernel: RawKernel, epoll: Epoll, timeout_ns: int) -> None:
        self.over = False
        self.epoll = epoll
        self.task = kernel.running
        self.serial = kernel.timers.set(kernel.now_ns + timeout_ns, self.fire)

    def fire(self) -> None:
        """The time is up: wake the task, if it still sleeps."""
        self.over = True
        if self.task is not None and self.task in self.epoll.waiters:
            self.epoll.waiters.remove(self.task)
            self.epoll.kernel.wake(self.task)


class Restart:
    """The waiting call that a program is in, if it is in one."""

    __slots__ = ("asleep", "events", "scan")

    def __init__(self) -> None:
        self.scan: ScanCall | None = None
        """The call of select or poll under way."""
        self.asleep: tuple[int, int, int, int, Deadline | None] | None = None
        """An epoll_wait that went to sleep: its serial, items looked at, passes, cost so far, timeout."""
        self.events: list[Event] | None = None
        """What an epoll_wait is about to return."""
