"""Frames of a watched script made by hand, as input of the views in tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sim.scripts.descriptors import Descriptor
from sim.scripts.loop_figures import Culprit, LoopCounters
from sim.scripts.loop_frame import LoopFrame
from sim.scripts.task_rows import TaskRow, WaitReason
from sim.stacks.code_place import Place

PLACE = Place("/home/u/echo.py", 14, "client")
LIBRARY = Place("/usr/lib/streams.py", 540, "StreamReader._wait_for_data")
COUNTERS = LoopCounters(
    turns=41,
    callbacks=120,
    turn_callbacks=1,
    most_callbacks=18,
    poll_ns=992_000_000,
    callbacks_ns=6_000_000,
    loop_ns=2_000_000,
    longest=Culprit(4, 17_161, "Task-1", PLACE),
)
FRAME = LoopFrame(
    now_ns=100_178_062,
    moment="wait",
    over=False,
    error=None,
    counters=COUNTERS,
    running="",
    turn_size=0,
    queue=(),
    queued=0,
    timers=0,
    due=0,
    next_timer_ns=None,
    waited_ns=None,
    states={"running": 0, "ready": 0, "suspended": 0},
    first=0,
    rows=(),
    active=-1,
    chosen=-1,
    descriptors=(),
    ready=(),
    culprits=(),
)


def frame(**known: Any) -> LoopFrame:
    """A frame of a loop that waits, with the given fields replaced."""
    return replace(FRAME, **known)


def row(name: str = "client 1", state: Any = "suspended", **known: Any) -> TaskRow:
    fields: dict[str, Any] = {"waiting": None, "place": PLACE, "stack": (PLACE, LIBRARY), "number": 1}
    return TaskRow(name, state, **(fields | known))


def on_fd(fd: int) -> WaitReason:
    return WaitReason(f"fd {fd} readable", fd=fd)


def descriptor(fd: int, sort: Any = "connected", **known: Any) -> Descriptor:
    fields: dict[str, Any] = {
        "peer": -1,
        "unread_bytes": 0,
        "unsent_bytes": 0,
        "watched": True,
        "listed": False,
        "ready": False,
    }
    return Descriptor(fd, sort, **(fields | known))
