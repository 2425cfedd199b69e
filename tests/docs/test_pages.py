"""Everything in the README and the documentation works: commands, code, keys, paths and links."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from c10k_tui.cli.bench import bench_parser
from c10k_tui.cli.bench_options import bench_options_of
from c10k_tui.cli.calibrate import calibrate_parser
from c10k_tui.cli.export import export_parser
from c10k_tui.cli.main import main
from c10k_tui.cli.options import parse
from c10k_tui.cli.race_screen import screen_parser
from c10k_tui.cli.record import record_parser
from c10k_tui.cli.replay import replay_parser
from c10k_tui.cli.scenario_options import scenario_of
from c10k_tui.cli.watch import watch_parser
from docs.tools.tables import KEYS
from sim.scenario.lanes import LANES
from tests.docs.pages import PAGES, README, ROOT, Page

COMMANDS = sorted({command for page in PAGES for command in page.commands})
PARSERS = {"record": record_parser, "replay": replay_parser, "export": export_parser}
RUN = ("run", "capacity", "compare", "watch")
"""Commands that are run here to their end; the others open a screen, measure, or write a file."""
TOP_FOLDERS = "sim|c10k_tui|tests|benchmarks|examples|screenshots|docs|tools"
NOT_KEYS = {"T", "=", "z", "|", "k", "i", "!"}
"""Single characters between backticks that are no keys: glyphs, units, event codes, a kernel's name."""


def test_every_page_with_commands_is_read():
    assert len(README.commands) == 6
    assert len(COMMANDS) >= 25


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_understood(command, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    words = shlex.split(command)
    first = words[0] if words else ""
    if first in PARSERS:
        assert parse(PARSERS[first](), words[1:]).words
    elif first == "watch" and "--for" not in words:
        assert (ROOT / parse(watch_parser(), words[1:]).words[0]).is_file()
    elif first in RUN or "--help" in words:
        assert main(words) == 0
        assert capsys.readouterr().out
    elif first == "bench":
        assert bench_options_of(parse(bench_parser(), words[1:])).points()
    elif first == "calibrate":
        assert parse(calibrate_parser(), words[1:]).words == []
    else:
        assert scenario_of(parse(screen_parser(), words)).lanes


WITH_CODE = [page for page in PAGES if page.blocks("python")]


@pytest.mark.parametrize("page", WITH_CODE, ids=str)
def test_the_python_of_a_page_runs_from_top_to_bottom(page, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    known: dict[str, Any] = {}
    for block in page.blocks("python"):
        exec(compile(block, str(page), "exec"), known)


def test_the_readme_shows_the_library_in_six_lines(capsys):
    (block,) = README.blocks("python")
    exec(compile(block, "README.md", "exec"), {})
    assert re.fullmatch(r"select \d+ wasted checks\nepoll \d+ wasted checks\n", capsys.readouterr().out)
    assert len([line for line in block.splitlines() if line]) <= 6


def test_the_readme_is_short():
    assert README.text.count("\n") <= 130
    assert len(re.findall(r"^!\[", README.text, re.MULTILINE)) == 1
    keys = re.findall(r"^\| (`.+?) \|", README.text, re.MULTILINE)
    assert len(keys) == 10


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_make_targets_of_a_page_exist(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|^)make ([a-z][a-z-]+)", page.text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_paths_of_a_page_exist(page):
    named = {
        path
        for code in page.codes
        for path in re.findall(rf"(?<![\w/.-])(?:{TOP_FOLDERS})/[\w./-]*", code)
        if not re.search(r"NAME|LANE|SCREEN", path)
    }
    assert not [path for path in sorted(named) if not (ROOT / path.rstrip(".")).exists()]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_links_of_a_page_lead_somewhere(page):
    known = {other.path: other for other in PAGES}
    for link in page.links:
        path, _, anchor = link.partition("#")
        target = (page.path.parent / path).resolve() if path else page.path
        assert target.exists(), link
        if anchor:
            assert anchor in known[target].anchors, link


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_keys_of_a_page_are_bound(page):
    bound = {
        name
        for bindings in KEYS.values()
        for binding in bindings
        for name in (binding.key_display or "", *binding.key.split(","))
    }
    signs = {code for code in page.codes if len(code) == 1 and code.isascii()}
    assert signs - NOT_KEYS <= bound


def test_every_lane_is_described():
    assert set(LANES) <= set(
        re.findall(r"^\| `([\w-]+)` \|", Page(ROOT / "docs/lanes.md").text, re.MULTILINE)
    )


def test_every_page_is_in_the_navigation_of_the_site():
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for path in sorted(Path(ROOT / "docs").rglob("*.md")):
        assert f"{path.relative_to(ROOT / 'docs')}\n" in navigation
