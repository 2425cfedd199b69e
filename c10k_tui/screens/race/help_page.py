"""The help of the race screen: a description of the lanes, the grid's legend, and every key."""

from __future__ import annotations

from c10k_tui.screens.race.keys import FEED_BINDINGS, GRID_BINDINGS, RACE_BINDINGS
from c10k_tui.screens.race.views.legend import GRID_LEGEND
from c10k_tui.screens.shared.help_screen import HelpPage, key_section
from c10k_tui.text.messages import N_

INTRODUCTION = (
    N_(
        "A server holds many connections; only a few have something to say. "
        "select and poll hand the kernel every descriptor at every call and have each one looked at. "
        "epoll leaves the list in the kernel, and the network interrupt itself puts the ready ones on a "
        "ready list."
    ),
    N_(
        "There are more answers (L), four at a time. A process or "
        "thread for each connection sleeps in a read of "
        "its own: the grid shows who runs, who could, who sleeps. Threads are not wrong everywhere: where "
        "connections are few, or all of them busy, they do well "
        "(preset threads-well), and von Behren, Condit "
        "and Brewer ran 100,000 of them in user space (HotOS 2003). "
        "Rings and ports tell what was received, and "
        "not that something could be: the grid shows what completed."
    ),
    N_(
        "All lanes get the same packets. The kernel is simulated; its figures are those of a cost table "
        "and are labelled so. Only the host lane (h), the letters "
        "on a filled ground in the cost curve (v) and "
        "what is called measured in the comparison (w) are measured, on this machine's own kernel."
    ),
    N_(
        "A lane in a heavy red frame makes a mistake (P lists some): its words tell which, and what to do "
        "instead. An exclamation mark stands at the descriptor concerned, and on the time line where it "
        "struck first."
    ),
)
RACE_PAGE = HelpPage(
    INTRODUCTION,
    (
        key_section(RACE_BINDINGS),
        (N_("The cursor on the grids (tab: from grid to grid, and to the feed)"), GRID_BINDINGS),
        (N_("On the feed (tab goes there)"), FEED_BINDINGS),
    ),
    legend=tuple((entry.glyph, entry.role, entry.full) for entry in GRID_LEGEND),
)
