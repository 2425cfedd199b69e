"""The ``c10k-tui`` command: finds the command that was typed, runs it and ends the process.

A command's module is imported only when the command is called, so that help and errors do not wait for other
imports.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NoReturn

from c10k_tui.cli.options import COMMANDS, UsageError
from c10k_tui.cli.output import write_plainly
from c10k_tui.cli.signals import exit_code_of, signals_raise

Command = Callable[[list[str]], int]
"""Takes the words after its name and returns the exit code."""

FAILED = 1
"""Exit code: the output could not be written."""
USAGE_ERROR = 2
"""Exit code: the command line is not valid, or the terminal cannot show the screen."""
PIPE_CLOSED = 141
"""Exit code when the reader of the output has closed it (128 + SIGPIPE)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: Words after ``c10k-tui``; None for the words of this process.

    Returns:
        The exit code. An error is printed on stderr in one line.
    """
    write_plainly()
    try:
        with signals_raise():
            code = _dispatch(list(sys.argv[1:] if argv is None else argv))
            sys.stdout.flush()
    except UsageError as error:
        return _print_error(str(error), USAGE_ERROR)
    except KeyboardInterrupt as interrupt:
        return exit_code_of(interrupt)
    except BrokenPipeError:
        _discard_output()
        return PIPE_CLOSED
    except OSError as error:
        _discard_output()
        return _print_error(f"{error.strerror or error}", FAILED)
    return code


def leave(code: int) -> NoReturn:
    """End the process.

    A watched script may leave tasks that catch every exception, even the one that ends them, and continue. At
    exit the interpreter collects these tasks and throws into them once more, outside of any loop: they would
    spin forever. So if there are such tasks, the process ends at once.
    """
    unwinding = sys.modules.get("sim.scripts.unwinding")
    if unwinding is not None and unwinding.left_stubborn_tasks():
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


def command() -> NoReturn:
    """Entry point of the installed ``c10k-tui``."""
    leave(main())


def _dispatch(words: list[str]) -> int:
    if words and words[0] in COMMANDS:
        return _command(words[0])(words[1:])
    from c10k_tui.cli.race_screen import race_on_screen

    return race_on_screen(words)


def _command(name: str) -> Command:
    """A command by its name, one of :data:`~c10k_tui.cli.options.COMMANDS`."""
    match name:
        case "run":
            from c10k_tui.cli.run import run

            return run
        case "watch":
            from c10k_tui.cli.watch import watch

            return watch
        case "bench":
            from c10k_tui.cli.bench import bench

            return bench
        case "calibrate":
            from c10k_tui.cli.calibrate import calibrate

            return calibrate
        case "capacity":
            from c10k_tui.cli.capacity import capacity

            return capacity
        case "compare":
            from c10k_tui.cli.compare import compare

            return compare
        case "record":
            from c10k_tui.cli.record import record

            return record
        case "replay":
            from c10k_tui.cli.replay import replay

            return replay
        case "export":
            from c10k_tui.cli.export import export

            return export
    raise ValueError(f"no command is called {name!r}")


def _print_error(message: str, code: int) -> int:
    print(f"c10k-tui: {message}", file=sys.stderr)
    return code


def _discard_output() -> None:
    """Discard buffered output; otherwise Python reports an error when it flushes the buffer at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
