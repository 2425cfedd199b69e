"""The tasks of a watched script as rows: the state of each, the thing it waits for, and its line of the
script.
"""

from __future__ import annotations

from pathlib import Path

from rich.cells import cell_len

from c10k_tui.text.glyphs import IDLE, PLAY, POSITION
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, Span, clip, pad
from sim.scenario.units import format_duration
from sim.scripts.loop_frame import LoopFrame
from sim.scripts.task_rows import LoopTaskState, TaskRow
from sim.stacks.code_place import Place

MARKS: dict[LoopTaskState, str] = {"running": PLAY, "ready": POSITION, "suspended": IDLE}
"""The glyph of each state."""
WIDEST = (24, 26, 30)
"""Widest columns for names, states and places, in cells."""
NARROWEST = (12, 17, 16)
"""The same where there is little room."""


def role_of(row: TaskRow) -> str:
    """The role of a row: the colour of the part of the turn in which the task continues."""
    if row.state == "running":
        return "select"
    if row.state == "ready":
        return "front"
    waiting = row.waiting
    if waiting is not None and waiting.fd is not None:
        return "epoll"
    return "poll" if waiting is not None and waiting.due_ns is not None else "dim"


def state_words(row: TaskRow, now_ns: int) -> str:
    """Words for the state of a task, or for the thing that it waits for."""
    waiting = row.waiting
    if waiting is None:
        return row.state if row.stack or row.state == "running" else _("{state}, to begin", state=row.state)
    if waiting.due_ns is None:
        return waiting.text
    left_ns = waiting.due_ns - now_ns
    return _("timer, in {left_ns}", left_ns=format_duration(left_ns)) if left_ns > 0 else _("timer, due")


def place_words(place: Place | None) -> str:
    """A line of a script: ``echo.py:14``; empty for None."""
    return "" if place is None else f"{Path(place.file).name}:{place.line}"


def short_name(function: str) -> str:
    """A qualified name without the functions around it."""
    return function.rpartition("<locals>.")[2]


def tasks_title(frame: LoopFrame) -> str:
    """Number of tasks in all and in each state."""
    words = [f"{frame.states[state]:,} {state}" for state in MARKS if frame.states.get(state)]
    return " · ".join([_("tasks {tasks:,}", tasks=frame.tasks), *words])


def task_lines(frame: LoopFrame, width: int, chosen: int | None, followed: bool) -> list[Line]:
    """The rows of a frame as lines.

    Args:
        frame: The script at this moment.
        width: Cells.
        chosen: Number of the task under the cursor; None for no cursor.
        followed: True if the cursor follows the loop.
    """
    if not frame.rows:
        return []
    columns = _columns(frame, width)
    return [
        _task_line(row, frame.now_ns, width, columns, (followed + 1) if row.number == chosen else 0)
        for row in frame.rows
    ]


def _columns(frame: LoopFrame, width: int) -> tuple[int, int, int]:
    """Widths of the columns for name, state and place, within limits."""
    most = WIDEST if width >= 90 else NARROWEST
    name, state, place = zip(
        *(
            (cell_len(row.name), cell_len(state_words(row, frame.now_ns)), cell_len(place_words(row.place)))
            for row in frame.rows
        ),
        strict=True,
    )
    # The state changes often, and a column that moves is hard to read.
    return min(most[0], max(name)), most[1] if max(state) > 8 else 8, min(most[2], max(place))


def _task_line(row: TaskRow, now_ns: int, width: int, columns: tuple[int, int, int], cursor: int) -> Line:
    """One task as a line.

    Args:
        row: The task.
        now_ns: Virtual time.
        width: Cells.
        columns: Widths of name, state and place.
        cursor: 0: not under the cursor; 1: chosen; 2: under a cursor that follows the loop.
    """
    name, state, place = columns
    role = role_of(row)
    name_role = ("strong", "cursor", "running-now" if row.state == "running" else "strong")[cursor]
    spans: list[Span] = [
        (f"{MARKS[row.state]} ", role),
        *pad(((row.name, name_role),), name),
        ("  ", "text"),
        *pad(((state_words(row, now_ns), role),), state),
        ("  ", "text"),
    ]
    if row.place is not None:
        spans += [*pad(((place_words(row.place), "text"),), place), ("  ", "text"), (row.place.text, "dim")]
    return clip(tuple(spans), width)
