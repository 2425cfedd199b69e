"""The lines after the header: events, and when.

A time is a frame number over the frame rate, in whole microseconds; asciicast 2 counts them from the
beginning, asciicast 3 from the event before. Text is UTF-8, and only what JSON demands is escaped, so
no line depends on a locale.

Besides the codes of asciicast (``o`` picture, ``i`` key, ``m`` marker, ``r`` size) there is ``p``, which
players skip as they do every code that they do not know: what passed while the recording was paused, as
``FRAMES FRAME:KEY …``. The picture goes on without it; the race could not.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from c10k_tui.recording.cast.key_script import KeyPress
from c10k_tui.recording.cast.keycodes import is_key

_TOKEN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|.", re.DOTALL)
"""What must not be divided: a sequence, or a glyph."""
CODES = ("o", "i", "m", "r", "p")


@dataclass(frozen=True, slots=True)
class CastEvent:
    """One line of a recording."""

    time_us: int
    """Since the beginning, in microseconds."""
    code: str
    data: str


def time_us_of(frame: int, frames_per_s: int) -> int:
    """When a frame is."""
    return (2_000_000 * frame + frames_per_s) // (2 * frames_per_s)


def frame_of(time_us: int, frames_per_s: int) -> int:
    """The frame nearest to a time."""
    return (2 * time_us * frames_per_s + 1_000_000) // 2_000_000


def event_line(event: CastEvent, since_us: int) -> str:
    """An event as a line of the file, new line included.

    Args:
        event: What happened.
        since_us: What times are counted from: 0, or in asciicast 3 the time of the event before.
    """
    seconds, rest_us = divmod(event.time_us - since_us, 1_000_000)
    return f'[{seconds}.{rest_us:06d},"{event.code}",{json.dumps(event.data, ensure_ascii=False)}]\n'


def split(data: str, room_bytes: int) -> tuple[str, str]:
    """What is written of a picture in so many bytes of a line, and what remains; sequences stay whole."""
    at = 0
    for token in _TOKEN.finditer(data):
        room_bytes -= len(json.dumps(token[0], ensure_ascii=False).encode()) - 2
        if room_bytes < 0:
            break
        at = token.end()
    return data[:at], data[at:]


def passed_unseen(frames: int, presses: list[KeyPress]) -> str:
    """The data of a ``p`` event: how many frames, and the keys in them, counted from the first."""
    names = (f"{press.frame}:{'space' if press.key == ' ' else press.key}" for press in presses)
    return " ".join([str(frames), *names])


def parse_unseen(data: str) -> tuple[int, list[KeyPress]] | None:
    """Frames and keys of a ``p`` event; None if it is not written as it should be."""
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
