"""``c10k-tui run``: the race without a screen, as a table or as one JSON object."""

from __future__ import annotations

import argparse
import json

from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, print_about
from c10k_tui.cli.scenario_options import DEFAULT_LANES, add_scenario, scenario_of
from sim.scenario.scenario import Scenario
from sim.scenario.units import parse_duration_ns

RUN_LIMIT_NS = 60_000_000_000
"""Longest ``--for`` in virtual time; a longer race shows nothing new."""
_EPILOG = """\
examples:
  c10k-tui run --for 100ms
  c10k-tui run --fds 100k --lanes select,poll,epoll --for 1s
  c10k-tui run --preset churn --json
  c10k-tui run 'n=10000 active=3 seed=7 lanes=select|epoll' --for 100ms --json
"""


def run_parser() -> argparse.ArgumentParser:
    """The parser of ``c10k-tui run``."""
    parser = new_parser(
        usage="c10k-tui run [SCENARIO] [options] --for 100ms [--json]",
        description="The race without a screen, as a table or as JSON. Every figure is simulated.",
        epilog=_EPILOG,
    )
    add_scenario(parser, DEFAULT_LANES)
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


def duration_ns_of(options: argparse.Namespace) -> int:
    """The value of ``--for`` in virtual nanoseconds.

    Raises:
        UsageError: not a duration, or longer than :data:`RUN_LIMIT_NS`.
    """
    try:
        duration_ns = parse_duration_ns(options.duration)
    except ValueError as error:
        raise UsageError(f"--for: {error}") from None
    if duration_ns > RUN_LIMIT_NS:
        raise UsageError(
            f"--for can be at most {RUN_LIMIT_NS // 10**9}s of virtual time, not {options.duration}"
        )
    return duration_ns


def run(words: list[str]) -> int:
    """Race for the given virtual time and print the result.

    Returns:
        The exit code, 0. A lane that failed is a result, not an error.

    Raises:
        UsageError: an option or a value is not valid.
    """
    parser = run_parser()
    options = parse(parser, words)
    if print_about(parser, options):
        return 0
    _race(scenario_of(options), duration_ns_of(options), as_json=options.json)
    return 0


def _race(scenario: Scenario, duration_ns: int, *, as_json: bool) -> None:
    from c10k_tui.cli.costs_file import costs_in_use
    from c10k_tui.cli.output import encodable, has_rich_output
    from c10k_tui.cli.run_output import as_data, plain_table, print_rich
    from sim.race.race import Race

    costs = costs_in_use()
    race = Race(scenario, costs, history_bytes=0)  # this command never goes back in time
    race.advance(duration_ns)
    frame = race.frame()
    if as_json:
        print(json.dumps(as_data(frame, costs), indent=2))
    elif has_rich_output("µ×–"):
        print_rich(frame, costs)
    else:
        print(encodable(plain_table(frame, costs)))
