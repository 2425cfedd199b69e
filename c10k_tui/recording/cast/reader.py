"""Reads a recording from a file of any origin.

Everything is checked before it is used, and an error names its line. Sizes and lengths are checked against
limits first, so a file that claims an hour of a huge screen costs only the reading of the file.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from c10k_tui.recording.cast.header import CastError, CastHeader, parse_header, plain, settings_of
from c10k_tui.recording.cast.key_script import LONGEST_S, KeyPress, KeyScript
from c10k_tui.recording.cast.keycodes import key_of
from c10k_tui.recording.cast.lines import CODES, CastEvent, frame_of, parse_unseen, time_us_of
from c10k_tui.recording.cast.settings import (
    LEAST_COLUMNS,
    LEAST_ROWS,
    MOST_COLUMNS,
    MOST_ROWS,
    RecordingSettings,
)

MOST_BYTES = 256_000_000
LONGEST_LINE_BYTES = 4_000_000
LONGEST_US = LONGEST_S * 1_000_000
MOST_KEYS_A_FRAME = 64
"""Limit of keys in one frame: far more than a keyboard sends in a thirtieth of a second."""
MOST_FRAMES = 1_000_000
"""Limit of frames that a replay runs, including frames that passed while the recording was paused."""
_SIZE = re.compile(r"([0-9]{1,3})x([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Resize:
    """A new size of the terminal, and the frame in which it changed."""

    frame: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Recording:
    """The header and the events of a file."""

    header: CastHeader
    events: tuple[CastEvent, ...]

    @property
    def end_us(self) -> int:
        """Time of the last event, in microseconds."""
        return self.events[-1].time_us if self.events else 0


@dataclass(frozen=True, slots=True)
class Replay:
    """Everything needed to run a recording again.

    Frame numbers count all frames of the race, including frames that passed while the recording was paused.
    """

    settings: RecordingSettings
    script: KeyScript
    resizes: tuple[Resize, ...]
    unseen: tuple[tuple[int, int], ...]
    """First frame and number of frames of each pause of the recording."""

    def recorded(self, frame: int) -> int:
        """The frame of the recording that shows a frame of the race; if it was not recorded, the next
        recorded frame.
        """
        return frame - sum(min(count, max(0, frame - first)) for first, count in self.unseen)

    def raced(self, recorded: int) -> int:
        """The frame of the race that is shown by a frame of the recording."""
        frame = recorded
        for first, count in self.unseen:
            if frame >= first:
                frame += count
        return frame

    @property
    def end(self) -> int:
        """Number of the last frame of the recording."""
        return self.recorded(self.script.frames)


def read(path: Path) -> Recording:
    """Read a recording.

    Raises:
        CastError: the file is not an asciicast, or is too large.
        OSError: the file cannot be read.
    """
    with open(path, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise CastError("it is not a regular file")
        if status.st_size > MOST_BYTES:
            raise CastError(f"it is larger than {MOST_BYTES // 1_000_000} MB")
        lines = _lines(file)
        header = parse_header(next(lines, ""))
        return Recording(header, tuple(_events(lines, header.version)))


def _lines(file: BinaryIO) -> Iterator[str]:
    """The lines of a file as UTF-8 text, none longer than :data:`LONGEST_LINE_BYTES`."""
    number = 0
    while line := file.readline(LONGEST_LINE_BYTES):
        number += 1
        if not line.endswith(b"\n"):
            if len(line) >= LONGEST_LINE_BYTES:
                raise CastError(f"line {number} is longer than {LONGEST_LINE_BYTES // 1_000_000} MB")
            if number == 1:
                raise CastError("it is not an asciicast: its first line has no end")
            raise CastError(f"line {number} is cut off; delete this line to use the rest")
        try:
            yield line.decode()
        except UnicodeDecodeError:
            raise CastError(f"line {number} is not UTF-8") from None
    if number == 0:
        raise CastError("it is empty")


def _events(lines: Iterator[str], version: int) -> Iterator[CastEvent]:
    now_us = 0
    for number, line in enumerate(lines, start=2):
        if line.isspace() or (version == 3 and line.startswith("#")):
            continue
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            raise CastError(f"line {number} is not JSON") from None
        if not (isinstance(event, list) and len(event) == 3 and isinstance(event[1], str)):
            raise CastError(f"line {number} is not an event: [time, code, data]")
        time_s, code, data = event
        if isinstance(time_s, bool) or not isinstance(time_s, (int, float)):
            raise CastError(f"line {number} has no time")
        if not 0 <= time_s <= LONGEST_S:  # refuses NaN too
            raise CastError(f"line {number} has a time outside 0 to {LONGEST_S} s")
        time_us = round(time_s * 1_000_000) + (now_us if version == 3 else 0)
        if not now_us <= time_us <= LONGEST_US:
            raise CastError(f"line {number} is earlier than the line before it, or beyond {LONGEST_S} s")
        now_us = time_us
        if code not in CODES:
            continue
        if not isinstance(data, str):
            raise CastError(f"line {number} has data that is not text")
        yield CastEvent(time_us, code, data)


def replay_of(recording: Recording) -> Replay:
    """Turn a recording into a replay.

    Raises:
        CastError: another program made it, or it holds events that this program does not write.
    """
    settings = settings_of(recording.header)
    rate = settings.frames_per_s
    presses: list[KeyPress] = []
    resizes: list[Resize] = []
    unseen: list[tuple[int, int]] = []
    passed = 0
    for event in recording.events:
        recorded = frame_of(event.time_us, rate)
        if abs(time_us_of(recorded, rate) - event.time_us) > 1:
            raise CastError(f"the event at {event.time_us / 1e6:g} s is not at the time of a frame")
        frame = recorded + passed
        if event.code == "i":
            presses.append(KeyPress(frame, _key(event)))
        elif event.code == "r":
            resizes.append(_resize(event, frame))
        elif event.code == "p":
            found = parse_unseen(event.data)
            if found is None:
                raise CastError(f"the pause at {event.time_us / 1e6:g} s is not valid")
            frames, keys = found
            presses += [KeyPress(frame + press.frame, press.key) for press in keys]
            unseen.append((frame, frames))
            passed += frames
    total = frame_of(recording.end_us, rate) + passed
    if total > MOST_FRAMES:
        raise CastError(f"it has {total:,} frames to run; at most {MOST_FRAMES:,} are possible")
    _check_order(presses)
    return Replay(settings, KeyScript(tuple(presses), total), tuple(resizes), tuple(unseen))


def _check_order(presses: list[KeyPress]) -> None:
    for index, press in enumerate(presses):
        if index and press.frame < presses[index - 1].frame:
            raise CastError("its keys are not in order of time")
        if index >= MOST_KEYS_A_FRAME and presses[index - MOST_KEYS_A_FRAME].frame == press.frame:
            raise CastError(f"more than {MOST_KEYS_A_FRAME} keys are pressed in one frame")


def _key(event: CastEvent) -> str:
    key = key_of(event.data)
    if key is None:
        raise CastError(
            f"{plain(repr(event.data))[:30]} at {event.time_us / 1e6:g} s is not a key of a recording"
        )
    return key


def _resize(event: CastEvent, frame: int) -> Resize:
    match = _SIZE.fullmatch(event.data)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (LEAST_COLUMNS <= width <= MOST_COLUMNS and LEAST_ROWS <= height <= MOST_ROWS):
        raise CastError(f"the terminal's size at {event.time_us / 1e6:g} s is not valid")
    return Resize(frame, width, height)
