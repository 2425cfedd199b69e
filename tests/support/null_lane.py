"""A lane as one adds it: ``null``, a server that never answers.

The three parts stand in one file here. In the program they are three: the class is a module of
:mod:`sim.servers`, the facts are an entry of :data:`sim.scenario.lanes.LANES`, and the words are an entry of
:data:`c10k_tui.text.lanes.LANE_TEXTS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from c10k_tui.text import packet_effects
from c10k_tui.text.lanes import LANE_TEXTS, LaneColours, LaneText
from sim.kernel.descriptors import IdleBlock
from sim.kernel.kernel import RawKernel
from sim.machine.task import Program
from sim.scenario.lane_kind import Family, LaneKind, Waiting
from sim.scenario.lanes import LANES
from sim.servers.base import SERVERS, Server, ServerSettings

KIND = LaneKind(
    "null",
    Family.TASKS,
    Waiting.BLOCKING,
    "pause",
    introduced="this test",
    keeper="nobody",
    limit="patience",
)
TEXT = LaneText(
    "null",
    title="null ─ never answers",
    what="sleeps, whatever arrives",
    learns="is told nothing",
    effects=packet_effects.EPOLL,
    colours=LaneColours("#ff0087", "#870000", "ansi_red"),
)


@contextmanager
def null_lane() -> Iterator[None]:
    """Register the lane, and remove it again. Its server registers itself, as it is defined."""

    class NullServer(Server, lane="null"):
        """Sleeps for ever, whatever arrives."""

        def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
            super().__init__(kernel, settings)
            self._connections = 0

        @property
        def registered(self) -> int:
            return self._connections

        def adopt(self, block: IdleBlock) -> None:
            self._connections = block.last - block.first + 1

        def watch(self, fd: int) -> None:
            self._connections += 1

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
