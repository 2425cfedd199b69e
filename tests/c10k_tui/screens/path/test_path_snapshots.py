"""The look of the Path screen. After a wanted change: pytest --snapshot-update with this file."""

import pytest

from c10k_tui.app.pictures import HandClock
from c10k_tui.app.race_app import C10KApp
from sim.scenario.scenario import Scenario
from tests.support.paused_app import Stand
from tests.support.rendered_lines import colours, drawn_lines, lines

LOOKS = [((120, 36), "c10k-dark"), ((80, 24), "c10k-light"), ((80, 24), "c10k-ansi")]
"""Sizes and themes of the pictures; the text is the same in every theme."""


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


@pytest.mark.parametrize(
    ("size", "theme"), LOOKS, ids=lambda look: look if isinstance(look, str) else f"{look[0]}x{look[1]}"
)
def test_where_epoll_knows_and_select_scans(snap_compare, size, theme):
    assert snap_compare(app_of(theme), terminal_size=size, run_before=at_step(11))


def test_the_future(snap_compare):
    assert snap_compare(app_of("c10k-dark"), terminal_size=(120, 36), run_before=at_step(14))


@pytest.mark.parametrize(
    ("size", "step"),
    [((120, 36), 2), ((120, 36), 11), ((80, 24), 11), ((200, 50), 13), ((120, 36), 16)],
    ids=lambda value: f"step {value}" if isinstance(value, int) else f"{value[0]}x{value[1]}",
)
async def test_the_lines_are_the_same_in_every_theme(snapshot, size, step):
    """Steps of the pictures: the NIC, epoll's wake-up and select's scan, the future, the line after await."""
    assert await drawn_lines(app_of("c10k-dark"), size, run_before=at_step(step)) == snapshot


def test_no_color(snap_compare, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app_of("c10k-dark"), terminal_size=(80, 24), run_before=at_step(14))


async def test_no_color_leaves_none_of_the_terminals_own_colours(snapshot, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_of("c10k-ansi")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_step(14)(pilot)
        assert colours(app) <= {"default"}
        assert lines(app) == snapshot
