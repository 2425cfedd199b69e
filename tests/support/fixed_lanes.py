"""A race of any lanes at one fixed moment, made by hand: three packets have arrived, one is being served."""

from __future__ import annotations

import numpy as np

from sim.frames.frame import Counters, Frame, LaneFrame, MemoryView, TaskState, TaskView
from sim.frames.mechanism import IoUringView, RingView
from sim.machine.records import Effect, Kind, Record
from tests.support.fixed_race import NOW_NS, READY, StillRace
from tests.support.lane_frames import FIRST_FD, call, counters, lane, mask_of, packet

JUST_RAN = 25
"""Number of equal parts of the descriptors. At each border between two parts a task ran recently; at higher
descriptors earlier.
"""


class StillLanes(StillRace):
    """A fixed race with the scenario's lanes and number of descriptors."""

    def frame(self) -> Frame:
        names = self.scenario.lanes
        known = (
            {shown.name: shown for shown in super().frame().lanes} if {"select", "epoll"} & {*names} else {}
        )
        lanes = [known.get(name) or _still(name, self.scenario.fds) for name in names]
        return Frame(now_ns=NOW_NS, since_ns=0, scenario=self.scenario, lanes=tuple(lanes))


def _still(name: str, fds: int) -> LaneFrame:
    return _rings(name, fds) if name.startswith("io_uring") else _crew(name, fds)


def _places(fds: int) -> list[int]:
    """Indices of the three descriptors with packets."""
    return [index * fds // 10_000 for index in READY]


def _counted(switches: int, calls: int) -> Counters:
    return counters(
        wakeups=43,
        requests=48,
        syscalls=calls,
        scanned=90,
        wasted=47,
        ready=43,
        context_switches=switches,
        epoll_ctl=44,
        cqes=48,
        sqes=48,
        copied_in_bytes=3_070,
        copied_out_bytes=3_070,
        latency_p50_ns=13_000,
        latency_p99_ns=29_000,
        cost_ns={"context_switch": 60_000, "socket_io": 150_000, "interrupt": 60_000, "idle": 2_820_000},
    )


def _crew(name: str, fds: int) -> LaneFrame:
    """A lane of several tasks: one runs, one is runnable, the third has just run."""
    own = name in ("process", "thread")
    first, second, third = _places(fds)
    states = np.full(fds, TaskState.BLOCKED if own else TaskState.NONE, np.uint8)
    states[first], states[second] = TaskState.RUNNING, TaskState.RUNNABLE
    effect = Effect.WOKE_TASK if own else Effect.READY_LIST | Effect.WOKE_EPOLL
    ran: list[Record] = [
        (NOW_NS - age * 3_000, Kind.SLEEP, FIRST_FD + age * fds // JUST_RAN, 0, 0, age)
        for age in range(JUST_RAN - 1, 0, -1)
    ]
    came = [
        packet(NOW_NS - 20_000, FIRST_FD + at, effect, serial) for serial, at in enumerate((second, third))
    ]
    blocked = {"pool": 7, "epoll-oneshot": 2}.get(name, fds - 1)
    return lane(
        name,
        fds,
        activity="serving",
        serving_fd=FIRST_FD + first,
        poll_mask=mask_of(fds, [second]),
        records=[*ran[: JUST_RAN // 2], *came, *ran[JUST_RAN // 2 :]],
        call=call(asked=1 if own else fds, scanned=1, ready=1, slept=True),
        counters=_counted(switches=97, calls=140),
        tasks=TaskView(1, 1, blocked, 2, states),
        memory=MemoryView(40_248 if own else 3_640, fds * 40_248, 0, 1 << 33),
    )


def _rings(name: str, fds: int) -> LaneFrame:
    """An io_uring: two receives have completed, one of them is answered."""
    first, second, third = _places(fds)
    entries = (("more", 64, (1 << 32) + FIRST_FD + second),)
    came = [
        packet(NOW_NS - 300_000, FIRST_FD + at, Effect.TASK_WORK, serial)
        for serial, at in enumerate((first, second, third))
    ]
    read: list[Record] = [
        (NOW_NS - 200_000, Kind.READ, FIRST_FD + at, 64, 0, serial)
        for serial, at in enumerate((first, second))
    ]
    return lane(
        name,
        fds,
        activity="serving",
        serving_fd=FIRST_FD + first,
        records=[*came, *read, (NOW_NS - 9_000, Kind.WRITE, FIRST_FD + first, 64, 0, 9)],
        poll_mask=mask_of(fds, [third]),
        call=call(asked=fds, scanned=1, ready=3, slept=True),
        counters=_counted(switches=12, calls=9),
        mechanism=IoUringView(
            RingView(1_024, 48, 48, ()),
            RingView(4_096, 47, 48, entries),
            0,
            fds,
            0,
            1_024,
            1_023,
            4_096,
            False,
            None,
        ),
        memory=MemoryView(3_768, fds * 3_768, 0, 1 << 33),
    )
