"""The ``c10k-tui`` command as the shell calls it: which command is meant, and how it ends.

Nothing heavy is imported before the words are understood; see :mod:`c10k_tui.cli.options`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NoReturn

from c10k_tui.cli.options import (
    UsageError,
    bench_parser,
    calibrate_parser,
    duration_ns_of,
    parse,
    pictured,
    run_parser,
    scenario_of,
    screen_parser,
    tell_about,
)

Command = Callable[[list[str]], int]
"""Takes the words after its name and gives the exit code."""

FAILED = 1
"""Exit code: the output could not be written."""
USAGE_ERROR = 2
"""Exit code: what was typed, or the terminal, will not do."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as a shell would say it (128 + SIGINT)."""
PIPE_CLOSED = 141
"""Exit code when the reader of our output has gone (128 + SIGPIPE)."""


def main(argv: Sequence[str] | None = None) -> int:
    """The command: what it was asked, done.

    Args:
        argv: the words after the command's name; those of the process if None.

    Returns:
        The exit code. What cannot be done is told in one line on stderr.
    """
    try:
        code = _dispatch(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except UsageError as error:
        return _refuse(str(error), USAGE_ERROR)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return PIPE_CLOSED
    except OSError as error:
        _forget_output()
        return _refuse(f"{error.strerror or error}", FAILED)
    return code


def leave(code: int) -> NoReturn:
    """End the process.

    A watched script may hold tasks that catch whatever ends them and go on. The interpreter collects them
    when it ends, which throws into them once more, outside of any loop: they would spin there for ever.
    """
    scripts = sys.modules.get("sim.scripts.script")
    if scripts is not None and scripts.left_stubborn_tasks():
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


def command() -> NoReturn:
    """What the installed command runs."""
    leave(main())


def _dispatch(words: list[str]) -> int:
    command = _COMMANDS.get(words[0]) if words else None
    return _screen(words) if command is None else command(words[1:])


def _run(words: list[str]) -> int:
    parser = run_parser()
    options = parse(parser, words)
    if tell_about(parser, options):
        return 0
    scenario, duration_ns = scenario_of(options), duration_ns_of(options)

    from c10k_tui.cli.run import run

    return run(scenario, duration_ns, as_json=options.json)


def _bench(words: list[str]) -> int:
    parser = bench_parser()
    options = parse(parser, words)
    if tell_about(parser, options):
        return 0

    from c10k_tui.cli.bench import bench
    from c10k_tui.cli.bench_options import bench_options_of

    return bench(bench_options_of(options))


def _calibrate(words: list[str]) -> int:
    parser = calibrate_parser()
    options = parse(parser, words)
    if tell_about(parser, options):
        return 0

    if options.words:
        raise UsageError(f"calibrate takes no {options.words[0]!r}: there is nothing to choose")

    from c10k_tui.cli.calibrate import calibrate

    return calibrate()


def _screen(words: list[str]) -> int:
    parser = screen_parser()
    options = parse(parser, words)
    if tell_about(parser, options):
        return 0
    scenario = pictured(scenario_of(options))

    from c10k_tui.cli.screen import check_terminal, open_screen, plan_of, speed_of, theme_of

    speed, theme = speed_of(options.speed), theme_of(options.theme)
    plan = plan_of(options)
    check_terminal()
    return open_screen(scenario, speed=speed, paused=options.paused, theme=theme, plan=plan)


def _recording(name: str) -> Command:
    def command(words: list[str]) -> int:
        from c10k_tui.cli.recording import COMMANDS

        return COMMANDS[name](words)

    return command


def _capacity(words: list[str]) -> int:
    from c10k_tui.cli.capacity import capacity

    return capacity(words)


def _compare(words: list[str]) -> int:
    from c10k_tui.cli.compare import compare

    return compare(words)


def _watch(words: list[str]) -> int:
    from c10k_tui.cli.watch import watch

    return watch(words)


_COMMANDS: dict[str, Command] = {
    "run": _run,
    "watch": _watch,
    "bench": _bench,
    "calibrate": _calibrate,
    "capacity": _capacity,
    "compare": _compare,
    "record": _recording("record"),
    "replay": _recording("replay"),
    "export": _recording("export"),
}
"""What the first word means; without one of these it is the screen."""


def _refuse(message: str, code: int) -> int:
    print(f"c10k-tui: {message}", file=sys.stderr)
    return code


def _forget_output() -> None:
    """Send what is still buffered nowhere; otherwise Python would complain of it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
