"""The keys of the capacity screen; the footer, the help and the command palette use this list.

Actions that the race screen has too have the same keys there.
"""

from __future__ import annotations

from textual.binding import Binding

from c10k_tui.screens.shared.last_keys import last_bindings
from c10k_tui.text.messages import N_

BOUND = Binding.Group(N_("p99"), compact=True)
BUSY = Binding.Group(N_("active"), compact=True)
PACE = Binding.Group(N_("rate"), compact=True)
LOOK = Binding.Group(N_("look"), compact=True)

CAPACITY_BINDINGS: list[Binding] = [
    Binding(
        "m,escape",
        "back",
        N_("Race"),
        key_display="m",
        id="capacity.back",
        tooltip=N_("To the race (also escape)"),
    ),
    Binding(
        "plus,equals_sign",
        "limit(1)",
        N_("Looser bound"),
        key_display="+",
        id="capacity.p99.more",
        group=BOUND,
        tooltip=N_("Let the 99th percentile of the latency be longer: 100 µs, 300 µs, 1 ms … 100 ms"),
    ),
    Binding(
        "minus",
        "limit(-1)",
        N_("Stricter bound"),
        key_display="-",
        id="capacity.p99.fewer",
        group=BOUND,
        tooltip=N_("Ask for a shorter 99th percentile of the latency"),
    ),
    Binding(
        "right_square_bracket",
        "active(1)",
        N_("More active"),
        key_display="]",
        id="capacity.active.more",
        group=BUSY,
        tooltip=N_("Spread the same requests over more of the connections: 3, 0.1 %, 1 %, 10 %, all"),
    ),
    Binding(
        "left_square_bracket",
        "active(-1)",
        N_("Fewer active"),
        key_display="[",
        id="capacity.active.fewer",
        group=BUSY,
        tooltip=N_("Spread the same requests over fewer of the connections"),
    ),
    Binding(
        "up",
        "move(-1)",
        N_("Row above"),
        key_display="↑",
        id="capacity.up",
        group=LOOK,
        tooltip=N_("Look at the lane above: what gives way in it"),
    ),
    Binding(
        "down",
        "move(1)",
        N_("Row below"),
        key_display="↓",
        id="capacity.down",
        group=LOOK,
        tooltip=N_("Look at the lane below"),
    ),
    Binding(
        "g",
        "race",
        N_("See it break"),
        id="capacity.race",
        tooltip=N_("Leave, and race the lane that is looked at just beyond what it holds"),
    ),
    Binding(
        "e",
        "export",
        N_("Export"),
        id="capacity.export",
        tooltip=N_("Write the chart as SVG and as PNG into the current folder, under names not taken yet"),
    ),
    Binding(
        "apostrophe",
        "rate(1)",
        N_("Higher rate"),
        key_display="'",
        id="capacity.rate.more",
        group=PACE,
        tooltip=N_("More requests per second, at every size"),
    ),
    Binding(
        "semicolon",
        "rate(-1)",
        N_("Lower rate"),
        key_display=";",
        id="capacity.rate.fewer",
        group=PACE,
        tooltip=N_("Fewer requests per second"),
    ),
    *last_bindings("capacity"),
]
