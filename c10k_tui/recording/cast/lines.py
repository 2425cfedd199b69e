"""The lines after the header: events and their times.

A time is a frame number divided by the frame rate, in whole microseconds. Asciicast 2 counts it from the
beginning, asciicast 3 from the previous event. Text is UTF-8, and only the characters that JSON requires are
escaped, so no line depends on a locale.

This program adds two codes to those of asciicast (``o`` picture, ``i`` key, ``m`` marker, ``r`` size):

- ``p``, the frames and keys that passed while the recording was paused, as ``FRAMES FRAME:KEY …``;
- ``k``, figures measured on the machine's kernel (:mod:`c10k_tui.recording.cast.figures`).

Players skip every code that they do not know. A player needs neither to show the picture, but a replay needs
both to show the same frames.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from c10k_tui.recording.cast.key_script import KeyPress
from c10k_tui.recording.cast.keycodes import is_key

_TOKEN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|.", re.DOTALL)
"""One escape sequence or one character, which must not be split."""
CODES = ("o", "i", "m", "r", "p", "k")
GRID_US = 5_000
"""A time this close to the time of a frame is the time of this frame. Other tools round times to
milliseconds, and people who edit a file round more. Frames are at least 16.7 ms apart, so no time is close to
two of them.
"""


@dataclass(frozen=True, slots=True)
class CastEvent:
    """One line of a recording."""

    time_us: int
    """Time since the beginning, in microseconds."""
    code: str
    data: str


def time_us_of(frame: int, frames_per_s: int) -> int:
    """The time of a frame, in microseconds."""
    return (2_000_000 * frame + frames_per_s) // (2 * frames_per_s)


def frame_of(time_us: int, frames_per_s: int) -> int:
    """The frame nearest to a time in microseconds."""
    return (2 * time_us * frames_per_s + 1_000_000) // 2_000_000


def frame_at(time_us: int, frames_per_s: int) -> int:
    """The last frame whose time is not after a time in microseconds: the frame that is shown then."""
    frame = frame_of(time_us, frames_per_s)
    return frame - (time_us_of(frame, frames_per_s) > time_us)


def is_frame_time(time_us: int, frames_per_s: int) -> bool:
    """True if a time in microseconds is the time of a frame, or close to it (:data:`GRID_US`)."""
    return abs(time_us_of(frame_of(time_us, frames_per_s), frames_per_s) - time_us) <= GRID_US


def snapped_us(time_us: int, frames_per_s: int) -> int:
    """The time of the frame that a time is close to; the same time if it is close to none."""
    if not is_frame_time(time_us, frames_per_s):
        return time_us
    return time_us_of(frame_of(time_us, frames_per_s), frames_per_s)


def event_line(event: CastEvent, since_us: int) -> str:
    """An event as a line of the file, new line included.

    Args:
        event: The event.
        since_us: Time to count from: 0, or in asciicast 3 the time of the previous event.
    """
    seconds, rest_us = divmod(event.time_us - since_us, 1_000_000)
    return f'[{seconds}.{rest_us:06d},"{event.code}",{json.dumps(event.data, ensure_ascii=False)}]\n'


def split(data: str, room_bytes: int) -> tuple[str, str]:
    """Split ``data`` so that the first part takes at most ``room_bytes`` in a line; sequences stay whole."""
    at = 0
    for token in _TOKEN.finditer(data):
        room_bytes -= len(json.dumps(token[0], ensure_ascii=False).encode()) - 2
        if room_bytes < 0:
            break
        at = token.end()
    return data[:at], data[at:]


def unseen_data(frames: int, presses: list[KeyPress]) -> str:
    """The data of a ``p`` event: the number of frames, and the keys in them, counted from the first frame."""
    names = (f"{press.frame}:{'space' if press.key == ' ' else press.key}" for press in presses)
    return " ".join([str(frames), *names])


def parse_unseen(data: str) -> tuple[int, list[KeyPress]] | None:
    """Number of frames and keys of a ``p`` event; None if its data is not valid."""
    first, *words = data.split(" ")
    if not (first.isascii() and first.isdigit() and len(first) < 8):
        return None
    frames, presses, before = int(first), [], 0
    for word in words:
        number, _, name = word.partition(":")
        key = " " if name == "space" else name
        if not (number.isascii() and number.isdigit() and len(number) < 8 and is_key(key)):
            return None
        frame = int(number)
        if not before <= frame <= frames:
            return None
        before = frame
        presses.append(KeyPress(frame, key))
    return frames, presses
