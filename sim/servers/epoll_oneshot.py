"""Several workers on one epoll, with each connection at one worker at a time: EPOLLONESHOT.

All workers sleep in epoll_wait on the same epoll. The kernel wakes one of them, the last that went to sleep
(``ep->wq``, exclusive). Without EPOLLONESHOT two workers could get the same connection, because more arrives
while the first still reads. EPOLLONESHOT disarms an item when it is reported: its mask becomes 0. The worker
arms it again with EPOLL_CTL_MOD, which checks the file once, so that nothing is missed that came in between.
It costs one epoll_ctl for each event.
"""

from __future__ import annotations

from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_MOD
from sim.machine.scheduler import ScheduledTask
from sim.machine.task import Program
from sim.servers.epoll import EpollServer
from sim.servers.task_server import TaskServer

WORKERS = 4
MAX_EVENTS = 16
"""Largest number of events that a worker takes at once. Other workers cannot serve these."""


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
        """The program of a worker."""
        while True:
            for fd, _ in (yield from self.kernel.sys_epoll_wait(self.spare_fd, MAX_EVENTS)):
                if fd == self.listener_fd:
                    task.fd = fd
                    yield from self.accept_all()
                    task.fd = -1
                elif not (yield from self.serve_ready(task, fd)):
                    continue
                yield from self.rearm(fd)

    def rearm(self, fd: int) -> Program:
        """Arm a descriptor again, so that the kernel reports it."""
        self.kernel.sys_epoll_ctl(self.spare_fd, CTL_MOD, fd, self.watched_events)
        yield
