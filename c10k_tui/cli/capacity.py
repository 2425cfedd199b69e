"""``c10k-tui capacity``: the number of connections that each lane holds, and the limit that it meets beyond.

The figures come from :mod:`sim.studies.capacity`. During the search stderr shows the size being tried; the
result goes to stdout, as a table or as one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace

from c10k_tui.cli.costs_file import costs_in_use
from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, print_about
from c10k_tui.cli.output import encodable
from c10k_tui.cli.progress import show_line
from sim.machine.costs import CostTable
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario, ScenarioError, parse_field, parse_lanes
from sim.scenario.units import format_duration, parse_duration_ns
from sim.studies.capacity import ACTIVE, P99_LIMIT_NS, RACE_NS, Capacity, CapacityProbe, find_capacity

_BREAKS = {
    "latency": "latency: p99 over {limit}",
    "drops": "drops: requests or connections lost",
    "memory": "memory: the machine has no more",
    "none": "nothing: more are not tried",
}


def capacity(words: Sequence[str]) -> int:
    """Find the capacity of each lane and print it.

    Returns:
        The exit code, 0.

    Raises:
        UsageError: an option or a value is not valid.
    """
    parser = capacity_parser()
    options = parse(parser, words)
    if print_about(parser, options):
        return 0
    lanes, load, limit_ns = _lanes_of(options.lanes), _load_of(options), _limit_of(options)
    costs = costs_in_use()
    found = [_search(lane, load, limit_ns, costs) for lane in lanes]
    if options.json:
        print(json.dumps(as_data(found), indent=2))
    else:
        print(table(found, load, limit_ns, costs))
    return 0


def as_data(found: Sequence[Capacity]) -> dict[str, dict[str, object]]:
    """The result as data for JSON, by lane."""
    return {
        lane.lane: {"connections": lane.connections, "limit": lane.limit, "p99_ns": lane.p99_ns}
        for lane in found
    }


def table(found: Sequence[Capacity], load: Scenario, limit_ns: int, costs: CostTable) -> str:
    """The result as aligned text."""
    lines = [
        f"simulated: {load.rate:,} requests per second over {load.active} of the connections, "
        f"p99 within {format_duration(limit_ns)}, {format_duration(RACE_NS)} at each size · costs: "
        f"{costs.name}",
        "",
        f"{'':16}{'connections':>12}{'p99':>10}  what gives way beyond",
    ]
    for lane in found:
        p99 = "–" if lane.p99_ns is None else format_duration(lane.p99_ns)
        beyond = _BREAKS[lane.limit].format(limit=format_duration(limit_ns))
        lines.append(f"{lane.lane:16}{lane.connections:>12,}{p99:>10}  {beyond}")
    return encodable("\n".join(lines))


def _search(lane: str, load: Scenario, limit_ns: int, costs: CostTable) -> Capacity:
    """Find the capacity of a lane, and show the size being tried."""
    probes = find_capacity(lane, load, limit_ns, costs)
    while True:
        try:
            _show_probe(next(probes))
        except StopIteration as stop:
            result: Capacity = stop.value
            _show_result(result)
            return result


def _show_probe(tried: CapacityProbe) -> None:
    outcome = "holds" if tried.gave_way == "none" else tried.gave_way
    show_line(f"{tried.lane}: {tried.connections:,} connections: {outcome}")


def _show_result(found: Capacity) -> None:
    if not show_line(""):
        print(f"{found.lane}: {found.connections:,} connections ({found.limit})", file=sys.stderr)


# --- options -------------------------------------------------------------------------------------


def _lanes_of(text: str | None) -> tuple[str, ...]:
    """The lanes of ``--lanes``; all lanes without it.

    Raises:
        UsageError: no lane, or an unknown one.
    """
    lanes = tuple(LANES) if text is None else parse_lanes(text)
    try:
        replace(Scenario(), lanes=lanes)
    except ScenarioError as error:
        raise UsageError(f"--lanes: {error}") from None
    return lanes


def _load_of(options: argparse.Namespace) -> Scenario:
    given = {
        name: getattr(options, name)
        for name in ("active", "rate", "burst", "payload", "buffer", "churn", "seed")
        if getattr(options, name) is not None
    }
    try:
        settings = {name: parse_field(name, text) for name, text in given.items()}
        return replace(Scenario(active=ACTIVE), **settings)  # type: ignore[arg-type]
    except ScenarioError as error:
        raise UsageError(str(error)) from None


def _limit_of(options: argparse.Namespace) -> int:
    try:
        return parse_duration_ns(options.p99)
    except ValueError as error:
        raise UsageError(f"--p99: {error}") from None


def capacity_parser() -> argparse.ArgumentParser:
    """The parser of ``c10k-tui capacity``."""
    parser = new_parser(
        usage="c10k-tui capacity [--p99 1ms] [--active 1%%] [--lanes LIST] [options] [--json]",
        description="How many connections each lane holds before latency, losses or memory set the limit.\n"
        "The load is the same at every size. Every figure is simulated.",
        epilog=_EPILOG,
    )
    default = Scenario()
    group = parser.add_argument_group("capacity (defaults in brackets)")
    for option, metavar, text in (
        ("--p99", "TIME", f"highest 99th percentile of the latency ({format_duration(P99_LIMIT_NS)})"),
        ("--lanes", "LIST", f"lanes to test, out of {', '.join(LANES)} (all)"),
        ("--active", "N", f"connections that send: a number, a share, or all ({ACTIVE})"),
        ("--rate", "N", f"requests per second in all ({default.rate:,})"),
        ("--burst", "N", f"requests that arrive together ({default.burst})"),
        ("--payload", "BYTES", f"size of a request ({default.payload})"),
        ("--buffer", "BYTES", f"size of the buffer that the servers read into ({default.buffer})"),
        ("--churn", "N", f"connections per second that close and are replaced ({default.churn})"),
        ("--seed", "N", f"the same seed gives the same packets ({default.seed})"),
    ):
        preset = "1ms" if option == "--p99" else None
        group.add_argument(option, metavar=metavar, default=preset, help=text.replace("%", "%%"))
    group.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    add_about(parser)
    return parser


_EPILOG = """\
examples:
  c10k-tui capacity
  c10k-tui capacity --lanes thread,select,epoll --p99 10ms
  c10k-tui capacity --active 10% --rate 100k --json
"""
