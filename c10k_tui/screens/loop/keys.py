"""The keys of the loop screen; the footer, the help and the command palette use this list.

Actions that the race screen has too have the same keys there: ``space`` pause, ``s S`` steps, ``. ,`` pace,
``t`` theme, ``?`` help, ``q`` quit.
"""

from __future__ import annotations

from textual.binding import Binding

from c10k_tui.text.messages import N_

STEPS = Binding.Group(N_("step, turn"), compact=True)
PACE = Binding.Group(N_("pace"), compact=True)
TASKS = Binding.Group(N_("task"), compact=True)

LOOP_BINDINGS: list[Binding] = [
    Binding(
        "space",
        "pause",
        N_("Pause, go on"),
        key_display="space",
        id="loop.pause",
        tooltip=N_("Stop between two steps of the script, which stands still then; again: go on"),
    ),
    Binding(
        "s",
        "step",
        N_("Step"),
        id="loop.step",
        group=STEPS,
        tooltip=N_("To the next part of the turn: the wait, the timers, or one callback"),
    ),
    Binding(
        "S",
        "step_turn",
        N_("A whole turn"),
        id="loop.turn",
        group=STEPS,
        tooltip=N_("To the beginning of the next turn"),
    ),
    Binding(
        "full_stop",
        "speed(1)",
        N_("Faster"),
        key_display=".",
        id="loop.faster",
        group=PACE,
        tooltip=N_("More turns a second, up to as fast as it goes; waits are skipped over at any pace"),
    ),
    Binding(
        "comma",
        "speed(-1)",
        N_("Slower"),
        key_display=",",
        id="loop.slower",
        group=PACE,
        tooltip=N_("Fewer turns a second, down to one in ten seconds"),
    ),
    Binding(
        "up",
        "choose(-1)",
        N_("The task above"),
        key_display="↑",
        id="loop.above",
        group=TASKS,
        tooltip=N_("Its awaits are shown, whatever the loop does; with page up and home further"),
    ),
    Binding(
        "down",
        "choose(1)",
        N_("The task below"),
        key_display="↓",
        id="loop.below",
        group=TASKS,
        tooltip=N_("Its awaits are shown, whatever the loop does; with page down and end further"),
    ),
    Binding(
        "pageup", "choose(-10)", N_("Ten tasks up"), show=False, id="loop.page-up", tooltip=N_("Or fewer")
    ),
    Binding(
        "pagedown",
        "choose(10)",
        N_("Ten tasks down"),
        show=False,
        id="loop.page-down",
        tooltip=N_("Or fewer"),
    ),
    Binding(
        "home",
        "choose(-1000000)",
        N_("The first task"),
        show=False,
        id="loop.first",
        tooltip=N_("The oldest"),
    ),
    Binding(
        "end", "choose(1000000)", N_("The last task"), show=False, id="loop.last", tooltip=N_("The newest")
    ),
    Binding(
        "escape",
        "follow",
        N_("Follow the loop"),
        key_display="esc",
        show=False,
        id="loop.follow",
        tooltip=N_("The task that runs, or will next, is the one whose awaits are shown"),
    ),
    Binding(
        "c",
        "culprit",
        N_("Culprit"),
        id="loop.culprit",
        tooltip=N_("The callback that held up the loop, with its line; again: the one before"),
    ),
    Binding(
        "tab",
        "page(1)",
        N_("Awaits, culprit, error, output"),
        key_display="tab",
        show=False,
        id="loop.page",
        tooltip=N_("What the lowest panel shows"),
    ),
    Binding(
        "enter",
        "enlarge",
        N_("Enlarge"),
        show=False,
        id="loop.enlarge",
        tooltip=N_("Give the lowest panel the room of the tasks; again: as before"),
    ),
    Binding(
        "t",
        "app.next_theme",
        N_("Theme"),
        id="loop.theme",
        show=False,
        tooltip=N_("Dark, light, the terminal's own"),
    ),
    Binding(
        "question_mark,f1", "help", N_("Help"), key_display="?", id="loop.help", tooltip=N_("All of this")
    ),
    Binding(
        "q",
        "app.quit",
        N_("Quit"),
        id="loop.quit",
        tooltip=N_("End the script where it stands, and print what it has printed"),
    ),
]
