"""Where one is on a packet's path, and the pace at which it goes on by itself. No Textual here."""

from __future__ import annotations

from collections.abc import Callable

from sim.path.packet_path import PacketPath

STEP_S = 4.0
"""How long autoplay stays at a step, at speed 1: as long as a sentence takes to read."""
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class PathModel:
    """A path and the step that is looked at.

    Args:
        path: What is followed.
        clock: Seconds on a clock that never goes back.
    """

    def __init__(self, path: PacketPath, clock: Callable[[], float]) -> None:
        self.path = path
        self.beats = path.step_pairs
        self.at = 0
        """Which of the beats."""
        self.playing = False
        self.speed = 1.0
        self._clock = clock
        self._due_s = 0.0

    @property
    def over(self) -> bool:
        """Whether this is the last step."""
        return self.at == len(self.beats) - 1

    @property
    def stay_s(self) -> float:
        """How long autoplay stays at a step."""
        return STEP_S / self.speed

    def step(self, direction: int) -> None:
        """To the next step, or the one before."""
        self.go_to(self.at + direction)

    def go_to(self, at: int) -> None:
        """To a step; autoplay stays there for its full time."""
        self.at = min(max(at, 0), len(self.beats) - 1)
        self._due_s = self._clock() + self.stay_s

    def play(self) -> None:
        """Go on by itself, from the start if this is the end; or stop."""
        self.playing = not self.playing
        if self.playing:
            self.go_to(0 if self.over else self.at)

    def pace(self, direction: int) -> None:
        """Stay shorter at each step, or longer."""
        index = SPEEDS.index(self.speed) + direction
        self.speed = SPEEDS[min(max(index, 0), len(SPEEDS) - 1)]
        self._due_s = min(self._due_s, self._clock() + self.stay_s)

    def tick(self) -> bool:
        """Go on if it is time to; tells whether anything has changed."""
        if not self.playing or self._clock() < self._due_s:
            return False
        if self.over:
            self.playing = False
        else:
            self.step(1)
            self.playing = not self.over
        return True
