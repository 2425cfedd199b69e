"""The look of the Path screen. After a wanted change: pytest --snapshot-update with this file."""

import pytest

from c10k_tui.app.pictures import HandClock
from c10k_tui.app.race_app import C10KApp
from sim.scenario.scenario import Scenario
from tests.support.paused_app import Stand

RACED = Scenario(rate=2_000)


def app_of(theme: str) -> C10KApp:
    app = C10KApp(RACED, speed=2.0, clock=HandClock())
    app.theme = theme
    return app


def at_step(step: int):
    """Race for a while, follow the newest packet, go to a step."""

    async def run_before(pilot):
        it = Stand(pilot.app, pilot, pilot.app.clock._wall)
        await it.run(4)
        await it.press("g", *["n"] * (step - 1))
        await it.pilot.pause(0)

    return run_before


@pytest.mark.parametrize("theme", ["c10k-dark", "c10k-light", "c10k-ansi"])
@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_where_epoll_knows_and_select_scans(snap_compare, size, theme):
    assert snap_compare(app_of(theme), terminal_size=size, run_before=at_step(11))


@pytest.mark.parametrize("step", [2, 14, 16])
def test_the_nic_the_future_and_the_line_after_await(snap_compare, step):
    assert snap_compare(app_of("c10k-dark"), terminal_size=(120, 36), run_before=at_step(step))


def test_it_on_a_large_terminal(snap_compare):
    assert snap_compare(app_of("c10k-dark"), terminal_size=(200, 50), run_before=at_step(13))


@pytest.mark.parametrize("theme", ["c10k-dark", "c10k-ansi"])
def test_no_color(snap_compare, monkeypatch, theme):
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app_of(theme), terminal_size=(80, 24), run_before=at_step(14))
