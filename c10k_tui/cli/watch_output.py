"""The result of ``c10k-tui watch --for``, as JSON and as text."""

from __future__ import annotations

from c10k_tui.text.loop_counters import figures_line
from c10k_tui.text.script_tasks import MARKS, task_lines, tasks_title
from c10k_tui.text.styled_text import text_of
from sim.scenario.units import format_duration
from sim.scripts.loop_figures import Culprit
from sim.scripts.loop_frame import LoopFrame
from sim.scripts.script import Script
from sim.scripts.task_rows import TaskRow
from sim.stacks.code_place import Place


def as_data(script: Script, frame: LoopFrame, stuck: str | None, printed: list[str]) -> dict[str, object]:
    """The loop's work, as data for JSON; ``poll_ns``, ``callbacks_ns`` and ``loop_ns`` add up to its time."""
    counters = frame.counters
    data: dict[str, object] = {
        "simulated": True,
        "script": str(script.path),
        "virtual_ns": frame.now_ns,
        "over": frame.over,
        "error": stuck or frame.error,
        "costs": script.kernel.costs.name,
        "counters": None,
        "tasks": [_task_data(row) for row in frame.rows],
        "culprits": [_culprit_data(culprit) for culprit in frame.culprits],
        "output": printed,
    }
    if counters is not None:
        data["counters"] = {
            "turns": counters.turns,
            "callbacks": counters.callbacks,
            "most_callbacks": counters.most_callbacks,
            "poll_ns": counters.poll_ns,
            "callbacks_ns": counters.callbacks_ns,
            "loop_ns": counters.loop_ns,
            "longest": None if counters.longest is None else _culprit_data(counters.longest),
        }
    return data


def _task_data(row: TaskRow) -> dict[str, object]:
    waiting = row.waiting
    return {
        "name": row.name,
        "state": row.state,
        "waiting": None
        if waiting is None
        else {"for": waiting.text, "fd": waiting.fd, "due_ns": waiting.due_ns},
        "place": _place_data(row.place),
        "awaits": [_place_data(place) for place in row.stack],
    }


def _culprit_data(culprit: Culprit) -> dict[str, object]:
    return {
        "turn": culprit.turn,
        "name": culprit.name,
        "spent_ns": culprit.spent_ns,
        "place": _place_data(culprit.place),
    }


def _place_data(place: Place | None) -> dict[str, object] | None:
    if place is None:
        return None
    return {"file": place.file, "line": place.line, "function": place.function, "text": place.text}


def summary_lines(script: Script, frame: LoopFrame) -> list[str]:
    """The loop's work, as lines of text."""
    end = "to its end, at" if frame.over else "up to"
    lines = [
        f"simulated: {script.path.name} {end} {format_duration(frame.now_ns)} of virtual time · "
        f"costs: {script.kernel.costs.name}"
    ]
    if frame.counters is not None:
        lines.append(text_of(figures_line(frame.counters, 200)).strip())
    lines += [str(culprit) for culprit in frame.culprits]
    if frame.tasks:
        lines += ["", tasks_title(frame)]
        lines += [
            text_of(line).rstrip().lstrip("".join(MARKS.values()))
            for line in task_lines(frame, 120, None, False)
        ]
    return lines
