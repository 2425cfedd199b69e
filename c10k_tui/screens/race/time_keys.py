"""The race screen's keys for time: steps, the time line, its markers and branches."""

from __future__ import annotations

from textual.binding import Binding

STEP = Binding.Group("step", compact=True)

TIME_BINDINGS: list[Binding] = [
    Binding(
        "b",
        "step_back_event",
        "Step back one event",
        id="step.back_event",
        group=STEP,
        tooltip="Pause, and go back to the last thing that happened in any lane",
    ),
    Binding(
        "s",
        "step_event",
        "Step to the next event",
        id="step.event",
        group=STEP,
        tooltip="Pause, and go to the next thing that happens in any lane",
    ),
    Binding(
        "S,c",
        "step_syscall",
        "Step to the next system call",
        key_display="S",
        id="step.syscall",
        show=False,
        tooltip="Pause, and go on until some lane enters or leaves a system call (also c)",
    ),
    Binding(
        "B",
        "step_back_syscall",
        "Step back one system call",
        id="step.back_syscall",
        show=False,
        tooltip="Pause, and go back to where a system call last began, ended or went to sleep",
    ),
    Binding(
        "less_than_sign",
        "scrub(-1)",
        "Back on the time line",
        key_display="<",
        id="time.back",
        show=False,
        tooltip="Pause, and go back a fiftieth of the time line; a click or drag on it goes anywhere",
    ),
    Binding(
        "greater_than_sign",
        "scrub(1)",
        "Forth on the time line",
        key_display=">",
        id="time.forth",
        show=False,
        tooltip="Pause, and go forth a fiftieth of the time line",
    ),
    Binding(
        "left_curly_bracket",
        "marker(-1)",
        "Previous marker",
        key_display="{",
        id="time.previous",
        show=False,
        tooltip="To where a setting changed, a fault struck, a lane failed or lost something, a branch parts",
    ),
    Binding(
        "right_curly_bracket",
        "marker(1)",
        "Next marker",
        key_display="}",
        id="time.next",
        show=False,
        tooltip="The same, ahead of here",
    ),
    Binding(
        "a",
        "start",
        "To the start",
        id="time.start",
        show=False,
        tooltip="Pause, and go to where the race began; what happened since stays on the time line",
    ),
    Binding(
        "e",
        "present",
        "To the present",
        id="time.present",
        show=False,
        tooltip="To the end of the time line, from where it goes on",
    ),
    Binding(
        "o",
        "next_branch",
        "Other branch",
        id="time.branch",
        show=False,
        tooltip="A change in the past begins a branch; this goes to the next of them, where it was left",
    ),
]
