"""Servers of several tasks: what threads and processes have in common.

They share the lane's one CPU under a scheduler (:mod:`sim.machine.scheduler`), and one descriptor table, as
threads do (processes do not, but their tables would hold the same connections). What each task knows is
in its own generator, so these servers cannot be begun anew at any yield, and their lanes get no
checkpoints.
"""

from __future__ import annotations

from collections.abc import Generator

from sim.kernel.kernel import RawKernel
from sim.kernel.waiting import blocking_calls
from sim.machine.cpu import Task
from sim.machine.scheduler import ScheduledTask, Scheduler
from sim.servers.base import READ_BYTES, Server, ServerSettings


class TaskServer(Server):
    """A server of several tasks."""

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self.scheduler = Scheduler(kernel, self.working_set_bytes)
        self.workers: tuple[ScheduledTask, ...] = ()
        """Its tasks, where they are few and stay."""

    @property
    def working_set_bytes(self) -> int:
        """What each of its tasks touches when it runs."""
        return self.kernel.costs.thread_working_set_bytes

    @property
    def tasks(self) -> int:
        """How many tasks there are, those included that are not objects because nothing touched them."""
        raise NotImplementedError

    def watched_by(self, worker: int) -> int:
        """Descriptors that one of the workers waits for alone."""
        return 0

    @property
    def now_serving(self) -> int | None:
        task = self.scheduler.running
        return None if task is None or task.fd < 0 else task.fd

    def start(self) -> Task:
        return self.scheduler.start(lambda task: self.run(), self.name)

    def attend(self, task: ScheduledTask, fd: int) -> Generator[None, None, bool]:
        """A connection is ready: read it once, compute, answer, or close it at end of file.

        Returns:
            Whether it still lives.
        """
        kernel = self.kernel
        task.fd = fd
        try:
            data = kernel.sys_read(fd, READ_BYTES)
        except BlockingIOError:
            yield
            task.fd = -1
            return True
        if data:
            kernel.work(self.work_ns(data))
            yield
            yield from blocking_calls.write(kernel, fd, data)
        else:
            self.forget(fd)
            kernel.sys_close(fd)
            yield
        task.fd = -1
        return bool(data)
