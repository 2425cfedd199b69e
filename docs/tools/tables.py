"""Writes the parts of the documentation that come from the code: tables of keys, options, lanes, rooms and
public names.

A page marks the place of a table with two comments::

    <!-- keys: race -->
    …
    <!-- end of keys: race -->

Everything between them is written by ``python -m docs.tools.tables``, which ``make docs`` runs. A test
compares every block with the output of this module, so no page can be out of date after a changed key or
option.

Why not written by hand: the program has about a hundred keys and forty options, and a copied table would be
wrong after the next change.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from textual.binding import Binding

from c10k_tui.cli import bench, calibrate, capacity, compare, export, race_screen, record, replay, run, watch
from c10k_tui.screens.capacity.keys import CAPACITY_BINDINGS
from c10k_tui.screens.comparison.keys import COMPARISON_BINDINGS
from c10k_tui.screens.curve.keys import CURVE_BINDINGS
from c10k_tui.screens.loop.keys import LOOP_BINDINGS
from c10k_tui.screens.path.keys import PATH_BINDINGS
from c10k_tui.screens.race.keys import FEED_BINDINGS, GRID_BINDINGS, RACE_BINDINGS
from c10k_tui.text.lanes import LANE_TEXTS
from c10k_tui.widgets.footer import key_of
from docs.tools import layers
from docs.tools.markdown import table
from docs.tools.public_api import api_page
from docs.tools.rooms import room_table
from sim.scenario.fault_presets import FAULT_PRESETS
from sim.scenario.lanes import LANES
from sim.scenario.scenario import PRESETS

DOCS = Path(__file__).parents[1]
REFRESH = "make docs  (or: .venv/bin/python -m docs.tools.tables)"
"""Command that refreshes a table that is out of date."""

KEYS: dict[str, Sequence[Binding]] = {
    "race": RACE_BINDINGS,
    "grid": GRID_BINDINGS,
    "feed": FEED_BINDINGS,
    "curve": CURVE_BINDINGS,
    "comparison": COMPARISON_BINDINGS,
    "capacity": CAPACITY_BINDINGS,
    "path": PATH_BINDINGS,
    "loop": LOOP_BINDINGS,
}
"""Bindings by the name of their table: one for each screen, and two for parts of the race screen."""
PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "screen": race_screen.screen_parser,
    "run": run.run_parser,
    "watch": watch.watch_parser,
    "bench": bench.bench_parser,
    "calibrate": calibrate.calibrate_parser,
    "capacity": capacity.capacity_parser,
    "compare": compare.compare_parser,
    "record": record.record_parser,
    "replay": replay.replay_parser,
    "export": export.export_parser,
}
"""Functions that make the parser of each command; ``screen`` is the program without a command."""

BLOCK = re.compile(
    r"^<!-- (?P<kind>keys|options|presets|lanes|api|rooms|layers): (?P<name>\w+) -->\n"
    r"(?P<body>.*?)^<!-- end of (?P=kind): (?P=name) -->$",
    re.MULTILINE | re.DOTALL,
)
"""A marked block of a page."""
SCENARIO_GROUP = "scenario"
"""First word of the title of the options that every race takes; these options have their own table."""


def key_table(bindings: Sequence[Binding]) -> str:
    """The keys of one screen as a Markdown table."""
    rows = [(f"`{_key(binding)}`", binding.description, binding.tooltip) for binding in bindings]
    return table(("key", "name", "what it does"), rows)


def option_table(command: str) -> str:
    """The options of one command, except the options of the scenario, help and version.

    Args:
        command: A name in :data:`PARSERS`, or ``scenario`` for the options that every race takes.
    """
    parser = PARSERS["screen" if command == SCENARIO_GROUP else command]()
    rows = []
    for group in parser._action_groups:  # argparse offers no public way to list options
        of_scenario = (group.title or "").startswith(SCENARIO_GROUP)
        if of_scenario != (command == SCENARIO_GROUP) or group.title == "about":
            continue
        rows += [_option_row(action) for action in group._group_actions if action.help != argparse.SUPPRESS]
    if not rows:
        return "This command has no options of its own.\n"
    return table(("option", "what it is (default)"), rows)


def preset_table(name: str) -> str:
    """The presets called ``races`` or ``mistakes``, each with its description and its scenario."""
    presets = {"races": PRESETS, "mistakes": FAULT_PRESETS}[name]
    rows = [(f"`{preset}`", words, f"`{scenario}`") for preset, (words, scenario) in presets.items()]
    return table(("preset", "what it is", "scenario"), rows)


def lane_table() -> str:
    """All lanes: the server's work, the origin of the interface, the keeper of the list, and the limit."""
    rows = [
        (f"`{name}`", LANE_TEXTS[name].what, kind.introduced, kind.keeper, kind.limit)
        for name, kind in LANES.items()
    ]
    return table(("lane", "what its server does", "since", "who keeps the list", "what limits it"), rows)


def refreshed(text: str) -> str:
    """The text of a page with every marked block written again.

    Raises:
        KeyError: a block has a name that no screen or command has.
    """
    return BLOCK.sub(_block, text)


def pages() -> Iterator[Path]:
    """Every page of the documentation, and the guide for contributors."""
    yield DOCS.parent / "CONTRIBUTING.md"
    yield from sorted(DOCS.rglob("*.md"))


def main() -> int:
    """Refresh every page and the drawings of the layers; name the pages that changed.

    Returns:
        The exit code, 0.
    """
    for path in pages():
        text = path.read_text(encoding="utf-8")
        new = refreshed(text)
        if new != text:
            path.write_text(new, encoding="utf-8")
            print(f"refreshed {path.relative_to(DOCS.parent)}")
    for package in layers.PACKAGES:
        layers.path_of(package).write_text(layers.drawing(package), encoding="utf-8")
    return 0


def _block(match: re.Match[str]) -> str:
    kind, name = match["kind"], match["name"]
    if kind == "keys":
        body = key_table(KEYS[name])
    elif kind == "options":
        body = option_table(name)
    elif kind == "presets":
        body = preset_table(name)
    elif kind == "lanes":
        body = lane_table()
    elif kind == "layers":
        body = "".join(f"- `{package}`: {layers.in_words(package)}\n" for package in layers.PACKAGES)
    elif kind == "rooms":
        body = room_table(name)
    else:
        body = api_page()
    return f"<!-- {kind}: {name} -->\n\n{body}\n<!-- end of {kind}: {name} -->"


def _key(binding: Binding) -> str:
    """A binding's key as it is typed."""
    return {"escape": "esc"}.get(key := key_of(binding), key)


def _option_row(action: argparse.Action) -> tuple[str, str]:
    names = ", ".join(action.option_strings)
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    words = (action.help or "").replace("%%", "%")
    return f"`{f'{names} {metavar}'.strip()}`", words


if __name__ == "__main__":
    sys.exit(main())
