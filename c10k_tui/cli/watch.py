"""``c10k-tui watch SCRIPT.py``: an asyncio script on a simulated kernel, on the screen or in figures.

With ``--for`` there is no screen: the script runs for so much virtual time, or to its end, and what its
loop did is printed, as text or as one JSON object.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, tell_about
from sim.scenario.units import format_duration, parse_duration_ns

if TYPE_CHECKING:
    from sim.scripts.frame import LoopFrame
    from sim.scripts.loop_figures import Culprit
    from sim.scripts.script import Script
    from sim.scripts.task_rows import TaskRow
    from sim.stacks.place import Place

FAILED = 1
"""Exit code: the script failed, or never came back."""
PATIENCE_S = 20.0
"""How long a script without a screen may keep its turn, in seconds of the host's."""
SLICE = 20_000
"""Moments after which a script without a screen gives back its turn: one that does not is stuck."""
_WITHOUT = "to watch without a screen: c10k-tui watch SCRIPT.py --for 10s"
_EPILOG = """\
examples:
  c10k-tui watch examples/echo.py
  c10k-tui watch examples/blocking.py --paused
  c10k-tui watch server.py -- --port 8080       what follows -- is the script's own
  c10k-tui watch examples/blocking.py --for 10s --json

Simulated: sockets, select and epoll, time, threads of asyncio.to_thread. Refused, with the script's line:
the host's network, processes, keyboard.
"""


def watch(words: Sequence[str]) -> int:
    """The command.

    Returns:
        The exit code; 1 if a script that ran without a screen failed.

    Raises:
        UsageError: what was asked cannot be, or the script cannot be read or is no Python.
    """
    ours, theirs = _parted(words)
    parser = watch_parser()
    try:
        options = parse(parser, ours)
    except UsageError as error:
        hint = "; the script's own go after --" if str(error).startswith("there is no option") else ""
        raise UsageError(f"{error}{hint}") from None
    if tell_about(parser, options):
        return 0
    if not options.words:
        raise UsageError("watch needs a script: c10k-tui watch SCRIPT.py")
    name, *arguments = options.words
    if options.duration is None and options.json:
        raise UsageError("--json needs to know for how long: c10k-tui watch SCRIPT.py --for 10s --json")
    shown = _on_screen if options.duration is None else _in_figures
    return shown(Path(name), [*arguments, *theirs], options)


