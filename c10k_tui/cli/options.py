"""What may be typed after ``c10k-tui``, and one clear line for what may not.

Two commands share the scenario's options: the screen (no word before them) and ``run``, the same
race without one. A scenario is put together in three layers, the later ones winning: a preset
(or the defaults), the scenario's string form (``n=10000 active=3``), the options.

Nothing here needs Textual, Rich or NumPy, so that ``--help`` and a typing error
answer without loading them.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import NoReturn

from c10k_tui import __version__
from c10k_tui.cli.recording_options import add_recording
from c10k_tui.session.pacer import DEFAULT_SPEED
from c10k_tui.text.lanes import MOST_LANES
from sim.scenario.fault_presets import ALL_PRESETS
from sim.scenario.faults import FAULTS
from sim.scenario.lanes import LANES
from sim.scenario.scenario import PRESETS, Scenario, parse_field, parse_settings
from sim.scenario.units import format_count, parse_duration_ns

RUN_LIMIT_NS = 60_000_000_000
"""The longest ``--for``: what a minute does not show, an hour will not."""

COMMANDS = ("run", "watch", "bench", "calibrate", "capacity", "compare", "record", "replay", "export")
"""The words that may stand first; without one it is the screen."""

_SETTINGS = ("fds", "active", "rate", "burst", "payload", "churn", "seed", "lanes", "fd_setsize", "fault")
_SCREEN_ONLY = ("--speed", "--paused", "--theme")
_RUN_ONLY = ("--for", "--json")
_BENCH_ONLY = ("--mechanisms", "--wait", "--csv", "--no-host", "--svg")


class UsageError(Exception):
    """What was asked cannot be done; the message says why, and what to do, in one line."""


# --- from words to a race -------------------------------------------------------------------------


def parse(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.Namespace:
    """The options among ``words``, which may stand in any order.

    Raises:
        UsageError: an option that the command does not have, or one without its value.
    """
    options, left_over = parser.parse_known_intermixed_args(words)
    if left_over and not options.help:
        raise UsageError(_about_option(parser, left_over[0].partition("=")[0]))
    return options


def bench_parser() -> argparse.ArgumentParser:
    """The options of ``c10k-tui bench``: what a wake-up costs."""
    parser = new_parser(
        usage="c10k-tui bench [--fds LIST] [--active LIST] [--mechanisms LIST] [options]",
        description="What one wake-up costs, simulated beside measured on this machine's kernel (eventfds).",
        epilog=_BENCH_EPILOG,
    )
    group = parser.add_argument_group("bench (in brackets: what holds if nothing is said)")
    group.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    for option, default, text in (
        ("--fds", "100,1000,2000,10000,100000", "descriptors waited for, up to 1M"),
        ("--active", "1,3,10%", "how many are ready: numbers, shares, all"),
        ("--mechanisms", "select,poll,epoll", "of these"),
    ):
        shown = f"{text} ({default})".replace("%", "%%")
        group.add_argument(option, metavar="LIST", default=default, help=shown)
    wait = "calls that find something ready, calls that slept, or both (both)"
    group.add_argument("--wait", metavar="ready|slept|both", default="both", help=wait)
    group.add_argument("--json", action="store_true", help="print a JSON list instead of a table")
    group.add_argument("--csv", action="store_true", help="print comma-separated values instead of a table")
    group.add_argument("--no-host", action="store_true", help="simulate only, measure nothing")
    group.add_argument("--svg", metavar="FILE", help="also draw the curves into a file")
    add_about(parser)
    return parser


def calibrate_parser() -> argparse.ArgumentParser:
    """The options of ``c10k-tui calibrate``: there is nothing to choose."""
    parser = new_parser(
        usage="c10k-tui calibrate",
        description=(
            "Measures this machine's kernel for up to a minute, fits the cost table to it, and saves\n"
            "the table; the race, run and bench use it from then on."
        ),
        epilog="",
    )
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    add_about(parser)
    return parser


def scenario_of(options: argparse.Namespace) -> Scenario:
    """The scenario of preset, string form and options together.

    Raises:
        UsageError: anything in it that cannot be.
    """
    if options.preset is not None and options.preset not in ALL_PRESETS:
        raise UsageError(f"there is no preset {options.preset!r}; choose from {', '.join(ALL_PRESETS)}")
    base = Scenario() if options.preset is None else ALL_PRESETS[options.preset][1]
    words = " ".join(options.words).split()
    for word in words:
        if "=" not in word:
            raise UsageError(_about_word(word))
    given = {name: getattr(options, name) for name in _SETTINGS if getattr(options, name) is not None}
    try:
        settings = parse_settings(" ".join(words))
        settings |= {name: parse_field(name, text) for name, text in given.items()}
        if "fds" in settings and "active" not in settings:
            # `--fds 2` alone must work: nobody asked for three to be active.
            base = base.with_fds(settings["fds"])  # type: ignore[arg-type]
        return replace(base, **settings)  # type: ignore[arg-type]
    except ValueError as error:
        raise UsageError(str(error)) from None


def pictured(scenario: Scenario) -> Scenario:
    """A scenario, if the screen has room for it.

    Raises:
        UsageError: it has more lanes than fit.
    """
    if len(scenario.lanes) > MOST_LANES:
        raise UsageError(
            f"the screen has room for {MOST_LANES} lanes, not {len(scenario.lanes)}; to compare them all: "
            f"its key w, or c10k-tui run '{scenario}'"
        )
    return scenario


def duration_ns_of(options: argparse.Namespace) -> int:
    """How long ``run`` lasts, in virtual nanoseconds.

    Raises:
        UsageError: no duration, or one beyond :data:`RUN_LIMIT_NS`.
    """
    try:
        duration_ns = parse_duration_ns(options.duration)
    except ValueError as error:
        raise UsageError(f"--for: {error}") from None
    if duration_ns > RUN_LIMIT_NS:
        raise UsageError(f"--for goes up to {RUN_LIMIT_NS // 10**9}s of virtual time, not {options.duration}")
    return duration_ns


def _about_word(word: str) -> str:
    """What to say of a word that is neither a command nor a setting."""
    if word in COMMANDS:
        return f"{word} goes first: c10k-tui {word} …"
    if word in ALL_PRESETS:
        return f"{word!r} is a preset: c10k-tui --preset {word}"
    if close := get_close_matches(word, COMMANDS, n=1):
        return f"there is no command {word!r}; did you mean {close[0]}?"
    return (
        f"there is no command {word!r}; there are {', '.join(COMMANDS)}, "
        "and a scenario is written like n=10000 active=3"
    )


def _about_option(parser: argparse.ArgumentParser, option: str) -> str:
    """What to say of an option that this command does not have."""
    if option in _BENCH_ONLY:
        return f"{option} belongs to the benchmark: c10k-tui bench {option} …"
    command = parser.prog.rpartition(" ")[2]
    if option in _RUN_ONLY and command in ("c10k-tui", "calibrate", "capacity", "compare"):
        return f"{option} belongs to the race without a screen: c10k-tui run {option} …"
    if option in _SCREEN_ONLY and command in ("run", "bench", "calibrate", "capacity", "compare"):
        return f"{option} is for the screen, and {command} has none"
    known = [name for action in parser._actions for name in action.option_strings]  # no public way
    close = get_close_matches(option, known, n=1)
    return f"there is no option {option!r}; " + (
        f"did you mean {close[0]}?" if close else f"see {parser.prog} --help"
    )


# --- the options ----------------------------------------------------------------------------------

_DEFAULT_LANES = ",".join(Scenario().lanes)
_SCREEN_LANES = f"{_DEFAULT_LANES}; at most {MOST_LANES}"


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line and raise, instead of a usage dump and an exit."""

    def error(self, message: str) -> NoReturn:
        option = re.match(r"argument (--[a-z0-9-]+)", message)
        if option and "expected one argument" in message:
            raise UsageError(f"{option[1]} needs a value; c10k-tui --help tells which")
        if option and "explicit argument" in message:
            raise UsageError(f"{option[1]} takes no value")
        raise UsageError(message)


