"""The keys of the comparison screen; the footer, the help and the command palette use this list.

Actions that the race screen has too have the same keys there.
"""

from __future__ import annotations

from textual.binding import Binding

from c10k_tui.screens.shared.last_keys import last_bindings
from c10k_tui.text.messages import N_

AT = Binding.Group(N_("fds"), compact=True)
BUSY = Binding.Group(N_("active"), compact=True)
PACE = Binding.Group(N_("rate"), compact=True)
LOOK = Binding.Group(N_("look"), compact=True)

COMPARISON_BINDINGS: list[Binding] = [
    Binding(
        "w,escape",
        "back",
        N_("Race"),
        key_display="w",
        id="compare.back",
        tooltip=N_("To the race (also escape)"),
    ),
    Binding(
        "plus,equals_sign",
        "fds(1)",
        N_("More descriptors"),
        key_display="+",
        id="compare.fds.more",
        group=AT,
        tooltip=N_("The table for more connections; the race keeps its own"),
    ),
    Binding(
        "minus",
        "fds(-1)",
        N_("Fewer descriptors"),
        key_display="-",
        id="compare.fds.fewer",
        group=AT,
        tooltip=N_("The table for fewer connections"),
    ),
    Binding(
        "up",
        "move(-1,0)",
        N_("Row above"),
        key_display="↑",
        id="compare.up",
        group=LOOK,
        tooltip=N_("Look at the lane above: who keeps its list, what limits it"),
    ),
    Binding(
        "down",
        "move(1,0)",
        N_("Row below"),
        key_display="↓",
        id="compare.down",
        group=LOOK,
        tooltip=N_("Look at the lane below"),
    ),
    Binding(
        "left",
        "move(0,-1)",
        N_("Column before"),
        key_display="←",
        id="compare.left",
        group=LOOK,
        tooltip=N_("Look at the column before: what it is, in plain words, and who has least of it"),
    ),
    Binding(
        "right",
        "move(0,1)",
        N_("Column after"),
        key_display="→",
        id="compare.right",
        group=LOOK,
        tooltip=N_("Look at the column after"),
    ),
    Binding(
        "h",
        "measure",
        N_("Measure"),
        id="compare.measure",
        tooltip=N_(
            "One request in each lane that this machine's kernel has, measured; again: hide it, or stop"
        ),
    ),
    Binding(
        "s",
        "sort",
        N_("Sort"),
        id="compare.sort",
        tooltip=N_(
            "Order the rows by this column: least first, then most first, then as the lanes are listed"
        ),
    ),
    Binding(
        "right_square_bracket",
        "active(1)",
        N_("More active"),
        key_display="]",
        id="compare.active.more",
        group=BUSY,
        tooltip=N_("More of the connections send requests"),
    ),
    Binding(
        "left_square_bracket",
        "active(-1)",
        N_("Fewer active"),
        key_display="[",
        id="compare.active.fewer",
        group=BUSY,
        tooltip=N_("Fewer of the connections send requests"),
    ),
    Binding(
        "apostrophe",
        "rate(1)",
        N_("Higher rate"),
        key_display="'",
        id="compare.rate.more",
        show=False,
        group=PACE,
        tooltip=N_("More requests per second"),
    ),
    Binding(
        "semicolon",
        "rate(-1)",
        N_("Lower rate"),
        key_display=";",
        id="compare.rate.fewer",
        show=False,
        group=PACE,
        tooltip=N_("Fewer requests per second"),
    ),
    Binding(
        "g",
        "race",
        N_("Race this"),
        id="compare.race",
        show=False,
        tooltip=N_("Leave, and race the table's connections, active ones and rate"),
    ),
    *last_bindings("compare"),
]
