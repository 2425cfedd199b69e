"""The look of the Curve screen. After a wanted change: pytest --snapshot-update with this file."""

import pytest

from c10k_tui.app.pictures import HandClock
from c10k_tui.app.race_app import C10KApp
from c10k_tui.screens.curve.screen import CurveScreen
from sim.scenario.scenario import Scenario
from sim.studies.benchmark import BenchmarkRow
from tests.c10k_tui.screens.curve.test_curve_screen import settled
from tests.support.fixed_race import StillRace
from tests.support.paused_app import Stand


def still(theme: str) -> C10KApp:
    app = C10KApp(Scenario(), paused=True, clock=HandClock(), make_race=StillRace)
    app.theme = theme
    return app


def shown(*keys: str, measured: bool = False):
    """Press keys, wait for the lines; with points that lie a little beside them, as measured ones do."""

    async def run_before(pilot):
        it = Stand(pilot.app, pilot, HandClock())
        await it.press("v")
        screen = await settled(it)
        assert isinstance(screen, CurveScreen)
        if measured:
            model = screen.model
            model.take(
                BenchmarkRow(point, model.simulated[point], model.simulated[point] * 5 // 4)
                if point.fds < 20_000
                else BenchmarkRow(
                    point, model.simulated[point], None, "20,000 descriptors are too many: simulated only"
                )
                for point in model.points()
            )
        for key in keys:
            await it.press(key)
        await settled(it)

    return run_before


@pytest.mark.parametrize("theme", ["c10k-dark", "c10k-light", "c10k-ansi"])
@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_curve_screen(snap_compare, size, theme):
    assert snap_compare(still(theme), terminal_size=size, run_before=shown(measured=True))


def test_it_on_a_large_terminal(snap_compare):
    assert snap_compare(still("c10k-dark"), terminal_size=(200, 50), run_before=shown(measured=True))


def test_against_the_active_share(snap_compare):
    assert snap_compare(still("c10k-dark"), terminal_size=(120, 36), run_before=shown("x"))


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_paper(snap_compare, size):
    assert snap_compare(still("c10k-dark"), terminal_size=size, run_before=shown("p"))


@pytest.mark.parametrize("theme", ["c10k-dark", "c10k-ansi"])
def test_no_color(snap_compare, monkeypatch, theme):
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(still(theme), terminal_size=(80, 24), run_before=shown(measured=True))
