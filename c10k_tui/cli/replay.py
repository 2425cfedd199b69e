"""``c10k-tui replay``: a recording run again, live."""

from __future__ import annotations

import argparse

from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, print_about
from c10k_tui.cli.recording_files import read_replay
from c10k_tui.cli.recording_options import file_of, time_us_of
from c10k_tui.cli.terminal import check_size, check_terminal

_EXPORT_INSTEAD = "draw a moment of it into a file: c10k-tui export FILE.cast OUT.png --at TIME"
_EPILOG = """\
space pauses and continues the replay. The first key that changes something ends it: the race is yours then.
The replay has the size of the terminal in which it was recorded; a larger terminal shows a frame around it.

examples:
  c10k-tui replay demo.cast
  c10k-tui replay demo.cast --at 12.5s --paused
"""


def replay_parser() -> argparse.ArgumentParser:
    """The parser of ``c10k-tui replay``."""
    parser = new_parser(
        usage="c10k-tui replay FILE.cast [options]",
        description="Runs a recording again, live: its race and its keys.",
        epilog=_EPILOG,
    )
    group = parser.add_argument_group("replay")
    group.add_argument("words", metavar="FILE", nargs="*", help="a recording made by c10k-tui")
    group.add_argument("--at", metavar="TIME", help="start at this time, such as 12.5s (0)")
    group.add_argument("--paused", action="store_true", help="start paused")
    add_about(parser)
    return parser


def replay(words: list[str]) -> int:
    """Replay a recording until the user quits.

    Returns:
        The exit code of the app.

    Raises:
        UsageError: an option or a value is not valid, the file cannot be used, or no screen can be shown.
    """
    parser = replay_parser()
    options = parse(parser, words)
    if print_about(parser, options):
        return 0
    try:
        path = file_of(options.words, "replay", "c10k-tui replay FILE.cast")
        at_us = time_us_of("--at", options.at) or 0
        found = read_replay(path)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if at_us > found.end_us:
        raise UsageError(f"--at is beyond the end of {path}, which is {found.end_us / 1e6:g}s long")
    check_terminal(_EXPORT_INSTEAD)
    check_size(*found.largest_size, _EXPORT_INSTEAD)

    from c10k_tui.app.headless import staged_app
    from c10k_tui.cli.race_screen import show
    from c10k_tui.recording.live.start_plan import RecordingPlan

    app = staged_app(
        found.settings, RecordingPlan(replay=found, at_frame=found.shown_at(at_us), paused=options.paused)
    )
    return show(app)
