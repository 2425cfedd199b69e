"""The clock of the app: the wall's, or one that counts frames."""

from __future__ import annotations

from collections.abc import Callable


class StepClock:
    """The wall's clock, or the time of frames while the app is stepped.

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
        """It is the time of this frame."""
        self._frame_s = frame / frames_per_s

    def release(self) -> None:
        """Go on with the wall from the time of the last frame."""
        if self._frame_s is not None:
            self._offset_s = self._frame_s - self._wall()
            self._frame_s = None
