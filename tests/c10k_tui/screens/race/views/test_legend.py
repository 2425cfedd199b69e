"""The legend: the looks of the cells of the shown lanes, in the width there is."""

import pytest

from c10k_tui.screens.race.views.cpu import GROUPS
from c10k_tui.screens.race.views.legend import account_legend, legend
from c10k_tui.text.styled_text import text_of

LANES = ("select", "epoll")


@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_the_legend_shows_all_it_has_room_for(width, filled):
    words = text_of(legend(LANES, width, filled=filled))
    assert len(words) <= width
    assert ("just checked, fading" in words) == (width >= 120)
    if width >= 80:
        assert all(word in words for word in ("idle", "checked", "packet", "ready", "read"))


@pytest.mark.parametrize("width", [40, 80, 160])
def test_the_legend_of_cpu_time_names_as_many_accounts_as_fit(width):
    words = text_of(account_legend(GROUPS, width))
    assert len(words) <= width
    assert (GROUPS[-1].name in words) == (width == 160)
