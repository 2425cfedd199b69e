"""The look of the screen. After a wanted change: pytest --snapshot-update with this file."""

import pytest

from c10k_tui.app.pictures import HandClock, race_picture
from c10k_tui.app.race_app import C10KApp
from sim.scenario.scenario import Scenario
from tests.support.fixed_race import StillRace


def still(theme: str) -> C10KApp:
    app = C10KApp(Scenario(), paused=True, clock=HandClock(), make_race=StillRace)
    app.theme = theme
    return app


@pytest.mark.parametrize("theme", ["c10k-dark", "c10k-light", "c10k-ansi"])
@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_race_screen(snap_compare, size, theme):
    assert snap_compare(still(theme), terminal_size=size)


def test_the_cursor_and_what_it_tells(snap_compare):
    assert snap_compare(still("c10k-dark"), terminal_size=(120, 36), press=["tab", "down", "down", "right"])


def test_the_help(snap_compare):
    assert snap_compare(still("c10k-dark"), terminal_size=(120, 36), press=["question_mark"])


@pytest.mark.parametrize("theme", ["c10k-dark", "c10k-ansi"])
def test_no_color(snap_compare, monkeypatch, theme):
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(still(theme), terminal_size=(80, 24), press=["tab", "right"])


async def test_pictures_are_the_same_every_time():
    first = await race_picture(80, 24, "c10k-dark", seconds=3)
    assert first == await race_picture(80, 24, "c10k-dark", seconds=3)
    assert "looks for nothing" in first.replace("&#160;", " ")
