"""The keys of the path screen; the footer, the help and the command palette use this list."""

from __future__ import annotations

from textual.binding import Binding

from c10k_tui.screens.shared.last_keys import last_bindings

STEP = Binding.Group("step", compact=True)
PACE = Binding.Group("speed", compact=True)

PATH_BINDINGS: list[Binding] = [
    Binding("g,escape", "back", "Race", key_display="g", id="path.back", tooltip="To the race (also escape)"),
    Binding(
        "left,b",
        "step(-1)",
        "Back",
        key_display="←",
        id="path.back_one",
        group=STEP,
        tooltip="The step before (also b)",
    ),
    Binding(
        "right,n,space",
        "step(1)",
        "Next",
        key_display="→",
        id="path.next",
        group=STEP,
        tooltip="The packet's next step (also n, space)",
    ),
    Binding("a", "play", "Autoplay", id="path.play", tooltip="Go on by itself, or stop"),
    Binding(
        "comma",
        "pace(-1)",
        "Slower",
        key_display=",",
        id="path.slower",
        group=PACE,
        tooltip="Autoplay stays longer at each step",
    ),
    Binding(
        "full_stop",
        "pace(1)",
        "Faster",
        key_display=".",
        id="path.faster",
        group=PACE,
        tooltip="Autoplay stays less long at each step",
    ),
    Binding("home", "first", "To the wire", id="path.first", show=False, tooltip="The first step"),
    Binding("end", "last", "To the end", id="path.last", show=False, tooltip="The last step"),
    *last_bindings("path"),
]
