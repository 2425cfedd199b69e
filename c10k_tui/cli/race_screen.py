"""``c10k-tui``: the race on the screen."""

from __future__ import annotations

import argparse
import gc
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from c10k_tui.app.ending_signals import SIGNAL_EXIT
from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, print_about
from c10k_tui.cli.recording_options import add_recording, cast_version_of, title_of
from c10k_tui.cli.scenario_options import add_scenario, fit_for_screen, scenario_of
from c10k_tui.cli.terminal import check_terminal, speed_of, theme_of
from c10k_tui.session.pacer import DEFAULT_SPEED

if TYPE_CHECKING:
    from c10k_tui.app.race_app import C10KApp
    from c10k_tui.recording.live.start_plan import RecordingPlan

_EPILOG = """\
commands (c10k-tui COMMAND --help says more):
  run        the race without a screen, as a table or as JSON
  watch      an asyncio script on a simulated kernel, its event loop turn by turn
  bench      the cost of one wake-up, simulated and measured on this machine
  calibrate  measure this machine and use its costs from now on
  capacity   how many connections each lane holds
  compare    one table of all lanes
  record     record the race without a terminal
  replay     run a recording again, live
  export     a recording as gif, svg, png or txt

examples:
  c10k-tui                                      10,000 connections, 3 of them active
  c10k-tui --fds 2000 --lanes select,poll,epoll
  c10k-tui --preset all-active --paused
  c10k-tui 'n=10000 active=1% seed=7 lanes=select|epoll'
  c10k-tui run --for 100ms --json
  c10k-tui record demo.cast --for 20s --keys "wait 2s; +; wait 1s; space"

keys on the screen:
  + -      more, fewer connections            space    pause, continue
  n        type a number of connections       s S      step: next event, next system call
  [ ]      fewer, more active connections     0 x      start again; with a new seed
  ; '      lower, higher rate                 1 2 3    select, poll, epoll on or off
  , .      slower, faster                     F2 … F6  presets; p is the next one
  arrows   choose a cell                      L        the list of all lanes
  b B      step back, as s and S              l        select's limit of 1024 on or off
  { }      to the previous, the next marker   g        one packet, followed step by step
  P        all presets, and the mistakes      u        fix the mistake, or make it again
  h H      the host lane; its mechanism       f        follow one descriptor
  r        record, or end the recording       R M      pause the recording; set a marker
  v w      cost curve; all lanes compared     m        how many connections each lane holds
  t        next theme                         ? q      all the keys; quit
"""


def screen_parser() -> argparse.ArgumentParser:
    """The parser of ``c10k-tui`` without a command."""
    parser = new_parser(
        usage=(
            "c10k-tui [SCENARIO] [options]\n"
            "       c10k-tui run|watch|bench|calibrate|capacity|compare|record|replay|export … (or --help)"
        ),
        description="select, poll and epoll wait for the same packets, side by side, on a simulated kernel.",
        epilog=_EPILOG,
    )
    add_scenario(parser)
    group = parser.add_argument_group("screen")
    speed = f"1 shows one scan (or one gap between bursts, if longer) in 2 s; or max ({DEFAULT_SPEED:g})"
    group.add_argument("--speed", metavar="X", help=speed)
    group.add_argument("--paused", action="store_true", help="start paused")
    group.add_argument("--theme", metavar="NAME", help="c10k-dark, c10k-light or c10k-ansi (c10k-dark)")
    group.add_argument(
        "--record", metavar="FILE", help="record from the start, until r is pressed; see record --help"
    )
    add_recording(group)
    add_about(parser)
    return parser


def race_on_screen(words: list[str]) -> int:
    """Show the race until the user quits, then print how to get the same race again.

    Returns:
        The exit code: 0, the app's own if it failed, or 1 if a recording failed.

    Raises:
        UsageError: an option or a value is not valid, or no screen can be shown.
    """
    parser = screen_parser()
    options = parse(parser, words)
    if print_about(parser, options):
        return 0
    scenario = fit_for_screen(scenario_of(options))
    speed, theme = speed_of(options.speed), theme_of(options.theme)
    plan = _recording_plan(options)
    check_terminal()

    from c10k_tui.app.race_app import C10KApp
    from c10k_tui.cli.costs_file import current_costs

    costs, why_not = current_costs()
    app = C10KApp(
        scenario, speed=speed, paused=options.paused, costs=costs, own_costs_problem=why_not, plan=plan
    )
    if theme is not None:
        app.theme = theme
    return show(app)


def _recording_plan(options: argparse.Namespace) -> RecordingPlan | None:
    """The recording that starts with the race; None without ``--record``.

    Raises:
        UsageError: an option is not valid, or the file already exists.
    """
    try:
        title, version = title_of(options.title), cast_version_of(options.cast_version)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if options.record is None:
        return None
    path = Path(options.record)
    if path.exists() and not (options.force and path.is_file()):
        reason = "; overwrite it with --force" if path.is_file() else " and is not a regular file"
        raise UsageError(f"{path} already exists{reason}")

    from c10k_tui.recording.live.start_plan import RecordingPlan

    return RecordingPlan(
        path=path, force=options.force, title=title, caption=options.caption, cast_version=version
    )


def show(app: C10KApp) -> int:
    """Run an app until the user quits, then print how to get the same race again.

    Returns:
        The exit code: 0, the app's own if it failed, 1 if a recording failed, or 128 + the signal that ended
        the app.
    """
    # Imported modules are never freed, so the garbage collector need not walk them during a frame.
    gc.freeze()
    last = app.run()
    if app.return_code:
        return app.return_code
    for words in app.recording.messages:
        print(words)
    if last is not None:
        print(f"the same race again:\n{command_line(last)}")
    if app.recording.failure is not None:
        print(f"c10k-tui: {app.recording.failure}", file=sys.stderr)
        return 1
    return 0 if app.ended_by is None else SIGNAL_EXIT + app.ended_by


def command_line(scenario: str) -> str:
    """A scenario's short form as a shell command: ``c10k-tui 'n=10000 active=3 …'``."""
    return f"c10k-tui {shlex.quote(scenario)}"