def screen_parser() -> argparse.ArgumentParser:
    """The options of ``c10k-tui``: the race on the screen."""
    parser = new_parser(
        usage=(
            "c10k-tui [SCENARIO] [options]\n"
            "       c10k-tui run|watch|bench|calibrate|capacity|compare|record|replay|export … (or --help)"
        ),
        description="select, poll and epoll wait for the same packets, side by side, on a simulated kernel.",
        epilog=_SCREEN_EPILOG,
    )
    add_scenario(parser)
    group = parser.add_argument_group("screen")
    speed = f"at 1 a scan (or a longer gap between bursts) takes 2 s to watch; or max ({DEFAULT_SPEED:g})"
    group.add_argument("--speed", metavar="X", help=speed)
    group.add_argument("--paused", action="store_true", help="start paused")
    group.add_argument("--theme", metavar="NAME", help="c10k-dark, c10k-light or c10k-ansi (c10k-dark)")
    group.add_argument(
        "--record", metavar="FILE", help="record from the start (r ends it); see record --help"
    )
    add_recording(group)
    add_about(parser)
    return parser


def run_parser() -> argparse.ArgumentParser:
    """The options of ``c10k-tui run``: the race without a screen."""
    parser = new_parser(
        usage="c10k-tui run [SCENARIO] [options] --for 100ms [--json]",
        description="The race without a screen, as a table or as JSON. Every figure is simulated.",
        epilog=_RUN_EPILOG,
    )
    add_scenario(parser, _DEFAULT_LANES)
    group = parser.add_argument_group("run")
    group.add_argument(
        "--for",
        dest="duration",
        metavar="TIME",
        default="100ms",
        help="virtual time: 20us, 100ms, 1s (100ms)",
    )
    group.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    add_about(parser)
    return parser


