"""The keys of the curve screen; the footer, the help and the command palette use this list.

Actions that the race screen has too have the same keys there: ``+ -`` descriptors, ``[ ]`` active
descriptors, ``t`` theme, ``?`` help, ``q`` quit.
"""

from __future__ import annotations

from textual.binding import Binding

from c10k_tui.screens.shared.last_keys import last_bindings
from c10k_tui.text.messages import N_

AT = Binding.Group(N_("fds"), compact=True)
BUSY = Binding.Group(N_("active"), compact=True)
PAPERS = Binding.Group(N_("papers"), compact=True)

CURVE_BINDINGS: list[Binding] = [
    Binding(
        "v,escape",
        "back",
        N_("Race"),
        key_display="v",
        id="curve.back",
        tooltip=N_("To the race (also escape)"),
    ),
    Binding(
        "plus,equals_sign",
        "fds(1)",
        N_("More descriptors"),
        key_display="+",
        id="curve.fds.more",
        group=AT,
        tooltip=N_("Move the upright rule on; against the active share: so many more descriptors"),
    ),
    Binding(
        "minus",
        "fds(-1)",
        N_("Fewer descriptors"),
        key_display="-",
        id="curve.fds.fewer",
        group=AT,
        tooltip=N_("Move the upright rule back; against the active share: so many fewer descriptors"),
    ),
    Binding(
        "m",
        "measure",
        N_("Measure"),
        id="curve.measure",
        tooltip=N_("Make the same calls on this machine's kernel; again: stop measuring"),
    ),
    Binding(
        "p",
        "paper(1)",
        N_("Next paper"),
        id="curve.paper.next",
        group=PAPERS,
        tooltip=N_("A published experiment's points over our lines, and why they differ; in the end none"),
    ),
    Binding(
        "P",
        "paper(-1)",
        N_("Previous paper"),
        id="curve.paper.previous",
        show=False,
        group=PAPERS,
        tooltip=N_("The published experiment before"),
    ),
    Binding(
        "x",
        "axis",
        N_("Axis"),
        id="curve.axis",
        tooltip=N_("Against the number of descriptors, or against the share of them that is active"),
    ),
    Binding(
        "w",
        "wait",
        N_("Wait"),
        id="curve.wait",
        tooltip=N_("Calls that sleep first and are woken (two passes), or that find something ready at once"),
    ),
    Binding(
        "right_square_bracket",
        "active(1)",
        N_("More active"),
        key_display="]",
        id="curve.active.more",
        group=BUSY,
        tooltip=N_("More descriptors are ready at each call: 1, 3, 10, 100, 1 %, 10 %, all"),
    ),
    Binding(
        "left_square_bracket",
        "active(-1)",
        N_("Fewer active"),
        key_display="[",
        id="curve.active.fewer",
        group=BUSY,
        tooltip=N_("Fewer descriptors are ready at each call"),
    ),
    Binding(
        "e",
        "export",
        N_("Export"),
        id="curve.export",
        tooltip=N_("Write the picture as SVG and as PNG into the current folder, under names not taken yet"),
    ),
    Binding(
        "g",
        "race",
        N_("Race the paper"),
        id="curve.race",
        show=False,
        tooltip=N_("Leave, and race the paper's situation: its descriptors, its active ones, its rate"),
    ),
    *last_bindings("curve"),
]
