"""The lane that ``CONTRIBUTING.md`` adds as an example: ``null``, a server that never answers.

The three parts are in one file here. In the program they are separate: the class is a module of
:mod:`sim.servers`, the facts are an entry of :data:`sim.scenario.lanes.LANES`, and the words are an entry of
:data:`c10k_tui.text.lanes.LANE_TEXTS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from c10k_tui.text import packet_effects
from c10k_tui.text.lanes import LANE_TEXTS, LaneColours, LaneText
from sim.kernel.descriptors import IdleBlock
from sim.machine.task import Program
from sim.scenario.lane_kind import Family, LaneKind, Waiting
from sim.scenario.lanes import LANES
from sim.servers.base import SERVERS, Server

KIND = LaneKind(
    "null",
    Family.TASKS,
    Waiting.BLOCKING,
    "pause",
    introduced="every program with a deadlock",
    keeper="nobody",
    limit="the patience of its clients",
)
TEXT = LaneText(
    "null",
    title="null ─ never answers",
    what="sleeps for ever",
    learns="never learns of anything",
    effects=packet_effects.THREAD,
    colours=LaneColours("#808080", "#6c6c6c", "ansi_bright_black"),
)


@contextmanager
def null_lane() -> Iterator[None]:
    """Register the lane, and remove it at the end. Its server is registered by its class definition."""

    class NullServer(Server, lane="null"):
        restartable = True
        registered = 0

        def adopt(self, block: IdleBlock) -> None:
            pass

        def watch(self, fd: int) -> None:
            pass

        def run(self) -> Program:
            while True:
                self.kernel.block()
                yield

    LANES.add(KIND)
    LANE_TEXTS.add(TEXT)
    try:
        yield
    finally:
        LANES.remove("null")
        LANE_TEXTS.remove("null")
        del SERVERS["null", ""]
