"""The keys of the loop screen; the footer, the help and the command palette use this list.

Actions that the race screen has too have the same keys there: ``space`` pause, ``s S`` steps, ``. ,`` pace,
``t`` theme, ``?`` help, ``q`` quit.
"""

from __future__ import annotations

from textual.binding import Binding

STEPS = Binding.Group("step, turn", compact=True)
PACE = Binding.Group("pace", compact=True)
TASKS = Binding.Group("task", compact=True)

LOOP_BINDINGS: list[Binding] = [
    Binding(
        "space",
        "pause",
        "Pause, go on",
        key_display="space",
        id="loop.pause",
        tooltip="Stop between two steps of the script, which stands still then; again: go on",
    ),
    Binding(
        "s",
        "step",
        "Step",
        id="loop.step",
        group=STEPS,
        tooltip="To the next part of the turn: the wait, the timers, or one callback",
    ),
    Binding(
        "S",
        "step_turn",
        "A whole turn",
        id="loop.turn",
        group=STEPS,
        tooltip="To the beginning of the next turn",
    ),
    Binding(
        "full_stop",
        "speed(1)",
        "Faster",
        key_display=".",
        id="loop.faster",
        group=PACE,
        tooltip="More turns a second, up to as fast as it goes; waits are skipped over at any pace",
    ),
    Binding(
        "comma",
        "speed(-1)",
        "Slower",
        key_display=",",
        id="loop.slower",
        group=PACE,
        tooltip="Fewer turns a second, down to one in ten seconds",
    ),
    Binding(
        "up",
        "choose(-1)",
        "The task above",
        key_display="↑",
        id="loop.above",
        group=TASKS,
        tooltip="Its awaits are shown, whatever the loop does; with page up and home further",
    ),
    Binding(
        "down",
        "choose(1)",
        "The task below",
        key_display="↓",
        id="loop.below",
        group=TASKS,
        tooltip="Its awaits are shown, whatever the loop does; with page down and end further",
    ),
    Binding("pageup", "choose(-10)", "Ten tasks up", show=False, id="loop.page-up", tooltip="Or fewer"),
    Binding("pagedown", "choose(10)", "Ten tasks down", show=False, id="loop.page-down", tooltip="Or fewer"),
    Binding("home", "choose(-1000000)", "The first task", show=False, id="loop.first", tooltip="The oldest"),
    Binding("end", "choose(1000000)", "The last task", show=False, id="loop.last", tooltip="The newest"),
    Binding(
        "escape",
        "follow",
        "Follow the loop",
        key_display="esc",
        show=False,
        id="loop.follow",
        tooltip="The task that runs, or will next, is the one whose awaits are shown",
    ),
    Binding(
        "c",
        "culprit",
        "Culprit",
        id="loop.culprit",
        tooltip="The callback that held up the loop, with its line; again: the one before",
    ),
    Binding(
        "tab",
        "page(1)",
        "Awaits, culprit, error, output",
        key_display="tab",
        show=False,
        id="loop.page",
        tooltip="What the lowest panel shows",
    ),
    Binding(
        "enter",
        "enlarge",
        "Enlarge",
        show=False,
        id="loop.enlarge",
        tooltip="Give the lowest panel the room of the tasks; again: as before",
    ),
    Binding(
        "t",
        "app.next_theme",
        "Theme",
        id="loop.theme",
        show=False,
        tooltip="Dark, light, the terminal's own",
    ),
    Binding("question_mark,f1", "help", "Help", key_display="?", id="loop.help", tooltip="All of this"),
    Binding(
        "q",
        "app.quit",
        "Quit",
        id="loop.quit",
        tooltip="End the script where it stands, and print what it has printed",
    ),
]
