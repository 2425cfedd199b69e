"""The parser of every command, its errors, and the options that every command has.

An error is one line with the problem and its remedy; the exit code is 2. This module needs no Textual,
no Rich and no NumPy, so ``--help`` and a typing error answer without loading them.

Why not plain argparse: on an error it prints the usage, which scrolls the message away, and it exits. This
parser raises :class:`UsageError` instead, and :mod:`c10k_tui.cli.main` prints the message.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from textwrap import wrap
from typing import NoReturn

from c10k_tui import __version__

COMMANDS = ("run", "watch", "bench", "calibrate", "capacity", "compare", "record", "replay", "export")
"""Words that may stand first. Without one of them, ``c10k-tui`` shows the race on the screen."""

_SCREEN_ONLY = ("--speed", "--paused", "--theme")
_RUN_ONLY = ("--for", "--json")
_BENCH_ONLY = ("--mechanisms", "--wait", "--csv", "--no-host", "--svg")


class UsageError(Exception):
    """The command cannot do what was typed. The message is one line: the problem and its remedy."""


class _Parser(argparse.ArgumentParser):
    """A parser that raises :class:`UsageError` instead of printing the usage and exiting."""

    def error(self, message: str) -> NoReturn:
        option = re.match(r"argument (--[a-z0-9-]+)", message)
        if option and "expected one argument" in message:
            raise UsageError(f"{option[1]} needs a value; see {self.prog} --help")
        if option and "explicit argument" in message:
            raise UsageError(f"{option[1]} takes no value")
        raise UsageError(message)


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Help whose lines do not end inside a name such as ``epoll-et``."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap(text, width, break_on_hyphens=False)


def new_parser(usage: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """A parser without options. Its ``prog`` is the command's name, taken from the usage."""
    return _Parser(
        prog=" ".join(word for word in usage.split()[:2] if word.islower()),
        usage=usage,
        description=description,
        epilog=epilog,
        formatter_class=lambda prog: _HelpFormatter(prog, max_help_position=24, width=100),
        allow_abbrev=False,
        add_help=False,
    )


def parse(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.Namespace:
    """Parse ``words``; options and other words may stand in any order.

    Raises:
        UsageError: the command does not have one of the options, or an option lacks its value.
    """
    options, left_over = parser.parse_known_intermixed_args(words)
    if left_over and not options.help:
        raise UsageError(_unknown_option(parser, left_over[0].partition("=")[0]))
    return options


def _unknown_option(parser: argparse.ArgumentParser, option: str) -> str:
    """The message for an option that this command does not have."""
    if option in _BENCH_ONLY:
        return f"{option} is an option of bench: c10k-tui bench {option} …"
    command = parser.prog.rpartition(" ")[2]
    if option in _RUN_ONLY and command in ("c10k-tui", "calibrate", "capacity", "compare"):
        return f"{option} is an option of run: c10k-tui run {option} …"
    if option in _SCREEN_ONLY and command in ("run", "bench", "calibrate", "capacity", "compare"):
        return f"{option} is an option of the screen, and {command} has no screen"
    known = [name for action in parser._actions for name in action.option_strings]  # no public way
    close = get_close_matches(option, known, n=1)
    return f"there is no option {option!r}; " + (
        f"did you mean {close[0]}?" if close else f"see {parser.prog} --help"
    )


def add_about(parser: argparse.ArgumentParser) -> None:
    """Add ``--help``, ``--lang`` and ``--version``. :mod:`c10k_tui.cli.language` reads ``--lang``."""
    group = parser.add_argument_group("about")
    group.add_argument("-h", "--help", action="store_true", help="print this text")
    group.add_argument("--lang", metavar="ko|en", help="language of the texts (that of the locale)")
    group.add_argument("--version", action="store_true", help="print the version")


def print_about(parser: argparse.ArgumentParser, options: argparse.Namespace) -> bool:
    """Print the help or the version if ``options`` ask for it; True if something was printed."""
    if options.help or options.version:
        sys.stdout.write(parser.format_help() if options.help else f"c10k-tui {__version__}\n")
        return True
    return False
