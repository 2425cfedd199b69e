"""Servers of several tasks: the common part of threads and processes.

The tasks share the lane's one CPU under a scheduler (:mod:`sim.machine.scheduler`), and one descriptor table.
Threads share their table in Linux too. Processes do not, but their tables would hold the same connections.
The state of each task is in its own generator, so these servers cannot be started again at a yield, and their
lanes get no checkpoints.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Generator

from sim.kernel import blocking_calls
from sim.kernel.kernel import RawKernel
from sim.machine.scheduler import ScheduledTask, Scheduler
from sim.machine.task import Task
from sim.servers.base import Server, ServerSettings


class TaskServer(Server):
    """A server of several tasks."""

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self.scheduler = Scheduler(kernel, self.working_set_bytes)
        self.workers: tuple[ScheduledTask, ...] = ()
        """Its tasks, if their number is fixed."""

    @property
    def working_set_bytes(self) -> int:
        """Memory that each task uses when it runs, which must be brought into the cache."""
        return self.kernel.costs.thread_working_set_bytes

    @property
    @abstractmethod
    def tasks(self) -> int:
        """Number of tasks, also of those without an object because nothing has happened to them."""

    def watched_by(self, worker: int) -> int:
        """Number of descriptors for which one worker alone waits."""
        return 0

    @property
    def now_serving(self) -> int | None:
        task = self.scheduler.running
        return None if task is None or task.fd < 0 else task.fd

    def start(self) -> Task:
        return self.scheduler.start(lambda task: self.run(), self.name)

    def serve_ready(self, task: ScheduledTask, fd: int) -> Generator[None, None, bool]:
        """Serve a ready connection: read once, compute and answer, or close it at end of file.

        Returns:
            False if the connection was closed.
        """
        kernel = self.kernel
        task.fd = fd
        try:
            data = kernel.sys_read(fd, self.buffer_bytes)
        except BlockingIOError:
            yield
            task.fd = -1
            return True
        if data:
            kernel.work(self.work_ns(fd, data))
            yield
            yield from blocking_calls.write(kernel, fd, data)
        else:
            self.stop_watching(fd)
            kernel.sys_close(fd)
            yield
        task.fd = -1
        return bool(data)
