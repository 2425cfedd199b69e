"""``c10k-tui run``: the race without a screen, as a table or as one JSON object."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, print_about
from c10k_tui.cli.scenario_options import DEFAULT_LANES, add_scenario, scenario_of
from sim.scenario.scenario import Scenario
from sim.scenario.units import format_duration, parse_duration_ns

if TYPE_CHECKING:
    from sim.frames.frame import Frame
    from sim.machine.costs import CostTable
    from sim.race.race import Race

RUN_LIMIT_NS = 60_000_000_000
"""Longest ``--for`` in virtual time; a longer race shows nothing new."""
SLICE_S = 0.05
"""Wall seconds of computing between two reports; Ctrl-C waits as long."""
_FIRST_SLICE_NS = 10_000
_LONGEST_SLICE_NS = 20_000_000
"""Limit of a slice in virtual time: a quiet race can become busy within a slice."""
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
        The exit code, 0. A lane that failed is a result, not an error. 130 after Ctrl-C; the result then goes
        up to the moment that was reached.

    Raises:
        UsageError: an option or a value is not valid.
    """
    parser = run_parser()
    options = parse(parser, words)
    if print_about(parser, options):
        return 0
    return _race(scenario_of(options), duration_ns_of(options), as_json=options.json)


def _race(scenario: Scenario, duration_ns: int, *, as_json: bool) -> int:
    from c10k_tui.cli.costs_file import costs_in_use
    from c10k_tui.cli.interruption import interruption_noted, print_interrupted
    from c10k_tui.cli.progress import showing_progress
    from sim.race.race import Race

    costs = costs_in_use()
    asked = format_duration(duration_ns)
    with showing_progress("run") as line, interruption_noted() as interruption:
        race = Race(scenario, costs, history_bytes=0)  # this command never goes back in time
        for reached_ns in slices(race, duration_ns):
            line.report(reached_ns / duration_ns, f"{format_duration(reached_ns)} of {asked}")
            if interruption.requested:
                break
        frame = race.frame()
    interrupted = frame.now_ns < duration_ns
    _print(frame, costs, as_json=as_json, interrupted=interrupted)
    if interrupted:
        reached = format_duration(frame.now_ns)
        return print_interrupted(f"at {reached} of {asked}; the figures go up to there")
    return 0


def slices(race: Race, until_ns: int, clock: Callable[[], float] = time.monotonic) -> Iterator[int]:
    """Advance a race in slices that take about :data:`SLICE_S` of computing.

    The result does not depend on the slices. A slice without an event is extended to the next one.

    Args:
        race: The race.
        until_ns: Virtual time at which it stops.
        clock: Returns wall time in seconds.

    Yields:
        The virtual time after each slice.
    """
    slice_ns = _FIRST_SLICE_NS
    while True:
        began_s = clock()
        due_ns = race.next_event_ns()
        race.advance(min(until_ns, max(race.now_ns + slice_ns, until_ns if due_ns is None else due_ns)))
        yield race.now_ns
        if race.now_ns >= until_ns:
            return
        faster = SLICE_S / max(1e-6, clock() - began_s)
        slice_ns = min(_LONGEST_SLICE_NS, max(1_000, round(slice_ns * min(2.0, faster))))


def _print(frame: Frame, costs: CostTable, *, as_json: bool, interrupted: bool) -> None:
    from c10k_tui.cli.output import encodable, has_rich_output
    from c10k_tui.cli.run_output import as_data, plain_table, print_rich

    if as_json:
        data = as_data(frame, costs)
        print(json.dumps({"interrupted": True, **data} if interrupted else data, indent=2))
    elif has_rich_output("µ×–"):
        print_rich(frame, costs)
    else:
        print(encodable(plain_table(frame, costs)))
