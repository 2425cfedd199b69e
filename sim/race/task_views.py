"""The parts of a frame about tasks and memory."""

from __future__ import annotations

import numpy as np

from sim.frames.frame import MemoryView, TaskState, TaskView, WorkerView
from sim.frames.mechanism import SHOWN
from sim.kernel import poll_bits
from sim.machine.scheduler import ScheduledTask
from sim.servers.base import Server
from sim.servers.task_server import TaskServer


def task_view(server: Server, first_fd: int, fds: int) -> TaskView | None:
    """The tasks of a server; None if it has a single task."""
    if not isinstance(server, TaskServer):
        return None
    scheduler = server.scheduler
    states = np.zeros(fds, dtype=np.uint8)
    if server.kind.task_each:
        masks = server.kernel.table.poll_masks[first_fd : first_fd + fds]
        states[: len(masks)][masks != poll_bits.NVAL] = TaskState.BLOCKED
    runnable = len(scheduler.queue)
    if runnable:
        served = np.array(scheduler.queue.fds) - first_fd
        states[served[(served >= 0) & (served < fds)]] = TaskState.RUNNABLE
    running = scheduler.running
    if running is not None and first_fd <= running.fd < first_fd + fds:
        states[running.fd - first_fd] = TaskState.RUNNING
    states.flags.writeable = False
    on_cpu = int(running is not None)
    return TaskView(
        running=on_cpu,
        runnable=runnable,
        blocked=server.tasks - runnable - on_cpu,
        preemptions=scheduler.preemptions,
        states=states,
        running_fd=-1 if running is None else running.fd,
        queue_fds=tuple(task.fd for task in scheduler.queue.first(SHOWN)),
        workers=tuple(_worker(server, number, task) for number, task in enumerate(server.workers)),
    )


def _worker(server: TaskServer, number: int, task: ScheduledTask) -> WorkerView:
    if task is server.scheduler.running:
        state = TaskState.RUNNING
    else:
        state = TaskState.BLOCKED if task.blocked else TaskState.RUNNABLE
    return WorkerView(state, task.fd, task.wakes, task.vain_wakes, server.watched_by(number))


def memory_view(server: Server) -> MemoryView:
    """The memory of a server's connections."""
    each, count = server.connection_bytes, server.registered
    return MemoryView(each, each * count, server.reserved_bytes, server.kernel.costs.memory_bytes)
