"""A pool: one thread waits for all connections, and a fixed number of threads serve them.

There are two kinds of pool. In the older kind (Apache's worker MPM, or a pre-forked accept), a thread takes a
connection and keeps it until it ends. So idle connections can hold all threads, and other clients have to
wait. This module is the newer kind, *half-sync/half-async* (Schmidt and Cranor, 1995), as in Apache's event
MPM. A poller waits in epoll_wait for all connections. Each is watched with EPOLLONESHOT, so that one thread
at a time has it. A ready connection goes into a queue. A worker takes it, reads, works, writes, and arms it
again with EPOLL_CTL_MOD. So idle connections hold no thread.

The additional costs, compared with epoll, are: one epoll_ctl for every event; a futex call of the poller to
wake a worker, and a futex call of a worker to go to sleep; and the switches between poller and workers. On
one CPU the only gain is that a worker that blocks does not block the others. A worker that finds a connection
in the queue takes it at no cost.
"""

from __future__ import annotations

from collections import deque

from sim.frames.mechanism import EpollView, epoll_view
from sim.kernel import poll_bits
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, CTL_MOD
from sim.machine.accounts import Account, Charge, Count
from sim.machine.records import Kind
from sim.machine.scheduler import ScheduledTask
from sim.machine.task import Program, Task
from sim.servers.base import ServerSettings
from sim.servers.epoll import MAX_EVENTS, EpollServer
from sim.servers.task_server import TaskServer

WORKERS = 8
ONCE = poll_bits.IN | poll_bits.EPOLLONESHOT


class PoolServer(TaskServer, EpollServer, lane="pool"):
    """A poller in epoll_wait, and workers fed by a queue."""

    restartable = False
    watched_events = ONCE

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self._jobs: deque[int] = deque()
        """Ready connections, in the order in which they were reported."""
        self._idle: deque[Task] = deque()
        """Workers that sleep until there is a job. The one that has slept longest is woken first."""
        self._futexes = kernel.ledger.page()

    @property
    def tasks(self) -> int:
        return WORKERS + 1

    def watch(self, fd: int) -> None:
        events = poll_bits.IN if fd == self.listener_fd else ONCE
        self.kernel.sys_epoll_ctl(self.spare_fd, CTL_ADD, fd, events)

    def run(self) -> Program:
        kernel = self.kernel
        poller = self.scheduler.running
        assert poller is not None
        others = [self.scheduler.start(self._work, f"{self.name} worker") for _ in range(WORKERS)]
        self.workers = (poller, *others)
        if self.settings.accepting:
            self.watch(self.listener_fd)
        while True:
            for fd, _ in (yield from kernel.sys_epoll_wait(self.spare_fd, MAX_EVENTS)):
                if fd == self.listener_fd:
                    yield from self.accept_all()
                    continue
                self._jobs.append(fd)
                if self._idle:
                    kernel.pay_call(Account.SYSCALL, kernel.costs.futex_ns)
                    kernel.wake(self._idle.popleft())
                    yield

    def _work(self, task: ScheduledTask) -> Program:
        """The program of a worker."""
        kernel = self.kernel
        while True:
            woken = False
            while not self._jobs:
                self._sleep(woken)
                yield
                woken = True
            fd = self._jobs.popleft()
            if (yield from self.serve_ready(task, fd)):
                kernel.sys_epoll_ctl(self.spare_fd, CTL_MOD, fd, ONCE)
                yield

    def _sleep(self, woken: bool) -> None:
        """Sleep until there is a job (FUTEX_WAIT).

        Args:
            woken: True if the worker was woken and has found the queue empty.
        """
        kernel = self.kernel
        charge = self._futexes.get(woken)
        if charge is None:
            spent = (
                (Account.SYSCALL, kernel.costs.futex_ns),
                (Account.WAIT_QUEUE, -(-kernel.costs.hook_ps // 1000)),
            )
            counts = ((Count.SYSCALLS, 1), (Count.HOOKS, 1), (Count.SPURIOUS_WAKES, int(woken)))
            charge = self._futexes[woken] = Charge(spent, counts)
        kernel.pay(charge)
        kernel.journal.append((kernel.now_ns, Kind.SLEEP, -1, 0, 0, kernel.next_serial()))
        task = kernel.block()
        task.vain_wakes += woken
        self._idle.append(task)

    def view(self) -> EpollView:
        return epoll_view((self.epoll,), self._jobs)