def _parted(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is for us, and what after ``--`` is for the script."""
    at = list(words).index("--") if "--" in words else len(words)
    return list(words[:at]), list(words[at + 1 :])


def watch_parser() -> argparse.ArgumentParser:
    """The options of ``c10k-tui watch``."""
    from c10k_tui.screens.loop.model import DEFAULT_SPEED, SPEEDS

    parser = new_parser(
        usage="c10k-tui watch SCRIPT.py [ARGUMENT …] [options] [-- ARGUMENT …]",
        description="An asyncio script, unchanged, on a simulated kernel: its event loop turn by turn.",
        epilog=_EPILOG,
    )
    group = parser.add_argument_group("watch")
    group.add_argument(
        "words", metavar="SCRIPT", nargs="*", help="a Python script that calls asyncio.run; its arguments"
    )
    slowest = min(speed for speed in SPEEDS if speed is not None)
    group.add_argument(
        "--speed", metavar="X", help=f"turns a second, from {slowest:g}; or max ({DEFAULT_SPEED:g})"
    )
    group.add_argument("--paused", action="store_true", help="start paused, before the script's first line")
    group.add_argument("--theme", metavar="NAME", help="c10k-dark, c10k-light or c10k-ansi (c10k-dark)")
    group.add_argument(
        "--for", dest="duration", metavar="TIME", help="no screen: run for so much virtual time (10s)"
    )
    group.add_argument("--json", action="store_true", help="with --for: print one JSON object")
    add_about(parser)
    return parser


def _speed_of(text: str | None) -> float | None:
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
        raise UsageError(f"--speed is turns a second, {min(rungs):g} to {max(rungs):g}, or max; not {text!r}")
    return speed


def _script(path: Path, arguments: list[str], *, kept: bool) -> Script:
    """The script, not begun.

    Args:
        kept: whether what it prints is kept, and not printed at once.

    Raises:
        UsageError: it cannot be read, or is no Python.
    """
    from c10k_tui.cli.costs_file import current_costs
    from sim.scripts.output import ScriptOutput
    from sim.scripts.script import Script, ScriptError
    from sim.stdlib.kernel import Kernel

    costs, _ = current_costs()
    try:
        return Script(path, arguments, Kernel(costs), ScriptOutput() if kept else None)
    except ScriptError as error:
        raise UsageError(str(error)) from None


# -- on the screen ---------------------------------------------------------------------------------


def _on_screen(path: Path, arguments: list[str], options: argparse.Namespace) -> int:
    from c10k_tui.cli.screen import check_terminal, theme_of

    speed, theme = _speed_of(options.speed), theme_of(options.theme)
    script = _script(path, arguments, kept=True)
    check_terminal(_WITHOUT)

    from c10k_tui.app.watch_app import WatchApp

    app = WatchApp(script, speed=speed, paused=options.paused)
    if theme is not None:
        app.theme = theme
    # What was imported stays: let the garbage collector not walk it again in the middle of a frame.
    gc.freeze()
    app.run()
    if script.output is not None:
        sys.stdout.flush()
        script.output.copy_to(sys.stdout.buffer)
        script.output.close()
    if script.error is not None:
        print(f"c10k-tui: {script.error}", file=sys.stderr)
    return app.return_code or 0


# -- in figures ------------------------------------------------------------------------------------


def _in_figures(path: Path, arguments: list[str], options: argparse.Namespace) -> int:
    from sim.scripts.frame import frame_of
    from sim.scripts.script import ScriptError

    try:
        until_ns = parse_duration_ns(options.duration)
    except ValueError as error:
        raise UsageError(f"--for: {error}") from None
    script = _script(path, arguments, kept=options.json)
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
        print("\n".join(told(script, frame)))
    script.close()
    error_words = stuck or (None if script.error is None else str(script.error))
    if error_words is None:
        return 0
    print(f"c10k-tui: {error_words}", file=sys.stderr)
    return FAILED


def _run(script: Script, until_ns: int) -> None:
    """Let a script run to a moment of virtual time, or to its end.

    Raises:
        ScriptError: it keeps its turn.
    """
    left = SLICE

    def enough(_: object) -> bool:
        nonlocal left
        left -= 1
        return left <= 0 or script.kernel.now_ns >= until_ns

    while script.run_until(enough, PATIENCE_S) and script.kernel.now_ns < until_ns:
        left = SLICE


def as_data(script: Script, frame: LoopFrame, stuck: str | None, printed: list[str]) -> dict[str, object]:
    """What the loop did, as JSON knows it; ``poll_ns``, ``callbacks_ns`` and ``loop_ns`` sum to its time."""
    counters = frame.counters
    data: dict[str, object] = {
        "simulated": True,
        "script": str(script.path),
        "virtual_ns": frame.now_ns,
        "over": frame.over,
        "error": stuck or frame.error,
        "costs": script.kernel.costs.name,
        "counters": None,
        "tasks": [_task_data(row) for row in frame.rows],
        "culprits": [_culprit_data(culprit) for culprit in frame.culprits],
        "output": printed,
    }
    if counters is not None:
        data["counters"] = {
            "turns": counters.turns,
            "callbacks": counters.callbacks,
            "most_callbacks": counters.most_callbacks,
            "poll_ns": counters.poll_ns,
            "callbacks_ns": counters.callbacks_ns,
            "loop_ns": counters.loop_ns,
            "longest": None if counters.longest is None else _culprit_data(counters.longest),
        }
    return data


def _task_data(row: TaskRow) -> dict[str, object]:
    waiting = row.waiting
    return {
        "name": row.name,
        "state": row.state,
        "waiting": None
        if waiting is None
        else {"for": waiting.text, "fd": waiting.fd, "due_ns": waiting.due_ns},
        "place": _place_data(row.place),
        "awaits": [_place_data(place) for place in row.stack],
    }


def _culprit_data(culprit: Culprit) -> dict[str, object]:
    return {
        "turn": culprit.turn,
        "name": culprit.name,
        "spent_ns": culprit.spent_ns,
        "place": _place_data(culprit.place),
    }


def _place_data(place: Place | None) -> dict[str, object] | None:
    if place is None:
        return None
    return {"file": place.file, "line": place.line, "function": place.function, "text": place.text}


def told(script: Script, frame: LoopFrame) -> list[str]:
    """What the loop did, in lines."""
    from c10k_tui.text.loop_counters import figures_line
    from c10k_tui.text.script_tasks import MARKS, task_lines, tasks_title
    from c10k_tui.text.styled_text import text_of

    end = "to its end, at" if frame.over else "up to"
    lines = [
        f"simulated: {script.path.name} {end} {format_duration(frame.now_ns)} of virtual time · "
        f"costs: {script.kernel.costs.name}"
    ]
    if frame.counters is not None:
        lines.append(text_of(figures_line(frame.counters, 200)).strip())
    lines += [str(culprit) for culprit in frame.culprits]
    if frame.tasks:
        lines += ["", tasks_title(frame)]
        lines += [
            text_of(line).rstrip().lstrip("".join(MARKS.values()))
            for line in task_lines(frame, 120, None, False)
        ]
    return lines
