"""The legend: only the glyphs of the shown lanes, in the given width."""

import pytest

from c10k_tui.screens.race.views.cpu import GROUPS
from c10k_tui.screens.race.views.legend import legend
from c10k_tui.text.styled_text import text_of

LANES = ("select", "epoll")
WITHOUT_LOOP = [group for group in GROUPS if group.role != "loop"]


@pytest.mark.parametrize("width", [40, 80, 118, 120, 200])
def test_the_legend_shows_all_it_has_room_for(width):
    words = text_of(legend(LANES, width, WITHOUT_LOOP))
    assert len(words) <= width
    assert ("CPU idle" in words) == (width >= 118)
    if width >= 80:
        assert all(word in words for word in ("idle", "checked", "packet", "ready", "read"))
        assert all(group.brief in words for group in WITHOUT_LOOP)


@pytest.mark.parametrize("width", [90, 125, 200])
def test_the_legend_names_an_event_loop_where_there_is_one(width):
    words = text_of(legend(LANES, width))
    assert len(words) <= width
    assert ("CPU idle" in words) == (width >= 125)
    assert all(word in words for word in ("checked", "packet", "ready", "read"))
    assert all(group.brief in words for group in GROUPS if group.code)


@pytest.mark.parametrize("width", [80, 120, 200])
def test_idle_cells_and_an_idle_cpu_look_different(width):
    words = text_of(legend(LANES, width))
    assert words.count("idle") - words.count("CPU idle") == 1
