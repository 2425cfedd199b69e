"""The packets that have just gone onto a ready list.

A packet stays on epoll's ready list for about two microseconds, a hundredth of a second on the screen. So the
one-line picture of the list shows the latest packets a little longer: bright while they are new, then dim.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from c10k_tui.screens.race.mechanism.parts import queue
from c10k_tui.text import glyphs
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, clip
from sim.frames.frame import LaneFrame
from sim.machine.records import Kind

BRIGHT_S = 0.5
"""Wall seconds that packets are shown as new."""
SHOWN_S = 2.0
"""Wall seconds that packets are shown."""
TOGETHER_NS = 20_000
"""Packets within this time of the latest one belong to its burst."""
MOST = 8


class RecentArrivals:
    """The latest burst of packets of one lane."""

    def __init__(self) -> None:
        self._fds: list[int] = []
        self._at_ns = 0

    def forget(self) -> None:
        """Start over: the next frame does not follow from the last one."""
        self._fds.clear()

    def take(self, lane: LaneFrame) -> None:
        """Note the packets of a frame."""
        for time_ns, kind, fd, *_rest in lane.records:
            if kind != Kind.PACKET:
                continue
            if time_ns - self._at_ns > TOGETHER_NS:
                self._fds.clear()
            self._at_ns = time_ns
            if fd not in self._fds:
                self._fds.append(fd)
        del self._fds[:-MOST]

    def line(self, lane: LaneFrame, now_ns: int, rate_ns: float, width: int) -> Line:
        """The ready list in one line of at most ``width`` cells.

        Args:
            lane: The lane now.
            now_ns: The frame's time.
            rate_ns: Virtual nanoseconds per wall second.
        """
        head: Line = ((_("ready list "), "dim"),)
        age_s = (now_ns - self._at_ns) / rate_ns
        if not self._fds or age_s > SHOWN_S:
            return clip((*head, (_("empty"), "dim")), width)
        fds: Sequence[str] = [f"fd {fd}" for fd in self._fds]
        to_program = " " + _("{arrow} program", arrow=glyphs.ARROW)
        boxes = queue(len(fds), fds, width - cell_len(_("ready list ")) - cell_len(to_program))
        if age_s > BRIGHT_S:
            boxes = tuple((text, "dim") for text, _ in boxes)
        taken: Line = ((to_program, "dim"),) if lane.ready_listed == 0 else ()
        return clip((*head, *boxes, *taken), width)
