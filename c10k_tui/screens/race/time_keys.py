"""The race screen's keys for time: steps, the time line, its markers and branches."""

from __future__ import annotations

from textual.binding import Binding

from c10k_tui.text.messages import N_

STEP = Binding.Group(N_("step"), compact=True)

TIME_BINDINGS: list[Binding] = [
    Binding(
        "b",
        "step_back_event",
        N_("Step back one event"),
        id="step.back_event",
        group=STEP,
        tooltip=N_("Pause, and go back to the last thing that happened in any lane"),
    ),
    Binding(
        "s",
        "step_event",
        N_("Step to the next event"),
        id="step.event",
        group=STEP,
        tooltip=N_("Pause, and go to the next thing that happens in any lane"),
    ),
    Binding(
        "S,c",
        "step_syscall",
        N_("Step to the next system call"),
        key_display="S",
        id="step.syscall",
        show=False,
        tooltip=N_("Pause, and go on until some lane enters or leaves a system call (also c)"),
    ),
    Binding(
        "B",
        "step_back_syscall",
        N_("Step back one system call"),
        id="step.back_syscall",
        show=False,
        tooltip=N_("Pause, and go back to where a system call last began, ended or went to sleep"),
    ),
    Binding(
        "less_than_sign",
        "scrub(-1)",
        N_("Back on the time line"),
        key_display="<",
        id="time.back",
        show=False,
        tooltip=N_("Pause, and go back a fiftieth of the time line; a click or drag on it goes anywhere"),
    ),
    Binding(
        "greater_than_sign",
        "scrub(1)",
        N_("Forth on the time line"),
        key_display=">",
        id="time.forth",
        show=False,
        tooltip=N_("Pause, and go forth a fiftieth of the time line"),
    ),
    Binding(
        "left_curly_bracket",
        "marker(-1)",
        N_("Previous marker"),
        key_display="{",
        id="time.previous",
        show=False,
        tooltip=N_(
            "To where a setting changed, a fault struck, a lane failed or lost something, a branch parts"
        ),
    ),
    Binding(
        "right_curly_bracket",
        "marker(1)",
        N_("Next marker"),
        key_display="}",
        id="time.next",
        show=False,
        tooltip=N_("The same, ahead of here"),
    ),
    Binding(
        "a",
        "start",
        N_("To the start"),
        id="time.start",
        show=False,
        tooltip=N_("Pause, and go to where the race began; what happened since stays on the time line"),
    ),
    Binding(
        "e",
        "present",
        N_("To the present"),
        id="time.present",
        show=False,
        tooltip=N_("To the end of the time line, from where it goes on"),
    ),
    Binding(
        "o",
        "next_branch",
        N_("Other branch"),
        id="time.branch",
        show=False,
        tooltip=N_("A change in the past begins a branch; this goes to the next of them, where it was left"),
    ),
]
