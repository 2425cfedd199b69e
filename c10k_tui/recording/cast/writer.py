"""The file of a recording, which holds whole lines only, whatever happens and whenever.

Linux writes page by page, and a process that is killed may stop between two of them
(mm/filemap.c: generic_perform_write). So every line is written by itself, without a buffer, and ends
before the page does: a picture that would go beyond is written as two, one after the other at the same
time, and a line that comes near the end is filled up with blanks to it, which JSON does not mind. A write
that falls short (a full disk, a limit) is taken back to the end of the last whole frame.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from c10k_tui.recording.cast.header import header_line
from c10k_tui.recording.cast.lines import CastEvent, event_line, split
from c10k_tui.recording.cast.settings import RecordingSettings

PAGE_BYTES = 4096
LEAST_ROOM_BYTES = 128
"""What is left of a page is filled up rather than left if it is less than this."""


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

    def __init__(self, path: Path, settings: RecordingSettings, *, force: bool = False) -> None:
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

    def write(self, events: Iterable[CastEvent]) -> None:
        """Add what happened in one frame.

        Raises:
            OSError: it could not be written; the file ends with the frame before.
        """
        before, last_us = self._size, self._last_us
        try:
            for event in events:
                self._write(event)
        except OSError:
            os.ftruncate(self._fd, before)
            os.lseek(self._fd, before, os.SEEK_SET)
            self._size, self._last_us = before, last_us
            raise

    def _write(self, event: CastEvent) -> None:
        """Add an event so that no line of it lies on two pages."""
        rest: CastEvent | None = event
        while rest is not None:
            room = PAGE_BYTES - self._size % PAGE_BYTES
            part, rest = rest, None
            line = self._line(part)
            if len(line) > room and part.code == "o":
                first, last = split(part.data, room - len(self._line(CastEvent(part.time_us, "o", ""))))
                part, rest = CastEvent(part.time_us, "o", first), CastEvent(part.time_us, "o", last)
                line = self._line(part)
            elif len(line) > room >= LEAST_ROOM_BYTES and len(line) <= PAGE_BYTES:
                # Nothing to divide here: the page is filled up with a picture in which nothing changes.
                part, rest = CastEvent(part.time_us, "o", ""), part
                line = self._line(part)
            if room - LEAST_ROOM_BYTES < len(line) < room or rest is not None:
                line = line[:-1].ljust(room - 1) + b"\n"
            self._append(line)
            self._last_us = part.time_us

    def _line(self, event: CastEvent) -> bytes:
        return event_line(event, self._last_us if self._relative else 0).encode()

    def _append(self, data: bytes) -> None:
        written = 0
        while written < len(data):
            written += os.write(self._fd, data[written:])
        self._size += len(data)

    def close(self) -> None:
        """No more is written."""
        os.close(self._fd)
