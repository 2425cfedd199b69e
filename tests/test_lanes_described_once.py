"""A lane is described in one place: no other module knows a lane by its name."""

import ast
from pathlib import Path

from c10k_tui.text.lanes import LANE_TEXTS
from sim.scenario.lanes import LANES
from sim.servers.registry import server_of

ROOT = Path(__file__).parents[1]
PLAIN = {"select", "poll", "epoll", "process", "thread", "asyncio", "kqueue", "io_uring"}
"""Names that are not only a lane's: a call, a module, a mechanism of a benchmark."""
PLACES = {
    "sim/scenario/lanes.py",
    "c10k_tui/text/lanes.py",
    "sim/scenario/fault_presets.py",  # scenarios name their lanes
    "sim/host/measuring/lane_requests.py",  # real servers
}


def test_every_lane_has_its_three_parts():
    assert list(LANES) == list(LANE_TEXTS)
    assert {name: server_of(name).name for name in LANES} == {name: name for name in LANES}


def test_no_other_module_knows_a_lane_by_its_name():
    names = set(LANES) - PLAIN
    knowing = set()
    for package in ("sim", "c10k_tui"):
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            place = path.relative_to(ROOT).as_posix()
            if place in PLACES:
                continue
            # A server names its lane at the top of its class.
            own = {
                id(node.value)
                for node in ast.walk(tree)
                if isinstance(node, ast.keyword) and node.arg == "lane"
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and node.value in names and id(node) not in own:
                    knowing.add((place, node.value))
    assert not knowing
