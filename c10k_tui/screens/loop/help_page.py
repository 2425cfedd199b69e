"""The help of the loop screen: the turn of an event loop, the meaning of the colours, and every key."""

from __future__ import annotations

from c10k_tui.screens.loop.keys import LOOP_BINDINGS
from c10k_tui.screens.shared.help_screen import HelpPage, key_section
from c10k_tui.text.messages import N_

INTRODUCTION = (
    N_(
        "A script's asyncio runs on a simulated kernel. Its event "
        "loop goes round: it WAITS in epoll_wait until "
        "a descriptor is ready or a timer is due; the callbacks of "
        "ready descriptors, and TIMERS that are due, "
        "join the ready queue; the CALLBACKS in it run one after "
        "the other. (asyncio's order: a loop that looks "
        "at its timers first goes round the same ring from another beginning.)"
    ),
    N_(
        "await suspends a task: it is a row that costs nothing until what it waits for puts it on the ready "
        "queue. Orange runs, blue waits for a descriptor, pink for "
        "a timer; white is ready. What holds up the "
        "loop is told of in red, with its line."
    ),
    N_(
        "Time is virtual. System calls take the time of the cost table, a turn and a callback a fixed price; "
        "what a callback computes takes none. Waits are skipped "
        "over: an hour's sleep takes a moment to watch."
    ),
    N_(
        "Kernel: each descriptor with its number and its kind; ▄ is "
        "ready, █ cannot send on, because the far end "
        "does not read. A stale entry of the ready list has been read, and is dropped by the next epoll_wait."
    ),
)
LOOP_PAGE = HelpPage(INTRODUCTION, (key_section(LOOP_BINDINGS),))
