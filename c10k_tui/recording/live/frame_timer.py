"""The wall time between the frames of a recording or a replay that is shown on a terminal."""

from __future__ import annotations

import asyncio

LATE_S = 0.1
"""Delay in seconds beyond which late frames are not caught up. This does not change the recording: its times
are frame numbers.
"""


class FrameTimer:
    """Waits for the time of the next frame.

    Args:
        frames_per_s: The frame rate.
    """

    def __init__(self, frames_per_s: float) -> None:
        self._between_s = 1 / frames_per_s
        self._due_s = asyncio.get_running_loop().time()

    async def next(self) -> None:
        """Wait until the next frame is due. Late frames follow at once, up to :data:`LATE_S`."""
        now_s = asyncio.get_running_loop().time()
        self._due_s = max(self._due_s + self._between_s, now_s - LATE_S)
        await asyncio.sleep(max(0.0, self._due_s - now_s))
