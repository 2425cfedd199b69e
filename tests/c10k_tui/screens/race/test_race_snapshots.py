"""The look of the screen. After a wanted change: pytest --snapshot-update with this file."""

import pytest

from c10k_tui.app.pictures import HandClock, race_picture
from c10k_tui.app.race_app import C10KApp
from sim.scenario.scenario import Scenario
from tests.support.fixed_race import StillRace
from tests.support.rendered_lines import colours, drawn_lines, lines

LOOKS = [((120, 36), "c10k-dark"), ((80, 24), "c10k-light"), ((80, 24), "c10k-ansi")]
"""Sizes and themes of the pictures; the text is the same in every theme."""


def still(theme: str) -> C10KApp:
    app = C10KApp(Scenario(), paused=True, clock=HandClock(), make_race=StillRace)
    app.theme = theme
    return app


@pytest.mark.parametrize(
    ("size", "theme"), LOOKS, ids=lambda look: look if isinstance(look, str) else f"{look[0]}x{look[1]}"
)
def test_the_race_screen(snap_compare, size, theme):
    assert snap_compare(still(theme), terminal_size=size)


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (200, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_lines_of_the_race_screen_are_the_same_in_every_theme(snapshot, size):
    assert await drawn_lines(still("c10k-dark"), size) == snapshot


def test_the_cursor_and_what_it_tells(snap_compare):
    assert snap_compare(still("c10k-dark"), terminal_size=(120, 36), press=["tab", "down", "down", "right"])


def test_the_help(snap_compare):
    assert snap_compare(still("c10k-dark"), terminal_size=(120, 36), press=["question_mark"])


def test_no_color(snap_compare, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(still("c10k-dark"), terminal_size=(80, 24), press=["tab", "right"])


async def test_no_color_leaves_none_of_the_terminals_own_colours(snapshot, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = still("c10k-ansi")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "right")
        assert colours(app) <= {"default"}
        assert lines(app) == snapshot


async def test_pictures_are_the_same_every_time():
    first = await race_picture(80, 24, "c10k-dark", seconds=3)
    assert first == await race_picture(80, 24, "c10k-dark", seconds=3)
    assert "looks for nothing" in first
