"""Frames made by hand, as input of the views in tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.frames.frame import CallView, Counters, Frame, LaneFrame, PassView
from sim.machine.accounts import Account
from sim.machine.records import Record
from sim.scenario.scenario import Scenario

OF_A_LOOP = (Account.LOOP, Account.CALLBACK)
"""Accounts that only a lane with an event loop has."""
FIRST_FD = 5
POLLIN = 1


def counters(**known: Any) -> Counters:
    cost_ns = {account.label: 0 for account in Account if account not in OF_A_LOOP}
    cost_ns |= known.pop("cost_ns", {})
    fields: dict[str, Any] = {name: 0 for name in Counters.__dataclass_fields__ if name != "cost_ns"}
    fields |= {"latency_p50_ns": None, "latency_p99_ns": None}
    return Counters(**(fields | known), cost_ns=cost_ns)


def scan(
    start_ns: int, end_ns: int | None, count: int, position: int | None = None, number: int = 1
) -> PassView:
    reached = count if position is None else position
    return PassView(1, number, start_ns, end_ns, count, reached, FIRST_FD + reached)


def call(**known: Any) -> CallView:
    fields: dict[str, Any] = {
        "serial": 1,
        "asked": 10,
        "scanned": 10,
        "ready": 1,
        "passes": 1,
        "slept": False,
    }
    return CallView(**(fields | {"cost_ns": 1_000, "end_ns": 0} | known))


def mask_of(fds: int, ready: Sequence[int] = ()) -> np.ndarray:
    """Poll masks of descriptors ``0 … FIRST_FD + fds``; ``ready`` counts from the grid's first descriptor."""
    mask = np.zeros(FIRST_FD + fds + 3, np.uint16)
    mask[[FIRST_FD + index for index in ready]] = POLLIN
    return mask


def lane(name: str = "select", fds: int = 10, **known: Any) -> LaneFrame:
    fields: dict[str, Any] = {
        "activity": "sleeping",
        "failure": None,
        "first_fd": FIRST_FD,
        "registered": fds,
        "serving_fd": None,
        "poll_mask": mask_of(fds),
        "passes": (),
        "call": None,
        "records": [],
        "records_lost": 0,
        "ready_listed": 0,
        "counters": counters(),
        "setup_ns": 0,
    }
    return LaneFrame(name=name, fds=fds, **(fields | known))


def frame(*lanes: LaneFrame, now_ns: int = 0, since_ns: int = 0, **settings: Any) -> Frame:
    names = tuple(lane.name for lane in lanes)
    known: dict[str, Any] = {"fds": lanes[0].fds, "lanes": names}
    scenario = Scenario(**(known | settings))
    return Frame(now_ns=now_ns, since_ns=since_ns, scenario=scenario, lanes=lanes)


def packet(time_ns: int, fd: int, effect: int, serial: int, size: int = 64) -> Record:
    return (time_ns, 0, fd, size, effect, serial)
