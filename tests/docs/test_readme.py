"""What the README tells people to type works as it is written there."""

import re
import shlex
from pathlib import Path

import pytest

from c10k_tui.cli.bench_options import bench_options_of
from c10k_tui.cli.main import main
from c10k_tui.cli.options import bench_parser, calibrate_parser, parse, scenario_of, screen_parser
from c10k_tui.cli.recording import export_parser, record_parser, replay_parser
from c10k_tui.cli.watch import watch_parser
from sim.scenario.scenario import PRESETS, Scenario, parse_settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^c10k-tui\b(.*?)(?:#.*)?$", README, flags=re.MULTILINE)

PARSERS = {"record": record_parser, "replay": replay_parser, "export": export_parser}


def test_there_are_commands_to_try():
    assert len(COMMANDS) >= 6


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_understood(command, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    words = shlex.split(command)
    if words[:1] in (["record"], ["replay"], ["export"]):
        assert parse(PARSERS[words[0]](), words[1:]).words
    elif words[:1] == ["watch"] and "--for" not in words:
        assert (ROOT / parse(watch_parser(), words[1:]).words[0]).is_file()
    elif words[:1] in (["run"], ["capacity"], ["compare"], ["watch"]) or "--help" in words:
        assert main(words) == 0
        assert capsys.readouterr().out
    elif words[:1] == ["bench"]:
        assert bench_options_of(parse(bench_parser(), words[1:])).points()
    elif words[:1] == ["calibrate"]:
        assert parse(calibrate_parser(), words[1:]).words == []
    else:
        assert scenario_of(parse(screen_parser(), words)).fds in (1_000, 2_000, 10_000)


def test_the_table_of_options_is_complete_and_its_defaults_are_true():
    rows = re.findall(
        r"^\| `(--[a-z-]+) [^`]*` \| (?:`(\w+)=` )?\|.*\| (\S+) \|$", README, flags=re.MULTILINE
    )
    options = {option: (short, default) for option, short, default in rows}
    known = {name for action in screen_parser()._actions for name in action.option_strings}
    told_elsewhere = {"--speed", "--paused", "--theme", "--help", "-h", "--version"}
    told_elsewhere |= {"--record", "--title", "--caption", "--cast-version", "--force"}
    assert set(options) == known - told_elsewhere
    written = " ".join(f"{short}={default}" for short, default in options.values() if short)
    default = Scenario()
    assert parse_settings(written) == {name: getattr(default, name) for name in parse_settings(written)}
    assert PRESETS[options["--preset"][1]][1] == default


def test_the_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z]+)", README):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)


def test_the_example_of_the_library_runs(capsys):
    known: dict[str, object] = {}  # a later block goes on where an earlier one ended
    for block in re.findall(r"^```python\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL):
        exec(compile(block, "README.md", "exec"), known)
    assert re.fullmatch(r"select \d+ wasted checks\nepoll \d+ wasted checks\n", capsys.readouterr().out)


def test_pictures_and_files_it_points_to_are_there():
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / path).is_file()
