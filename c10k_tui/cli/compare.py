"""``c10k-tui compare``: one table of all lanes: scans, copies, wake-ups, memory, and the keeper of the list.

The figures come from :mod:`sim.studies.comparison`, as on the comparison screen: each lane runs alone in a
short race. The result goes to stdout, as a table or as one JSON object.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace

from c10k_tui.cli.costs_file import costs_in_use
from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, print_about
from c10k_tui.cli.output import encodable
from c10k_tui.cli.progress import show_line
from c10k_tui.cli.scenario_options import add_scenario, scenario_of
from c10k_tui.text.comparison_columns import COLUMNS
from c10k_tui.text.cost_table_names import table_words
from sim.machine.costs import CostTable
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from sim.studies.comparison import ComparisonRow, trial_result

_GAP, _WIDTH = 3, 12


def compare(words: Sequence[str]) -> int:
    """Race each lane alone and print the table.

    Returns:
        The exit code, 0.

    Raises:
        UsageError: an option or a value is not valid, or a fault was named.
    """
    parser = compare_parser()
    options = parse(parser, words)
    if print_about(parser, options):
        return 0
    scenario = scenario_of(options)
    if scenario.fault and (options.fault is not None or _has_setting("fault", options.words)):
        raise UsageError(f"compare shows no faults; see this one with c10k-tui run --fault {scenario.fault}")
    scenario = replace(scenario, fault="")
    if options.lanes is None and not _has_setting("lanes", options.words):
        scenario = replace(scenario, lanes=tuple(LANES))
    costs = costs_in_use()
    rows = []
    for lane in scenario.lanes:
        show_line(f"racing {lane} …")
        rows.append(trial_result(lane, scenario, costs))
    show_line("")
    if options.json:
        print(json.dumps(as_data(rows, scenario, costs), indent=2))
    else:
        print(encodable(table(rows, scenario, costs)))
    return 0


def _has_setting(name: str, words: Sequence[str]) -> bool:
    """True if the short form (one word or several) has this setting."""
    return any(word.startswith(f"{name}=") for word in " ".join(words).split())


def as_data(rows: Sequence[ComparisonRow], scenario: Scenario, costs: CostTable) -> dict[str, object]:
    """The table as data for JSON. Figures are not rounded; null means that the lane had no event."""
    return {
        "simulated": True,
        "scenario": str(scenario),
        "costs": costs.name,
        "lanes": {
            row.lane: {
                **{name: value for name, value in asdict(row).items() if name != "lane"},
                "cost_source": LANES[row.lane].prices.source or None,
            }
            for row in rows
        },
    }


def table(rows: Sequence[ComparisonRow], scenario: Scenario, costs: CostTable) -> str:
    """The table as aligned text, and below it the keeper of each lane's list."""
    load = replace(scenario, lanes=(rows[0].lane,))
    lines = [
        f"simulated: {str(load).rpartition(' lanes=')[0]} · costs: {table_words(costs)}",
        "",
        f"{'':16}" + "".join(column.title.rjust(_WIDTH) for column in COLUMNS),
    ]
    for row in rows:
        if row.failure is not None and not row.events:
            lines.append(f"{row.lane:16}{' ' * _GAP}{row.failure}")
            continue
        cells = (column.cell(row).rjust(_WIDTH) for column in COLUMNS)
        lines.append(f"{row.lane:16}{''.join(cells)}")
    lines += ["", f"{'':16}{' ' * _GAP}{'who keeps the list':44}what limits it"]
    for row in rows:
        lines.append(f"{row.lane:16}{' ' * _GAP}{row.keeper:44}{row.limit}")
    estimated = [row.lane for row in rows if LANES[row.lane].prices.estimated]
    lines += ["", "memory is for each connection, wake-up for each wake-up, all else for each event"]
    lines += [f"~ {lane}: {LANES[lane].prices.source}" for lane in estimated]
    return "\n".join(lines)


def compare_parser() -> argparse.ArgumentParser:
    """The parser of ``c10k-tui compare``."""
    parser = new_parser(
        usage="c10k-tui compare [SCENARIO] [options] [--json]",
        description="One table: the cost of an event in each lane (calls, scans, copies, wake-ups, memory);\n"
        "who keeps the list. Every lane, or each of --lanes, races alone with the same arrivals.\n"
        "Every figure is simulated.",
        epilog=_EPILOG,
    )
    add_scenario(parser, "all")
    group = parser.add_argument_group("compare")
    group.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    add_about(parser)
    return parser


_EPILOG = """\
examples:
  c10k-tui compare
  c10k-tui compare --fds 100k --active 1%
  c10k-tui compare --lanes select,poll,epoll --json
"""
