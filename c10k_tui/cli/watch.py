"""``c10k-tui watch SCRIPT.py``: an asyncio script on a simulated kernel, on the screen or as figures.

With ``--for`` there is no screen: the script runs for that virtual time, or to its end. Then the command
prints the event loop's work, as text or as one JSON object.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from c10k_tui.app.ending_signals import SIGNAL_EXIT
from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, print_about
from sim.scenario.units import parse_duration_ns

if TYPE_CHECKING:
    from sim.scripts.script import Script

FAILED = 1
"""Exit code: the script failed, or did not return control."""
PATIENCE_S = 20.0
"""Longest wall time in seconds that a script without a screen may run between two moments."""
SLICE = 20_000
"""Moments after which a script without a screen returns control, so that a stuck script is noticed."""
_FIGURES_INSTEAD = "watch the script without a screen: c10k-tui watch SCRIPT.py --for 10s"
_EPILOG = """\
examples:
  c10k-tui watch examples/echo.py
  c10k-tui watch examples/blocking.py --paused
  c10k-tui watch server.py -- --port 8080       options after -- go to the script
  c10k-tui watch examples/blocking.py --for 10s --json

Simulated: sockets, select and epoll, time, threads of asyncio.to_thread. Refused, with the script's line:
the host's network, processes, keyboard.
"""


def watch_parser() -> argparse.ArgumentParser:
    """The parser of ``c10k-tui watch``."""
    from c10k_tui.screens.loop.model import DEFAULT_SPEED, SPEEDS

    parser = new_parser(
        usage="c10k-tui watch SCRIPT.py [ARGUMENT …] [options] [-- ARGUMENT …]",
        description="Runs an unchanged asyncio script on a simulated kernel and shows its event loop.",
        epilog=_EPILOG,
    )
    group = parser.add_argument_group("watch")
    group.add_argument(
        "words",
        metavar="SCRIPT",
        nargs="*",
        help="a Python script that calls asyncio.run, and its arguments",
    )
    slowest = min(speed for speed in SPEEDS if speed is not None)
    group.add_argument(
        "--speed", metavar="X", help=f"turns per second, from {slowest:g}; or max ({DEFAULT_SPEED:g})"
    )
    group.add_argument("--paused", action="store_true", help="start paused, before the script's first line")
    group.add_argument("--theme", metavar="NAME", help="c10k-dark, c10k-light or c10k-ansi (c10k-dark)")
    group.add_argument(
        "--for",
        dest="duration",
        metavar="TIME",
        help="no screen: run for this virtual time, such as 10s",
    )
    group.add_argument("--json", action="store_true", help="with --for: print one JSON object")
    add_about(parser)
    return parser


def watch(words: list[str]) -> int:
    """Run a script and show its event loop.

    Returns:
        The exit code; 1 if a script without a screen failed.

    Raises:
        UsageError: an option or a value is not valid, or the script cannot be read or compiled.
    """
    own_words, script_words = _split(words)
    parser = watch_parser()
    try:
        options = parse(parser, own_words)
    except UsageError as error:
        hint = "; put the script's own options after --" if "there is no option" in str(error) else ""
        raise UsageError(f"{error}{hint}") from None
    if print_about(parser, options):
        return 0
    if not options.words:
        raise UsageError("watch needs a script: c10k-tui watch SCRIPT.py")
    name, *arguments = options.words
    if options.duration is None and options.json:
        raise UsageError("--json needs --for: c10k-tui watch SCRIPT.py --for 10s --json")
    show = _on_screen if options.duration is None else _without_screen
    return show(Path(name), [*arguments, *script_words], options)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """The words before ``--``, and the words after it, which are the script's arguments."""
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at + 1 :]


def _speed_of(text: str | None) -> float | None:
    """The value of ``--speed`` in turns per second; None for ``max``."""
    from c10k_tui.screens.loop.model import DEFAULT_SPEED, SPEEDS

    if text is None:
        return DEFAULT_SPEED
    if text == "max":
        return None
    rungs = [rung for rung in SPEEDS if rung is not None]
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not min(rungs) <= speed <= max(rungs):
        raise UsageError(
            f"--speed must be {min(rungs):g} to {max(rungs):g} turns per second, or max, not {text!r}"
        )
    return speed


def _script(path: Path, arguments: list[str], *, keeps_output: bool) -> Script:
    """The script, before its first line.

    Args:
        path: The script's file.
        arguments: Its ``sys.argv[1:]``.
        keeps_output: True to keep its output; False to print its output at once.

    Raises:
        UsageError: the file cannot be read, or is not Python.
    """
    from c10k_tui.cli.costs_file import current_costs
    from sim.scripts.script import Script
    from sim.scripts.script_error import ScriptError
    from sim.scripts.script_output import ScriptOutput
    from sim.stdlib.kernel import Kernel

    costs, _ = current_costs()
    try:
        return Script(path, arguments, Kernel(costs), ScriptOutput() if keeps_output else None)
    except ScriptError as error:
        raise UsageError(str(error)) from None


def _on_screen(path: Path, arguments: list[str], options: argparse.Namespace) -> int:
    from c10k_tui.cli.terminal import check_terminal, theme_of

    speed, theme = _speed_of(options.speed), theme_of(options.theme)
    script = _script(path, arguments, keeps_output=True)
    check_terminal(_FIGURES_INSTEAD)

    from c10k_tui.app.watch_app import WatchApp

    app = WatchApp(script, speed=speed, paused=options.paused)
    if theme is not None:
        app.theme = theme
    # Imported modules are never freed, so the garbage collector need not walk them during a frame.
    gc.freeze()
    app.run()
    if script.output is not None:
        sys.stdout.flush()
        script.output.copy_to(sys.stdout.buffer)
        script.output.close()
    if script.error is not None:
        print(f"c10k-tui: {script.error}", file=sys.stderr)
    if app.ended_by is not None:
        return SIGNAL_EXIT + app.ended_by
    return app.return_code or 0


def _without_screen(path: Path, arguments: list[str], options: argparse.Namespace) -> int:
    from c10k_tui.cli.watch_output import as_data, summary_lines
    from sim.scripts.loop_frame import frame_of
    from sim.scripts.script_error import ScriptError

    try:
        until_ns = parse_duration_ns(options.duration)
    except ValueError as error:
        raise UsageError(f"--for: {error}") from None
    script = _script(path, arguments, keeps_output=options.json)
    stuck: str | None = None
    frame = frame_of(script)
    try:
        _run(script, until_ns)
    except ScriptError as error:
        stuck = str(error)
    else:
        tasks = [] if script.over else script.kernel.asyncio.all_tasks(script.loop)
        frame = frame_of(script, 0, len(tasks))
    if options.json:
        printed = script.output.newest(script.output.printed + 1) if script.output is not None else []
        print(json.dumps(as_data(script, frame, stuck, printed), indent=2))
    else:
        print("\n".join(summary_lines(script, frame)))
    script.close()
    error_words = stuck or (None if script.error is None else str(script.error))
    if error_words is None:
        return 0
    print(f"c10k-tui: {error_words}", file=sys.stderr)
    return FAILED


def _run(script: Script, until_ns: int) -> None:
    """Run a script up to a moment of virtual time, or to its end.

    Raises:
        ScriptError: the script did not return control within :data:`PATIENCE_S`.
    """
    left = SLICE

    def enough(_: object) -> bool:
        nonlocal left
        left -= 1
        return left <= 0 or script.kernel.now_ns >= until_ns

    while script.run_until(enough, PATIENCE_S) and script.kernel.now_ns < until_ns:
        left = SLICE
