"""Options of recordings that several commands have, and checks of their values.

The checks need no file and no screen. A check raises a :class:`ValueError` whose message is one line.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from c10k_tui.recording.cast.header import plain
from c10k_tui.recording.cast.key_script import LONGEST_S
from c10k_tui.recording.cast.settings import LEAST_COLUMNS, LEAST_ROWS, MOST_COLUMNS, MOST_ROWS
from sim.scenario.units import parse_duration_ns

_SIZE = re.compile(r"([0-9]{1,4})[x×]([0-9]{1,4})")


def add_recording(group: argparse._ArgumentGroup) -> None:
    """Add the options of commands that record, on the screen or without one."""
    group.add_argument("--title", metavar="TEXT", default="", help="title of the recording")
    group.add_argument("--caption", action="store_true", help="show the pressed keys in a row of their own")
    group.add_argument(
        "--cast-version", metavar="N", default="2", help="version of the asciicast format: 2 or 3 (2)"
    )
    group.add_argument("--force", action="store_true", help="overwrite the file if it exists")


def title_of(text: str) -> str:
    """The value of ``--title``.

    Raises:
        ValueError: more than one line, more than 200 characters, or a control character.
    """
    if plain(text) != text:
        raise ValueError("--title must be one line of at most 200 characters")
    return text


def cast_version_of(text: str) -> int:
    """The value of ``--cast-version``.

    Raises:
        ValueError: neither 2 nor 3.
    """
    if text not in ("2", "3"):
        raise ValueError(f"--cast-version must be 2 or 3, not {text!r}")
    return int(text)


def size_of(text: str) -> tuple[int, int]:
    """The value of ``--size``: columns and rows.

    Raises:
        ValueError: not a size, or too small or too large for a race.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"--size is written like 120x36, not {text!r}")
    width, height = int(match[1]), int(match[2])
    if not (LEAST_COLUMNS <= width <= MOST_COLUMNS and LEAST_ROWS <= height <= MOST_ROWS):
        raise ValueError(
            f"--size must be {LEAST_COLUMNS}x{LEAST_ROWS} to {MOST_COLUMNS}x{MOST_ROWS}, not {width}x{height}"
        )
    return width, height


def time_us_of(option: str, text: str | None) -> int | None:
    """A time within a recording, in microseconds; None if the option was not typed.

    Raises:
        ValueError: not a time, or beyond the length of any recording.
    """
    if text is None:
        return None
    if text in ("0", "0s"):
        return 0
    try:
        time_ns = parse_duration_ns(text)
    except ValueError as error:
        raise ValueError(f"{option}: {error}") from None
    if time_ns > LONGEST_S * 10**9:
        raise ValueError(f"{option}: a recording is at most {LONGEST_S}s long")
    return time_ns // 1000


def file_of(words: list[str], command: str, example: str) -> Path:
    """The only word, as a file.

    Raises:
        ValueError: no word, or more than one.
    """
    if len(words) != 1:
        raise ValueError(f"{command} needs one file: {example}")
    return Path(words[0])
