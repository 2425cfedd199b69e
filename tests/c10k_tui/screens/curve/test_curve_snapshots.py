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
from tests.support.rendered_lines import colours, drawn_lines, lines

LOOKS = [((120, 36), "c10k-dark"), ((80, 24), "c10k-light"), ((80, 24), "c10k-ansi")]
"""Sizes and themes of the pictures; the text is the same in every theme."""


def still(theme: str) -> C10KApp:
    app = C10KApp(Scenario(), paused=True, clock=HandClock(), make_race=StillRace)
    app.theme = theme
    return app


def shown(*keys: str, measured: bool = False):
    """Press keys and wait for the lines. Its measured points lie a little beside the lines."""

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


@pytest.mark.parametrize(
    ("size", "theme"), LOOKS, ids=lambda look: look if isinstance(look, str) else f"{look[0]}x{look[1]}"
)
def test_the_curve_screen(snap_compare, size, theme):
    assert snap_compare(still(theme), terminal_size=size, run_before=shown(measured=True))


def test_a_paper(snap_compare):
    assert snap_compare(still("c10k-dark"), terminal_size=(120, 36), run_before=shown("p"))


@pytest.mark.parametrize(
    ("size", "keys"),
    [((120, 36), ""), ((80, 24), ""), ((200, 50), ""), ((120, 36), "x"), ((80, 24), "p")],
    ids=lambda value: value or "curve" if isinstance(value, str) else f"{value[0]}x{value[1]}",
)
async def test_the_lines_are_the_same_in_every_theme(snapshot, size, keys):
    app = still("c10k-dark")
    assert await drawn_lines(app, size, run_before=shown(*keys, measured=not keys)) == snapshot


def test_no_color(snap_compare, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(still("c10k-dark"), terminal_size=(80, 24), run_before=shown(measured=True))


async def test_no_color_leaves_none_of_the_terminals_own_colours(snapshot, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = still("c10k-ansi")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(measured=True)(pilot)
        assert colours(app) <= {"default"}
        assert lines(app) == snapshot
