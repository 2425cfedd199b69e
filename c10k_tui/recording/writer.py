"""The file of a recording, which is whole after each frame, whatever happens.

A frame's lines go to the file in one write, without a buffer: a program that is killed leaves only whole
frames. A write that falls short (a full disk, a limit) is taken back to the end of the last whole frame.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from c10k_tui.recording.header import Settings, header_line
from c10k_tui.recording.lines import Event, event_line


class CastWriter:
    """An asciicast that is being written.

    Args:
        path: The file; its header is written at once.
        settings: What the header says.
        force: Whether a file that is there may be overwritten.

    Raises:
        FileExistsError: it is there.
        OSError: it cannot be written.
    """

    def __init__(self, path: Path, settings: Settings, *, force: bool = False) -> None:
        self.path = path
        self._relative = settings.cast_version == 3
        self._last_us = 0
        self._size = 0
        flags = os.O_WRONLY | os.O_CREAT | (0 if force else os.O_EXCL) | getattr(os, "O_BINARY", 0)
        # Not truncated on opening: what is no regular file must not be touched at all.
        if path.exists() and not path.is_file():
            raise OSError(errno.EINVAL, "it is there and not a regular file", str(path))
        self._fd = os.open(path, flags, 0o666)
        try:
            if not stat.S_ISREG(os.fstat(self._fd).st_mode):
                raise OSError(errno.EINVAL, "not a regular file", str(path))
            os.ftruncate(self._fd, 0)
            self._append(f"{header_line(settings)}\n".encode())
        except OSError:
            os.close(self._fd)
            raise

    @property
    def last_us(self) -> int:
        """Time of the last event."""
        return self._last_us

    @property
    def size_bytes(self) -> int:
        """How large the file is."""
        return self._size

    def write(self, events: Iterable[Event]) -> None:
        """Add what happened in one frame.

        Raises:
            OSError: it could not be written; the file ends with the frame before.
        """
        last_us = self._last_us
        lines: list[str] = []
        for event in events:
            lines.append(event_line(event, last_us if self._relative else 0))
            last_us = event.time_us
        if lines:
            self._append("".join(lines).encode())
            self._last_us = last_us

    def _append(self, data: bytes) -> None:
        written = 0
        try:
            while written < len(data):
                written += os.write(self._fd, data[written:])
        except OSError:
            os.ftruncate(self._fd, self._size)
            os.lseek(self._fd, self._size, os.SEEK_SET)
            raise
        self._size += len(data)

    def close(self) -> None:
        """No more is written."""
        os.close(self._fd)
