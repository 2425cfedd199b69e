"""The look of the comparison and the capacity. After a wanted change: pytest --snapshot-update here."""

import pytest

from c10k_tui.app.pictures import HandClock
from c10k_tui.app.race_app import C10KApp
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from sim.studies import capacity
from sim.studies.host_comparison import HostComparison
from tests.support.fixed_race import StillRace
from tests.support.paused_app import Stand
from tests.support.rendered_lines import colours, drawn_lines, lines
from tests.support.table_screens import settled

SIZES = [(120, 36), (80, 24), (200, 50)]
LOOKS = [
    pytest.param(size, theme, id=f"{theme}-{size[0]}x{size[1]}")
    for size, theme in [((120, 36), "c10k-dark"), ((80, 24), "c10k-light"), ((80, 24), "c10k-ansi")]
]
"""Sizes and themes of the pictures; the text is the same in every theme."""


def still(theme: str = "c10k-dark", scenario: Scenario | None = None) -> C10KApp:
    app = C10KApp(scenario or Scenario(), paused=True, clock=HandClock(), make_race=StillRace)
    app.theme = theme
    return app


def shown(*keys: str, measured: bool = False):
    """Press keys, and wait until every row is computed. The measured points are given."""

    async def run_before(pilot):
        it = Stand(pilot.app, pilot, HandClock())
        await it.press(keys[0])
        screen = await settled(it)
        if measured:
            screen.model.host_comparisons = {
                lane: HostComparison(lane, 64, 6_000, 1.0, 12_000, 0.98)
                if lane != "iocp"
                else HostComparison(lane, 64, None, None, None, None, "no Linux kernel has it")
                for lane in LANES
            }
            screen.model.shows_measured = True
        for key in keys[1:]:
            await it.press(key)
        await settled(it)

    return run_before


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_the_comparison(snap_compare, size, theme):
    assert snap_compare(still(theme), terminal_size=size, run_before=shown("w", "down"))


def test_measured_beside_simulated(snap_compare):
    run_before = shown("w", "right", "s", measured=True)
    assert snap_compare(still(), terminal_size=(120, 36), run_before=run_before)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_lines_of_the_comparison_are_the_same_in_every_theme(snapshot, size):
    assert await drawn_lines(still(), size, run_before=shown("w", "down")) == snapshot


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_lines_of_measured_beside_simulated(snapshot, size):
    assert await drawn_lines(still(), size, run_before=shown("w", "right", "s", measured=True)) == snapshot


async def test_the_lines_where_threads_and_processes_have_no_memory(snapshot):
    app = still(scenario=Scenario(fds=1_000_000))
    assert await drawn_lines(app, (120, 36), run_before=shown("w")) == snapshot


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_lines_of_the_capacity_are_the_same_in_every_theme(snapshot, size, monkeypatch):
    monkeypatch.setattr(capacity, "RACE_NS", 20_000_000)
    assert await drawn_lines(still(), size, run_before=shown("m", "down")) == snapshot


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_the_capacity(snap_compare, size, theme, monkeypatch):
    monkeypatch.setattr(capacity, "RACE_NS", 20_000_000)
    assert snap_compare(still(theme), terminal_size=size, run_before=shown("m", "down"))


@pytest.mark.parametrize("key", ["w", "m"])
def test_no_color(snap_compare, monkeypatch, key):
    monkeypatch.setattr(capacity, "RACE_NS", 20_000_000)
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(still(), terminal_size=(80, 24), run_before=shown(key))


@pytest.mark.parametrize("key", ["w", "m"])
async def test_no_color_leaves_none_of_the_terminals_own_colours(snapshot, monkeypatch, key):
    monkeypatch.setattr(capacity, "RACE_NS", 20_000_000)
    monkeypatch.setenv("NO_COLOR", "1")
    app = still("c10k-ansi")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(key)(pilot)
        assert colours(app) <= {"default"}
        assert lines(app) == snapshot
