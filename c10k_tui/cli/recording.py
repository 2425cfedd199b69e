"""``record``, ``replay`` and ``export``: from what was typed to a file or a screen."""

from __future__ import annotations

import argparse
import errno
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from c10k_tui.cli import recording_options as words_of
from c10k_tui.cli.options import (
    UsageError,
    add_about,
    add_scenario,
    new_parser,
    parse,
    pictured,
    scenario_of,
    tell_about,
)
from c10k_tui.recording.cast.header import CastError
from c10k_tui.recording.cast.key_script import KeyScript, KeyScriptError, frames_of, parse_script
from c10k_tui.recording.cast.lines import frame_of
from c10k_tui.recording.cast.settings import LEAST_ROWS, RecordingSettings, RecordingStart

if TYPE_CHECKING:
    from c10k_tui.recording.cast.reader import Recording, Replay

FRAMES_PER_S = 30
MOST_SCRIPT_BYTES = 1_000_000


def record_parser() -> argparse.ArgumentParser:
    """The options of ``c10k-tui record``."""
    parser = new_parser(
        usage="c10k-tui record OUT.cast [SCENARIO] [options]",
        description="The race recorded without a terminal; the same words give the same bytes.",
        epilog=words_of.RECORD_EPILOG,
    )
    add_scenario(parser)
    words_of.add_record(parser)
    add_about(parser)
    return parser


def replay_parser() -> argparse.ArgumentParser:
    """The options of ``c10k-tui replay``."""
    parser = new_parser(
        usage="c10k-tui replay FILE.cast [options]",
        description="A recording run again, live: its race, and its keys.",
        epilog=words_of.REPLAY_EPILOG,
    )
    words_of.add_replay(parser)
    add_about(parser)
    return parser


def export_parser() -> argparse.ArgumentParser:
    """The options of ``c10k-tui export``."""
    parser = new_parser(
        usage="c10k-tui export FILE.cast OUT.(gif|svg|png|txt) [options]",
        description="A picture, an animation or the text of a recording.",
        epilog=words_of.EXPORT_EPILOG,
    )
    words_of.add_export(parser)
    add_about(parser)
    return parser


def record(words: list[str]) -> int:
    """``c10k-tui record``.

    Raises:
        UsageError: what was typed cannot be done.
        OSError: the file could not be written.
    """
    parser = record_parser()
    options = parse(parser, words)
    if tell_about(parser, options):
        return 0
    out, options.words = _out_of(options.words)
    try:
        replay = _replay_in(options)
        if replay is None:
            settings, script = _settings(options), _script(options)
        else:
            settings, script = replay.settings, replay.script
    except (ValueError, KeyScriptError) as error:
        raise UsageError(str(error)) from None
    resizes = () if replay is None else replay.resizes

    from c10k_tui.recording.live import headless

    with _guarded(out):
        writer = headless.record(out, settings, script, resizes, force=options.force)
    print(f"recorded {out}: {writer.last_us / 1e6:.1f} s, {writer.size_bytes / 1e3:,.0f} kB")
    return 0


def replay(words: list[str]) -> int:
    """``c10k-tui replay``.

    Raises:
        UsageError: what was typed cannot be done, or the file cannot be used.
    """
    parser = replay_parser()
    options = parse(parser, words)
    if tell_about(parser, options):
        return 0
    try:
        path = words_of.file_of(options.words, "replay", "c10k-tui replay FILE.cast")
        at_us = words_of.time_us_of("--at", options.at) or 0
        found = _replay_of(path)
    except ValueError as error:
        raise UsageError(str(error)) from None
    at_frame = frame_of(at_us, found.settings.frames_per_s)
    if at_frame > found.script.frames:
        raise UsageError(
            f"{path} is {found.script.frames / FRAMES_PER_S:.1f}s long; --at lies beyond its end"
        )

    from c10k_tui.cli.screen import check_terminal, show
    from c10k_tui.recording.live.plan import RecordingPlan

    check_terminal()

    from c10k_tui.app.headless import stage

    app = stage(
        found.settings, RecordingPlan(replay=found, at_frame=found.raced(at_frame), paused=options.paused)
    )
    return show(app)


def export(words: list[str]) -> int:
    """``c10k-tui export``.

    Raises:
        UsageError: what was typed cannot be done, or the file cannot be used.
        OSError: the picture could not be written.
    """
    parser = export_parser()
    options = parse(parser, words)
    if tell_about(parser, options):
        return 0
    if len(options.words) != 2:
        raise UsageError("export takes two files: c10k-tui export FILE.cast OUT.gif")
    path, out = map(Path, options.words)
    form = out.suffix.removeprefix(".").lower()
    if form not in words_of.FORMATS:
        raise UsageError(f"{out} should end in .{', .'.join(words_of.FORMATS)}")
    for name, value in (("--at", options.at), ("--from", options.begin), ("--to", options.end)):
        if value is not None and (form == "gif") == (name == "--at"):
            raise UsageError(
                f"{name} is for {'svg, png and txt' if name == '--at' else 'gif'}, not for {form}"
            )
    try:
        at_us = words_of.time_us_of("--at", options.at)
        begin_us = words_of.time_us_of("--from", options.begin)
        end_us = words_of.time_us_of("--to", options.end)
        speed = words_of.play_speed_of(options.speed)
        recording = _read(path)

        from c10k_tui.recording.pictures import export

        with _guarded(out):
            export.check_free(out, force=options.force)
            export.export(recording, out, form, at_us=at_us, begin_us=begin_us, end_us=end_us, speed=speed)
    except CastError as error:
        raise UsageError(f"{path}: {error}") from None
    except ValueError as error:
        raise UsageError(str(error)) from None
    print(f"wrote {out}: {out.stat().st_size / 1e3:,.0f} kB")
    return 0


