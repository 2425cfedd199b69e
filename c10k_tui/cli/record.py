"""``c10k-tui record``: the race recorded without a terminal."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, print_about
from c10k_tui.cli.recording_files import naming_file, read_replay
from c10k_tui.cli.recording_options import add_recording, cast_version_of, size_of, title_of
from c10k_tui.cli.scenario_options import add_scenario, fit_for_screen, scenario_of
from c10k_tui.cli.terminal import speed_of, theme_of
from c10k_tui.recording.cast.file_kinds import why_not_text
from c10k_tui.recording.cast.key_script import KeyScript, KeyScriptError, frames_of, parse_script
from c10k_tui.recording.cast.replay import Replay
from c10k_tui.recording.cast.settings import LEAST_ROWS, RecordingSettings, RecordingStart
from c10k_tui.session.pacer import FRAMES_PER_S

DEFAULT_FOR = "20s"
"""Length of a recording without keys and without ``--for``."""
MOST_SCRIPT_BYTES = 1_000_000
_RECORDING = re.compile(rb'(\xef\xbb\xbf)?\s*\{\s*"')
"""The beginning of a recording: an object. The key ``{`` is never before a quotation mark."""
_DEFAULTS = ("", "2", "120x36")
"""Values of options that were not typed."""
_EPILOG = """\
keys are written like "wait 2s; +; wait 1s; space", in a file also on lines of their own, with # comments:
  a key          + - n [ ] semicolon ' , . space s S b B < > { } a e o 0 x 1 2 3 F2 … F6 p P u l L f v w m g t
                 ? M R up down left right home end tab enter escape
  wait TIME      let the recording continue

examples:
  c10k-tui record demo.cast --for 20s
  c10k-tui record demo.cast --for 20s --size 120x36 --keys "wait 2s; +; wait 1s; space"
  c10k-tui record again.cast --keys demo.cast
"""


def record_parser() -> argparse.ArgumentParser:
    """The parser of ``c10k-tui record``."""
    parser = new_parser(
        usage="c10k-tui record OUT.cast [SCENARIO] [options]",
        description="Records the race without a terminal. The same command writes the same bytes.",
        epilog=_EPILOG,
    )
    add_scenario(parser)
    group = parser.add_argument_group("record")
    group.add_argument(
        "--for", dest="duration", metavar="TIME", help=f"length of the recording ({DEFAULT_FOR})"
    )
    group.add_argument("--size", metavar="WxH", default="120x36", help="size of the terminal (120x36)")
    group.add_argument(
        "--keys",
        metavar="KEYS",
        help="keys to press: a text, a file, or a recording, whose race and keys are recorded again",
    )
    group.add_argument("--speed", metavar="X", help="speed of the race, as on the screen (2)")
    group.add_argument("--paused", action="store_true", help="start paused")
    group.add_argument("--theme", metavar="NAME", help="c10k-dark, c10k-light or c10k-ansi (c10k-dark)")
    add_recording(group)
    add_about(parser)
    return parser


def record(words: list[str]) -> int:
    """Record a race and print the size of the recording.

    Returns:
        The exit code, 0.

    Raises:
        UsageError: an option or a value is not valid, or a file cannot be used.
        OSError: the disk is full or failed.
    """
    parser = record_parser()
    options = parse(parser, words)
    if print_about(parser, options):
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
    resizes, figures = ((), None) if replay is None else (replay.resizes, replay.figures)

    from c10k_tui.app import headless

    with naming_file(out, "the recording is complete up to this point"):
        writer = headless.record(out, settings, script, resizes, figures, force=options.force)
    print(f"recorded {out}: {writer.last_us / 1e6:.1f} s, {writer.size_bytes / 1e3:,.0f} kB")
    return 0


def _out_of(words: list[str]) -> tuple[Path, list[str]]:
    """The file to write, and the words of the scenario."""
    files = [word for word in words if word.endswith(".cast")]
    if len(files) != 1:
        raise UsageError(
            "record needs one file whose name ends in .cast: c10k-tui record OUT.cast n=10000 --for 20s"
        )
    return Path(files[0]), [word for word in words if word != files[0]]


def _settings(options: argparse.Namespace) -> RecordingSettings:
    width, height = size_of(options.size)
    if options.caption and height == LEAST_ROWS:
        raise ValueError(f"--caption needs a row of its own: set --size to at least 80x{LEAST_ROWS + 1}")
    return RecordingSettings(
        start=RecordingStart(fit_for_screen(scenario_of(options))),
        width=width,
        height=height,
        speed=speed_of(options.speed),
        paused=options.paused,
        theme=theme_of(options.theme) or "c10k-dark",
        caption=options.caption,
        title=title_of(options.title),
        cast_version=cast_version_of(options.cast_version),
        frames_per_s=FRAMES_PER_S,
    )


def _script(options: argparse.Namespace) -> KeyScript:
    """The keys and the length of the recording: ``--for``, or the length of the keys, or the default."""
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
    return KeyScript(script.presses, frames_of(DEFAULT_FOR, FRAMES_PER_S))


def _text_of(path: Path) -> str:
    with open(path, "rb") as file:
        data = file.read(MOST_SCRIPT_BYTES + 1)
    if len(data) > MOST_SCRIPT_BYTES:
        raise ValueError(f"{path} is too large for a key script (more than {MOST_SCRIPT_BYTES:,} bytes)")
    if _RECORDING.match(data):
        raise ValueError(f"{path} is not a key script; if it is a recording, its name must end in .cast")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a key script: {why_not_text(data) or 'it is not UTF-8'}") from None


def _replay_in(options: argparse.Namespace) -> Replay | None:
    """The recording named by ``--keys``; None if ``--keys`` names no recording.

    Raises:
        ValueError: the recording cannot be used, or another option contradicts it.
    """
    if options.keys is None or not options.keys.endswith(".cast"):
        return None
    typed = [
        name
        for name, value in vars(options).items()
        if name not in ("keys", "force", "help", "version") and value not in (None, False, [], *_DEFAULTS)
    ]
    if typed:
        raise ValueError(
            f"{options.keys} already sets the race, the keys and the size; only --force can be added"
        )
    return read_replay(Path(options.keys))
