"""Several workers with an epoll each, on one listening socket: EPOLLEXCLUSIVE.

This is how nginx works: each worker has its own epoll and its own connections, and all of them watch the
listening socket. A new connection wakes the epolls one after the other. Without EPOLLEXCLUSIVE *all* workers
wake; one gets the connection, and the others find nothing and go back to sleep. This is the thundering herd.
EPOLLEXCLUSIVE (Linux 4.5) puts the items at the end of the socket's wait queue, and ends the walk after the
first item that wakes a task. As long as the first worker in the queue sleeps, it is always woken, so the load
is uneven.

Here the workers are threads of one process (:mod:`sim.servers.task_server`). The connections that exist
before the race are divided among them in equal runs of descriptors.
"""

from __future__ import annotations

from sim.frames.mechanism import EpollView, epoll_view
from sim.kernel import poll_bits
from sim.kernel.descriptors import IdleBlock
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, Epoll
from sim.machine.accounts import Account
from sim.machine.scheduler import ScheduledTask
from sim.machine.task import Program
from sim.servers.epoll import MAX_EVENTS
from sim.servers.task_server import TaskServer

WORKERS = 4


class EpollExclusiveServer(TaskServer, lane="epoll-exclusive"):
    """Workers in epoll_wait, each on its own epoll, with a listening socket in common."""

    listener_events = poll_bits.IN | poll_bits.EPOLLEXCLUSIVE

    def open_spare(self) -> int:
        """Open the epoll of the first worker, which has the second descriptor."""
        self._epfds = [self.kernel.sys_epoll_create1()]
        return self._epfds[0]

    @property
    def tasks(self) -> int:
        return WORKERS

    @property
    def registered(self) -> int:
        """Number of descriptors that it waits for; the listening socket counts once."""
        watches = sum(epoll.count for epoll in self.kernel.epoll_calls.epolls)
        return watches - (len(self.listener.watches) - 1 if self.listener.watches else 0)

    @property
    def connection_bytes(self) -> int:
        return super().connection_bytes + self.kernel.costs.epoll_item_bytes

    def watch(self, fd: int) -> None:
        """Do nothing: the worker that accepts a connection registers it (:meth:`_accept_all`)."""

    def adopt(self, block: IdleBlock) -> None:
        kernel = self.kernel
        count = block.last - block.first + 1
        kernel.charge(((Account.INTEREST_LIST, count * kernel.costs.epoll_ctl_ns),))
        # Their numbers come after those of the connections, which are the same in every lane.
        self._epfds += [kernel.sys_epoll_create1() for _ in range(WORKERS - 1)]
        ends = [block.first + count * number // WORKERS for number in range(WORKERS + 1)]
        for epfd, first, end in zip(self._epfds, ends, ends[1:], strict=False):
            if first < end:
                self.epoll_at(epfd).watch_block(first, end - 1, poll_bits.IN)

    def epoll_at(self, epfd: int) -> Epoll:
        """The epoll behind a descriptor."""
        file = self.kernel.table.file(epfd)
        assert isinstance(file, Epoll)
        return file

    def run(self) -> Program:
        task = self.scheduler.running
        assert task is not None
        self.workers = (task, *(self._start_worker(epfd) for epfd in self._epfds[1:]))
        yield from self._work(task, self._epfds[0])

    def _start_worker(self, epfd: int) -> ScheduledTask:
        return self.scheduler.start(lambda task: self._work(task, epfd), f"{self.name} worker")

    def _work(self, task: ScheduledTask, epfd: int) -> Program:
        """The program of a worker."""
        kernel = self.kernel
        if self.settings.accepting:
            kernel.sys_epoll_ctl(epfd, CTL_ADD, self.listener_fd, self.listener_events)
            yield
        while True:
            for fd, _ in (yield from kernel.sys_epoll_wait(epfd, MAX_EVENTS)):
                if fd == self.listener_fd:
                    yield from self._accept_all(task, epfd)
                else:
                    yield from self.serve_ready(task, fd)

    def _accept_all(self, task: ScheduledTask, epfd: int) -> Program:
        """Accept all waiting connections into this worker's epoll."""
        kernel = self.kernel
        task.fd = self.listener_fd
        while True:
            try:
                fd = kernel.sys_accept4(self.listener_fd)
            except BlockingIOError:
                task.fd = -1
                return
            kernel.sys_epoll_ctl(epfd, CTL_ADD, fd, poll_bits.IN)
            yield

    def watched_by(self, worker: int) -> int:
        return self.epoll_at(self._epfds[worker]).count

    def view(self) -> EpollView:
        return epoll_view(map(self.epoll_at, self._epfds))
