"""The help of the curve screen: the meaning of its axes and letters, and every key."""

from __future__ import annotations

from c10k_tui.screens.curve.keys import CURVE_BINDINGS
from c10k_tui.screens.shared.help_screen import HelpPage, key_section
from c10k_tui.text.messages import N_

INTRODUCTION = (
    N_(
        "What one wake-up of a waiting server costs, against the number of descriptors it waits for. Both "
        "scales are logarithmic: select and poll climb with the number, epoll stays level. The upright rule "
        "stands at the number of descriptors of the race."
    ),
    N_(
        "Lines are simulated, by the cost table named at the top right. Letters on a filled ground are "
        "measured on this machine's kernel; plain letters are "
        "published figures. s is select, p poll, e epoll."
    ),
)
CURVE_PAGE = HelpPage(INTRODUCTION, (key_section(CURVE_BINDINGS),))
