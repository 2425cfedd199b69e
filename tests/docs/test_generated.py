"""The generated parts of the documentation are up to date."""

from __future__ import annotations

import re

import pytest

from c10k_tui import __version__
from c10k_tui.cli.options import COMMANDS
from c10k_tui.cli.race_screen import screen_parser
from docs.tools import layers
from docs.tools.tables import BLOCK, KEYS, PARSERS, REFRESH, option_table, refreshed
from sim.scenario.scenario import PRESETS, Scenario
from sim.scenario.units import format_count
from tests.docs.pages import PAGES, ROOT, Page

WITH_TABLES = [page for page in PAGES if BLOCK.search(page.text)]


@pytest.mark.parametrize("page", WITH_TABLES, ids=str)
def test_the_tables_of_a_page_are_up_to_date(page):
    assert refreshed(page.text) == page.text, f"{page} is stale; refresh it with: {REFRESH}"


@pytest.mark.parametrize("package", layers.PACKAGES)
def test_the_drawing_of_the_layers_shows_the_contracts(package):
    drawn = layers.path_of(package).read_text(encoding="utf-8")
    assert drawn == layers.drawing(package), f"refresh it with: {REFRESH}"


def test_every_screen_and_every_command_has_a_table():
    blocks = {match["kind"] + match["name"] for page in WITH_TABLES for match in BLOCK.finditer(page.text)}
    assert {f"keys{name}" for name in KEYS} <= blocks
    assert {f"options{name}" for name in (*PARSERS, "scenario")} <= blocks
    assert set(PARSERS) == {"screen", *COMMANDS}


def test_every_marked_block_is_recognised():
    for page in PAGES:
        assert len(BLOCK.findall(page.text)) == len(
            re.findall(r"^<!-- \w+: \w+ -->$", page.text, re.MULTILINE)
        )


def test_the_table_of_settings_is_complete_and_its_defaults_are_true():
    table = option_table("scenario")
    rows = dict(
        re.findall(r"^\| \W*(?:code>)?--([a-z-]+) .*? \| .*?(?:\(([^()]+)\))? \|$", table, re.MULTILINE)
    )
    of_scenario = {name for name in rows if name != "preset"}
    assert of_scenario == {name.replace("_", "-") for name in Scenario.__slots__}
    default = Scenario()
    assert rows["fds"] == format_count(default.fds)
    assert rows["active"] == str(default.active)
    assert rows["seed"] == str(default.seed)
    assert rows["lanes"].startswith(",".join(default.lanes))
    assert PRESETS["c10k"][1] == default


def test_options_with_a_default_of_their_own_are_in_the_table_of_the_screen():
    table = option_table("screen")
    for action in screen_parser()._actions:
        for name in action.option_strings:
            if name not in ("-h", "--help", "--lang", "--version"):
                assert name in table + option_table("scenario")


def test_the_newest_version_of_the_change_log_is_the_programs():
    log = Page(ROOT / "CHANGELOG.md").text
    assert re.findall(r"^## \[([\d.]+)\]", log, re.MULTILINE)[0] == __version__


def test_the_checks_before_a_commit_are_those_of_make_test():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^test:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe is not None
    checks = re.findall(r"\$\(BIN\)/((?:ruff )?[a-z-]+)", recipe[1])
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    for check in checks:
        assert check == "python" or f"entry: .venv/bin/{check}" in hooks, check
