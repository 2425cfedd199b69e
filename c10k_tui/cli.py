"""The ``c10k-tui`` command as the shell calls it: which command is meant, and how it ends.

Nothing heavy is imported before the words are understood; see :mod:`c10k_tui.options`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from c10k_tui import __version__
from c10k_tui.options import (
    UsageError,
    bench_parser,
    calibrate_parser,
    duration_ns_of,
    parse,
    run_parser,
    scenario_of,
    screen_parser,
)

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


def _dispatch(words: list[str]) -> int:
    commands = {"run": _run, "bench": _bench, "calibrate": _calibrate}
    if words and words[0] in commands:
        return commands[words[0]](words[1:])
    return _screen(words)


def _run(words: list[str]) -> int:
    parser = run_parser()
    options = parse(parser, words)
    if options.help or options.version:
        return _tell(parser.format_help() if options.help else f"c10k-tui {__version__}\n")
    scenario, duration_ns = scenario_of(options), duration_ns_of(options)

    from c10k_tui.run_command import run

    return run(scenario, duration_ns, as_json=options.json)


def _bench(words: list[str]) -> int:
    parser = bench_parser()
    options = parse(parser, words)
    if options.help or options.version:
        return _tell(parser.format_help() if options.help else f"c10k-tui {__version__}\n")

    from c10k_tui.bench_command import bench
    from c10k_tui.bench_options import asked_of

    return bench(asked_of(options))


def _calibrate(words: list[str]) -> int:
    parser = calibrate_parser()
    options = parse(parser, words)
    if options.help or options.version:
        return _tell(parser.format_help() if options.help else f"c10k-tui {__version__}\n")

    if options.words:
        raise UsageError(f"calibrate takes no {options.words[0]!r}: there is nothing to choose")

    from c10k_tui.calibrate_command import calibrate

    return calibrate()


def _screen(words: list[str]) -> int:
    parser = screen_parser()
    options = parse(parser, words)
    if options.help or options.version:
        return _tell(parser.format_help() if options.help else f"c10k-tui {__version__}\n")
    scenario = scenario_of(options)

    from c10k_tui.screen_command import check_terminal, open_screen, speed_of, theme_of

    speed, theme = speed_of(options.speed), theme_of(options.theme)
    check_terminal()
    return open_screen(scenario, speed=speed, paused=options.paused, theme=theme)


def _tell(text: str) -> int:
    sys.stdout.write(text)
    return 0


def _refuse(message: str, code: int) -> int:
    print(f"c10k-tui: {message}", file=sys.stderr)
    return code


def _forget_output() -> None:
    """Send what is still buffered nowhere; otherwise Python would complain of it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
