"""The lowest panel: the awaits of a task, the lines of a culprit, an error, or the script's output."""

from __future__ import annotations

import linecache

from c10k_tui.text.messages import _
from c10k_tui.text.script_tasks import place_words, role_of, short_name, state_words
from c10k_tui.text.styled_text import Line, clip, pad, wrap
from sim.scenario.units import format_duration
from sim.scripts.loop_figures import Culprit
from sim.scripts.task_rows import TaskRow
from sim.stacks.code_place import Place, one_line


def stack_title(row: TaskRow | None) -> str:
    """The title of the panel."""
    return "awaits" if row is None else _("awaits of {name}", name=row.name)


def stack_lines(row: TaskRow | None, now_ns: int, width: int, height: int) -> list[Line]:
    """The chain of awaits from the task to the innermost awaited object, whose line is always shown."""
    if row is None:
        return [((_("no task is chosen: up, down"), "dim"),)]
    last: Line = ((_bottom_words(row, now_ns), role_of(row)),)
    if not row.stack:
        return [((_without_stack(row), role_of(row)),)]
    places = list(row.stack)
    left_out = max(0, len(places) + 1 - height)
    if left_out:  # the outermost lines matter least; one row shows the number of omitted lines
        left_out += 1
    lines: list[Line] = (
        [((_("… {left_out} awaits further out", left_out=left_out), "dim"),)] if left_out else []
    )
    for depth, place in enumerate(places[left_out:], left_out):
        lines.append(_place_line(place, depth, place == row.place, width))
    return [*lines, clip(((_indent(len(places)), "frame"), *last), width)]


def _indent(depth: int) -> str:
    return "" if not depth else "  " * min(depth - 1, 8) + "└ "


def _place_line(place: Place, depth: int, innermost_own: bool, width: int) -> Line:
    role = "strong" if innermost_own else "dim" if place.in_library else "text"
    where = f"{_indent(depth)}"
    head: Line = (
        (where, "frame"),
        (f"{place_words(place)} ", role),
        (f"{short_name(place.function)} ", "dim"),
    )
    return clip((*pad(head, min(44, max(30, width // 2))), (" ", "text"), (place.text, role)), width)


def _bottom_words(row: TaskRow, now_ns: int) -> str:
    if row.state == "running":
        return _("runs: goes on after this await")
    if row.state == "ready":
        return _("ready: goes on after this await, when its turn comes")
    return _("waits for {state_words}", state_words=state_words(row, now_ns))


def _without_stack(row: TaskRow) -> str:
    return _("runs at this moment") if row.state == "running" else _("has not begun yet")


# -- culprits --------------------------------------------------------------------------------------


def culprit_lines(culprit: Culprit, width: int, height: int) -> list[Line]:
    """A callback that held up the loop, for how long, and the source around its line."""
    words = _(
        "{name} held up the loop for {spent_ns} in turn {turn:,}: nothing else could run",
        name=culprit.name,
        spent_ns=format_duration(culprit.spent_ns),
        turn=culprit.turn,
    )
    return _accused(words, culprit.place, width, height)


def stuck_lines(place: Place | None, seconds: float, width: int, height: int) -> list[Line]:
    """A callback that blocks in real time now, and the source around its line."""
    words = _(
        "holds up the loop for real, for {seconds:.1f} s by the wall's clock: it has not come back",
        seconds=seconds,
    )
    return _accused(words, place, width, height)


def _accused(words: str, place: Place | None, width: int, height: int) -> list[Line]:
    lines: list[Line] = wrap(((words, "alarm"),), width, 2)
    if place is None:
        return lines
    lines.append(
        clip(
            (
                (
                    _(
                        "{place_words} in {short_name}",
                        place_words=place_words(place),
                        short_name=short_name(place.function),
                    ),
                    "strong",
                ),
            ),
            width,
        )
    )
    return [*lines, *source_lines(place, width, height - len(lines))]


def source_lines(place: Place, width: int, height: int) -> list[Line]:
    """The source around a line, which is marked."""
    around = max(0, height - 1) // 2
    lines: list[Line] = []
    for number in range(max(1, place.line - around), place.line + around + 1):
        text = one_line(linecache.getline(place.file, number).rstrip())
        if not text and number > place.line:
            break
        here = number == place.line
        role = "alarm" if here else "dim"
        lines.append(clip(((f"{'▶' if here else ' '}{number:>4} ", role), (text, role)), width))
    return lines[: max(0, height)]


# -- the end ---------------------------------------------------------------------------------------


def error_lines(error: str, place: Place | None, details: str, width: int, height: int) -> list[Line]:
    """The failure of the script: the error, the source around it, and the end of its traceback."""
    lines: list[Line] = wrap(((error, "alarm"),), width, min(4, height))
    if place is not None:
        lines += source_lines(place, width, min(5, height - len(lines)))
    left = height - len(lines)
    rest = details.rstrip().splitlines()[-left:] if left > 0 else []
    return [*lines, *(clip(((one_line(text), "dim"),), width) for text in rest)]


def output_lines(printed: list[str], width: int) -> list[Line]:
    """The script's output, with control characters made visible."""
    return [clip(((one_line(text), "text"),), width) for text in printed]
