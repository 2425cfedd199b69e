"""``c10k-tui export``: a picture, an animation or the text of a recording."""

from __future__ import annotations

import argparse
from pathlib import Path

from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, print_about
from c10k_tui.cli.recording_files import naming_file, read_recording
from c10k_tui.cli.recording_options import time_us_of
from c10k_tui.recording.cast.header import CastError
from c10k_tui.recording.pictures.forms import ANIMATED, DRAWN, FORMS, LARGEST_FONT, SMALLEST_FONT, STILL

_ENDINGS = f".{', .'.join(FORMS[:-1])} or .{FORMS[-1]}"
SLOWEST, FASTEST = 0.1, 100.0
"""Range of ``--speed``."""
_EPILOG = """\
examples:
  c10k-tui export demo.cast demo.gif --from 2s --to 8s --speed 2
  c10k-tui export demo.cast demo.png --at 12.5s
  c10k-tui export demo.cast demo.mp4 --font-size 20
  c10k-tui export demo.cast demo.html
"""


def export_parser() -> argparse.ArgumentParser:
    """The parser of ``c10k-tui export``."""
    parser = new_parser(
        usage=f"c10k-tui export FILE.cast OUT.({'|'.join(FORMS)}) [options]",
        description="Makes a picture, an animation, a page or a text from a recording.",
        epilog=_EPILOG,
    )
    group = parser.add_argument_group("export")
    group.add_argument("words", metavar="FILE OUT", nargs="*", help=f"a recording; OUT ends in {_ENDINGS}")
    group.add_argument("--at", metavar="TIME", help="time of the svg, png or txt (the end)")
    group.add_argument("--from", dest="begin", metavar="TIME", help="start of the gif, mp4 or webm (0)")
    group.add_argument("--to", dest="end", metavar="TIME", help="end of the gif, mp4 or webm (the end)")
    group.add_argument("--speed", metavar="X", help="speed of the gif, mp4 or webm (1)")
    group.add_argument(
        "--fps", metavar="N", help="pictures a second: gif 1 to 50 (10), mp4 and webm 1 to 60 (30)"
    )
    group.add_argument(
        "--font-size",
        metavar="PX",
        help=f"size of letters: {SMALLEST_FONT:g} to {LARGEST_FONT:g} (gif, svg 13; others 27)",
    )
    group.add_argument("--force", action="store_true", help="overwrite OUT if it exists")
    add_about(parser)
    return parser


def export(words: list[str]) -> int:
    """Draw a recording into a file and print the file's size.

    Returns:
        The exit code, 0.

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
    if form not in FORMS:
        raise UsageError(f"the name of {out} must end in {_ENDINGS}")
    _check_options(options, form)
    try:
        _export(path, out, form, options)
    except CastError as error:
        raise UsageError(f"{path}: {error}") from None
    except ValueError as error:
        raise UsageError(str(error)) from None
    size = out.stat().st_size
    print(f"wrote {out}: {f'{size / 1e3:,.0f} kB' if size >= 10_000 else f'{size:,} bytes'}")
    return 0


def _check_options(options: argparse.Namespace, form: str) -> None:
    """Refuse an option that has no meaning for the form."""
    for name, value, forms in (
        ("--at", options.at, STILL),
        ("--from", options.begin, tuple(ANIMATED)),
        ("--to", options.end, tuple(ANIMATED)),
        ("--speed", options.speed, tuple(ANIMATED)),
        ("--fps", options.fps, tuple(ANIMATED)),
        ("--font-size", options.font_size, DRAWN),
    ):
        if value is not None and form not in forms:
            raise UsageError(f"{name} is for {', '.join(forms[:-1])} and {forms[-1]}, not for {form}")


def _export(path: Path, out: Path, form: str, options: argparse.Namespace) -> None:
    at_us = time_us_of("--at", options.at)
    begin_us = time_us_of("--from", options.begin)
    end_us = time_us_of("--to", options.end)
    speed = _number_of("--speed", options.speed, SLOWEST, FASTEST, form)
    fastest = ANIMATED[form].most_frames_per_s if form in ANIMATED else 0
    frames_per_s = _number_of("--fps", options.fps, 1, fastest, form)
    font_size = _number_of("--font-size", options.font_size, SMALLEST_FONT, LARGEST_FONT, form)
    recording = read_recording(path)

    from c10k_tui.recording.pictures import export

    with naming_file(out, "nothing was written"):
        export.check_free(out, force=options.force)
        export.export(
            recording,
            out,
            form,
            at_us=at_us,
            begin_us=begin_us,
            end_us=end_us,
            speed=1.0 if speed is None else speed,
            frames_per_s=frames_per_s,
            font_size=font_size,
        )


def _number_of(option: str, text: str | None, least: float, most: float, form: str) -> float | None:
    """The value of an option that takes a number; None if it was not typed.

    Raises:
        ValueError: not a number from ``least`` to ``most``.
    """
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not least <= number <= most:
        raise ValueError(f"{option} for {form} must be a number from {least:g} to {most:g}, not {text!r}")
    return number
