"""The modules that a fresh interpreter loads: the kernel loads no screen, and help loads nothing heavy."""

import subprocess
import sys

import pytest


def modules_after(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after running ``code``."""
    report = "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code + report], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_the_kernel_and_the_race_load_no_screen():
    loaded = modules_after("import sim, sim.race.race, sim.kernel.kernel; sim.Race, sim.Kernel, sim.Scenario")
    assert {"sim", "numpy"} <= loaded
    assert loaded.isdisjoint({"c10k_tui", "textual", "rich", "asyncio"})


def test_a_scenario_loads_only_the_standard_library():
    loaded = modules_after("from sim import Scenario; from sim.scenario.scenario import parse_scenario")
    assert "sim" in loaded
    assert loaded.isdisjoint({"numpy", "c10k_tui", "textual", "rich"})


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["--version"], ["n=0"], ["--fsd", "3"]])
def test_help_and_refusals_load_nothing_heavy(words):
    loaded = modules_after(f"from c10k_tui.cli.main import main; main({words!r})")
    assert "c10k_tui" in loaded
    assert loaded.isdisjoint({"numpy", "textual", "rich", "asyncio"})


def test_a_race_without_a_screen_loads_no_textual():
    loaded = modules_after("from c10k_tui.cli.main import main; main(['run', 'n=16', '--for', '1us'])")
    assert {"c10k_tui", "numpy"} <= loaded
    assert loaded.isdisjoint({"textual", "asyncio"})
