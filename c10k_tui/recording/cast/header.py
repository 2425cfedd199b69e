"""The first line of a recording: the header of an asciicast, with the settings of the race in it.

Asciicast 2 and 3 use different names for the same values; this program's own values are under ``c10k-tui`` in
both. The terminal's sixteen colours are written too, so that the theme ``c10k-ansi``, which uses them, looks
the same in every player.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any, TypeGuard

from c10k_tui import __version__
from c10k_tui.recording.cast.file_kinds import version_words
from c10k_tui.recording.cast.settings import (
    LEAST_COLUMNS,
    LEAST_ROWS,
    LONGEST_START_NS,
    MOST_CHANGES,
    MOST_COLUMNS,
    MOST_ROWS,
    THEMES,
    RecordingSettings,
    RecordingStart,
)
from c10k_tui.session.pacer import SPEEDS
from c10k_tui.text.lanes import MOST_LANES
from sim.machine.costs import CostTable, table_of
from sim.scenario.scenario import Scenario, ScenarioError, parse_scenario

FORMAT = 1
"""Version of the values under ``c10k-tui``."""
VERSIONS = (2, 3)
"""Versions of asciicast that can be read and written."""

FOREGROUND, BACKGROUND = {"c10k-light": "#3a3a3a"}, {"c10k-light": "#ffffff"}
PALETTE = (
    *("#000000", "#cd0000", "#00cd00", "#cdcd00", "#1e90ff", "#cd00cd", "#00cdcd", "#e5e5e5"),
    *("#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff"),
)
"""The sixteen colours used if no others are given: xterm's, with a blue that is easier to read."""


class CastError(ValueError):
    """A file cannot be used; the message gives the reason in one line."""


class NoHeaderError(CastError):
    """A line is not the header of an asciicast of any version."""


