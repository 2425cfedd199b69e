"""The look of a warning and of the list of presets. To update: pytest this file --snapshot-update."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from c10k_tui.app.pictures import HandClock
from c10k_tui.app.race_app import C10KApp
from c10k_tui.screens.race.screen import RaceScreen
from sim.scenario.fault_presets import FAULT_PRESETS
from sim.scenario.scenario import Scenario
from tests.support.rendered_lines import FILLED, drawn_lines


def app_of(scenario: Scenario, theme: str = "c10k-dark") -> C10KApp:
    app = C10KApp(scenario, paused=True, clock=HandClock())
    app.theme = theme
    return app


def after(run_ns: int) -> Callable[[Pilot[str]], Awaitable[None]]:
    """A function that runs the race for ``run_ns``, in steps as on a screen."""

    async def run(pilot: Pilot[str]) -> None:
        app = pilot.app
        assert isinstance(app, C10KApp)
        screen = app.screen
        assert isinstance(screen, RaceScreen)
        for _ in range(30):
            app.session.race.advance(app.session.race.now_ns + run_ns // 30)
            screen.draw()
        await pilot.pause(0)

    return run


@pytest.mark.parametrize(
    ("name", "theme", "size", "run_ns"),
    [
        ("dup", "c10k-dark", (120, 36), 3_000_000),
        ("no-drain", "c10k-light", (80, 24), 450_000),
        ("no-rearm", "c10k-ansi", (120, 36), 3_000_000),
    ],
    ids=str,
)
def test_a_warning(snap_compare, name, theme, size, run_ns):
    app = app_of(FAULT_PRESETS[name][1], theme)
    assert snap_compare(app, terminal_size=size, run_before=after(run_ns))


async def test_the_lines_of_a_warning_on_a_large_terminal(snapshot):
    app = app_of(FAULT_PRESETS["slow-reader"][1])
    assert await drawn_lines(app, (200, 50), run_before=after(6_000_000), themes=FILLED) == snapshot


def test_the_list_of_presets(snap_compare):
    assert snap_compare(app_of(Scenario(fds=500)), terminal_size=(80, 24), press=["P", "down", "down"])
