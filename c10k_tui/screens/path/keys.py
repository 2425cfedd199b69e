"""The keys of the path screen; the footer, the help and the command palette use this list."""

from __future__ import annotations

from textual.binding import Binding

from c10k_tui.screens.shared.last_keys import last_bindings
from c10k_tui.text.messages import N_

STEP = Binding.Group(N_("step"), compact=True)
PACE = Binding.Group(N_("speed"), compact=True)

PATH_BINDINGS: list[Binding] = [
    Binding(
        "g,escape",
        "back",
        N_("Race"),
        key_display="g",
        id="path.back",
        tooltip=N_("To the race (also escape)"),
    ),
    Binding(
        "left,b",
        "step(-1)",
        N_("Back"),
        key_display="←",
        id="path.back_one",
        group=STEP,
        tooltip=N_("The step before (also b)"),
    ),
    Binding(
        "right,n,space",
        "step(1)",
        N_("Next"),
        key_display="→",
        id="path.next",
        group=STEP,
        tooltip=N_("The packet's next step (also n, space)"),
    ),
    Binding("a", "play", N_("Autoplay"), id="path.play", tooltip=N_("Go on by itself, or stop")),
    Binding(
        "comma",
        "pace(-1)",
        N_("Slower"),
        key_display=",",
        id="path.slower",
        group=PACE,
        tooltip=N_("Autoplay stays longer at each step"),
    ),
    Binding(
        "full_stop",
        "pace(1)",
        N_("Faster"),
        key_display=".",
        id="path.faster",
        group=PACE,
        tooltip=N_("Autoplay stays less long at each step"),
    ),
    Binding("home", "first", N_("To the wire"), id="path.first", show=False, tooltip=N_("The first step")),
    Binding("end", "last", N_("To the end"), id="path.last", show=False, tooltip=N_("The last step")),
    *last_bindings("path"),
]
