"""What a lane's tasks do and what its connections take: the parts of a frame that only some lanes have."""

from __future__ import annotations

import numpy as np

from sim import polling
from sim.frame import MemoryView, TaskState, TaskView
from sim.servers.base import Server
from sim.servers.crew import Crew


def task_view(server: Server, first_fd: int, fds: int) -> TaskView | None:
    """The tasks of a server of several; None for one that does everything itself."""
    if not isinstance(server, Crew):
        return None
    scheduler = server.scheduler
    states = np.zeros(fds, dtype=np.uint8)
    if server.one_task_each:
        masks = server.kernel.table.poll_masks[first_fd : first_fd + fds]
        states[: len(masks)][masks != polling.NVAL] = TaskState.BLOCKED
    for task in scheduler.queue.tasks:
        if first_fd <= task.fd < first_fd + fds:
            states[task.fd - first_fd] = TaskState.RUNNABLE
    running = scheduler.running
    if running is not None and first_fd <= running.fd < first_fd + fds:
        states[running.fd - first_fd] = TaskState.RUNNING
    states.flags.writeable = False
    runnable = len(scheduler.queue)
    on_cpu = int(running is not None)
    return TaskView(on_cpu, runnable, server.tasks - runnable - on_cpu, scheduler.preemptions, states)


def memory_view(server: Server) -> MemoryView:
    """The memory that the connections of a server take."""
    each, count = server.connection_bytes, server.registered
    return MemoryView(each, each * count, server.reserved_bytes, server.kernel.costs.memory_bytes)
