"""``c10k-tui export``: a picture, an animation or the text of a recording."""

from __future__ import annotations

import argparse
from pathlib import Path

from c10k_tui.cli.interruption import Interrupted, interruption_raised, print_interrupted
from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, print_about
from c10k_tui.cli.progress import showing_progress
from c10k_tui.cli.recording_files import naming_file, read_recording
from c10k_tui.cli.recording_options import time_us_of
from c10k_tui.recording.cast.header import CastError

FORMATS = ("gif", "svg", "png", "txt")
_ENDINGS = f".{', .'.join(FORMATS[:-1])} or .{FORMATS[-1]}"
SLOWEST, FASTEST = 0.1, 100.0
"""Range of ``--speed``."""
_EPILOG = """\
examples:
  c10k-tui export demo.cast demo.gif --from 2s --to 8s --speed 2
  c10k-tui export demo.cast demo.png --at 12.5s
"""


def export_parser() -> argparse.ArgumentParser:
    """The parser of ``c10k-tui export``."""
    parser = new_parser(
        usage="c10k-tui export FILE.cast OUT.(gif|svg|png|txt) [options]",
        description="Makes a picture, an animation or a text from a recording.",
        epilog=_EPILOG,
    )
    group = parser.add_argument_group("export")
    group.add_argument("words", metavar="FILE OUT", nargs="*", help=f"a recording; OUT ends in {_ENDINGS}")
    group.add_argument("--at", metavar="TIME", help="time of the svg, png or txt (the end)")
    group.add_argument("--from", dest="begin", metavar="TIME", help="start of the gif (0)")
    group.add_argument("--to", dest="end", metavar="TIME", help="end of the gif (the end)")
    group.add_argument("--speed", metavar="X", default="1", help="speed of the gif (1)")
    group.add_argument("--force", action="store_true", help="overwrite OUT if it exists")
    add_about(parser)
    return parser


def export(words: list[str]) -> int:
    """Draw a recording into a file and print the file's size.

    Returns:
        The exit code, 0; 130 after Ctrl-C, with no file.

    Raises:
        UsageError: an option or a value is not valid, or a file cannot be used.
        OSError: the disk is full or failed. Nothing was written.
    """
    parser = export_parser()
    options = parse(parser, words)
    if print_about(parser, options):
        return 0
    if len(options.words) != 2:
        raise UsageError("export needs two files: c10k-tui export FILE.cast OUT.gif")
    path, out = map(Path, options.words)
    form = out.suffix.removeprefix(".").lower()
    if form not in FORMATS:
        raise UsageError(f"the name of {out} must end in {_ENDINGS}")
    _check_times(options, form)
    try:
        _export(path, out, form, options)
    except Interrupted:
        left = "stays as it was" if out.exists() else "is not written"
        return print_interrupted(f"before the end; {out} {left}")
    except CastError as error:
        raise UsageError(f"{path}: {error}") from None
    except ValueError as error:
        raise UsageError(str(error)) from None
    print(f"wrote {out}: {out.stat().st_size / 1e3:,.0f} kB")
    return 0


def _check_times(options: argparse.Namespace, form: str) -> None:
    """Refuse ``--at`` for a GIF, and ``--from`` and ``--to`` for a still picture."""
    for name, value in (("--at", options.at), ("--from", options.begin), ("--to", options.end)):
        if value is not None and (form == "gif") == (name == "--at"):
            forms = "svg, png and txt" if name == "--at" else "gif"
            raise UsageError(f"{name} is for {forms}, not for {form}")


def _export(path: Path, out: Path, form: str, options: argparse.Namespace) -> None:
    at_us = time_us_of("--at", options.at)
    begin_us = time_us_of("--from", options.begin)
    end_us = time_us_of("--to", options.end)
    speed = _speed_of(options.speed)
    with naming_file(out, "nothing was written"), showing_progress("export") as line, interruption_raised():
        line.report(None, f"reading {path.name}")
        recording = read_recording(path)

        from c10k_tui.recording.pictures import export

        line.report(None, f"drawing {form}")
        export.check_free(out, force=options.force)
        export.export(recording, out, form, at_us=at_us, begin_us=begin_us, end_us=end_us, speed=speed)


def _speed_of(text: str) -> float:
    """The value of ``--speed``: the factor by which the GIF plays faster.

    Raises:
        ValueError: not a number from :data:`SLOWEST` to :data:`FASTEST`.
    """
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"--speed of a gif must be a number from {SLOWEST:g} to {FASTEST:g}, not {text!r}")
    return speed
