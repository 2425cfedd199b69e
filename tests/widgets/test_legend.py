"""The legend: the glyphs of the lanes that are shown, and no others, in the width there is."""

import pytest

from c10k_tui.spans import text_of
from c10k_tui.views.cpu import GROUPS
from c10k_tui.views.legend import legend


@pytest.mark.parametrize("width", [40, 80, 118, 120, 200])
def test_the_legend_shows_all_it_has_room_for(width):
    words = text_of(legend(("select", "epoll"), width))
    assert len(words) <= width
    assert ("CPU idle" in words) == (width >= 118)
    if width >= 80:
        assert all(word in words for word in ("idle", "checked", "packet", "ready", "read"))
        assert all(group.brief in words for group in GROUPS)


@pytest.mark.parametrize("width", [80, 120, 200])
def test_idle_cells_and_an_idle_cpu_are_told_apart(width):
    words = text_of(legend(("select", "epoll"), width))
    assert words.count("idle") - words.count("CPU idle") == 1
