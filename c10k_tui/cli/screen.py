"""``c10k-tui``: the race on the screen; first of all, whether there is a screen to race on.

Textual reads keys from standard input and draws on standard error, so all three standard
streams have to be the terminal.
"""

from __future__ import annotations

import argparse
import gc
import math
import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from c10k_tui.cli.options import UsageError
from c10k_tui.session.pacer import DEFAULT_SPEED, SPEEDS
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from c10k_tui.app.race_app import C10KApp
    from c10k_tui.recording.live.plan import RecordingPlan

MIN_COLUMNS, MIN_ROWS = 80, 24
"""The smallest terminal the race screen has a layout for."""

_WITHOUT = "to race without a screen: c10k-tui run"


def check_terminal(without: str = _WITHOUT) -> None:
    """Nothing, if a screen can be shown here.

    Args:
        without: what to do where it cannot.

    Raises:
        UsageError: no terminal, one that cannot place a cursor, or one that is too small.
    """
    for stream, name in ((sys.stdin, "input"), (sys.stdout, "output"), (sys.stderr, "error output")):
        if stream is None or not stream.isatty():
            raise UsageError(f"the {name} is not a terminal; {without}")
    term = os.environ.get("TERM", "")
    if os.name == "posix" and term in ("", "dumb", "unknown"):
        raise UsageError(f"the terminal cannot draw (TERM={term or 'is not set'}); {without}")
    # The same question that Textual asks: COLUMNS and LINES count, and a terminal that
    # does not know its size is taken for one of 80×24.
    columns, rows = shutil.get_terminal_size((MIN_COLUMNS, MIN_ROWS))
    if columns < MIN_COLUMNS or rows < MIN_ROWS:
        raise UsageError(
            f"the terminal is {columns}×{rows}, the screen needs {MIN_COLUMNS}×{MIN_ROWS}: "
            f"enlarge it, or {without}"
        )


def command_line(scenario: str) -> str:
    """A scenario's string form as a line that a shell takes: ``c10k-tui 'n=10000 active=3 …'``."""
    return f"c10k-tui {shlex.quote(scenario)}"


def speed_of(text: str | None) -> float | None:
    """The speed to start at: a number (see :mod:`c10k_tui.session.pacer`), or None for ``max``.

    Raises:
        UsageError: neither a number within the ladder's ends nor ``max``.
    """
    if text is None:
        return DEFAULT_SPEED
    if text == "max":
        return None
    rungs = [rung for rung in SPEEDS if rung is not None]
    slowest, fastest = min(rungs), max(rungs)
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not slowest <= speed <= fastest:  # nan is not either
        raise UsageError(f"--speed is a number from {slowest:g} to {fastest:g}, or max; not {text!r}")
    return speed


def theme_of(text: str | None) -> str | None:
    """The theme to start with; None leaves it to the app.

    Raises:
        UsageError: there is no such theme.
    """
    if text is None:
        return None
    from c10k_tui.text.themes import THEMES

    names = [theme.name for theme in THEMES]
    if text not in names:
        raise UsageError(f"there is no theme {text!r}; choose from {', '.join(names)}")
    return text


def plan_of(options: argparse.Namespace) -> RecordingPlan | None:
    """What is to be recorded from the start; None if nothing is.

    Raises:
        UsageError: it cannot be.
    """
    from c10k_tui.cli.recording_options import cast_version_of, title_of
    from c10k_tui.recording.live.plan import RecordingPlan

    try:
        title, version = title_of(options.title), cast_version_of(options.cast_version)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if options.record is None:
        return None
    path = Path(options.record)
    if path.exists() and not (options.force and path.is_file()):
        reason = "; --force overwrites it" if path.is_file() else " and is not a regular file"
        raise UsageError(f"{path} is there already{reason}")
    return RecordingPlan(
        path=path, force=options.force, title=title, caption=options.caption, cast_version=version
    )


def open_screen(
    scenario: Scenario,
    *,
    speed: float | None,
    paused: bool,
    theme: str | None,
    plan: RecordingPlan | None = None,
) -> int:
    """Run the app until its user quits, then print how to get the same race again.

    Returns:
        The exit code: 0, or the app's own if it failed.
    """
    from c10k_tui.app.race_app import C10KApp
    from c10k_tui.cli.costs_file import current_costs

    costs, why_not = current_costs()
    app = C10KApp(scenario, speed=speed, paused=paused, costs=costs, why_not_own=why_not, plan=plan)
    if theme is not None:
        app.theme = theme
    return show(app)


def show(app: C10KApp) -> int:
    """Run an app until its user quits, then print how to get the same race again.

    Returns:
        The exit code: 0, or the app's own if it failed, or 1 if a recording did.
    """
    # What was imported stays: let the garbage collector not walk it again in the middle of a frame.
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
    return 0