# --- what was typed -------------------------------------------------------------------------------


def _out_of(words: list[str]) -> tuple[Path, list[str]]:
    """The file to write, and the words of the scenario."""
    files = [word for word in words if word.endswith(".cast")]
    if len(files) != 1:
        raise UsageError(
            "record takes one file that ends in .cast: c10k-tui record OUT.cast n=10000 --for 20s"
        )
    return Path(files[0]), [word for word in words if word != files[0]]


def _settings(options: argparse.Namespace) -> RecordingSettings:
    """What is to be recorded, from the words."""
    from c10k_tui.cli.screen import speed_of, theme_of

    width, height = words_of.size_of(options.size)
    if options.caption and height == LEAST_ROWS:
        raise ValueError(f"a caption takes a row: --size has to be at least 80x{LEAST_ROWS + 1}")
    return RecordingSettings(
        start=RecordingStart(pictured(scenario_of(options))),
        width=width,
        height=height,
        speed=speed_of(options.speed),
        paused=options.paused,
        theme=theme_of(options.theme) or "c10k-dark",
        caption=options.caption,
        title=words_of.title_of(options.title),
        cast_version=words_of.cast_version_of(options.cast_version),
        frames_per_s=FRAMES_PER_S,
    )


def _script(options: argparse.Namespace) -> KeyScript:
    """The keys, and how long the recording lasts: as said, or as long as the keys take."""
    text = options.keys or ""
    path = Path(text)
    try:
        if text and path.is_file():
            text = _text_of(path)
    except (OSError, ValueError) as error:
        raise ValueError(f"--keys: {error}") from None
    try:
        script = parse_script(text, FRAMES_PER_S)
    except KeyScriptError as error:
        raise ValueError(f"--keys: {error}") from None
    if options.duration is not None:
        try:
            return KeyScript(script.presses, frames_of(options.duration, FRAMES_PER_S))
        except KeyScriptError as error:
            raise ValueError(f"--for: {error}") from None
    if script.frames:
        return script
    return KeyScript(script.presses, frames_of(words_of.DEFAULT_FOR, FRAMES_PER_S))


def _text_of(path: Path) -> str:
    with open(path, "rb") as file:
        data = file.read(MOST_SCRIPT_BYTES + 1)
    if len(data) > MOST_SCRIPT_BYTES:
        raise ValueError(f"{path} is too large for a script")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8") from None


def _replay_in(options: argparse.Namespace) -> Replay | None:
    """The recording that ``--keys`` names, if it names one; it says all that the options could."""
    if options.keys is None or not options.keys.endswith(".cast"):
        return None
    said = [
        name
        for name, value in vars(options).items()
        if name not in ("keys", "force", "help", "version") and value not in (None, False, [], *_DEFAULTS)
    ]
    if said:
        raise ValueError(
            f"{options.keys} says all of it: race, keys, size and the rest; only --force can be added"
        )
    return _replay_of(Path(options.keys))


_DEFAULTS = ("", "2", "120x36")


# --- files ----------------------------------------------------------------------------------------


def _read(path: Path) -> Recording:
    from c10k_tui.recording.cast.reader import read

    try:
        return read(path)
    except CastError as error:
        raise ValueError(f"{path}: {error}") from None
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}") from None


def _replay_of(path: Path) -> Replay:
    from c10k_tui.recording.cast.reader import replay_of

    recording = _read(path)
    try:
        found = replay_of(recording)
    except CastError as error:
        raise ValueError(f"{path}: {error}") from None
    if found.settings.frames_per_s != FRAMES_PER_S:
        raise ValueError(
            f"{path}: it has {found.settings.frames_per_s} frames a second; {FRAMES_PER_S} can be run"
        )
    return found


class _guarded:  # noqa: N801 - reads like a function
    """Tell which file it was that could not be written."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileExistsError):
            raise UsageError(f"{self._out} is there already; --force overwrites it") from None
        if isinstance(error, OSError):
            words = error.strerror or str(error)
            if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO):
                raise OSError(error.errno, f"{self._out}: {words}; it is whole up to there") from None
            raise UsageError(f"{self._out}: {words}") from None


COMMANDS: dict[str, Callable[[list[str]], int]] = {"record": record, "replay": replay, "export": export}
"""By the word that stands first."""
