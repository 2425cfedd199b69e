"""The clock of the app: wall time, or the time of frames."""

from __future__ import annotations

from collections.abc import Callable


class StepClock:
    """Wall time, or the time of the current frame while the app is stepped.

    Args:
        wall: Seconds on a clock that never goes back.
    """

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._offset_s = 0.0
        self._frame_s: float | None = None

    def __call__(self) -> float:
        return self._wall() + self._offset_s if self._frame_s is None else self._frame_s

    def show(self, frame: int, frames_per_s: int) -> None:
        """Set the clock to the time of a frame."""
        self._frame_s = frame / frames_per_s

    def release(self) -> None:
        """Continue with wall time, from the time of the last frame."""
        if self._frame_s is not None:
            self._offset_s = self._frame_s - self._wall()
            self._frame_s = None
