"""``c10k-tui compare``: one table of all lanes: scans, copies, wake-ups, memory, and the keeper of the list.

The figures come from :mod:`sim.studies.comparison`, as on the comparison screen: each lane runs alone in a
short race. The result goes to stdout, as a table or as one JSON object.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace

from c10k_tui.cli.costs_file import costs_in_use
from c10k_tui.cli.interruption import Interrupted, interruption_noted, print_interrupted
from c10k_tui.cli.options import UsageError, add_about, new_parser, parse, print_about
from c10k_tui.cli.output import encodable
from c10k_tui.cli.progress import showing_progress
from c10k_tui.cli.scenario_options import add_scenario, scenario_of
from c10k_tui.text.comparison_columns import COLUMNS
from c10k_tui.text.cost_table_names import table_words
from sim.machine.costs import CostTable
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from sim.studies.comparison import ComparisonRow, trial

_GAP, _WIDTH = 3, 12


def compare(words: Sequence[str]) -> int:
    """Race each lane alone and print the table.

    Returns:
        The exit code, 0; 130 after Ctrl-C, with the lanes that were finished.

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
    rows = _finished_rows(scenario, costs)
    interrupted = len(rows) < len(scenario.lanes)
    if options.json:
        data = as_data(rows, scenario, costs)
        print(json.dumps({"interrupted": True, **data} if interrupted else data, indent=2))
    elif rows:
        print(encodable(table(rows, scenario, costs)))
    if interrupted:
        return print_interrupted(f"after {len(rows)} of {len(scenario.lanes)} lanes")
    return 0


def _finished_rows(scenario: Scenario, costs: CostTable) -> list[ComparisonRow]:
    """The rows of all lanes; after Ctrl-C, those of the lanes that were finished."""
    rows: list[ComparisonRow] = []
    with showing_progress("compare") as line, interruption_noted() as interruption, suppress(Interrupted):
        for lane in scenario.lanes:
            pieces = trial(lane, scenario, costs)
            piece_done = 0.0
            while True:
                line.report((len(rows) + piece_done) / len(scenario.lanes), f"racing {lane}")
                interruption.check()
                try:
                    piece_done = next(pieces).done
                except StopIteration as stop:
                    rows.append(stop.value)
                    break
    return rows


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
