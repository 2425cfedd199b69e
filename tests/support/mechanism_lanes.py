"""Lanes made by hand, one for each mechanism, from which tests draw its picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.frames.frame import LaneFrame, MemoryView, TaskState, TaskView, WorkerView
from sim.frames.mechanism import EpollView, IocpView, IoUringView, KqueueView, RingView, SetView
from tests.support.lane_frames import call, counters, lane, scan

FDS = 10_000
MEMORY = MemoryView(3_640, 36_400_000, 0, 8_590_000_000)
RUNNING, RUNNABLE, BLOCKED = TaskState.RUNNING, TaskState.RUNNABLE, TaskState.BLOCKED
SWITCHING = counters(context_switches=82_000, spurious_wakes=5, epoll_ctl=23, cost_ns={"idle": 10**9})


def tasks(**known: Any) -> TaskView:
    fields: dict[str, Any] = {
        "running": 1,
        "runnable": 3,
        "blocked": 9_997,
        "preemptions": 12,
        "states": np.zeros(FDS, np.uint8),
        "running_fd": 560,
        "queue_fds": (3536, 8705, 12),
    }
    return TaskView(**(fields | known))


def workers(*states: tuple[int, int, int]) -> dict[str, Any]:
    """Workers with state, descriptor and number of wake-ups, and the counts that belong to them."""
    of = [state for state, _, _ in states]
    return {
        "running": of.count(RUNNING),
        "runnable": of.count(RUNNABLE),
        "blocked": of.count(BLOCKED),
        "queue_fds": tuple(fd for state, fd, _ in states if state == RUNNABLE),
        "workers": tuple(
            WorkerView(state, fd, wakes, wakes // 80, 2_000 + wakes) for state, fd, wakes in states
        ),
    }


def ring(
    size: int, head: int, entries: tuple[tuple[str, int, int], ...], used: int | None = None
) -> RingView:
    count = len(entries) if used is None else used
    return RingView(size, head, head + count, entries)


def uring(**known: Any) -> IoUringView:
    fields: dict[str, Any] = {
        "submissions": ring(1_024, 1_022, (("send", 560, 560), ("recv", 3536, 3536))),
        "completions": ring(4_096, 7, (("more", 64, 560), ("more", 128, 3536), ("last", -105, 12)), 30),
        "overflow": 0,
        "armed": 10_001,
        "task_work": 4,
        "buffers": 1_024,
        "buffers_free": 994,
        "buffer_bytes": 4_096,
        "sleeping": False,
        "thread": None,
    }
    return IoUringView(**(fields | known))


def of(name: str, **known: Any) -> LaneFrame:
    return lane(name, FDS, memory=MEMORY, **known)


CALL = call(asked=FDS, scanned=6, ready=3)
EXAMPLES: dict[str, LaneFrame] = {
    "select": of(
        "select",
        activity="scanning",
        passes=(scan(0, None, FDS, position=3_300),),
        call=call(asked=FDS, scanned=2 * FDS, ready=2),
        mechanism=SetView("fd_set", FDS, 1_256, 1_256, True),
    ),
    "poll": of("poll", call=CALL, mechanism=SetView("pollfd", FDS, 80_000, 20_000, False)),
    "epoll": of(
        "epoll",
        call=CALL,
        mechanism=EpollView(FDS, 4, (560, 3536, 8705, 12), 0, 1),
        counters=counters(epoll_ctl=23),
    ),
    "kqueue": of(
        "kqueue",
        call=CALL,
        mechanism=KqueueView(FDS, 2, (560, 3536), 2, False, 1),
        counters=counters(filter_runs=123),
    ),
    "iocp": of(
        "iocp",
        mechanism=IocpView(2, (560, 3536), 9_998, 40_951_808, 1, 1, 0, (64, 128)),
        counters=counters(operations=500, completions=77),
    ),
    "io_uring": of("io_uring", mechanism=uring()),
    "io_uring-sqpoll": of(
        "io_uring-sqpoll",
        mechanism=uring(thread="spinning"),
        counters=counters(sq_thread_work_ns=10, sq_thread_spin_ns=73, sq_thread_sleep_ns=17),
    ),
    "thread": lane(
        "thread",
        FDS,
        tasks=tasks(),
        memory=MemoryView(40_200, 402_000_000, 83_900_000_000, 8_590_000_000),
        counters=SWITCHING,
    ),
    "pool": of(
        "pool",
        tasks=tasks(
            **workers((BLOCKED, -1, 9), (RUNNING, 560, 7), (RUNNABLE, 12, 7), *[(BLOCKED, -1, 1)] * 6)
        ),
        mechanism=EpollView(10_001, 2, (3536, 8705), 7, 2, 3, (1, 2, 3)),
        counters=SWITCHING,
    ),
    "epoll-oneshot": of(
        "epoll-oneshot",
        tasks=tasks(**workers((RUNNING, 560, 412), (RUNNABLE, -1, 3), (BLOCKED, -1, 2), (BLOCKED, -1, 1))),
        mechanism=EpollView(10_001, 2, (3536, 8705), 7, 2),
        counters=SWITCHING,
    ),
    "epoll-exclusive": of(
        "epoll-exclusive",
        tasks=tasks(**workers((RUNNING, 560, 412), (RUNNABLE, -1, 3), (BLOCKED, 77, 2), (BLOCKED, -1, 1))),
        mechanism=EpollView(10_001, 2, (3536, 8705), 0, 2),
        counters=SWITCHING,
    ),
}
"""The examples by lane."""
