"""Several workers on one epoll, each connection with one of them at a time: EPOLLONESHOT.

All workers sleep in epoll_wait on the same epoll; the kernel wakes one of them, the last to have come
(``ep->wq``, exclusive). Without more, two workers could be told of the same connection: one is still
reading when more arrives. EPOLLONESHOT disarms an item as it is reported (its mask becomes 0), until the
worker arms it again with EPOLL_CTL_MOD, which asks the file once, so nothing that came meanwhile is
missed. It costs one epoll_ctl for each event.
"""

from __future__ import annotations

from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_MOD
from sim.machine.cpu import Program
from sim.machine.scheduler import ScheduledTask
from sim.servers.epoll import EpollServer
from sim.servers.task_server import TaskServer

WORKERS = 4
MAX_EVENTS = 16
"""Events a worker takes at once: what it holds, the others cannot do."""


class EpollOneshotServer(TaskServer, EpollServer, lane="epoll-oneshot"):
    """Workers in epoll_wait on one epoll."""

    restartable = False
    watched_events = poll_bits.IN | poll_bits.EPOLLONESHOT

    @property
    def tasks(self) -> int:
        return WORKERS

    def watch(self, fd: int) -> None:
        self.kernel.sys_epoll_ctl(self.spare_fd, CTL_ADD, fd, self.watched_events)

    def run(self) -> Program:
        if self.settings.accepting:
            self.watch(self.listener_fd)
        task = self.scheduler.running
        assert task is not None
        others = [self.scheduler.start(self._work, f"{self.name} worker") for _ in range(WORKERS - 1)]
        self.workers = (task, *others)
        yield from self._work(task)

    def _work(self, task: ScheduledTask) -> Program:
        """What a worker does."""
        while True:
            for fd, _ in (yield from self.kernel.sys_epoll_wait(self.spare_fd, MAX_EVENTS)):
                if fd == self.listener_fd:
                    task.fd = fd
                    yield from self.accept_all()
                    task.fd = -1
                elif not (yield from self.attend(task, fd)):
                    continue
                yield from self.rearm(fd)

    def rearm(self, fd: int) -> Program:
        """Have the kernel tell of a descriptor again."""
        self.kernel.sys_epoll_ctl(self.spare_fd, CTL_MOD, fd, self.watched_events)
        yield
