"""The help of the capacity screen: the search for a lane's capacity, and every key."""

from __future__ import annotations

from c10k_tui.screens.capacity.keys import CAPACITY_BINDINGS
from c10k_tui.screens.capacity.words import METHOD
from c10k_tui.screens.shared.help_screen import HelpPage, key_section
from c10k_tui.text.messages import N_

INTRODUCTION = (
    N_(
        "How many connections each way of waiting holds, under one load, until something gives way: latency, "
        "drops or memory. The same as c10k-tui capacity tells. Every figure is simulated."
    ),
    METHOD,
)
CAPACITY_PAGE = HelpPage(INTRODUCTION, (key_section(CAPACITY_BINDINGS, N_("By name")),))
