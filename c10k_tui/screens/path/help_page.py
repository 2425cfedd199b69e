"""The help of the path screen: the origin of its steps, and every key."""

from __future__ import annotations

from c10k_tui.screens.path.keys import PATH_BINDINGS
from c10k_tui.screens.shared.help_screen import HelpPage, key_section
from c10k_tui.text.messages import N_

INTRODUCTION = (
    N_(
        "One packet, step by step: from the wire to where the program has its bytes. On the left epoll with "
        "asyncio above it, up to the line after await; on the right select. What both do stands side by side."
    ),
    N_(
        "The packet is taken once more by copies of the race's "
        "lanes, stopped just before it, and above epoll by "
        "real asyncio on a simulated kernel of its own. What is shown was noted there: structures before and "
        "after a step, and what the accounts changed by. A step "
        "without a price says whose price it is part of. "
        "All of it is simulated."
    ),
)
PATH_PAGE = HelpPage(INTRODUCTION, (key_section(PATH_BINDINGS),))