def new_parser(usage: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """A parser without options yet, whose complaints are one line."""
    return _Parser(
        prog=" ".join(word for word in usage.split()[:2] if word.islower()),
        usage=usage,
        description=description,
        epilog=epilog,
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(
            prog, max_help_position=24, width=100
        ),
        allow_abbrev=False,
        add_help=False,
    )


def add_scenario(parser: argparse.ArgumentParser, lanes: str = _SCREEN_LANES) -> None:
    """Let a parser know a scenario's words and options; :func:`scenario_of` understands them.

    Args:
        parser: Of a command that races.
        lanes: Which lanes race if nothing is said, and how many may.
    """
    default = Scenario()
    group = parser.add_argument_group("scenario (in brackets: what holds if nothing is said)")
    group.add_argument(
        "words",
        metavar="SCENARIO",
        nargs="*",
        help="the short form that is printed on quit: n=10000 active=3 seed=7",
    )
    for option, metavar, text in (
        ("--fds", "N", f"connections each server holds, 1 to 1M ({format_count(default.fds)})"),
        (
            "--active",
            "N",
            f"how many of them ever send: a number, a share like 1%, or all ({default.active})",
        ),
        ("--rate", "N", f"requests per second over all of them; 0 is silence ({format_count(default.rate)})"),
        ("--burst", "N", f"requests that arrive together ({default.burst})"),
        ("--payload", "BYTES", f"size of a request ({default.payload})"),
        ("--churn", "N", f"connections per second that hang up and are replaced ({default.churn})"),
        (
            "--lanes",
            "LIST",
            f"servers to race, of {', '.join(LANES)} ({lanes})",
        ),
        ("--seed", "N", f"the same seed gives the same packets ({default.seed})"),
        ("--fd-setsize", "on|off", "whether select stops at 1024 descriptors, as the C library's does (off)"),
        ("--fault", "NAME", f"a classic mistake: {', '.join(FAULTS)} (none)"),
        ("--preset", "NAME", f"start from {', '.join(PRESETS)}, or a race in which a fault strikes soon"),
    ):
        group.add_argument(option, metavar=metavar, help=text.replace("%", "%%"))


def add_about(parser: argparse.ArgumentParser) -> None:
    """Let a parser know ``--help`` and ``--version``."""
    group = parser.add_argument_group("about")
    group.add_argument("-h", "--help", action="store_true", help="print this text")
    group.add_argument("--version", action="store_true", help="print the version")


def tell_about(parser: argparse.ArgumentParser, options: argparse.Namespace) -> bool:
    """Print the help or the version, if one was asked for; whether one was."""
    if options.help or options.version:
        sys.stdout.write(parser.format_help() if options.help else f"c10k-tui {__version__}\n")
        return True
    return False


_BENCH_EPILOG = """\
examples:
  c10k-tui bench
  c10k-tui bench --fds 100,1k,10k,100k,1M --active 3 --wait ready --no-host
  c10k-tui bench --mechanisms select,epoll --active 1%,all --json
"""

_SCREEN_EPILOG = """\
examples:
  c10k-tui                                      10,000 connections, 3 of them busy
  c10k-tui --fds 2000 --lanes select,poll,epoll
  c10k-tui --preset all-active --paused
  c10k-tui 'n=10000 active=1% seed=7 lanes=select|epoll'
  c10k-tui run --for 100ms --json
  c10k-tui record demo.cast --for 20s --keys "wait 2s; +; wait 1s; space"

keys on the screen:
  + -      more, fewer descriptors            space    pause, go on
  n        type a number of descriptors       s S      step: next event, next system call
  [ ]      fewer, more active connections     0 x      start again; with a new seed
  ; '      lower, higher rate                 1 2 3    select, poll, epoll on or off
  , .      slower, faster                     F2 … F6  presets; p is the next one
  arrows   look at a cell                     L        the list of all lanes
  b B      one step back, as s and S          l        select's limit of 1024 on or off
  { }      to the marker before, or next      g        one packet, followed step by step
  P        all presets, and the mistakes      u        cure the mistake, or make it again
  h H      the host lane; its mechanism       f        follow one descriptor
  r        record, or end the recording       R M      pause the recording; mark a moment
  v w      cost curve; all lanes compared     m        how many connections each holds
  t        next theme                         ? q      all the keys; quit
"""

_RUN_EPILOG = """\
examples:
  c10k-tui run --for 100ms
  c10k-tui run --fds 100k --lanes select,poll,epoll --for 1s
  c10k-tui run --preset churn --json
  c10k-tui run 'n=10000 active=3 seed=7 lanes=select|epoll' --for 100ms --json
"""
