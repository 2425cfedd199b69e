"""Writes to the terminal piece by piece, and notes when its buffer is full.

A write to a terminal whose buffer is full waits until the reader has made room. Before each piece, ``select``
says if there is room. A piece is short, so a buffer that becomes full in the middle of a frame is noticed.
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable

PIECE = 1_024
"""Bytes written at a time."""
CHECK_S = 0.2
"""Seconds between two looks at :attr:`TerminalWriter.stopped` while the buffer is full."""


class TerminalWriter:
    """The output of a terminal.

    Args:
        fd: The terminal's descriptor.
        written: Called after each piece with its size, and with True if the buffer was full before it.
    """

    def __init__(self, fd: int, written: Callable[[int, bool], None]) -> None:
        self._fd = fd
        self._written = written
        self.stopped = False
        """True to drop all output from now on."""

    def write(self, data: bytes) -> None:
        """Write all of it, and wait for room.

        Raises:
            OSError: the terminal is gone.
        """
        view = memoryview(data)
        while view and not self.stopped:
            full = not self._has_room(0)
            if full and not self._has_room(CHECK_S):
                continue
            size = os.write(self._fd, view[:PIECE])
            self._written(size, full)
            view = view[size:]

    def _has_room(self, wait_s: float) -> bool:
        return bool(select.select([], [self._fd], [], wait_s)[1])
