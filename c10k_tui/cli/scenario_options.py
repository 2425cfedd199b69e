"""The options of a scenario, shared by every command that races.

A scenario has three layers: a preset (or the defaults), the scenario's short form (``n=10000 active=3``), the
options. A later layer overrides an earlier one.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from difflib import get_close_matches

from c10k_tui.cli.options import COMMANDS, UsageError
from c10k_tui.text.lanes import MOST_LANES
from sim.scenario.fault_presets import ALL_PRESETS
from sim.scenario.faults import FAULTS
from sim.scenario.lanes import LANES
from sim.scenario.scenario import PRESETS, Scenario, parse_field, parse_settings
from sim.scenario.units import format_count

DEFAULT_LANES = ",".join(Scenario().lanes)
_SCREEN_LANES = f"{DEFAULT_LANES}; at most {MOST_LANES}"
_SETTINGS = (
    *("fds", "active", "rate", "burst", "payload", "buffer", "churn", "seed", "lanes", "fd_setsize", "fault"),
)


def add_scenario(parser: argparse.ArgumentParser, lanes: str = _SCREEN_LANES) -> None:
    """Add the scenario's short form and options; :func:`scenario_of` reads them.

    Args:
        parser: Parser of a command that races.
        lanes: Help text for the default lanes and, if there is one, the limit on their number.
    """
    default = Scenario()
    group = parser.add_argument_group("scenario (defaults in brackets)")
    group.add_argument(
        "words",
        metavar="SCENARIO",
        nargs="*",
        help="the short form, as printed on quit: n=10000 active=3 seed=7",
    )
    for option, metavar, text in (
        ("--fds", "N", f"connections of each server, 1 to 1M ({format_count(default.fds)})"),
        ("--active", "N", f"connections that send: a number, a share like 1%, or all ({default.active})"),
        (
            "--rate",
            "N",
            f"requests per second in all, 0 for none ({format_count(default.rate)})",
        ),
        ("--burst", "N", f"requests that arrive together ({default.burst})"),
        ("--payload", "BYTES", f"size of a request ({default.payload})"),
        ("--buffer", "BYTES", f"size of the buffer that the servers read into ({default.buffer})"),
        ("--churn", "N", f"connections per second that close and are replaced ({default.churn})"),
        ("--lanes", "LIST", f"servers that race, out of {', '.join(LANES)} ({lanes})"),
        ("--seed", "N", f"the same seed gives the same packets ({default.seed})"),
        ("--fd-setsize", "on|off", "on: select stops at 1024 descriptors, as in the C library (off)"),
        ("--fault", "NAME", f"a classic mistake in the server: {', '.join(FAULTS)} (none)"),
        ("--preset", "NAME", f"start from {', '.join(PRESETS)}, or from a race that shows a fault early"),
    ):
        group.add_argument(option, metavar=metavar, help=text.replace("%", "%%"))


def scenario_of(options: argparse.Namespace) -> Scenario:
    """The scenario given by preset, short form and options.

    Raises:
        UsageError: a word, a name or a value is not valid.
    """
    if options.preset is not None and options.preset not in ALL_PRESETS:
        raise UsageError(f"there is no preset {options.preset!r}; choose from {', '.join(ALL_PRESETS)}")
    base = Scenario() if options.preset is None else ALL_PRESETS[options.preset][1]
    words = " ".join(options.words).split()
    for word in words:
        if "=" not in word:
            raise UsageError(_not_a_setting(word))
    given = {name: getattr(options, name) for name in _SETTINGS if getattr(options, name) is not None}
    try:
        settings = parse_settings(" ".join(words))
        settings |= {name: parse_field(name, text) for name, text in given.items()}
        if "fds" in settings and "active" not in settings:
            # `--fds 2` alone must work, although the default is 3 active connections.
            base = base.with_fds(settings["fds"])  # type: ignore[arg-type]
        return replace(base, **settings)  # type: ignore[arg-type]
    except ValueError as error:
        raise UsageError(str(error)) from None


def _not_a_setting(word: str) -> str:
    """The message for a word that is neither a command (as the first word) nor a setting."""
    if word in COMMANDS:
        return f"{word} goes first: c10k-tui {word} …"
    if word in ALL_PRESETS:
        return f"{word!r} is a preset: c10k-tui --preset {word}"
    if close := get_close_matches(word, COMMANDS, n=1):
        return f"there is no command {word!r}; did you mean {close[0]}?"
    return (
        f"there is no command {word!r}; the commands are {', '.join(COMMANDS)}, "
        "and a scenario is written like n=10000 active=3"
    )


def fit_for_screen(scenario: Scenario) -> Scenario:
    """The scenario itself, if the screen has room for its lanes.

    Raises:
        UsageError: it has more than :data:`~c10k_tui.text.lanes.MOST_LANES` lanes.
    """
    if len(scenario.lanes) > MOST_LANES:
        raise UsageError(
            f"the screen has room for {MOST_LANES} lanes, not {len(scenario.lanes)}; to compare more, press "
            f"w on the screen, or type c10k-tui run '{scenario}'"
        )
    return scenario
