"""The help shows every key, uncut, at any width."""

import pytest

from c10k_tui.screens.race.help_page import INTRODUCTION, RACE_PAGE
from c10k_tui.screens.race.keys import FEED_BINDINGS, GRID_BINDINGS, RACE_BINDINGS
from c10k_tui.screens.shared.help_screen import help_lines
from c10k_tui.text.styled_text import text_of, width_of
from c10k_tui.widgets.footer import key_of
from tests.support.paused_app import stand

BINDINGS = [*RACE_BINDINGS, *GRID_BINDINGS, *FEED_BINDINGS]


@pytest.mark.parametrize("key", ["question_mark", "f1"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_help_shows_every_key_with_every_word_and_goes_away(key, size):
    async with stand(size=size) as it:
        await it.press(key)
        page = it.app.screen.query_one("#help-text")
        assert page.region.right <= it.app.screen.query_one("#help-box").region.right - 1
        rows = [page.render_line(y).text for y in range(page.size.height)]
        words = " ".join(" ".join(rows).split())
        for binding in BINDINGS:
            assert f"{key_of(binding)} {binding.description} {binding.tooltip}" in words
        for sentences in INTRODUCTION:
            assert sentences in words
        await it.press("escape")
        assert it.app.screen is it.race_screen


@pytest.mark.parametrize("width", [40, 60, 66, 80, 104, 150])
def test_no_line_is_wider_than_the_page(width):
    assert max(width_of(line) for line in help_lines(width, RACE_PAGE)) <= width


def test_the_effect_of_a_key_stands_beside_it_or_below_it():
    def row_of(width):
        rows = [text_of(line) for line in help_lines(width, RACE_PAGE)]
        at = next(y for y, row in enumerate(rows) if row.startswith("  s "))
        return rows[at], rows[at + 1]

    beside, _ = row_of(120)
    assert "Step to the next event" in beside
    assert "Pause, and go to the next thing" in beside
    name, beneath = row_of(66)
    assert " ".join(name.split()) == "s Step to the next event"
    assert beneath.startswith("     ")
    assert beneath.split()[0] == "Pause,"


async def test_the_page_follows_the_size_of_the_terminal():
    async with stand(size=(120, 36)) as it:
        await it.press("question_mark")
        page = it.app.screen.query_one("#help-text")
        before = page.size.height
        await it.pilot.resize_terminal(80, 24)
        await it.pilot.pause(0)
        assert page.size.height == len(help_lines(page.size.width, RACE_PAGE)) > before
