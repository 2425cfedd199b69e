"""The state of the path screen: the current step, and the pace of autoplay. No Textual here."""

from __future__ import annotations

from collections.abc import Callable

from sim.path.packet_path import PacketPath

STEP_S = 4.0
"""Seconds that autoplay stays at a step at speed 1: the time to read a sentence."""
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class PathModel:
    """A path and its current step.

    Args:
        path: The packet's path.
        clock: Returns seconds on a clock that never goes back.
    """

    def __init__(self, path: PacketPath, clock: Callable[[], float]) -> None:
        self.path = path
        self.beats = path.step_pairs
        self.at = 0
        """Index of the current beat."""
        self.playing = False
        self.speed = 1.0
        self._clock = clock
        self._due_s = 0.0

    @property
    def over(self) -> bool:
        """True at the last step."""
        return self.at == len(self.beats) - 1

    @property
    def stay_s(self) -> float:
        """Seconds that autoplay stays at a step."""
        return STEP_S / self.speed

    def step(self, direction: int) -> None:
        """Go to the next (1) or previous (-1) step."""
        self.go_to(self.at + direction)

    def go_to(self, at: int) -> None:
        """Go to a step; autoplay stays there for its full time."""
        self.at = min(max(at, 0), len(self.beats) - 1)
        self._due_s = self._clock() + self.stay_s

    def play(self) -> None:
        """Start autoplay (from the first step if this is the last), or stop it."""
        self.playing = not self.playing
        if self.playing:
            self.go_to(0 if self.over else self.at)

    def pace(self, direction: int) -> None:
        """Make autoplay faster (1) or slower (-1)."""
        index = SPEEDS.index(self.speed) + direction
        self.speed = SPEEDS[min(max(index, 0), len(SPEEDS) - 1)]
        self._due_s = min(self._due_s, self._clock() + self.stay_s)

    def tick(self) -> bool:
        """Go to the next step if autoplay is due. Returns True if anything changed."""
        if not self.playing or self._clock() < self._due_s:
            return False
        if self.over:
            self.playing = False
        else:
            self.step(1)
            self.playing = not self.over
        return True
