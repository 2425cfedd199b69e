"""Reads a recording from a file of any origin.

Everything is checked before it is used, and an error names its line. Sizes and lengths are checked against
limits first, so a file that claims an hour of a huge screen costs only the reading of the file.

A file that people or other tools have touched is read as long as its meaning is certain: a byte order mark,
blank lines, line ends of other systems, a last line without a new line, and times close to the time of a
frame (:data:`~c10k_tui.recording.cast.lines.GRID_US`). In a recording of this program, such a time is read as
the time of that frame, so that every reader agrees on it.
"""

from __future__ import annotations

import codecs
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from c10k_tui.recording.cast.file_kinds import HEAD_BYTES, why_no_header, why_not_text
from c10k_tui.recording.cast.header import (
    CastError,
    CastHeader,
    NoHeaderError,
    frame_rate_of,
    parse_header,
)
from c10k_tui.recording.cast.key_script import LONGEST_S
from c10k_tui.recording.cast.lines import CODES, GRID_US, CastEvent, is_frame_time, snapped_us

MOST_BYTES = 256_000_000
LONGEST_LINE_BYTES = 4_000_000
LONGEST_US = LONGEST_S * 1_000_000
_SURROGATE = "\\ud"
"""The beginning of a surrogate in JSON."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The header and the events of a file."""

    header: CastHeader
    events: tuple[CastEvent, ...]

    @property
    def end_us(self) -> int:
        """Time of the last event, in microseconds."""
        return self.events[-1].time_us if self.events else 0


def read(path: Path) -> Recording:
    """Read a recording.

    Raises:
        CastError: the file is not an asciicast, or is too large.
        OSError: the file cannot be read.
    """
    # A named pipe would block open() until someone writes to it.
    if not stat.S_ISREG(os.stat(path).st_mode) and not path.is_dir():
        raise CastError("it is not a regular file")
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size > MOST_BYTES:
            raise CastError(f"it is larger than {MOST_BYTES // 1_000_000} MB")
        head = file.read(HEAD_BYTES)
        if words := why_not_text(head):
            raise CastError(words)
        file.seek(0)
        lines = ((number, line) for number, line in _lines(file) if not line.isspace())
        try:
            number, line = next(lines, (0, ""))
            if not number:
                raise CastError("it is empty")
            header = parse_header(line)
        except NoHeaderError:
            raise CastError(why_no_header(file, head)) from None
        return Recording(header, tuple(_events(lines, header)))


def _lines(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """The lines of a file with their numbers, as UTF-8 text. None is longer than
    :data:`LONGEST_LINE_BYTES`.

    The last line may end without a new line if it is complete: if it is JSON.
    """
    number = 0
    while line := file.readline(LONGEST_LINE_BYTES):
        number += 1
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if len(line) >= LONGEST_LINE_BYTES and not line.endswith(b"\n"):
            raise CastError(f"line {number} is longer than {LONGEST_LINE_BYTES // 1_000_000} MB")
        try:
            text = line.decode()
        except UnicodeDecodeError:
            if number > 1 and not line.endswith(b"\n"):
                raise _cut_off(number) from None
            raise CastError(f"line {number} is not UTF-8") from None
        if number > 1 and not text.endswith("\n") and not text.isspace():
            try:
                json.loads(text, strict=False)
            except (ValueError, RecursionError):
                raise _cut_off(number) from None
        yield number, text


def _cut_off(number: int) -> CastError:
    return CastError(f"line {number} is cut off; delete this line to use the rest")


def _events(lines: Iterator[tuple[int, str]], header: CastHeader) -> Iterator[CastEvent]:
    clock = _Clock(header)
    for number, line in lines:
        if header.version == 3 and line.startswith("#"):
            continue
        event = _json(number, line)
        if not (isinstance(event, list) and len(event) == 3 and isinstance(event[1], str)):
            raise CastError(f"line {number} is not an event: [time, code, data]")
        time_s, code, data = event
        if isinstance(time_s, bool) or not isinstance(time_s, (int, float)):
            raise CastError(f"line {number} has no time")
        if not 0 <= time_s <= LONGEST_S + GRID_US / 1e6:  # refuses NaN too
            raise CastError(f"line {number} has a time outside 0 to {LONGEST_S} s")
        time_us = clock.next_us(number, round(time_s * 1_000_000))
        if code not in CODES:
            continue
        if not isinstance(data, str):
            raise CastError(f"line {number} has data that is not text")
        if _SURROGATE in line.lower() and not _is_text(data):
            raise CastError(f"line {number} holds half of a character (a lone \\ud800 … \\udfff)")
        yield CastEvent(time_us, code, data)


def _is_text(data: str) -> bool:
    """False if text read from JSON has a lone surrogate, which no file and no terminal can hold."""
    try:
        data.encode()
    except UnicodeEncodeError:
        return False
    return True


def _json(number: int, line: str) -> object:
    """A line as a JSON value.

    Raises:
        CastError: it is not JSON.
    """
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        pass
    try:
        json.loads(line, strict=False)
    except (ValueError, RecursionError):
        raise CastError(f"line {number} is not JSON") from None
    raise CastError(f"line {number} is not JSON: it holds a control character as it is; write ESC as \\u001b")


class _Clock:
    """The time of each event, in microseconds since the beginning.

    In asciicast 3, times count from the event before. A tool that rounds each of them by itself drifts away
    from the frames; a tool that rounds the sums does not. So a time close to a frame is looked for from the
    frame of the event before, and then from the sum of all times.
    """

    def __init__(self, header: CastHeader) -> None:
        self._relative = header.version == 3
        self._rate = frame_rate_of(header)
        """Frame rate of the recording; None if another program made it."""
        self._sum_us = self._last_us = 0

    def next_us(self, number: int, written_us: int) -> int:
        """The time of the next event.

        Args:
            number: Number of its line.
            written_us: The time in its line.

        Raises:
            CastError: it is earlier than the event before, or too late.
        """
        since_last_us = self._last_us + written_us
        self._sum_us = self._sum_us + written_us if self._relative else written_us
        times_us = (since_last_us, self._sum_us) if self._relative else (written_us,)
        rate = self._rate
        if rate is None:
            time_us = times_us[-1]
        else:
            near = [time_us for time_us in times_us if is_frame_time(time_us, rate)]
            time_us = snapped_us(near[0] if near else times_us[0], rate)
        if time_us < self._last_us:
            raise CastError(
                f"line {number} is earlier than the line before it; put the lines in order of time"
            )
        if time_us > LONGEST_US:
            raise CastError(f"line {number} is later than {LONGEST_S} s, the longest recording")
        self._last_us = time_us
        return time_us
