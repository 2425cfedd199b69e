"""What may be typed after ``record``, ``replay`` and ``export``.

Like :mod:`c10k_tui.cli.options`, without anything heavy: values are checked here as far as that goes without
a file or a screen, and refused with a :class:`ValueError` of one line.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from c10k_tui.recording.cast.header import plain
from c10k_tui.recording.cast.key_script import LONGEST_S
from c10k_tui.recording.cast.settings import LEAST_COLUMNS, LEAST_ROWS, MOST_COLUMNS, MOST_ROWS
from sim.scenario.units import parse_duration_ns

DEFAULT_FOR = "20s"
FORMATS = ("gif", "svg", "png", "txt")
SLOWEST, FASTEST = 0.1, 100.0
"""The ends of ``export --speed``."""
_SIZE = re.compile(r"([0-9]{1,4})[x×]([0-9]{1,4})")


def add_recording(group: argparse._ArgumentGroup) -> None:
    """What can be said of any recording that is made."""
    group.add_argument("--title", metavar="TEXT", default="", help="the recording's title")
    group.add_argument("--caption", action="store_true", help="show the keys pressed in a row of their own")
    group.add_argument("--cast-version", metavar="N", default="2", help="of asciicast: 2 or 3 (2)")
    group.add_argument("--force", action="store_true", help="overwrite a file that is there")


def add_record(parser: argparse.ArgumentParser) -> None:
    """The options of ``record``."""
    group = parser.add_argument_group("record")
    group.add_argument("--for", dest="duration", metavar="TIME", help=f"of the recording ({DEFAULT_FOR})")
    group.add_argument("--size", metavar="WxH", default="120x36", help="of the terminal (120x36)")
    group.add_argument(
        "--keys",
        metavar="KEYS",
        help="keys to press, as text or in a file; or a recording, whose race and keys are recorded again",
    )
    group.add_argument("--speed", metavar="X", help="as on the screen (2)")
    group.add_argument("--paused", action="store_true", help="start paused")
    group.add_argument("--theme", metavar="NAME", help="c10k-dark, c10k-light or c10k-ansi (c10k-dark)")
    add_recording(group)


def add_replay(parser: argparse.ArgumentParser) -> None:
    """The words and options of ``replay``."""
    group = parser.add_argument_group("replay")
    group.add_argument("words", metavar="FILE", nargs="*", help="a recording of c10k-tui")
    group.add_argument("--at", metavar="TIME", help="where to begin: 12.5s (0)")
    group.add_argument("--paused", action="store_true", help="stand still there")


def add_export(parser: argparse.ArgumentParser) -> None:
    """The words and options of ``export``."""
    group = parser.add_argument_group("export")
    group.add_argument(
        "words", metavar="FILE OUT", nargs="*", help=f"a recording; OUT ends in .{', .'.join(FORMATS)}"
    )
    group.add_argument("--at", metavar="TIME", help="the moment of an svg, png or txt (the end)")
    group.add_argument("--from", dest="begin", metavar="TIME", help="where a gif begins (0)")
    group.add_argument("--to", dest="end", metavar="TIME", help="where a gif ends (the end)")
    group.add_argument("--speed", metavar="X", default="1", help="of a gif (1)")
    group.add_argument("--force", action="store_true", help="overwrite OUT if it is there")


RECORD_EPILOG = """\
keys are written like "wait 2s; +; wait 1s; space", in a file also on lines of their own, with # comments:
  a key          + - n [ ] semicolon ' , . space s S b B < > { } a e o 0 x 1 2 3 F2 … F6 p P u l L f w m g t ?
                 M R up down left right home end tab enter escape
  wait TIME      let the recording go on

examples:
  c10k-tui record demo.cast --for 20s
  c10k-tui record demo.cast --for 20s --size 120x36 --keys "wait 2s; +; wait 1s; space"
  c10k-tui record again.cast --keys demo.cast
"""
REPLAY_EPILOG = """\
space stops the replay and lets it go on; the first key that changes something makes the race yours.

examples:
  c10k-tui replay demo.cast
  c10k-tui replay demo.cast --at 12.5s --paused
"""
EXPORT_EPILOG = """\
examples:
  c10k-tui export demo.cast demo.gif --from 2s --to 8s --speed 2
  c10k-tui export demo.cast demo.png --at 12.5s
"""


def title_of(text: str) -> str:
    """A title in one line.

    Raises:
        ValueError: it is not.
    """
    if plain(text) != text:
        raise ValueError("--title is one line of up to 200 characters")
    return text


def cast_version_of(text: str) -> int:
    """The version of asciicast to write.

    Raises:
        ValueError: another one than 2 and 3.
    """
    if text not in ("2", "3"):
        raise ValueError(f"--cast-version is 2 or 3, not {text!r}")
    return int(text)


def size_of(text: str) -> tuple[int, int]:
    """Columns and rows.

    Raises:
        ValueError: not a size, or one that no race fits into.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"--size is written like 120x36, not {text!r}")
    width, height = int(match[1]), int(match[2])
    if not (LEAST_COLUMNS <= width <= MOST_COLUMNS and LEAST_ROWS <= height <= MOST_ROWS):
        raise ValueError(
            f"--size is {LEAST_COLUMNS}x{LEAST_ROWS} to {MOST_COLUMNS}x{MOST_ROWS}, not {width}x{height}"
        )
    return width, height


def time_us_of(option: str, text: str | None) -> int | None:
    """A time within a recording, in microseconds; None if it is not given.

    Raises:
        ValueError: no time, or beyond what a recording can be.
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
        raise ValueError(f"{option}: a recording lasts up to {LONGEST_S}s")
    return time_ns // 1000


def play_speed_of(text: str) -> float:
    """How much faster a gif plays.

    Raises:
        ValueError: not a number between the ends.
    """
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"--speed of a gif is a number from {SLOWEST:g} to {FASTEST:g}, not {text!r}")
    return speed


def file_of(words: list[str], what: str, example: str) -> Path:
    """The one file among the words.

    Raises:
        ValueError: none, or more than one.
    """
    if len(words) != 1:
        raise ValueError(f"{what} takes one file: {example}")
    return Path(words[0])