def header_line(settings: RecordingSettings) -> str:
    """The header of a recording, without the new line."""
    start = settings.start
    own: dict[str, Any] = {
        "format": FORMAT,
        "program": f"c10k-tui {__version__}",
        "scenario": str(start.scenario),
        "speed": "max" if settings.speed is None else settings.speed,
        "theme": settings.theme,
        "frames_per_s": settings.frames_per_s,
        "paused": settings.paused,
        "caption": settings.caption,
        "no_color": settings.no_color,
        "costs": asdict(settings.costs),
    }
    if start.at_ns or start.changes:
        own["start"] = {"at_ns": start.at_ns, "changes": [[ns, str(s)] for ns, s in start.changes]}
    theme = {
        "fg": FOREGROUND.get(settings.theme, "#bcbcbc"),
        "bg": BACKGROUND.get(settings.theme, "#121212"),
        "palette": ":".join(PALETTE),
    }
    data: dict[str, Any] = {"version": settings.cast_version}
    if settings.cast_version == 2:
        data |= {"width": settings.width, "height": settings.height, "theme": theme}
    else:
        data["term"] = {
            "cols": settings.width,
            "rows": settings.height,
            "type": "xterm-256color",
            "theme": theme,
        }
    if settings.title:
        data["title"] = settings.title
    return json.dumps(data | {"c10k-tui": own}, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class CastHeader:
    """The values in the first line of an asciicast of any origin."""

    version: int
    width: int
    height: int
    title: str
    foreground: str
    background: str
    palette: tuple[str, ...]
    own: dict[str, Any] | None
    """The values under ``c10k-tui``; None in an asciicast of another program."""


def parse_header(line: str) -> CastHeader:
    """Parse the header of an asciicast.

    Raises:
        NoHeaderError: the line is not the header of an asciicast.
        CastError: the asciicast is not of version 2 or 3, or its header is not valid.
    """
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise NoHeaderError("it does not begin with the header of an asciicast") from None
    if not isinstance(data, dict):
        raise NoHeaderError("it does not begin with the header of an asciicast")
    if "version" not in data:
        raise CastError("its first line is JSON, but not the header of an asciicast: it has no version")
    version = data["version"]
    if version not in VERSIONS or isinstance(version, (bool, float)):
        raise CastError(version_words(_short(version)))
    term = data.get("term") if version == 3 else {"cols": data.get("width"), "rows": data.get("height")}
    if not isinstance(term, dict):
        raise CastError("its header does not say how large the terminal is")
    width, height = term.get("cols"), term.get("rows")
    if width is None or height is None:
        raise CastError("its header does not say how large the terminal is")
    if not (_within(width, 1, MOST_COLUMNS) and _within(height, 1, MOST_ROWS)):
        raise CastError(
            f"its terminal is {_short(width)}×{_short(height)}; "
            f"sizes from 1×1 to {MOST_COLUMNS}×{MOST_ROWS} can be read"
        )
    theme = term.get("theme") if version == 3 else data.get("theme")
    theme = theme if isinstance(theme, dict) else {}
    own = data.get("c10k-tui")
    if own is not None and not isinstance(own, dict):
        raise CastError("the value of c10k-tui in its header is not an object")
    palette = str(theme.get("palette", "")).split(":")
    return CastHeader(
        version=version,
        width=width,
        height=height,
        title=plain(data.get("title", "")),
        foreground=_colour(theme.get("fg"), "#bcbcbc"),
        background=_colour(theme.get("bg"), "#121212"),
        palette=tuple(
            _colour(palette[n] if n < len(palette) else None, colour) for n, colour in enumerate(PALETTE)
        ),
        own=own,
    )


def frame_rate_of(header: CastHeader) -> int | None:
    """Frames per second of a recording of this program; None if there is no valid frame rate."""
    frames_per_s = None if header.own is None else header.own.get("frames_per_s")
    return frames_per_s if _within(frames_per_s, 1, 60) else None


def settings_of(header: CastHeader) -> RecordingSettings:
    """The settings to run a recording again.

    Raises:
        CastError: another program made the recording, or a setting is not valid.
    """
    own = header.own
    if own is None:
        raise CastError(
            "it is an asciicast, but carries no scenario of c10k-tui to run; asciinema play shows its picture"
        )
    if own.get("format") != FORMAT:
        raise CastError(
            f"its settings have format {_short(own.get('format'))}; only format {FORMAT} can be read"
            f" ({plain(own.get('program', 'another version'))[:40]} wrote it)"
        )
    if header.width < LEAST_COLUMNS or header.height < LEAST_ROWS:
        raise CastError(f"its terminal is {header.width}×{header.height}, too small for a race")
    frames_per_s = frame_rate_of(header)
    if frames_per_s is None:
        raise CastError(f"its frame rate is {_short(own.get('frames_per_s'))}; it must be 1 to 60")
    theme = own.get("theme")
    if theme not in THEMES:
        raise CastError(f"its theme is {_short(theme)}; the themes are {', '.join(THEMES)}")
    flags = [own.get(name) for name in ("paused", "caption", "no_color")]
    if not all(isinstance(flag, bool) for flag in flags):
        raise CastError("its paused, caption and no_color are not all true or false")
    return RecordingSettings(
        start=_start(own),
        width=header.width,
        height=header.height,
        speed=_speed(own.get("speed")),
        paused=bool(flags[0]),
        theme=theme,
        no_color=bool(flags[2]),
        caption=bool(flags[1]),
        title=header.title,
        cast_version=header.version,
        frames_per_s=frames_per_s,
        costs=_costs(own.get("costs")),
    )


def _costs(written: object) -> CostTable:
    if not isinstance(written, dict):
        raise CastError("its header has no cost table")
    try:
        return table_of(written)
    except ValueError as error:
        raise CastError(f"its cost table is not valid: {error}") from None


def _start(own: dict[str, Any]) -> RecordingStart:
    scenario = _scenario(own.get("scenario"))
    start = own.get("start", {"at_ns": 0, "changes": []})
    if not isinstance(start, dict) or not isinstance(start.get("changes"), list):
        raise CastError("the start of its race has no at_ns and changes")
    at_ns, written = start.get("at_ns"), start["changes"]
    if not _within(at_ns, 0, LONGEST_START_NS) or len(written) > MOST_CHANGES:
        raise CastError("its race begins too late to be run again")
    changes: list[tuple[int, Scenario]] = []
    before_ns = 0
    for change in written:
        if not (isinstance(change, list) and len(change) == 2 and _within(change[0], before_ns, at_ns)):
            raise CastError("the changes before its race are not in order of time")
        before_ns = change[0]
        changes.append((before_ns, _scenario(change[1])))
    start = RecordingStart(scenario, tuple(changes), at_ns)
    if reason := start.why_not():
        raise CastError(f"{reason} before its recording began")
    return start


def _scenario(text: object) -> Scenario:
    if not isinstance(text, str) or len(text) > 1_000:
        raise CastError("its header has no scenario")
    try:
        scenario = parse_scenario(text)
    except ScenarioError as error:
        raise CastError(f"its scenario is not valid: {error}") from None
    if len(scenario.lanes) > MOST_LANES:
        raise CastError(f"its scenario has {len(scenario.lanes)} lanes; the screen has room for {MOST_LANES}")
    return scenario


def _speed(speed: object) -> float | None:
    if speed == "max":
        return None
    rungs = [rung for rung in SPEEDS if rung is not None]
    if isinstance(speed, bool) or not isinstance(speed, (int, float)) or not math.isfinite(speed):
        raise CastError(f"its speed is {_short(speed)}, which is not a number")
    if not min(rungs) <= speed <= max(rungs):
        raise CastError(f"its speed is {_short(speed)}; it must be {min(rungs):g} to {max(rungs):g}")
    return float(speed)


def plain(text: object) -> str:
    """Text from a file in a form safe to show: one line, no control characters, at most 200 characters."""
    return "".join(sign if sign.isprintable() else " " for sign in str(text)[:200]).strip()


def _within(value: object, low: int, high: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _colour(text: object, default: str) -> str:
    if isinstance(text, str) and len(text) == 7 and text[0] == "#":
        try:
            return f"#{int(text[1:], 16):06x}"
        except ValueError:
            pass
    return default


def _short(value: object) -> str:
    words = plain(repr(value))
    return words if len(words) <= 30 else f"{words[:29]}…"
