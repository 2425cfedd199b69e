"""Writes the file of a recording. The file has only whole lines, even if the process is killed.

Linux writes page by page, and a killed process may stop between two pages (mm/filemap.c:
generic_perform_write). So each line is written by its own call, without a buffer, and no line crosses the end
of a page. A picture that is too long becomes two events of the same time. A line that ends close to the end
of a page is padded with blanks, which JSON allows. After a short write (a full disk, a limit) the file is
truncated to the last whole frame.

Why not write a temporary file and rename it: a recording may last for minutes, and all of it would be lost if
the process were killed.
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
"""If less than this is left of a page, the line is padded to the end of the page."""


class CastWriter:
    """Writes an asciicast.

    Args:
        path: The file; its header is written at once.
        settings: The values of the header.
        force: True to overwrite an existing file.

    Raises:
        FileExistsError: the file exists.
        OSError: the file cannot be written, or is not a regular file.
    """

    def __init__(self, path: Path, settings: RecordingSettings, *, force: bool = False) -> None:
        self.path = path
        self._relative = settings.cast_version == 3
        self._last_us = 0
        self._size = 0
        flags = os.O_WRONLY | os.O_CREAT | (0 if force else os.O_EXCL) | getattr(os, "O_BINARY", 0)
        # Without O_TRUNC, because a file that is not regular must not be changed at all.
        if path.exists() and not path.is_file():
            raise OSError(errno.EINVAL, "it exists and is not a regular file", str(path))
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
        """Time of the last event, in microseconds."""
        return self._last_us

    @property
    def size_bytes(self) -> int:
        """Size of the file."""
        return self._size

    def write(self, events: Iterable[CastEvent]) -> None:
        """Write the events of one frame.

        Raises:
            OSError: they could not be written; the file ends with the previous frame.
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
        """Write an event so that none of its lines crosses the end of a page."""
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
                # Only pictures can be split: pad the page with a picture that changes nothing.
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
        """Close the file."""
        os.close(self._fd)
